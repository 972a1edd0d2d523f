//! What is done next.

use std::time::Duration;

use super::*;
use crate::pause::PauseScope;
use crate::stock::Session;
use crate::trigger::decide::{Deal, Known, Market, Next, deal, mark, next, ordered};
use crate::trigger::price::{Prices, StockQuote};

fn decided(trigger: &Trigger, listing: &Listing, paused: bool, is_halted: bool, now: Timestamp) -> Next {
    next(&Known {
        trigger,
        order: None,
        listing,
        paused: paused.then_some(PauseScope::Global),
        is_halted,
        now,
    })
}

fn market(session: Session) -> Market {
    let price = "200".parse().unwrap();
    let venue = Some(StockQuote {
        bid: price,
        ask: price,
        last: price,
        at: NOW,
    });
    Market {
        session,
        lot: Some(LOT()),
        prices: Prices { venue, feed: None },
    }
}

#[test]
fn what_is_paused_is_held_and_what_is_halted_waits_whatever_else_holds() {
    let (listing, ready) = (listing(), deposit("1"));
    let late = Timestamp(NOW.0 + 1_000 * MINUTE);
    assert_eq!(decided(&ready, &listing, true, false, late), Next::Hold);
    assert!(matches!(decided(&ready, &listing, false, true, late), Next::Wait(wait) if wait.is_common));
    let held = ready.on(&TriggerEvent::Paused, NOW).unwrap();
    assert!(matches!(decided(&held, &listing, true, false, late), Next::Wait(wait) if wait.is_common));
    assert!(matches!(decided(&held, &listing, false, true, late), Next::Wait(wait) if wait.is_common));
    // A pause does not use up its patience.
    let expires_at = late.after(Duration::from_secs(480 * 60));
    assert_eq!(
        decided(&held, &listing, false, false, late),
        Next::Resume { expires_at }
    );
}

#[test]
fn s3_14_too_little_goes_back_as_what_was_given_with_the_reason() {
    let listing = listing();
    let why = |trigger: &Trigger| match decided(trigger, &listing, false, false, NOW) {
        Next::GiveUp { why } => why,
        other => panic!("{other:?}"),
    };
    assert_eq!(why(&deposit("9999999")), "9.999999 USDT are less than the least of 10");
    let half = redemption("500000000000000000");
    assert_eq!(why(&half), "0.5 AAPL are less than the least of 1");
    assert_eq!(
        crate::trigger::money::returned(&half)[0].kind,
        crate::payout::PayoutKind::Remint
    );
    assert_eq!(decided(&deposit("10000000"), &listing, false, false, NOW), Next::Market);
}

#[test]
fn s3_21_a_log_that_was_read_late_is_dealt_with_by_the_policy() {
    let late = Trigger {
        block_at: Timestamp(NOW.0 - 10 * MINUTE - 1),
        ..deposit("1000000000")
    };
    let returns = Listing {
        late: Late::Return,
        ..listing()
    };
    assert_eq!(decided(&late, &listing(), false, false, NOW), Next::Market);
    assert!(matches!(decided(&late, &returns, false, false, NOW), Next::GiveUp { why } if why.contains("too late")));
    let timely = Trigger {
        block_at: Timestamp(NOW.0 - 10 * MINUTE),
        ..late
    };
    // It was read in time; that it is looked at later does not make it late.
    let later = Timestamp(NOW.0 + 60 * MINUTE);
    assert_eq!(decided(&timely, &returns, false, false, later), Next::Market);
}

#[test]
fn s3_21_what_was_locked_and_not_ordered_in_time_goes_back() {
    let locked = Trigger {
        price: Some(lock("200")),
        orders: 1,
        ..deposit("1000000000")
    };
    let at = |after| Timestamp(NOW.0 + after);
    assert_eq!(decided(&locked, &listing(), false, false, at(MINUTE)), Next::Market);
    let old = decided(&locked, &listing(), false, false, at(MINUTE + 1));
    assert!(matches!(old, Next::GiveUp { why } if why.contains("too old")));
}

#[test]
fn s3_20_a_closed_market_is_waited_for_until_patience_is_over() {
    let (listing, trigger) = (listing(), deposit("1000000000"));
    for (session, said) in [
        (Session::Closed, "the market is closed"),
        (Session::Halted, "the stock is suspended"),
    ] {
        let Deal::Wait(wait) = deal(&trigger, &listing, &market(session), NOW).unwrap() else {
            panic!("it must wait");
        };
        assert_eq!(
            (wait.until, wait.is_common, wait.why.as_str()),
            (NOW.after(Duration::from_secs(60)), true, said)
        );
    }
    let waits = TriggerEvent::Waits {
        why: "the market is closed".to_owned(),
    };
    let waiting = trigger.on(&waits, NOW).unwrap();
    let over = decided(&waiting, &listing, false, false, waiting.expires_at);
    let why = "patience is over; it waited for: the market is closed".to_owned();
    assert_eq!(over, Next::GiveUp { why });
}

#[test]
fn s3_24_each_order_has_a_mark_of_its_own_and_is_on_record_with_its_price() {
    let (listing, trigger) = (listing(), deposit("1000000000"));
    let Deal::Order(intent) = deal(&trigger, &listing, &market(Session::Open), NOW).unwrap() else {
        panic!("it must be ordered");
    };
    assert_eq!(
        (intent.limit.to_string(), intent.quantity.to_string()),
        ("202".to_owned(), "4".to_owned())
    );
    let mut case = Case {
        trigger,
        order: None,
        lines: 1,
    };
    let mut marks = std::collections::BTreeSet::new();
    for id in 1..=3 {
        let step = ordered(&case, &listing, &intent, StockOrderId(id), "abc123", NOW).unwrap();
        assert_eq!(step.not_paused.len(), 3);
        let rows = case.rows(&step, NOW);
        assert_eq!(rows.changes.len(), 4);
        marks.insert(step.order.clone().unwrap().mark);
        case = case.after(step, NOW);
        let why = "busy".to_owned();
        let again = case.trigger.on(&TriggerEvent::MayTryAgain { why, next_at: NOW }, NOW);
        case.trigger = again.unwrap();
    }
    let expected = [1, 2, 3].map(|attempt| mark("abc123", TriggerId(7), attempt).unwrap());
    assert_eq!(marks.into_iter().collect::<Vec<_>>(), expected);
    assert!(mark(&"x".repeat(61), TriggerId(7), 1).is_err());
}

#[test]
fn less_than_a_lot_goes_back() {
    let listing = Listing {
        lot: "100".parse().unwrap(),
        ..listing()
    };
    let given = deal(&deposit("1000000000"), &listing, &market(Session::Open), NOW).unwrap();
    let why = "1000 is less than a lot of 100 at 202".to_owned();
    assert_eq!(given, Deal::GiveUp { why });
}
