//! What operators may do to payouts, and why not otherwise.

use crate::payout::decide::Paid;
use crate::payout::{Attempt, Payout, PayoutState};

/// Why something is not done to a payout.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotNow(pub String);

/// What to say to whoever retries a halted payout.
///
/// A payout is tried again only when nothing that was signed for it can still get into a block, and the vault
/// answers. One that the vault has paid may be tried again, too: nothing is signed for it then, and it is confirmed.
///
/// # Errors
/// Why it is not tried again.
pub fn retry(payout: &Payout, attempts: &[Attempt], latest: u64, paid: &Paid) -> Result<&'static str, NotNow> {
    let PayoutState::Halted { .. } = payout.state else {
        return Err(NotNow(format!(
            "payout {} is {}; only a halted one is retried",
            payout.id,
            payout.state.as_str()
        )));
    };
    if let Some(open) = attempts.iter().find(|attempt| attempt.nonce >= latest) {
        return Err(NotNow(format!(
            "transaction {} with nonce {} of payout {} may still get into a block",
            open.hash, open.nonce, payout.id
        )));
    }
    match paid {
        Paid::No { .. } => Ok("it is tried again"),
        Paid::Yes { .. } => Ok("the vault has paid it: it is confirmed once that is deep enough"),
        Paid::Unaskable(why) => Err(NotNow(format!("whether the vault has paid it cannot be asked: {why}"))),
        Paid::NotAsked | Paid::Unanswered => Err(NotNow(
            "the vault does not answer whether it has paid it; try again later".to_owned(),
        )),
    }
}

/// Whether a payout may be held back.
///
/// # Errors
/// When something was signed for it.
pub fn hold(payout: &Payout) -> Result<(), NotNow> {
    match payout.state {
        PayoutState::Queued => Ok(()),
        PayoutState::Signed { .. }
        | PayoutState::Broadcast { .. }
        | PayoutState::Confirmed { .. }
        | PayoutState::Halted { .. } => Err(NotNow(format!(
            "payout {} is {}; only one that nothing is signed for is held back",
            payout.id,
            payout.state.as_str()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::{Address, BlockNumber, ChainId, Hash};
    use crate::payout::moves::tests::payout;
    use crate::time::Timestamp;

    fn halted() -> Payout {
        payout(PayoutState::Halted {
            reason: "reverted".to_owned(),
            at: Timestamp(1),
            nonce: Some(5),
        })
    }

    fn attempt() -> Attempt {
        Attempt {
            chain: ChainId(1),
            payer: Address([3; 20]),
            payout: None,
            nonce: 5,
            number: 1,
            hash: Hash([9; 32]),
            raw: Vec::new(),
            gas: 1,
            max_fee: 1,
            tip: 1,
            signed_at: Timestamp(1),
        }
    }

    #[test]
    fn s3_13_a_payout_is_retried_only_when_nothing_signed_for_it_can_still_be_mined_and_the_vault_answers() {
        let no = Paid::No { blocks: 0 };
        assert!(retry(&halted(), &[attempt()], 6, &no).is_ok());
        let refused = retry(&halted(), &[attempt()], 5, &no).unwrap_err();
        assert!(refused.0.contains("nonce 5"), "{refused}");
        assert!(retry(&halted(), &[attempt()], 6, &Paid::Unanswered).is_err());
        let since = BlockNumber(1);
        let paid = retry(&halted(), &[attempt()], 6, &Paid::Yes { blocks: 0, since });
        assert!(paid.unwrap().contains("has paid"));
        assert!(retry(&payout(PayoutState::Queued), &[], 6, &no).is_err());
    }

    #[test]
    fn only_what_nothing_is_signed_for_is_held_back() {
        assert_eq!(hold(&payout(PayoutState::Queued)), Ok(()));
        assert!(hold(&payout(PayoutState::Signed { nonce: 1 })).is_err());
        assert!(hold(&halted()).is_err());
    }
}
