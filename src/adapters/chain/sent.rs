//! What a node says to a raw transaction, in the words of each client.
//!
//! geth: core/txpool/errors.go, core/error.go; Nethermind: AcceptTxResult (<https://github.com/NethermindEth/nethermind/issues/4148>);
//! Besu: "Known transaction", "Upfront cost exceeds account balance"; OpenEthereum: "Transaction with the same hash was already imported."
//! (<https://github.com/NethermindEth/nethermind/issues/1010>); Erigon: "could not replace existing tx".

use domain::outcome::Outcome;

use super::fault::holds;
use super::rpc::NodeError;
use crate::ports::chain::Sent;

const HAS: &[&str] = &[
    "already known",
    "alreadyknown",
    "known transaction",
    "already imported",
    "already in the pool",
    "already in pool",
    "already in mempool",
    "already in the mempool",
];
const LOW: &[&str] = &[
    "nonce too low",
    "nonce is too low",
    "oldnonce",
    "nonce has already been used",
];
const HIGH: &[&str] = &[
    "nonce too high",
    "nonce is too high",
    "noncegap",
    "nonce gap",
    "gapped-nonce",
    "noncetoofarinfuture",
    "too distant from current sender nonce",
    "future transaction tries to replace",
];
const CHEAP: &[&str] = &[
    "underpriced",
    "feetoolow",
    "fee too low",
    "replacementnotallowed",
    "replacement not allowed",
    "could not replace existing tx",
    "less than block base fee",
    "below current base fee",
    "lower than the current base fee",
    "below configured minimum gas price",
    "gas price is too low",
    "gas price too low",
];
const POOR: &[&str] = &[
    "insufficient funds",
    "insufficientfunds",
    "insufficient balance",
    "upfront cost exceeds account balance",
    "doesn't have enough funds",
    "does not have enough funds",
];

/// What the error means for the transaction; `None` where that cannot be known.
pub fn judge(error: &NodeError) -> Option<Sent> {
    // "unknown transaction type" is no "known transaction".
    let text = error.message.to_lowercase().replace("unknown", "");
    let meanings = [
        (HAS, Sent::Accepted),
        (LOW, Sent::NonceTooLow),
        (HIGH, Sent::NonceTooHigh),
        (CHEAP, Sent::Underpriced),
        (POOR, Sent::InsufficientFunds),
    ];
    meanings
        .into_iter()
        .find(|(words, _)| holds(&text, words))
        .map(|(_, sent)| sent)
}

/// What one endpoint made of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// This.
    Known(Sent),
    /// Nobody knows.
    Unknown(String),
    /// It takes no transactions at all.
    Closed(String),
}

/// What all endpoints together make of it. One that has it is enough; a nonce that is used up is so everywhere soon; any other
/// no counts only when nobody may have taken it.
pub fn together(told: Vec<Told>) -> Outcome<Sent> {
    let mut known = Vec::new();
    let (mut lost, mut closed) = (None, None);
    for one in told {
        match one {
            Told::Known(sent) => known.push(sent),
            Told::Unknown(why) => lost = Some(why),
            Told::Closed(why) => closed = Some(why),
        }
    }
    for sure in [Sent::Accepted, Sent::NonceTooLow] {
        if known.contains(&sure) {
            return Outcome::Done(sure);
        }
    }
    if let Some(why) = lost {
        return Outcome::Unknown(why);
    }
    for no in [Sent::InsufficientFunds, Sent::Underpriced, Sent::NonceTooHigh] {
        if known.contains(&no) {
            return Outcome::Done(no);
        }
    }
    Outcome::Unknown(closed.unwrap_or_else(|| "no endpoint".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(message: &str) -> Option<Sent> {
        judge(&NodeError {
            message: message.to_owned(),
            ..NodeError::default()
        })
    }

    #[test]
    fn t10_what_a_node_says_to_a_transaction_is_known_in_the_words_of_each_client() {
        use Sent::{Accepted, InsufficientFunds, NonceTooHigh, NonceTooLow, Underpriced};
        for (message, sent) in [
            ("already known", Accepted),
            ("AlreadyKnown", Accepted),
            ("Known transaction", Accepted),
            (
                "known transaction: f8236a44585005362db80b7a5f041f9fa53e6051e4b5f978a06886d4fff9d452",
                Accepted,
            ),
            ("Transaction with the same hash was already imported.", Accepted),
            ("nonce too low: next nonce 5, tx nonce 4", NonceTooLow),
            ("OldNonce", NonceTooLow),
            ("Transaction nonce is too low. Try incrementing the nonce.", NonceTooLow),
            ("nonce too high: address 0x1, tx: 9 state: 3", NonceTooHigh),
            ("NonceGap, Future nonce. Expected nonce: 3", NonceTooHigh),
            (
                "Transaction nonce is too distant from current sender nonce",
                NonceTooHigh,
            ),
            ("replacement transaction underpriced", Underpriced),
            ("transaction underpriced: gas tip cap 0, minimum needed 1", Underpriced),
            ("FeeTooLowToCompete", Underpriced),
            ("ReplacementNotAllowed", Underpriced),
            ("INTERNAL_ERROR: could not replace existing tx", Underpriced),
            (
                "max fee per gas less than block base fee: address 0x1, maxFeePerGas: 1, baseFee: 2",
                Underpriced,
            ),
            ("Gas price below configured minimum gas price", Underpriced),
            (
                "insufficient funds for gas * price + value: have 0 want 1",
                InsufficientFunds,
            ),
            ("InsufficientFunds, Account balance: 0", InsufficientFunds),
            ("Upfront cost exceeds account balance", InsufficientFunds),
        ] {
            assert_eq!(meant(message), Some(sent), "{message}");
        }
    }

    #[test]
    fn t10_every_other_word_leaves_the_outcome_unknown() {
        for message in [
            "",
            "internal error",
            "unknown transaction type",
            "txpool is full",
            "timeout",
            "exceeds block gas limit",
        ] {
            assert_eq!(meant(message), None, "{message}");
        }
    }

    #[test]
    fn t10_a_no_of_one_endpoint_counts_only_when_no_other_may_have_taken_it() {
        let lost = || Told::Unknown("no answer".to_owned());
        let closed = || Told::Closed("no such method".to_owned());
        let known = Told::Known;
        for (told, outcome) in [
            (
                vec![known(Sent::Underpriced), known(Sent::Accepted), lost()],
                Outcome::Done(Sent::Accepted),
            ),
            (vec![lost(), known(Sent::NonceTooLow)], Outcome::Done(Sent::NonceTooLow)),
            (
                vec![known(Sent::Underpriced), lost()],
                Outcome::Unknown("no answer".to_owned()),
            ),
            (
                vec![known(Sent::Underpriced), closed()],
                Outcome::Done(Sent::Underpriced),
            ),
            (vec![closed()], Outcome::Unknown("no such method".to_owned())),
            (vec![], Outcome::Unknown("no endpoint".to_owned())),
        ] {
            assert_eq!(together(told), outcome);
        }
    }
}
