//! Nonces of a payer: which one comes next, and what becomes of those that hold up the ones behind.
//!
//! A chain takes the transactions of an account in the order of their nonces, so one that is missing holds up all that come after.

use std::time::Duration;

use crate::payout::fees::{self, FeeRules, Fees, Market};
use crate::payout::{Attempt, PayoutState};
use crate::time::Timestamp;

/// How the nonces of a payer stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nonces {
    /// Transactions of it that are on the chain: the first nonce that is free there.
    pub latest: u64,
    /// The same with those that wait at the node, as far as none is missing between.
    pub pending: u64,
    /// The highest nonce that anything was ever signed with here.
    pub signed: Option<u64>,
}

impl Nonces {
    /// The next nonce to sign with: beyond whatever waits at a node and beyond whatever was ever signed. `None` at the end of numbers.
    pub fn next(&self) -> Option<u64> {
        let ours = match self.signed {
            Some(signed) => signed.checked_add(1)?,
            None => 0,
        };
        Some(ours.max(self.pending).max(self.latest))
    }

    /// How many more may be signed, when so many may wait at once.
    pub fn room(&self, window: u64) -> u64 {
        let next = self.next().unwrap_or(u64::MAX);
        window.saturating_sub(next.saturating_sub(self.latest))
    }

    /// Nonces that are free on the chain and hold up one that was signed, or are held by it; at most `window` of them.
    pub fn open(&self, window: u64) -> Vec<u64> {
        let end = self.signed.map_or(self.latest, |signed| signed.saturating_add(1));
        (self.latest..end.min(self.latest.saturating_add(window))).collect()
    }
}

/// Who needs a nonce.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need<'a> {
    /// A payout that is signed for it: whoever looks after the payout looks after the nonce.
    Payout,
    /// Nobody any more, or nobody can say so now: what was signed last with it.
    Nobody(&'a Attempt),
    /// Nothing was ever signed with it here.
    Unsigned,
}

/// What is to be done about an open nonce.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap {
    /// Nothing now.
    Leave,
    /// What was signed with it goes out again, byte for byte.
    Resend,
    /// A transfer of nothing to ourselves is signed with it.
    Fill(Fees),
}

/// How a node sees an open nonce.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GapSeen {
    /// Whether any node knows what was signed last with it.
    pub is_known: bool,
    /// Since when it was seen to be open.
    pub since: Timestamp,
    /// What gas costs.
    pub market: Market,
}

/// What is to be done about a nonce that is free on the chain while something behind it waits.
///
/// A transaction that fills it goes out again as it is while no node has it, and is replaced when it has waited too long. One of a
/// payout that needs it no more is replaced by a filling one; where the caps leave no room for that, it goes out again itself: the
/// vault's guard makes it do nothing. A nonce that nothing was signed with waits for whoever uses the key elsewhere, and no longer
/// than `stuck_after`; it is filled at once when no node has anything for it.
pub fn gap(
    need: Need<'_>,
    nonce: u64,
    nonces: &Nonces,
    seen: GapSeen,
    rules: &FeeRules,
    stuck_after: Duration,
    now: Timestamp,
) -> Gap {
    let is_late = now.since(seen.since) >= stuck_after;
    match need {
        Need::Payout => Gap::Leave,
        Need::Unsigned if nonces.pending > nonce && !is_late => Gap::Leave,
        Need::Unsigned => Gap::Fill(fees::first(seen.market, rules)),
        Need::Nobody(last) => {
            let fills = last.payout.is_none();
            let waits = now.since(last.signed_at) < stuck_after;
            let offered = Fees {
                max_fee: last.max_fee,
                tip: last.tip,
            };
            match fees::replacement(offered, seen.market, rules) {
                Some(fees) if !fills || !waits => Gap::Fill(fees),
                _ if !seen.is_known => Gap::Resend,
                _ => Gap::Leave,
            }
        }
    }
}

/// Whether a payout in this state looks after this nonce itself.
pub fn is_held_by(state: &PayoutState, nonce: u64) -> bool {
    match state {
        PayoutState::Signed { nonce: held } | PayoutState::Broadcast { nonce: held, .. } => *held == nonce,
        PayoutState::Queued | PayoutState::Confirmed { .. } | PayoutState::Halted { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::chain::{Address, ChainId, Hash};
    use crate::id::PayoutId;

    const RULES: FeeRules = FeeRules {
        max_fee_cap: 1_000,
        tip_cap: 100,
        least_tip: 0,
        bump_permille: 125,
    };
    const STUCK: Duration = Duration::from_secs(60);

    fn attempt(payout: Option<PayoutId>, max_fee: u128) -> Attempt {
        Attempt {
            chain: ChainId(1),
            payer: Address([1; 20]),
            payout,
            nonce: 5,
            number: 1,
            hash: Hash([2; 32]),
            raw: vec![1],
            gas: 21_000,
            max_fee,
            tip: 10,
            signed_at: Timestamp(0),
        }
    }

    fn seen(is_known: bool) -> GapSeen {
        GapSeen {
            is_known,
            since: Timestamp(0),
            market: Market { base: 20, tip: 2 },
        }
    }

    fn decided(need: Need<'_>, pending: u64, is_known: bool, seconds: i64) -> Gap {
        let nonces = Nonces {
            latest: 5,
            pending,
            signed: Some(9),
        };
        gap(
            need,
            5,
            &nonces,
            seen(is_known),
            &RULES,
            STUCK,
            Timestamp(seconds * 1_000),
        )
    }

    #[test]
    fn t11_a_nonce_that_nobody_signed_with_is_filled_once_no_node_has_anything_for_it() {
        let first = Gap::Fill(Fees { max_fee: 42, tip: 2 });
        assert_eq!(decided(Need::Unsigned, 5, false, 0), first);
        assert_eq!(decided(Need::Unsigned, 6, false, 59), Gap::Leave);
        assert_eq!(decided(Need::Unsigned, 6, false, 60), first);
    }

    #[test]
    fn t11_a_nonce_that_its_payout_needs_no_more_is_filled_by_what_replaces_the_one_before() {
        let of_payout = attempt(Some(PayoutId(7)), 200);
        assert_eq!(decided(Need::Payout, 5, false, 900), Gap::Leave);
        assert_eq!(
            decided(Need::Nobody(&of_payout), 5, true, 0),
            Gap::Fill(Fees { max_fee: 225, tip: 12 })
        );
        // The caps leave no room: the same bytes go out again, and the vault's guard makes them do nothing.
        let dear = attempt(Some(PayoutId(7)), 990);
        assert_eq!(decided(Need::Nobody(&dear), 5, false, 0), Gap::Resend);
        assert_eq!(decided(Need::Nobody(&dear), 5, true, 0), Gap::Leave);
    }

    #[test]
    fn t11_what_fills_a_gap_goes_out_again_as_it_is_and_is_replaced_when_it_is_stuck() {
        let filling = attempt(None, 200);
        assert_eq!(decided(Need::Nobody(&filling), 5, true, 10), Gap::Leave);
        assert_eq!(decided(Need::Nobody(&filling), 5, false, 10), Gap::Resend);
        assert_eq!(
            decided(Need::Nobody(&filling), 5, true, 60),
            Gap::Fill(Fees { max_fee: 225, tip: 12 })
        );
    }

    proptest! {
        #[test]
        fn t11_the_next_nonce_was_never_signed_with_and_never_waits_at_a_node(
            latest in 0..1_000_u64, waiting in 0..50_u64, signed in prop::option::of(0..1_100_u64), window in 1..40_u64
        ) {
            let nonces = Nonces { latest, pending: latest + waiting, signed };
            let next = nonces.next().unwrap();
            prop_assert!(next >= nonces.pending && next >= latest);
            prop_assert!(signed.is_none_or(|signed| next > signed));
            // Nothing is skipped: it is the first that satisfies both.
            prop_assert!(next == nonces.pending || signed == Some(next - 1));
            let room = nonces.room(window);
            prop_assert!(room == 0 || next + room <= latest + window);
            prop_assert!(nonces.open(window).iter().all(|nonce| *nonce >= latest && Some(*nonce) <= signed));
        }
    }

    #[test]
    fn t11_there_is_an_end_of_numbers_and_nothing_is_signed_there() {
        let nonces = Nonces {
            latest: 0,
            pending: 0,
            signed: Some(u64::MAX),
        };
        assert_eq!((nonces.next(), nonces.room(16)), (None, 0));
    }
}
