//! Bybit's own way behind the port.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::credential::KeyRights;
use domain::market::{Bar, Symbol};
use domain::outcome::Outcome;
use domain::time::Timestamp;
use domain::user::PositionMode;
use domain::venue::{AccountReport, OrderIntent, Protection, VenueName, VenueOrderId};
use serde_json::json;

use super::super::dialect::{AskError, Listing, Listings, ParseError, Taken, unsigned};
use super::super::remote::{self, Core, Manners, Markets, Script, Seat, Speech, Terms, Wish};
use super::{ask, limits, parse, protect, questions, sign, verdict};
use crate::ports::keyring::Credential;
use crate::ports::venue::{Look, Lookup, Quote, Sought, VenueError};

/// How long after its own time a request may arrive.
const WINDOW: Duration = Duration::from_millis(5_000);
/// The venue wants to hear something every 20 seconds.
const PING_EVERY: Duration = Duration::from_secs(5);
/// For how long a login's signature holds.
const LOGIN_HOLDS: Duration = Duration::from_secs(10);

/// How Bybit signs, answers and tells its time.
pub const MANNERS: Manners = Manners {
    public: unsigned,
    signed: |request, credential, now| sign::signed(request, credential, now, WINDOW),
    verdict,
    ask_time: questions::time,
    time: parse::server_time,
    time_cost: limits::LOOK,
};

/// Bybit's linear perpetuals of a unified account.
#[derive(Debug, Default)]
pub struct Bybit;

fn subscribe(topics: &[String]) -> String {
    json!({ "op": "subscribe", "args": topics }).to_string()
}

fn trades(symbols: &[Symbol]) -> String {
    let topics: Vec<String> = symbols.iter().map(|symbol| format!("publicTrade.{symbol}")).collect();
    subscribe(&topics)
}

fn script(url: &str, login: Option<String>, subscription: String) -> Script {
    Script {
        login,
        subscribe: vec![subscription],
        confirms: 1,
        ping: Some(json!({ "op": "ping" }).to_string()),
        ..Script::plain(url.to_owned(), PING_EVERY, Arc::new(parse::pushes))
    }
}

#[async_trait]
impl Speech for Bybit {
    fn name(&self) -> VenueName {
        VenueName::Bybit
    }

    /// The answer says that an order was taken before its lists have it.
    fn lookup_grace(&self) -> Duration {
        WINDOW
    }

    async fn listings(&self, core: &Core) -> Result<Listings, VenueError> {
        let (mut all, mut cursor) = (Listings::default(), None);
        loop {
            let said = core.caller.ask(&questions::listings(cursor.as_deref())).await;
            let (page, next) = said.answer(parse::listings)?;
            all.markets.extend(page.markets);
            all.left_out.extend(page.left_out);
            cursor = match next {
                Some(next) if cursor.as_ref() != Some(&next) => Some(next),
                Some(_) | None => return Ok(all),
            };
        }
    }

    fn ask_bars(&self, symbol: &Symbol, before: Option<Timestamp>, _: Timestamp) -> Wish {
        questions::bars(symbol, before)
    }

    fn told_bars(&self, body: &[u8], _: &Symbol, _: &Markets) -> Result<Vec<Bar>, ParseError> {
        parse::bars(body)
    }

    async fn quote(&self, core: &Core, symbol: &Symbol) -> Result<Quote, VenueError> {
        core.caller.ask(&questions::ticker(symbol)).await.answer(parse::quote)
    }

    async fn rights(&self, core: &Core, credential: &Credential) -> Result<Option<KeyRights>, VenueError> {
        let said = core.ask_with(credential, &questions::rights()).await;
        said.answer(parse::rights).map(Some)
    }

    async fn prepare(&self, seat: &Seat<'_>, wanted: PositionMode) -> Result<(), VenueError> {
        seat.ask(questions::set_position_mode(wanted)).await.stands()
    }

    async fn terms(&self, seat: &Seat<'_>, symbol: &Symbol, _: Terms) -> Result<Terms, VenueError> {
        let margin_mode = seat.ask(questions::account()).await.answer(parse::margin_mode)?;
        let leverage = seat.ask(questions::holding(symbol)).await.answer(parse::leverage)?;
        Ok(Terms { leverage, margin_mode })
    }

    /// How margin is shared is one setting of the account for all of its markets.
    async fn set_terms(&self, seat: &Seat<'_>, symbol: &Symbol, from: Terms, to: Terms) -> Result<(), VenueError> {
        if from.margin_mode != to.margin_mode {
            seat.ask(questions::set_margin_mode(to.margin_mode)).await.stands()?;
            seat.core.terms_changed(seat.account);
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
        parse::placed(body).map(Taken::Named)
    }

    fn cancel(&self, symbol: &Symbol, order: &VenueOrderId) -> Wish {
        remote::cancel(ask::cancel(symbol, order), limits::ORDER)
    }

    async fn cancel_all(&self, seat: &Seat<'_>, _: &Markets, symbol: &Symbol) -> Outcome<()> {
        let wish = remote::cancel(ask::cancel_all(symbol), limits::ORDER);
        seat.ask(wish).await.outcome(|_| Ok(()))
    }

    async fn protect(&self, seat: &Seat<'_>, protection: &Protection, markets: &Markets) -> Result<Wish, VenueError> {
        let listing = markets.listed(&protection.symbol)?;
        let request = protect::place(protection, seat.mode()?, listing)?;
        Ok(remote::protection(request, limits::ORDER))
    }

    fn protected(&self, body: &[u8]) -> Result<VenueOrderId, ParseError> {
        parse::placed(body).map(|placed| placed.venue_id)
    }

    fn unprotect(&self, symbol: &Symbol, order: &VenueOrderId) -> Wish {
        remote::cancel(ask::cancel(symbol, order), limits::ORDER)
    }

    fn order(&self, symbol: &Symbol, order: &VenueOrderId) -> Wish {
        questions::order(symbol, order)
    }

    fn lookups(&self, sought: &Sought<'_>) -> Result<Vec<Wish>, AskError> {
        let requests = ask::lookup(sought.symbol, sought.client_id)?;
        Ok(requests
            .into_iter()
            .map(|request| remote::lookup(request, limits::LOOK))
            .collect())
    }

    fn found(&self, body: &[u8], _: &Markets, sought: Option<&Sought<'_>>) -> Result<Lookup, ParseError> {
        remote::pick(parse::orders(body)?.rows, sought, usize::MAX)
    }

    async fn look(&self, seat: Seat<'_>, markets: &Markets, look: &Look<'_>) -> Result<AccountReport, VenueError> {
        remote::look(self, seat, markets, look).await
    }

    fn prices(&self, url: &str, _: &Arc<Markets>, symbols: &[Symbol], _: Timestamp) -> Script {
        script(url, None, trades(symbols))
    }

    fn follow(&self, symbol: &Symbol, _: Timestamp) -> String {
        trades(std::slice::from_ref(symbol))
    }

    async fn private(&self, seat: &Seat<'_>, _: &Arc<Markets>, url: &str) -> Result<Script, VenueError> {
        let credential = seat.core.caller.credential(seat.account).await?;
        let login = sign::login(&credential, seat.core.caller.sure_now().await?.after(LOGIN_HOLDS));
        let topics = ["order", "execution", "position", "wallet"].map(str::to_owned);
        Ok(script(url, Some(login), subscribe(&topics)))
    }

    /// Its switch hangs on a private socket, and has to be granted by the venue: it is not used.
    fn dead_man(&self, _: Duration, _: &[Symbol]) -> Vec<Wish> {
        Vec::new()
    }
}
