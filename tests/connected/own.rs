//! What one venue alone does in its way.

use std::time::Duration;

use domain::market::{Action, Side, Symbol};
use domain::user::PositionMode;
use domain::venue::OrderIntent;
use serde_json::json;

use super::stages::{bybit, gate};
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
