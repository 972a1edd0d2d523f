//! What must hold of switches in a world at rest: nothing opened that was told to close all, and all of that got flat.

use std::collections::BTreeSet;

use bursar::adapters::store::MemoryStore;
use bursar::ports::store::Store;
use domain::close_all::{CloseAll, CloseAllState};
use domain::fixed::Quantity;
use domain::invariant::{Invariant, Violation};
use domain::order::{Order, OrderState, Purpose};
use domain::page::Page;
use domain::position::Position;

use super::Witness;
use super::witness::Try;

const ALL: Page = Page::first(1_000_000);

/// SWI-1 and SWI-2.
pub async fn switches(
    rows: &MemoryStore,
    witness: &Witness,
    positions: &[Position],
    orders: &[Order],
) -> Vec<Violation> {
    let close_alls = rows.close_alls(ALL).await.unwrap();
    let known: BTreeSet<i64> = positions.iter().map(|position| position.id.0).collect();
    let mut found = opened(&close_alls, &witness.tries(), &known);
    for close_all in close_alls.iter().filter(|close_all| close_all.stands()) {
        let live = positions.iter().filter(|position| !position.state.is_final());
        let live: Vec<_> = live
            .filter(|position| close_all.covers(position))
            .map(|position| position.id)
            .collect();
        let is_flat = matches!(close_all.state, CloseAllState::Flat { .. });
        if !is_flat || !live.is_empty() {
            let state = close_all.state.as_str();
            let detail = format!(
                "close-all {} of {} is {state}, live are {live:?}",
                close_all.id, close_all.scope
            );
            found.push(violation(Invariant::GetsFlat, detail));
        }
    }
    found.extend(positions.iter().filter_map(|position| closed_twice(position, orders)));
    found
}

/// What a robot opened after its scope was told to close all, and before that was resumed.
fn opened(close_alls: &[CloseAll], tries: &[Try], known: &BTreeSet<i64>) -> Vec<Violation> {
    let mut found = Vec::new();
    for (at, tried) in tries.iter().enumerate() {
        let Try::Stop { close_all, scope } = tried else {
            continue;
        };
        if !close_alls.iter().any(|row| row.id.0 == *close_all) {
            continue;
        }
        let until = tries[at..]
            .iter()
            .take_while(|later| **later != Try::Resume { scope: *scope });
        for later in until {
            if let Try::Open { position, scopes } = later
                && scopes.contains(scope)
                && known.contains(position)
            {
                let detail = format!("position {position} was opened after close-all {close_all} of {scope}");
                found.push(violation(Invariant::NothingOpens, detail));
            }
        }
    }
    found
}

/// The closes of a position that were filled whole close no more than was entered.
fn closed_twice(position: &Position, orders: &[Order]) -> Option<Violation> {
    let closes = orders
        .iter()
        .filter(|order| order.position == position.id && order.purpose == Purpose::Close);
    let filled = closes.filter(|order| order.state == OrderState::Filled);
    let closed = filled.fold(Quantity::ZERO, |sum, order| sum.plus(order.filled).unwrap());
    (closed > position.entered).then(|| {
        let detail = format!(
            "position {} entered {} and was closed by {closed}",
            position.id, position.entered
        );
        violation(Invariant::GetsFlat, detail)
    })
}

fn violation(invariant: Invariant, detail: String) -> Violation {
    Violation { invariant, detail }
}
