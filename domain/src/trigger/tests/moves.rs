//! The table of moves.

use super::*;

fn events() -> Vec<TriggerEvent> {
    vec![
        TriggerEvent::Paused,
        TriggerEvent::Resumed { expires_at: NOW },
        TriggerEvent::Waits { why: "w".to_owned() },
        TriggerEvent::Ordered {
            order: StockOrderId(1),
            price: lock("200"),
        },
        TriggerEvent::MayTryAgain {
            why: "w".to_owned(),
            next_at: NOW,
        },
        TriggerEvent::Executed {
            filled: Quantity::ONE,
            value: Amount::ONE,
            fee: Amount::ZERO,
            why: None,
        },
        TriggerEvent::GivenUp { why: "w".to_owned() },
        TriggerEvent::PaidOut,
    ]
}

#[test]
fn s3_23_only_the_moves_of_the_table_are_allowed_and_all_others_are_refused() {
    let ordering = TriggerState::Ordering { order: StockOrderId(1) };
    let settled = TriggerState::Settled { at: NOW };
    let returned = TriggerState::Returned { at: NOW };
    let allowed = [
        (TriggerState::Held, vec![("resumed", "ready")]),
        (
            TriggerState::Ready,
            vec![
                ("paused", "held"),
                ("waits", "ready"),
                ("ordered", "ordering"),
                ("given_up", "returning"),
            ],
        ),
        (
            ordering,
            vec![
                ("may_try_again", "ready"),
                ("executed", "paying"),
                ("given_up", "returning"),
            ],
        ),
        (TriggerState::Paying, vec![("paid_out", "settled")]),
        (TriggerState::Returning, vec![("paid_out", "returned")]),
        (settled, vec![]),
        (returned, vec![]),
    ];
    for (state, moves) in allowed {
        let trigger = Trigger {
            state,
            ..deposit("1000000000")
        };
        let made: Vec<(&str, &str)> = events()
            .iter()
            .filter_map(|event| Some((event.as_str(), trigger.on(event, NOW).ok()?.state.as_str())))
            .collect();
        assert_eq!(made, moves, "{}", state.as_str());
    }
}

#[test]
fn s3_21_a_price_is_locked_once() {
    let ordered = |price| TriggerEvent::Ordered {
        order: StockOrderId(1),
        price,
    };
    let first = deposit("1000000000").on(&ordered(lock("200")), NOW).unwrap();
    assert_eq!((first.price, first.orders), (Some(lock("200")), 1));
    let again = TriggerEvent::MayTryAgain {
        why: "busy".to_owned(),
        next_at: NOW,
    };
    let ready = first.on(&again, NOW).unwrap();
    let trigger = ready.id;
    assert_eq!(
        ready.on(&ordered(lock("201")), NOW),
        Err(TriggerError::PriceLocked { trigger })
    );
    assert_eq!(ready.on(&ordered(lock("200")), NOW).unwrap().orders, 2);
}

#[test]
fn nothing_executed_is_no_execution() {
    let trigger = Trigger {
        state: TriggerState::Ordering { order: StockOrderId(1) },
        ..deposit("1000000000")
    };
    let event = TriggerEvent::Executed {
        filled: Quantity::ZERO,
        value: Amount::ZERO,
        fee: Amount::ZERO,
        why: None,
    };
    assert!(matches!(
        trigger.on(&event, NOW),
        Err(TriggerError::NothingExecuted { .. })
    ));
}
