//! Looking at a stock's market: session, filters, the venue's quote and the feed's price, together and not more often than needed.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::id::SubscriptionId;
use domain::stock::{Session, StockLot};
use domain::time::Timestamp;
use domain::trigger::Listing;
use domain::trigger::decide::Market;
use domain::trigger::price::{FeedPrice, Prices, StockQuote};
use tokio::sync::Mutex as AsyncMutex;
use tokio::time::Instant;

use super::deps::{TriggerDeps, lock};
use crate::event;
use crate::ports::stocks::StockVenue;
use crate::ports::venue::{Quote, VenueError};

/// Who looks within this time of another shares what was seen: the age of prices is judged by their own time all the same.
const SHARED: Duration = Duration::from_millis(200);
/// How long the filters of a stock are known.
const FILTERS: Duration = Duration::from_secs(600);

/// What was last seen of each listing's market.
#[derive(Default)]
pub(super) struct Markets(Mutex<HashMap<SubscriptionId, Arc<AsyncMutex<Seen>>>>);

#[derive(Default)]
struct Seen {
    market: Option<(Instant, Market)>,
    lot: Option<(Instant, Option<StockLot>)>,
}

/// The market of a listing as it is now. Several who ask at once ask the venue once.
pub(super) async fn look(deps: &TriggerDeps, venue: &dyn StockVenue, listing: &Listing) -> Result<Market, VenueError> {
    let seen = {
        let mut markets = lock(&deps.shared.markets.0);
        Arc::clone(markets.entry(listing.subscription).or_default())
    };
    let mut seen = seen.lock().await;
    if let Some((at, market)) = seen.market
        && at.elapsed() < SHARED
    {
        return Ok(market);
    }
    let limit = deps.options.ask_deadline;
    let lot = seen.lot.filter(|(at, lot)| at.elapsed() < FILTERS && lot.is_some());
    let ask_lot = async {
        match lot {
            Some((_, lot)) => Ok(lot),
            None => within(limit, venue.lot(&listing.symbol)).await,
        }
    };
    let (session, asked, quote, feed) = tokio::join!(
        within(limit, venue.session(&listing.symbol)),
        ask_lot,
        within(limit, venue.quote(&listing.symbol)),
        feed(deps, listing),
    );
    let (session, filters) = (session?, asked?);
    if lot.is_none() {
        seen.lot = Some((Instant::now(), filters));
    }
    let market = Market {
        session,
        lot: filters,
        prices: Prices {
            venue: told(quote, session)?,
            feed,
        },
    };
    seen.market = Some((Instant::now(), market));
    Ok(market)
}

/// A venue that is not reached may be reached in a moment; one that says no to the question tells no price. While the market is not
/// open no price is needed.
fn told(quote: Result<Quote, VenueError>, session: Session) -> Result<Option<StockQuote>, VenueError> {
    match quote {
        Ok(Quote { bid, ask, last, at }) => Ok(Some(StockQuote { bid, ask, last, at })),
        Err(VenueError::Refused(_) | VenueError::Malformed(_)) => Ok(None),
        Err(VenueError::Unreachable(_) | VenueError::RateLimited { .. }) if session != Session::Open => Ok(None),
        Err(error) => Err(error),
    }
}

/// What the feed tells, where the listing has one; what cannot be read or understood is none.
async fn feed(deps: &TriggerDeps, listing: &Listing) -> Option<FeedPrice> {
    let (address, decimals) = listing.feed?;
    let chain = deps.chains.get(&listing.chain)?;
    let call = deps.abi.round_call();
    let answer = tokio::time::timeout(deps.options.ask_deadline, chain.call(address, &call)).await;
    let read = match answer {
        Err(_) => Err("no answer in time".to_owned()),
        Ok(Err(error)) => Err(error.to_string()),
        Ok(Ok(answer)) => deps.abi.round(&answer).map_err(|error| error.to_string()),
    };
    let price = read.and_then(|(answer, seconds)| {
        let seconds = i64::try_from(seconds).map_err(|error| error.to_string())?;
        let at = Timestamp(seconds.saturating_mul(1_000));
        let units = answer.units().ok_or("the answer is too large")?;
        FeedPrice::from_answer(units, decimals, at).map_err(|error| error.to_string())
    });
    match price {
        Ok(price) => Some(price),
        Err(why) => {
            metrics::counter!("bursar_trigger_feed_failures_total").increment(1);
            tracing::debug!(event = event::TRIGGER_WAITS, subscription.id = %listing.subscription, why, "the feed of {} tells no price: {why}", listing.name);
            None
        }
    }
}

/// An answer within the limit.
pub(super) async fn within<T>(
    limit: Duration,
    answer: impl Future<Output = Result<T, VenueError>>,
) -> Result<T, VenueError> {
    match tokio::time::timeout(limit, answer).await {
        Ok(answer) => answer,
        Err(_) => Err(VenueError::Unreachable(format!("no answer in {}ms", limit.as_millis()))),
    }
}
