//! Who lives in the world: users, accounts and robots.

use bursar::adapters::store::MemoryStore;
use bursar::ports::store::Store;
use domain::change::{Change, ChangeSet};
use domain::id::{IdKind, RobotId, UserId, VenueAccountId};
use domain::market::Symbol;
use domain::risk::OppositeRobots;
use domain::robot::{Limits, RiskPreference, Robot, Strategy, Wanted};
use domain::time::Timestamp;
use domain::user::{PositionMode, PowerRate, User, VenueAccount};
use domain::venue::{MarginMode, VenueName};

/// The user with too little power.
pub const POOR: UserId = UserId(2);
/// Those with enough.
pub const RICH: [UserId; 2] = [UserId(1), UserId(3)];
/// The accounts and their owners.
pub const ACCOUNTS: [(VenueAccountId, UserId, PositionMode); 4] = [
    (VenueAccountId(1), UserId(1), PositionMode::Hedge),
    (VenueAccountId(2), POOR, PositionMode::OneWay),
    (VenueAccountId(3), UserId(3), PositionMode::OneWay),
    (VenueAccountId(4), UserId(1), PositionMode::Hedge),
];
/// The robots, their accounts, whether on BTC, and the length of their windows.
pub const ROBOTS: [(i64, i64, bool, u32); 7] = [
    (1, 1, true, 20),
    (2, 1, false, 30),
    (3, 2, true, 20),
    (4, 3, false, 20),
    (5, 3, true, 40),
    (6, 4, true, 30),
    (7, 4, false, 40),
];

/// Robots on markets where others live already.
const MORE: [(i64, i64, bool, u32); 6] = [
    (8, 1, true, 35),
    (9, 2, true, 45),
    (10, 3, false, 30),
    (11, 3, true, 25),
    (12, 4, false, 25),
    (13, 3, true, 15),
];

/// Whether robots have neighbours on their markets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Neighbours {
    /// Each has its market to itself.
    None,
    /// They have, and may not hold opposite sides of a one-way account.
    Refused,
    /// They have, and the venue nets them.
    Netted,
}

impl Neighbours {
    /// Of the world of this seed.
    pub const fn of(seed: u64) -> Self {
        match seed % 3 {
            0 => Self::None,
            1 => Self::Refused,
            _ => Self::Netted,
        }
    }

    /// Ids of the robots.
    pub fn robots(self) -> impl Iterator<Item = i64> {
        let count = match self {
            Self::None => 0,
            Self::Refused | Self::Netted => MORE.len(),
        };
        ROBOTS.into_iter().chain(MORE.into_iter().take(count)).map(|row| row.0)
    }

    /// What the risk rules say of it.
    pub const fn opposites(self) -> OppositeRobots {
        match self {
            Self::None | Self::Refused => OppositeRobots::Refuse,
            Self::Netted => OppositeRobots::Net,
        }
    }
}

pub fn btc() -> Symbol {
    Symbol::new("BTCUSDT")
}

pub fn eth() -> Symbol {
    Symbol::new("ETHUSDT")
}

/// The row of a robot as it is created, wanted.
fn robot_row(id: i64, now: Timestamp) -> Robot {
    let (_, account, is_btc, window_seconds) = ROBOTS.into_iter().chain(MORE).find(|row| row.0 == id).unwrap();
    let owner = ACCOUNTS.into_iter().find(|row| row.0.0 == account).unwrap().1;
    Robot {
        id: RobotId(id),
        user: owner,
        account: VenueAccountId(account),
        symbol: if is_btc { btc() } else { eth() },
        strategy: Strategy::WindowBreakout { window_seconds },
        risk: RiskPreference::Aggressive,
        stake: "100".parse().unwrap(),
        leverage: 20,
        margin_mode: MarginMode::Isolated,
        auto_open: true,
        auto_close: true,
        limits: Limits::default(),
        wanted: Wanted::Running,
        run_started_at: Some(now),
        quarantined_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
    }
}

/// Writes everybody down.
pub async fn settle_in(rows: &MemoryStore, now: Timestamp, neighbours: Neighbours) {
    let mut changes = ChangeSet::new();
    for id in 1..=3 {
        let name = format!("user{id}");
        changes.push(Change::AddUser(User {
            id: UserId(id),
            name,
            created_at: now,
        }));
    }
    for (id, user, mode) in ACCOUNTS {
        changes.push(Change::AddVenueAccount(VenueAccount {
            id,
            user,
            venue: VenueName::Paper,
            label: format!("account{id}"),
            mode,
            created_at: now,
        }));
    }
    changes.push(Change::AddPowerRate(PowerRate {
        user: Some(UserId(3)),
        rate: "0.25".parse().unwrap(),
        effective_from: Timestamp(0),
    }));
    for id in neighbours.robots() {
        changes.push(Change::AddRobot(Box::new(robot_row(id, now))));
    }
    rows.commit(changes).await.unwrap();
    for (kind, count) in [(IdKind::User, 3), (IdKind::VenueAccount, 4), (IdKind::Robot, 13)] {
        rows.reserve_ids(kind, count).await.unwrap();
    }
}
