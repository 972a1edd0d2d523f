//! A market, as the outside sees it.

use domain::instrument::Instrument;
use domain::time::Timestamp;
use domain::venue::VenueName;
use serde::Serialize;
use utoipa::ToSchema;

use crate::ports::venue::Quote;

/// What a venue allows on a market, and its best prices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MarketView {
    /// The venue.
    pub venue: &'static str,
    /// The venue's name of the market.
    pub symbol: String,
    /// Prices are whole multiples of this.
    pub tick: String,
    /// Quantities are whole multiples of this, in the coin that is traded.
    pub lot: String,
    /// Smallest quantity of an order.
    pub min_quantity: String,
    /// Smallest price × quantity of an order that opens.
    pub min_notional: String,
    /// Highest leverage.
    pub max_leverage: u32,
    /// Last traded price; this and the rest are absent where no daemon asks for prices.
    pub last: Option<String>,
    /// Highest price that somebody bids.
    pub bid: Option<String>,
    /// Lowest price that somebody asks.
    pub ask: Option<String>,
    /// When the prices were so, by the venue's clock.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
}

impl MarketView {
    /// From filters and prices.
    pub fn of(venue: VenueName, instrument: &Instrument, quote: Option<Quote>) -> Self {
        Self {
            venue: venue.as_str(),
            symbol: instrument.symbol.to_string(),
            tick: instrument.tick.to_string(),
            lot: instrument.lot.to_string(),
            min_quantity: instrument.min_quantity.to_string(),
            min_notional: instrument.min_notional.to_string(),
            max_leverage: instrument.max_leverage,
            last: quote.map(|quote| quote.last.to_string()),
            bid: quote.map(|quote| quote.bid.to_string()),
            ask: quote.map(|quote| quote.ask.to_string()),
            at: quote.map(|quote| quote.at),
        }
    }
}
