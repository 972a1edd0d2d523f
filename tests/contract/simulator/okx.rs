//! What the simulated venue promises in OKX's dialect, asked in the words of our own adapter.

mod orders;
mod refusals;
mod sockets;

use bursar::adapters::venue::dialect::{Call, Contracts, Listing, Verdict};
use bursar::adapters::venue::okx::{ask, parse, sign, verdict};
use bursar::simulator::okx::Okx;
use domain::market::{Action, Side};
use domain::user::PositionMode;
use domain::venue::{ClientOrderId, MarginMode, OrderIntent, OrderKind};
use serde_json::json;

use super::*;

const SWAP: &str = "BTC-USDT-SWAP";

/// A simulated OKX with one market, at a price of 50000: its contract is 0.01 BTC, and orders count tenths of one.
struct Venue(World);

impl Venue {
    fn new() -> Self {
        Self(World::of(Okx::default()))
    }

    fn on(store: MemoryStore) -> Self {
        Self(World::speaking(store, Box::new(Okx::default())))
    }

    /// Sends what our adapter asks, signed by it.
    fn send(&self, key: &str, request: &Request) -> Got {
        self.send_as(&with_passphrase(key), request, SystemClock.now())
    }

    fn send_as(&self, credential: &Credential, request: &Request, now: Timestamp) -> Got {
        self.0.send(&sign::signed(request, credential, now))
    }

    fn get(&self, path: &str, query: &[(&'static str, &str)]) -> Got {
        self.send("alpha", &Request::new("GET", path, query))
    }

    fn post(&self, path: &str, body: &Value) -> Got {
        self.send("alpha", &Request::new("POST", path, &[]).with_body(body.to_string()))
    }

    /// What is answered to alpha's question.
    fn data(&self, path: &str, query: &[(&'static str, &str)]) -> Value {
        let got = self.get(path, query).json();
        assert_eq!(got["code"], "0", "{path} {got}");
        got["data"].clone()
    }

    /// What is answered to alpha's wish.
    fn done(&self, path: &str, body: &Value) -> Value {
        let got = self.post(path, body).json();
        assert_eq!(got["code"], "0", "{path} {got}");
        got["data"].clone()
    }

    fn listing(&self) -> Listing {
        let got = self.get("/api/v5/public/instruments", &[("instType", "SWAP")]);
        let listings = parse::listings(got.body().as_bytes()).unwrap();
        assert!(listings.left_out.is_empty());
        listings.markets[0].clone()
    }

    fn contracts(&self) -> Contracts {
        Contracts::of(&[self.listing()])
    }

    /// Places an order in our adapter's words.
    fn place(&self, intent: &OrderIntent) -> Got {
        let request = ask::place(intent, PositionMode::OneWay, &self.listing()).unwrap();
        self.send("alpha", &request)
    }

    /// Trades at the market's price.
    fn take(&self, action: Action, coins: &str) -> Value {
        let taken = self.place(&intent("", action, coins, None)).json();
        assert_eq!(taken["code"], "0", "{taken}");
        taken["data"][0].clone()
    }

    fn open(&self) -> usize {
        self.data("/api/v5/trade/orders-pending", &[]).as_array().unwrap().len()
    }

    /// A private socket that is logged in as alpha.
    fn logged_in(&self, path: &str) -> Socket {
        let mut socket = Socket::open(&self.0.address, path);
        socket.say(&sign::login(&with_passphrase("alpha"), SystemClock.now()));
        assert_eq!(socket.next().unwrap()["event"], "login");
        socket
    }
}

fn intent(id: &str, action: Action, coins: &str, price: Option<&str>) -> OrderIntent {
    // Ids are never empty; those of trades at the market are made of what they do.
    let id = if id.is_empty() {
        format!("{}{}", action.as_str(), coins.replace('.', "x"))
    } else {
        id.to_owned()
    };
    OrderIntent {
        client_id: ClientOrderId(id),
        symbol: Symbol::new(SWAP),
        action,
        position_side: Side::Long,
        kind: price.map_or(OrderKind::Market, |price| OrderKind::Limit {
            price: price.parse().unwrap(),
        }),
        quantity: coins.parse().unwrap(),
        reduce_only: false,
        post_only: false,
        leverage: 20,
        margin_mode: MarginMode::Cross,
    }
}

/// The code of an answer: that of its first item that failed, or its own.
fn code(got: &Got) -> String {
    let got = got.json();
    let items = got["data"].as_array().cloned().unwrap_or_default();
    let item = items
        .iter()
        .filter_map(|item| item["sCode"].as_str())
        .find(|code| *code != "0");
    item.or(got["code"].as_str()).unwrap().to_owned()
}

/// What our adapter makes of an answer.
fn judged(got: &Got, call: Call) -> Verdict {
    verdict(&got.reply(), call)
}
