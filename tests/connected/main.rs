//! What every connected venue promises, asked of its real adapter over the simulator's real server.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod crowd;
mod dead_man;
mod egress;
mod history;
mod limits;
mod lost;
mod opend;
mod own;
mod protection;
mod stages;
mod streams;
mod trading;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bursar::adapters::store::MemoryStore;
use bursar::adapters::venue::paper::{Feed, MarketOptions, PaperOptions};
use bursar::adapters::venue::{Connection, connect};
use bursar::clock::{Clock, SystemClock};
use bursar::ports::keyring::{Credential, Keyring, KeyringError};
use bursar::ports::venue::{Look, Lookup, Sought, Venue, VenueError};
use bursar::simulator::exchange::{Account, Exchange, Keyring as Accounts, PASSPHRASE};
use bursar::simulator::server;
use domain::credential::{KeyRights, Resealed, SealedKey, Seals};
use domain::fixed::Quantity;
use domain::id::{UserId, VenueAccountId};
use domain::instrument::Instrument;
use domain::market::{Action, Side, Symbol};
use domain::outcome::Outcome;
use domain::paper::PaperMarket;
use domain::time::Timestamp;
use domain::user::{PositionMode, VenueAccount};
use domain::venue::{AccountReport, ClientOrderId, Cursor, MarginMode, OrderIntent, OrderKind, OrderReport, VenueName};
use serde_json::json;

use self::stages::Stage;

const ME: VenueAccountId = VenueAccountId(1);
const THIEF: VenueAccountId = VenueAccountId(2);
const STRANGER: VenueAccountId = VenueAccountId(3);
const PAGE: u32 = 100;

fn n<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

/// The keys of [`ME`] and [`THIEF`]; [`STRANGER`] has none.
struct Keys;

fn key(name: &str) -> Credential {
    Credential {
        key: format!("{name}-key"),
        secret: format!("{name}-secret").into(),
        passphrase: Some(PASSPHRASE.to_owned().into()),
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
pub struct Ground {
    stage: &'static Stage,
    venue: Arc<dyn Venue>,
    url: String,
    handle: actix_web::dev::ServerHandle,
    numbers: AtomicI64,
}

fn market(symbol: &str, lot: &str, largest_fill: Quantity) -> MarketOptions {
    let terms = PaperMarket {
        instrument: Instrument {
            symbol: Symbol::new(symbol),
            tick: n("0.1"),
            lot: n(lot),
            min_quantity: n(lot),
            min_notional: n("100"),
            max_leverage: 125,
        },
        maker_fee: n("0.0002"),
        taker_fee: n("0.0005"),
        slippage: n("0"),
        maintenance: n("0.005"),
        funding_interval: Duration::from_secs(8 * 3_600),
        funding_rate: n("0.0001"),
        largest_fill,
    };
    MarketOptions {
        terms,
        feed: Feed::ByHand,
    }
}

fn connection(stage: &Stage, url: &str, egress: &[IpAddr], dead_man: Option<Duration>) -> Connection {
    let stream = |path: &str| format!("{}{path}", url.replace("http", "ws"));
    Connection {
        rest: url.to_owned(),
        wallet: String::new(),
        public_stream: stream(stage.streams[0]),
        private_stream: stream(stage.streams[1]),
        egress: egress.to_vec(),
        deadline: Duration::from_secs(2),
        dead_man,
    }
}

fn opened(stage: &Stage, connection: &Connection) -> Arc<dyn Venue> {
    let (keyring, clock): (Arc<dyn Keyring>, Arc<dyn Clock>) = (Arc::new(Keys), Arc::new(SystemClock));
    connect(stage.venue, connection, &keyring, &clock).unwrap()
}

impl Ground {
    /// A price of 50000, and an account that is prepared.
    async fn open(stage: &'static Stage, mode: PositionMode) -> Self {
        let ground = Self::bare(stage).await;
        ground.price("50000").await;
        ground.venue.prepare(&account(stage.venue, ME, mode)).await.unwrap();
        ground
    }

    /// The same, where nothing larger than this is traded at once.
    async fn in_parts(stage: &'static Stage, mode: PositionMode, largest: &str) -> Self {
        let ground = Self::served(stage, n(largest)).await;
        ground.price("50000").await;
        ground.venue.prepare(&account(stage.venue, ME, mode)).await.unwrap();
        ground
    }

    async fn bare(stage: &'static Stage) -> Self {
        Self::served(stage, Quantity::ZERO).await
    }

    async fn served(stage: &'static Stage, largest: Quantity) -> Self {
        let options = PaperOptions {
            markets: vec![
                market("BTCUSDT", "0.001", largest),
                market("ETHUSDT", "0.001", largest),
                market("SOLUSDT", "1", largest),
            ],
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
        let bound = server::bind(address, exchange, (stage.dialect)()).unwrap();
        let url = format!("http://{}", bound.address);
        actix_web::rt::spawn(bound.server);
        let venue = connection(stage, &url, &[], None);
        Self {
            stage,
            venue: opened(stage, &venue),
            url,
            handle: bound.handle,
            numbers: AtomicI64::new(1),
        }
    }

    /// Another adapter to the same venue, with a dead-man's switch.
    fn again(&self, dead_man: Option<Duration>) -> Arc<dyn Venue> {
        opened(self.stage, &connection(self.stage, &self.url, &[], dead_man))
    }

    /// Another one that leaves from these addresses.
    fn leaving_from(&self, egress: &[IpAddr]) -> Arc<dyn Venue> {
        opened(self.stage, &connection(self.stage, &self.url, egress, None))
    }

    fn btc(&self) -> Symbol {
        Symbol::new(self.stage.markets[0])
    }

    fn eth(&self) -> Symbol {
        Symbol::new(self.stage.markets[1])
    }

    async fn lookup(&self, intent: &OrderIntent) -> Result<Lookup, VenueError> {
        let sought = Sought {
            symbol: &intent.symbol,
            client_id: &intent.client_id,
            since: SystemClock.now(),
        };
        self.venue.lookup(ME, &sought).await
    }

    /// What a lookup found, as soon as a venue that wants us to wait may be asked.
    async fn found(&self, intent: &OrderIntent) -> Lookup {
        loop {
            match self.lookup(intent).await {
                Err(VenueError::RateLimited { retry_after }) => tokio::time::sleep(retry_after).await,
                other => return other.unwrap(),
            }
        }
    }

    /// Places an order, and tells how it stands after that: some venues answer only that they took it.
    async fn settled(&self, intent: &OrderIntent) -> OrderReport {
        let placed = self.place(intent).await;
        assert!(matches!(placed, Outcome::Done(_)), "{placed:?}");
        match self.found(intent).await {
            Lookup::Found(report) => report,
            Lookup::Absent => panic!("it was placed and is absent"),
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

    /// Nothing goes wrong any more.
    async fn heal(&self) {
        let said = reqwest::Client::new()
            .delete(format!("{}/simulator/faults", self.url))
            .send()
            .await
            .unwrap();
        assert!(said.status().is_success(), "{said:?}");
    }

    /// How often it has answered with this status.
    async fn answers(&self, status: &str) -> u64 {
        let told = reqwest::get(format!("{}/simulator/answers", self.url)).await.unwrap();
        let told: serde_json::Value = serde_json::from_str(&told.text().await.unwrap()).unwrap();
        told["answers"][status].as_u64().unwrap_or_default()
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
            symbol: self.btc(),
            action,
            position_side: action.opens(),
            kind: OrderKind::Market,
            quantity: n(quantity),
            reduce_only: false,
            post_only: false,
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

    /// A look, once all is told; where our own limits hold it back, as soon as they allow it.
    async fn pages(&self, cursor: &Cursor, limit: u32) -> AccountReport {
        tokio::time::sleep(self.stage.lag).await;
        loop {
            match self.poll(cursor, limit).await {
                Err(VenueError::RateLimited { retry_after }) => tokio::time::sleep(retry_after).await,
                other => return other.unwrap(),
            }
        }
    }

    /// Places an order; where our own limits hold it back, nothing left, and it is tried again.
    async fn place(&self, intent: &OrderIntent) -> Outcome<OrderReport> {
        loop {
            match self.venue.place(ME, intent).await {
                Outcome::Refused(refusal) if refusal.code == "held" => {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                other => return other,
            }
        }
    }

    async fn poll(&self, cursor: &Cursor, limit: u32) -> Result<AccountReport, VenueError> {
        let markets = [self.btc(), self.eth()];
        let look = Look {
            cursor,
            markets: &markets,
            limit,
            is_event: true,
        };
        self.venue.poll(ME, &look).await
    }

    /// A cursor from before anything happened.
    async fn start(&self) -> Cursor {
        self.poll(&Cursor::default(), PAGE).await.unwrap().cursor
    }

    /// What a key may do, as soon as a venue that is slow to tell may be asked.
    async fn rights(&self, key: &Credential) -> Result<Option<KeyRights>, VenueError> {
        loop {
            match self.venue.rights(key).await {
                Err(VenueError::RateLimited { retry_after }) => tokio::time::sleep(retry_after).await,
                other => return other,
            }
        }
    }
}

fn account(venue: VenueName, id: VenueAccountId, mode: PositionMode) -> VenueAccount {
    VenueAccount {
        id,
        user: UserId(1),
        venue,
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
