//! More to read than a short window of limits allows at once.

use domain::market::Action;
use domain::outcome::Outcome;
use domain::user::PositionMode;

use super::{Ground, Stage};

pub async fn a_look_that_needs_many_questions_waits_for_our_limits_and_ends(stage: &'static Stage) {
    let ground = Ground::open(stage, PositionMode::Hedge).await;
    let start = ground.start().await;
    for _ in 0..12 {
        for intent in [ground.intent(Action::Buy, "0.01"), ground.closing(Action::Sell, "0.01")] {
            assert!(matches!(ground.place(&intent).await, Outcome::Done(_)));
        }
    }
    // One after the other without a pause, so that windows are spent when the last one asks.
    let (mut cursor, mut told) = (start, 0);
    loop {
        let report = ground.pages(&cursor, 6).await;
        told += report.fills.len();
        cursor = report.cursor;
        if !report.more {
            break;
        }
    }
    assert_eq!(told, 24);
    ground.close().await;
}
