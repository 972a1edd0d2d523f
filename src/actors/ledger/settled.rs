//! What a group settles, and whether the next one may be decided before it is committed.

use std::collections::HashSet;

use domain::id::PositionId;
use domain::ledger::Request;

/// What a group settles.
#[derive(Default)]
pub(super) struct Settled {
    /// How many requests it has.
    pub size: usize,
    positions: HashSet<PositionId>,
}

impl Settled {
    /// By these requests.
    pub fn by<'a>(requests: impl Iterator<Item = &'a Request>) -> Self {
        let mut settled = Self::default();
        for request in requests {
            settled.size += 1;
            settled.positions.extend(position(request));
        }
        settled
    }

    /// Whether what is on record tells all about these requests although this group is not committed yet. That is so when
    /// both only settle, and never the same position: a settlement reads rows of its own position, and of balances what
    /// is known by heart. Everything else may read debts and holds that this group leaves.
    pub fn is_apart_from<'a>(&self, mut requests: impl Iterator<Item = &'a Request>) -> bool {
        self.positions.len() == self.size
            && requests.all(|request| position(request).is_some_and(|position| !self.positions.contains(&position)))
    }
}

fn position(request: &Request) -> Option<PositionId> {
    match request {
        Request::Settle(position) => Some(*position),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ledger::Release;

    fn settle(positions: &[i64]) -> Vec<Request> {
        positions.iter().map(|id| Request::Settle(PositionId(*id))).collect()
    }

    #[test]
    fn only_settlements_of_other_positions_are_apart() {
        let release = Request::Release(Release {
            position: PositionId(9),
            expired: false,
        });
        let group = Settled::by(settle(&[1, 2]).iter());
        assert!(group.is_apart_from(settle(&[3, 4]).iter()));
        assert!(!group.is_apart_from(settle(&[3, 2]).iter()));
        assert!(!group.is_apart_from([release.clone()].iter()));
        let mixed = Settled::by(settle(&[1]).iter().chain([&release]));
        assert!(!mixed.is_apart_from(settle(&[3]).iter()));
        assert!(!Settled::by(settle(&[1, 1]).iter()).is_apart_from(settle(&[3]).iter()));
    }
}
