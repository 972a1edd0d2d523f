//! Binance's own way behind the port.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::credential::KeyRights;
use domain::id::VenueAccountId;
use domain::market::{Bar, Symbol};
use domain::outcome::Outcome;
use domain::time::Timestamp;
use domain::user::{PositionMode, VenueAccount};
use domain::venue::{AccountReport, OrderIntent, OrderReport, Protection, VenueName, VenueOrderId};
use secrecy::ExposeSecret;
use serde_json::json;

use super::super::dialect::{AskError, Listing, Listings, ParseError, unsigned};
use super::super::remote::{self, Core, Manners, Markets, Script, Seat, Speech, Terms, Urgency, Wish, seat};
use super::{ask, limits, parse, poll, protect, questions, sign, verdict};
use crate::ports::keyring::Credential;
use crate::ports::venue::{Look, Lookup, Quote, Sought, VenueError};

/// How long after its own time a request may arrive; the venue refuses it then, so that an old one does nothing.
const WINDOW: Duration = Duration::from_millis(5_000);
/// A listen key ends after an hour.
const KEEP_EVERY: Duration = Duration::from_secs(30 * 60);
const PING_EVERY: Duration = Duration::from_secs(5);
/// Clocks differ: a minute earlier costs nothing.
const SLACK: Duration = Duration::from_secs(60);

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

    async fn bars(
        &self,
        core: &Core,
        _: &Markets,
        symbol: &Symbol,
        before: Option<Timestamp>,
    ) -> Result<Vec<Bar>, VenueError> {
        let said = core.caller.ask(&questions::bars(symbol, before)).await;
        said.answer(parse::bars)
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

    async fn prepare(&self, core: &Core, account: &VenueAccount) -> Result<(), VenueError> {
        let seat = seat(core, account.id);
        let mode = seat
            .ask(questions::position_mode())
            .await
            .answer(parse::position_mode)?;
        if mode != account.mode {
            seat.ask(questions::set_position_mode(account.mode)).await.stands()?;
        }
        // Only who has a key is told the highest leverages. They are alike for all accounts.
        if !core.knows_max_leverages() {
            let most = seat.ask(questions::max_leverages()).await;
            core.max_leverages_are(most.answer(parse::max_leverages)?);
        }
        Ok(())
    }

    async fn terms(
        &self,
        core: &Core,
        account: VenueAccountId,
        symbol: &Symbol,
        _: Terms,
    ) -> Result<Terms, VenueError> {
        poll::terms(&seat(core, account), symbol).await
    }

    async fn set_terms(
        &self,
        core: &Core,
        account: VenueAccountId,
        symbol: &Symbol,
        from: Terms,
        to: Terms,
    ) -> Result<(), VenueError> {
        let seat = seat(core, account);
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

    fn placed(&self, body: &[u8], _: &OrderIntent, _: &Markets, _: Timestamp) -> Result<OrderReport, ParseError> {
        parse::order(body)
    }

    fn cancel(&self, symbol: &Symbol, order: &VenueOrderId) -> Wish {
        remote::cancel(ask::cancel(symbol, order), limits::LIGHT)
    }

    fn cancelled(&self, body: &[u8], _: &Markets) -> Result<Option<OrderReport>, ParseError> {
        parse::order(body).map(Some)
    }

    async fn cancel_all(&self, core: &Core, _: &Markets, account: VenueAccountId, symbol: &Symbol) -> Outcome<()> {
        let wish = remote::cancel(ask::cancel_all(symbol), limits::LIGHT);
        core.ask(account, &wish).await.outcome(|_| Ok(()))
    }

    async fn protect(
        &self,
        core: &Core,
        account: VenueAccountId,
        protection: &Protection,
        markets: &Markets,
    ) -> Result<Wish, VenueError> {
        let listing = markets.listed(&protection.symbol)?;
        let request = protect::place(protection, core.mode(account)?, listing)?;
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
        let by_id = ask::lookup(sought.symbol, sought.client_id)?;
        let resting = questions::open_orders(sought.symbol);
        Ok(vec![
            remote::lookup(by_id, limits::LIGHT),
            Wish {
                urgency: Urgency::Risk,
                ..resting
            },
            questions::orders_since(sought.symbol, sought.since.before(SLACK)),
        ])
    }

    fn found(&self, body: &[u8], _: &Markets, sought: Option<&Sought<'_>>) -> Result<Lookup, ParseError> {
        if body.trim_ascii_start().first() != Some(&b'[') {
            return parse::order(body).map(Lookup::Found);
        }
        remote::pick(parse::orders(body)?, sought, questions::ORDERS)
    }

    async fn look(
        &self,
        core: &Core,
        _: &Markets,
        account: VenueAccountId,
        look: &Look<'_>,
    ) -> Result<AccountReport, VenueError> {
        let seat = Seat {
            core,
            account,
            is_event: look.is_event,
            is_patient: true,
        };
        poll::Looking(seat).look(look).await
    }

    fn prices(&self, url: &str, _: &Arc<Markets>, symbols: &[Symbol], _: Timestamp) -> Script {
        Script {
            url: format!("{url}/ws"),
            headers: &[],
            login: None,
            subscribe: vec![subscribe(symbols, 1)],
            confirms: 1,
            ping: None,
            ping_every: PING_EVERY,
            keep: None,
            read: Arc::new(parse::pushes),
        }
    }

    fn follow(&self, symbol: &Symbol, _: Timestamp) -> Vec<String> {
        vec![subscribe(std::slice::from_ref(symbol), 2)]
    }

    async fn private(
        &self,
        core: &Core,
        _: &Arc<Markets>,
        url: &str,
        account: VenueAccountId,
    ) -> Result<Script, VenueError> {
        let said = seat(core, account).ask(questions::listen_key()).await;
        let key = said.answer(parse::listen_key)?;
        Ok(Script {
            url: format!("{url}/ws/{}", key.expose_secret()),
            headers: &[],
            login: None,
            subscribe: Vec::new(),
            confirms: 0,
            ping: None,
            ping_every: PING_EVERY,
            keep: Some((KEEP_EVERY, questions::keep_listening())),
            read: Arc::new(parse::pushes),
        })
    }

    fn dead_man(&self, after: Duration, symbols: &[Symbol]) -> Vec<Wish> {
        symbols
            .iter()
            .map(|symbol| questions::countdown(symbol, after))
            .collect()
    }
}
