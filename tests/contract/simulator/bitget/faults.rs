//! Faults and limits in Bitget's words, as our adapter judges them.

use super::*;

const PLACE: &str = r#""endpoint":"POST /api/v2/mix/order/place-order""#;

fn placing(venue: &Venue, id: &str) -> Got {
    venue.ask(&ask::place(&rest(id, "49000"), PositionMode::OneWay, &venue.listing()).unwrap())
}

#[test]
fn reply_that_is_lost_after_the_fill_leaves_an_order_to_be_found() {
    let venue = Venue::new();
    venue
        .0
        .fault(&format!(r#"{{"what":"lose_reply_after_fill",{PLACE},"key":"alpha"}}"#));
    std::thread::scope(|scope| {
        let placed = scope.spawn(|| placing(&venue, "one").status());
        let open = || Venue::well(&venue.get(&format!("{ORDER}/orders-pending"), &[]))["entrustedList"].is_null();
        while open() {
            std::thread::sleep(Duration::from_millis(50));
        }
        assert!(!placed.is_finished());
        venue.0.price("48990");
        assert_eq!(placed.join().unwrap(), 0);
    });
    assert_eq!(venue.lookup("one").state, ReportedState::Filled);
}

#[test]
fn limits_and_errors_inside_are_judged_for_what_they_are() {
    let venue = Venue::new();
    venue
        .0
        .fault(r#"{"what":"limited","seconds":7,"endpoint":"GET /api/v2/public/time"}"#);
    let time = Request::new("GET", "/api/v2/public/time", &[]);
    let got = venue.send(&time, &with_passphrase("alpha"), SystemClock.now());
    assert_eq!((got.status(), &got.json()["code"]), (429, &json!("429")));
    assert!(matches!(judged(&got, Call::Look), Verdict::Limited { .. }), "{got:?}");
    venue
        .0
        .fault(&format!(r#"{{"what":"broken_after","status":504,{PLACE}}}"#));
    let got = placing(&venue, "one");
    assert_eq!((got.status(), &got.json()["code"]), (504, &json!("40010")));
    assert!(matches!(judged(&got, Call::Place), Verdict::Unknown(_)), "{got:?}");
    assert_eq!(venue.lookup("one").state, ReportedState::Open);
}

#[test]
fn each_endpoint_has_so_many_requests_a_second_and_tells_what_is_left() {
    let venue = Venue::new();
    let info = Request::new("GET", "/api/v2/spot/account/info", &[]);
    let accounts = Request::new(
        "GET",
        &format!("{ACCOUNT}/accounts"),
        &[("productType", "USDT-FUTURES")],
    );
    // The clock of the limits is the venue's: two questions are within one second unless it ends between them.
    let limited = (0..10).any(|_| {
        let got = [(); 2].map(|()| venue.send(&info, &with_passphrase("alpha"), SystemClock.now()));
        got.iter().any(|got| got.status() == 429)
    });
    assert!(limited);
    let got = venue.send(&accounts, &with_passphrase("alpha"), SystemClock.now());
    assert_eq!(
        (got.status(), got.header("x-mbx-used-remain-limit").as_deref()),
        (200, Some("9"))
    );
    let other = venue.send(&info, &with_passphrase("beta"), SystemClock.now());
    assert_eq!(other.status(), 200, "the limit is a key's own");
}

#[test]
fn rights_of_a_key_are_told_and_kept() {
    let venue = Venue::new();
    let info = Request::new("GET", "/api/v2/spot/account/info", &[]);
    let rights = |name: &str| {
        let got = venue.send(&info, &with_passphrase(name), SystemClock.now());
        Venue::well(&got)["authorities"].clone()
    };
    assert_eq!(rights("alpha"), json!(["coor", "cpor", "coow", "cpow"]));
    assert_eq!(rights("beta"), json!(["coor", "cpor", "coow", "cpow", "wwow"]));
    assert_eq!(rights("gamma"), json!(["coor", "cpor"]));
    let order = ask::place(&rest("one", "49000"), PositionMode::OneWay, &venue.listing()).unwrap();
    let got = venue.send(&order, &with_passphrase("gamma"), SystemClock.now());
    assert_eq!((got.status(), &got.json()["code"]), (400, &json!("40014")));
    assert!(matches!(judged(&got, Call::Place), Verdict::Refused { .. }), "{got:?}");
}
