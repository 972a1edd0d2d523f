//! Faults in Gate's words, and the countdown.

use super::*;

const PLACE: &str = r#""endpoint":"POST /api/v4/futures/usdt/orders""#;

#[test]
fn order_whose_reply_is_lost_is_found() {
    let gate = Venue::new();
    gate.0
        .fault(&format!(r#"{{"what":"lose_reply",{PLACE},"key":"alpha"}}"#));
    assert_eq!(gate.limit("lost", 10, "49000").status(), 0);
    assert_eq!(gate.well("orders/t-lost", &[])["status"], "open");
    gate.0.fault(&format!(r#"{{"what":"lose_request",{PLACE}}}"#));
    assert_eq!(gate.limit("never", 10, "49000").status(), 0);
    assert_eq!(Venue::label(&gate.read("orders/t-never", &[])).1, "ORDER_NOT_FOUND");
}

#[test]
fn reply_may_be_lost_after_the_fill() {
    let gate = Venue::new();
    gate.0.fault(&format!(r#"{{"what":"lose_reply_after_fill",{PLACE}}}"#));
    std::thread::scope(|scope| {
        let placed = scope.spawn(|| gate.limit("one", 10, "49000").status());
        while gate.open_orders() == 0 {
            std::thread::sleep(Duration::from_millis(5));
        }
        assert!(!placed.is_finished());
        gate.0.price("48990");
        assert_eq!(placed.join().unwrap(), 0);
    });
    assert_eq!(gate.well("orders/t-one", &[])["finish_as"], "filled");
}

#[test]
fn limits_and_errors_come_in_the_venues_words() {
    let gate = Venue::new();
    gate.0.fault(r#"{"what":"limited","seconds":7}"#);
    let got = gate.read("accounts", &[]);
    assert_eq!(Venue::label(&got), (429, "TOO_MANY_REQUESTS".to_owned()));
    let reset = got.header("x-gate-ratelimit-reset-timestamp").unwrap();
    let wait = bursar::adapters::venue::dialect::wait(&reset, SystemClock.now()).unwrap();
    assert!((5..=8).contains(&wait.as_secs()), "{wait:?}");
    gate.0.fault(&format!(r#"{{"what":"broken","status":503,{PLACE}}}"#));
    let got = gate.limit("one", 10, "49000");
    assert_eq!(Venue::label(&got), (503, "TOO_BUSY".to_owned()));
    assert!(matches!(verdict(&got, Call::Place), Verdict::Unknown(_)));
    assert_eq!(gate.open_orders(), 0);
    gate.0
        .fault(&format!(r#"{{"what":"broken_after","status":500,{PLACE}}}"#));
    assert_eq!(
        Venue::label(&gate.limit("one", 10, "49000")),
        (500, "INTERNAL".to_owned())
    );
    assert_eq!(gate.open_orders(), 1);
    gate.0.fault(r#"{"what":"skew","milliseconds":90000}"#);
    assert_eq!(
        Venue::label(&gate.read("accounts", &[])),
        (403, "REQUEST_EXPIRED".to_owned())
    );
}

#[test]
fn countdown_is_put_off_and_called_off() {
    let gate = Venue::new();
    gate.limit("one", 10, "49000");
    let count = |timeout: u64| {
        gate.post("countdown_cancel_all", &[], &json!({ "timeout": timeout }))
            .json()
    };
    let at: i64 = count(5)["triggerTime"].as_str().unwrap().parse().unwrap();
    assert!((at - SystemClock.now().0 - 5_000).abs() < 1_000);
    assert_eq!(count(0)["triggerTime"], "0");
    count(5);
    std::thread::sleep(Duration::from_millis(5_600));
    assert_eq!(gate.open_orders(), 0);
}
