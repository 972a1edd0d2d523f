//! Markets over HTTP, and what is asked about venues that are not switched on.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use bursar::adapters::store::MemoryStore;
use bursar::adapters::venue::paper::{Feed, MarketOptions, PaperOptions, PaperVenue};
use bursar::clock::SystemClock;
use bursar::desk::Markets;
use domain::access::Role;
use domain::fixed::Quantity;
use domain::market::{Symbol, Tick};
use domain::paper::PaperMarket;
use domain::time::Timestamp;
use domain::venue::VenueName;
use serde_json::{Value, json};

use super::stage::{Stage, instrument};

fn account(user: i64, venue: &str) -> Value {
    json!({"user": user, "venue": venue, "label": "elsewhere", "mode": "hedge"})
}

/// A paper venue where BTCUSDT was last traded at 50000, with a slippage of a hundredth of a percent.
async fn paper() -> Arc<PaperVenue> {
    let terms = PaperMarket {
        instrument: instrument(),
        maker_fee: "0".parse().unwrap(),
        taker_fee: "0".parse().unwrap(),
        slippage: "0.0001".parse().unwrap(),
        maintenance: "0.005".parse().unwrap(),
        funding_interval: std::time::Duration::ZERO,
        funding_rate: "0".parse().unwrap(),
        largest_fill: Quantity::ZERO,
    };
    let options = PaperOptions {
        markets: vec![MarketOptions {
            terms,
            feed: Feed::ByHand,
        }],
        starting_balance: "1000".parse().unwrap(),
        speed: 1,
    };
    let rows = Arc::new(MemoryStore::new());
    let venue = PaperVenue::open(options, rows, Arc::new(SystemClock)).await.unwrap();
    let tick = Tick {
        at: Timestamp(1_700_000_000_000),
        price: "50000".parse().unwrap(),
        quantity: Quantity::ZERO,
    };
    venue.tick(&Symbol::new("BTCUSDT"), tick).await;
    venue
}

#[actix_web::test]
async fn market_is_shown_with_its_filters_and_best_prices() {
    let venue = paper().await;
    let stage = Stage::on(MemoryStore::new(), |mut desk| {
        desk.markets = Markets::Venues(HashMap::from([(VenueName::Paper, venue as _)]));
        desk
    })
    .await;
    let market = stage.get(Role::Viewer, "/markets/paper/BTCUSDT").await.json();
    let prices = ["last", "bid", "ask", "at"].map(|name| market[name].clone());
    assert_eq!(
        prices,
        ["50000", "49995", "50005", "2023-11-14T22:13:20.000Z"].map(|text| json!(text))
    );
    let own = instrument();
    let filters = ["tick", "lot", "min_quantity", "min_notional"].map(|name| market[name].clone());
    let expected = [
        own.tick.to_string(),
        own.lot.to_string(),
        own.min_quantity.to_string(),
        own.min_notional.to_string(),
    ];
    assert_eq!(filters, expected.map(|text| json!(text)));
    assert_eq!(market["max_leverage"], own.max_leverage);
    let absent = stage.get(Role::Viewer, "/markets/paper/NOSUCH").await;
    assert_eq!(
        (absent.status, &absent.json()["detail"]),
        (404, &json!("there is no market NOSUCH of paper"))
    );
}

#[actix_web::test]
async fn venue_that_is_not_switched_on_is_named_as_such() {
    let stage = Stage::new().await;
    let (user, _) = stage.with_user().await;
    let market = stage.get(Role::Viewer, "/markets/okx/BTC-USDT-SWAP").await;
    let told = json!("there is no venue okx that is switched on");
    assert_eq!((market.status, &market.json()["detail"]), (404, &told));
    let unknown = stage.get(Role::Viewer, "/markets/kraken/XBT").await;
    assert_eq!(unknown.wrong(), (422, vec!["venue".to_owned()]));
    let rule = "must be one of paper, binance, okx, bitget, gate, bybit, futu, legacy";
    assert_eq!(unknown.json()["errors"][0]["rule"], rule);
    let refused = stage.post(Role::Admin, "/venue-accounts", account(user, "okx")).await;
    assert_eq!(refused.wrong(), (422, vec!["venue".to_owned()]));
    assert_eq!(
        refused.json()["errors"][0]["rule"],
        "must be a venue that is switched on"
    );
}

#[actix_web::test]
async fn account_at_a_venue_that_is_switched_on_is_made_and_its_robots_need_the_daemon() {
    let stage = Stage::on(MemoryStore::new(), |mut desk| {
        desk.markets = Markets::Listed {
            markets: vec![(VenueName::Paper, instrument())],
            unasked: BTreeSet::from([VenueName::Okx]),
        };
        desk
    })
    .await;
    let (user, _) = stage.with_user().await;
    let made = stage.post(Role::Admin, "/venue-accounts", account(user, "okx")).await;
    assert_eq!((made.status, &made.json()["venue"]), (201, &json!("okx")));
    let account = made.json()["id"].clone();
    let draft = json!({"user": user, "account": account, "symbol": "BTC-USDT-SWAP", "strategy": "window_breakout",
        "window_seconds": 60, "stake": "100", "leverage": 10});
    let robot = stage.post(Role::Admin, "/robots", draft).await;
    assert_eq!(robot.status, 503);
    assert!(
        robot
            .text
            .contains("okx is asked for its markets by the daemon, which does not run"),
        "{}",
        robot.text
    );
}
