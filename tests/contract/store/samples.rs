//! Sample rows, complete and valid; stories change what they are about.

use std::sync::Arc;

use bursar::ports::store::{Store, StoreError};
use domain::alert::delivery::{AlertEvent, Delivery, DeliveryState};
use domain::alert::{Acknowledgement, Alert, AlertKind, Severity};
use domain::change::{Change, ChangeSet, Fill, Income};
use domain::fixed::{Amount, Ratio};
use domain::id::{AlertId, DebtId, DeliveryId, LedgerAccountId, OrderId, PositionId, RobotId, UserId, VenueAccountId};
use domain::ledger::{
    Account, AccountKey, AccountKind, Asset, BalanceMove, Debt, DebtState, Digest, Entry, EntryKey, EntryKind,
    EntrySeq, Hold, HoldState, LedgerWrite, Posting,
};
use domain::market::{Action, Side, Symbol};
use domain::order::{Order, OrderState, Purpose};
use domain::position::{
    CloseReason, Exits, FillMark, Origin, Position, PositionState, ProfitBasis, ProfitSource, Provenance,
};
use domain::robot::{Limits, RiskPreference, Robot, Strategy, Wanted};
use domain::settlement::Settlement;
use domain::time::Timestamp;
use domain::user::{PositionMode, User, VenueAccount};
use domain::venue::{
    ClientOrderId, FillCause, FillReport, IncomeReport, MarginMode, OrderKind, VenueName, VenueOrderId,
};

use super::databases::{FullStore, Ground};

pub const USER: UserId = UserId(7);
pub const ACCOUNT: VenueAccountId = VenueAccountId(70);
pub const ROBOT: RobotId = RobotId(700);

pub fn user(id: i64) -> User {
    User {
        id: UserId(id),
        name: format!("user {id} 用户"),
        created_at: Timestamp(1_000 + id),
    }
}

pub fn venue_account(id: i64, user: UserId) -> VenueAccount {
    VenueAccount {
        id: VenueAccountId(id),
        user,
        venue: VenueName::Paper,
        label: format!("account {id}"),
        mode: PositionMode::Hedge,
        created_at: Timestamp(2_000),
    }
}

pub fn robot(id: i64) -> Robot {
    Robot {
        id: RobotId(id),
        user: USER,
        account: ACCOUNT,
        symbol: Symbol::new("BTCUSDT"),
        strategy: Strategy::WindowBreakout { window_seconds: 300 },
        risk: RiskPreference::Balanced,
        stake: "250.5".parse().unwrap(),
        leverage: 10,
        margin_mode: MarginMode::Isolated,
        auto_open: true,
        auto_close: false,
        limits: Limits {
            max_daily_loss: Some("12.34567891".parse().unwrap()),
            max_orders_per_minute: Some(6),
            ..Limits::default()
        },
        wanted: Wanted::Running,
        run_started_at: Some(Timestamp(3_000)),
        quarantined_at: None,
        created_at: Timestamp(2_500),
        updated_at: Timestamp(2_600),
        version: 0,
    }
}

pub fn position(id: i64) -> Position {
    Position {
        id: PositionId(id),
        robot: Some(ROBOT),
        user: USER,
        account: ACCOUNT,
        venue: VenueName::Paper,
        symbol: Symbol::new("BTCUSDT"),
        side: Side::Long,
        origin: Origin::Robot,
        state: PositionState::Open,
        quantity: "0.5".parse().unwrap(),
        entered: "0.5".parse().unwrap(),
        entry_notional: "30000.12345678".parse().unwrap(),
        exit_notional: Amount::ZERO,
        realised: Amount::ZERO,
        fees: "1.2".parse().unwrap(),
        funding: "-0.00000001".parse().unwrap(),
        leverage: 10,
        margin_mode: MarginMode::Cross,
        exits: Some(Exits {
            stop_loss: "0.1".parse().unwrap(),
            arm: "0.2".parse().unwrap(),
            give_back: "0.0000000001".parse().unwrap(),
        }),
        peak: Some("5".parse().unwrap()),
        profit_basis: ProfitBasis::Net,
        provenance: Provenance {
            source: ProfitSource::Inferred,
            fills: 3,
            incomes: 2,
            newest_fill: Some(FillMark {
                venue_id: "f3#2".to_owned(),
                at: Timestamp(4_500),
            }),
        },
        settlement: Settlement::NotYet,
        carry: None,
        settled_profit: None,
        corrections: 0,
        opened_at: Some(Timestamp(4_000)),
        created_at: Timestamp(3_900),
        updated_at: Timestamp(4_000),
        version: 0,
    }
}

/// Closed with this profit, settlement pending.
pub fn closed(id: i64, at: i64, profit: &str) -> Position {
    Position {
        state: PositionState::Closed {
            at: Timestamp(at),
            reason: CloseReason::TakeProfit,
            profit: profit.parse().unwrap(),
        },
        settlement: Settlement::Pending,
        quantity: "0".parse().unwrap(),
        ..position(id)
    }
}

pub fn order(id: i64, position: i64) -> Order {
    Order {
        id: OrderId(id),
        client_id: ClientOrderId(format!("bmem0ry{id}")),
        venue_id: None,
        position: PositionId(position),
        robot: Some(ROBOT),
        user: USER,
        account: ACCOUNT,
        venue: VenueName::Paper,
        symbol: Symbol::new("BTCUSDT"),
        action: Action::Buy,
        position_side: Side::Long,
        purpose: Purpose::Open,
        reduce_only: false,
        kind: OrderKind::Market,
        quantity: "0.5".parse().unwrap(),
        filled: "0".parse().unwrap(),
        average_price: None,
        leverage: 10,
        margin_mode: MarginMode::Isolated,
        state: OrderState::Submitting,
        created_at: Timestamp(5_000 + id),
        updated_at: Timestamp(5_000 + id),
        version: 0,
    }
}

pub fn fill(number: i64, position: i64) -> Fill {
    Fill {
        account: ACCOUNT,
        order: Some(OrderId(1)),
        position: Some(PositionId(position)),
        report: FillReport {
            venue_fill_id: format!("f{number}"),
            venue_order_id: VenueOrderId("v1".to_owned()),
            client_id: Some(ClientOrderId("bmem0ry1".to_owned())),
            symbol: Symbol::new("BTCUSDT"),
            action: Action::Sell,
            position_side: Side::Long,
            reducing: true,
            quantity: "0.25".parse().unwrap(),
            price: "60000.1234567891".parse().unwrap(),
            fee: "-0.01".parse().unwrap(),
            realised: "-3.5".parse().unwrap(),
            cause: FillCause::Liquidation,
            at: Timestamp(6_000),
        },
    }
}

pub fn income(number: i64) -> Income {
    Income {
        account: ACCOUNT,
        position: None,
        report: IncomeReport {
            venue_income_id: format!("i{number}"),
            symbol: Symbol::new("BTCUSDT"),
            position_side: Some(Side::Short),
            amount: "-0.5".parse().unwrap(),
            at: Timestamp(7_000),
        },
    }
}

pub fn alert(id: i64, subject: &str) -> Alert {
    Alert {
        id: AlertId(id),
        kind: AlertKind::PowerShort,
        subject: subject.to_owned(),
        message: "short".to_owned(),
        raised_at: Timestamp(8_000),
        acknowledged: None,
        resolved_at: None,
    }
}

/// The same, acknowledged.
pub fn taken(alert: Alert, by: &str) -> Alert {
    let acknowledged = Some(Acknowledgement {
        by: by.to_owned(),
        note: "on it: 我在看".to_owned(),
        at: Timestamp(8_500),
    });
    Alert { acknowledged, ..alert }
}

/// A message about an alert that waits.
pub fn delivery(id: i64, alert: i64, target: &str) -> Delivery {
    Delivery {
        id: DeliveryId(id),
        alert: AlertId(alert),
        target: target.to_owned(),
        event: AlertEvent::Raised,
        severity: Severity::Warning,
        state: DeliveryState::Waiting {
            next_at: Timestamp(8_001),
        },
        attempts: 0,
        covers: 0,
        error: None,
        created_at: Timestamp(8_000),
        version: 0,
    }
}

pub fn account(id: i64, kind: AccountKind, owner: i64) -> Account {
    Account {
        id: LedgerAccountId(id),
        key: AccountKey {
            kind,
            owner,
            asset: Asset::new("POWER").unwrap(),
        },
        balance: Amount::ZERO,
    }
}

pub fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

/// Some digest for the entry of this number; all zero before the first.
pub fn digest(seq: i64) -> Digest {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seq.to_be_bytes());
    Digest(bytes)
}

pub fn entry(seq: i64, key: &str, postings: Vec<Posting>) -> Entry {
    Entry {
        seq: EntrySeq(seq),
        key: EntryKey::stored(key.to_owned()),
        kind: EntryKind::Recharge,
        at: Timestamp(9_000 + seq),
        reference: "payment 'x'; --".to_owned(),
        remark: "多谢 \u{1F600}".to_owned(),
        by: Some("admin".to_owned()),
        postings,
        previous: digest(seq - 1),
        digest: digest(seq),
    }
}

/// A group with one entry that moves `units` between accounts, given as (id, balance before).
pub fn transfer(seq: i64, key: &str, from: (i64, i64), to: (i64, i64), units: i64) -> LedgerWrite {
    let exact = |number| Amount::from_units(number).unwrap();
    let lines = [(from, -units), (to, units)];
    let postings = lines.map(|((account, before), change)| Posting {
        account: LedgerAccountId(account),
        amount: exact(change),
        before: exact(before),
        after: exact(before + change),
    });
    let balances = postings.map(|line| BalanceMove {
        account: line.account,
        before: line.before,
        after: line.after,
    });
    LedgerWrite {
        entries: vec![entry(seq, key, postings.to_vec())],
        balances: balances.to_vec(),
        ..LedgerWrite::default()
    }
}

pub fn debt(id: i64, position: i64, entry: i64) -> Debt {
    Debt {
        id: DebtId(id),
        user: USER,
        position: PositionId(position),
        correction: 0,
        owed: amount("3.00000001"),
        entry: EntrySeq(entry),
        state: DebtState::Owed,
        created_at: Timestamp(9_500),
    }
}

/// A hold of gift power and power for a position, made by an entry.
pub fn hold(position: i64, entry: i64) -> Hold {
    Hold {
        position: PositionId(position),
        user: USER,
        gift: amount("1.00000001"),
        power: amount("2"),
        entry: EntrySeq(entry),
        expires_at: Timestamp(99_000),
        state: HoldState::Held,
        created_at: Timestamp(9_500),
    }
}

/// Ten per cent.
pub fn tenth() -> Ratio {
    "0.1".parse().unwrap()
}

/// A store with a user, an account, a robot and issuance (1), power (2) and debt (3) accounts of the ledger.
pub async fn furnished(ground: &Ground) -> Arc<dyn FullStore> {
    let store = ground.open().await;
    let opened = vec![
        account(1, AccountKind::Issuance, 0),
        account(2, AccountKind::UserPower, USER.0),
        account(3, AccountKind::UserDebt, USER.0),
    ];
    let changes = vec![
        Change::AddUser(user(USER.0)),
        Change::AddVenueAccount(venue_account(ACCOUNT.0, USER)),
        Change::AddRobot(Box::new(robot(ROBOT.0))),
        ledger(LedgerWrite {
            opened,
            ..LedgerWrite::default()
        }),
    ];
    store.commit(ChangeSet { changes }).await.unwrap();
    store
}

pub fn ledger(write: LedgerWrite) -> Change {
    Change::Ledger(Box::new(write))
}

pub fn add_position(position: &Position) -> Change {
    Change::AddPosition(Box::new(position.clone()))
}

pub fn add_order(order: &Order) -> Change {
    Change::AddOrder(Box::new(order.clone()))
}

/// Commits one change.
pub async fn commit(store: &(impl Store + ?Sized), change: Change) {
    store.commit(ChangeSet::of(change)).await.unwrap();
}

/// Commits one change and expects that a guard refuses it.
pub async fn refused(store: &(impl Store + ?Sized), change: Change) -> String {
    match store.commit(ChangeSet::of(change)).await {
        Err(StoreError::Conflict { what }) => what,
        other => panic!("expected a conflict, got {other:?}"),
    }
}
