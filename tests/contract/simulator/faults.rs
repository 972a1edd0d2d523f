//! Fault scripts on requests: what is lost, what was done, and what is said.

use super::*;

const PLACE: &str = r#""endpoint":"POST /fapi/v1/order""#;

#[test]
fn lost_request_did_nothing_and_lost_reply_did_it() {
    let world = World::new();
    world.fault(&format!(r#"{{"what":"lose_request",{PLACE},"key":"alpha"}}"#));
    assert_eq!(world.limit("one", "BUY", "49000").status(), 0);
    assert_eq!(world.open_orders(), 0);
    world.fault(&format!(r#"{{"what":"lose_reply",{PLACE}}}"#));
    assert_eq!(world.limit("two", "BUY", "49000").status(), 0);
    let found = world.well(
        "GET",
        "/fapi/v1/order",
        &[("symbol", "BTCUSDT"), ("origClientOrderId", "two")],
    );
    assert_eq!(found["status"], "NEW");
    assert_eq!(world.limit("three", "BUY", "49000").status(), 200, "each hit once");
}

#[test]
fn reply_may_be_lost_after_the_fill() {
    let world = World::new();
    world.fault(&format!(r#"{{"what":"lose_reply_after_fill",{PLACE}}}"#));
    std::thread::scope(|scope| {
        let placed = scope.spawn(|| world.limit("one", "BUY", "49000").status());
        while world.open_orders() == 0 {
            std::thread::sleep(Duration::from_millis(5));
        }
        assert!(!placed.is_finished());
        world.price("48990");
        assert_eq!(placed.join().unwrap(), 0);
    });
    let found = world.well(
        "GET",
        "/fapi/v1/order",
        &[("symbol", "BTCUSDT"), ("origClientOrderId", "one")],
    );
    assert_eq!(found["status"], "FILLED");
}

#[test]
fn limits_bans_and_errors_come_in_the_venues_words() {
    let world = World::new();
    world.fault(r#"{"what":"limited","seconds":7}"#);
    let got = world.ask("alpha", "GET", "/fapi/v1/time", &[]);
    assert_eq!(
        (got.status(), got.code(), got.header("retry-after").as_deref()),
        (429, -1003, Some("7"))
    );
    world.fault(r#"{"what":"banned","seconds":70}"#);
    let got = world.ask("alpha", "GET", "/fapi/v1/time", &[]);
    assert_eq!(
        (got.status(), got.code(), got.header("retry-after").as_deref()),
        (418, -1003, Some("70"))
    );
    world.fault(&format!(r#"{{"what":"broken","status":503,{PLACE}}}"#));
    assert_eq!(world.limit("one", "BUY", "49000").status(), 503);
    assert_eq!(world.open_orders(), 0);
    world.fault(&format!(r#"{{"what":"broken_after","status":504,{PLACE}}}"#));
    let got = world.limit("one", "BUY", "49000");
    assert_eq!((got.status(), got.code()), (504, -1007));
    assert_eq!(world.open_orders(), 1);
}

#[test]
fn answer_is_late_stale_or_refused_by_a_clock_that_is_off() {
    let world = World::new();
    world.fault(r#"{"what":"delay","milliseconds":300,"endpoint":"GET /fapi/v1/time"}"#);
    let began = std::time::Instant::now();
    assert_eq!(world.ask("alpha", "GET", "/fapi/v1/time", &[]).status(), 200);
    assert!(began.elapsed() >= Duration::from_millis(300));
    assert_eq!(world.open_orders(), 0);
    world.limit("one", "BUY", "49000");
    world.fault(r#"{"what":"stale","endpoint":"GET /fapi/v1/openOrders"}"#);
    assert_eq!(world.open_orders(), 0, "as it was told before");
    assert_eq!(world.open_orders(), 1);
    world.fault(r#"{"what":"skew","milliseconds":30000}"#);
    let got = world.ask("alpha", "GET", "/fapi/v2/balance", &[]);
    assert_eq!(got.code(), -1021);
    let time = world.ask("alpha", "GET", "/fapi/v1/time", &[]).json()["serverTime"]
        .as_i64()
        .unwrap();
    assert!((time - SystemClock.now().0 - 30_000).abs() < 5_000);
    assert_eq!(world.control("DELETE", "/simulator/faults", "").json()["cleared"], 1);
    assert_eq!(world.ask("alpha", "GET", "/fapi/v2/balance", &[]).status(), 200);
}

#[test]
fn faults_are_listed_cleared_and_refused_with_the_field() {
    let world = World::new();
    world.fault(r#"{"what":"cut","endpoint":"ORDER_TRADE_UPDATE","times":3}"#);
    let list = world.control("GET", "/simulator/faults", "").json();
    assert_eq!(
        (&list["faults"][0]["what"], &list["faults"][0]["times"]),
        (&"cut".into(), &3.into())
    );
    let id = list["faults"][0]["id"].as_u64().unwrap();
    assert_eq!(
        world.control("DELETE", &format!("/simulator/faults/{id}"), "").status(),
        200
    );
    assert_eq!(
        world.control("DELETE", &format!("/simulator/faults/{id}"), "").status(),
        404
    );
    for (script, word) in [
        (r#"{"what":"broken","status":200}"#, "status"),
        (r#"{"what":"cut","endpiont":"x"}"#, "endpiont"),
        (r#"{"what":"delay"}"#, "milliseconds"),
        ("[]", "map"),
    ] {
        let got = world.control("POST", "/simulator/faults", script);
        assert_eq!(got.status(), 400, "{script}");
        assert!(got.body().contains(word), "{}", got.body());
    }
    let price = world.control("POST", "/simulator/price", r#"{"symbol":"BTCUSDT","price":"50000.05"}"#);
    assert!(price.status() == 400 && price.body().contains("multiple"), "{price:?}");
}
