//! Rows of positions and their settlement.

use domain::fixed::{Amount, Quantity, Ratio};
use domain::id::{DebtId, PositionId, RobotId, UserId, VenueAccountId};
use domain::ledger::EntrySeq;
use domain::market::{Side, Symbol};
use domain::position::{
    CloseReason, Exits, FillMark, Origin, Position, PositionState, ProfitBasis, ProfitSource, Provenance,
};
use domain::robot::PastClose;
use domain::settlement::Settlement;
use domain::time::Timestamp;
use domain::venue::{MarginMode, VenueName};
use entity::position;

use super::Row;
use crate::ports::store::StoreError;

/// A settlement in its columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettlementColumns {
    pub settlement: &'static str,
    pub power_consumed: i64,
    pub power_amount: Option<i64>,
    pub power_rate: Option<i64>,
    pub settled_entry: Option<i64>,
    pub debt_id: Option<i64>,
}

impl SettlementColumns {
    pub fn of(settlement: Settlement) -> Self {
        let (due, entry, debt) = match settlement {
            Settlement::NotYet | Settlement::Pending | Settlement::NothingDue | Settlement::Exempt => {
                (None, None, None)
            }
            Settlement::Charged { power, rate, entry } => (Some((power, rate)), Some(entry.0), None),
            Settlement::Owed { power, rate, debt } => (Some((power, rate)), None, Some(debt.0)),
            Settlement::Waived { power, rate } => (Some((power, rate)), None, None),
        };
        Self {
            settlement: settlement.as_str(),
            power_consumed: matches!(settlement, Settlement::Charged { .. }).into(),
            power_amount: due.map(|(power, _)| power.units()),
            power_rate: due.map(|(_, rate)| rate.units()),
            settled_entry: entry,
            debt_id: debt,
        }
    }
}

/// Close time, reason and profit in their columns.
fn close_columns(state: PositionState) -> (Option<i64>, Option<String>, Option<i64>) {
    match state {
        PositionState::Opening | PositionState::Open => (None, None, None),
        PositionState::Closing { reason } => (None, Some(reason.as_str().to_owned()), None),
        PositionState::Closed { at, reason, profit } => {
            (Some(at.0), Some(reason.as_str().to_owned()), Some(profit.units()))
        }
        PositionState::Abandoned { at } => (Some(at.0), None, None),
    }
}

pub fn position_row(position: &Position) -> position::Model {
    let settled = SettlementColumns::of(position.settlement);
    row_of(position, settled, close_columns(position.state))
}

fn row_of(
    position: &Position,
    settled: SettlementColumns,
    (closed_at, close_reason, profit): (Option<i64>, Option<String>, Option<i64>),
) -> position::Model {
    let newest_fill = position.provenance.newest_fill.as_ref();
    position::Model {
        id: position.id.0,
        robot_id: position.robot.map(|robot| robot.0),
        user_id: position.user.0,
        account_id: position.account.0,
        venue: position.venue.as_str().to_owned(),
        symbol: position.symbol.to_string(),
        side: position.side.as_str().to_owned(),
        origin: position.origin.as_str().to_owned(),
        state: position.state.as_str().to_owned(),
        live: (!position.state.is_final()).into(),
        quantity: position.quantity.units(),
        entered: position.entered.units(),
        entry_notional: position.entry_notional.units(),
        exit_notional: position.exit_notional.units(),
        realised: position.realised.units(),
        fees: position.fees.units(),
        funding: position.funding.units(),
        leverage: position.leverage.into(),
        margin_mode: position.margin_mode.as_str().to_owned(),
        stop_loss: position.exits.map(|exits| exits.stop_loss.units()),
        arm: position.exits.map(|exits| exits.arm.units()),
        give_back: position.exits.map(|exits| exits.give_back.units()),
        peak: position.peak.map(Amount::units),
        carry: position.carry.map(Amount::units),
        profit_basis: position.profit_basis.as_str().to_owned(),
        profit_source: stored_source(position.provenance.source).as_str().to_owned(),
        fill_count: position.provenance.fills.into(),
        income_count: position.provenance.incomes.into(),
        newest_fill: newest_fill.map(|newest| newest.venue_id.clone()),
        newest_fill_at: newest_fill.map(|newest| newest.at.0),
        settlement: settled.settlement.to_owned(),
        power_consumed: settled.power_consumed,
        power_amount: settled.power_amount,
        power_rate: settled.power_rate,
        settled_entry: settled.settled_entry,
        debt_id: settled.debt_id,
        settled_profit: position.settled_profit.map(Amount::units),
        corrections: position.corrections.into(),
        unsettled: position.is_unsettled().into(),
        opened_at: position.opened_at.map(|at| at.0),
        closed_at,
        close_reason,
        profit,
        created_at: position.created_at.0,
        updated_at: position.updated_at.0,
        version: position.version.into(),
    }
}

pub fn position(row: position::Model) -> Result<Position, StoreError> {
    let name = Row::new("position", row.id);
    Ok(Position {
        state: state(&name, &row)?,
        exits: exits(&name, &row)?,
        provenance: provenance(&name, &row)?,
        settlement: settlement(&name, StoredSettlement::from(&row))?,
        settled_profit: name.maybe_fixed("settled profit", row.settled_profit, Amount::from_units)?,
        corrections: name.count("corrections", row.corrections)?,
        id: PositionId(row.id),
        robot: row.robot_id.map(RobotId),
        user: UserId(row.user_id),
        account: VenueAccountId(row.account_id),
        venue: name.word("venue", &row.venue, VenueName::parse)?,
        symbol: Symbol::new(&row.symbol),
        side: name.word("side", &row.side, Side::parse)?,
        origin: name.word("origin", &row.origin, Origin::parse)?,
        quantity: name.fixed("quantity", row.quantity, Quantity::from_units)?,
        entered: name.fixed("entered", row.entered, Quantity::from_units)?,
        entry_notional: name.fixed("entry notional", row.entry_notional, Amount::from_units)?,
        exit_notional: name.fixed("exit notional", row.exit_notional, Amount::from_units)?,
        realised: name.fixed("realised", row.realised, Amount::from_units)?,
        fees: name.fixed("fees", row.fees, Amount::from_units)?,
        funding: name.fixed("funding", row.funding, Amount::from_units)?,
        leverage: name.count("leverage", row.leverage)?,
        margin_mode: name.word("margin mode", &row.margin_mode, MarginMode::parse)?,
        peak: name.maybe_fixed("peak", row.peak, Amount::from_units)?,
        carry: name.maybe_fixed("carry", row.carry, Amount::from_units)?,
        profit_basis: name.word("profit basis", &row.profit_basis, ProfitBasis::parse)?,
        opened_at: row.opened_at.map(Timestamp),
        created_at: Timestamp(row.created_at),
        updated_at: Timestamp(row.updated_at),
        version: name.count("version", row.version)?,
    })
}

pub fn past_close(row: &position::Model) -> Result<PastClose, StoreError> {
    let name = Row::new("position", row.id);
    Ok(PastClose {
        at: Timestamp(name.present("close time", row.closed_at)?),
        profit: profit(&name, row)?,
        reason: reason(&name, row)?,
    })
}

fn state(name: &Row, row: &position::Model) -> Result<PositionState, StoreError> {
    Ok(match row.state.as_str() {
        "opening" => PositionState::Opening,
        "open" => PositionState::Open,
        "closing" => PositionState::Closing {
            reason: reason(name, row)?,
        },
        "closed" => PositionState::Closed {
            at: Timestamp(name.present("close time", row.closed_at)?),
            reason: reason(name, row)?,
            profit: profit(name, row)?,
        },
        "abandoned" => PositionState::Abandoned {
            at: Timestamp(name.present("close time", row.closed_at)?),
        },
        other => return Err(name.corrupt(format!("unknown state `{other}`"))),
    })
}

fn reason(name: &Row, row: &position::Model) -> Result<CloseReason, StoreError> {
    let reason = name.present("close reason", row.close_reason.as_deref())?;
    name.word("close reason", reason, CloseReason::parse)
}

fn profit(name: &Row, row: &position::Model) -> Result<Amount, StoreError> {
    name.fixed("profit", name.present("profit", row.profit)?, Amount::from_units)
}

fn exits(name: &Row, row: &position::Model) -> Result<Option<Exits>, StoreError> {
    let (Some(stop_loss), Some(arm), Some(give_back)) = (row.stop_loss, row.arm, row.give_back) else {
        return Ok(None);
    };
    Ok(Some(Exits {
        stop_loss: name.fixed("stop loss", stop_loss, Ratio::from_units)?,
        arm: name.fixed("arm", arm, Ratio::from_units)?,
        give_back: name.fixed("give back", give_back, Ratio::from_units)?,
    }))
}

/// That a position shares a net, and so has derived figures, is told by what it carries; it is not stored twice.
const fn stored_source(source: ProfitSource) -> ProfitSource {
    match source {
        ProfitSource::Venue | ProfitSource::Derived => ProfitSource::Venue,
        ProfitSource::Inferred => ProfitSource::Inferred,
        ProfitSource::Imported => ProfitSource::Imported,
    }
}

fn provenance(name: &Row, row: &position::Model) -> Result<Provenance, StoreError> {
    let newest = row.newest_fill.clone().zip(row.newest_fill_at);
    Ok(Provenance {
        source: match (
            name.word("profit source", &row.profit_source, ProfitSource::parse)?,
            row.carry,
        ) {
            (ProfitSource::Venue, Some(_)) => ProfitSource::Derived,
            (source, _) => source,
        },
        fills: name.count("fill count", row.fill_count)?,
        incomes: name.count("income count", row.income_count)?,
        newest_fill: newest.map(|(venue_id, at)| FillMark {
            venue_id,
            at: Timestamp(at),
        }),
    })
}

/// The columns that a settlement is read from.
#[derive(Debug, Clone, Copy)]
pub struct StoredSettlement<'a> {
    pub settlement: &'a str,
    pub power_amount: Option<i64>,
    pub power_rate: Option<i64>,
    pub settled_entry: Option<i64>,
    pub debt_id: Option<i64>,
}

impl<'a> From<&'a position::Model> for StoredSettlement<'a> {
    fn from(row: &'a position::Model) -> Self {
        Self {
            settlement: &row.settlement,
            power_amount: row.power_amount,
            power_rate: row.power_rate,
            settled_entry: row.settled_entry,
            debt_id: row.debt_id,
        }
    }
}

/// The settlement of a position.
pub fn settlement(name: &Row, row: StoredSettlement<'_>) -> Result<Settlement, StoreError> {
    let power = || {
        let units = name.present("power amount", row.power_amount)?;
        name.fixed("power amount", units, Amount::from_units)
    };
    let rate = || {
        let units = name.present("power rate", row.power_rate)?;
        name.fixed("power rate", units, Ratio::from_units)
    };
    Ok(match row.settlement {
        "not_yet" => Settlement::NotYet,
        "pending" => Settlement::Pending,
        "nothing_due" => Settlement::NothingDue,
        "exempt" => Settlement::Exempt,
        "charged" => Settlement::Charged {
            power: power()?,
            rate: rate()?,
            entry: EntrySeq(name.present("entry", row.settled_entry)?),
        },
        "owed" => Settlement::Owed {
            power: power()?,
            rate: rate()?,
            debt: DebtId(name.present("debt", row.debt_id)?),
        },
        "waived" => Settlement::Waived {
            power: power()?,
            rate: rate()?,
        },
        other => return Err(name.corrupt(format!("unknown settlement `{other}`"))),
    })
}
