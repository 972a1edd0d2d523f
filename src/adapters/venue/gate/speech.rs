//! Gate's own way behind the port.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::credential::KeyRights;
use domain::market::{Bar, Symbol};
use domain::outcome::Outcome;
use domain::time::Timestamp;
use domain::user::PositionMode;
use domain::venue::{AccountReport, OrderIntent, OrderReport, Protection, VenueName, VenueOrderId};
use serde_json::json;

use super::super::dialect::{AskError, Listing, Listings, ParseError, Taken};
use super::super::remote::{self, Archive, Core, Manners, Markets, Script, Seat, Speech, Terms, Wish};
use super::{DECIMALS, ask, limits, parse, protect, questions, sign, verdict};
use crate::ports::keyring::Credential;
use crate::ports::venue::{Look, Lookup, Quote, Sought, VenueError};

const PING_EVERY: Duration = Duration::from_secs(5);
/// How long an answer may be ahead of the lists.
const GRACE: Duration = Duration::from_secs(5);

/// How Gate signs, answers and tells its time.
pub const MANNERS: Manners = Manners {
    public: sign::public,
    signed: sign::signed,
    verdict,
    ask_time: questions::time,
    time: parse::server_time,
    time_cost: limits::PUBLIC,
};

/// Gate's USDT perpetuals.
#[derive(Debug, Default)]
pub struct Gate;

fn trades(symbols: &[Symbol], now: Timestamp) -> String {
    let markets: Vec<&str> = symbols.iter().map(Symbol::as_str).collect();
    let time = now.0 / 1_000;
    json!({ "time": time, "channel": "futures.trades", "event": "subscribe", "payload": markets }).to_string()
}

fn script(url: &str, subscribe: Vec<String>, markets: &Arc<Markets>, now: Timestamp) -> Script {
    let markets = Arc::clone(markets);
    let read = Arc::new(move |message: &[u8]| parse::pushes(message, markets.contracts(), Gate::SETTLE));
    Script {
        headers: &[DECIMALS],
        confirms: subscribe.len(),
        subscribe,
        ping: Some(json!({ "time": now.0 / 1_000, "channel": "futures.ping" }).to_string()),
        ..Script::plain(url.to_owned(), PING_EVERY, read)
    }
}

#[async_trait]
impl Speech for Gate {
    fn name(&self) -> VenueName {
        VenueName::Gate
    }

    fn lookup_grace(&self) -> Duration {
        GRACE
    }

    async fn listings(&self, core: &Core) -> Result<Listings, VenueError> {
        core.caller.ask(&questions::listings()).await.answer(parse::listings)
    }

    fn ask_bars(&self, symbol: &Symbol, before: Option<Timestamp>, now: Timestamp) -> Wish {
        let before = before.unwrap_or_else(|| now.after(Duration::from_secs(60)));
        questions::bars(symbol, before)
    }

    fn told_bars(&self, body: &[u8], symbol: &Symbol, markets: &Markets) -> Result<Vec<Bar>, ParseError> {
        parse::bars(body, symbol, markets.contracts())
    }

    async fn quote(&self, core: &Core, symbol: &Symbol) -> Result<Quote, VenueError> {
        let now = core.now();
        let said = core.caller.ask(&questions::ticker(symbol)).await;
        said.answer(|body| parse::quote(body, now))
    }

    /// Only the keys of a main account are told; of a sub-account's nothing is known.
    async fn rights(&self, core: &Core, credential: &Credential) -> Result<Option<KeyRights>, VenueError> {
        // Whoever is told the balance has a key that is right.
        core.ask_with(credential, &questions::account())
            .await
            .answer(parse::balances)?;
        let said = core.ask_with(credential, &questions::keys()).await;
        match said.answer(|body| parse::rights(body, &credential.key)) {
            Err(VenueError::Refused(_)) => Ok(None),
            told => told,
        }
    }

    async fn prepare(&self, seat: &Seat<'_>, wanted: PositionMode) -> Result<(), VenueError> {
        let mode = seat.ask(questions::account()).await.answer(parse::position_mode)?;
        if mode != wanted {
            seat.ask(questions::set_position_mode(wanted)).await.stands()?;
        }
        Ok(())
    }

    async fn terms(&self, seat: &Seat<'_>, symbol: &Symbol, _: Terms) -> Result<Terms, VenueError> {
        let wish = questions::position(symbol, seat.mode()?);
        let (leverage, margin_mode) = seat.ask(wish).await.answer(parse::terms)?;
        Ok(Terms { leverage, margin_mode })
    }

    async fn set_terms(&self, seat: &Seat<'_>, symbol: &Symbol, _: Terms, to: Terms) -> Result<(), VenueError> {
        let wish = questions::set_terms(symbol, seat.mode()?, to);
        seat.ask(wish).await.stands()
    }

    fn place(&self, intent: &OrderIntent, _: PositionMode, listing: &Listing) -> Result<Wish, AskError> {
        Ok(remote::order(ask::place(intent, listing)?, intent, limits::ORDER))
    }

    fn placed(&self, body: &[u8], markets: &Markets) -> Result<Taken, ParseError> {
        parse::order(body, markets.contracts()).map(Taken::Whole)
    }

    fn cancel(&self, _: &Symbol, order: &VenueOrderId) -> Wish {
        remote::cancel(ask::cancel(order), limits::ORDER)
    }

    fn cancelled(&self, body: &[u8], markets: &Markets) -> Result<Option<OrderReport>, ParseError> {
        parse::order(body, markets.contracts()).map(Some)
    }

    async fn cancel_all(&self, seat: &Seat<'_>, _: &Markets, symbol: &Symbol) -> Outcome<()> {
        let wish = remote::cancel(ask::cancel_all(symbol), limits::ORDER);
        seat.ask(wish).await.outcome(|_| Ok(()))
    }

    async fn protect(&self, _: &Seat<'_>, protection: &Protection, markets: &Markets) -> Result<Wish, VenueError> {
        let listing = markets.listed(&protection.symbol)?;
        let request = protect::place(protection, listing)?;
        Ok(remote::protection(request, limits::LOOK))
    }

    fn protected(&self, body: &[u8]) -> Result<VenueOrderId, ParseError> {
        protect::placed(body)
    }

    fn unprotect(&self, _: &Symbol, order: &VenueOrderId) -> Wish {
        remote::cancel(protect::cancel(order), limits::LOOK)
    }

    fn order(&self, _: &Symbol, order: &VenueOrderId) -> Wish {
        questions::order(order)
    }

    /// By our id, among what rests, then among all orders of its market since it was made: by our id it is found only while it
    /// rests and for a minute after it ended.
    fn lookups(&self, sought: &Sought<'_>) -> Result<Vec<Wish>, AskError> {
        let [by_id, since] = ask::lookup(sought.symbol, sought.client_id, sought.since)?;
        let resting = questions::resting(Some(sought.symbol), None).request;
        Ok([by_id, resting, since]
            .map(|request| remote::lookup(request, limits::LOOK))
            .into())
    }

    fn found(&self, body: &[u8], markets: &Markets, sought: Option<&Sought<'_>>) -> Result<Lookup, ParseError> {
        match sought {
            Some(sought) if body.trim_ascii_start().first() == Some(&b'[') => {
                parse::lookup_among(body, markets.contracts(), sought.client_id)
            }
            Some(_) | None => parse::lookup(body, markets.contracts()),
        }
    }

    async fn look(&self, seat: Seat<'_>, markets: &Markets, look: &Look<'_>) -> Result<AccountReport, VenueError> {
        remote::look(self, seat, markets, look).await
    }

    fn prices(&self, url: &str, markets: &Arc<Markets>, symbols: &[Symbol], now: Timestamp) -> Script {
        script(url, vec![trades(symbols, now)], markets, now)
    }

    fn follow(&self, symbol: &Symbol, now: Timestamp) -> String {
        trades(std::slice::from_ref(symbol), now)
    }

    async fn private(&self, seat: &Seat<'_>, markets: &Arc<Markets>, url: &str) -> Result<Script, VenueError> {
        let credential = seat.core.caller.credential(seat.account).await?;
        let said = seat.ask(questions::account()).await;
        let owner = said.answer(parse::owner)?;
        let now = seat.core.caller.sure_now().await?;
        let all: &[&str] = &[&owner, "!all"];
        let subscribe = ["futures.orders", "futures.usertrades", "futures.positions"]
            .map(|channel| sign::subscribe(&credential, channel, all, now));
        let balances = sign::subscribe(&credential, "futures.balances", &[&owner], now);
        let subscribe = subscribe.into_iter().chain([balances]).collect();
        Ok(script(url, subscribe, markets, now))
    }

    fn dead_man(&self, after: Duration, _: &[Symbol]) -> Vec<Wish> {
        vec![questions::countdown(after)]
    }
}
