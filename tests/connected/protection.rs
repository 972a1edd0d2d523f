//! Orders that only rest, and orders that wait at the venue to close a position.

use bursar::ports::venue::Lookup;
use domain::market::{Action, Side};
use domain::outcome::Outcome;
use domain::user::PositionMode;
use domain::venue::{ClientOrderId, OrderIntent, OrderKind, Protection, ProtectionKind, ReportedState, VenueOrderId};
use serde_json::json;

use super::{Ground, ME, Stage, n, shown};

const MODES: [PositionMode; 2] = [PositionMode::OneWay, PositionMode::Hedge];

fn only_resting(ground: &Ground, price: &str) -> OrderIntent {
    OrderIntent {
        kind: OrderKind::Limit { price: n(price) },
        post_only: true,
        ..ground.intent(Action::Buy, "0.01")
    }
}

/// For all of the position of 0.01.
fn protection(ground: &Ground, position_side: Side, kind: ProtectionKind, trigger: &str) -> Protection {
    let name = match kind {
        ProtectionKind::StopLoss => "b7stop",
        ProtectionKind::TakeProfit => "b7profit",
    };
    Protection {
        client_id: ClientOrderId(name.to_owned()),
        symbol: ground.btc(),
        position_side,
        trigger: n(trigger),
        kind,
        quantity: n("0.01"),
    }
}

async fn waits(ground: &Ground, protection: &Protection) -> VenueOrderId {
    match ground.venue.protect(ME, protection).await {
        Outcome::Done(order) => order,
        other => panic!("{other:?}"),
    }
}

async fn opened(ground: &Ground, action: Action) {
    let report = ground.settled(&ground.intent(action, "0.01")).await;
    assert_eq!(report.state, ReportedState::Filled);
}

pub async fn a_post_only_order_rests_and_one_that_would_take_ends_without_a_fill(stage: &'static Stage) {
    let ground = Ground::open(stage, PositionMode::OneWay).await;
    let start = ground.start().await;
    let resting = only_resting(&ground, "49000");
    assert_eq!(ground.settled(&resting).await.state, ReportedState::Open);
    let taking = only_resting(&ground, "51000");
    match ground.place(&taking).await {
        Outcome::Refused(_) => {}
        Outcome::Done(_) => {
            let Lookup::Found(order) = ground.found(&taking).await else {
                panic!("it was taken and is absent")
            };
            assert_eq!(
                (order.state, order.filled),
                (ReportedState::Cancelled, n("0")),
                "{order:?}"
            );
        }
        Outcome::Unknown(seen) => panic!("{seen}"),
    }
    let report = ground.look(&start).await;
    assert!(report.fills.is_empty() && report.positions.is_empty());
    let open: Vec<_> = report.open_orders.iter().map(|order| order.client_id.clone()).collect();
    assert_eq!(open, [Some(resting.client_id)]);
    let mut at_market = ground.intent(Action::Buy, "0.01");
    at_market.post_only = true;
    let refused = ground.place(&at_market).await;
    assert!(
        matches!(&refused, Outcome::Refused(refusal) if refusal.code == "not_sent"),
        "{refused:?}"
    );
    ground.close().await;
}

pub async fn a_stop_loss_waits_and_does_nothing_once_it_is_unprotected(stage: &'static Stage) {
    let ground = Ground::open(stage, PositionMode::OneWay).await;
    opened(&ground, Action::Buy).await;
    let start = ground.start().await;
    let stop = protection(&ground, Side::Long, ProtectionKind::StopLoss, "49500");
    let order = waits(&ground, &stop).await;
    ground.price("49600").await;
    let report = ground.look(&start).await;
    assert!(report.open_orders.is_empty(), "it waits, and does not rest: {report:?}");
    assert_eq!((report.fills.len(), report.positions.len()), (0, 1));
    assert_eq!(
        ground.venue.unprotect(ME, &ground.btc(), &order).await,
        Outcome::Done(())
    );
    ground.price("49000").await;
    let report = ground.look(&report.cursor).await;
    assert_eq!((report.fills.len(), report.positions.len()), (0, 1));
    let again = ground.venue.unprotect(ME, &ground.btc(), &order).await;
    assert!(matches!(again, Outcome::Refused(_)), "{again:?}");
    ground.close().await;
}

pub async fn a_stop_loss_closes_a_position_when_the_price_falls_through_it(stage: &'static Stage) {
    for mode in MODES {
        let ground = Ground::open(stage, mode).await;
        opened(&ground, Action::Buy).await;
        let start = ground.look(&ground.start().await).await.cursor;
        let stop = protection(&ground, Side::Long, ProtectionKind::StopLoss, "49500");
        let order = waits(&ground, &stop).await;
        ground.price("49000").await;
        let report = ground.look(&start).await;
        assert_eq!(
            shown(&report),
            [(Side::Long, true, "0.01".to_owned(), "-10".to_owned())],
            "{mode:?}"
        );
        assert!(report.positions.is_empty());
        let has_ours = report.fills[0].client_id == Some(stop.client_id);
        assert_eq!(has_ours, stage.keeps_names);
        assert!(ground.look(&report.cursor).await.fills.is_empty(), "it is told once");
        let late = ground.venue.unprotect(ME, &ground.btc(), &order).await;
        assert!(matches!(late, Outcome::Refused(_)), "{late:?}");
        ground.close().await;
    }
}

pub async fn a_protective_order_takes_the_profit_of_a_short(stage: &'static Stage) {
    for mode in MODES {
        let ground = Ground::open(stage, mode).await;
        opened(&ground, Action::Sell).await;
        let start = ground.look(&ground.start().await).await.cursor;
        let profit = protection(&ground, Side::Short, ProtectionKind::TakeProfit, "49500");
        let loss = protection(&ground, Side::Short, ProtectionKind::StopLoss, "50500");
        waits(&ground, &profit).await;
        let other = waits(&ground, &loss).await;
        ground.price("50400").await;
        ground.price("49000").await;
        let report = ground.look(&start).await;
        assert_eq!(
            shown(&report),
            [(Side::Short, true, "0.01".to_owned(), "10".to_owned())],
            "{mode:?}"
        );
        // The other one waits for a position that is gone, and is taken back by who placed it.
        let taken_back = ground.venue.unprotect(ME, &ground.btc(), &other).await;
        assert!(!matches!(taken_back, Outcome::Unknown(_)), "{taken_back:?}");
        ground.price("51000").await;
        let report = ground.look(&report.cursor).await;
        assert!(report.fills.is_empty() && report.positions.is_empty());
        ground.close().await;
    }
}

pub async fn a_protective_order_that_the_price_has_passed_is_refused(stage: &'static Stage) {
    let ground = Ground::open(stage, PositionMode::OneWay).await;
    opened(&ground, Action::Buy).await;
    for (kind, trigger) in [
        (ProtectionKind::StopLoss, "50500"),
        (ProtectionKind::TakeProfit, "49500"),
    ] {
        let refused = ground
            .venue
            .protect(ME, &protection(&ground, Side::Long, kind, trigger))
            .await;
        assert!(matches!(refused, Outcome::Refused(_)), "{kind:?}: {refused:?}");
    }
    ground.close().await;
}

pub async fn a_protective_order_whose_answer_was_lost_is_unknown(stage: &'static Stage) {
    let ground = Ground::open(stage, PositionMode::OneWay).await;
    opened(&ground, Action::Buy).await;
    ground.fault(stage.guard, json!({ "what": "lose_reply" })).await;
    let stop = protection(&ground, Side::Long, ProtectionKind::StopLoss, "49500");
    let lost = ground.venue.protect(ME, &stop).await;
    assert!(matches!(lost, Outcome::Unknown(_)), "{lost:?}");
    ground.close().await;
}
