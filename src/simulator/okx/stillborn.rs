//! The ids of orders, and of those that are taken and end at once, which lie between the others.

use domain::paper::{PaperAccount, PaperOrder};
use domain::venue::ReportedState;

use super::routes::Call;
use crate::simulator::exchange::{Ask, News, Step, StepKind};

/// Between the ids of two orders of the engine.
const GAP: i64 = 1_000;

/// The id under which an order is told. What ended at once has its own, negated, for a number.
pub(super) const fn id(number: i64) -> i64 {
    if number < 0 { -number } else { number * GAP }
}

/// The number of the order with this id.
pub(super) const fn number(id: i64) -> i64 {
    if id % GAP == 0 { id / GAP } else { -id }
}

/// Takes in an order that ends at once, tells those who listen, and gives it.
pub(super) fn take(call: &Call<'_>, account: PaperAccount, ask: &Ask) -> PaperOrder {
    let first = account.last_order * GAP + 1;
    let numbered = |newest: Option<i64>| {
        let newest = newest.filter(|id| *id >= first);
        newest.map_or(first, |id| (id + 1).min(first + GAP - 2))
    };
    let gone = call.dialect.stillborns.add(call.exchange, &account, ask, "", numbered);
    let born = PaperOrder {
        state: ReportedState::Open,
        ..gone.clone()
    };
    let step = |order: PaperOrder, kind: StepKind| Step { order, kind };
    let steps = vec![step(born, StepKind::New), step(gone.clone(), StepKind::Cancelled)];
    call.exchange.tell(News::of_steps(account, steps));
    gone
}
