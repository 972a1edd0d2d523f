//! Binance's own way behind the port.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::credential::KeyRights;
use domain::market::{Bar, Symbol};
use domain::outcome::Outcome;
use domain::time::Timestamp;
use domain::user::PositionMode;
use domain::venue::{AccountReport, OrderIntent, OrderReport, Protection, VenueName, VenueOrderId};
use secrecy::ExposeSecret;
use serde_json::json;

use super::super::dialect::{AskError, Listing, Listings, ParseError, Taken, unsigned};
use super::super::remote::{self, Core, Manners, Markets, Script, Seat, Speech, Terms, Wish};
use super::{ask, limits, parse, poll, protect, questions, sign, verdict};
use crate::ports::keyring::Credential;
use crate::ports::venue::{Look, Lookup, Quote, Sought, VenueError};

/// How long after its own time a request may arrive; the venue refuses it then, so that an old one does nothing.
const WINDOW: Duration = Duration::from_millis(5_000);
/// A listen key ends after an hour.
const KEEP_EVERY: Duration = Duration::from_secs(30 * 60);
const PING_EVERY: Duration = Duration::from_secs(5);

/// How Binance signs, answers and tells its time.
pub const MANNERS: Manners = Manners {
    public: unsigned,
    signed: |request, credential, now| {
        if request.path.ends_with("/listenKey") {
            sign::named(request, credential)
        } else {
            sign::signed(request, credential, now, WINDOW)
        }
    },
    verdict,
    ask_time: questions::time,
    time: parse::server_time,
    time_cost: limits::LIGHT,
};

/// Binance USDⓈ-M futures.
#[derive(Debug, Default)]
pub struct Binance;

/// The name of a market's stream of trades.
fn stream(symbol: &Symbol) -> String {
    format!("{}@aggTrade", symbol.as_str().to_ascii_lowercase())
}

fn subscribe(symbols: &[Symbol], id: usize) -> String {
    let streams: Vec<String> = symbols.iter().map(stream).collect();
    json!({ "method": "SUBSCRIBE", "params": streams, "id": id }).to_string()
}

#[async_trait]
impl Speech for Binance {
    fn name(&self) -> VenueName {
        VenueName::Binance
    }

    /// Orders are there when they are answered; one that is on its way may still arrive within its window.
    fn lookup_grace(&self) -> Duration {
        WINDOW
    }

    async fn listings(&self, core: &Core) -> Result<Listings, VenueError> {
        core.caller.ask(&questions::listings()).await.answer(parse::listings)
    }

    fn ask_bars(&self, symbol: &Symbol, before: Option<Timestamp>, _: Timestamp) -> Wish {
        questions::bars(symbol, before)
    }

    fn told_bars(&self, body: &[u8], _: &Symbol, _: &Markets) -> Result<Vec<Bar>, ParseError> {
        parse::bars(body)
    }

    async fn quote(&self, core: &Core, symbol: &Symbol) -> Result<Quote, VenueError> {
        let (_, last) = core
            .caller
            .ask(&questions::last_price(symbol))
            .await
            .answer(parse::tick)?;
        let (bid, ask) = core.caller.ask(&questions::top(symbol)).await.answer(parse::top)?;
        Ok(Quote {
            bid,
            ask,
            last: last.price,
            at: last.at,
        })
    }

    async fn rights(&self, core: &Core, credential: &Credential) -> Result<Option<KeyRights>, VenueError> {
        let said = core.ask_with(credential, &questions::rights()).await;
        said.answer(parse::rights).map(Some)
    }

    async fn prepare(&self, seat: &Seat<'_>, wanted: PositionMode) -> Result<(), VenueError> {
        let mode = seat
            .ask(questions::position_mode())
            .await
            .answer(parse::position_mode)?;
        if mode != wanted {
            seat.ask(questions::set_position_mode(wanted)).await.stands()?;
        }
        // Only who has a key is told the highest leverages. They are alike for all accounts.
        if !seat.core.knows_max_leverages() {
            let most = seat.ask(questions::max_leverages()).await;
            seat.core.max_leverages_are(most.answer(parse::max_leverages)?);
        }
        Ok(())
    }

    async fn terms(&self, seat: &Seat<'_>, symbol: &Symbol, _: Terms) -> Result<Terms, VenueError> {
        poll::terms(seat, symbol).await
    }

    async fn set_terms(&self, seat: &Seat<'_>, symbol: &Symbol, from: Terms, to: Terms) -> Result<(), VenueError> {
        if from.margin_mode != to.margin_mode {
            seat.ask(questions::set_margin_mode(symbol, to.margin_mode))
                .await
                .stands()?;
        }
        if from.leverage != to.leverage {
            seat.ask(questions::set_leverage(symbol, to.leverage)).await.stands()?;
        }
        Ok(())
    }

    fn place(&self, intent: &OrderIntent, mode: PositionMode, listing: &Listing) -> Result<Wish, AskError> {
        Ok(remote::order(ask::place(intent, mode, listing)?, intent, limits::ORDER))
    }

    fn placed(&self, body: &[u8], _: &Markets) -> Result<Taken, ParseError> {
        parse::order(body).map(Taken::Whole)
    }

    fn cancel(&self, symbol: &Symbol, order: &VenueOrderId) -> Wish {
        remote::cancel(ask::cancel(symbol, order), limits::LIGHT)
    }

    fn cancelled(&self, body: &[u8], _: &Markets) -> Result<Option<OrderReport>, ParseError> {
        parse::order(body).map(Some)
    }

    async fn cancel_all(&self, seat: &Seat<'_>, _: &Markets, symbol: &Symbol) -> Outcome<()> {
        let wish = remote::cancel(ask::cancel_all(symbol), limits::LIGHT);
        seat.ask(wish).await.outcome(|_| Ok(()))
    }

    async fn protect(&self, seat: &Seat<'_>, protection: &Protection, markets: &Markets) -> Result<Wish, VenueError> {
        let listing = markets.listed(&protection.symbol)?;
        let request = protect::place(protection, seat.mode()?, listing)?;
        Ok(remote::protection(request, limits::ORDER))
    }

    fn protected(&self, body: &[u8]) -> Result<VenueOrderId, ParseError> {
        protect::placed(body)
    }

    fn unprotect(&self, _: &Symbol, order: &VenueOrderId) -> Wish {
        remote::cancel(protect::cancel(order), limits::LIGHT)
    }

    fn order(&self, symbol: &Symbol, order: &VenueOrderId) -> Wish {
        questions::order(symbol, order)
    }

    /// By our id, among what rests, then among all orders of its market since it was made.
    fn lookups(&self, sought: &Sought<'_>) -> Result<Vec<Wish>, AskError> {
        Ok(remote::lookups(
            remote::lookup(ask::lookup(sought.symbol, sought.client_id)?, limits::LIGHT),
            questions::open_orders(sought.symbol),
            questions::orders_since(sought.symbol, remote::earliest(sought)),
        ))
    }

    fn found(&self, body: &[u8], _: &Markets, sought: Option<&Sought<'_>>) -> Result<Lookup, ParseError> {
        if body.trim_ascii_start().first() != Some(&b'[') {
            return parse::order(body).map(Lookup::Found);
        }
        remote::pick(parse::orders(body)?, sought, questions::ORDERS)
    }

    async fn look(&self, seat: Seat<'_>, _: &Markets, look: &Look<'_>) -> Result<AccountReport, VenueError> {
        poll::Looking(seat).look(look).await
    }

    fn prices(&self, url: &str, _: &Arc<Markets>, symbols: &[Symbol], _: Timestamp) -> Script {
        Script {
            subscribe: vec![subscribe(symbols, 1)],
            confirms: 1,
            ..Script::plain(format!("{url}/ws"), PING_EVERY, Arc::new(parse::pushes))
        }
    }

    fn follow(&self, symbol: &Symbol, _: Timestamp) -> String {
        subscribe(std::slice::from_ref(symbol), 2)
    }

    async fn private(&self, seat: &Seat<'_>, _: &Arc<Markets>, url: &str) -> Result<Script, VenueError> {
        let said = seat.ask(questions::listen_key()).await;
        let key = said.answer(parse::listen_key)?;
        let url = format!("{url}/ws/{}", key.expose_secret());
        Ok(Script {
            keep: Some((KEEP_EVERY, questions::keep_listening())),
            ..Script::plain(url, PING_EVERY, Arc::new(parse::pushes))
        })
    }

    fn dead_man(&self, after: Duration, symbols: &[Symbol]) -> Vec<Wish> {
        symbols
            .iter()
            .map(|symbol| questions::countdown(symbol, after))
            .collect()
    }
}
