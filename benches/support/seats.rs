//! Robots to measure with: who opens when, and rows for any number of them.

use std::path::Path;
use std::time::Duration;

use bursar::actors::mail::Look;
use bursar::actors::spawn;
use bursar::assemble::Daemon;
use bursar::config::{self, ExitTemplate, Settings, Sources};
use bursar::ports::store::{PositionFilter, Store};
use domain::change::{Change, ChangeSet};
use domain::fixed::Amount;
use domain::id::{IdKind, RobotId, UserId, VenueAccountId};
use domain::market::Symbol;
use domain::page::Page;
use domain::position::{Position, PositionState};
use domain::robot::draft::{RobotDraft, StrategyName};
use domain::robot::{Limits, RiskPreference};
use domain::user::{PositionMode, User, VenueAccount};
use domain::venue::{MarginMode, VenueName};
use rust_decimal::Decimal;

/// Users that all accounts are shared out to.
const USERS: usize = 100;
/// Changes per commit.
const CHUNK: usize = 500;

/// Where a robot sits, and how it is to trade.
#[derive(Debug, Clone)]
pub struct Seat {
    /// Number of its account.
    pub account: usize,
    /// Market.
    pub symbol: Symbol,
    /// Picks its thresholds, see [`exits`].
    pub risk: RiskPreference,
    /// Length of its window.
    pub window_seconds: u32,
    /// Margin of a position.
    pub stake: i64,
    /// Leverage.
    pub leverage: u32,
}

/// The defaults, in this folder and on any free port.
pub fn settings(directory: &Path) -> Settings {
    let sources = Sources::default()
        .with_variable("BURSAR__DAEMON__STATE_DIRECTORY", &directory.display().to_string())
        .with_variable("BURSAR__HTTP__LISTEN", "127.0.0.1:0");
    config::load(&sources).unwrap()
}

/// Lets robots of a risk preference open at this move of the price and stop at this loss of the margin, both in percent,
/// whatever state the market is in, and never take profits.
pub fn exits(settings: &mut Settings, risk: RiskPreference, threshold_percent: &str, stop_loss_percent: &str) {
    let percent = |text: &str| text.parse::<Decimal>().unwrap();
    let template = ExitTemplate {
        threshold_percent: percent(threshold_percent),
        stop_loss_percent: percent(stop_loss_percent),
        arm_percent: percent("10000"),
        give_back_percent: percent("50"),
    };
    let templates = &mut settings.templates;
    for state in [
        &mut templates.trend,
        &mut templates.ranging,
        &mut templates.high_volatility,
        &mut templates.low_volatility,
    ] {
        match risk {
            RiskPreference::Conservative => state.conservative = template,
            RiskPreference::Balanced => state.balanced = template,
            RiskPreference::Aggressive => state.aggressive = template,
        }
    }
}

/// Writes the rows of users, accounts and running robots, and pokes the supervisor. Answers the accounts by number.
pub async fn seat(daemon: &Daemon, seats: &[Seat]) -> Vec<VenueAccountId> {
    let store = daemon.store.as_ref();
    let created_at = daemon.clock.now();
    let users: Vec<UserId> = reserve(store, IdKind::User, USERS).await.map(UserId).collect();
    let count = seats.iter().map(|seat| seat.account + 1).max().unwrap_or(0);
    let accounts: Vec<VenueAccountId> = reserve(store, IdKind::VenueAccount, count)
        .await
        .map(VenueAccountId)
        .collect();
    let owner = |account: usize| users[account % USERS];
    let of_users = users.iter().map(|id| {
        let (id, name) = (*id, format!("user-{id}"));
        Change::AddUser(User { id, name, created_at })
    });
    write(store, of_users).await;
    let of_accounts = accounts.iter().enumerate().map(|(number, id)| {
        Change::AddVenueAccount(VenueAccount {
            id: *id,
            user: owner(number),
            venue: VenueName::Paper,
            label: format!("account-{id}"),
            mode: PositionMode::OneWay,
            created_at,
        })
    });
    write(store, of_accounts).await;
    let ids = reserve(store, IdKind::Robot, seats.len()).await.map(RobotId);
    let of_robots = ids.zip(seats).map(|(id, seat)| {
        let draft = draft(seat, owner(seat.account), accounts[seat.account]);
        Change::AddRobot(Box::new(draft.to_robot(id, created_at).start(created_at)))
    });
    write(store, of_robots).await;
    spawn::poke(&daemon.actors.look(), Look);
    accounts
}

fn draft(seat: &Seat, user: UserId, account: VenueAccountId) -> RobotDraft {
    RobotDraft {
        user,
        account,
        symbol: seat.symbol.clone(),
        strategy: StrategyName::WindowBreakout,
        window_seconds: Some(seat.window_seconds),
        risk: seat.risk,
        stake: Amount::whole(seat.stake).unwrap(),
        leverage: seat.leverage,
        margin_mode: MarginMode::Isolated,
        auto_open: true,
        auto_close: true,
        limits: Limits::default(),
    }
}

async fn reserve(store: &dyn Store, kind: IdKind, count: usize) -> impl Iterator<Item = i64> + use<> {
    let count = u32::try_from(count).unwrap();
    let first = store.reserve_ids(kind, count).await.unwrap();
    first..first + i64::from(count)
}

async fn write(store: &dyn Store, changes: impl Iterator<Item = Change>) {
    let changes: Vec<Change> = changes.collect();
    for chunk in changes.chunks(CHUNK) {
        let changes = chunk.to_vec();
        store.commit(ChangeSet { changes }).await.unwrap();
    }
}

/// Every position that is not over.
pub async fn live(store: &dyn Store) -> Vec<Position> {
    let live = PositionFilter {
        live: Some(true),
        ..PositionFilter::default()
    };
    let mut all: Vec<Position> = Vec::new();
    loop {
        let after = all.last().map_or(0, |position| position.id.0);
        let page = store.positions(live, Page::after(after, 500)).await.unwrap();
        if page.is_empty() {
            return all;
        }
        all.extend(page);
    }
}

/// How many positions are open, and how many are on the way to it or from it.
pub async fn positions(store: &dyn Store) -> (usize, usize) {
    let live = live(store).await;
    let open = live.iter().filter(|position| position.state == PositionState::Open);
    let open = open.count();
    (open, live.len() - open)
}

/// Waits until the numbers of open and of moving positions are so; answers whether that came within the time.
pub async fn until(store: &dyn Store, is_so: impl Fn(usize, usize) -> bool, patience: Duration) -> bool {
    let waiting = async {
        loop {
            let (open, moving) = positions(store).await;
            if is_so(open, moving) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(patience, waiting).await.is_ok()
}
