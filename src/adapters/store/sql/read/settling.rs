//! All that the ledger needs to know of the positions that it settles, in two questions whose texts never change.

use domain::fixed::Amount;
use domain::id::{PositionId, UserId};
use domain::ledger::{Hold, PositionFact};
use domain::position::Origin;
use domain::time::Timestamp;
use domain::user::PowerRate;
use entity::{hold, power_rate};
use sea_orm::sea_query::ArrayType;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult, QueryResult, Statement, Value};

use super::super::readers::Readers;
use super::super::rows::position::{StoredSettlement, settlement};
use super::super::rows::{Row, hold as hold_rows, read_all, user as user_rows};
use crate::ports::store::{Settling, StoreError};

/// In this order; the close counts only where the position is closed.
pub const FACTS: &str = "p.id, p.user_id AS owner, p.origin, CASE WHEN p.state = 'closed' THEN p.closed_at END, p.profit, \
                     p.settlement, p.power_amount, p.power_rate, p.settled_entry, p.debt_id, p.settled_profit, \
                     p.corrections";
/// Where the hold's columns begin after [`FACTS`], with the position that it is for.
const HELD_FOR: usize = 12;

impl Readers {
    pub async fn settling(&self, ids: &[PositionId]) -> Result<Settling, StoreError> {
        let ((positions, holds), rates) = tokio::try_join!(self.facts_of(ids), self.rates_for(ids))?;
        Ok(Settling {
            positions,
            holds,
            rates,
        })
    }

    async fn facts_of(&self, ids: &[PositionId]) -> Result<(Vec<PositionFact>, Vec<Hold>), StoreError> {
        let question = self.question(ids, |named, table| {
            format!(
                "SELECT {FACTS}, h.* FROM {named} {} p ON p.id = v.id LEFT JOIN {} h ON h.position_id = p.id",
                table("position"),
                table("hold")
            )
        });
        let rows = self.ask(self.connection().query_all_raw(question)).await?;
        let mut holds = Vec::new();
        for row in &rows {
            if cell::<Option<i64>>(row, HELD_FOR)?.is_some() {
                let held = hold::Model::from_query_result(row, "").map_err(|error| unreadable("hold", &error))?;
                holds.push(hold_rows::hold(held)?);
            }
        }
        let facts = rows.iter().map(fact).collect::<Result<_, _>>()?;
        Ok((facts, holds))
    }

    async fn rates_for(&self, ids: &[PositionId]) -> Result<Vec<PowerRate>, StoreError> {
        let question = self.question(ids, |named, table| {
            format!(
                "SELECT r.* FROM {rate} r WHERE r.user_id = {everyone} UNION SELECT r.* FROM {named} {position} p \
                 ON p.id = v.id JOIN {rate} r ON r.user_id = p.user_id",
                rate = table("power_rate"),
                position = table("position"),
                everyone = user_rows::EVERYONE,
            )
        });
        let rows = power_rate::Entity::find().from_raw_sql(question).all(self.connection());
        read_all(self.ask(rows).await?, user_rows::power_rate)
    }

    /// A question about the ids: the text gets what to join them with, and how to write a table's name. The ids come
    /// first, whatever the database thinks of their number.
    fn question(&self, ids: &[PositionId], text: impl Fn(&str, &dyn Fn(&str) -> String) -> String) -> Statement {
        let backend = self.connection().get_database_backend();
        let json = || {
            let ids: Vec<String> = ids.iter().map(|id| id.0.to_string()).collect();
            Value::from(format!("[{}]", ids.join(",")))
        };
        let (named, value) = match backend {
            DbBackend::Postgres => {
                let ids = ids.iter().map(|id| Value::from(id.0)).collect();
                let value = Value::Array(ArrayType::BigInt, Some(Box::new(ids)));
                ("UNNEST($1::bigint[]) v(id) JOIN", value)
            }
            DbBackend::MySql => (
                "JSON_TABLE(?, '$[*]' COLUMNS(id BIGINT PATH '$')) v STRAIGHT_JOIN",
                json(),
            ),
            _ => ("(SELECT value AS id FROM json_each(?)) v CROSS JOIN", json()),
        };
        let quote = if backend == DbBackend::MySql { '`' } else { '"' };
        let text = text(named, &|table| format!("{quote}{table}{quote}"));
        Statement::from_sql_and_values(backend, text, [value])
    }
}

/// A position from [`FACTS`].
pub fn fact(row: &QueryResult) -> Result<PositionFact, StoreError> {
    let id: i64 = cell(row, 0)?;
    let name = Row::new("position", id);
    let word: String = cell(row, 5)?;
    let settled = StoredSettlement {
        settlement: &word,
        power_amount: cell(row, 6)?,
        power_rate: cell(row, 7)?,
        settled_entry: cell(row, 8)?,
        debt_id: cell(row, 9)?,
    };
    let closed = match cell::<Option<i64>>(row, 3)? {
        Some(at) => {
            let profit = name.present("profit", cell(row, 4)?)?;
            Some((Timestamp(at), name.fixed("profit", profit, Amount::from_units)?))
        }
        None => None,
    };
    Ok(PositionFact {
        id: PositionId(id),
        user: UserId(cell(row, 1)?),
        origin: name.word("origin", &cell::<String>(row, 2)?, Origin::parse)?,
        closed,
        settlement: settlement(&name, settled)?,
        settled_profit: name.maybe_fixed("settled profit", cell(row, 10)?, Amount::from_units)?,
        corrections: name.count("corrections", cell(row, 11)?)?,
    })
}

/// A column by its place.
pub fn cell<T: sea_orm::TryGetable>(row: &QueryResult, place: usize) -> Result<T, StoreError> {
    row.try_get_by_index(place)
        .map_err(|error: DbErr| unreadable(&format!("column {place}"), &error))
}

fn unreadable(what: &str, error: &DbErr) -> StoreError {
    StoreError::Corrupt {
        what: "row".to_owned(),
        why: format!("{what}: {error}"),
    }
}
