//! Whether a robot may open: the only maker of [`Approved`].

use std::ops::Deref;
use std::time::Duration;

use crate::fixed::{Amount, NumberError, Price, Quantity, Rounding};
use crate::id::{OrderId, PositionId};
use crate::instrument::{FilterError, Instrument};
use crate::market::{Side, Tick};
use crate::order::Order;
use crate::pause::{Pause, PauseScope, stopped_by};
use crate::position::{Exits, Position};
use crate::robot::{PastClose, Robot, Wanted};
use crate::time::Timestamp;
use crate::user::PositionMode;
use crate::venue::{MarginMode, VenueName};

mod limits;
mod neighbours;

/// Something that passed every risk check; nothing but this module can make one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approved<T>(T);

impl<T> Approved<T> {
    /// What was approved.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Approved<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// What a robot would like to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenDraft {
    /// Side.
    pub side: Side,
    /// In whole lots.
    pub quantity: Quantity,
    /// The price it was computed at.
    pub price: Price,
    /// Leverage.
    pub leverage: u32,
    /// Isolated or cross.
    pub margin_mode: MarginMode,
    /// Exits of the template.
    pub exits: Exits,
}

impl OpenDraft {
    /// As many whole lots as the robot's stake buys at `price` with its leverage.
    pub fn new(
        robot: &Robot,
        instrument: &Instrument,
        side: Side,
        price: Price,
        exits: Exits,
    ) -> Result<Self, NumberError> {
        let notional = Amount::from_wide(i128::from(robot.stake.units()) * i128::from(robot.leverage))?;
        Ok(Self {
            side,
            quantity: instrument.quantity_for(notional, price)?,
            price,
            leverage: robot.leverage,
            margin_mode: robot.margin_mode,
            exits,
        })
    }

    /// Price × quantity, rounded up.
    pub fn notional(&self) -> Result<Amount, NumberError> {
        self.price.notional(self.quantity, Rounding::Up)
    }
}

/// Whether robots may hold opposite sides of one market of a one-way account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OppositeRobots {
    /// They may not: who comes second does not open. A close can then always be held to shrinking.
    Refuse,
    /// They may, and the venue nets them. A close may then have to open the other side.
    Net,
}

/// Limits that hold for every robot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RiskRules {
    /// A price older than this is too old to open on.
    pub max_price_age: Duration,
    /// Who owes more power than this may not open.
    pub debt_limit: Amount,
    /// Largest notional of one position of any robot.
    pub max_notional: Amount,
    /// Largest notional that one venue account may hold or be about to hold on one market, both sides together.
    pub max_symbol_notional: Amount,
    /// Whether robots may hold opposite sides of a one-way account.
    pub opposite_robots: OppositeRobots,
    /// Most positions that one venue account may hold at once, each robot's its own.
    pub max_open_positions: u32,
    /// Most orders that one robot may place in any 60 seconds.
    pub max_orders_per_minute: u32,
}

/// The facts that the checks need, all read after the forced sync.
#[derive(Debug, Clone, Copy)]
pub struct OpenFacts<'a> {
    /// Now.
    pub now: Timestamp,
    /// The robot.
    pub robot: &'a Robot,
    /// Venue of its account.
    pub venue: VenueName,
    /// One-way or hedge.
    pub mode: PositionMode,
    /// The market's filters.
    pub instrument: &'a Instrument,
    /// The market's last tick.
    pub last: Option<Tick>,
    /// The last word on every scope.
    pub pauses: &'a [Pause],
    /// What the user owes.
    pub owed: Amount,
    /// Closes since the run began or the UTC day began, whichever is earlier, oldest first.
    pub closes: &'a [PastClose],
    /// Positions of the account that are not final.
    pub positions: &'a [Position],
    /// Orders of the account that are not final.
    pub orders: &'a [Order],
    /// Orders that the robot made in the last 60 seconds.
    pub recent_orders: u32,
}

/// Why a robot may not open. Each has the numbers that it was decided by.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RiskRefusal {
    /// Everything, the venue, the user or the robot is paused.
    #[error("opening is paused for {0}")]
    Paused(PauseScope),
    /// The robot crashed repeatedly.
    #[error("robot is quarantined since {0}")]
    Quarantined(Timestamp),
    /// The robot is not to run.
    #[error("robot is not to run")]
    NotWanted,
    /// The robot does not open by itself.
    #[error("robot does not open by itself")]
    AutoOpenOff,
    /// An earlier position of the robot is not over.
    #[error("position {0} is live")]
    LivePosition(PositionId),
    /// On a one-way account the venue would net it with a position of the other side.
    #[error("position {0} is on the other side, and the venue would net the two")]
    OppositePosition(PositionId),
    /// Leverage and margin mode belong to the market of an account: another robot's position has others.
    #[error("position {position} on this market has leverage {leverage} on {} margin", margin_mode.as_str())]
    OtherTerms {
        /// The position.
        position: PositionId,
        /// Its leverage.
        leverage: u32,
        /// Its margin mode.
        margin_mode: MarginMode,
    },
    /// Too much on one market of the account.
    #[error("account would hold a notional of {notional} on this market, above {limit}")]
    Exposure {
        /// All positions of the market, at the price of the new one, and the new one.
        notional: Amount,
        /// The limit.
        limit: Amount,
    },
    /// The outcome of an order on this market is not known.
    #[error("order {0} is not confirmed")]
    UnconfirmedOrder(OrderId),
    /// The user owes too much power.
    #[error("user owes {owed} of power, above {limit}")]
    Debtor {
        /// Σ of open debts.
        owed: Amount,
        /// The limit.
        limit: Amount,
    },
    /// There is no price.
    #[error("no price is known")]
    NoPrice,
    /// The last price is too old.
    #[error("price is {}ms old, above {}ms", age.as_millis(), limit.as_millis())]
    StalePrice {
        /// Its age.
        age: Duration,
        /// The limit.
        limit: Duration,
    },
    /// A filter of the market.
    #[error("market refuses: {0}")]
    Filter(#[from] FilterError),
    /// Too many positions on the account.
    #[error("account holds {count} positions, and {limit} is the limit")]
    OpenPositions {
        /// Not final ones.
        count: u32,
        /// The limit.
        limit: u32,
    },
    /// Leverage above the market's limit.
    #[error("leverage {leverage} is above {limit}")]
    Leverage {
        /// Asked.
        leverage: u32,
        /// The limit.
        limit: u32,
    },
    /// Notional above the robot's or everyone's limit.
    #[error("notional {notional} is above {limit}")]
    MaxNotional {
        /// Price × quantity.
        notional: Amount,
        /// The limit.
        limit: Amount,
    },
    /// The day's loss.
    #[error("loss of {loss} today has reached {limit}")]
    DailyLoss {
        /// Since midnight UTC.
        loss: Amount,
        /// The limit.
        limit: Amount,
    },
    /// The run's loss.
    #[error("loss of {loss} in this run has reached {limit}")]
    RunLoss {
        /// Since the run began.
        loss: Amount,
        /// The limit.
        limit: Amount,
    },
    /// The run's profit.
    #[error("profit of {profit} in this run has reached {limit}")]
    RunProfit {
        /// Since the run began.
        profit: Amount,
        /// The limit.
        limit: Amount,
    },
    /// Stop-losses in a row.
    #[error("{count} stop-losses in a row have reached {limit}")]
    StopLosses {
        /// At the end of the run so far.
        count: u32,
        /// The limit.
        limit: u32,
    },
    /// Too many orders.
    #[error("{count} orders in the last minute have reached {limit}")]
    OrderRate {
        /// In the last 60 seconds.
        count: u32,
        /// The limit.
        limit: u32,
    },
    /// A number left its range.
    #[error("a number left its range")]
    Number(#[from] NumberError),
}

impl RiskRefusal {
    /// One word for metrics.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Paused(_) => "paused",
            Self::Quarantined(_) => "quarantined",
            Self::NotWanted => "not_wanted",
            Self::AutoOpenOff => "auto_open_off",
            Self::LivePosition(_) => "live_position",
            Self::OppositePosition(_) => "opposite_position",
            Self::OtherTerms { .. } => "other_terms",
            Self::Exposure { .. } => "exposure",
            Self::UnconfirmedOrder(_) => "unconfirmed_order",
            Self::OpenPositions { .. } => "open_positions",
            Self::Debtor { .. } => "debtor",
            Self::NoPrice => "no_price",
            Self::StalePrice { .. } => "stale_price",
            Self::Filter(_) => "filter",
            Self::Leverage { .. } => "leverage",
            Self::MaxNotional { .. } => "max_notional",
            Self::DailyLoss { .. } => "daily_loss",
            Self::RunLoss { .. } => "run_loss",
            Self::RunProfit { .. } => "run_profit",
            Self::StopLosses { .. } => "stop_losses",
            Self::OrderRate { .. } => "order_rate",
            Self::Number(_) => "number",
        }
    }
}

/// Since when the closes of a robot matter: its run's beginning or the UTC day's, whichever is earlier.
pub fn closes_since(robot: &Robot, now: Timestamp) -> Timestamp {
    limits::closes_since(robot, now)
}

/// Drafts an opening at the last price with the robot's stake, and approves it when it passes every check.
pub fn consider(
    side: Side,
    exits: Exits,
    facts: &OpenFacts<'_>,
    rules: &RiskRules,
) -> Result<Approved<OpenDraft>, RiskRefusal> {
    let price = facts.last.ok_or(RiskRefusal::NoPrice)?.price;
    let draft = OpenDraft::new(facts.robot, facts.instrument, side, price, exits)?;
    approve(draft, facts, rules)
}

/// Approves what passes every check; otherwise the first check that it does not pass.
pub fn approve(draft: OpenDraft, facts: &OpenFacts<'_>, rules: &RiskRules) -> Result<Approved<OpenDraft>, RiskRefusal> {
    check_wanted(facts)?;
    neighbours::check(&draft, facts, rules)?;
    neighbours::check_account(facts, rules)?;
    check_debtor(facts, rules)?;
    check_price(facts, rules)?;
    check_size(&draft, facts, rules)?;
    limits::check(facts, rules)?;
    Ok(Approved(draft))
}

fn check_wanted(facts: &OpenFacts<'_>) -> Result<(), RiskRefusal> {
    let robot = facts.robot;
    if let Some(scope) = stopped_by(facts.pauses, &PauseScope::over(facts.venue, robot.user, robot.id)) {
        return Err(RiskRefusal::Paused(scope));
    }
    if let Some(since) = robot.quarantined_at {
        return Err(RiskRefusal::Quarantined(since));
    }
    match robot.wanted {
        Wanted::Running => {}
        Wanted::Stopped => return Err(RiskRefusal::NotWanted),
    }
    if !robot.auto_open {
        return Err(RiskRefusal::AutoOpenOff);
    }
    Ok(())
}

fn check_debtor(facts: &OpenFacts<'_>, rules: &RiskRules) -> Result<(), RiskRefusal> {
    let owed = facts.owed;
    if owed > rules.debt_limit {
        let limit = rules.debt_limit;
        return Err(RiskRefusal::Debtor { owed, limit });
    }
    Ok(())
}

fn check_price(facts: &OpenFacts<'_>, rules: &RiskRules) -> Result<(), RiskRefusal> {
    let last = facts.last.ok_or(RiskRefusal::NoPrice)?;
    let age = facts.now.since(last.at);
    if age > rules.max_price_age {
        let limit = rules.max_price_age;
        return Err(RiskRefusal::StalePrice { age, limit });
    }
    Ok(())
}

fn check_size(draft: &OpenDraft, facts: &OpenFacts<'_>, rules: &RiskRules) -> Result<(), RiskRefusal> {
    let limit = facts.instrument.max_leverage;
    if draft.leverage == 0 || draft.leverage > limit {
        let leverage = draft.leverage;
        return Err(RiskRefusal::Leverage { leverage, limit });
    }
    facts.instrument.check(draft.quantity, draft.price, false)?;
    let notional = draft.notional()?;
    let own = facts.robot.limits.max_notional;
    let limit = own.map_or(rules.max_notional, |own| own.min(rules.max_notional));
    if notional > limit {
        return Err(RiskRefusal::MaxNotional { notional, limit });
    }
    neighbours::check_exposure(notional, draft, facts, rules)
}

#[cfg(test)]
pub(crate) mod tests;
