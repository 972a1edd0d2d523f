//! A simulated OpenD, and the adapter that is connected to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bursar::adapters::stocks::futu::{Environment, FutuOptions, FutuVenue, RsaKey, StockMarket};
use bursar::clock::{Clock, SystemClock};
use bursar::ports::stocks::{SoughtStock, StockVenue};
use bursar::ports::venue::VenueError;
use bursar::simulator::opend::{Bound, Cipher, OpendOptions, RsaPair, bind};
use domain::market::{Action, Symbol};
use domain::outcome::Outcome;
use domain::stock::{OrderMark, StockIntent, StockReport, StockState};
use domain::time::Timestamp;
use domain::venue::VenueOrderId;
use serde_json::{Value, json};

use crate::n;

/// MD5 of `simulator-password`.
const PASSWORD_MD5: &str = "96fd4622bb0ccc56760e7f1da06b5bda";
pub const PASSWORD: &str = "simulator-password";
pub const PAPER: u64 = 1_000_001;
pub const REAL: u64 = 2_000_001;
pub const PEM: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/opend/rsa.pem"));
/// The step of its prices is a cent, and its first price is 187.30.
pub const STOCK: &str = "US.AAPL";

/// What is usual.
pub fn usual() -> OpendOptions {
    OpendOptions {
        listen: "127.0.0.1:0".parse().unwrap(),
        control: "127.0.0.1:0".parse().unwrap(),
        rsa: None,
        cipher: Cipher::Asked,
        password_md5: PASSWORD_MD5.to_owned(),
        cash: n("100000"),
        tick: None,
        seed: 8,
        keep_alive: 10,
    }
}

pub fn encrypted(cipher: Cipher) -> OpendOptions {
    OpendOptions {
        rsa: Some(RsaPair::read(PEM).unwrap()),
        cipher,
        ..usual()
    }
}

pub struct Ground {
    pub opend: Bound,
    pub venue: Arc<FutuVenue>,
    url: String,
}

/// How an adapter reaches OpenD on paper.
pub fn paper(opend: &Bound) -> FutuOptions {
    FutuOptions {
        address: opend.address.to_string(),
        environment: Environment::Paper,
        market: StockMarket::Us,
        account: None,
        password: None,
        key: None,
        deadline: Duration::from_millis(1_500),
        lookup_grace: Duration::from_secs(5),
    }
}

pub fn live(opend: &Bound) -> FutuOptions {
    FutuOptions {
        environment: Environment::Live,
        password: Some(PASSWORD.to_owned().into()),
        ..paper(opend)
    }
}

pub fn opened(options: FutuOptions) -> Arc<FutuVenue> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    FutuVenue::open(options, clock).unwrap()
}

pub fn with_key(options: FutuOptions) -> FutuOptions {
    FutuOptions {
        key: Some(RsaKey::parse(PEM).unwrap()),
        ..options
    }
}

pub fn mark(text: &str) -> OrderMark {
    OrderMark::new(text).unwrap()
}

pub fn intent(text: &str, action: Action, quantity: &str, limit: &str) -> StockIntent {
    StockIntent {
        mark: mark(text),
        symbol: Symbol::new(STOCK),
        action,
        quantity: n(quantity),
        limit: n(limit),
    }
}

pub fn buy(text: &str) -> StockIntent {
    intent(text, Action::Buy, "10", "190")
}

/// State, shares executed and their average price.
pub fn shown(report: &StockReport) -> (StockState, String, Option<String>) {
    let average = report.average_price.map(|price| price.to_string());
    (report.state.clone(), report.filled.to_string(), average)
}

pub fn ended(report: &StockReport) -> String {
    match &report.state {
        StockState::Ended { why } => why.code.clone(),
        other => panic!("{other:?}"),
    }
}

impl Ground {
    /// An OpenD, and an adapter that has connected.
    pub async fn open(options: OpendOptions, how: impl FnOnce(&Bound) -> FutuOptions) -> Self {
        let ground = Self::bare(options, how).await;
        ground.connected(1).await;
        ground
    }

    /// Waits until the adapter has connected so often, and can be used.
    pub async fn connected(&self, times: u32) {
        self.until(|answers| answers["Trd_SubAccPush"]["0"] == json!(times))
            .await;
        self.venue.session(&Symbol::new(STOCK)).await.unwrap();
    }

    /// The same, whether it connects or not.
    pub async fn bare(options: OpendOptions, how: impl FnOnce(&Bound) -> FutuOptions) -> Self {
        let opend = bind(options, Arc::new(SystemClock)).await.unwrap();
        let venue = opened(how(&opend));
        let url = format!("http://{}/simulator", opend.control);
        Self { opend, venue, url }
    }

    /// On paper, in plain.
    pub async fn usual() -> Self {
        Self::open(usual(), paper).await
    }

    pub async fn say(&self, path: &str, body: Value) {
        let said = reqwest::Client::new()
            .post(format!("{}/{path}", self.url))
            .json(&body)
            .send();
        let said = said.await.unwrap();
        assert!(said.status().is_success(), "{}", said.text().await.unwrap());
    }

    async fn ask(&self, path: &str) -> Value {
        reqwest::get(format!("{}/{path}", self.url))
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }

    /// Something goes wrong with orders that are placed, once.
    pub async fn fault(&self, what: &str) {
        self.fault_at("Trd_PlaceOrder", what).await;
    }

    pub async fn fault_at(&self, endpoint: &str, what: &str) {
        self.say("faults", json!({ "what": what, "endpoint": endpoint })).await;
    }

    pub async fn liquidity(&self, shares: &str) {
        self.say("liquidity", json!({ "symbol": STOCK, "shares": shares }))
            .await;
    }

    pub async fn price(&self, price: &str) {
        self.say("price", json!({ "symbol": STOCK, "price": price })).await;
    }

    /// Marks of all orders that OpenD has, ours and others.
    pub async fn marks(&self) -> Vec<String> {
        let told = self.ask("orders").await;
        let orders = told["orders"].as_array().unwrap().iter();
        orders
            .map(|order| order["remark"].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// Answers by message and result.
    pub async fn answers(&self) -> Value {
        self.ask("answers").await
    }

    /// Waits until OpenD has answered so.
    pub async fn until(&self, fits: impl Fn(&Value) -> bool) {
        let waiting = async {
            while !fits(&self.answers().await) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), waiting).await.unwrap();
    }

    pub async fn placed(&self, intent: &StockIntent) -> StockReport {
        match self.venue.place(intent).await {
            Outcome::Done(report) => report,
            other => panic!("{other:?}"),
        }
    }

    /// What is found by mark alone.
    pub async fn find(&self, text: &str) -> Result<Option<StockReport>, VenueError> {
        self.look(None, text).await
    }

    pub async fn look(&self, id: Option<&VenueOrderId>, text: &str) -> Result<Option<StockReport>, VenueError> {
        let (symbol, mark) = (Symbol::new(STOCK), mark(text));
        let sought = SoughtStock {
            symbol: &symbol,
            venue_id: id,
            mark: &mark,
            since: Timestamp(SystemClock.now().0 - 60_000),
        };
        self.venue.lookup(&sought).await
    }

    /// The order with this mark.
    pub async fn found(&self, text: &str) -> StockReport {
        self.find(text).await.unwrap().unwrap()
    }
}

/// Counts how often somebody is woken.
pub fn woken(venue: &FutuVenue) -> Arc<AtomicUsize> {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    venue.heed(Arc::new(move || {
        counted.fetch_add(1, Ordering::Relaxed);
    }));
    count
}

/// Waits until somebody was woken more often than so.
pub async fn until_woken(count: &AtomicUsize, more_than: usize) {
    let waiting = async {
        while count.load(Ordering::Relaxed) <= more_than {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), waiting).await.unwrap();
}
