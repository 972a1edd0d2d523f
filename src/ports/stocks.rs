//! A stock venue as the actors see it: quote, place, look.

use std::time::Duration;

use async_trait::async_trait;
use domain::market::Symbol;
use domain::outcome::Outcome;
use domain::stock::{OrderMark, Session, StockHoldings, StockIntent, StockLot, StockReport};
use domain::time::Timestamp;
use domain::venue::{VenueName, VenueOrderId};

use crate::ports::market::Wake;
use crate::ports::venue::{Quote, VenueError};

/// An order that is sought.
#[derive(Debug, Clone, Copy)]
pub struct SoughtStock<'a> {
    /// Which stock.
    pub symbol: &'a Symbol,
    /// The venue's id of it, once known.
    pub venue_id: Option<&'a VenueOrderId>,
    /// Our mark on it.
    pub mark: &'a OrderMark,
    /// When its intent was made, by our clock: no venue can have had it earlier.
    pub since: Timestamp,
}

/// A venue for stocks, with one account. Every call is bounded by the caller's deadline and may be dropped at any await.
#[async_trait]
pub trait StockVenue: Send + Sync + 'static {
    /// Which venue this is.
    fn name(&self) -> VenueName;

    /// Whether real money trades there; `false` in a paper environment.
    fn is_live(&self) -> bool;

    /// How long the venue may not know an order that it took: absence counts only after it.
    fn lookup_grace(&self) -> Duration;

    /// Whether the stock can be traded now.
    async fn session(&self, symbol: &Symbol) -> Result<Session, VenueError>;

    /// The filters of a stock; `None` when the venue does not list it.
    async fn lot(&self, symbol: &Symbol) -> Result<Option<StockLot>, VenueError>;

    /// The best prices of a stock now.
    async fn quote(&self, symbol: &Symbol) -> Result<Quote, VenueError>;

    /// Sends one order. A lost or late answer is [`Outcome::Unknown`]. The answer may be that it is working: what becomes of it is
    /// looked up. A refusal whose code [`StockVenue::may_ask_again`] names is one of the moment.
    async fn place(&self, intent: &StockIntent) -> Outcome<StockReport>;

    /// Whether an order that was refused with this code may be taken if it is asked for again within seconds.
    fn may_ask_again(&self, code: &str) -> bool;

    /// How long until the venue's limits leave room for another order; zero: there is room now. Whoever waits for it sends nothing that
    /// would only be refused.
    fn room(&self) -> Duration;

    /// Asks for the cancellation of what is left of an order: done means that it was asked for, not that it has ended.
    async fn cancel(&self, order: &VenueOrderId) -> Outcome<()>;

    /// Looks an order up, by the venue's id or by our mark: in the list of today, with the venue's cache refreshed, then in
    /// history. `None` only when all of that answered and has no such order.
    async fn lookup(&self, sought: &SoughtStock<'_>) -> Result<Option<StockReport>, VenueError>;

    /// What the account holds.
    async fn holdings(&self) -> Result<StockHoldings, VenueError>;

    /// Wakes `wake` whenever the venue tells anything of the account's orders, and whenever its connection comes about or breaks;
    /// whoever is woken looks. The latest `wake` counts.
    fn heed(&self, wake: Wake);
}
