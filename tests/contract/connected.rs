//! What every connected venue promises, asked of its real adapter over the simulator's real server.

mod history;
mod limits;
mod lost;
mod trading;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bursar::adapters::store::MemoryStore;
use bursar::adapters::venue::binance::{self, Client, Look};
use bursar::adapters::venue::paper::{Feed, MarketOptions, PaperOptions};
use bursar::adapters::venue::remote::{Door, Link};
use bursar::clock::{Clock, SystemClock};
use bursar::ports::keyring::{Credential, Keyring, KeyringError};
use bursar::simulator::exchange::{Account, Exchange, Keyring as Accounts};
use bursar::simulator::{binance as served, server};
use domain::credential::{Resealed, SealedKey, Seals};
use domain::fixed::Quantity;
use domain::id::{UserId, VenueAccountId};
use domain::instrument::Instrument;
use domain::market::{Action, Side, Symbol};
use domain::paper::PaperMarket;
use domain::time::Timestamp;
use domain::user::{PositionMode, VenueAccount};
use domain::venue::{AccountReport, ClientOrderId, Cursor, MarginMode, OrderIntent, OrderKind, VenueName};
use serde_json::json;

const ME: VenueAccountId = VenueAccountId(1);
const THIEF: VenueAccountId = VenueAccountId(2);
const STRANGER: VenueAccountId = VenueAccountId(3);
const PAGE: u32 = 100;

fn n<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

fn btc() -> Symbol {
    Symbol::new("BTCUSDT")
}

fn eth() -> Symbol {
    Symbol::new("ETHUSDT")
}

/// The keys of [`ME`] and [`THIEF`]; [`STRANGER`] has none.
struct Keys;

fn key(name: &str) -> Credential {
    Credential {
        key: format!("{name}-key"),
        secret: format!("{name}-secret").into(),
        passphrase: None,
    }
}

#[async_trait]
impl Keyring for Keys {
    async fn credential(&self, account: VenueAccountId) -> Result<Option<Credential>, KeyringError> {
        Ok(match account {
            ME => Some(key("trader")),
            THIEF => Some(key("thief")),
            _ => None,
        })
    }

    fn seal(&self, _: VenueAccountId, _: VenueName, _: &Credential) -> Result<Seals, KeyringError> {
        Err(KeyringError::NoMaster)
    }

    fn reseal(&self, _: VenueName, _: &SealedKey) -> Result<Option<Resealed>, KeyringError> {
        Err(KeyringError::NoMaster)
    }

    fn newest_master(&self) -> Option<String> {
        None
    }
}

/// A served venue and the adapter that is connected to it.
struct Ground {
    client: Client,
    url: String,
    handle: actix_web::dev::ServerHandle,
    numbers: AtomicI64,
}

fn market(symbol: Symbol) -> MarketOptions {
    let terms = PaperMarket {
        instrument: Instrument {
            symbol,
            tick: n("0.1"),
            lot: n("0.001"),
            min_quantity: n("0.001"),
            min_notional: n("100"),
            max_leverage: 125,
        },
        maker_fee: n("0.0002"),
        taker_fee: n("0.0005"),
        slippage: n("0"),
        maintenance: n("0.005"),
        funding_interval: Duration::from_secs(8 * 3_600),
        funding_rate: n("0.0001"),
        largest_fill: Quantity::ZERO,
    };
    MarketOptions {
        terms,
        feed: Feed::ByHand,
    }
}

fn link(url: &str) -> Link {
    let door = Door {
        base: url.to_owned(),
        egress: Vec::new(),
        allowed: binance::limits::allowed(),
        deadline: Duration::from_secs(2),
    };
    Link::open(&door, binance::limits::USED, Arc::new(SystemClock)).unwrap()
}

impl Ground {
    /// A price of 50000, and an account that is prepared.
    async fn open(mode: PositionMode) -> Self {
        let ground = Self::bare().await;
        ground.price("50000").await;
        ground.client.prepare(&account(ME, mode)).await.unwrap();
        ground
    }

    async fn bare() -> Self {
        let options = PaperOptions {
            markets: vec![market(btc()), market(eth())],
            starting_balance: n("10000"),
            speed: 1,
        };
        let accounts = [
            "trader-key:trader-secret:10000",
            "thief-key:thief-secret:10000:withdraw",
        ];
        let accounts: Vec<Account> = accounts.iter().map(|text| Account::parse(text).unwrap()).collect();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let vault = Arc::new(MemoryStore::default());
        let accounts = Accounts::new(accounts).unwrap();
        let exchange = Exchange::open(options, accounts, vault, Arc::clone(&clock), Arc::clone(&clock))
            .await
            .unwrap();
        let address: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let bound = server::bind(address, exchange, Box::new(served::Binance::default())).unwrap();
        let url = format!("http://{}", bound.address);
        actix_web::rt::spawn(bound.server);
        Self {
            client: Client::new(link(&url), link(&url), Arc::new(Keys), clock),
            url,
            handle: bound.handle,
            numbers: AtomicI64::new(1),
        }
    }

    async fn close(self) {
        self.handle.stop(false).await;
    }

    async fn say(&self, path: &str, body: serde_json::Value) {
        let said = reqwest::Client::new()
            .post(format!("{}/simulator/{path}", self.url))
            .json(&body)
            .send()
            .await
            .unwrap();
        assert!(said.status().is_success(), "{}", said.text().await.unwrap());
    }

    async fn price(&self, price: &str) {
        self.say("price", json!({ "symbol": "BTCUSDT", "price": price })).await;
    }

    /// Something goes wrong, once, at this endpoint.
    async fn fault(&self, endpoint: &str, what: serde_json::Value) {
        let mut script = what;
        script["endpoint"] = json!(endpoint);
        self.say("faults", script).await;
    }

    fn intent(&self, action: Action, quantity: &str) -> OrderIntent {
        OrderIntent {
            client_id: ClientOrderId(format!("b7abcdef{}", self.numbers.fetch_add(1, Ordering::Relaxed))),
            symbol: btc(),
            action,
            position_side: action.opens(),
            kind: OrderKind::Market,
            quantity: n(quantity),
            reduce_only: false,
            leverage: 10,
            margin_mode: MarginMode::Isolated,
        }
    }

    fn closing(&self, action: Action, quantity: &str) -> OrderIntent {
        OrderIntent {
            position_side: action.closes(),
            reduce_only: true,
            ..self.intent(action, quantity)
        }
    }

    async fn look(&self, cursor: &Cursor) -> AccountReport {
        self.pages(cursor, PAGE).await
    }

    async fn pages(&self, cursor: &Cursor, limit: u32) -> AccountReport {
        let markets = [btc(), eth()];
        let look = Look {
            cursor,
            markets: &markets,
            limit,
        };
        self.client.look(ME, &look).await.unwrap()
    }

    /// A cursor from before anything happened.
    async fn start(&self) -> Cursor {
        self.look(&Cursor::default()).await.cursor
    }
}

fn account(id: VenueAccountId, mode: PositionMode) -> VenueAccount {
    VenueAccount {
        id,
        user: UserId(1),
        venue: VenueName::Paper,
        label: "mine".to_owned(),
        mode,
        created_at: Timestamp(1),
    }
}

fn shown(report: &AccountReport) -> Vec<(Side, bool, String, String)> {
    let fills = report.fills.iter();
    fills
        .map(|fill| {
            (
                fill.position_side,
                fill.reducing,
                fill.quantity.to_string(),
                fill.realised.to_string(),
            )
        })
        .collect()
}
