//! Positions, as the outside sees them.

use domain::position::{CloseReason, ClosedBy, Exits, Position, PositionState, Provenance};
use domain::settlement::Settlement;
use domain::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// The exits that a position was opened with.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExitsView {
    /// Closes at a loss of this share of the margin.
    pub stop_loss: String,
    /// Arms the trailing take-profit at a profit of this share of the margin.
    pub arm: String,
    /// Once armed, closes when the profit fell by this share of its peak.
    pub give_back: String,
}

impl From<Exits> for ExitsView {
    fn from(exits: Exits) -> Self {
        Self {
            stop_loss: exits.stop_loss.to_string(),
            arm: exits.arm.to_string(),
            give_back: exits.give_back.to_string(),
        }
    }
}

/// What a profit was computed from: the fills and payments that are on record under the position.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProvenanceView {
    /// `venue`: all of it was reported as fills and payments; `derived`: the position shared a net at the venue, and earned
    /// the difference of what its own fills were worth; `inferred`: some of the quantity was only seen at the
    /// venue; `imported`: from another platform's tables.
    pub source: &'static str,
    /// How many of the venue's fills.
    pub fills: u32,
    /// How many funding payments.
    pub incomes: u32,
    /// The venue's id of the newest fill.
    pub newest_fill: Option<String>,
    /// When that was, by the venue's clock.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub newest_fill_at: Option<Timestamp>,
}

impl From<Provenance> for ProvenanceView {
    fn from(provenance: Provenance) -> Self {
        let (newest_fill, newest_fill_at) = provenance
            .newest_fill
            .map(|newest| (newest.venue_id, newest.at))
            .unzip();
        Self {
            source: provenance.source.as_str(),
            fills: provenance.fills,
            incomes: provenance.incomes,
            newest_fill,
            newest_fill_at,
        }
    }
}

/// A position.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PositionView {
    /// Identity.
    pub id: i64,
    /// The robot that opened it, when one did.
    pub robot: Option<i64>,
    /// Owner.
    pub user: i64,
    /// Where it is held.
    pub account: i64,
    /// Venue of the account.
    pub venue: &'static str,
    /// Market.
    pub symbol: String,
    /// `long` or `short`.
    pub side: &'static str,
    /// `robot` or `external`.
    pub origin: &'static str,
    /// `opening`, `open`, `closing`, `closed` or `abandoned`.
    pub state: &'static str,
    /// Why it was or is being closed, such as `stop_loss`.
    pub close_reason: Option<&'static str>,
    /// Who closed it: `robot`, `manual`, `liquidation` or `venue`.
    pub closed_by: Option<&'static str>,
    /// When the last fill closed it, by the venue's clock.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub closed_at: Option<Timestamp>,
    /// Profit of a closed position, by its basis.
    pub profit: Option<String>,
    /// Open quantity now.
    pub quantity: String,
    /// Total quantity of the opening fills.
    pub entered: String,
    /// Average entry price.
    pub entry_price: Option<String>,
    /// Average exit price.
    pub exit_price: Option<String>,
    /// Σ realised profit before fees.
    pub realised: String,
    /// Σ fees.
    pub fees: String,
    /// Σ funding: received positive, paid negative.
    pub funding: String,
    /// Leverage.
    pub leverage: u32,
    /// `isolated` or `cross`.
    pub margin_mode: &'static str,
    /// Its exits; absent on external ones.
    pub exits: Option<ExitsView>,
    /// Highest profit since the trailing take-profit armed.
    pub peak: Option<String>,
    /// What the venue realised on a net beyond what the positions that share it did, as far as this one keeps it; absent
    /// where it never shared one.
    pub carry: Option<String>,
    /// Which profit counts: `net` or `gross`.
    pub profit_basis: &'static str,
    /// What the profit was computed from.
    pub provenance: ProvenanceView,
    /// `not_yet`, `pending`, `nothing_due`, `exempt`, `charged`, `owed` or `waived`.
    pub settlement: &'static str,
    /// Power that is or was due.
    pub power: Option<String>,
    /// Rate that the power was computed with.
    pub power_rate: Option<String>,
    /// The entry that charged it.
    pub entry: Option<i64>,
    /// The debt, while the power is owed.
    pub debt: Option<i64>,
    /// The profit that the ledger settled on.
    pub settled_profit: Option<String>,
    /// Corrections that the ledger posted after the first settlement.
    pub corrections: u32,
    /// Whether the ledger has something to decide: the settlement, or a correction of it.
    pub unsettled: bool,
    /// First opening fill, by the venue's clock.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub opened_at: Option<Timestamp>,
    /// When the row was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// Raised by each change.
    pub version: u32,
}

impl From<Position> for PositionView {
    fn from(position: Position) -> Self {
        let end = End::of(&position.state);
        let due = Due::of(&position.settlement);
        Self {
            entry_price: position.entry_price().map(|price| price.to_string()),
            exit_price: position.exit_price().map(|price| price.to_string()),
            id: position.id.0,
            robot: position.robot.map(|robot| robot.0),
            user: position.user.0,
            account: position.account.0,
            venue: position.venue.as_str(),
            symbol: position.symbol.to_string(),
            side: position.side.as_str(),
            origin: position.origin.as_str(),
            state: position.state.as_str(),
            close_reason: end.reason.map(CloseReason::as_str),
            closed_by: end.reason.filter(|_| end.at.is_some()).map(closed_by),
            closed_at: end.at,
            profit: end.profit,
            quantity: position.quantity.to_string(),
            entered: position.entered.to_string(),
            realised: position.realised.to_string(),
            fees: position.fees.to_string(),
            funding: position.funding.to_string(),
            leverage: position.leverage,
            margin_mode: position.margin_mode.as_str(),
            exits: position.exits.map(ExitsView::from),
            peak: position.peak.map(|peak| peak.to_string()),
            carry: position.carry.map(|carry| carry.to_string()),
            profit_basis: position.profit_basis.as_str(),
            settlement: position.settlement.as_str(),
            settled_profit: position.settled_profit.map(|profit| profit.to_string()),
            corrections: position.corrections,
            unsettled: position.is_unsettled(),
            provenance: position.provenance.into(),
            power: due.power,
            power_rate: due.rate,
            entry: due.entry,
            debt: due.debt,
            opened_at: position.opened_at,
            created_at: position.created_at,
            updated_at: position.updated_at,
            version: position.version,
        }
    }
}

/// How a position ends or ended.
#[derive(Default)]
struct End {
    reason: Option<CloseReason>,
    at: Option<Timestamp>,
    profit: Option<String>,
}

impl End {
    fn of(state: &PositionState) -> Self {
        match *state {
            PositionState::Opening | PositionState::Open | PositionState::Abandoned { .. } => Self::default(),
            PositionState::Closing { reason } => Self {
                reason: Some(reason),
                ..Self::default()
            },
            PositionState::Closed { at, reason, profit } => Self {
                reason: Some(reason),
                at: Some(at),
                profit: Some(profit.to_string()),
            },
        }
    }
}

/// What a position owes or owed.
#[derive(Default)]
struct Due {
    power: Option<String>,
    rate: Option<String>,
    entry: Option<i64>,
    debt: Option<i64>,
}

impl Due {
    fn of(settlement: &Settlement) -> Self {
        let (power, rate, entry, debt) = match *settlement {
            Settlement::NotYet | Settlement::Pending | Settlement::NothingDue | Settlement::Exempt => {
                return Self::default();
            }
            Settlement::Charged { power, rate, entry } => (power, rate, Some(entry.0), None),
            Settlement::Owed { power, rate, debt } => (power, rate, None, Some(debt.0)),
            Settlement::Waived { power, rate } => (power, rate, None, None),
        };
        Self {
            power: Some(power.to_string()),
            rate: Some(rate.to_string()),
            entry,
            debt,
        }
    }
}

fn closed_by(reason: CloseReason) -> &'static str {
    match reason.by() {
        ClosedBy::Robot => "robot",
        ClosedBy::Manual => "manual",
        ClosedBy::Liquidation => "liquidation",
        ClosedBy::Venue => "venue",
    }
}
