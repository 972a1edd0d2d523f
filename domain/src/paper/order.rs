//! Orders of the paper venue: what is asked, and what became of it.

use serde::{Deserialize, Serialize};

use crate::fixed::{Amount, NumberError, Price, Quantity, Rounding};
use crate::id::VenueAccountId;
use crate::market::{Action, Side, Symbol};
use crate::paper::market::PaperMarket;
use crate::paper::rules::{Fired, Rules, TimeInForce};
use crate::time::Timestamp;
use crate::user::PositionMode;
use crate::venue::{ClientOrderId, MarginMode, OrderIntent, OrderKind, ReportedState};

/// What is asked of the venue, by a program (with a client id) or by hand (without).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The sender's id of the order.
    pub client_id: Option<ClientOrderId>,
    /// Market.
    pub symbol: Symbol,
    /// Buy or sell.
    pub action: Action,
    /// Which side of a hedge account; a one-way account does not look at it.
    pub position_side: Side,
    /// Matching.
    pub kind: OrderKind,
    /// How much.
    pub quantity: Quantity,
    /// Whether it may only shrink a position.
    pub reduce_only: bool,
    /// Leverage of what it opens.
    pub leverage: u32,
    /// Margin mode of what it opens.
    pub margin_mode: MarginMode,
    /// How long it stays, and what it waits for.
    pub rules: Rules,
}

impl From<&OrderIntent> for Request {
    fn from(intent: &OrderIntent) -> Self {
        Self {
            client_id: Some(intent.client_id.clone()),
            symbol: intent.symbol.clone(),
            action: intent.action,
            position_side: intent.position_side,
            kind: intent.kind,
            quantity: intent.quantity,
            reduce_only: intent.reduce_only,
            leverage: intent.leverage,
            margin_mode: intent.margin_mode,
            rules: Rules {
                time_in_force: if intent.post_only {
                    TimeInForce::PostOnly
                } else {
                    TimeInForce::UntilCancelled
                },
                ..Rules::default()
            },
        }
    }
}

/// An order on the venue's books.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperOrder {
    /// Whose.
    pub account: VenueAccountId,
    /// Ascending per account.
    pub number: i64,
    /// The sender's id; `None` for orders by hand and by the venue.
    pub client_id: Option<ClientOrderId>,
    /// Market.
    pub symbol: Symbol,
    /// Buy or sell.
    pub action: Action,
    /// Which side of a hedge account.
    pub position_side: Side,
    /// The limit; `None` for a market order.
    pub limit: Option<Price>,
    /// Quantity asked.
    pub quantity: Quantity,
    /// Quantity filled so far.
    pub filled: Quantity,
    /// Whether it may only shrink a position.
    pub reduce_only: bool,
    /// Leverage of what it opens.
    pub leverage: u32,
    /// Margin mode of what it opens.
    pub margin_mode: MarginMode,
    /// State.
    pub state: ReportedState,
    /// When the state last changed.
    pub updated_at: Timestamp,
    /// How long it stays, and what it waits for.
    #[serde(default)]
    pub rules: Rules,
    /// When it was placed; zero for orders from before this was written down.
    #[serde(default)]
    pub placed_at: Timestamp,
    /// Summed notional of its fills.
    #[serde(default)]
    pub spent: Amount,
    /// What became of it when the price reached its trigger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fired: Option<Fired>,
    /// Number of the conditional order that placed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<i64>,
}

impl PaperOrder {
    /// A new order, not yet filled.
    pub(super) fn new(account: VenueAccountId, number: i64, request: &Request, now: Timestamp) -> Self {
        let limit = match request.kind {
            OrderKind::Market => None,
            OrderKind::Limit { price } => Some(price),
        };
        Self {
            account,
            number,
            client_id: request.client_id.clone(),
            symbol: request.symbol.clone(),
            action: request.action,
            position_side: request.position_side,
            limit,
            quantity: request.quantity,
            filled: Quantity::ZERO,
            reduce_only: request.reduce_only,
            leverage: request.leverage,
            margin_mode: request.margin_mode,
            state: ReportedState::Open,
            updated_at: now,
            rules: request.rules,
            placed_at: now,
            spent: Amount::ZERO,
            fired: None,
            parent: None,
        }
    }

    /// Quantity not yet filled.
    pub fn rest(&self) -> Result<Quantity, NumberError> {
        self.quantity.minus(self.filled)
    }

    /// Whether it rests on the book, or waits for its trigger.
    pub fn is_live(&self) -> bool {
        self.state == ReportedState::Open
    }

    /// Whether it places another order when the price reaches its trigger; never matched itself.
    pub fn is_conditional(&self) -> bool {
        self.rules.trigger.is_some()
    }

    /// Average price of its fills, half-up to 10 places; zero before the first.
    pub fn average_price(&self) -> Result<Price, NumberError> {
        if self.filled.is_zero() {
            return Ok(Price::ZERO);
        }
        Price::average(self.spent, self.filled, Rounding::HalfUp)
    }

    /// Whether it can never open anything on an account of this mode.
    pub(super) fn only_closes(&self, mode: PositionMode) -> bool {
        self.reduce_only || (mode == PositionMode::Hedge && self.action == self.position_side.closing())
    }

    /// Margin and fee that the unfilled rest keeps reserved.
    pub(super) fn reserve(&self, mode: PositionMode, market: &PaperMarket) -> Result<Amount, NumberError> {
        let Some(limit) = self
            .limit
            .filter(|_| self.is_live() && !self.is_conditional() && !self.only_closes(mode))
        else {
            return Ok(Amount::ZERO);
        };
        let notional = limit.notional(self.rest()?, Rounding::Up)?;
        PaperMarket::initial_margin(notional, self.leverage)?.plus(market.fee(notional, true)?)
    }

    /// Ends the order in this state.
    pub(super) fn end(&mut self, state: ReportedState, now: Timestamp) {
        self.state = state;
        self.updated_at = now;
    }
}
