//! What is refused, and with which code.

use super::*;

fn order(more: &Value) -> Value {
    let mut order = json!({
        "instId": SWAP, "tdMode": "cross", "side": "buy", "ordType": "limit", "sz": "1", "px": "49000", "clOrdId": "id",
    });
    for (name, value) in more.as_object().unwrap() {
        order[name] = value.clone();
    }
    order
}

#[test]
fn every_rule_of_an_order_has_its_code() {
    let venue = Venue::new();
    for (more, refused) in [
        (json!({ "instId": "NO-SUCH-SWAP" }), "51001"),
        (json!({ "instId": "" }), "50014"),
        (json!({ "tdMode": "cash" }), "51000"),
        (json!({ "side": "hold" }), "51000"),
        (json!({ "ordType": "iceberg" }), "51000"),
        (json!({ "px": "" }), "51204"),
        (json!({ "px": "much" }), "51000"),
        (json!({ "px": "49000.05" }), "51150"),
        (json!({ "sz": "" }), "50014"),
        (json!({ "sz": "0" }), "51000"),
        (json!({ "sz": "0.15" }), "51121"),
        (json!({ "sz": "0.1" }), "51020"),
        (json!({ "sz": "50000" }), "51008"),
        (json!({ "clOrdId": "a_b" }), "51000"),
        (json!({ "clOrdId": "a12345678901234567890123456789012" }), "51000"),
        (json!({ "posSide": "long" }), "51000"),
        (json!({ "reduceOnly": true }), "51169"),
        (json!({ "attachAlgoOrds": [{ "slTriggerPx": "48000" }] }), "51000"),
    ] {
        let got = venue.post("/api/v5/trade/order", &order(&more));
        assert_eq!((got.status(), code(&got).as_str()), (200, refused), "{more}");
    }
    assert_eq!(venue.open(), 0);
    let cancel = |body: &Value| code(&venue.post("/api/v5/trade/cancel-order", body));
    assert_eq!(cancel(&json!({ "instId": SWAP, "ordId": "77000" })), "51400");
    assert_eq!(cancel(&json!({ "instId": SWAP })), "51407");
    let show = |query: &[(&'static str, &str)]| code(&venue.get("/api/v5/trade/order", query));
    assert_eq!(show(&[("instId", SWAP), ("ordId", "77000")]), "51603");
    assert_eq!(show(&[("instId", SWAP)]), "50015");
    assert_eq!(code(&venue.get("/api/v5/trade/fills", &[("limit", "101")])), "51000");
}

#[test]
fn several_orders_are_answered_one_by_one() {
    let venue = Venue::new();
    let orders = json!([order(&json!({})), order(&json!({ "sz": "0.15", "clOrdId": "two" }))]);
    let got = venue.post("/api/v5/trade/batch-orders", &orders).json();
    let codes: Vec<&str> = got["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["sCode"].as_str().unwrap())
        .collect();
    assert_eq!((got["code"].as_str().unwrap(), codes), ("2", vec!["0", "51121"]));
    let lower = json!([{ "instId": SWAP, "clOrdId": "id", "newPx": "48000" }]);
    venue.done("/api/v5/trade/amend-batch-orders", &lower);
    let found = venue.data("/api/v5/trade/orders-pending", &[]);
    assert_eq!((&found[0]["px"], &found[0]["sz"]), (&"48000".into(), &"1".into()));
    let none = venue.post("/api/v5/trade/amend-order", &json!({ "instId": SWAP, "clOrdId": "id" }));
    assert_eq!(code(&none), "51500");
    venue.done(
        "/api/v5/trade/cancel-batch-orders",
        &json!([{ "instId": SWAP, "clOrdId": "id" }]),
    );
    let gone = json!({ "instId": SWAP, "clOrdId": "id", "newPx": "47000" });
    assert_eq!(code(&venue.post("/api/v5/trade/amend-order", &gone)), "51503");
}

#[test]
fn hedge_mode_has_rules_of_its_own() {
    let venue = Venue::new();
    let hedge = json!({ "posMode": "long_short_mode" });
    for _ in 0..2 {
        venue.done("/api/v5/account/set-position-mode", &hedge);
    }
    let place = |more: &Value| code(&venue.post("/api/v5/trade/order", &order(more)));
    assert_eq!(place(&json!({})), "51000");
    assert_eq!(place(&json!({ "posSide": "long", "side": "sell" })), "51169");
    assert_eq!(
        place(&json!({ "posSide": "long", "ordType": "market", "reduceOnly": true })),
        "0"
    );
    assert_eq!(
        place(&json!({ "posSide": "long", "side": "sell", "ordType": "market", "sz": "2" })),
        "51112"
    );
    let fills = venue.data("/api/v5/trade/fills", &[]);
    assert_eq!(
        (&fills[0]["subType"], &fills[0]["posSide"]),
        (&"3".into(), &"long".into())
    );
    let back = venue.post("/api/v5/account/set-position-mode", &json!({ "posMode": "net_mode" }));
    assert_eq!(code(&back), "59000");
}

#[test]
fn settings_are_refused_with_their_codes() {
    let venue = Venue::new();
    let set = |more: Value| {
        let mut body = json!({ "instId": SWAP, "mgnMode": "cross", "lever": "10" });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        code(&venue.post("/api/v5/account/set-leverage", &body))
    };
    assert_eq!(set(json!({ "lever": "126" })), "59102");
    assert_eq!(set(json!({ "mgnMode": "none" })), "51000");
    assert_eq!(set(json!({ "mgnMode": "isolated", "posSide": "long" })), "51000");
    venue.place(&intent("rests", Action::Buy, "0.01", Some("49000")));
    assert_eq!(set(json!({})), "59107");
    assert_eq!(set(json!({ "lever": "20" })), "0");
}

#[test]
fn who_asks_is_checked_before_anything_is_done() {
    let venue = Venue::new();
    let balance = Request::new("GET", "/api/v5/account/balance", &[]);
    let now = SystemClock.now();
    let asked = |credential: Credential, now: Timestamp| {
        let got = venue.send_as(&credential, &balance, now);
        (got.status(), code(&got))
    };
    let alpha = || with_passphrase("alpha");
    assert_eq!(asked(alpha(), now).0, 200);
    let wrong = Credential {
        secret: "wrong".into(),
        ..alpha()
    };
    assert_eq!(asked(wrong, now), (401, "50113".to_owned()));
    let wrong = Credential {
        passphrase: Some("wrong".into()),
        ..alpha()
    };
    assert_eq!(asked(wrong, now), (401, "50105".to_owned()));
    assert_eq!(
        asked(
            Credential {
                passphrase: None,
                ..alpha()
            },
            now
        ),
        (401, "50104".to_owned())
    );
    assert_eq!(asked(with_passphrase("nobody"), now), (401, "50111".to_owned()));
    let uuid = with_passphrase("6d0d2c1a-0000-4000-8000-123456789abc");
    assert_eq!(asked(uuid, now), (200, "50119".to_owned()));
    for off in [-31_000, 31_000] {
        assert_eq!(asked(alpha(), Timestamp(now.0 + off)), (401, "50102".to_owned()));
    }
    let bare = line::ask(&venue.0.address, "GET", "/api/v5/account/balance", &[], "");
    assert_eq!((bare.status(), code(&bare).as_str()), (401, "50103"));
    let request = ask::place(
        &intent("id", Action::Buy, "0.01", None),
        PositionMode::OneWay,
        &venue.listing(),
    )
    .unwrap();
    assert_eq!(code(&venue.send("gamma", &request)), "50120");
    assert_eq!(venue.send("gamma", &balance).status(), 200);
    assert_eq!(venue.0.control("GET", "/api/v5/nothing", "").status(), 404);
    let method = venue.0.control("PUT", "/api/v5/public/time", "");
    assert_eq!((method.status(), code(&method).as_str()), (405, "50115"));
}

#[test]
fn rights_of_a_key_are_told() {
    let venue = Venue::new();
    let rights = |key: &str| {
        let config = venue.send(key, &Request::new("GET", "/api/v5/account/config", &[]));
        config.json()["data"][0]["perm"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        ["alpha", "beta", "gamma"].map(rights),
        ["read_only,trade", "read_only,withdraw,trade", "read_only"]
    );
}

#[test]
fn requests_are_counted_by_endpoint_and_user() {
    let venue = Venue::new();
    let config = Request::new("GET", "/api/v5/account/config", &[]);
    // Five in two seconds; a new window may begin in between.
    let limited = (0..11)
        .map(|_| venue.send("alpha", &config))
        .find(|got| got.status() == 429);
    assert_eq!(code(&limited.unwrap()), "50011");
    assert_eq!(venue.send("beta", &config).status(), 200);
    assert_eq!(venue.get("/api/v5/account/balance", &[]).status(), 200);
}

#[test]
fn countdown_is_told_and_called_off() {
    let venue = Venue::new();
    let count = |seconds: &str| venue.post("/api/v5/trade/cancel-all-after", &json!({ "timeOut": seconds }));
    assert_eq!(code(&count("5")), "51000");
    std::thread::sleep(Duration::from_millis(1_100));
    let told = count("10").json()["data"][0].clone();
    let (at, now) = (told["triggerTime"].as_str().unwrap(), told["ts"].as_str().unwrap());
    assert_eq!(at.parse::<i64>().unwrap() - now.parse::<i64>().unwrap(), 10_000);
    std::thread::sleep(Duration::from_millis(1_100));
    assert_eq!(count("0").json()["data"][0]["triggerTime"], "0");
}
