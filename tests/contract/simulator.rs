//! What the simulated venue promises, asked over its real server with our own adapters' signatures: here in Binance's dialect.

mod bitget;
mod bybit;
mod faults;
mod gate;
mod line;
mod okx;
mod orders;
mod refusals;
mod sockets;

use std::sync::Arc;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use bursar::adapters::store::MemoryStore;
use bursar::adapters::venue::binance::sign;
use bursar::adapters::venue::dialect::{Credential, Request, Signed};
use bursar::adapters::venue::paper::{Feed, MarketOptions, PaperOptions};
use bursar::clock::{Clock, SystemClock};
use bursar::simulator::binance::Binance;
use bursar::simulator::exchange::{Account, Exchange, Keyring, PASSPHRASE};
use bursar::simulator::{Dialect, server};
use domain::fixed::{Amount, Quantity};
use domain::instrument::Instrument;
use domain::market::Symbol;
use domain::paper::PaperMarket;
use domain::time::Timestamp;
use serde_json::Value;

use self::line::{Got, Socket};

const WINDOW: Duration = Duration::from_secs(5);

/// A simulator with one market that is fed by hand, at a price of 50000, and three keys.
struct World {
    address: String,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

fn market() -> PaperMarket {
    PaperMarket {
        instrument: Instrument {
            symbol: Symbol::new("BTCUSDT"),
            tick: "0.1".parse().unwrap(),
            lot: "0.001".parse().unwrap(),
            min_quantity: "0.001".parse().unwrap(),
            min_notional: "100".parse().unwrap(),
            max_leverage: 125,
        },
        maker_fee: "0.0002".parse().unwrap(),
        taker_fee: "0.0005".parse().unwrap(),
        slippage: "0".parse().unwrap(),
        maintenance: "0.005".parse().unwrap(),
        funding_interval: Duration::from_secs(8 * 3_600),
        funding_rate: "0.0001".parse().unwrap(),
        largest_fill: Quantity::ZERO,
    }
}

async fn exchange(store: MemoryStore) -> Arc<Exchange> {
    let options = PaperOptions {
        markets: vec![MarketOptions {
            terms: market(),
            feed: Feed::ByHand,
        }],
        starting_balance: Amount::ZERO,
        speed: 1,
    };
    let keys = [
        "alpha:alpha-secret:10000",
        "beta:beta-secret:500:withdraw",
        "gamma:gamma-secret:1:read",
    ];
    let keys = Keyring::new(keys.map(|key| Account::parse(key).unwrap())).unwrap();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    Exchange::open(options, keys, Arc::new(store), Arc::clone(&clock), clock)
        .await
        .unwrap()
}

impl World {
    fn new() -> Self {
        Self::of(Binance::default())
    }

    /// One that speaks this dialect.
    fn of(dialect: impl Dialect) -> Self {
        let world = Self::speaking(MemoryStore::default(), Box::new(dialect));
        world.price("50000");
        world
    }

    fn on(store: MemoryStore) -> Self {
        Self::speaking(store, Box::new(Binance::default()))
    }

    fn speaking(store: MemoryStore, dialect: Box<dyn Dialect>) -> Self {
        let (tell, told) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let exchange = exchange(store).await;
                let listen = "127.0.0.1:0".parse().unwrap();
                let bound = server::bind(listen, Arc::clone(&exchange), dialect).unwrap();
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

    /// Sends a request with these parameters, signed by a key.
    fn ask(&self, key: &str, method: &'static str, path: &str, query: &[(&'static str, &str)]) -> Got {
        self.ask_at(key, method, path, query, SystemClock.now())
    }

    fn ask_at(
        &self,
        key: &str,
        method: &'static str,
        path: &str,
        query: &[(&'static str, &str)],
        now: Timestamp,
    ) -> Got {
        let request = Request::new(method, path, query);
        self.send(&sign::signed(&request, &credential(key), now, WINDOW))
    }

    /// Sends what was signed.
    fn send(&self, signed: &Signed) -> Got {
        line::ask(
            &self.address,
            signed.method,
            &signed.target,
            &signed.headers,
            &signed.body,
        )
    }

    /// The answer to alpha's request, which must be well.
    fn well(&self, method: &'static str, path: &str, query: &[(&'static str, &str)]) -> Value {
        let got = self.ask("alpha", method, path, query);
        assert_eq!(got.status(), 200, "{path} {got:?}");
        got.json()
    }

    /// The code with which alpha's request is refused.
    fn refused(&self, method: &'static str, path: &str, query: &[(&'static str, &str)]) -> i64 {
        let got = self.ask("alpha", method, path, query);
        assert_ne!(got.status(), 200, "{path} {got:?}");
        got.code()
    }

    fn control(&self, method: &'static str, path: &str, body: &str) -> Got {
        let json = [("content-type", "application/json".to_owned())];
        line::ask(&self.address, method, path, &json, body)
    }

    fn fault(&self, script: &str) {
        let set = self.control("POST", "/simulator/faults", script);
        assert_eq!(set.status(), 201, "{set:?}");
    }

    fn price(&self, price: &str) {
        let body = format!(r#"{{"symbol":"BTCUSDT","price":"{price}"}}"#);
        assert_eq!(self.control("POST", "/simulator/price", &body).status(), 200);
    }

    fn limit(&self, id: &str, side: &str, price: &str) -> Got {
        self.ask("alpha", "POST", "/fapi/v1/order", &limit(id, side, price))
    }

    fn take(&self, side: &str, quantity: &str) -> Value {
        let order = [
            ("symbol", "BTCUSDT"),
            ("side", side),
            ("type", "MARKET"),
            ("quantity", quantity),
            ("newOrderRespType", "RESULT"),
        ];
        self.well("POST", "/fapi/v1/order", &order)
    }

    fn open_orders(&self) -> usize {
        let open = self.well("GET", "/fapi/v1/openOrders", &[]);
        open.as_array().unwrap().len()
    }

    /// A socket on alpha's user stream.
    fn user_stream(&self) -> Socket {
        let key = self.well("POST", "/fapi/v1/listenKey", &[]);
        Socket::open(&self.address, &format!("/ws/{}", key["listenKey"].as_str().unwrap()))
    }
}

impl Drop for World {
    fn drop(&mut self) {
        futures::executor::block_on(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

fn credential(key: &str) -> Credential {
    Credential {
        key: key.to_owned(),
        secret: format!("{key}-secret").into(),
        passphrase: None,
    }
}

/// The same for a venue that wants a passphrase.
fn with_passphrase(key: &str) -> Credential {
    Credential {
        passphrase: Some(PASSPHRASE.into()),
        ..credential(key)
    }
}

fn limit<'a>(id: &'a str, side: &'a str, price: &'a str) -> [(&'static str, &'a str); 7] {
    [
        ("symbol", "BTCUSDT"),
        ("side", side),
        ("type", "LIMIT"),
        ("timeInForce", "GTC"),
        ("quantity", "0.01"),
        ("price", price),
        ("newClientOrderId", id),
    ]
}
