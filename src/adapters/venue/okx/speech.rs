//! OKX's own way behind the port.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::credential::KeyRights;
use domain::market::{Bar, Symbol};
use domain::outcome::{Outcome, Refusal};
use domain::time::Timestamp;
use domain::user::PositionMode;
use domain::venue::{AccountReport, OrderIntent, Protection, VenueName, VenueOrderId};
use serde_json::json;

use super::super::dialect::{AskError, Listing, Listings, ParseError, Taken, unsigned};
use super::super::remote::{self, Core, Manners, Markets, Script, Seat, Speech, Terms, Urgency, Wish};
use super::{ask, limits, parse, protect, questions, sign, verdict};
use crate::ports::keyring::Credential;
use crate::ports::venue::{Look, Lookup, Quote, Sought, VenueError};

/// The venue closes a socket on which nothing was said for 30 seconds.
const PING_EVERY: Duration = Duration::from_secs(5);
/// How long an answer may be ahead of the lists.
const GRACE: Duration = Duration::from_secs(5);
/// How often what rests is listed and cancelled.
const ROUNDS: usize = 10;
/// Orders that one request cancels.
const BATCH: usize = 20;

/// How OKX signs, answers and tells its time.
pub const MANNERS: Manners = Manners {
    public: unsigned,
    signed: sign::signed,
    verdict,
    ask_time: questions::time,
    time: parse::server_time,
    time_cost: limits::PUBLIC,
};

/// OKX's linear perpetual swaps.
#[derive(Debug, Default)]
pub struct Okx;

fn trades(symbols: &[Symbol]) -> String {
    let args: Vec<_> = symbols
        .iter()
        .map(|symbol| json!({ "channel": "trades", "instId": symbol.as_str() }))
        .collect();
    json!({ "op": "subscribe", "args": args }).to_string()
}

fn script(url: &str, login: Option<String>, subscription: String, confirms: usize, markets: &Arc<Markets>) -> Script {
    let markets = Arc::clone(markets);
    let read = Arc::new(move |message: &[u8]| parse::pushes(message, markets.contracts()));
    Script {
        login,
        subscribe: vec![subscription],
        confirms,
        ping: Some("ping".to_owned()),
        ..Script::plain(url.to_owned(), PING_EVERY, read)
    }
}

#[async_trait]
impl Speech for Okx {
    fn name(&self) -> VenueName {
        VenueName::Okx
    }

    fn lookup_grace(&self) -> Duration {
        GRACE
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
        core.caller.ask(&questions::ticker(symbol)).await.answer(parse::quote)
    }

    async fn rights(&self, core: &Core, credential: &Credential) -> Result<Option<KeyRights>, VenueError> {
        let said = core.ask_with(credential, &questions::account()).await;
        said.answer(parse::rights).map(Some)
    }

    async fn prepare(&self, seat: &Seat<'_>, wanted: PositionMode) -> Result<(), VenueError> {
        let mode = seat.ask(questions::account()).await.answer(parse::position_mode)?;
        if mode != wanted {
            seat.ask(questions::set_position_mode(wanted)).await.stands()?;
        }
        Ok(())
    }

    /// The margin mode is told with each order; each has its own leverage, and in hedge mode each side of an isolated market.
    async fn terms(&self, seat: &Seat<'_>, symbol: &Symbol, wanted: Terms) -> Result<Terms, VenueError> {
        let wish = questions::leverage(symbol, wanted.margin_mode);
        let told = seat.ask(wish).await.answer(parse::leverages)?;
        let mut leverages = told
            .into_iter()
            .filter(|(of, ..)| of == symbol)
            .map(|(_, leverage, _)| leverage);
        let missing = || VenueError::Malformed(format!("no leverage is told of {symbol}"));
        let first = leverages.next().ok_or_else(missing)?;
        // Sides that differ are not what is wanted, whatever that is.
        let leverage = if leverages.all(|other| other == first) {
            first
        } else {
            0
        };
        Ok(Terms { leverage, ..wanted })
    }

    async fn set_terms(&self, seat: &Seat<'_>, symbol: &Symbol, _: Terms, to: Terms) -> Result<(), VenueError> {
        for side in to.sides(seat.mode()?) {
            let wish = questions::set_leverage(symbol, to.leverage, to.margin_mode, *side);
            seat.ask(wish).await.stands()?;
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

    /// It has no word for all of them: those that rest are cancelled by name.
    async fn cancel_all(&self, seat: &Seat<'_>, markets: &Markets, symbol: &Symbol) -> Outcome<()> {
        for _ in 0..ROUNDS {
            let resting = questions::resting(Some(symbol), None);
            let said = seat.core.ask(seat.account, &resting).await;
            let resting = match said.answer(|body| parse::orders(body, markets.contracts())) {
                Ok(resting) if resting.is_empty() => return Outcome::Done(()),
                Ok(resting) => resting,
                Err(error) => return unasked(&error),
            };
            let orders: Vec<VenueOrderId> = resting.into_iter().map(|order| order.venue_id).take(BATCH).collect();
            let wish = remote::cancel(ask::cancel_many(symbol, &orders), limits::ORDER);
            // One that was filled meanwhile is refused, and the others are cancelled: the next round tells.
            if let Outcome::Unknown(seen) = seat.ask(wish).await.outcome(|_| Ok(())) {
                return Outcome::Unknown(seen);
            }
        }
        Outcome::Unknown(format!("orders of {symbol} still rest after {ROUNDS} rounds"))
    }

    /// How the position shares margin is asked for: the order has to say it.
    async fn protect(&self, seat: &Seat<'_>, protection: &Protection, markets: &Markets) -> Result<Wish, VenueError> {
        let listing = markets.listed(&protection.symbol)?;
        let wish = Wish {
            urgency: Urgency::Close,
            ..questions::holdings()
        };
        let said = seat.ask(wish).await;
        let held = said.answer(|body| parse::holdings(body, markets.contracts()))?;
        let margin_mode = protect::margin_mode(protection, &held)?;
        let request = protect::place(protection, seat.mode()?, margin_mode, listing)?;
        Ok(remote::protection(request, limits::LOOK))
    }

    fn protected(&self, body: &[u8]) -> Result<VenueOrderId, ParseError> {
        protect::placed(body)
    }

    /// Orders that wait have a smaller allowance than plain ones, that of questions.
    fn unprotect(&self, symbol: &Symbol, order: &VenueOrderId) -> Wish {
        remote::cancel(protect::cancel(symbol, order), limits::LOOK)
    }

    fn order(&self, symbol: &Symbol, order: &VenueOrderId) -> Wish {
        questions::order(symbol, order)
    }

    /// By our id, among what rests, then among what ended since it was made.
    fn lookups(&self, sought: &Sought<'_>) -> Result<Vec<Wish>, AskError> {
        Ok(remote::lookups(
            remote::lookup(ask::lookup(sought.symbol, sought.client_id)?, limits::LOOK),
            questions::resting(Some(sought.symbol), None),
            questions::orders_since(sought.symbol, remote::earliest(sought)),
        ))
    }

    fn found(&self, body: &[u8], markets: &Markets, sought: Option<&Sought<'_>>) -> Result<Lookup, ParseError> {
        remote::pick(parse::orders(body, markets.contracts())?, sought, questions::PAGE)
    }

    async fn look(&self, seat: Seat<'_>, markets: &Markets, look: &Look<'_>) -> Result<AccountReport, VenueError> {
        remote::look(self, seat, markets, look).await
    }

    fn prices(&self, url: &str, markets: &Arc<Markets>, symbols: &[Symbol], _: Timestamp) -> Script {
        script(url, None, trades(symbols), symbols.len(), markets)
    }

    fn follow(&self, symbol: &Symbol, _: Timestamp) -> String {
        trades(std::slice::from_ref(symbol))
    }

    async fn private(&self, seat: &Seat<'_>, markets: &Arc<Markets>, url: &str) -> Result<Script, VenueError> {
        let credential = seat.core.caller.credential(seat.account).await?;
        let login = sign::login(&credential, seat.core.caller.sure_now().await?);
        let args = json!([
            { "channel": "orders", "instType": "SWAP" },
            { "channel": "positions", "instType": "SWAP" },
            { "channel": "account" },
        ]);
        let subscription = json!({ "op": "subscribe", "args": args }).to_string();
        Ok(script(url, Some(login), subscription, 3, markets))
    }

    fn dead_man(&self, after: Duration, _: &[Symbol]) -> Vec<Wish> {
        vec![questions::countdown(after)]
    }
}

/// Nothing was asked to be done.
fn unasked(error: &VenueError) -> Outcome<()> {
    Outcome::Refused(Refusal {
        code: "not_sent".to_owned(),
        reason: error.to_string(),
    })
}
