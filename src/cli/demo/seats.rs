//! Seats the players: users, power, accounts and robots, each made once however often the demo is started.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use domain::fixed::Amount;
use domain::id::{RobotId, UserId, VenueAccountId};
use domain::market::Symbol;
use domain::page::Page;
use domain::robot::draft::{RobotDraft, StrategyName};
use domain::robot::{Limits, Wanted};
use domain::venue::{MarginMode, VenueName};
use tracing::warn;

use super::plan::{PLAYERS, Part, parts};
use crate::actors::mail::{Look, MailError, Purse, Recharge};
use crate::actors::spawn;
use crate::assemble::Daemon;
use crate::desk::{Asker, DeskError, NewUser, NewVenueAccount};
use crate::ports::store::{Store, StoreError};

const PAGE: u32 = 500;
/// How often carol recharges, in real time, and how much power.
const TOP_UP_EVERY: Duration = Duration::from_secs(8);
const TOP_UP: i64 = 40;

/// Why the players could not be seated.
#[derive(Debug, thiserror::Error)]
pub enum SeatError {
    /// The desk refused.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// The store cannot be read.
    #[error("could not read the store")]
    Store(#[from] StoreError),
    /// The ledger did not take a recharge.
    #[error("could not recharge")]
    Recharge(#[from] MailError),
    /// A number of the plan does not fit.
    #[error("a number of the plan does not fit")]
    Number(#[from] domain::fixed::NumberError),
}

/// Makes users, recharges, accounts and robots that are not there yet, and starts the robots.
pub async fn seat(daemon: &Daemon, robots: u32, symbols: &[Symbol]) -> Result<(), SeatError> {
    let users = seat_users(daemon).await?;
    let accounts = accounts_by_label(daemon.store.as_ref()).await?;
    let busy = accounts_with_robot(daemon.store.as_ref()).await?;
    for part in parts(robots, symbols)? {
        let user = users[part.player];
        let account = match accounts.get(&part.account) {
            Some(account) => *account,
            None => seat_account(daemon, user, &part).await?,
        };
        if !busy.contains(&account) {
            seat_robot(daemon, user, account, &part).await?;
        }
    }
    spawn::poke(&daemon.actors.look(), Look);
    Ok(())
}

pub(super) fn asker() -> Asker {
    Asker {
        by: "demo".to_owned(),
        reason: "the demo's plan".to_owned(),
        from: "local".to_owned(),
    }
}

async fn seat_users(daemon: &Daemon) -> Result<Vec<UserId>, SeatError> {
    let known = daemon.store.users(Page::first(PAGE)).await?;
    let mut users = Vec::new();
    for player in PLAYERS {
        let found = known.iter().find(|user| user.name == player.name).map(|user| user.id);
        let user = match found {
            Some(user) => user,
            None => UserId(
                daemon
                    .desk
                    .create_user(
                        NewUser {
                            name: player.name.to_owned(),
                        },
                        &asker(),
                    )
                    .await?
                    .id,
            ),
        };
        recharge(daemon, user, Purse::Power, player.power, player.name, "power").await?;
        recharge(daemon, user, Purse::GiftPower, player.gift, player.name, "gift").await?;
        users.push(user);
    }
    Ok(users)
}

/// Lets carol recharge now and then, so that her debts are seen to be collected; for as long as it is not dropped.
pub async fn top_up(daemon: &Daemon) {
    loop {
        tokio::time::sleep(TOP_UP_EVERY).await;
        if let Err(error) = top_up_once(daemon).await {
            warn!(%error, "carol could not recharge");
        }
    }
}

async fn top_up_once(daemon: &Daemon) -> Result<(), SeatError> {
    let users = daemon.store.users(Page::first(PAGE)).await?;
    let Some(carol) = users.iter().find(|user| user.name == "carol") else {
        return Ok(());
    };
    let what = format!("top-up-{}", daemon.clock.now().0);
    recharge(daemon, carol.id, Purse::Power, TOP_UP, "carol", &what).await
}

/// The reference makes it one recharge, however often the demo is started.
async fn recharge(
    daemon: &Daemon,
    user: UserId,
    purse: Purse,
    amount: i64,
    name: &str,
    what: &str,
) -> Result<(), SeatError> {
    if amount == 0 {
        return Ok(());
    }
    let recharge = Recharge {
        reference: format!("demo-{name}-{what}"),
        user,
        purse,
        amount: Amount::whole(amount)?,
        by: "demo".to_owned(),
        remark: "a recharge of the demo".to_owned(),
    };
    match daemon.actors.recharge().send(recharge).await {
        Ok(receipt) => receipt.map(|_| ()).map_err(SeatError::from),
        Err(_) => Err(MailError::Silent("ledger").into()),
    }
}

async fn seat_account(daemon: &Daemon, user: UserId, part: &Part) -> Result<VenueAccountId, SeatError> {
    let new = NewVenueAccount {
        user,
        venue: VenueName::Paper,
        label: part.account.clone(),
        mode: part.mode,
    };
    Ok(VenueAccountId(daemon.desk.create_account(new, &asker()).await?.id))
}

async fn seat_robot(daemon: &Daemon, user: UserId, account: VenueAccountId, part: &Part) -> Result<(), SeatError> {
    let draft = RobotDraft {
        user,
        account,
        symbol: part.symbol.clone(),
        strategy: StrategyName::WindowBreakout,
        window_seconds: Some(part.window_seconds),
        risk: part.risk,
        stake: part.stake,
        leverage: part.leverage,
        margin_mode: MarginMode::Isolated,
        auto_open: true,
        auto_close: true,
        limits: Limits::default(),
    };
    let robot = daemon.desk.create_robot(draft, &asker()).await?;
    daemon
        .desk
        .want_robot(RobotId(robot.id), Wanted::Running, &asker())
        .await?;
    Ok(())
}

async fn accounts_by_label(store: &dyn Store) -> Result<HashMap<String, VenueAccountId>, SeatError> {
    let mut found = HashMap::new();
    let mut page = Page::first(PAGE);
    loop {
        let accounts = store.venue_accounts(page).await?;
        let last = accounts.last().map(|account| account.id.0);
        let is_full = accounts.len() == PAGE as usize;
        found.extend(accounts.into_iter().map(|account| (account.label, account.id)));
        match last {
            Some(last) if is_full => page = Page::after(last, PAGE),
            _ => return Ok(found),
        }
    }
}

async fn accounts_with_robot(store: &dyn Store) -> Result<HashSet<VenueAccountId>, SeatError> {
    let mut found = HashSet::new();
    let mut page = Page::first(PAGE);
    loop {
        let robots = store.robots(page).await?;
        found.extend(robots.iter().map(|robot| robot.account));
        match robots.last() {
            Some(last) if robots.len() == PAGE as usize => page = Page::after(last.id.0, PAGE),
            _ => return Ok(found),
        }
    }
}
