//! Every parser of a venue over the same bytes, and what is made of what it understands, for whoever looks for bytes that make one panic.

use std::sync::LazyLock;

use bursar::adapters::venue::dialect::{
    Balance, Booking, Call, Contracts, Holding, Listing, Listings, Net, Owner, Page, ParseError, Placed, Push, Reply,
    Trade, Verdict, net_before, realise, wait,
};
use bursar::adapters::venue::{binance, bitget, bybit, gate, okx};
use domain::fixed::{Amount, Price, Quantity};
use domain::market::{Action, Side, Symbol};
use domain::time::Timestamp;
use domain::venue::{ClientOrderId, FillCause};
use rust_decimal::Decimal;

/// Markets that payloads name, each with contracts of a size of its own.
static CONTRACTS: LazyLock<Contracts> = LazyLock::new(|| {
    let listing = |(name, scale): (&str, u32)| Listing {
        symbol: Symbol::new(name),
        base: String::new(),
        settle: String::new(),
        contract: Decimal::new(1, scale),
        tick: Price::ONE,
        lot: Quantity::ONE,
        min_quantity: Quantity::ONE,
        max_market_quantity: None,
        min_notional: Amount::ZERO,
        max_leverage: None,
        is_trading: true,
    };
    let markets = [
        ("BTC-USDT-SWAP", 2),
        ("ETH-USDT-SWAP", 1),
        ("BTC_USDT", 4),
        ("ETH_USDT", 2),
        ("BTC_USD", 0),
    ];
    Contracts::of(&markets.map(listing))
});

const NOW: Timestamp = Timestamp(1_700_000_000_000);

/// Binance's.
pub fn binance(bytes: &[u8]) {
    use binance::parse;
    drop(binance::protect::placed(bytes));
    answered(bytes, binance::verdict);
    booked(parse::bookings(bytes).unwrap_or_default());
    held(parse::holdings(bytes).unwrap_or_default());
    listed(parse::listings(bytes));
    pushed(parse::pushes(bytes));
    traded(parse::trades(bytes).unwrap_or_default());
    drop((parse::account_balances(bytes), parse::balances(bytes)));
    drop((
        parse::leverage(bytes),
        parse::leverages(bytes),
        parse::max_leverages(bytes),
    ));
    drop((
        parse::listen_key(bytes),
        parse::position_mode(bytes),
        parse::rights(bytes),
    ));
    drop((parse::bars(bytes), parse::marks(bytes), parse::server_time(bytes)));
    drop((parse::tick(bytes), parse::top(bytes)));
    drop((parse::order(bytes), parse::orders(bytes)));
    drop((parse::owned(bytes), parse::owned_order(bytes)));
    drop(binance::protect::placed(bytes));
}

/// OKX's.
pub fn okx(bytes: &[u8]) {
    use okx::parse;
    drop(okx::protect::placed(bytes));
    answered(bytes, okx::verdict);
    booked(parse::bookings(bytes).unwrap_or_default());
    held(parse::holdings(bytes, &CONTRACTS).unwrap_or_default());
    listed(parse::listings(bytes));
    placed(parse::placed(bytes));
    pushed(parse::pushes(bytes, &CONTRACTS));
    traded(parse::trades(bytes, &CONTRACTS).unwrap_or_default());
    drop((parse::bills(bytes, 1), parse::fills(bytes, &CONTRACTS, 1)));
    drop((
        parse::balances(bytes),
        parse::closed_profits(bytes),
        parse::leverages(bytes),
    ));
    drop((parse::position_mode(bytes), parse::rights(bytes)));
    drop((parse::bars(bytes), parse::marks(bytes), parse::quote(bytes)));
    drop((parse::server_time(bytes), parse::tick(bytes)));
    drop((parse::lookup(bytes, &CONTRACTS), parse::orders(bytes, &CONTRACTS)));
    drop(okx::protect::placed(bytes));
}

/// Bybit's.
pub fn bybit(bytes: &[u8]) {
    use bybit::parse;
    answered(bytes, bybit::verdict);
    booked(rows(parse::bookings(bytes)));
    held(rows(parse::holdings(bytes)));
    listed(parse::listings(bytes).map(|(listings, _)| listings));
    placed(parse::placed(bytes));
    pushed(parse::pushes(bytes));
    if let Ok((trades, bookings)) = parse::executions(bytes) {
        traded(trades.rows);
        booked(bookings);
    }
    drop((
        parse::available(bytes),
        parse::balances(bytes),
        parse::closed_profits(bytes),
    ));
    drop((parse::leverage(bytes), parse::margin_mode(bytes), parse::rights(bytes)));
    drop((parse::bars(bytes), parse::marks(bytes), parse::quote(bytes)));
    drop((parse::server_time(bytes), parse::tick(bytes)));
    drop((parse::lookup(bytes), parse::orders(bytes)));
}

/// Gate's.
pub fn gate(bytes: &[u8]) {
    use gate::parse;
    drop(gate::protect::placed(bytes));
    let symbol = Symbol::new("BTC_USDT");
    answered(bytes, gate::verdict);
    booked(parse::bookings(bytes, "USDT").unwrap_or_default());
    held(parse::holdings(bytes, &CONTRACTS).unwrap_or_default());
    listed(parse::listings(bytes));
    pushed(parse::pushes(bytes, &CONTRACTS, "USDT"));
    traded(parse::trades(bytes, &CONTRACTS, "USDT").unwrap_or_default());
    drop((
        parse::balances(bytes),
        parse::closed_profits(bytes),
        parse::leverage(bytes),
    ));
    drop((
        parse::owner(bytes),
        parse::position_mode(bytes),
        parse::rights(bytes, "0123456789abcdef"),
    ));
    drop((
        parse::terms(bytes),
        parse::bars(bytes, &symbol, &CONTRACTS),
        parse::listing(bytes),
    ));
    drop((
        parse::marks(bytes, NOW),
        parse::quote(bytes, NOW),
        parse::server_time(bytes),
    ));
    drop(parse::ticks(bytes, &CONTRACTS));
    let id = ClientOrderId("bab1".to_owned());
    drop((
        parse::lookup(bytes, &CONTRACTS),
        parse::lookup_among(bytes, &CONTRACTS, &id),
    ));
    drop((parse::order(bytes, &CONTRACTS), parse::orders(bytes, &CONTRACTS)));
    drop(gate::protect::placed(bytes));
}

/// Bitget's.
pub fn bitget(bytes: &[u8]) {
    use bitget::parse;
    drop(bitget::protect::cancelled(bytes));
    answered(bytes, bitget::verdict);
    booked(rows(parse::bookings(bytes)));
    held(parse::holdings(bytes).unwrap_or_default());
    listed(parse::listings(bytes));
    placed(parse::placed(bytes));
    pushed(parse::pushes(bytes));
    traded(rows(parse::trades(bytes, |_| None)));
    traded(rows(parse::trades(bytes, |_| Some(Action::Sell))));
    drop((
        parse::balance(bytes),
        parse::balances(bytes),
        parse::closed_profits(bytes),
    ));
    drop((
        parse::leverage(bytes),
        parse::position_mode(bytes),
        parse::rights(bytes),
    ));
    drop((parse::terms(bytes), parse::bars(bytes), parse::marks(bytes)));
    drop((parse::quote(bytes), parse::server_time(bytes), parse::tick(bytes)));
    drop((
        parse::closing(bytes),
        parse::lookup(bytes),
        parse::order(bytes),
        parse::orders(bytes),
    ));
    drop(bitget::protect::cancelled(bytes));
}

fn rows<T>(page: Result<Page<T>, ParseError>) -> Vec<T> {
    page.map(|page| page.rows).unwrap_or_default()
}

/// What the bytes mean as an answer, with each status and for each call.
fn answered(bytes: &[u8], verdict: fn(&Reply<'_>, Call) -> Verdict) {
    let header = String::from_utf8_lossy(bytes);
    let retry_after = wait(&header, NOW);
    for status in [200, 400, 429, 503] {
        let reply = Reply {
            status,
            retry_after,
            body: bytes,
        };
        for call in [Call::Place, Call::Cancel, Call::Set] {
            drop(verdict(&reply, call).outcome(|| Ok(())));
        }
        drop(verdict(&reply, Call::Look).answer(|| Ok(())));
    }
}

fn listed(listings: Result<Listings, ParseError>) {
    for listing in listings.unwrap_or_default().markets {
        drop(listing.instrument(20));
        let _contracts = listing.contracts(Quantity::ONE);
    }
}

fn placed(placed: Result<Placed, ParseError>) {
    drop(placed.map(|placed| placed.venue_id));
}

fn booked(bookings: Vec<Booking>) {
    let incomes = bookings.iter().filter_map(|booking| booking.income("USDT"));
    assert!(incomes.count() <= bookings.len());
}

fn held(holdings: Vec<Holding>) {
    for holding in holdings {
        let _net = Net::of(holding.side, holding.quantity);
        drop(holding.report(Price::ONE, 1));
    }
}

/// An execution is one fill or two, whatever was held before, and they sum to it.
fn traded(mut trades: Vec<Trade>) {
    realise(&mut trades, &[], Some(NOW), Some(NOW));
    let _net = net_before(Net::default(), &trades);
    let owner = Owner {
        client_id: None,
        cause: FillCause::Order,
    };
    for trade in &trades {
        for side in [Side::Long, Side::Short] {
            let net = Net::of(side, Quantity::ONE);
            let Ok(fills) = trade.fills(net, Some(&owner), |fee| Some(fee.amount)) else {
                continue;
            };
            let sum = Quantity::sum(fills.iter().map(|fill| fill.quantity));
            assert_eq!(sum, Ok(trade.quantity), "{trade:?}");
        }
    }
}

fn pushed(pushes: Result<Vec<Push>, ParseError>) {
    for push in pushes.unwrap_or_default() {
        match push {
            Push::Trade(trade) => traded(vec![trade]),
            Push::Position(holding) => held(vec![holding]),
            Push::Booking(booking) => booked(vec![booking]),
            Push::Balance(Balance { .. })
            | Push::Order(_)
            | Push::Poke(_)
            | Push::Tick(..)
            | Push::Mark(..)
            | Push::Bar(..)
            | Push::KeyExpired
            | Push::Closing(_)
            | Push::LoggedIn
            | Push::Subscribed(_)
            | Push::Refused(_)
            | Push::Ping(_)
            | Push::Pong
            | Push::Other(_) => {}
        }
    }
}
