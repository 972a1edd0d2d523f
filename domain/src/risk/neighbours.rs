//! What else the account holds and is about to: on the same market, and in all.

use crate::fixed::{Amount, Rounding};
use crate::order::Order;
use crate::position::Position;
use crate::robot::net;
use crate::user::PositionMode;

use super::{OpenDraft, OpenFacts, OppositeRobots, RiskRefusal, RiskRules};

/// The robot holds nothing else; what others hold on the market has the same leverage and margin mode, and on a one-way
/// account the same side, unless robots may be netted. What was only seen at the venue is netted with nobody. An order whose
/// outcome is not known freezes openings of its robot and on its market.
pub(super) fn check(draft: &OpenDraft, facts: &OpenFacts<'_>, rules: &RiskRules) -> Result<(), RiskRefusal> {
    let robot = facts.robot;
    let mut live = facts.positions.iter().filter(|position| !position.state.is_final());
    if let Some(position) = live.clone().find(|position| position.robot == Some(robot.id)) {
        return Err(RiskRefusal::LivePosition(position.id));
    }
    let is_opposite = |position: &&Position| {
        let may_net = match rules.opposite_robots {
            OppositeRobots::Refuse => false,
            OppositeRobots::Net => position.robot.is_some() || net::nets(position),
        };
        position.symbol == robot.symbol && position.side != draft.side && !may_net
    };
    if facts.mode == PositionMode::OneWay
        && let Some(position) = live.clone().find(is_opposite)
    {
        return Err(RiskRefusal::OppositePosition(position.id));
    }
    let differs = |position: &&Position| {
        let is_near = position.robot.is_some() && position.symbol == robot.symbol;
        is_near && (position.leverage, position.margin_mode) != (draft.leverage, draft.margin_mode)
    };
    if let Some(position) = live.find(differs) {
        return Err(RiskRefusal::OtherTerms {
            position: position.id,
            leverage: position.leverage,
            margin_mode: position.margin_mode,
        });
    }
    let near = |order: &&Order| order.robot == Some(robot.id) || order.symbol == robot.symbol;
    let mut unconfirmed = facts.orders.iter().filter(|order| order.state.is_unconfirmed());
    match unconfirmed.find(near) {
        Some(order) => Err(RiskRefusal::UnconfirmedOrder(order.id)),
        None => Ok(()),
    }
}

pub(super) fn check_account(facts: &OpenFacts<'_>, rules: &RiskRules) -> Result<(), RiskRefusal> {
    let live = facts.positions.iter().filter(|position| !position.state.is_final());
    let count = u32::try_from(live.count()).unwrap_or(u32::MAX);
    let limit = rules.max_open_positions;
    if count >= limit {
        return Err(RiskRefusal::OpenPositions { count, limit });
    }
    Ok(())
}

/// All that the market holds on the account, with what is about to open, at the price of this opening.
pub(super) fn check_exposure(
    notional: Amount,
    draft: &OpenDraft,
    facts: &OpenFacts<'_>,
    rules: &RiskRules,
) -> Result<(), RiskRefusal> {
    let held = net::exposure(facts.positions, facts.orders, &facts.robot.symbol)?;
    let notional = draft.price.notional(held, Rounding::Up)?.plus(notional)?;
    let limit = rules.max_symbol_notional;
    if notional > limit {
        return Err(RiskRefusal::Exposure { notional, limit });
    }
    Ok(())
}
