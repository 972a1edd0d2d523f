//! Faults in Bybit's words.

use bursar::adapters::venue::bybit::verdict;
use bursar::adapters::venue::dialect::{Call, Verdict};

use super::*;

const PLACE: &str = r#""endpoint":"POST /v5/order/create""#;

fn judged(got: &Got) -> Verdict {
    verdict(&got.reply(), Call::Place)
}

#[test]
fn limits_bans_and_errors_come_in_the_venues_words() {
    let venue = Venue::new();
    venue.0.fault(r#"{"what":"limited","seconds":2}"#);
    let got = venue.send_at(
        "alpha",
        &Request::new("GET", "/v5/account/info", &[]),
        SystemClock.now(),
    );
    assert_eq!((got.status(), &got.json()["retCode"]), (200, &json!(10006)));
    assert!(matches!(judged(&got), Verdict::Limited { .. }));
    venue.0.fault(r#"{"what":"banned","seconds":70}"#);
    let got = venue.send("alpha", &Request::new("GET", "/v5/account/info", &[]));
    assert_eq!((got.status(), got.body()), (403, "403, access too frequent"));
    venue.0.fault(&format!(r#"{{"what":"broken","status":503,{PLACE}}}"#));
    let got = venue.limit("one", "49000");
    assert_eq!(got.status(), 503);
    assert!(matches!(judged(&got), Verdict::Unknown(_)));
    assert_eq!(venue.open_orders(), 0);
    venue
        .0
        .fault(&format!(r#"{{"what":"broken_after","status":504,{PLACE}}}"#));
    assert_eq!(venue.limit("one", "49000").status(), 504);
    assert_eq!(venue.open_orders(), 1);
    let again = venue.limit("one", "49000");
    assert!(matches!(judged(&again), Verdict::Duplicate(_)));
}

#[test]
fn reply_may_be_lost_after_the_fill() {
    let venue = Venue::new();
    venue
        .0
        .fault(&format!(r#"{{"what":"lose_reply_after_fill",{PLACE},"key":"alpha"}}"#));
    std::thread::scope(|scope| {
        let placed = scope.spawn(|| {
            let body = limit("one", "49000").as_object().cloned().unwrap();
            let mut body = Value::Object(body);
            body["category"] = json!("linear");
            body["symbol"] = json!("BTCUSDT");
            let request = Request::new("POST", "/v5/order/create", &[]).with_body(body.to_string());
            venue.send_at("alpha", &request, SystemClock.now()).status()
        });
        while venue.open_orders() == 0 {
            std::thread::sleep(Duration::from_millis(30));
        }
        assert!(!placed.is_finished());
        venue.0.price("48990");
        assert_eq!(placed.join().unwrap(), 0);
    });
    let found = venue.rows("/v5/order/history", &[("orderLinkId", "one")]);
    assert_eq!(found[0]["orderStatus"], "Filled");
}

#[test]
fn clock_that_is_off_is_told_and_refuses() {
    let venue = Venue::new();
    venue.0.fault(r#"{"what":"skew","milliseconds":30000}"#);
    let got = venue.send("alpha", &Request::new("GET", "/v5/account/info", &[]));
    assert_eq!(got.json()["retCode"], 10002);
    let time = venue.get("/v5/market/time", &[]).json()["time"].as_i64().unwrap();
    assert!((time - SystemClock.now().0 - 30_000).abs() < 5_000);
}
