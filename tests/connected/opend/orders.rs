//! Orders that are placed, filled, cancelled and refused; prices, sessions, holdings.

use bursar::ports::stocks::StockVenue;
use bursar::ports::venue::VenueError;
use domain::market::{Action, Symbol};
use domain::outcome::Outcome;
use domain::stock::{Session, StockState};
use domain::venue::{VenueName, VenueOrderId};
use serde_json::json;

use super::ground::{Ground, STOCK, buy, ended, intent, live, shown, until_woken, usual, woken};

fn done<T: std::fmt::Debug>(outcome: &Outcome<T>) {
    assert!(matches!(outcome, Outcome::Done(_)), "{outcome:?}");
}

fn refusal<T: std::fmt::Debug>(outcome: Outcome<T>) -> (String, String) {
    match outcome {
        Outcome::Refused(refusal) => (refusal.code, refusal.reason),
        other => panic!("{other:?}"),
    }
}

#[actix_web::test]
async fn an_order_is_placed_filled_and_found_by_its_id_and_by_its_mark() {
    let ground = Ground::usual().await;
    assert_eq!((ground.venue.name(), ground.venue.is_live()), (VenueName::Futu, false));
    let placed = ground.placed(&buy("b-one")).await;
    assert_eq!(
        (placed.state, placed.filled.to_string().as_str()),
        (StockState::Working, "0")
    );
    let by_id = ground.look(Some(&placed.venue_id), "b-other").await.unwrap().unwrap();
    let by_mark = ground.found("b-one").await;
    assert_eq!(by_id, by_mark);
    let average = Some("187.31".to_owned());
    assert_eq!(
        shown(&by_mark),
        (StockState::Filled, "10".to_owned(), average),
        "a step above the last price"
    );
    assert_eq!(by_mark.symbol.as_str(), STOCK);
    assert_eq!((by_mark.action, by_mark.fee.to_string().as_str()), (Action::Buy, "0"));
    assert_eq!(ground.find("b-none").await.unwrap(), None);
}

#[actix_web::test]
async fn what_was_traded_is_held_and_paid() {
    let ground = Ground::usual().await;
    ground.placed(&buy("b-one")).await;
    ground.placed(&intent("b-two", Action::Sell, "4", "180")).await;
    let holdings = ground.venue.holdings().await.unwrap();
    assert_eq!(
        holdings.cash.to_string(),
        "98876.06",
        "100000 less 10 at 187.31, and 4 at 187.29"
    );
    let held: Vec<_> = holdings
        .shares
        .iter()
        .map(|(stock, held)| (stock.as_str(), held.to_string()))
        .collect();
    assert_eq!(held, [(STOCK, "6".to_owned())]);
}

#[actix_web::test]
async fn s3_12_a_part_is_filled_and_stands_when_the_rest_is_cancelled() {
    let ground = Ground::usual().await;
    ground.liquidity("3").await;
    let placed = ground.placed(&buy("b-part")).await;
    let part = ground.found("b-part").await;
    assert_eq!(
        shown(&part),
        (StockState::Working, "3".to_owned(), Some("187.31".to_owned()))
    );
    done(&ground.venue.cancel(&placed.venue_id).await);
    let rest = ground.found("b-part").await;
    assert_eq!((ended(&rest).as_str(), rest.filled.to_string().as_str()), ("14", "3"));
}

#[actix_web::test]
async fn two_parts_at_two_prices_have_one_average() {
    let ground = Ground::usual().await;
    ground.liquidity("3").await;
    ground.placed(&buy("b-two")).await;
    ground.price("188").await;
    ground.liquidity("7").await;
    let whole = ground.found("b-two").await;
    let average = Some("187.8".to_owned());
    assert_eq!(
        shown(&whole),
        (StockState::Filled, "10".to_owned(), average),
        "3 at 187.31 and 7 at 188.01"
    );
}

#[actix_web::test]
async fn s3_11_a_cancellation_that_comes_too_late_is_refused_and_the_execution_stands() {
    let ground = Ground::usual().await;
    let resting = ground.placed(&intent("b-rest", Action::Buy, "10", "180")).await;
    assert_eq!(shown(&ground.found("b-rest").await).0, StockState::Working);
    ground.price("179").await;
    let (code, reason) = refusal(ground.venue.cancel(&resting.venue_id).await);
    assert!(code == "-1" && reason.contains("ended"), "{code} {reason}");
    assert_eq!(shown(&ground.found("b-rest").await).0, StockState::Filled);
    let unknown = ground.venue.cancel(&VenueOrderId("7".to_owned())).await;
    assert!(refusal(unknown).1.contains("Unknown order"));
}

#[actix_web::test]
async fn s3_10_a_refusal_is_definite_and_no_order_is_left() {
    let ground = Ground::usual().await;
    for (order, words) in [
        (intent("b-dear", Action::Buy, "1000", "190"), "buying power"),
        (intent("b-short", Action::Sell, "1", "180"), "shares to sell"),
        (intent("b-tick", Action::Buy, "1", "187.305"), "multiple"),
    ] {
        let (code, reason) = refusal(ground.venue.place(&order).await);
        assert!(reason.contains(words), "{reason}");
        assert!(!ground.venue.may_ask_again(&code), "{code}");
    }
    ground.fault("refuse").await;
    refusal(ground.venue.place(&buy("b-no")).await);
    ground.fault("closed").await;
    refusal(ground.venue.place(&buy("b-closed")).await);
    assert_eq!(ground.marks().await, Vec::<String>::new());
    let mut elsewhere = buy("b-else");
    elsewhere.symbol = Symbol::new("HK.00700");
    assert_eq!(refusal(ground.venue.place(&elsewhere).await).0, "symbol");
}

#[actix_web::test]
async fn an_order_that_the_exchange_refuses_has_ended_with_its_reason() {
    let ground = Ground::usual().await;
    ground.fault("reject").await;
    ground.placed(&buy("b-reject")).await;
    let report = ground.found("b-reject").await;
    assert!(matches!(&report.state, StockState::Ended { why } if why.code == "21" && why.reason.contains("rejected")));
    assert_eq!(report.filled.to_string(), "0");
}

#[actix_web::test]
async fn an_execution_that_is_taken_back_is_told_as_that() {
    let ground = Ground::usual().await;
    ground.fault("fill_cancelled").await;
    ground.placed(&buy("b-back")).await;
    assert_eq!(ground.found("b-back").await.state, StockState::FillCancelled);
}

#[actix_web::test]
async fn an_order_of_an_earlier_day_is_found_in_history() {
    let ground = Ground::usual().await;
    let placed = ground.placed(&buy("b-old")).await;
    ground.say("day", json!({})).await;
    assert_eq!(ground.found("b-old").await.state, StockState::Filled);
    let by_id = ground.look(Some(&placed.venue_id), "b-other").await.unwrap();
    assert_eq!(by_id.unwrap().state, StockState::Filled);
    let answers = ground.answers().await;
    assert_eq!(answers["Trd_GetHistoryOrderList"]["0"], json!(2));
}

#[actix_web::test]
async fn sessions_open_close_and_halt_and_the_day_ends_what_rests() {
    let ground = Ground::usual().await;
    let stock = Symbol::new(STOCK);
    assert_eq!(ground.venue.session(&stock).await.unwrap(), Session::Open);
    ground.say("halt", json!({ "symbol": STOCK, "halted": true })).await;
    assert_eq!(ground.venue.session(&stock).await.unwrap(), Session::Halted);
    ground.say("halt", json!({ "symbol": STOCK, "halted": false })).await;
    ground.placed(&intent("b-day", Action::Buy, "1", "150")).await;
    ground.say("market", json!({ "market": "US", "open": false })).await;
    assert_eq!(ground.venue.session(&stock).await.unwrap(), Session::Closed);
    assert_eq!(ended(&ground.found("b-day").await), "15");
    ground.placed(&buy("b-night")).await;
    assert_eq!(ground.found("b-night").await.state, StockState::Working);
    ground.say("market", json!({ "market": "US", "open": true })).await;
    assert_eq!(ground.found("b-night").await.state, StockState::Filled);
}

#[actix_web::test]
async fn prices_lots_and_steps_are_told_and_of_an_unknown_stock_none() {
    let ground = Ground::usual().await;
    let stock = Symbol::new(STOCK);
    let quote = ground.venue.quote(&stock).await.unwrap();
    let prices = [quote.bid, quote.ask, quote.last].map(|price| price.to_string());
    assert_eq!(prices, ["187.29", "187.31", "187.3"]);
    let lot = ground.venue.lot(&stock).await.unwrap().unwrap();
    assert_eq!(
        (lot.lot.to_string(), lot.tick.to_string()),
        ("1".to_owned(), "0.01".to_owned())
    );
    let unknown = ground.venue.lot(&Symbol::new("US.NONE")).await;
    assert!(matches!(unknown, Err(VenueError::Refused(_))), "{unknown:?}");
    let other = ground.venue.quote(&Symbol::new("HK.00700")).await;
    assert!(matches!(other, Err(VenueError::Refused(_))), "{other:?}");
}

#[actix_web::test]
async fn whoever_heeds_is_woken_by_orders() {
    let ground = Ground::usual().await;
    let count = woken(&ground.venue);
    ground.placed(&intent("b-rest", Action::Buy, "10", "180")).await;
    until_woken(&count, 0).await;
    let before = count.load(std::sync::atomic::Ordering::Relaxed);
    ground.price("179").await;
    until_woken(&count, before).await;
}

#[actix_web::test]
async fn s3_27_real_money_is_unlocked_by_its_password_and_pays_fees() {
    let ground = Ground::open(usual(), live).await;
    assert!(ground.venue.is_live());
    assert_eq!(ground.answers().await["Trd_UnlockTrade"]["0"], json!(1));
    ground.placed(&buy("b-real")).await;
    let report = ground.found("b-real").await;
    assert_eq!(
        (report.state, report.fee.to_string().as_str()),
        (StockState::Filled, "1")
    );
    assert_eq!(
        ground.venue.holdings().await.unwrap().cash.to_string(),
        "98125.9",
        "with the fee off"
    );
}
