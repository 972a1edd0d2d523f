//! How payouts move: one table, and nothing beside it.

use crate::chain::{BlockNumber, Hash};
use crate::payout::{Payout, PayoutState};
use crate::time::Timestamp;

/// Longest note, in characters.
pub const NOTE_LENGTH: usize = 200;

/// What happens to a payout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PayoutEvent {
    /// A transaction for it was signed with this nonce: the first, or one that replaces another at the same nonce.
    Signed {
        /// Place among the payer's transactions.
        nonce: u64,
    },
    /// A transaction for it was signed at another nonce, because somebody else used the one before and the vault has not paid.
    SignedAnew {
        /// The new place.
        nonce: u64,
    },
    /// A node took this transaction for it.
    Sent {
        /// Which.
        hash: Hash,
    },
    /// It is on the chain, deep enough.
    Confirmed {
        /// The transaction; all zero when it is not known.
        tx: Hash,
        /// Its block.
        block: BlockNumber,
    },
    /// A person has to look.
    Halted {
        /// Why; cut to [`NOTE_LENGTH`] characters.
        reason: String,
    },
    /// A person says that it is to be tried again.
    Retried,
    /// It waits for something else than before, or for nothing any more.
    Noted(Option<String>),
}

impl PayoutEvent {
    const fn name(&self) -> &'static str {
        match self {
            Self::Signed { .. } => "signed",
            Self::SignedAnew { .. } => "signed anew",
            Self::Sent { .. } => "sent",
            Self::Confirmed { .. } => "confirmed",
            Self::Halted { .. } => "halted",
            Self::Retried => "retried",
            Self::Noted(_) => "noted",
        }
    }
}

/// A move that is not in the table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a payout that is {from} cannot be {event}")]
pub struct IllegalMove {
    /// Where it stood.
    pub from: &'static str,
    /// What was to happen to it.
    pub event: &'static str,
}

impl Payout {
    /// The payout after something happened to it. What changes nothing gives the same payout, with the same version.
    ///
    /// # Errors
    /// A move that is not in the table.
    pub fn on(&self, event: PayoutEvent, now: Timestamp) -> Result<Self, IllegalMove> {
        let illegal = IllegalMove {
            from: self.state.as_str(),
            event: event.name(),
        };
        let mut next = self.clone();
        match event {
            PayoutEvent::Noted(note) => {
                let note = note.map(|note| cut(&note));
                if note == self.note {
                    return Ok(next);
                }
                next.note = note;
            }
            event => {
                let signs = matches!(event, PayoutEvent::Signed { .. } | PayoutEvent::SignedAnew { .. });
                let state = self.moved(event, now).ok_or(illegal)?;
                if state == self.state && !signs {
                    return Ok(next);
                }
                next.state = state;
                next.note = None;
                next.attempts = self.attempts.saturating_add(u32::from(signs));
            }
        }
        next.updated_at = now.max(self.updated_at);
        Ok(next)
    }

    /// The table.
    fn moved(&self, event: PayoutEvent, now: Timestamp) -> Option<PayoutState> {
        match (&self.state, event) {
            (PayoutState::Queued, PayoutEvent::Signed { nonce }) => Some(PayoutState::Signed { nonce }),
            (
                PayoutState::Signed { nonce: held } | PayoutState::Broadcast { nonce: held, .. },
                PayoutEvent::Signed { nonce },
            ) => (*held == nonce).then_some(PayoutState::Signed { nonce }),
            (
                PayoutState::Signed { nonce: held } | PayoutState::Broadcast { nonce: held, .. },
                PayoutEvent::SignedAnew { nonce },
            ) => (nonce > *held).then_some(PayoutState::Signed { nonce }),
            (_, PayoutEvent::Sent { hash }) => self.sent(hash, now),
            (
                PayoutState::Queued
                | PayoutState::Signed { .. }
                | PayoutState::Broadcast { .. }
                | PayoutState::Halted { .. },
                PayoutEvent::Confirmed { tx, block },
            ) => Some(PayoutState::Confirmed { tx, block, at: now }),
            (
                PayoutState::Queued | PayoutState::Signed { .. } | PayoutState::Broadcast { .. },
                PayoutEvent::Halted { reason },
            ) => Some(PayoutState::Halted {
                reason: cut(&reason),
                at: now,
                nonce: self.state.nonce(),
            }),
            (PayoutState::Halted { .. }, PayoutEvent::Retried) => Some(PayoutState::Queued),
            (
                PayoutState::Queued
                | PayoutState::Signed { .. }
                | PayoutState::Broadcast { .. }
                | PayoutState::Confirmed { .. }
                | PayoutState::Halted { .. },
                _,
            ) => None,
        }
    }

    /// Where it stands once a node took a transaction for it; one that is said again does not wait anew.
    fn sent(&self, hash: Hash, now: Timestamp) -> Option<PayoutState> {
        match &self.state {
            PayoutState::Signed { nonce } => Some(PayoutState::Broadcast {
                nonce: *nonce,
                hash,
                since: now,
            }),
            PayoutState::Broadcast {
                nonce,
                hash: held,
                since,
            } => Some(PayoutState::Broadcast {
                nonce: *nonce,
                hash,
                since: if *held == hash { *since } else { now },
            }),
            PayoutState::Queued | PayoutState::Confirmed { .. } | PayoutState::Halted { .. } => None,
        }
    }
}

/// At most [`NOTE_LENGTH`] characters of it, without line breaks.
pub fn cut(text: &str) -> String {
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    plain.take(NOTE_LENGTH).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::chain::{Address, ChainId, RawAmount};
    use crate::id::{PayoutId, SubscriptionId, TriggerId};
    use crate::payout::{PayoutKind, payout_key};

    pub(crate) const NOW: Timestamp = Timestamp(10_000);

    pub(crate) fn payout(state: PayoutState) -> Payout {
        Payout {
            id: PayoutId(7),
            kind: PayoutKind::Refund,
            trigger: TriggerId(3),
            subscription: SubscriptionId(2),
            chain: ChainId(31_337),
            vault: Address([1; 20]),
            recipient: Address([2; 20]),
            raw: RawAmount::from_units(1_500_000),
            amount: "1.5".parse().unwrap(),
            key: payout_key("abcdef", TriggerId(3), PayoutKind::Refund),
            attempts: 0,
            state,
            note: None,
            created_at: Timestamp(1_000),
            updated_at: Timestamp(1_000),
            version: 4,
        }
    }

    fn states() -> [PayoutState; 5] {
        [
            PayoutState::Queued,
            PayoutState::Signed { nonce: 5 },
            PayoutState::Broadcast {
                nonce: 5,
                hash: Hash([9; 32]),
                since: Timestamp(2_000),
            },
            PayoutState::Confirmed {
                tx: Hash([9; 32]),
                block: BlockNumber(1),
                at: Timestamp(2_000),
            },
            PayoutState::Halted {
                reason: "r".to_owned(),
                at: Timestamp(2_000),
                nonce: Some(5),
            },
        ]
    }

    fn events() -> [PayoutEvent; 8] {
        [
            PayoutEvent::Signed { nonce: 5 },
            PayoutEvent::Signed { nonce: 6 },
            PayoutEvent::SignedAnew { nonce: 6 },
            PayoutEvent::SignedAnew { nonce: 5 },
            PayoutEvent::Sent { hash: Hash([8; 32]) },
            PayoutEvent::Confirmed {
                tx: Hash([9; 32]),
                block: BlockNumber(1),
            },
            PayoutEvent::Halted { reason: "x".to_owned() },
            PayoutEvent::Retried,
        ]
    }

    #[test]
    fn s3_13_only_moves_of_the_table_are_made() {
        let table = [
            [true, true, false, false, false, true, true, false],
            [true, false, true, false, true, true, true, false],
            [true, false, true, false, true, true, true, false],
            [false; 8],
            [false, false, false, false, false, true, false, true],
        ];
        for (state, row) in states().into_iter().zip(table) {
            for (event, allowed) in events().into_iter().zip(row) {
                let moved = payout(state.clone()).on(event.clone(), NOW);
                assert_eq!(moved.is_ok(), allowed, "{state:?} on {event:?} gave {moved:?}");
            }
        }
    }

    #[test]
    fn s3_13_a_replacement_is_signed_before_it_is_sent_and_waits_anew() {
        let first = payout(PayoutState::Queued)
            .on(PayoutEvent::Signed { nonce: 5 }, NOW)
            .unwrap();
        assert_eq!((first.attempts, first.state.nonce()), (1, Some(5)));
        let sent = first.on(PayoutEvent::Sent { hash: Hash([1; 32]) }, NOW).unwrap();
        let later = Timestamp(20_000);
        // Saying it again does not make it wait anew.
        assert_eq!(sent.on(PayoutEvent::Sent { hash: Hash([1; 32]) }, later).unwrap(), sent);
        let second = sent.on(PayoutEvent::Signed { nonce: 5 }, later).unwrap();
        assert_eq!((second.attempts, second.state.as_str()), (2, "signed"));
        let sent = second.on(PayoutEvent::Sent { hash: Hash([2; 32]) }, later).unwrap();
        let (nonce, hash, since) = (5, Hash([2; 32]), later);
        assert_eq!(sent.state, PayoutState::Broadcast { nonce, hash, since });
    }

    #[test]
    fn a_note_is_short_and_one_that_stands_already_changes_nothing() {
        let noted = payout(PayoutState::Queued)
            .on(PayoutEvent::Noted(Some("a\nb".repeat(200))), NOW)
            .unwrap();
        assert_eq!(
            noted.note.as_deref().map(|note| note.chars().count()),
            Some(NOTE_LENGTH)
        );
        assert!(!noted.note.as_deref().unwrap().contains('\n'));
        let again = noted
            .on(PayoutEvent::Noted(noted.note.clone()), Timestamp(99_000))
            .unwrap();
        assert_eq!(again, noted);
    }
}
