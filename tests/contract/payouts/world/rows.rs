//! Rows and settings that the stories begin with.

use std::time::Duration;

use bursar::actors::payout::Vault;
use domain::chain::{Address, Block, BlockNumber, Hash, LogKey, RawAmount};
use domain::fixed::{Amount, Quantity, Ratio};
use domain::id::{PayoutId, TriggerId};
use domain::ledger::{AccountKey, AccountKind, Asset, EntryKey, EntryKind, EscrowEntry};
use domain::market::Symbol;
use domain::payout::decide::PayoutRules;
use domain::payout::fees::FeeRules;
use domain::payout::limits::Limits;
use domain::payout::{Payout, PayoutKind, PayoutState, payout_key};
use domain::time::Timestamp;
use domain::trigger::{Fees, Late, Listing, PriceSource, Trigger, TriggerKind, TriggerState};
use domain::venue::VenueName;

use super::{DEEP, OTHER, SUBSCRIPTION, money, share};
use crate::payer_chain::{CHAIN, MONEY, OTHER_VAULT, SHARE, VAULT};

pub fn rules() -> PayoutRules {
    PayoutRules {
        confirmations: DEEP,
        stuck_after: Duration::from_secs(60),
        fees: FeeRules {
            max_fee_cap: 200_000_000_000,
            tip_cap: 20_000_000_000,
            least_tip: 0,
            bump_permille: 125,
        },
        gas_margin_permille: 200,
        window: 16,
        gas_floor: 0,
        dry_run: false,
    }
}

pub fn vault() -> Vault {
    let listing = Listing {
        subscription: SUBSCRIPTION,
        name: "apple".to_owned(),
        chain: CHAIN,
        vault: VAULT,
        money_token: MONEY,
        money_decimals: 6,
        money: money(),
        share_token: SHARE,
        share_decimals: 18,
        share: share(),
        venue: VenueName::Futu,
        symbol: Symbol::new("US.AAPL"),
        lot: Quantity::ONE,
        min_deposit: Amount::ZERO,
        min_redeem: Amount::ZERO,
        slippage: Ratio::ZERO,
        fees: Fees::default(),
        price_source: PriceSource::Venue,
        feed: None,
        max_price_age_ms: 60_000,
        max_deviation: Ratio::ZERO,
        late_after_ms: 60_000,
        late: Late::Quote,
        patience_ms: 60_000,
    };
    Vault {
        listing,
        money: Limits::default(),
        shares: Limits::default(),
        floor: Amount::ZERO,
    }
}

pub fn other_vault() -> Vault {
    let vault = vault();
    let listing = Listing {
        subscription: OTHER,
        name: "other".to_owned(),
        vault: OTHER_VAULT,
        ..vault.listing
    };
    Vault { listing, ..vault }
}

pub fn payout(id: i64, trigger: i64, to: Address, kind: PayoutKind, whole: i64, now: Timestamp) -> Payout {
    let amount = Amount::whole(whole).unwrap();
    let decimals = if kind.is_money() { 6 } else { 18 };
    Payout {
        id: PayoutId(id),
        kind,
        trigger: TriggerId(trigger),
        subscription: SUBSCRIPTION,
        chain: CHAIN,
        vault: VAULT,
        recipient: to,
        raw: RawAmount::from_ledger(amount, &RawAmount::zero(), decimals).unwrap(),
        amount,
        key: payout_key("abcdef", TriggerId(trigger), kind),
        attempts: 0,
        state: PayoutState::Queued,
        note: None,
        created_at: now,
        updated_at: now,
        version: 0,
    }
}

pub fn owing(id: i64, to: Address, state: TriggerState, now: Timestamp) -> Trigger {
    let block = Block {
        number: BlockNumber(1),
        hash: Hash([7; 32]),
        parent: Hash([6; 32]),
        at: now,
    };
    Trigger {
        id: TriggerId(id),
        log: log(id),
        subscription: SUBSCRIPTION,
        kind: TriggerKind::Deposit,
        user: to,
        symbol: Symbol::new("US.AAPL"),
        block: block.number,
        block_hash: block.hash,
        block_at: block.at,
        raw: RawAmount::from_units(1),
        amount: Amount::ZERO,
        dust: RawAmount::zero(),
        price: None,
        filled: match state {
            TriggerState::Paying => Quantity::ONE,
            _ => Quantity::ZERO,
        },
        value: Amount::ZERO,
        fee: Amount::ZERO,
        orders: 1,
        state,
        error: None,
        next_at: None,
        expires_at: now.after(Duration::from_secs(86_400)),
        created_at: now,
        updated_at: now,
        version: 0,
    }
}

fn log(trigger: i64) -> LogKey {
    let mut tx = [0; 32];
    tx[..8].copy_from_slice(&trigger.to_be_bytes());
    LogKey {
        chain: CHAIN,
        tx: Hash(tx),
        index: 0,
    }
}

/// A trigger that owes these payouts: what was given for it, and what was traded, a share for a coin, where they pay from that.
#[expect(clippy::too_many_lines, reason = "one trigger with its two entries, told in order")]
pub fn case(owing: Trigger, payouts: &[Payout]) -> (Trigger, Vec<EscrowEntry>) {
    let of = |kind| {
        let own = payouts.iter().filter(|payout| payout.kind == kind);
        Amount::sum(own.map(|payout| payout.amount)).unwrap()
    };
    let (mint, refund) = (of(PayoutKind::Mint), of(PayoutKind::Refund));
    let (proceeds, remint) = (of(PayoutKind::Proceeds), of(PayoutKind::Remint));
    let is_redeem = !(proceeds.is_zero() && remint.is_zero());
    let traded = if is_redeem { proceeds } else { mint };
    let given = traded.plus(if is_redeem { remint } else { refund }).unwrap();
    let owner = owing.subscription.0;
    let account = |kind, asset: &Asset| AccountKey {
        kind,
        owner: if kind == AccountKind::VenueClearing { 0 } else { owner },
        asset: asset.clone(),
    };
    let (money, share) = (money(), share());
    let (asset, counter) = match is_redeem {
        true => (&share, AccountKind::ShareSupply),
        false => (&money, AccountKind::ChainCustody),
    };
    let mut entries = vec![EscrowEntry {
        key: EntryKey::log(&owing.log),
        kind: EntryKind::Contract,
        reference: format!("trigger:{}", owing.id),
        remark: "given".to_owned(),
        lines: vec![
            (account(AccountKind::ChainEscrow, asset), given),
            (account(counter, asset), given.negated()),
        ],
    }];
    if traded.is_positive() {
        let moved = |asset: &Asset, into: Amount| {
            [
                (account(AccountKind::ChainEscrow, asset), into),
                (account(AccountKind::VenueClearing, asset), into.negated()),
            ]
        };
        let lines = match is_redeem {
            true => [moved(&share, traded.negated()), moved(&money, traded)].concat(),
            false => [moved(&money, traded.negated()), moved(&share, traded)].concat(),
        };
        entries.push(EscrowEntry {
            key: EntryKey::trade_of(owing.id),
            kind: EntryKind::Trade,
            reference: format!("trigger:{}", owing.id),
            remark: "traded".to_owned(),
            lines,
        });
    }
    let trigger = Trigger {
        kind: if is_redeem {
            TriggerKind::Redeem
        } else {
            TriggerKind::Deposit
        },
        amount: given,
        filled: Quantity::from_units(traded.units()).unwrap(),
        value: traded,
        ..owing
    };
    (trigger, entries)
}
