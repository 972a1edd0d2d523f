//! Streams: prices that reach the tape, and an account that is heard.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use domain::market::Action;
use domain::outcome::Outcome;
use domain::user::PositionMode;
use serde_json::json;

use super::{Ground, ME, Stage, n};

/// How long a socket may take to tell, or to come back.
const PATIENCE: Duration = Duration::from_secs(8);

async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let waited = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    assert!(
        tokio::time::timeout(PATIENCE, waited).await.is_ok(),
        "{what} did not come"
    );
}

/// Counts how often it is woken.
fn heed(ground: &Ground) -> Arc<AtomicU32> {
    let woken = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&woken);
    ground.venue.heed(
        ME,
        Arc::new(move || {
            count.fetch_add(1, Ordering::SeqCst);
        }),
    );
    woken
}

pub async fn a_trade_on_the_market_reaches_the_tape(stage: &'static Stage) {
    let ground = Ground::open(stage, PositionMode::OneWay).await;
    let (btc, eth) = (ground.btc(), ground.eth());
    let tape = ground.venue.tape(&btc).await.unwrap();
    assert_eq!(
        tape.last().map(|tick| tick.price),
        Some(n("50000")),
        "the last price is asked for"
    );
    // The stream may not be up yet: a trade that nobody heard is traded again.
    let told = async {
        while tape.last().map(|tick| tick.price) != Some(n("50100")) {
            ground.price("50100").await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, told).await.is_ok());
    let other = ground.venue.tape(&eth).await.unwrap();
    let told = async {
        while other.last().map(|tick| tick.price) != Some(n("2000")) {
            ground
                .say("price", json!({ "symbol": "ETHUSDT", "price": "2000" }))
                .await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    assert!(
        tokio::time::timeout(PATIENCE, told).await.is_ok(),
        "the stream follows one market more"
    );
    assert!(Arc::ptr_eq(&tape, &ground.venue.tape(&btc).await.unwrap()));
    let quote = ground.venue.quote(&btc).await.unwrap();
    assert!(quote.bid < quote.ask && quote.last == n("50100"), "{quote:?}");
    assert!(!ground.venue.bars(&btc, 3).await.unwrap().is_empty());
    ground.close().await;
}

pub async fn a_stream_of_prices_that_is_cut_comes_back(stage: &'static Stage) {
    let ground = Ground::open(stage, PositionMode::OneWay).await;
    let tape = ground.venue.tape(&ground.btc()).await.unwrap();
    ground.fault("*", json!({ "what": "cut", "times": 2 })).await;
    let told = async {
        let mut price = 50_000;
        while tape.last().map(|tick| tick.price) != Some(n("50010")) {
            price = (price + 1).min(50_010);
            ground.price(&price.to_string()).await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, told).await.is_ok());
    ground.close().await;
}

pub async fn whatever_happens_on_an_account_wakes_who_minds_it(stage: &'static Stage) {
    let ground = Ground::open(stage, PositionMode::OneWay).await;
    assert!(!ground.venue.is_heard(ME));
    let woken = heed(&ground);
    until("the stream", || {
        ground.venue.is_heard(ME) && woken.load(Ordering::SeqCst) > 0
    })
    .await;
    let before = woken.load(Ordering::SeqCst);
    let placed = ground.venue.place(ME, &ground.intent(Action::Buy, "0.01")).await;
    assert!(matches!(placed, Outcome::Done(_)), "{placed:?}");
    until("the word of the order", || woken.load(Ordering::SeqCst) > before).await;
    ground.venue.forget(ME);
    assert!(!ground.venue.is_heard(ME));
    ground.close().await;
}

pub async fn a_private_stream_that_breaks_wakes_at_once_and_comes_back(stage: &'static Stage) {
    let ground = Ground::open(stage, PositionMode::OneWay).await;
    let woken = heed(&ground);
    until("the stream", || ground.venue.is_heard(ME)).await;
    ground.fault("*", json!({ "what": "cut", "key": "trader-key" })).await;
    let placed = ground.venue.place(ME, &ground.intent(Action::Buy, "0.01")).await;
    assert!(matches!(placed, Outcome::Done(_)), "{placed:?}");
    until("its end", || woken.load(Ordering::SeqCst) >= 2).await;
    until("its return", || ground.venue.is_heard(ME)).await;
    let before = woken.load(Ordering::SeqCst);
    let placed = ground.venue.place(ME, &ground.closing(Action::Sell, "0.01")).await;
    assert!(matches!(placed, Outcome::Done(_)), "{placed:?}");
    until("the word of the close", || woken.load(Ordering::SeqCst) > before).await;
    ground.close().await;
}

pub async fn a_private_stream_whose_right_ends_is_opened_anew(stage: &'static Stage) {
    let ground = Ground::open(stage, PositionMode::OneWay).await;
    let woken = heed(&ground);
    until("the stream", || ground.venue.is_heard(ME)).await;
    let before = woken.load(Ordering::SeqCst);
    ground.say("streams/expire", json!({ "key": "trader-key" })).await;
    until("its end and its return", || {
        woken.load(Ordering::SeqCst) >= before + 2 && ground.venue.is_heard(ME)
    })
    .await;
    ground.close().await;
}
