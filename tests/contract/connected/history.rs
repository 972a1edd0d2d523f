//! History in pages, whatever happened while nobody looked.

use std::collections::BTreeSet;

use domain::fixed::Amount;
use domain::market::{Action, Symbol};
use domain::outcome::Outcome;
use domain::user::PositionMode;
use domain::venue::Cursor;

use super::{Ground, ME, Stage, n};

pub async fn every_execution_is_told_once_and_in_order_page_by_page(stage: &'static Stage) {
    let ground = Ground::open(stage, PositionMode::OneWay).await;
    let mut cursor = ground.start().await;
    for _ in 0..12 {
        for intent in [ground.intent(Action::Buy, "0.01"), ground.closing(Action::Sell, "0.01")] {
            assert!(matches!(ground.venue.place(ME, &intent).await, Outcome::Done(_)));
        }
    }
    let (mut seen, mut reducing, mut fees) = (BTreeSet::new(), 0, Vec::new());
    loop {
        let report = ground.pages(&cursor, 7).await;
        assert!(report.fills.len() <= 7);
        for fill in &report.fills {
            assert!(seen.insert(fill.venue_fill_id.clone()));
            assert!(fill.client_id.is_some());
            reducing += u32::from(fill.reducing);
            fees.push(fill.fee);
        }
        cursor = report.cursor;
        if !report.more {
            break;
        }
    }
    assert_eq!((seen.len(), reducing), (24, 12));
    assert_eq!(Amount::sum(fees), Ok(n("6")));
    assert!(ground.look(&cursor).await.fills.is_empty());
    ground.close().await;
}

pub async fn a_position_of_before_counts_although_its_executions_are_not_read(stage: &'static Stage) {
    let ground = Ground::open(stage, PositionMode::OneWay).await;
    assert!(matches!(
        ground.venue.place(ME, &ground.intent(Action::Buy, "0.02")).await,
        Outcome::Done(_)
    ));
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    let start = ground.start().await;
    assert!(matches!(
        ground.venue.place(ME, &ground.intent(Action::Sell, "0.01")).await,
        Outcome::Done(_)
    ));
    let report = ground.look(&start).await;
    assert_eq!(report.fills.len(), 1);
    assert!(report.fills[0].reducing, "it shrank what was held before");
    ground.close().await;
}

pub async fn a_foreign_cursor_is_an_error_and_not_the_beginning(stage: &'static Stage) {
    let ground = Ground::open(stage, PositionMode::OneWay).await;
    let error = ground
        .poll(&Cursor("17:4".to_owned()), 9)
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains(&format!("cursor of {}", stage.venue)), "{error}");
    ground.close().await;
}

pub async fn what_happened_later_waits_until_all_that_was_before_is_told(stage: &'static Stage) {
    let ground = Ground::open(stage, PositionMode::OneWay).await;
    ground
        .say("price", serde_json::json!({ "symbol": "ETHUSDT", "price": "50000" }))
        .await;
    let mut cursor = ground.start().await;
    let (b, e) = (ground.btc(), ground.eth());
    for market in [&b, &b, &b, &b, &e, &b, &e, &e] {
        let mut intent = ground.intent(Action::Buy, "0.01");
        intent.symbol = market.clone();
        assert!(matches!(ground.venue.place(ME, &intent).await, Outcome::Done(_)));
        tokio::time::sleep(std::time::Duration::from_millis(3)).await;
    }
    let (mut told, mut pages) = (Vec::new(), 0);
    loop {
        let report = ground.pages(&cursor, 2).await;
        told.extend(report.fills.iter().map(|fill| (fill.at, fill.symbol.clone())));
        (cursor, pages) = (report.cursor, pages + 1);
        if !report.more {
            break;
        }
    }
    let order: Vec<&Symbol> = told.iter().map(|(_, symbol)| symbol).collect();
    assert_eq!(order, [&b, &b, &b, &b, &e, &b, &e, &e]);
    assert!(told.is_sorted() && pages > 3, "{told:?} in {pages} pages");
    ground.close().await;
}
