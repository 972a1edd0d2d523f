//! What is refused, and with which code.

use super::*;

fn order(more: Value) -> Value {
    let mut order = limit("id", "49000");
    for (name, value) in more.as_object().unwrap() {
        order[name] = value.clone();
    }
    order
}

#[test]
fn every_rule_of_an_order_has_its_code() {
    let venue = Venue::new();
    for (more, code) in [
        (json!({ "side": "Hold" }), 10001),
        (json!({ "orderType": "Iceberg" }), 10001),
        (json!({ "timeInForce": "NOW" }), 10001),
        (json!({ "price": null }), 10001),
        (json!({ "price": "much" }), 10001),
        (json!({ "price": "49000.05" }), 10001),
        (json!({ "qty": "0" }), 10001),
        (json!({ "qty": "0.0101" }), 10001),
        (json!({ "qty": "0.001" }), 110_094),
        (json!({ "qty": "500" }), 110_007),
        (json!({ "orderLinkId": "a b" }), 10001),
        (json!({ "orderLinkId": "a123456789012345678901234567890123456" }), 10001),
        (json!({ "positionIdx": 1 }), 10001),
        (json!({ "reduceOnly": true }), 110_017),
        (json!({ "triggerPrice": "48000" }), 10001),
        (json!({ "triggerPrice": "48000", "triggerDirection": 1 }), 110_092),
        (json!({ "triggerPrice": "52000", "triggerDirection": 2 }), 110_093),
        (json!({ "takeProfit": "60000" }), 10001),
    ] {
        let got = venue.post("/v5/order/create", order(more.clone()));
        assert_eq!(
            (got.status(), &got.json()["retCode"]),
            (200, &json!(code)),
            "{more} {got:?}"
        );
    }
    assert_eq!(venue.open_orders(), 0);
    let ids = json!({ "orderId": "c6f055d9-7f21-4079-913d-e6523a9cfffa" });
    assert_eq!(venue.post("/v5/order/cancel", ids.clone()).json()["retCode"], 110_001);
    assert_eq!(venue.post("/v5/order/amend", ids).json()["retCode"], 110_001);
    assert_eq!(venue.post("/v5/order/cancel", json!({})).json()["retCode"], 10001);
    venue.well(venue.limit("rests", "49000"));
    let same = json!({ "orderLinkId": "rests", "price": "49000" });
    assert_eq!(venue.post("/v5/order/amend", same).json()["retCode"], 10001);
}

#[test]
fn settings_are_refused_with_their_codes() {
    let venue = Venue::new();
    let code = |path: &str, body: Value| venue.post(path, body).json()["retCode"].clone();
    let leverage = |much: &str| json!({ "buyLeverage": much, "sellLeverage": much });
    assert_eq!(code("/v5/position/set-leverage", leverage("20")), 110_043);
    assert_eq!(code("/v5/position/set-leverage", leverage("126")), 110_013);
    assert_eq!(code("/v5/position/set-leverage", leverage("7.00")), 0);
    assert_eq!(code("/v5/position/switch-mode", json!({ "mode": 0 })), 110_025);
    assert_eq!(code("/v5/position/switch-isolated", json!({ "tradeMode": 1 })), 100_028);
    assert_eq!(
        code(
            "/v5/account/set-margin-mode",
            json!({ "setMarginMode": "PORTFOLIO_MARGIN" })
        ),
        3_400_045
    );
    venue.take("Buy", "0.01");
    assert_eq!(code("/v5/position/switch-mode", json!({ "mode": 3 })), 110_024);
    let isolated = json!({ "setMarginMode": "ISOLATED_MARGIN" });
    let refused = venue.post("/v5/account/set-margin-mode", isolated.clone()).json();
    assert_eq!(refused["retCode"], 3_400_045);
    assert!(refused["result"]["reasons"][0]["reasonCode"].is_string());
    venue.take("Sell", "0.01");
    assert_eq!(code("/v5/account/set-margin-mode", isolated), 0);
    let mode = venue.well(venue.get("/v5/account/info", &[]))["marginMode"].clone();
    assert_eq!(mode, "ISOLATED_MARGIN");
    let wallet = [("accountType", "UNIFIED")];
    let wallet = venue.rows("/v5/account/wallet-balance", &wallet);
    assert_eq!(
        wallet[0]["totalAvailableBalance"], "",
        "not told where each position has its own margin"
    );
}

#[test]
fn hedge_mode_holds_both_sides() {
    let venue = Venue::new();
    venue.well(venue.post("/v5/position/switch-mode", json!({ "mode": 3 })));
    assert_eq!(venue.limit("none", "49000").json()["retCode"], 10001);
    for (id, side) in [("long", Side::Long), ("short", Side::Short)] {
        venue.place(
            &intent(id, side.opening(), side, OrderKind::Market),
            PositionMode::Hedge,
        );
    }
    let positions = venue.get("/v5/position/list", &[]);
    let held = parse::holdings(positions.body().as_bytes()).unwrap().rows;
    let told: Vec<_> = held.iter().map(|held| (held.side, held.is_hedge)).collect();
    assert_eq!(told, [(Side::Long, true), (Side::Short, true)]);
    venue.place(
        &intent("back", Action::Buy, Side::Short, OrderKind::Market),
        PositionMode::Hedge,
    );
    let rows = venue.rows("/v5/position/list", &[]);
    assert_eq!(
        (&rows[1]["positionIdx"], &rows[1]["size"], &rows[1]["side"]),
        (&json!(2), &json!("0"), &json!(""))
    );
}

#[test]
fn who_asks_is_checked_before_anything_is_done() {
    let venue = Venue::new();
    let info = Request::new("GET", "/v5/account/info", &[]);
    let code = |got: Got| (got.status(), got.json()["retCode"].as_i64().unwrap());
    let bare = |headers: &[(&str, String)]| code(line::ask(&venue.0.address, "GET", "/v5/account/info", headers, ""));
    assert_eq!(bare(&[]), (200, 10001));
    assert_eq!(code(venue.send("nobody", &info)), (200, 10003));
    let now = SystemClock.now();
    let headers = [
        ("X-BAPI-API-KEY", "alpha".to_owned()),
        ("X-BAPI-TIMESTAMP", now.0.to_string()),
        ("X-BAPI-SIGN", "00ff".to_owned()),
    ];
    assert_eq!(bare(&headers), (200, 10004));
    for off in [-6_000, 3_000] {
        assert_eq!(
            code(venue.send_at("alpha", &info, Timestamp(now.0 + off))),
            (200, 10002)
        );
    }
    let order = order(json!({ "category": "linear", "symbol": "BTCUSDT" })).to_string();
    let order = Request::new("POST", "/v5/order/create", &[]).with_body(order);
    assert_eq!(code(venue.send("gamma", &order)), (200, 10005));
    assert_eq!(code(venue.send("gamma", &info)), (200, 0));
    assert_eq!(
        code(venue.send("alpha", &Request::new("GET", "/v5/nothing", &[]))),
        (404, 10017)
    );
}

#[test]
fn rights_of_a_key_are_told() {
    let venue = Venue::new();
    let rights = |key: &str| venue.well(venue.send(key, &Request::new("GET", "/v5/user/query-api", &[])));
    assert_eq!(
        rights("alpha")["permissions"]["ContractTrade"],
        json!(["Order", "Position"])
    );
    assert_eq!(rights("alpha")["permissions"]["Wallet"], json!([]));
    assert_eq!(
        rights("beta")["permissions"]["Wallet"],
        json!(["AccountTransfer", "Withdraw"])
    );
    assert_eq!(
        (&rights("gamma")["readOnly"], &rights("gamma")["uta"]),
        (&json!(1), &json!(1))
    );
}

#[test]
fn requests_are_counted_by_account_and_endpoint_and_limited() {
    let venue = Venue::new();
    let rights = Request::new("GET", "/v5/user/query-api", &[]);
    let first = venue.send("alpha", &rights);
    assert_eq!(first.header("X-Bapi-Limit").as_deref(), Some("10"));
    let mut all = (0..200).map(|_| venue.send_at("alpha", &rights, SystemClock.now()));
    let limited = all.find(|got| got.json()["retCode"] == 10006).unwrap();
    assert_eq!(
        (limited.status(), limited.header("X-Bapi-Limit-Status").as_deref()),
        (200, Some("0"))
    );
    let reset: i64 = limited.header("X-Bapi-Limit-Reset-Timestamp").unwrap().parse().unwrap();
    assert!((reset - SystemClock.now().0).abs() <= 1_000);
    assert_eq!(venue.send_at("beta", &rights, SystemClock.now()).json()["retCode"], 0);
}
