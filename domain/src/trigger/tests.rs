//! Triggers in tests: one deposit and one redemption of AAPL, and what becomes of them.

mod decides;
mod money;
mod moves;
mod prices;
mod reports;
mod walks;

use super::*;
use crate::chain::ChainId;
use crate::fixed::Ratio;
use crate::id::SubscriptionId;
use crate::ledger::Asset;
use crate::stock::{OrderMark, StockLot, StockReport, StockState};
use crate::venue::{VenueName, VenueOrderId};

pub(super) const NOW: Timestamp = Timestamp(1_800_000_000_000);
pub(super) const MINUTE: i64 = 60_000;

pub(super) fn listing() -> Listing {
    Listing {
        subscription: SubscriptionId(3),
        name: "aapl".to_owned(),
        chain: ChainId(1),
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
        max_price_age_ms: MINUTE,
        max_deviation: Ratio::ZERO,
        late_after_ms: 10 * MINUTE,
        late: Late::Quote,
        patience_ms: 480 * MINUTE,
    }
}

fn given(kind: TriggerKind, raw: &str, decimals: u32) -> Trigger {
    let raw = RawAmount::parse(raw).unwrap();
    let (amount, dust) = raw.to_ledger(decimals).unwrap();
    Trigger {
        id: TriggerId(7),
        log: LogKey {
            chain: ChainId(1),
            tx: Hash([7; 32]),
            index: 0,
        },
        subscription: SubscriptionId(3),
        kind,
        user: Address([9; 20]),
        symbol: Symbol::new("US.AAPL"),
        block: BlockNumber(100),
        block_hash: Hash([8; 32]),
        block_at: NOW.before(std::time::Duration::from_secs(30)),
        raw,
        amount,
        dust,
        price: None,
        filled: Quantity::ZERO,
        value: Amount::ZERO,
        fee: Amount::ZERO,
        orders: 0,
        state: TriggerState::Ready,
        error: None,
        next_at: None,
        expires_at: Timestamp(NOW.0 + 480 * MINUTE),
        created_at: NOW,
        updated_at: NOW,
        version: 4,
    }
}

/// A deposit in units of a token with six places.
pub(super) fn deposit(raw: &str) -> Trigger {
    given(TriggerKind::Deposit, raw, 6)
}

/// A redemption in units of a token with eighteen places.
pub(super) fn redemption(raw: &str) -> Trigger {
    given(TriggerKind::Redeem, raw, 18)
}

pub(super) fn lock(price: &str) -> PriceLock {
    PriceLock {
        price: price.parse().unwrap(),
        at: NOW,
        source: PriceSource::Venue,
    }
}

pub(super) const LOT: fn() -> StockLot = || StockLot {
    lot: Quantity::ONE,
    tick: "0.01".parse().unwrap(),
};

pub(super) fn order(trigger: &Trigger, quantity: &str, limit: &str) -> StockOrder {
    StockOrder {
        id: StockOrderId(11),
        trigger: trigger.id,
        venue: VenueName::Futu,
        mark: OrderMark::new("abc123-7-1").unwrap(),
        venue_id: None,
        symbol: trigger.symbol.clone(),
        action: trigger.kind.action(),
        quantity: quantity.parse().unwrap(),
        limit: limit.parse().unwrap(),
        filled: Quantity::ZERO,
        average_price: None,
        fee: Amount::ZERO,
        state: StockOrderState::Submitting,
        created_at: NOW,
        updated_at: NOW,
        version: 0,
    }
}

pub(super) fn report(order: &StockOrder, state: StockState, filled: &str, price: &str) -> StockReport {
    let filled: Quantity = filled.parse().unwrap();
    StockReport {
        venue_id: VenueOrderId("v-1".to_owned()),
        mark: Some(order.mark.clone()),
        symbol: order.symbol.clone(),
        action: order.action,
        quantity: order.quantity,
        filled,
        average_price: filled.is_positive().then(|| price.parse().unwrap()),
        fee: Amount::ZERO,
        state,
        updated_at: NOW,
    }
}
