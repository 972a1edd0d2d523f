//! What is there before anything is measured: users, their balances, and closed positions that wait for settlement.

use std::ops::Range;
use std::sync::Arc;

use bursar::ports::store::Store;
use domain::change::{Change, ChangeSet};
use domain::fixed::{Amount, Quantity};
use domain::id::{PositionId, UserId, VenueAccountId};
use domain::market::{Side, Symbol};
use domain::position::{CloseReason, Origin, Position, PositionState, ProfitBasis, Provenance};
use domain::settlement::Settlement;
use domain::time::Timestamp;
use domain::user::{PositionMode, User, VenueAccount};
use domain::venue::{MarginMode, VenueName};
use entity::{app_user, position, venue_account};
use sea_orm::{ConnectionTrait, DatabaseConnection, EntityTrait, Iterable};

use super::ground::Kind;

/// Users, each with one account at the venue.
pub const USERS: i64 = 10_000;
/// Neighbouring positions belong to users who are far from each other, as they do in life.
const STRIDE: i64 = 7_919;
/// Rows per statement.
const ROWS: i64 = 50_000;

/// The first row of each kind through the store, the rest as its copies.
pub async fn people(kind: Kind, store: &Arc<dyn Store>, connection: &DatabaseConnection) {
    let mut changes = ChangeSet::new();
    changes.push(Change::AddUser(User {
        id: UserId(1),
        name: "user 1".to_owned(),
        created_at: Timestamp(1),
    }));
    changes.push(Change::AddVenueAccount(VenueAccount {
        id: VenueAccountId(1),
        user: UserId(1),
        venue: VenueName::Paper,
        label: "account 1".to_owned(),
        mode: PositionMode::OneWay,
        created_at: Timestamp(1),
    }));
    changes.push(Change::AddPosition(Box::new(template())));
    store.commit(changes).await.unwrap();
    let text = |prefix: &str| match kind {
        Kind::MariaDb => format!("CONCAT('{prefix} ', n.i)"),
        Kind::Sqlite | Kind::Postgres => format!("'{prefix} ' || n.i"),
    };
    let user = [("id", "n.i".to_owned()), ("name", text("user"))];
    copy::<app_user::Entity>(kind, connection, 2..USERS + 1, &user).await;
    let account = [
        ("id", "n.i".to_owned()),
        ("user_id", "n.i".to_owned()),
        ("label", text("account")),
    ];
    copy::<venue_account::Entity>(kind, connection, 2..USERS + 1, &account).await;
}

/// Closed, profitable, unsettled positions with these ids: of all users in turn, or all of one.
pub async fn positions(kind: Kind, connection: &DatabaseConnection, ids: Range<i64>, hot: bool) {
    let owner = if hot {
        "1".to_owned()
    } else {
        format!("n.i * {STRIDE} % {USERS} + 1")
    };
    let columns = [
        ("id", "n.i".to_owned()),
        ("user_id", owner.clone()),
        ("account_id", owner),
    ];
    copy::<position::Entity>(kind, connection, ids, &columns).await;
}

/// Whose position this is when they are of all users.
pub fn owner_of(position: i64) -> i64 {
    position * STRIDE % USERS + 1
}

/// Copies the row with id 1, with other values in some columns.
async fn copy<E: EntityTrait>(
    kind: Kind,
    connection: &DatabaseConnection,
    ids: Range<i64>,
    changed: &[(&str, String)],
) {
    let name = quoted(kind, E::default().table_name());
    let columns: Vec<String> = E::Column::iter()
        .map(|column| sea_orm::IdenStatic::as_str(&column).to_owned())
        .collect();
    let values: Vec<String> = columns
        .iter()
        .map(|column| {
            let other = changed.iter().find(|(name, _)| name == column);
            other.map_or_else(|| format!("t.{column}"), |(_, value)| value.clone())
        })
        .collect();
    let (columns, values) = (columns.join(", "), values.join(", "));
    let mut first = ids.start;
    while first < ids.end {
        let last = ids.end.min(first + ROWS) - 1;
        let numbers = match kind {
            Kind::Sqlite => format!(
                "(WITH RECURSIVE c(i) AS (VALUES ({first}) UNION ALL SELECT i + 1 FROM c WHERE i < {last}) SELECT i FROM c) n"
            ),
            Kind::Postgres => format!("generate_series({first}::bigint, {last}) n(i)"),
            Kind::MariaDb => format!("(SELECT seq AS i FROM seq_{first}_to_{last}) n"),
        };
        let statement =
            format!("INSERT INTO {name} ({columns}) SELECT {values} FROM {numbers} CROSS JOIN {name} t WHERE t.id = 1");
        connection.execute_unprepared(&statement).await.unwrap();
        first = last + 1;
    }
}

/// A table's name as an identifier.
pub fn quoted(kind: Kind, table: &str) -> String {
    match kind {
        Kind::MariaDb => format!("`{table}`"),
        Kind::Sqlite | Kind::Postgres => format!("\"{table}\""),
    }
}

/// What every closed position looks like; of a robot's length in every text.
fn template() -> Position {
    let profit: Amount = "7.12345678".parse().unwrap();
    Position {
        id: PositionId(1),
        robot: None,
        user: UserId(1),
        account: VenueAccountId(1),
        venue: VenueName::Paper,
        symbol: Symbol::new("BTCUSDT"),
        side: Side::Long,
        origin: Origin::Robot,
        state: PositionState::Closed {
            at: Timestamp(1_700_000_000_000),
            reason: CloseReason::TakeProfit,
            profit,
        },
        quantity: Quantity::ZERO,
        entered: "0.1".parse().unwrap(),
        entry_notional: Amount::whole(5_000).unwrap(),
        exit_notional: Amount::whole(5_007).unwrap(),
        realised: profit,
        fees: Amount::ZERO,
        funding: Amount::ZERO,
        leverage: 10,
        margin_mode: MarginMode::Cross,
        exits: None,
        peak: None,
        profit_basis: ProfitBasis::Net,
        provenance: Provenance::default(),
        settlement: Settlement::Pending,
        carry: None,
        settled_profit: None,
        corrections: 0,
        opened_at: Some(Timestamp(1_699_999_000_000)),
        created_at: Timestamp(1_699_999_000_000),
        updated_at: Timestamp(1_700_000_000_000),
        version: 3,
    }
}
