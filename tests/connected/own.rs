//! What one venue alone does in its way.

use std::time::Duration;

use domain::market::{Action, Side, Symbol};
use domain::user::PositionMode;
use domain::venue::OrderIntent;
use serde_json::json;

use super::stages::{binance, bybit, gate};
use super::{Ground, n, shown};

/// Where a lot is a coin, a contract is ten of them: who does not ask for decimals is told that a tenth of one is nothing.
#[actix_web::test]
async fn parts_of_contracts_are_told_whole_at_gate() {
    let ground = Ground::open(&gate::STAGE, PositionMode::OneWay).await;
    let symbol = Symbol::new("SOL_USDT");
    let trade = json!({ "symbol": "SOLUSDT", "price": "150", "quantity": "3" });
    ground.say("price", trade.clone()).await;
    let start = ground.start().await;
    let intent = OrderIntent {
        symbol: symbol.clone(),
        ..ground.intent(Action::Buy, "1")
    };
    assert_eq!(ground.settled(&intent).await.filled, n("1"));
    let report = ground.look(&start).await;
    assert_eq!(shown(&report), [(Side::Long, false, "1".to_owned(), "0".to_owned())]);
    assert_eq!(report.positions.first().map(|held| held.quantity), Some(n("1")));
    let tape = ground.venue.tape(&symbol).await.unwrap();
    let told = async {
        while tape.last().map(|tick| tick.quantity) != Some(n("3")) {
            ground.say("price", trade.clone()).await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    assert!(
        tokio::time::timeout(Duration::from_secs(8), told).await.is_ok(),
        "the stream cuts sizes: {:?}",
        tape.last()
    );
    ground.close().await;
}

/// With isolated margin Bybit tells nothing of what is free of the account.
#[actix_web::test]
async fn margin_that_positions_hold_is_not_free_at_bybit() {
    let ground = Ground::open(&bybit::STAGE, PositionMode::OneWay).await;
    let start = ground.start().await;
    ground.settled(&ground.intent(Action::Buy, "0.01")).await;
    let report = ground.look(&start).await;
    assert_eq!((report.balance, report.available), (n("9999.75"), n("9949.75")));
    ground.close().await;
}

/// Robots that want a market of which the venue tells no past now: one question for all of them, and one at each try.
#[actix_web::test]
async fn many_that_want_a_market_which_is_not_told_ask_once() {
    let ground = Ground::open(&binance::STAGE, PositionMode::OneWay).await;
    let broken = json!({ "what": "broken", "status": 503, "times": null });
    ground.fault("GET /fapi/v1/klines", broken).await;
    let symbol = ground.btc();
    let want = || async {
        let all = (0..12).map(|_| ground.venue.tape(&symbol));
        let told = futures::future::join_all(all).await;
        told.into_iter().filter(Result::is_ok).count()
    };
    assert_eq!((want().await, ground.answers("503").await), (0, 1));
    assert_eq!(
        (want().await, ground.answers("503").await),
        (0, 1),
        "it was asked a moment ago"
    );
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert_eq!((want().await, ground.answers("503").await), (0, 2));
    ground.heal().await;
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert_eq!((want().await, ground.answers("503").await), (12, 2));
    ground.close().await;
}
