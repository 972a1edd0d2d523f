//! The limits over time with the numbers at which they turn.

use super::*;

fn close(at: Timestamp, profit: &str, reason: CloseReason) -> PastClose {
    PastClose {
        at,
        profit: profit.parse().unwrap(),
        reason,
    }
}

#[test]
fn the_days_loss_counts_from_midnight_utc() {
    let limit = "5".parse().unwrap();
    let robot = limited(Limits {
        max_daily_loss: Some(limit),
        ..Limits::default()
    });
    let instrument = instrument();
    let midnight = Timestamp(10 * DAY);
    let with = |closes: &[PastClose]| {
        refusal(&OpenFacts {
            closes,
            ..facts(&robot, &instrument)
        })
    };
    let yesterday = close(Timestamp(midnight.0 - 1), "-50", CloseReason::Manual);
    let lost = |profit| close(midnight, profit, CloseReason::Manual);
    let won = close(NOW, "3", CloseReason::TakeProfit);
    assert_eq!(with(&[yesterday, lost("-7.99999999"), won]), None);
    let loss = "5".parse().unwrap();
    assert_eq!(
        with(&[yesterday, lost("-8"), won]),
        Some(RiskRefusal::DailyLoss { loss, limit })
    );
    assert_eq!(closes_since(&robot, NOW), Timestamp(9 * DAY));
    assert_eq!(closes_since(&robot.stop(NOW).start(NOW), NOW), midnight);
}

#[test]
fn the_runs_loss_and_profit_count_from_its_start() {
    let limit: Amount = "5".parse().unwrap();
    let robot = limited(Limits {
        max_run_loss: Some(limit),
        max_run_profit: Some(limit),
        ..Limits::default()
    });
    let instrument = instrument();
    let with = |closes: &[PastClose]| {
        refusal(&OpenFacts {
            closes,
            ..facts(&robot, &instrument)
        })
    };
    let before = close(Timestamp(9 * DAY - 1), "-50", CloseReason::Manual);
    let within = |profit| close(Timestamp(9 * DAY), profit, CloseReason::Manual);
    assert_eq!(with(&[before, within("-4.99999999")]), None);
    assert_eq!(with(&[before, within("4.99999999")]), None);
    assert_eq!(with(&[within("-5")]), Some(RiskRefusal::RunLoss { loss: limit, limit }));
    assert_eq!(
        with(&[before, within("5")]),
        Some(RiskRefusal::RunProfit { profit: limit, limit })
    );
}

#[test]
fn stop_losses_in_a_row_end_the_run() {
    let robot = limited(Limits {
        max_consecutive_stop_losses: Some(2),
        ..Limits::default()
    });
    let instrument = instrument();
    let with = |closes: &[PastClose]| {
        refusal(&OpenFacts {
            closes,
            ..facts(&robot, &instrument)
        })
    };
    let stop = |at| close(Timestamp(9 * DAY + at), "-1", CloseReason::StopLoss);
    let won = |at| close(Timestamp(9 * DAY + at), "1", CloseReason::TakeProfit);
    assert_eq!(with(&[stop(-1), stop(1)]), None);
    assert_eq!(with(&[stop(1), won(2), stop(3)]), None);
    let expected = RiskRefusal::StopLosses { count: 2, limit: 2 };
    assert_eq!(with(&[won(1), stop(2), stop(3)]), Some(expected));
}

#[test]
fn orders_per_minute_are_limited_by_the_lower_of_both_limits() {
    let instrument = instrument();
    let with = |robot: &Robot, recent_orders| {
        refusal(&OpenFacts {
            recent_orders,
            ..facts(robot, &instrument)
        })
    };
    assert_eq!(with(&robot(), 29), None);
    assert_eq!(
        with(&robot(), 30),
        Some(RiskRefusal::OrderRate { count: 30, limit: 30 })
    );
    let own = limited(Limits {
        max_orders_per_minute: Some(4),
        ..Limits::default()
    });
    assert_eq!(with(&own, 3), None);
    assert_eq!(with(&own, 4), Some(RiskRefusal::OrderRate { count: 4, limit: 4 }));
}
