//! Orders, positions, settings.

use bursar::ports::venue::{Lookup, VenueError};
use domain::market::{Action, Side};
use domain::outcome::Outcome;
use domain::user::PositionMode;
use domain::venue::{OrderKind, OrderReport, ReportedState};

use super::{Ground, ME, STRANGER, Stage, THIEF, account, key, n, shown};

fn done(outcome: Outcome<OrderReport>) -> OrderReport {
    match outcome {
        Outcome::Done(report) => report,
        other => panic!("{other:?}"),
    }
}

fn refusal(outcome: &Outcome<OrderReport>) -> &str {
    match outcome {
        Outcome::Refused(refusal) => &refusal.code,
        other => panic!("{other:?}"),
    }
}

pub async fn an_order_is_filled_held_and_closed_with_its_profit(stage: &'static Stage) {
    let ground = Ground::open(stage, PositionMode::OneWay).await;
    let start = ground.start().await;
    let intent = ground.intent(Action::Buy, "0.01");
    let placed = ground.settled(&intent).await;
    assert_eq!(
        (placed.state, placed.client_id.as_ref()),
        (ReportedState::Filled, Some(&intent.client_id))
    );
    let report = ground.look(&start).await;
    assert_eq!(shown(&report), [(Side::Long, false, "0.01".to_owned(), "0".to_owned())]);
    assert_eq!(report.fills[0].client_id, Some(intent.client_id));
    assert_eq!(report.fills[0].fee, n("0.25"));
    let held: Vec<_> = report
        .positions
        .iter()
        .map(|held| (held.side, held.quantity, held.leverage))
        .collect();
    assert_eq!(held, [(Side::Long, n("0.01"), 10)]);
    assert_eq!(report.balance, n("9999.75"));
    ground.price("51000").await;
    let close = ground.closing(Action::Sell, "0.01");
    assert_eq!(ground.settled(&close).await.state, ReportedState::Filled);
    let report = ground.look(&report.cursor).await;
    assert_eq!(shown(&report), [(Side::Long, true, "0.01".to_owned(), "10".to_owned())]);
    assert!(report.positions.is_empty());
    assert_eq!(report.balance, n("10009.495"));
    ground.close().await;
}

pub async fn an_order_that_is_filled_in_parts_is_told_part_by_part_and_once(stage: &'static Stage) {
    let ground = Ground::in_parts(stage, PositionMode::OneWay, "0.004").await;
    let start = ground.start().await;
    let opening = ground.intent(Action::Buy, "0.01");
    let placed = ground.settled(&opening).await;
    assert_eq!((placed.state, placed.filled), (ReportedState::Filled, n("0.01")));
    ground.price("51000").await;
    ground.settled(&ground.closing(Action::Sell, "0.01")).await;
    let report = ground.look(&start).await;
    let told: Vec<_> = shown(&report)
        .into_iter()
        .map(|(_, reducing, quantity, realised)| (reducing, quantity, realised))
        .collect();
    let part = |reducing: bool, quantity: &str, realised: &str| (reducing, quantity.to_owned(), realised.to_owned());
    let parts = [
        part(false, "0.004", "0"),
        part(false, "0.004", "0"),
        part(false, "0.002", "0"),
        part(true, "0.004", "4"),
        part(true, "0.004", "4"),
        part(true, "0.002", "2"),
    ];
    assert_eq!(told, parts);
    let own = report
        .fills
        .iter()
        .filter(|fill| fill.client_id.as_ref() == Some(&opening.client_id));
    assert_eq!(own.count(), 3);
    assert!(ground.look(&report.cursor).await.fills.is_empty());
    ground.close().await;
}

pub async fn an_execution_that_turns_a_position_is_two_fills(stage: &'static Stage) {
    let ground = Ground::open(stage, PositionMode::OneWay).await;
    let start = ground.start().await;
    done(ground.venue.place(ME, &ground.intent(Action::Buy, "0.01")).await);
    done(ground.venue.place(ME, &ground.intent(Action::Sell, "0.03")).await);
    let report = ground.look(&start).await;
    let sides: Vec<_> = shown(&report)
        .into_iter()
        .map(|(side, reducing, quantity, _)| (side, reducing, quantity))
        .collect();
    let expected = [
        (Side::Long, false, "0.01"),
        (Side::Long, true, "0.01"),
        (Side::Short, false, "0.02"),
    ];
    assert_eq!(
        sides,
        expected.map(|(side, reducing, quantity)| (side, reducing, quantity.to_owned()))
    );
    ground.close().await;
}

pub async fn both_sides_are_held_in_hedge_mode(stage: &'static Stage) {
    let ground = Ground::open(stage, PositionMode::Hedge).await;
    let start = ground.start().await;
    done(ground.venue.place(ME, &ground.intent(Action::Buy, "0.01")).await);
    done(ground.venue.place(ME, &ground.intent(Action::Sell, "0.02")).await);
    let report = ground.look(&start).await;
    assert_eq!(report.positions.len(), 2);
    done(ground.venue.place(ME, &ground.closing(Action::Buy, "0.02")).await);
    let report = ground.look(&report.cursor).await;
    assert_eq!(shown(&report), [(Side::Short, true, "0.02".to_owned(), "0".to_owned())]);
    let held: Vec<_> = report.positions.iter().map(|held| (held.side, held.quantity)).collect();
    assert_eq!(held, [(Side::Long, n("0.01"))]);
    ground.close().await;
}

pub async fn a_limit_order_rests_until_it_is_cancelled_and_a_cancel_may_come_too_late(stage: &'static Stage) {
    let ground = Ground::open(stage, PositionMode::OneWay).await;
    let start = ground.start().await;
    let mut intent = ground.intent(Action::Buy, "0.01");
    intent.kind = OrderKind::Limit { price: n("49000") };
    let placed = done(ground.venue.place(ME, &intent).await);
    assert_eq!(placed.state, ReportedState::Open);
    let report = ground.look(&start).await;
    assert_eq!(report.open_orders.len(), 1);
    assert_eq!(report.open_orders[0].client_id, Some(intent.client_id.clone()));
    let cancelled = done(ground.venue.cancel(ME, &ground.btc(), &placed.venue_id).await);
    assert_eq!(cancelled.state, ReportedState::Cancelled);
    let found = ground.lookup(&intent).await.unwrap();
    assert!(matches!(found, Lookup::Found(order) if order.state == ReportedState::Cancelled));
    assert!(ground.look(&report.cursor).await.open_orders.is_empty());
    let filled = ground.settled(&ground.intent(Action::Buy, "0.01")).await;
    let late = ground.venue.cancel(ME, &ground.btc(), &filled.venue_id).await;
    assert_eq!(refusal(&late), stage.late_cancel);
    ground.close().await;
}

pub async fn what_the_venue_refuses_is_refused_with_its_code(stage: &'static Stage) {
    let ground = Ground::open(stage, PositionMode::OneWay).await;
    let refused = ground.venue.place(ME, &ground.intent(Action::Buy, "10")).await;
    assert_eq!(refusal(&refused), stage.no_margin);
    let refused = ground.venue.place(ME, &ground.closing(Action::Sell, "0.01")).await;
    assert_eq!(refusal(&refused), stage.nothing_to_reduce);
    let mut other = ground.intent(Action::Buy, "0.01");
    other.symbol = domain::market::Symbol::new("NONEUSDT");
    assert!(matches!(ground.venue.place(ME, &other).await, Outcome::Refused(_)));
    ground.close().await;
}

pub async fn leverage_and_margin_mode_are_set_before_an_order_that_needs_others(stage: &'static Stage) {
    let ground = Ground::open(stage, PositionMode::OneWay).await;
    let mut intent = ground.intent(Action::Buy, "0.01");
    intent.leverage = 7;
    done(ground.venue.place(ME, &intent).await);
    let report = ground.look(&ground.start().await).await;
    assert_eq!(report.positions[0].leverage, 7);
    ground.close().await;
}

pub async fn a_market_has_its_filters_and_the_account_its_mode(stage: &'static Stage) {
    let ground = Ground::open(stage, PositionMode::OneWay).await;
    let listed = ground.venue.instrument(&ground.btc()).await.unwrap().unwrap();
    assert_eq!(
        (listed.tick, listed.lot, listed.min_notional),
        (n("0.1"), n("0.001"), n(stage.min_notional))
    );
    assert_eq!(
        ground
            .venue
            .instrument(&domain::market::Symbol::new("NONEUSDT"))
            .await
            .unwrap(),
        None
    );
    done(ground.venue.place(ME, &ground.intent(Action::Buy, "0.01")).await);
    let held = ground
        .venue
        .prepare(&account(stage.venue, ME, PositionMode::Hedge))
        .await;
    assert!(
        matches!(held, Err(VenueError::Refused(_))),
        "the mode cannot change with an open position: {held:?}"
    );
    ground.close().await;
}

pub async fn a_key_tells_what_it_may_do_and_without_one_nothing_leaves(stage: &'static Stage) {
    let ground = Ground::open(stage, PositionMode::OneWay).await;
    let rights = ground.rights(&key("trader")).await.unwrap();
    assert!(rights.is_none_or(|rights| rights.may_trade && !rights.may_withdraw));
    let rights = ground.rights(&key("thief")).await.unwrap();
    assert!(rights.is_none_or(|rights| rights.may_withdraw));
    let mut wrong = key("trader");
    wrong.secret = "another".to_owned().into();
    let error = ground.rights(&wrong).await.unwrap_err();
    assert!(matches!(error, VenueError::Refused(_)), "{error}");
    assert!(!error.to_string().contains("another"));
    let error = ground
        .venue
        .prepare(&account(stage.venue, STRANGER, PositionMode::OneWay))
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "venue refuses the request: no key is set for venue account 3 (no_key)"
    );
    let unprepared = ground.venue.place(THIEF, &ground.intent(Action::Buy, "0.01")).await;
    assert_eq!(refusal(&unprepared), "not_sent");
    ground.close().await;
}
