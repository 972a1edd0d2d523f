//! Closes of positions that robots opened, and what came due on them.

use domain::alert::rules::Close;
use domain::id::UserId;
use domain::position::{Origin, Position, PositionState};
use domain::settlement::Settlement;
use domain::time::Timestamp;

use super::read::sum;
use super::state::State;
use crate::ports::store::{Dues, StoreError};

/// Every close of a position that a robot opened, in order of position.
fn closes(state: &State) -> impl DoubleEndedIterator<Item = Close> {
    let opened = state.positions.values();
    opened
        .filter(|position| position.origin == Origin::Robot)
        .filter_map(|position| match position.state {
            PositionState::Closed { at, reason, profit } => Some(Close {
                position: position.id,
                user: position.user,
                robot: position.robot,
                at,
                reason,
                profit,
            }),
            _ => None,
        })
}

pub fn closes_since(state: &State, since: Timestamp, after: i64, limit: u32) -> Vec<Close> {
    let mut found: Vec<Close> = closes(state)
        .filter(|close| close.at > since || (close.at == since && close.position.0 > after))
        .collect();
    found.sort_by_key(|close| (close.at, close.position));
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    found
}

pub fn last_closes(state: &State, users: &[UserId], each: u32) -> Vec<Close> {
    let each = usize::try_from(each).unwrap_or(usize::MAX);
    let of_each = users.iter().flat_map(|user| {
        let own = closes(state).rev().filter(move |close| close.user == *user);
        own.take(each)
    });
    of_each.collect()
}

pub fn dues_since(state: &State, since: Timestamp) -> Result<Dues, StoreError> {
    let late = |position: &&Position| match position.state {
        PositionState::Closed { at, .. } => at >= since,
        _ => false,
    };
    let (mut charged, mut owed) = (Vec::new(), Vec::new());
    for position in state.positions.values().filter(late) {
        match position.settlement {
            Settlement::Charged { power, .. } => charged.push(power),
            Settlement::Owed { power, .. } => owed.push(power),
            Settlement::NotYet
            | Settlement::Pending
            | Settlement::NothingDue
            | Settlement::Exempt
            | Settlement::Waived { .. } => {}
        }
    }
    Ok(Dues {
        charged: sum(charged, "charged")?,
        owed: sum(owed, "owed")?,
    })
}
