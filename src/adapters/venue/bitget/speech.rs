//! Bitget's own way behind the port.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use domain::credential::KeyRights;
use domain::id::VenueAccountId;
use domain::market::{Action, Bar, Symbol};
use domain::outcome::Outcome;
use domain::time::Timestamp;
use domain::user::PositionMode;
use domain::venue::{AccountReport, OrderIntent, Protection, VenueName, VenueOrderId};
use serde_json::json;

use super::super::dialect::{AskError, Listing, Listings, ParseError, Taken, Verdict, unsigned};
use super::super::remote::{self, Core, Manners, Markets, Script, Seat, Speech, Terms, Wish};
use super::{ask, limits, parse, protect, questions, sign, verdict};
use crate::ports::keyring::Credential;
use crate::ports::venue::{Look, Lookup, Quote, Sought, VenueError};

/// The venue closes a socket on which the client said nothing for two minutes.
const PING_EVERY: Duration = Duration::from_secs(5);
/// How long an answer may be ahead of the lists.
const GRACE: Duration = Duration::from_secs(5);
/// Orders of which it is remembered what they do.
const ORDERS: usize = 10_000;

/// How Bitget signs, answers and tells its time.
pub const MANNERS: Manners = Manners {
    public: unsigned,
    signed: sign::signed,
    verdict,
    ask_time: questions::time,
    time: parse::server_time,
    time_cost: limits::PUBLIC,
};

/// Bitget's USDT perpetuals.
#[derive(Debug, Default)]
pub struct Bitget {
    /// What orders do that close in hedge mode, as far as it was asked for.
    actions: Mutex<HashMap<(VenueAccountId, VenueOrderId), Action>>,
}

impl Bitget {
    pub(super) fn action(&self, account: VenueAccountId, order: &VenueOrderId) -> Option<Action> {
        let actions = self.actions.lock().unwrap_or_else(PoisonError::into_inner);
        actions.get(&(account, order.clone())).copied()
    }

    pub(super) fn action_is(&self, account: VenueAccountId, order: &VenueOrderId, action: Action) {
        let mut actions = self.actions.lock().unwrap_or_else(PoisonError::into_inner);
        if actions.len() >= ORDERS {
            actions.clear();
        }
        actions.insert((account, order.clone()), action);
    }
}

fn trades(symbols: &[Symbol]) -> String {
    let args: Vec<_> = symbols
        .iter()
        .map(|symbol| json!({ "instType": "USDT-FUTURES", "channel": "trade", "instId": symbol.as_str() }))
        .collect();
    json!({ "op": "subscribe", "args": args }).to_string()
}

fn script(url: &str, login: Option<String>, subscription: String, confirms: usize) -> Script {
    Script {
        login,
        subscribe: vec![subscription],
        confirms,
        ping: Some("ping".to_owned()),
        ..Script::plain(url.to_owned(), PING_EVERY, Arc::new(parse::pushes))
    }
}

#[async_trait]
impl Speech for Bitget {
    fn name(&self) -> VenueName {
        VenueName::Bitget
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
        let said = core.ask_with(credential, &questions::rights()).await;
        said.answer(parse::rights).map(Some)
    }

    async fn prepare(&self, seat: &Seat<'_>, wanted: PositionMode) -> Result<(), VenueError> {
        let mode = seat.ask(questions::account(None)).await.answer(parse::position_mode)?;
        if mode != wanted {
            seat.ask(questions::set_position_mode(wanted)).await.stands()?;
        }
        Ok(())
    }

    async fn terms(&self, seat: &Seat<'_>, symbol: &Symbol, _: Terms) -> Result<Terms, VenueError> {
        let said = seat.ask(questions::account(Some(symbol))).await;
        let (leverage, margin_mode) = said.answer(parse::terms)?;
        Ok(Terms { leverage, margin_mode })
    }

    async fn set_terms(&self, seat: &Seat<'_>, symbol: &Symbol, from: Terms, to: Terms) -> Result<(), VenueError> {
        if from.margin_mode != to.margin_mode {
            seat.ask(questions::set_margin_mode(symbol, to.margin_mode))
                .await
                .stands()?;
        }
        for side in to.sides(seat.mode()?) {
            let wish = questions::set_leverage(symbol, to.leverage, *side);
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
        remote::cancel(protect::cancel(symbol, order), limits::ORDER)
    }

    fn unprotected(&self, body: &[u8]) -> Result<Verdict, ParseError> {
        protect::cancelled(body)
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

    fn found(&self, body: &[u8], _: &Markets, sought: Option<&Sought<'_>>) -> Result<Lookup, ParseError> {
        // One order is answered as an object without a list.
        match parse::order(body) {
            Ok(order) => Ok(Lookup::Found(order)),
            Err(_) => remote::pick(parse::orders(body)?.rows, sought, questions::PAGE),
        }
    }

    async fn look(&self, seat: Seat<'_>, markets: &Markets, look: &Look<'_>) -> Result<AccountReport, VenueError> {
        remote::look(self, seat, markets, look).await
    }

    fn prices(&self, url: &str, _: &Arc<Markets>, symbols: &[Symbol], _: Timestamp) -> Script {
        script(url, None, trades(symbols), symbols.len())
    }

    fn follow(&self, symbol: &Symbol, _: Timestamp) -> String {
        trades(std::slice::from_ref(symbol))
    }

    async fn private(&self, seat: &Seat<'_>, _: &Arc<Markets>, url: &str) -> Result<Script, VenueError> {
        let credential = seat.core.caller.credential(seat.account).await?;
        let login = sign::login(&credential, seat.core.caller.sure_now().await?);
        let of = |channel: &str, key: &str| json!({ "instType": "USDT-FUTURES", "channel": channel, key: "default" });
        let args = json!([
            of("orders", "instId"),
            of("fill", "instId"),
            of("positions", "instId"),
            of("account", "coin"),
        ]);
        let subscription = json!({ "op": "subscribe", "args": args }).to_string();
        Ok(script(url, Some(login), subscription, 4))
    }

    /// It has none.
    fn dead_man(&self, _: Duration, _: &[Symbol]) -> Vec<Wish> {
        Vec::new()
    }
}
