//! What differs between connected venues: how each is asked, and what its answers say.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::credential::KeyRights;
use domain::id::VenueAccountId;
use domain::market::{Bar, Symbol};
use domain::outcome::Outcome;
use domain::time::Timestamp;
use domain::user::PositionMode;
use domain::venue::{AccountReport, OrderIntent, OrderReport, Protection, VenueName, VenueOrderId};

use super::budget::Urgency;
use super::caller::Wish;
use super::core::{Core, Markets, Seat, Terms};
use super::limiter::Cost;
use super::script::Script;
use crate::adapters::venue::dialect::{AskError, Call, Listing, Listings, ParseError, Request, Taken, Verdict};
use crate::ports::keyring::Credential;
use crate::ports::venue::{Look, Lookup, Quote, Sought, VenueError};

/// Clocks differ: a minute earlier costs nothing.
const SLACK: Duration = Duration::from_secs(60);

/// A venue's own way. One value of it serves all accounts; what it knows is in [`Core`].
#[async_trait]
pub trait Speech: Send + Sync + 'static {
    /// Which venue it is.
    fn name(&self) -> VenueName;

    /// How long the venue itself may not know an order that it took.
    fn lookup_grace(&self) -> Duration;

    /// All markets.
    async fn listings(&self, core: &Core) -> Result<Listings, VenueError>;

    /// To ask for one-minute bars of a market before a time, or for the last ones.
    fn ask_bars(&self, symbol: &Symbol, before: Option<Timestamp>, now: Timestamp) -> Wish;

    /// The bars in the answer, oldest first.
    ///
    /// # Errors
    /// When it cannot be understood.
    fn told_bars(&self, body: &[u8], symbol: &Symbol, markets: &Markets) -> Result<Vec<Bar>, ParseError>;

    /// One-minute bars of a market before a time, or the last ones; oldest first, as many as one question brings.
    async fn bars(
        &self,
        core: &Core,
        markets: &Markets,
        symbol: &Symbol,
        before: Option<Timestamp>,
    ) -> Result<Vec<Bar>, VenueError> {
        let said = core.caller.ask(&self.ask_bars(symbol, before, core.now())).await;
        said.answer(|body| self.told_bars(body, symbol, markets))
    }

    /// The best prices of a market.
    async fn quote(&self, core: &Core, symbol: &Symbol) -> Result<Quote, VenueError>;

    /// What a key may do; `None` where the venue never tells.
    async fn rights(&self, core: &Core, credential: &Credential) -> Result<Option<KeyRights>, VenueError>;

    /// Makes the account one-way or hedge, as its row says, and whatever else must stand before it can trade.
    async fn prepare(&self, seat: &Seat<'_>, wanted: PositionMode) -> Result<(), VenueError>;

    /// Leverage and margin mode of a market as they stand; where the mode is told with each order, `wanted` with its leverage.
    async fn terms(&self, seat: &Seat<'_>, symbol: &Symbol, wanted: Terms) -> Result<Terms, VenueError>;

    /// Turns leverage and margin mode of a market from what they are to what they are to be.
    async fn set_terms(&self, seat: &Seat<'_>, symbol: &Symbol, from: Terms, to: Terms) -> Result<(), VenueError>;

    /// To place an order; also the words with which its client id is told.
    ///
    /// # Errors
    /// When it cannot be told.
    fn place(&self, intent: &OrderIntent, mode: PositionMode, listing: &Listing) -> Result<Wish, AskError>;

    /// What the answer to a placed order tells of it.
    ///
    /// # Errors
    /// When it cannot be understood.
    fn placed(&self, body: &[u8], markets: &Markets) -> Result<Taken, ParseError>;

    /// To cancel an order by the venue's id.
    fn cancel(&self, symbol: &Symbol, order: &VenueOrderId) -> Wish;

    /// The order as the answer to its cancel tells it; `None` where that tells no more than that it was heard.
    ///
    /// # Errors
    /// When it cannot be understood.
    fn cancelled(&self, _: &[u8], _: &Markets) -> Result<Option<OrderReport>, ParseError> {
        Ok(None)
    }

    /// Cancels all resting orders of a market.
    async fn cancel_all(&self, seat: &Seat<'_>, markets: &Markets, symbol: &Symbol) -> Outcome<()>;

    /// To let a protective order wait.
    ///
    /// # Errors
    /// When it cannot be told, or what it needs (how the position shares margin) cannot be had now.
    async fn protect(&self, seat: &Seat<'_>, protection: &Protection, markets: &Markets) -> Result<Wish, VenueError>;

    /// The venue's id of a protective order that was taken.
    ///
    /// # Errors
    /// When it cannot be understood.
    fn protected(&self, body: &[u8]) -> Result<VenueOrderId, ParseError>;

    /// To take a protective order back.
    fn unprotect(&self, symbol: &Symbol, order: &VenueOrderId) -> Wish;

    /// What the answer to that says of the one order, where it is done as a whole.
    ///
    /// # Errors
    /// When it cannot be understood.
    fn unprotected(&self, _: &[u8]) -> Result<Verdict, ParseError> {
        Ok(Verdict::Done)
    }

    /// To look an order up by the venue's id; its answer is read by [`Speech::found`].
    fn order(&self, symbol: &Symbol, order: &VenueOrderId) -> Wish;

    /// To look an order up by our id: question after question, until it is found. It is absent when all of them lack it.
    ///
    /// # Errors
    /// When it cannot be told.
    fn lookups(&self, sought: &Sought<'_>) -> Result<Vec<Wish>, AskError>;

    /// What the answer to a lookup found: of the orders in it the one with this client id, or, where none is named, the first.
    ///
    /// # Errors
    /// When it cannot be understood.
    fn found(&self, body: &[u8], markets: &Markets, sought: Option<&Sought<'_>>) -> Result<Lookup, ParseError>;

    /// Looks at an account.
    async fn look(&self, seat: Seat<'_>, markets: &Markets, look: &Look<'_>) -> Result<AccountReport, VenueError>;

    /// The dialogue of the stream of prices, with these markets to begin with.
    fn prices(&self, url: &str, markets: &Arc<Markets>, symbols: &[Symbol], now: Timestamp) -> Script;

    /// What subscribes the same stream to one market more.
    fn follow(&self, symbol: &Symbol, now: Timestamp) -> String;

    /// The dialogue of an account's private stream.
    ///
    /// # Errors
    /// When what it needs (a key, a name for the stream) cannot be had now.
    async fn private(&self, seat: &Seat<'_>, markets: &Arc<Markets>, url: &str) -> Result<Script, VenueError>;

    /// What makes the venue cancel the resting orders of an account when it does not hear this again within `after`; empty
    /// where the venue has no such switch.
    fn dead_man(&self, after: Duration, symbols: &[Symbol]) -> Vec<Wish>;
}

/// A question that changes nothing.
pub(in crate::adapters::venue) fn question(
    path: &str,
    query: &[(&'static str, &str)],
    cost: Cost,
    urgency: Urgency,
) -> Wish {
    Wish {
        request: Request::new("GET", path, query),
        call: Call::Look,
        cost,
        urgency,
    }
}

/// A setting, told in a body.
pub(in crate::adapters::venue) fn setting(path: &str, body: &serde_json::Value, cost: Cost) -> Wish {
    Wish {
        request: Request::new("POST", path, &[]).with_body(body.to_string()),
        call: Call::Set,
        cost,
        urgency: Urgency::Order,
    }
}

/// An order. What only shrinks a position may use all of a budget.
pub(in crate::adapters::venue) fn order(request: Request, intent: &OrderIntent, cost: Cost) -> Wish {
    let urgency = if intent.reduce_only {
        Urgency::Close
    } else {
        Urgency::Order
    };
    Wish {
        request,
        call: Call::Place,
        cost,
        urgency,
    }
}

/// An order that is to wait, and only shrinks a position.
pub(in crate::adapters::venue) fn protection(request: Request, cost: Cost) -> Wish {
    Wish {
        request,
        call: Call::Place,
        cost,
        urgency: Urgency::Close,
    }
}

/// A cancel.
pub(in crate::adapters::venue) fn cancel(request: Request, cost: Cost) -> Wish {
    Wish {
        request,
        call: Call::Cancel,
        cost,
        urgency: Urgency::Close,
    }
}

/// A question after an order in doubt.
pub(in crate::adapters::venue) fn lookup(request: Request, cost: Cost) -> Wish {
    Wish {
        request,
        call: Call::Look,
        cost,
        urgency: Urgency::Risk,
    }
}

/// The questions after an order in doubt of which our id is known: by it, then among what rests, then among what was made since.
pub(in crate::adapters::venue) fn lookups(by_id: Wish, resting: Wish, since: Wish) -> Vec<Wish> {
    let resting = Wish {
        urgency: Urgency::Risk,
        ..resting
    };
    vec![by_id, resting, since]
}

/// The earliest that an order that is sought may have been made, by any clock.
pub(in crate::adapters::venue) fn earliest(sought: &Sought<'_>) -> Timestamp {
    sought.since.before(SLACK)
}

/// The order with the client id that is sought, or the first where none is. A list that is `full` and lacks it says nothing.
pub(in crate::adapters::venue) fn pick(
    orders: Vec<OrderReport>,
    sought: Option<&Sought<'_>>,
    full: usize,
) -> Result<Lookup, ParseError> {
    let wanted = sought.map(|sought| sought.client_id);
    let count = orders.len();
    let mut orders = orders.into_iter();
    let found = orders.find(|order| wanted.is_none() || order.client_id.as_ref() == wanted);
    match found {
        Some(order) => Ok(Lookup::Found(order)),
        None if count < full => Ok(Lookup::Absent),
        None => {
            let rule = "is a full page without the order that is looked for";
            Err(ParseError::new("orders", ".", rule))
        }
    }
}

/// An account that somebody waits for.
pub(super) const fn seat(core: &Core, account: VenueAccountId) -> Seat<'_> {
    Seat {
        core,
        account,
        is_event: true,
        is_patient: false,
    }
}
