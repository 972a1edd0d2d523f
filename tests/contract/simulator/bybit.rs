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
struct Venue {
    address: String,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Venue {
    fn new() -> Self {
        let venue = Self::on(MemoryStore::default());
        venue.price("50000");
        venue
    }

    fn on(store: MemoryStore) -> Self {
        let (tell, told) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let exchange = exchange(store).await;
                let listen = "127.0.0.1:0".parse().unwrap();
                let bound = server::bind(listen, Arc::clone(&exchange), Box::new(Bybit::default())).unwrap();
                tell.send((bound.address.to_string(), bound.handle)).unwrap();
                bound.server.await.unwrap();
                exchange.close().await;
            });
        });
        let (address, handle) = told.recv().unwrap();
        Self {
            address,
            handle,
            thread: Some(thread),
        }
    }

    fn send_at(&self, key: &str, request: &Request, now: Timestamp) -> Got {
        let credential = Credential {
            key: key.to_owned(),
            secret: format!("{key}-secret").into(),
            passphrase: None,
        };
        let signed = sign::signed(request, &credential, now, WINDOW);
        line::ask(
            &self.address,
            signed.method,
            &signed.target,
            &signed.headers,
            &signed.body,
        )
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

    fn control(&self, method: &'static str, path: &str, body: &str) -> Got {
        let content = [("content-type", "application/json".to_owned())];
        line::ask(&self.address, method, path, &content, body)
    }

    fn fault(&self, script: &str) {
        assert_eq!(self.control("POST", "/simulator/faults", script).status(), 201);
    }

    fn price(&self, price: &str) {
        let body = format!(r#"{{"symbol":"BTCUSDT","price":"{price}"}}"#);
        assert_eq!(self.control("POST", "/simulator/price", &body).status(), 200);
    }

    fn open_orders(&self) -> usize {
        self.rows("/v5/order/realtime", &[]).len()
    }

    /// A socket that is logged in as alpha and has these topics.
    fn private(&self, topics: &str) -> Socket {
        let mut socket = Socket::open(&self.address, "/v5/private");
        let credential = Credential {
            key: "alpha".to_owned(),
            secret: "alpha-secret".into(),
            passphrase: None,
        };
        socket.say(&sign::login(&credential, SystemClock.now().after(WINDOW)));
        assert_eq!(socket.next().unwrap()["success"], true);
        socket.say(&format!(r#"{{"op":"subscribe","args":[{topics}]}}"#));
        assert_eq!(socket.next().unwrap()["success"], true);
        socket
    }
}

impl Drop for Venue {
    fn drop(&mut self) {
        futures::executor::block_on(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
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
