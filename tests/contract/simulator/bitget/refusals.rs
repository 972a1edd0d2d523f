//! What is refused, and with which of Bitget's codes.

use super::*;

/// A limit order with other fields; an empty one is left out.
fn order(more: &[(&str, &str)]) -> Value {
    let mut order = json!({
        "size": "0.01", "price": "49000", "side": "buy", "orderType": "limit", "force": "gtc",
    });
    for (name, value) in more {
        order[*name] = json!(value);
    }
    order
}

#[test]
fn every_rule_of_an_order_has_its_code() {
    let venue = Venue::new();
    for (more, code) in [
        (vec![("symbol", "NOSUCH")], "40034"),
        (vec![("productType", "COIN-FUTURES")], "40034"),
        (vec![("productType", "FUTURES")], "40020"),
        (vec![("productType", "")], "40019"),
        (vec![("marginCoin", "BTC")], "40020"),
        (vec![("marginMode", "shared")], "40020"),
        (vec![("side", "hold")], "40020"),
        (vec![("orderType", "iceberg")], "40020"),
        (vec![("force", "now")], "40020"),
        (vec![("price", "")], "40019"),
        (vec![("price", "much")], "40020"),
        (vec![("price", "49000.05")], "45115"),
        (vec![("size", "")], "40019"),
        (vec![("size", "0.0001")], "40808"),
        (vec![("size", "0")], "40808"),
        (vec![("size", "0.002")], "45110"),
        (vec![("size", "500")], "40762"),
        (vec![("clientOid", "a b")], "40305"),
        (
            vec![("clientOid", "a1234567890123456789012345678901234567890")],
            "40305",
        ),
        (vec![("reduceOnly", "perhaps")], "40020"),
        (vec![("reduceOnly", "YES")], "22002"),
        (vec![("force", "post_only"), ("price", "50000")], "43011"),
        (vec![("presetStopLossPrice", "48000")], "40020"),
    ] {
        let got = venue.post(&format!("{ORDER}/place-order"), &order(&more));
        assert_eq!(
            (got.status(), &got.json()["code"]),
            (400, &json!(code)),
            "{more:?} {got:?}"
        );
        // 40808 is a no, too, but our adapter does not count on it.
        let is_known = matches!(judged(&got, Call::Place), Verdict::Refused { .. });
        assert!(is_known || code == "40808", "{got:?}");
    }
    let open = Venue::well(&venue.get(&format!("{ORDER}/orders-pending"), &[]));
    assert_eq!(open["entrustedList"], Value::Null);
    let absent = venue.get(&format!("{ORDER}/detail"), &[("symbol", "BTCUSDT"), ("orderId", "77")]);
    assert_eq!(absent.json()["code"], "40109");
    assert!(matches!(judged(&absent, Call::Look), Verdict::Absent(_)), "{absent:?}");
    let cancel = venue.post(&format!("{ORDER}/cancel-order"), &json!({ "orderId": "77" }));
    assert_eq!(cancel.json()["code"], "40768");
    let all = venue.post(&format!("{ORDER}/cancel-all-orders"), &json!({}));
    assert_eq!(all.json()["code"], "22001");
}

#[test]
fn order_that_must_be_filled_at_once_is_taken_and_cancelled() {
    let venue = Venue::new();
    let got = venue.post(
        &format!("{ORDER}/place-order"),
        &order(&[("force", "fok"), ("clientOid", "one")]),
    );
    Venue::well(&got);
    let report = venue.lookup("one");
    assert_eq!(
        (report.state, report.filled),
        (ReportedState::Cancelled, Quantity::ZERO)
    );
}

#[test]
fn settings_stand_against_positions_and_orders() {
    let venue = Venue::new();
    venue.place(&rest("one", "49000"), PositionMode::OneWay);
    for (path, body, code) in [
        ("set-position-mode", json!({ "posMode": "hedge_mode" }), "40920"),
        ("set-margin-mode", json!({ "marginMode": "isolated" }), "45117"),
        ("set-leverage", json!({ "leverage": "126" }), "40797"),
        ("set-margin", json!({ "amount": "1" }), "40709"),
    ] {
        let got = venue.post(&format!("{ACCOUNT}/{path}"), &body);
        assert_eq!((got.status(), &got.json()["code"]), (400, &json!(code)), "{path}");
    }
    let isolated = venue.post(&format!("{ORDER}/place-order"), &order(&[("marginMode", "isolated")]));
    assert_eq!(isolated.json()["code"], "45117");
    let all = Venue::well(&venue.post(&format!("{ORDER}/cancel-all-orders"), &json!({})));
    assert_eq!(all["successList"][0]["clientOid"], "one");
    assert_eq!(venue.set_mode("hedge_mode"), PositionMode::Hedge);
    let one_way = venue.post(&format!("{ORDER}/place-order"), &order(&[]));
    assert_eq!(one_way.json()["code"], "40774");
    let set = venue.post(&format!("{ACCOUNT}/set-leverage"), &json!({ "leverage": "7" }));
    let market = Symbol::new("BTCUSDT");
    assert_eq!(
        parse::leverage(set.body().as_bytes()).unwrap(),
        [(market.clone(), Side::Long, 7), (market, Side::Short, 7)]
    );
}

#[test]
fn request_is_held_against_key_passphrase_time_and_signature() {
    let venue = Venue::new();
    let balance = Request::new(
        "GET",
        &format!("{ACCOUNT}/accounts"),
        &[("productType", "USDT-FUTURES")],
    );
    let now = SystemClock.now();
    let code = |credential: &Credential, at: Timestamp| {
        let got = venue.send(&balance, credential, at);
        assert!(matches!(judged(&got, Call::Look), Verdict::Refused { .. }), "{got:?}");
        got.json()["code"].as_str().unwrap().to_owned()
    };
    let alpha = || with_passphrase("alpha");
    assert_eq!(code(&with_passphrase("nobody"), now), "40037");
    let secret = Credential {
        secret: "other-secret".to_owned().into(),
        ..alpha()
    };
    assert_eq!(code(&secret, now), "40009");
    let passphrase = |text: &str| Credential {
        passphrase: Some(text.to_owned().into()),
        ..alpha()
    };
    assert_eq!(code(&passphrase("other"), now), "40012");
    assert_eq!(code(&passphrase(""), now), "40011");
    assert_eq!(code(&alpha(), Timestamp(now.0 - 31_000)), "40008");
    assert_eq!(code(&alpha(), Timestamp(now.0 + 60_000)), "40008");
    assert_eq!(venue.send(&balance, &alpha(), now).status(), 200);
    let unsigned = line::ask(&venue.0.address, "GET", &balance.target(), &[], "");
    assert_eq!((unsigned.status(), &unsigned.json()["code"]), (400, &json!("40001")));
    let nowhere = line::ask(&venue.0.address, "GET", "/api/v2/mix/nothing", &[], "");
    assert_eq!((nowhere.status(), &nowhere.json()["code"]), (404, &json!("40404")));
    let unified = line::ask(&venue.0.address, "GET", "/api/v3/account/settings", &[], "");
    assert_eq!(unified.json()["code"], "40084");
}

#[test]
fn conditional_orders_are_listed_by_kind_and_fire_once() {
    let venue = Venue::new();
    let tpsl = |kind: &str, trigger: &str| {
        let body = json!({ "planType": kind, "triggerPrice": trigger, "holdSide": "buy", "size": "0.01" });
        venue.post(&format!("{ORDER}/place-tpsl-order"), &body)
    };
    assert_eq!(tpsl("pos_loss", "48000").json()["code"], "43023", "without a position");
    venue.place(&take("one", Action::Buy, Side::Long, "0.02"), PositionMode::OneWay);
    assert_eq!(tpsl("pos_loss", "51000").json()["code"], "40917");
    assert_eq!(tpsl("pos_profit", "49000").json()["code"], "40915");
    Venue::well(&tpsl("loss_plan", "48000"));
    Venue::well(&tpsl("pos_profit", "52000"));
    let entry = json!({
        "planType": "normal_plan", "triggerPrice": "47000", "triggerType": "mark_price", "orderType": "market",
        "side": "buy", "size": "0.01", "clientOid": "entry",
    });
    Venue::well(&venue.post(&format!("{ORDER}/place-plan-order"), &entry));
    assert_eq!(
        venue.post(&format!("{ORDER}/place-plan-order"), &entry).json()["code"],
        "40786"
    );
    let kinds = |list: &str, kind: &str| {
        let told = Venue::well(&venue.get(&format!("{ORDER}/{list}"), &[("planType", kind)]));
        let listed = told["entrustedList"].as_array().cloned().unwrap_or_default();
        let told = listed
            .iter()
            .map(|plan| format!("{} {}", plan["planType"], plan["planStatus"]).replace('"', ""));
        told.collect::<Vec<_>>()
    };
    assert_eq!(
        kinds("orders-plan-pending", "profit_loss"),
        ["pos_profit live", "loss_plan live"]
    );
    assert_eq!(kinds("orders-plan-pending", "normal_plan"), ["normal_plan live"]);
    venue.0.price("48000");
    assert_eq!(kinds("orders-plan-history", "profit_loss"), ["loss_plan executed"]);
    let trades = venue.trades();
    assert_eq!(
        (trades[1].action, trades[1].quantity),
        (Action::Sell, "0.01".parse().unwrap())
    );
    let gone = json!({ "orderIdList": [{ "orderId": "99" }, { "clientOid": "entry" }] });
    let told = Venue::well(&venue.post(&format!("{ORDER}/cancel-plan-order"), &gone));
    assert_eq!(told["failureList"][0]["errorCode"], "43025");
    assert_eq!(told["successList"][0]["clientOid"], "entry");
}
