//! Payouts on a real node: signed by our signers, paid once, whatever is sent how often.

use std::sync::Arc;

use bursar::adapters::chain::signer::{self, KeySource, LocalSigner};
use bursar::adapters::chain::{EvmChain, Words};
use bursar::ports::chain::{Abi, Chain, ChainError, PayoutSigner, Receipt, Sent, Signed, Unsigned};
use domain::chain::{Address, ChainId, Hash};
use domain::outcome::Outcome;
use domain::payout::PayoutKind;
use ethers_core::abi::Token;
use serde_json::json;

use crate::abi::payout;
use crate::anvil::{Anvil, DEPLOYER, KEYS, PAYER, Stage, USER, account, number};
use crate::follower::options;

const GWEI: u128 = 1_000_000_000;

/// Somebody who pays.
struct Desk {
    anvil: Anvil,
    stage: Stage,
    chain: Arc<EvmChain>,
    signer: Arc<dyn PayoutSigner>,
}

impl Desk {
    async fn open(money: &str, arguments: &[&str]) -> Option<Self> {
        let anvil = Anvil::start(31_337, arguments).await?;
        if arguments.contains(&"--no-mining") {
            anvil.rpc("evm_setAutomine", json!([true])).await;
        }
        let stage = anvil.stage(money).await;
        anvil.endow(&stage, USER, 1_000_000).await;
        anvil
            .act(USER, stage.vault, "deposit(uint256)", &[number(1_000_000)])
            .await
            .unwrap();
        let mut options = options(&[anvil.http()]);
        options.deadline = std::time::Duration::from_secs(5);
        let chain = EvmChain::open(options).unwrap();
        let signer = signer::open(&KeySource::Clear(KEYS[PAYER].into())).await.unwrap();
        Some(Self {
            anvil,
            stage,
            chain,
            signer,
        })
    }

    fn user(&self) -> Address {
        self.anvil.accounts[USER]
    }

    /// A payout's transaction with the account's next nonce, and so much more than the market's price.
    async fn signed(&self, kind: PayoutKind, key: u8, raw: u128, nonce: u64, times: u128) -> Signed {
        let payout = payout(kind, key, self.stage.vault, self.user(), raw);
        let prices = self.chain.gas_prices().await.unwrap();
        let tip = prices.tip.max(GWEI) * times;
        let unsigned = Unsigned {
            chain: ChainId(31_337),
            nonce,
            to: self.stage.vault,
            data: Words::new().payout_call(&payout),
            gas: 200_000,
            max_fee: prices.base * 2 * times + tip,
            tip,
        };
        self.signer.sign(&unsigned).await.unwrap()
    }

    /// Waits for the receipt: anvil makes the block a moment after it took the transaction.
    async fn mined(&self, signed: &Signed) -> Receipt {
        for _ in 0..200 {
            if let Some(receipt) = self.chain.receipt(signed.hash).await.unwrap() {
                return receipt;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        panic!("{} is in no block", signed.hash);
    }

    async fn paid(&self, key: u8) -> bool {
        let words = Words::new();
        let answer = self
            .chain
            .call(self.stage.vault, &words.is_paid_call(Hash([key; 32])))
            .await
            .unwrap();
        words.flag(&answer).unwrap()
    }

    async fn nonces(&self) -> (u64, u64) {
        self.chain.nonces(self.signer.address()).await.unwrap()
    }
}

#[tokio::test]
async fn s3_13_a_payout_is_known_by_its_hash_before_it_is_sent_and_is_paid_once() {
    let Some(desk) = Desk::open("TestMoney", &[]).await else {
        return;
    };
    assert_eq!(desk.signer.address(), desk.anvil.accounts[PAYER]);
    let (nonce, _) = desk.nonces().await;
    let refund = desk.signed(PayoutKind::Refund, 1, 300_000, nonce, 1).await;
    assert_eq!(
        (
            desk.chain.knows(refund.hash).await,
            desk.chain.receipt(refund.hash).await
        ),
        (Ok(false), Ok(None))
    );
    assert!(!desk.paid(1).await);
    assert_eq!(desk.chain.send(&refund.raw).await, Outcome::Done(Sent::Accepted));
    let receipt = desk.mined(&refund).await;
    assert!(receipt.succeeded && receipt.gas_used > 30_000, "{receipt:?}");
    assert!(desk.chain.knows(refund.hash).await.unwrap() && desk.paid(1).await);
    assert_eq!(desk.anvil.balance(desk.stage.money, desk.user()).await, 300_000);
    // The same bytes again: its nonce is used up.
    assert_eq!(desk.chain.send(&refund.raw).await, Outcome::Done(Sent::NonceTooLow));
    // The same payout in another transaction: the vault refuses it.
    let again = desk.signed(PayoutKind::Refund, 1, 300_000, nonce + 1, 1).await;
    assert_eq!(desk.chain.send(&again.raw).await, Outcome::Done(Sent::Accepted));
    assert!(!desk.mined(&again).await.succeeded);
    assert_eq!(desk.anvil.balance(desk.stage.money, desk.user()).await, 300_000);
    let payout = payout(PayoutKind::Refund, 1, desk.stage.vault, desk.user(), 300_000);
    let asked = desk
        .chain
        .estimate(
            desk.signer.address(),
            desk.stage.vault,
            &Words::new().payout_call(&payout),
        )
        .await;
    assert!(matches!(asked, Err(ChainError::Refused(_))), "{asked:?}");
    let mint = desk.signed(PayoutKind::Mint, 2, 5_000_000_000, nonce + 2, 1).await;
    assert_eq!(desk.chain.send(&mint.raw).await, Outcome::Done(Sent::Accepted));
    assert!(desk.mined(&mint).await.succeeded);
    assert_eq!(desk.anvil.balance(desk.stage.share, desk.user()).await, 5_000_000_000);
}

#[tokio::test]
async fn s3_26_what_waits_is_known_again_replaced_for_more_and_never_for_less() {
    let Some(desk) = Desk::open("TestMoney", &[]).await else {
        return;
    };
    desk.anvil.rpc("evm_setAutomine", json!([false])).await;
    let (nonce, pending) = desk.nonces().await;
    assert_eq!(nonce, pending);
    let first = desk.signed(PayoutKind::Refund, 1, 1_000, nonce, 1).await;
    assert_eq!(desk.chain.send(&first.raw).await, Outcome::Done(Sent::Accepted));
    assert_eq!(
        desk.chain.send(&first.raw).await,
        Outcome::Done(Sent::Accepted),
        "already known"
    );
    assert_eq!(desk.nonces().await, (nonce, nonce + 1));
    assert_eq!(
        (desk.chain.knows(first.hash).await, desk.chain.receipt(first.hash).await),
        (Ok(true), Ok(None))
    );
    let same_price = desk.signed(PayoutKind::Refund, 1, 1_001, nonce, 1).await;
    assert_eq!(desk.chain.send(&same_price.raw).await, Outcome::Done(Sent::Underpriced));
    let bumped = desk.signed(PayoutKind::Refund, 1, 1_000, nonce, 2).await;
    assert_eq!(desk.chain.send(&bumped.raw).await, Outcome::Done(Sent::Accepted));
    desk.anvil.rpc("evm_mine", json!([])).await;
    assert_eq!(desk.chain.receipt(first.hash).await, Ok(None));
    assert!(desk.mined(&bumped).await.succeeded);
    assert_eq!(desk.chain.knows(first.hash).await, Ok(false), "it fell out");
    assert_eq!(desk.chain.send(&first.raw).await, Outcome::Done(Sent::NonceTooLow));
    assert_eq!(desk.anvil.balance(desk.stage.money, desk.user()).await, 1_000);
}

#[tokio::test]
async fn t10_a_poor_payer_and_a_fee_below_the_base_fee_are_told_apart() {
    let Some(desk) = Desk::open("TestMoney", &[]).await else {
        return;
    };
    let (nonce, _) = desk.nonces().await;
    let unsigned = |max_fee: u128| Unsigned {
        chain: ChainId(31_337),
        nonce,
        to: desk.stage.vault,
        data: Vec::new(),
        gas: 100_000,
        max_fee,
        tip: 0,
    };
    let cheap = desk.signer.sign(&unsigned(1)).await.unwrap();
    assert_eq!(desk.chain.send(&cheap.raw).await, Outcome::Done(Sent::Underpriced));
    let poor = LocalSigner::from_bytes(&[7; 32]).unwrap();
    let unpaid = poor
        .sign(&Unsigned {
            nonce: 0,
            ..unsigned(100 * GWEI)
        })
        .await
        .unwrap();
    assert_eq!(
        desk.chain.send(&unpaid.raw).await,
        Outcome::Done(Sent::InsufficientFunds)
    );
    assert!(desk.chain.balance(poor.address()).await.unwrap().is_zero());
    assert!(!desk.chain.balance(desk.signer.address()).await.unwrap().is_zero());
}

#[tokio::test]
async fn s3_29_a_refund_to_a_blacklisted_address_reverts_and_can_be_paid_later() {
    let Some(desk) = Desk::open("TestTether", &[]).await else {
        return;
    };
    let blacklist = [account(desk.user()), Token::Bool(true)];
    let set = "setBlacklisted(address,bool)";
    desk.anvil
        .act(DEPLOYER, desk.stage.money, set, &blacklist)
        .await
        .unwrap();
    let (nonce, _) = desk.nonces().await;
    let refund = desk.signed(PayoutKind::Refund, 1, 500, nonce, 1).await;
    assert_eq!(desk.chain.send(&refund.raw).await, Outcome::Done(Sent::Accepted));
    assert!(!desk.mined(&refund).await.succeeded);
    assert!(!desk.paid(1).await, "what was reverted is not done");
    desk.anvil
        .act(
            DEPLOYER,
            desk.stage.money,
            set,
            &[account(desk.user()), Token::Bool(false)],
        )
        .await
        .unwrap();
    let again = desk.signed(PayoutKind::Refund, 1, 500, nonce + 1, 1).await;
    assert_eq!(desk.chain.send(&again.raw).await, Outcome::Done(Sent::Accepted));
    assert!(desk.mined(&again).await.succeeded);
    assert_eq!(desk.anvil.balance(desk.stage.money, desk.user()).await, 500);
}

#[tokio::test]
async fn a_feed_tells_its_latest_round() {
    let Some(anvil) = Anvil::start(31_337, &[]).await else {
        return;
    };
    let feed = anvil
        .deploy("TestFeed", &[number(8), Token::String("AAPL / USD".to_owned())])
        .await;
    let chain = EvmChain::open(options(&[anvil.http()])).unwrap();
    let words = Words::new();
    let round = async || words.round(&chain.call(feed, &words.round_call()).await.unwrap());
    assert!(round().await.is_err(), "no round yet");
    let set = "set(int256,uint256)";
    anvil
        .act(
            DEPLOYER,
            feed,
            set,
            &[Token::Int(23_456_000_000_u64.into()), number(1_700_000_000)],
        )
        .await
        .unwrap();
    assert_eq!(round().await.unwrap().0.units(), Some(23_456_000_000));
    assert_eq!(round().await.unwrap().1, 1_700_000_000);
    let negative = Token::Int(ethers_core::types::U256::MAX);
    anvil
        .act(DEPLOYER, feed, set, &[negative, number(1_700_000_000)])
        .await
        .unwrap();
    assert!(round().await.is_err());
}
