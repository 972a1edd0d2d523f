//! Parts of the stage: the listing, what a confirmed log posts, and the actors' dependencies.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use actix::{Actor, Addr};
use bursar::actors::alert::{AlertActor, AlertDeps};
use bursar::actors::ledger::{LedgerActor, LedgerDeps, LedgerOptions};
use bursar::actors::trigger::{Shared, TriggerDeps, TriggerOptions};
use bursar::ports::chain::{Abi, ChainError};
use bursar::ports::stocks::StockVenue;
use bursar::ports::store::Store;
use domain::chain::{
    Address, BlockNumber, ChainEvent, ChainId, ChainLog, FollowState, Hash, LogKey, RawAmount, Subscription,
};
use domain::change::Change;
use domain::fixed::{Amount, Quantity, Ratio};
use domain::id::{SubscriptionId, TriggerId};
use domain::ledger::{
    AccountKey, AccountKind, Asset, EntryKey, EntryKind, EscrowEntry, EscrowPosting, Rules as LedgerRules,
};
use domain::market::Symbol;
use domain::payout::{Payout, PayoutKind};
use domain::settlement::PayOrder;
use domain::time::Timestamp;
use domain::trigger::{Fees, Late, Listing, PriceSource, Trigger, TriggerKind, TriggerMove, TriggerState};
use domain::venue::VenueName;
use tokio::sync::watch;

use super::Stage;
use super::payer::Ear;
use crate::world::WorldClock;

pub const SUBSCRIPTION: SubscriptionId = SubscriptionId(1);

/// How long a trigger may wait here: eight hours.
const PATIENCE: i64 = 8 * 3_600_000;

pub fn listing() -> Listing {
    Listing {
        subscription: SUBSCRIPTION,
        name: "aapl".to_owned(),
        chain: ChainId(31_337),
        vault: Address([1; 20]),
        money_token: Address([2; 20]),
        money_decimals: 6,
        money: Asset::new("USDT").unwrap(),
        share_token: Address([3; 20]),
        share_decimals: 18,
        share: Asset::new("AAPL").unwrap(),
        venue: VenueName::Futu,
        symbol: Symbol::new("US.AAPL"),
        lot: Quantity::ONE,
        min_deposit: "10".parse().unwrap(),
        min_redeem: "1".parse().unwrap(),
        slippage: "0.01".parse().unwrap(),
        fees: Fees {
            buy: "0.002".parse().unwrap(),
            sell: "0.003".parse().unwrap(),
            venue_reserve: "0.005".parse().unwrap(),
        },
        price_source: PriceSource::Venue,
        feed: None,
        max_price_age_ms: 120_000,
        max_deviation: Ratio::ZERO,
        late_after_ms: 3_600_000,
        late: Late::Quote,
        patience_ms: PATIENCE,
    }
}

pub fn subscription(listing: &Listing, now: Timestamp) -> Subscription {
    Subscription {
        id: SUBSCRIPTION,
        name: listing.name.clone(),
        chain: listing.chain,
        contract: listing.vault,
        start: BlockNumber(0),
        cursor: BlockNumber(0),
        cursor_hash: None,
        genesis: None,
        follow: FollowState::Following,
        reorgs: 0,
        late_logs: 0,
        malformed: 0,
        updated_at: now,
        version: 0,
    }
}

/// What a confirmed log posts: its entry and its trigger.
pub fn given(
    listing: &Listing,
    id: TriggerId,
    number: u32,
    kind: TriggerKind,
    amount: Amount,
    now: Timestamp,
) -> EscrowPosting {
    let (decimals, asset, other) = match kind {
        TriggerKind::Deposit => (listing.money_decimals, &listing.money, AccountKind::ChainCustody),
        TriggerKind::Redeem => (listing.share_decimals, &listing.share, AccountKind::ShareSupply),
    };
    let log = LogKey {
        chain: listing.chain,
        tx: Hash([u8::try_from(number % 250).unwrap(); 32]),
        index: number,
    };
    let trigger = ready(listing, id, log, kind, amount, now, decimals);
    let line = TriggerMove {
        trigger: id,
        number: 1,
        what: "trigger ready".to_owned(),
        note: String::new(),
        at: now,
        by: None,
    };
    let account = |kind| AccountKey {
        kind,
        owner: listing.subscription.0,
        asset: asset.clone(),
    };
    let entry = EscrowEntry {
        key: EntryKey::log(&log),
        kind: EntryKind::Contract,
        reference: format!("trigger:{id}"),
        remark: String::new(),
        lines: vec![
            (account(AccountKind::ChainEscrow), amount),
            (account(other), amount.negated()),
        ],
    };
    EscrowPosting {
        entries: vec![entry],
        guards: Vec::new(),
        rows: vec![Change::AddTriggers(vec![trigger]), Change::AddTriggerMoves(vec![line])],
    }
}

fn ready(
    listing: &Listing,
    id: TriggerId,
    log: LogKey,
    kind: TriggerKind,
    amount: Amount,
    now: Timestamp,
    decimals: u32,
) -> Trigger {
    Trigger {
        id,
        log,
        subscription: listing.subscription,
        kind,
        user: Address([9; 20]),
        symbol: listing.symbol.clone(),
        block: BlockNumber(log.index.into()),
        block_hash: Hash([4; 32]),
        block_at: now,
        raw: RawAmount::from_ledger(amount, &RawAmount::zero(), decimals).unwrap(),
        amount,
        dust: RawAmount::zero(),
        price: None,
        filled: Quantity::ZERO,
        value: Amount::ZERO,
        fee: Amount::ZERO,
        orders: 0,
        state: TriggerState::Ready,
        error: None,
        next_at: None,
        expires_at: Timestamp(now.0 + PATIENCE),
        created_at: now,
        updated_at: now,
        version: 0,
    }
}

/// What was used and what goes back is what was given; nobody is paid in what was not due.
pub fn adds_up(trigger: &Trigger, listing: &Listing, payouts: &[Payout]) {
    let own: Vec<&Payout> = payouts.iter().filter(|payout| payout.trigger == trigger.id).collect();
    let sum = |kind| {
        let of_kind = own.iter().filter(|payout| payout.kind == kind);
        Amount::sum(of_kind.map(|payout| payout.amount)).unwrap()
    };
    let shares = Amount::from_units(trigger.filled.units()).unwrap();
    let money = trigger.value.plus(trigger.fee).unwrap();
    match trigger.kind {
        TriggerKind::Deposit => {
            assert_eq!(money.plus(sum(PayoutKind::Refund)).unwrap(), trigger.amount);
            assert_eq!(sum(PayoutKind::Mint), shares);
            assert!(sum(PayoutKind::Proceeds).is_zero() && sum(PayoutKind::Remint).is_zero());
        }
        TriggerKind::Redeem => {
            assert_eq!(shares.plus(sum(PayoutKind::Remint)).unwrap(), trigger.amount);
            assert_eq!(sum(PayoutKind::Proceeds).plus(trigger.fee).unwrap(), trigger.value);
            assert!(sum(PayoutKind::Refund).is_zero() && sum(PayoutKind::Mint).is_zero());
        }
    }
    assert!(own.len() <= 2 && own.iter().all(|payout| payout.vault == listing.vault));
}

pub fn alert(store: &Arc<dyn Store>, clock: &Arc<WorldClock>) -> AlertActor {
    AlertActor::new(AlertDeps {
        store: Arc::clone(store),
        clock: clock.clone(),
        outbox: None,
        retry_first: Duration::from_millis(100),
        retry_max: Duration::from_secs(5),
    })
}

pub fn ledger(store: &Arc<dyn Store>, clock: &Arc<WorldClock>, alert: &Addr<AlertActor>) -> LedgerActor {
    LedgerActor::new(LedgerDeps {
        store: Arc::clone(store),
        clock: clock.clone(),
        raises: alert.clone().recipient(),
        resolves: alert.clone().recipient(),
        options: LedgerOptions {
            rules: LedgerRules {
                pay_order: PayOrder::GiftFirst,
                default_rate: "0.10".parse().unwrap(),
            },
            group_limit: 50,
            queue_limit: 30_000,
            retry_first: Duration::from_millis(100),
            retry_max: Duration::from_secs(2),
            deadline: Duration::from_secs(10),
        },
        fatal: watch::channel(false).0,
    })
}

pub async fn deps(
    stage: &Stage,
    store: &Arc<dyn Store>,
    clock: &Arc<WorldClock>,
    ledger: &Addr<LedgerActor>,
    alert: &Addr<AlertActor>,
) -> TriggerDeps {
    let venue: Arc<dyn StockVenue> = stage.stocks.clone();
    let halted = Arc::clone(&stage.halted);
    TriggerDeps {
        store: Arc::clone(store),
        clock: clock.clone(),
        listings: BTreeMap::from([(SUBSCRIPTION, Arc::new(stage.listing.clone()))]),
        venues: HashMap::from([(VenueName::Futu, venue)]),
        chains: HashMap::new(),
        abi: Arc::new(NoWords),
        halted: Arc::new(move |_| halted.load(Ordering::Relaxed)),
        ledger: ledger.clone().recipient(),
        payouts: Ear.start().recipient(),
        raises: alert.clone().recipient(),
        resolves: alert.clone().recipient(),
        installation: store.installation().await.unwrap(),
        options: TriggerOptions::default(),
        fatal: watch::channel(false).0,
        shared: Shared::default(),
    }
}

/// Words of contracts where no contract is asked.
struct NoWords;

impl Abi for NoWords {
    fn topics(&self) -> Vec<Hash> {
        Vec::new()
    }

    fn event(&self, _: &ChainLog) -> Result<ChainEvent, String> {
        Err("no words".to_owned())
    }

    fn payout_call(&self, _: &Payout) -> Vec<u8> {
        Vec::new()
    }

    fn is_paid_call(&self, _: Hash) -> Vec<u8> {
        Vec::new()
    }

    fn flag(&self, _: &[u8]) -> Result<bool, ChainError> {
        Err(ChainError::Malformed("no words".to_owned()))
    }

    fn balance_call(&self, _: Address) -> Vec<u8> {
        Vec::new()
    }

    fn supply_call(&self) -> Vec<u8> {
        Vec::new()
    }

    fn number(&self, _: &[u8]) -> Result<RawAmount, ChainError> {
        Err(ChainError::Malformed("no words".to_owned()))
    }

    fn round_call(&self) -> Vec<u8> {
        Vec::new()
    }

    fn round(&self, _: &[u8]) -> Result<(RawAmount, u64), ChainError> {
        Err(ChainError::Malformed("no words".to_owned()))
    }
}
