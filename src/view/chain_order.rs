//! Orders that deposits and redemptions on a chain set off, as the outside sees them.

use domain::payout::{Payout, PayoutKind, PayoutState};
use domain::time::Timestamp;
use domain::trigger::{StockOrder, Trigger, TriggerKind, TriggerMove};
use serde::Serialize;
use utoipa::ToSchema;

use crate::view::PayoutView;

/// One deposit or redemption with what became of it. Numbers of orders of robots and of the chain are of one row: no two are the same.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChainOrderView {
    /// Identity, unique among all orders.
    pub id: i64,
    /// `BUY` for a deposit, `SELL` for a redemption.
    pub side: &'static str,
    /// `PENDING`, `EXECUTING`, `EXECUTED` or `FAILED`.
    pub status: &'static str,
    /// The exact state: `held`, `ready`, `ordering`, `paying`, `returning`, `settled` or `returned`.
    pub state: &'static str,
    /// Which stock.
    pub symbol: String,
    /// The subscription that read its log.
    pub subscription: i64,
    /// Chain id.
    pub chain: u64,
    /// Who gets the shares, the money, or what was given back.
    pub user: String,
    /// Transaction of the log.
    pub tx_hash: String,
    /// Index of the log in its block.
    pub log_index: u32,
    /// Block of the log.
    pub block: u64,
    /// What was given, in the token's own units: money of a deposit, shares of a redemption.
    pub raw_amount: String,
    /// The same as decimal text at the ledger's scale.
    pub amount: String,
    /// What of it is finer than that, in the token's own units.
    pub dust: String,
    /// The locked price.
    pub price: Option<String>,
    /// Who told it: `venue` or `feed`.
    pub price_source: Option<&'static str>,
    /// Shares executed.
    pub filled: String,
    /// Money that the execution cost or brought, the venue's fees included.
    pub value: String,
    /// The platform's fee.
    pub fee: String,
    /// Orders that were tried after the first.
    pub retries: u32,
    /// The venue's id of the last order, once known.
    pub venue_order_id: Option<String>,
    /// The transaction that minted shares: bought ones, or those of a redemption that were not sold.
    pub mint_tx_hash: Option<String>,
    /// The transaction that gave money of a deposit back.
    pub refund_tx_hash: Option<String>,
    /// The transaction that paid what sold shares brought.
    pub payout_tx_hash: Option<String>,
    /// Why it waits or failed.
    pub error: Option<String>,
    /// When the log was read.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it last moved.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// After this nothing is ordered for it any more.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// Raised by each change.
    pub version: u32,
}

impl ChainOrderView {
    /// Of a trigger, with its orders and payouts, both in order of their ids.
    pub fn new(trigger: &Trigger, orders: &[&StockOrder], payouts: &[&Payout]) -> Self {
        let hash_of = |kinds: &[PayoutKind]| {
            let payout = payouts.iter().find(|payout| kinds.contains(&payout.kind));
            payout.and_then(|payout| transaction(payout))
        };
        Self {
            id: trigger.id.0,
            side: match trigger.kind {
                TriggerKind::Deposit => "BUY",
                TriggerKind::Redeem => "SELL",
            },
            status: trigger.state.shown(),
            state: trigger.state.as_str(),
            symbol: trigger.symbol.to_string(),
            subscription: trigger.subscription.0,
            chain: trigger.log.chain.0,
            user: trigger.user.to_string(),
            tx_hash: trigger.log.tx.to_string(),
            log_index: trigger.log.index,
            block: trigger.block.0,
            raw_amount: trigger.raw.to_string(),
            amount: trigger.amount.to_string(),
            dust: trigger.dust.to_string(),
            price: trigger.price.map(|lock| lock.price.to_string()),
            price_source: trigger.price.map(|lock| lock.source.as_str()),
            filled: trigger.filled.to_string(),
            value: trigger.value.to_string(),
            fee: trigger.fee.to_string(),
            retries: trigger.orders.saturating_sub(1),
            venue_order_id: orders
                .iter()
                .rev()
                .find_map(|order| order.venue_id.as_ref().map(|id| id.0.clone())),
            mint_tx_hash: hash_of(&[PayoutKind::Mint, PayoutKind::Remint]),
            refund_tx_hash: hash_of(&[PayoutKind::Refund]),
            payout_tx_hash: hash_of(&[PayoutKind::Proceeds]),
            error: trigger.error.clone(),
            created_at: trigger.created_at,
            updated_at: trigger.updated_at,
            expires_at: trigger.expires_at,
            version: trigger.version,
        }
    }
}

/// The transaction that pays, once a node has one.
pub(super) fn transaction(payout: &Payout) -> Option<String> {
    match payout.state {
        PayoutState::Broadcast { hash, .. } => Some(hash.to_string()),
        PayoutState::Confirmed { tx, .. } => Some(tx.to_string()),
        PayoutState::Queued | PayoutState::Signed { .. } | PayoutState::Halted { .. } => None,
    }
}

/// One order at the stock venue.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StockOrderView {
    /// Identity.
    pub id: i64,
    /// Venue.
    pub venue: &'static str,
    /// Our mark on it.
    pub mark: String,
    /// The venue's id, once known.
    pub venue_id: Option<String>,
    /// Which stock.
    pub symbol: String,
    /// `buy` or `sell`.
    pub action: &'static str,
    /// Shares asked for.
    pub quantity: String,
    /// The worst price.
    pub limit_price: String,
    /// Shares executed.
    pub filled: String,
    /// Average price of them.
    pub average_price: Option<String>,
    /// The venue's fees.
    pub fee: String,
    /// Where it stands, such as `in_doubt` or `ended`.
    pub state: &'static str,
    /// When the intent was committed.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it last moved.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

impl From<StockOrder> for StockOrderView {
    fn from(order: StockOrder) -> Self {
        Self {
            id: order.id.0,
            venue: order.venue.as_str(),
            mark: order.mark.to_string(),
            venue_id: order.venue_id.map(|id| id.0),
            symbol: order.symbol.to_string(),
            action: order.action.as_str(),
            quantity: order.quantity.to_string(),
            limit_price: order.limit.to_string(),
            filled: order.filled.to_string(),
            average_price: order.average_price.map(|price| price.to_string()),
            fee: order.fee.to_string(),
            state: order.state.as_str(),
            created_at: order.created_at,
            updated_at: order.updated_at,
        }
    }
}

/// One line of a chain order's history.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MoveView {
    /// Place in the history, from 1.
    pub number: u32,
    /// What moved, and to where.
    pub what: String,
    /// Words for people.
    pub note: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Who did it, when a person did.
    pub by: Option<String>,
}

impl From<TriggerMove> for MoveView {
    fn from(line: TriggerMove) -> Self {
        Self {
            number: line.number,
            what: line.what,
            note: line.note,
            at: line.at,
            by: line.by,
        }
    }
}

/// A chain order with everything that was done for it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChainOrderDetail {
    /// The order.
    #[serde(flatten)]
    pub order: ChainOrderView,
    /// Orders at the stock venue, oldest first.
    pub venue_orders: Vec<StockOrderView>,
    /// What was or is paid.
    pub payouts: Vec<PayoutView>,
    /// Its history, oldest first.
    pub history: Vec<MoveView>,
}
