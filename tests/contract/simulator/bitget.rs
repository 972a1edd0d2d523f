//! What the simulated venue promises in Bitget's dialect: our own adapter asks it in its own words and reads the answers.

mod faults;
mod pages;
mod refusals;
mod sockets;

use bursar::adapters::venue::bitget::{ask, parse, sign, verdict};
use bursar::adapters::venue::dialect::{Booking, BookingKind, Call, Listing, Trade, Verdict};
use bursar::ports::venue::Lookup;
use bursar::simulator::bitget::Bitget;
use domain::market::{Action, Side};
use domain::user::PositionMode;
use domain::venue::{ClientOrderId, MarginMode, OrderIntent, OrderKind, OrderReport, ReportedState, VenueOrderId};
use serde_json::json;

use super::*;

const ORDER: &str = "/api/v2/mix/order";
const ACCOUNT: &str = "/api/v2/mix/account";
const POSITION: &str = "/api/v2/mix/position";

/// The simulator in Bitget's dialect, at a price of 50000.
struct Venue(World);

impl Venue {
    fn new() -> Self {
        Self(World::of(Bitget::default()))
    }

    /// Sends a request once, signed with this at this time.
    fn send(&self, request: &Request, credential: &Credential, now: Timestamp) -> Got {
        self.0.send(&sign::signed(request, credential, now))
    }

    /// Sends alpha's request, and again while there were too many in this second.
    fn ask(&self, request: &Request) -> Got {
        loop {
            let got = self.send(request, &with_passphrase("alpha"), SystemClock.now());
            if got.status() != 429 {
                return got;
            }
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    fn get(&self, path: &str, query: &[(&'static str, &str)]) -> Got {
        let product = [("productType", "USDT-FUTURES")];
        self.ask(&Request::new("GET", path, &[&product[..], query].concat()))
    }

    fn post(&self, path: &str, body: &Value) -> Got {
        let mut body = body.clone();
        for (name, usual) in [
            ("productType", "USDT-FUTURES"),
            ("symbol", "BTCUSDT"),
            ("marginCoin", "USDT"),
            ("marginMode", "crossed"),
        ] {
            let fields = body.as_object_mut().unwrap();
            fields.entry(name).or_insert_with(|| usual.into());
        }
        self.ask(&Request::new("POST", path, &[]).with_body(body.to_string()))
    }

    /// What stands in `data` of an answer that must be well.
    fn well(got: &Got) -> Value {
        let told = got.json();
        assert_eq!((got.status(), told["code"].as_str()), (200, Some("00000")), "{got:?}");
        told["data"].clone()
    }

    fn listing(&self) -> Listing {
        let got = self.get("/api/v2/mix/market/contracts", &[]);
        let listings = parse::listings(got.body().as_bytes()).unwrap();
        listings.markets.into_iter().next().unwrap()
    }

    /// Places an order in the adapter's words, and gives the venue's id of it.
    fn place(&self, intent: &OrderIntent, mode: PositionMode) -> VenueOrderId {
        let got = self.ask(&ask::place(intent, mode, &self.listing()).unwrap());
        assert_eq!(judged(&got, Call::Place), Verdict::Done, "{got:?}");
        parse::placed(got.body().as_bytes()).unwrap().venue_id
    }

    fn lookup(&self, id: &str) -> OrderReport {
        let market = Symbol::new("BTCUSDT");
        let got = self.ask(&ask::lookup(&market, &ClientOrderId(id.to_owned())).unwrap());
        match parse::lookup(got.body().as_bytes()).unwrap() {
            Lookup::Found(report) => report,
            other => panic!("{other:?}"),
        }
    }

    /// All executions, oldest first, with what their orders say.
    fn trades(&self) -> Vec<Trade> {
        let orders = self.get(&format!("{ORDER}/orders-history"), &[]);
        let orders = parse::orders(orders.body().as_bytes()).unwrap().rows;
        let fills = self.get(&format!("{ORDER}/fills"), &[]);
        let action = |id: &VenueOrderId| {
            orders
                .iter()
                .find(|order| order.venue_id == *id)
                .map(|order| order.action)
        };
        let mut trades = parse::trades(fills.body().as_bytes(), action).unwrap().rows;
        trades.reverse();
        trades
    }

    fn bookings(&self) -> Vec<Booking> {
        let got = self.get(&format!("{ACCOUNT}/bill"), &[]);
        parse::bookings(got.body().as_bytes()).unwrap().rows
    }

    fn wallet(&self) -> Amount {
        let got = self.get(&format!("{ACCOUNT}/accounts"), &[]);
        parse::balances(got.body().as_bytes()).unwrap()[0].wallet
    }

    fn set_mode(&self, mode: &str) -> PositionMode {
        let got = self.post(&format!("{ACCOUNT}/set-position-mode"), &json!({ "posMode": mode }));
        parse::position_mode(got.body().as_bytes()).unwrap()
    }
}

/// What the adapter makes of an answer.
fn judged(got: &Got, call: Call) -> Verdict {
    verdict(&got.reply(), call)
}

/// An order at the market.
fn take(id: &str, action: Action, position_side: Side, quantity: &str) -> OrderIntent {
    OrderIntent {
        client_id: ClientOrderId(id.to_owned()),
        symbol: Symbol::new("BTCUSDT"),
        action,
        position_side,
        kind: OrderKind::Market,
        quantity: quantity.parse().unwrap(),
        reduce_only: action == position_side.closing(),
        post_only: false,
        leverage: 20,
        margin_mode: MarginMode::Cross,
    }
}

/// An order that rests.
fn rest(id: &str, price: &str) -> OrderIntent {
    OrderIntent {
        kind: OrderKind::Limit {
            price: price.parse().unwrap(),
        },
        ..take(id, Action::Buy, Side::Long, "0.01")
    }
}

#[test]
fn market_is_listed_with_its_steps_and_prices() {
    let venue = Venue::new();
    let listing = venue.listing();
    assert_eq!(
        (listing.tick, listing.lot),
        ("0.1".parse().unwrap(), "0.001".parse().unwrap())
    );
    assert_eq!(
        (listing.min_notional, listing.max_leverage),
        ("100".parse().unwrap(), Some(125))
    );
    assert!(listing.is_trading && listing.settle == "USDT");
    let price = venue.get("/api/v2/mix/market/symbol-price", &[("symbol", "BTCUSDT")]);
    let (symbol, tick) = parse::tick(price.body().as_bytes()).unwrap();
    assert_eq!((symbol.as_str(), tick.price), ("BTCUSDT", "50000".parse().unwrap()));
    let candles = [("symbol", "BTCUSDT"), ("granularity", "1H"), ("limit", "3")];
    let bars = venue.get("/api/v2/mix/market/candles", &candles);
    assert_eq!(
        parse::bars(bars.body().as_bytes()).unwrap().last().unwrap().close,
        tick.price
    );
    let time = venue.get("/api/v2/public/time", &[]);
    let time = parse::server_time(time.body().as_bytes()).unwrap();
    assert!((time.0 - SystemClock.now().0).abs() < 5_000);
}

#[test]
fn order_in_our_words_is_found_filled_and_booked() {
    let venue = Venue::new();
    let before = venue.wallet();
    let id = venue.place(&take("one", Action::Buy, Side::Long, "0.01"), PositionMode::OneWay);
    let report = venue.lookup("one");
    assert_eq!((report.venue_id, report.state), (id, ReportedState::Filled));
    assert_eq!((report.action, report.filled), (Action::Buy, "0.01".parse().unwrap()));
    let held = venue.get(&format!("{POSITION}/all-position"), &[("marginCoin", "USDT")]);
    let held = parse::holdings(held.body().as_bytes()).unwrap();
    assert_eq!((held[0].side, held[0].is_hedge), (Side::Long, false));
    assert_eq!(
        (held[0].quantity, held[0].entry_price),
        ("0.01".parse().unwrap(), "50000".parse().unwrap())
    );
    venue.0.price("51000");
    venue.place(&take("two", Action::Sell, Side::Long, "0.01"), PositionMode::OneWay);
    let trades = venue.trades();
    let told: Vec<_> = trades
        .iter()
        .map(|trade| (trade.action, trade.fee.amount.to_string()))
        .collect();
    assert_eq!(
        told,
        [(Action::Buy, "0.25".to_owned()), (Action::Sell, "0.255".to_owned())]
    );
    assert_eq!(trades[1].realised, Some("10".parse().unwrap()));
    let bookings = venue.bookings();
    let sum = Amount::sum(bookings.iter().map(|line| line.amount)).unwrap();
    assert_eq!(before.plus(sum).unwrap(), venue.wallet());
    assert!(
        bookings
            .iter()
            .any(|line| line.kind == BookingKind::Realised && line.amount == "10".parse().unwrap())
    );
    let closed = venue.get(&format!("{POSITION}/history-position"), &[]);
    let closed = parse::closed_profits(closed.body().as_bytes()).unwrap().rows;
    assert_eq!((closed.len(), closed[0].side), (1, Side::Long));
    assert_eq!(
        (closed[0].profit, closed[0].fees),
        ("9.495".parse().unwrap(), Some("0.505".parse().unwrap()))
    );
}

#[test]
fn sides_of_hedge_mode_are_the_positions_until_an_execution_is_pushed() {
    let venue = Venue::new();
    assert_eq!(venue.set_mode("hedge_mode"), PositionMode::Hedge);
    for (id, action, side, size) in [
        ("long", Action::Buy, Side::Long, "0.03"),
        ("short", Action::Sell, Side::Short, "0.02"),
        ("less", Action::Sell, Side::Long, "0.01"),
        ("flat", Action::Buy, Side::Short, "0.02"),
    ] {
        venue.place(&take(id, action, side, size), PositionMode::Hedge);
        assert_eq!(venue.lookup(id).action, action, "{id}");
    }
    let fills = Venue::well(&venue.get(&format!("{ORDER}/fill-history"), &[]));
    let told: Vec<_> = fills["fillList"].as_array().unwrap().iter().rev().collect();
    let told: Vec<_> = told.iter().map(|fill| (&fill["side"], &fill["tradeSide"])).collect();
    let expected = [("buy", "open"), ("sell", "open"), ("buy", "close"), ("sell", "close")];
    assert_eq!(
        told,
        expected
            .map(|(side, done)| (json!(side), json!(done)))
            .iter()
            .map(|(a, b)| (a, b))
            .collect::<Vec<_>>()
    );
    let trades = venue.trades();
    let actions: Vec<_> = trades.iter().map(|trade| trade.action).collect();
    assert_eq!(actions, [Action::Buy, Action::Sell, Action::Sell, Action::Buy]);
    assert_eq!(trades[2].closed, Some("0.01".parse().unwrap()));
    let names: Vec<_> = venue.bookings().into_iter().map(|line| line.name).collect();
    assert_eq!(names[0], "close_short");
    let held = venue.get(
        &format!("{POSITION}/single-position"),
        &[("symbol", "BTCUSDT"), ("marginCoin", "USDT")],
    );
    let held = parse::holdings(held.body().as_bytes()).unwrap();
    assert_eq!((held.len(), held[0].side, held[0].is_hedge), (1, Side::Long, true));
}

#[test]
fn client_id_is_never_taken_twice() {
    let venue = Venue::new();
    venue.place(&rest("mine", "49000"), PositionMode::OneWay);
    let again = |venue: &Venue| {
        let got = venue.ask(&ask::place(&rest("mine", "48000"), PositionMode::OneWay, &venue.listing()).unwrap());
        (got.status(), got.json()["code"].clone(), judged(&got, Call::Place))
    };
    let (status, code, judged) = again(&venue);
    assert_eq!((status, code), (400, json!("40786")));
    assert!(matches!(judged, Verdict::Duplicate(_)), "{judged:?}");
    let market = Symbol::new("BTCUSDT");
    let cancelled = venue.ask(&ask::cancel(&market, &venue.lookup("mine").venue_id));
    assert_eq!(Venue::well(&cancelled)["clientOid"], "mine");
    assert_eq!(venue.lookup("mine").state, ReportedState::Cancelled);
    assert_eq!(again(&venue).1, json!("40786"), "also when the order has ended");
    let changed = json!({ "clientOid": "mine", "newClientOid": "new", "newPrice": "47000", "newSize": "0.02" });
    let got = venue.post(&format!("{ORDER}/modify-order"), &changed);
    assert_eq!(got.json()["code"], "40768");
    venue.place(&rest("theirs", "49000"), PositionMode::OneWay);
    let changed = json!({ "clientOid": "theirs", "newClientOid": "new", "newPrice": "47000", "newSize": "0.02" });
    let told = Venue::well(&venue.post(&format!("{ORDER}/modify-order"), &changed));
    assert_eq!(told["clientOid"], "new");
    assert_eq!(venue.lookup("theirs").state, ReportedState::Cancelled);
    assert_eq!(venue.lookup("new").quantity, "0.02".parse().unwrap());
}
