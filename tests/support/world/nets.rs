//! Whether virtual positions explain what the venue holds, realised and paid.

use std::collections::BTreeSet;

use bursar::adapters::store::MemoryStore;
use bursar::ports::store::Store;
use domain::fixed::{Amount, Quantity};
use domain::invariant::{Invariant, Violation};
use domain::paper::{PaperIncomeKind, PaperPosition};
use domain::position::Position;
use domain::robot::net::explain;
use domain::venue::PositionReport;

use super::checks::{Broken, Facts};

/// POS-1: what the venue holds is the sum of the positions on record, side by side or as a net.
pub(super) fn nets(facts: &Facts) -> Vec<Broken> {
    let mut broken = Vec::new();
    for venue in &facts.venue {
        let account = &venue.account;
        let ours: Vec<Position> = facts
            .positions
            .iter()
            .filter(|held| held.account == account.id)
            .cloned()
            .collect();
        let theirs: Vec<PositionReport> = venue.positions.iter().map(reported).collect();
        let symbols = ours
            .iter()
            .map(|held| &held.symbol)
            .chain(theirs.iter().map(|held| &held.symbol));
        for symbol in symbols.collect::<BTreeSet<_>>() {
            for explained in explain(account.mode, &ours, Some(&theirs), symbol).unwrap() {
                if explained.difference != Some(Quantity::ZERO) {
                    let detail = format!("account {} in {symbol}: {explained:?}", account.id);
                    broken.push(Broken::Invariant(Violation {
                        invariant: Invariant::NetExplained,
                        detail,
                    }));
                }
            }
        }
    }
    broken
}

fn reported(held: &PaperPosition) -> PositionReport {
    let entry_price = held.entry_price().unwrap();
    PositionReport {
        symbol: held.symbol.clone(),
        side: held.side,
        quantity: held.quantity,
        entry_price,
        mark_price: entry_price,
        leverage: held.leverage,
        liquidation_price: None,
    }
}

/// POS-2: what positions realised, and carry while a net is not flat, is what the venue realised of each market.
pub(super) fn realised(facts: &Facts) -> Vec<Broken> {
    let mut broken = Vec::new();
    for venue in &facts.venue {
        let id = venue.account.id;
        for symbol in venue.fills.iter().map(|fill| &fill.symbol).collect::<BTreeSet<_>>() {
            let told = venue.fills.iter().filter(|fill| fill.symbol == *symbol);
            let told = Amount::sum(told.map(|fill| fill.realised)).unwrap();
            let ours = || {
                let of_account = facts.positions.iter().filter(|held| held.account == id);
                of_account.filter(|held| held.symbol == *symbol)
            };
            let ours_realised = Amount::sum(ours().map(|held| held.realised)).unwrap();
            let carried = Amount::sum(ours().filter_map(|held| held.carry)).unwrap();
            let is_flat = ours().all(|held| held.quantity.is_zero());
            if ours_realised.plus(carried).unwrap() != told || (is_flat && !carried.is_zero()) {
                let detail = format!(
                    "account {id} in {symbol}: the venue realised {told}, positions {ours_realised} and carry {carried}"
                );
                broken.push(Broken::Invariant(Violation {
                    invariant: Invariant::RealisedExplained,
                    detail,
                }));
            }
        }
    }
    broken
}

/// POS-3: the parts of each fill and payment sum to it.
pub(super) async fn shares(rows: &MemoryStore, facts: &Facts) -> Vec<Broken> {
    let mut broken = Vec::new();
    let mut accuse = |detail: String| {
        let invariant = Invariant::SharesSum;
        broken.push(Broken::Invariant(Violation { invariant, detail }));
    };
    for venue in &facts.venue {
        let id = venue.account.id;
        for told in &venue.fills {
            let parts = rows.fills_reported(id, &[told.number.to_string()]).await.unwrap();
            let sums = (
                Quantity::sum(parts.iter().map(|part| part.report.quantity)).unwrap(),
                Amount::sum(parts.iter().map(|part| part.report.realised)).unwrap(),
                Amount::sum(parts.iter().map(|part| part.report.fee)).unwrap(),
            );
            if sums != (told.quantity, told.realised, told.fee) {
                accuse(format!(
                    "fill {} of account {id} is {told:?}, its parts {sums:?}",
                    told.number
                ));
            }
        }
        for paid in venue
            .incomes
            .iter()
            .filter(|income| income.kind == PaperIncomeKind::Funding)
        {
            let parts = rows.incomes_reported(id, &[paid.number.to_string()]).await.unwrap();
            let sum = Amount::sum(parts.iter().map(|part| part.report.amount)).unwrap();
            if sum != paid.amount {
                accuse(format!(
                    "payment {} of account {id} is {}, its parts {sum}",
                    paid.number, paid.amount
                ));
            }
        }
    }
    broken
}
