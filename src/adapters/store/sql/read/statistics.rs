//! Counts and sums over positions.

use domain::fixed::Amount;
use domain::time::Timestamp;
use entity::hold;
use entity::position::{self, Column};
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ColumnTrait, DbBackend, EntityTrait, QueryFilter, QuerySelect, Select};

use super::super::readers::Readers;
use super::super::rows::Row;
use super::positions::is_unsettled;
use crate::ports::store::{Dues, Settled, StoreError, Unsettled};

/// A sum of units would leave 64 bits after a few rows at the bound: whole and rest are summed apart.
const PART: i64 = 100_000_000;

/// By how much the profit that power is due on differs from the one that was settled on (see
/// [`domain::position::Position::unsettled_profit`]).
const UNSETTLED_PROFIT: &str = "ABS(CASE WHEN profit > 0 THEN profit ELSE 0 END \
                                - CASE WHEN settled_profit > 0 THEN settled_profit ELSE 0 END)";

/// Count, Σ whole and Σ rest.
type Sums = (i64, Option<i64>, Option<i64>);

impl Readers {
    pub async fn unsettled(&self) -> Result<Unsettled, StoreError> {
        let query = self
            .sums(UNSETTLED_PROFIT)
            .filter(is_unsettled())
            .column_as(Column::ClosedAt.min(), "oldest")
            .into_tuple::<(i64, Option<i64>, Option<i64>, Option<i64>)>();
        let found = self.ask(query.one(self.connection())).await?;
        let (count, whole, rest, oldest) = found.unwrap_or_default();
        let (count, profit) = total("unsettled", (count, whole, rest))?;
        Ok(Unsettled {
            count,
            profit,
            oldest: oldest.map(Timestamp),
        })
    }

    pub async fn settled(&self) -> Result<Settled, StoreError> {
        let (charged_count, charged_power) = self.power("charged", None).await?;
        let (owed_count, owed_power) = self.power("owed", None).await?;
        let (waived_count, waived_power) = self.power("waived", None).await?;
        let (held_count, held_power) = self.held().await?;
        Ok(Settled {
            charged_count,
            charged_power,
            owed_count,
            owed_power,
            waived_count,
            waived_power,
            held_count,
            held_power,
        })
    }

    pub async fn dues_since(&self, since: Timestamp) -> Result<Dues, StoreError> {
        let (_, charged) = self.power("charged", Some(since)).await?;
        let (_, owed) = self.power("owed", Some(since)).await?;
        Ok(Dues { charged, owed })
    }

    async fn power(&self, settlement: &'static str, since: Option<Timestamp>) -> Result<(u64, Amount), StoreError> {
        let mut sums = self.sums("power_amount").filter(Column::Settlement.eq(settlement));
        if let Some(since) = since {
            sums = sums.filter(Column::ClosedAt.gte(since.0));
        }
        let query = sums.into_tuple::<Sums>();
        let found = self.ask(query.one(self.connection())).await?;
        total(settlement, found.unwrap_or_default())
    }

    async fn held(&self) -> Result<(u64, Amount), StoreError> {
        let query = hold::Entity::find()
            .select_only()
            .column_as(hold::Column::PositionId.count(), "number")
            .filter(hold::Column::State.eq("held"));
        let [gift_whole, gift_rest] = self.parts("gift");
        let [power_whole, power_rest] = self.parts("power");
        let query = query
            .column_as(gift_whole, "gift_whole")
            .column_as(gift_rest, "gift_rest")
            .column_as(power_whole, "power_whole")
            .column_as(power_rest, "power_rest")
            .into_tuple::<(i64, Option<i64>, Option<i64>, Option<i64>, Option<i64>)>();
        let found = self.ask(query.one(self.connection())).await?;
        let (count, gift_whole, gift_rest, power_whole, power_rest) = found.unwrap_or_default();
        let (count, gift) = total("held", (count, gift_whole, gift_rest))?;
        let (_, power) = total("held", (0, power_whole, power_rest))?;
        let sum = gift.plus(power);
        Ok((count, sum.map_err(|error| Row::new("holds", "held").corrupt(error))?))
    }

    /// Selects [`Sums`] of a column over positions.
    fn sums(&self, column: &'static str) -> Select<position::Entity> {
        let [whole, rest] = self.parts(column);
        position::Entity::find()
            .select_only()
            .column_as(Column::Id.count(), "number")
            .column_as(whole, "whole")
            .column_as(rest, "rest")
    }

    /// Σ whole and Σ rest of a column.
    pub(super) fn parts(&self, column: &'static str) -> [SimpleExpr; 2] {
        // The three databases divide whole numbers and type sums each in their own way.
        let (divide, whole) = match self.connection().get_database_backend() {
            DbBackend::MySql => ("DIV", "SIGNED"),
            _ => ("/", "BIGINT"),
        };
        let sum = |part: String| Expr::cust(format!("CAST(SUM({part}) AS {whole})"));
        [
            sum(format!("{column} {divide} {PART}")),
            sum(format!("{column} % {PART}")),
        ]
    }
}

fn total(settlement: &str, (count, whole, rest): Sums) -> Result<(u64, Amount), StoreError> {
    let sum = sum_of(settlement, (whole, rest))?;
    let count = u64::try_from(count).map_err(|error| Row::new("positions", settlement).corrupt(error))?;
    Ok((count, sum))
}

/// What Σ whole and Σ rest come to.
pub(super) fn sum_of(of: &str, (whole, rest): (Option<i64>, Option<i64>)) -> Result<Amount, StoreError> {
    let units = i128::from(whole.unwrap_or(0)) * i128::from(PART) + i128::from(rest.unwrap_or(0));
    Amount::from_wide(units).map_err(|error| Row::new("sum of", of).corrupt(format!("{units}: {error}")))
}
