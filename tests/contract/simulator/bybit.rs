//! What the simulated Bybit promises, asked over its real server with our own adapter's words and signatures.

mod faults;
mod orders;
mod refusals;
mod sockets;

use bursar::adapters::venue::bybit::{ask, parse, sign};
use bursar::adapters::venue::dialect::Listing;
use bursar::simulator::bybit::Bybit;
use domain::market::{Action, Side};
use domain::user::PositionMode;
use domain::venue::{ClientOrderId, MarginMode, OrderIntent, OrderKind};
use serde_json::json;

use super::*;

/// A simulated Bybit with the market and the keys of the others.
struct Venue(World);

impl Venue {
    fn new() -> Self {
        Self(World::of(Bybit::default()))
    }

    fn on(store: MemoryStore) -> Self {
        Self(World::speaking(store, Box::new(Bybit::default())))
    }

    fn send_at(&self, key: &str, request: &Request, now: Timestamp) -> Got {
        self.0.send(&sign::signed(request, &credential(key), now, WINDOW))
    }

    /// Sends a request of a key; one that comes too often in its second is sent again in the next.
    fn send(&self, key: &str, request: &Request) -> Got {
        loop {
            let got = self.send_at(key, request, SystemClock.now());
            if got.status() != 200 || got.json()["retCode"] != 10006 {
                return got;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn get(&self, path: &str, query: &[(&'static str, &str)]) -> Got {
        let query = [&[("category", "linear"), ("symbol", "BTCUSDT")], query].concat();
        self.send("alpha", &Request::new("GET", path, &query))
    }

    fn post(&self, path: &str, mut body: Value) -> Got {
        body["category"] = json!("linear");
        body["symbol"] = json!("BTCUSDT");
        self.send("alpha", &Request::new("POST", path, &[]).with_body(body.to_string()))
    }

    /// The result of alpha's request, which must be well.
    fn well(&self, got: Got) -> Value {
        let told = got.json();
        assert_eq!((got.status(), &told["retCode"]), (200, &json!(0)), "{got:?}");
        told["result"].clone()
    }

    fn rows(&self, path: &str, query: &[(&'static str, &str)]) -> Vec<Value> {
        let result = self.well(self.get(path, query));
        result["list"].as_array().unwrap().clone()
    }

    fn listing(&self) -> Listing {
        let got = self.get("/v5/market/instruments-info", &[]);
        let (listings, next) = parse::listings(got.body().as_bytes()).unwrap();
        assert_eq!((listings.markets.len(), listings.left_out.len(), next), (1, 0, None));
        listings.markets[0].clone()
    }

    /// Places an order in our adapter's words, which is taken.
    fn place(&self, intent: &OrderIntent, mode: PositionMode) -> String {
        let request = ask::place(intent, mode, &self.listing()).unwrap();
        let got = self.send("alpha", &request);
        parse::placed(got.body().as_bytes()).unwrap().venue_id.0
    }

    fn limit(&self, id: &str, price: &str) -> Got {
        self.post("/v5/order/create", limit(id, price))
    }

    fn take(&self, side: &str, quantity: &str) {
        let order = json!({ "side": side, "orderType": "Market", "qty": quantity });
        self.well(self.post("/v5/order/create", order));
    }

    fn open_orders(&self) -> usize {
        self.rows("/v5/order/realtime", &[]).len()
    }

    /// A socket that is logged in as alpha and has these topics.
    fn private(&self, topics: &str) -> Socket {
        let mut socket = Socket::open(&self.0.address, "/v5/private");
        socket.say(&sign::login(&credential("alpha"), SystemClock.now().after(WINDOW)));
        assert_eq!(socket.next().unwrap()["success"], true);
        socket.say(&format!(r#"{{"op":"subscribe","args":[{topics}]}}"#));
        assert_eq!(socket.next().unwrap()["success"], true);
        socket
    }
}

fn limit(id: &str, price: &str) -> Value {
    json!({ "side": "Buy", "orderType": "Limit", "qty": "0.01", "price": price, "orderLinkId": id })
}

fn intent(id: &str, action: Action, position_side: Side, kind: OrderKind) -> OrderIntent {
    OrderIntent {
        client_id: ClientOrderId(id.to_owned()),
        symbol: Symbol::new("BTCUSDT"),
        action,
        position_side,
        kind,
        quantity: "0.01".parse().unwrap(),
        reduce_only: action != position_side.opening(),
        post_only: false,
        leverage: 20,
        margin_mode: MarginMode::Cross,
    }
}
