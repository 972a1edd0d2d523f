//! What the simulated venue promises in Gate's dialect, asked with our own adapter's words and read by its parser.

mod faults;
mod orders;
mod refusals;
mod sockets;

use bursar::adapters::venue::dialect::{Call, Contracts, Listing, Verdict};
use bursar::adapters::venue::gate::{self, ask, parse, sign};
use bursar::simulator::gate::Gate;
use domain::fixed::Price;
use domain::market::{Action, Side};
use domain::venue::{ClientOrderId, MarginMode, OrderIntent, OrderKind, OrderReport};
use serde_json::json;

use super::*;

const ROOT: &str = "/api/v4/futures/usdt";

/// A venue that speaks as Gate, at a price of 50000: a contract is a thousandth of a coin.
struct Venue(World);

impl Venue {
    fn new() -> Self {
        Self(World::of(Gate::default()))
    }

    /// As one who does not ask for sizes with their decimals.
    fn send_at(&self, key: &str, request: &Request, now: Timestamp) -> Got {
        let mut signed = sign::signed(request, &credential(key), now);
        signed.headers.retain(|(name, _)| *name != "X-Gate-Size-Decimal");
        self.0.send(&signed)
    }

    /// Sends a request, signed by alpha.
    fn send(&self, request: &Request) -> Got {
        self.send_at("alpha", request, SystemClock.now())
    }

    fn read(&self, path: &str, query: &[(&'static str, &str)]) -> Got {
        self.send(&Request::new("GET", &format!("{ROOT}/{path}"), query))
    }

    /// The answer to a question, which must be well.
    fn well(&self, path: &str, query: &[(&'static str, &str)]) -> Value {
        let got = self.read(path, query);
        assert_eq!(got.status(), 200, "{path} {got:?}");
        got.json()
    }

    fn post(&self, path: &str, query: &[(&'static str, &str)], body: &Value) -> Got {
        let request = Request::new("POST", &format!("{ROOT}/{path}"), query);
        let text = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        self.send(&request.with_body(text))
    }

    /// Places an order in plain JSON.
    fn order(&self, body: &Value) -> Got {
        self.post("orders", &[], body)
    }

    /// The label with which a request was refused.
    fn label(got: &Got) -> (u16, String) {
        let label = got.json()["label"].as_str().unwrap_or_default().to_owned();
        (got.status(), label)
    }

    fn listing(&self) -> Listing {
        let got = self.0.control("GET", &format!("{ROOT}/contracts"), "");
        let listings = parse::listings(got.body().as_bytes()).unwrap();
        assert!(listings.left_out.is_empty(), "{listings:?}");
        listings.markets.into_iter().next().unwrap()
    }

    fn contracts(&self) -> Contracts {
        Contracts::of([&self.listing()])
    }

    /// Places an order in the adapter's words, and reads what became of it.
    fn place(&self, intent: &OrderIntent) -> OrderReport {
        let got = self.send(&ask::place(intent, &self.listing()).unwrap());
        assert_eq!(got.status(), 201, "{got:?}");
        parse::order(got.body().as_bytes(), &self.contracts()).unwrap()
    }

    /// Takes so many contracts, below zero to sell.
    fn take(&self, size: i64) -> Value {
        let got = self.order(&json!({ "contract": "BTC_USDT", "size": size, "price": "0", "tif": "ioc" }));
        assert_eq!(got.status(), 201, "{got:?}");
        got.json()
    }

    fn limit(&self, text: &str, size: i64, price: &str) -> Got {
        let text = format!("t-{text}");
        self.order(&json!({ "contract": "BTC_USDT", "size": size, "price": price, "text": text }))
    }

    fn open_orders(&self) -> usize {
        self.well("orders", &[("status", "open")]).as_array().unwrap().len()
    }
}

fn intent(id: &str, action: Action, quantity: &str, limit: Option<&str>) -> OrderIntent {
    OrderIntent {
        client_id: ClientOrderId(id.to_owned()),
        symbol: Symbol::new("BTC_USDT"),
        action,
        position_side: action.opens(),
        kind: limit.map_or(OrderKind::Market, |price| OrderKind::Limit {
            price: price.parse::<Price>().unwrap(),
        }),
        quantity: quantity.parse().unwrap(),
        reduce_only: false,
        post_only: false,
        leverage: 20,
        margin_mode: MarginMode::Cross,
    }
}

fn verdict(got: &Got, call: Call) -> Verdict {
    gate::verdict(&got.reply(), call)
}
