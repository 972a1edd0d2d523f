//! Words against vectors that others made, and answers that lie.

use domain::chain::{BlockNumber, ChainId, LogKey};
use domain::fixed::Amount;
use domain::id::{PayoutId, SubscriptionId, TriggerId};
use domain::payout::{PayoutKind, PayoutState};
use domain::time::Timestamp;

use super::*;

fn log(topics: Vec<Hash>, data: Vec<u8>) -> ChainLog {
    ChainLog {
        key: LogKey {
            chain: ChainId(1),
            tx: Hash([1; 32]),
            index: 0,
        },
        block: BlockNumber(1),
        block_hash: Hash([2; 32]),
        address: Address([3; 20]),
        topics,
        data,
        removed: false,
    }
}

fn user() -> Hash {
    let mut word = [0; 32];
    word[12..].fill(0xab);
    Hash(word)
}

fn payout(kind: PayoutKind, raw: &str) -> Payout {
    Payout {
        id: PayoutId(1),
        kind,
        trigger: TriggerId(1),
        subscription: SubscriptionId(1),
        chain: ChainId(1),
        vault: Address([3; 20]),
        recipient: Address([0xab; 20]),
        raw: RawAmount::parse(raw).unwrap(),
        amount: Amount::ZERO,
        key: Hash([7; 32]),
        attempts: 0,
        state: PayoutState::Queued,
        note: None,
        created_at: Timestamp(0),
        updated_at: Timestamp(0),
        version: 1,
    }
}

#[test]
fn selectors_of_standards_are_the_known_ones() {
    // EIP-20 and Chainlink's interface, as deployed contracts have them.
    assert_eq!(selector(BALANCE_OF), [0x70, 0xa0, 0x82, 0x31]);
    assert_eq!(selector(TOTAL_SUPPLY), [0x18, 0x16, 0x0d, 0xdd]);
    assert_eq!(selector(LATEST_ROUND), [0xfe, 0xaf, 0x96, 0x8c]);
}

#[test]
fn a_payout_is_a_call_of_its_kind_with_key_recipient_and_amount() {
    let words = Words::new();
    let call = words.payout_call(&payout(PayoutKind::Refund, "258"));
    assert_eq!(call.len(), 4 + 3 * 32);
    assert_eq!(
        (&call[..4], &call[4..36]),
        (selector(PAY_MONEY).as_slice(), [7; 32].as_slice())
    );
    assert_eq!(
        (&call[36..48], &call[48..68], &call[98..]),
        ([0; 12].as_slice(), [0xab; 20].as_slice(), [1, 2].as_slice())
    );
    for (kind, signature) in [
        (PayoutKind::Mint, MINT_SHARES),
        (PayoutKind::Remint, MINT_SHARES),
        (PayoutKind::Proceeds, PAY_MONEY),
    ] {
        assert_eq!(
            words.payout_call(&payout(kind, "1"))[..4],
            selector(signature),
            "{kind}"
        );
    }
}

#[test]
fn t8_events_are_read_to_their_largest_amount() {
    let words = Words::new();
    let most = log(vec![topic(DEPOSIT), user()], vec![0xff; 32]);
    let digits = "115792089237316195423570985008687907853269984665640564039457584007913129639935";
    let amount = RawAmount::parse(digits).unwrap();
    let user_address = Address([0xab; 20]);
    assert_eq!(
        words.event(&most),
        Ok(ChainEvent::Deposit {
            user: user_address,
            amount
        })
    );
    let none = log(vec![topic(REDEEM), user()], vec![0; 32]);
    let shares = RawAmount::zero();
    assert_eq!(
        words.event(&none),
        Ok(ChainEvent::Redeem {
            user: user_address,
            shares
        })
    );
}

#[test]
fn t8_what_is_no_event_of_ours_is_told_why() {
    let words = Words::new();
    for (log, why) in [
        (log(vec![], vec![0; 32]), "an event without topics"),
        (log(vec![Hash([9; 32]), user()], vec![0; 32]), "unknown event"),
        (log(vec![topic(DEPOSIT)], vec![0; 64]), "1 topics where 2 were expected"),
        (
            log(vec![topic(DEPOSIT), user()], vec![0; 31]),
            "31 bytes of data where 32 were expected",
        ),
        (
            log(vec![topic(DEPOSIT), user()], vec![]),
            "0 bytes of data where 32 were expected",
        ),
        (
            log(vec![topic(DEPOSIT), Hash([1; 32])], vec![0; 32]),
            "the user is no address",
        ),
    ] {
        let told = words.event(&log).unwrap_err();
        assert!(told.starts_with(why), "{told}");
    }
}

#[test]
fn a_round_must_be_complete_and_positive() {
    let words = Words::new();
    let round = |answer: [u8; 32], updated: u8| {
        let mut bytes = vec![0; 160];
        bytes[31] = 1;
        bytes[32..64].copy_from_slice(&answer);
        bytes[127] = updated;
        bytes
    };
    let mut price = [0; 32];
    price[30] = 1;
    assert_eq!(words.round(&round(price, 9)), Ok((RawAmount::from_units(256), 9)));
    for wrong in [
        round([0; 32], 9),
        round([0xff; 32], 9),
        round(price, 0),
        vec![0; 159],
        vec![],
    ] {
        assert!(words.round(&wrong).is_err());
    }
}

#[test]
fn an_answer_of_another_length_is_no_flag_and_no_number() {
    let words = Words::new();
    let mut yes = [0; 32];
    yes[31] = 1;
    assert_eq!((words.flag(&yes), words.flag(&[0; 32])), (Ok(true), Ok(false)));
    for wrong in [vec![], vec![1], vec![0xff; 32], vec![0; 64]] {
        assert!(words.flag(&wrong).is_err());
    }
    assert_eq!(words.number(&yes), Ok(RawAmount::from_units(1)));
    assert!(words.number(&[]).is_err());
}
