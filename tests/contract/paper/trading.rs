//! Trading through the port.

use std::sync::Arc;

use bursar::ports::venue::{Lookup, Venue, VenueError};
use domain::outcome::{Outcome, Refusal};
use domain::user::PositionMode;
use domain::venue::{ClientOrderId, Cursor, FillCause, OrderKind, OrderReport, ReportedState, VenueOrderId};

use super::*;

fn done(outcome: Outcome<OrderReport>) -> OrderReport {
    match outcome {
        Outcome::Done(report) => report,
        other => panic!("{other:?}"),
    }
}

fn code(outcome: Outcome<OrderReport>) -> String {
    match outcome {
        Outcome::Refused(Refusal { code, .. }) => code,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn round_trip_is_told_by_the_poll_to_the_last_unit() {
    let venue = ready(&Arc::default()).await;
    let opened = done(venue.place(ME, &buy("open", "0.1")).await);
    assert_eq!(
        (opened.state, opened.venue_id.0.as_str()),
        (ReportedState::Filled, "1-1")
    );
    let report = look(&venue, ME, &Cursor::default(), 100).await.unwrap();
    assert_eq!(report.balance.to_string(), "9997.5");
    assert_eq!(report.available.to_string(), "9497.5");
    let held = &report.positions[0];
    assert_eq!(
        (held.side, held.quantity, held.entry_price),
        (Side::Long, n("0.1"), n("50000"))
    );
    assert_eq!(held.liquidation_price, Some(n("45226.1306532664")));
    price(&venue, "51000").await;
    done(venue.place(ME, &close("close", "0.1")).await);
    let report = look(&venue, ME, &report.cursor, 100).await.unwrap();
    assert_eq!(
        (report.balance.to_string(), report.positions.len()),
        ("10094.95".to_owned(), 0)
    );
    let [fill] = report.fills.as_slice() else {
        panic!("{report:?}")
    };
    assert_eq!(
        (fill.venue_fill_id.as_str(), fill.venue_order_id.0.as_str()),
        ("2", "1-2")
    );
    assert_eq!(fill.client_id, Some(ClientOrderId("close".to_owned())));
    assert_eq!((fill.reducing, fill.position_side), (true, Side::Long));
    assert_eq!((fill.realised, fill.fee, fill.price), (n("100"), n("2.55"), n("51000")));
    assert!(!report.more);
}

#[tokio::test(start_paused = true)]
async fn order_is_looked_up_by_our_own_id() {
    let venue = ready(&Arc::default()).await;
    let id = |text: &str| ClientOrderId(text.to_owned());
    assert_eq!(seek(&venue, ME, &id("open")).await.unwrap(), Lookup::Absent);
    let placed = done(venue.place(ME, &buy("open", "0.1")).await);
    assert_eq!(seek(&venue, ME, &id("open")).await.unwrap(), Lookup::Found(placed));
    assert_eq!(code(venue.place(ME, &buy("open", "0.1")).await), "-4116");
    let stranger = seek(&venue, VenueAccountId(9), &id("open")).await;
    assert!(matches!(stranger, Err(VenueError::Refused(_))));
}

#[tokio::test(start_paused = true)]
async fn resting_order_is_open_until_it_is_cancelled() {
    let venue = ready(&Arc::default()).await;
    let kind = OrderKind::Limit { price: n("49000") };
    let rests = done(
        venue
            .place(
                ME,
                &OrderIntent {
                    kind,
                    ..buy("low", "0.1")
                },
            )
            .await,
    );
    assert_eq!(rests.state, ReportedState::Open);
    let report = look(&venue, ME, &Cursor::default(), 100).await.unwrap();
    assert_eq!(report.open_orders, std::slice::from_ref(&rests));
    let cancelled = done(venue.cancel(ME, &btc(), &rests.venue_id).await);
    assert_eq!(
        (cancelled.state, cancelled.filled),
        (ReportedState::Cancelled, Quantity::ZERO)
    );
    assert_eq!(code(venue.cancel(ME, &btc(), &rests.venue_id).await), "-2011");
    let strange = VenueOrderId("elsewhere".to_owned());
    assert_eq!(code(venue.cancel(ME, &btc(), &strange).await), "-2011");
}

#[tokio::test(start_paused = true)]
async fn position_is_opened_and_closed_by_hand_without_our_id() {
    let venue = ready(&Arc::default()).await;
    done(venue.open_by_hand(ME, &btc(), Side::Short, n("0.1"), 20).await);
    done(venue.close_by_hand(ME, &btc(), Side::Short).await);
    let report = look(&venue, ME, &Cursor::default(), 100).await.unwrap();
    assert_eq!(report.positions, []);
    let told: Vec<_> = report
        .fills
        .iter()
        .map(|fill| (fill.reducing, fill.client_id.clone(), fill.cause))
        .collect();
    assert_eq!(told, [(false, None, FillCause::Order), (true, None, FillCause::Order)]);
    assert_eq!(code(venue.close_by_hand(ME, &btc(), Side::Short).await), "-2022");
}

#[tokio::test(start_paused = true)]
async fn liquidation_is_told_with_its_cause() {
    let venue = ready(&Arc::default()).await;
    done(venue.place(ME, &buy("open", "0.1")).await);
    price(&venue, "40000").await;
    let report = look(&venue, ME, &Cursor::default(), 100).await.unwrap();
    assert_eq!(report.fills[1].cause, FillCause::Liquidation);
    assert_eq!(report.incomes[0].amount, n("502"));
    assert_eq!(report.balance, n("9497.5"));
}

#[tokio::test(start_paused = true)]
async fn history_comes_page_by_page_also_when_it_is_no_longer_in_memory() {
    let venue = ready(&Arc::default()).await;
    for number in 0..100 {
        let intent = if number % 2 == 0 { buy } else { close };
        done(venue.place(ME, &intent(&format!("o{number}"), "0.01")).await);
    }
    let (mut cursor, mut told, mut pages) = (Cursor::default(), Vec::new(), 0);
    loop {
        let report = look(&venue, ME, &cursor, 2).await.unwrap();
        assert!(report.fills.len() <= 2);
        told.extend(report.fills.into_iter().map(|fill| fill.venue_fill_id));
        cursor = report.cursor;
        pages += 1;
        if !report.more {
            break;
        }
    }
    let expected: Vec<String> = (1..=100).map(|number: i32| number.to_string()).collect();
    assert_eq!((told, pages), (expected, 50));
    assert_eq!(
        code(venue.place(ME, &buy("o0", "0.01")).await),
        "-4116",
        "on record for ever"
    );
    let first = seek(&venue, ME, &ClientOrderId("o0".to_owned())).await.unwrap();
    assert!(matches!(first, Lookup::Found(report) if report.state == ReportedState::Filled));
    let foreign = look(&venue, ME, &Cursor("x".to_owned()), 7).await;
    assert!(matches!(foreign, Err(VenueError::Refused(_))));
}

#[tokio::test(start_paused = true)]
async fn account_is_credited_once_and_changes_mode_while_it_is_flat() {
    let venue = ready(&Arc::default()).await;
    venue.prepare(&account(ME)).await.unwrap();
    let hedge = VenueAccount {
        mode: PositionMode::Hedge,
        ..account(ME)
    };
    done(venue.place(ME, &buy("open", "0.1")).await);
    assert!(matches!(venue.prepare(&hedge).await, Err(VenueError::Refused(_))));
    done(venue.place(ME, &close("close", "0.1")).await);
    venue.prepare(&hedge).await.unwrap();
    let report = look(&venue, ME, &Cursor::default(), 100).await.unwrap();
    assert_eq!(report.balance, n("9995"));
}

#[tokio::test(start_paused = true)]
async fn venue_tells_its_filters_and_its_tape() {
    let venue = ready(&Arc::default()).await;
    assert_eq!(venue.instrument(&btc()).await.unwrap(), Some(terms().instrument));
    let none = Symbol::new("NOSUCH");
    assert_eq!(venue.instrument(&none).await.unwrap(), None);
    assert!(venue.tape(&none).await.is_err());
    assert_eq!(venue.tape(&btc()).await.unwrap().last().unwrap().price, n("50000"));
}

#[tokio::test(start_paused = true)]
async fn venue_quotes_what_an_order_at_the_market_would_get() {
    let vault: Arc<Vault> = Arc::default();
    let slippage = PaperMarket {
        slippage: n("0.0001"),
        ..terms()
    };
    let options = PaperOptions {
        markets: vec![MarketOptions {
            terms: slippage,
            feed: Feed::ByHand,
        }],
        ..options(Feed::ByHand, 1)
    };
    let venue = PaperVenue::open(options, vault as Arc<dyn PaperVault>, clock(1))
        .await
        .unwrap();
    assert!(venue.quote(&btc()).await.is_err(), "there is no price yet");
    price(&venue, "50000").await;
    let quote = venue.quote(&btc()).await.unwrap();
    assert_eq!((quote.bid, quote.ask, quote.last), (n("49995"), n("50005"), n("50000")));
    assert!(venue.quote(&Symbol::new("NOSUCH")).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn venue_tells_its_last_bars_and_no_more_than_were_asked_for() {
    let venue = ready(&Arc::default()).await;
    price(&venue, "50010").await;
    tokio::time::sleep(Duration::from_secs(60)).await;
    price(&venue, "50020").await;
    let bars = venue.bars(&btc(), 10).await.unwrap();
    let closes: Vec<String> = bars.iter().map(|bar| bar.close.to_string()).collect();
    assert_eq!(closes, ["50010", "50020"]);
    assert_eq!(venue.bars(&btc(), 1).await.unwrap(), bars[1..]);
}

#[tokio::test(start_paused = true)]
async fn all_resting_orders_of_a_market_are_cancelled_at_once() {
    let venue = ready(&Arc::default()).await;
    for client_id in ["one", "two"] {
        let resting = OrderIntent {
            kind: OrderKind::Limit { price: n("40000") },
            ..buy(client_id, "0.1")
        };
        assert_eq!(done(venue.place(ME, &resting).await).state, ReportedState::Open);
    }
    assert_eq!(venue.cancel_all(ME, &btc()).await, Outcome::Done(()));
    let report = look(&venue, ME, &Cursor::default(), 100).await.unwrap();
    assert_eq!((report.open_orders.len(), report.available), (0, n("10000")));
    assert_eq!(
        venue.cancel_all(ME, &btc()).await,
        Outcome::Done(()),
        "there is nothing left"
    );
    let elsewhere = venue.cancel_all(ME, &Symbol::new("NOSUCH")).await;
    assert!(matches!(elsewhere, Outcome::Refused(_)));
}
