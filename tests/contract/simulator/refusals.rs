//! What is refused, and with which code.

use super::*;

fn order<'a>(more: &[(&'static str, &'a str)]) -> Vec<(&'static str, &'a str)> {
    let mut order: Vec<_> = limit("id", "BUY", "49000").to_vec();
    for (name, value) in more {
        order.retain(|(own, _)| own != name);
        if !value.is_empty() {
            order.push((name, value));
        }
    }
    order
}

#[test]
fn every_rule_of_an_order_has_its_code() {
    let world = World::new();
    for (more, code) in [
        (vec![("symbol", "NOSUCH")], -1121),
        (vec![("symbol", "")], -1102),
        (vec![("side", "HOLD")], -1117),
        (vec![("type", "ICEBERG")], -1116),
        (vec![("type", "STOP_MARKET")], -4120),
        (vec![("timeInForce", "")], -1102),
        (vec![("timeInForce", "NOW")], -1115),
        (vec![("price", "")], -1102),
        (vec![("price", "much")], -1100),
        (vec![("price", "49000.05")], -1111),
        (vec![("price", "0")], -4001),
        (vec![("quantity", "")], -1102),
        (vec![("quantity", "0.0001")], -1111),
        (vec![("quantity", "0")], -4003),
        (vec![("quantity", "0.002")], -4164),
        (vec![("quantity", "500")], -2019),
        (vec![("newClientOrderId", "a b")], -1100),
        (
            vec![("newClientOrderId", "a123456789012345678901234567890123456")],
            -4015,
        ),
        (vec![("positionSide", "LONG")], -4061),
        (vec![("reduceOnly", "perhaps")], -1102),
        (vec![("reduceOnly", "true")], -2022),
        (vec![("timeInForce", "GTX"), ("price", "50000")], -5022),
        (vec![("timeInForce", "FOK")], -5021),
        (vec![("type", "MARKET"), ("timeInForce", "")], -1106),
    ] {
        assert_eq!(world.refused("POST", "/fapi/v1/order", &order(&more)), code, "{more:?}");
    }
    assert_eq!(world.open_orders(), 0);
    assert_eq!(
        world.refused("GET", "/fapi/v1/order", &[("symbol", "BTCUSDT"), ("orderId", "77")]),
        -2013
    );
    assert_eq!(
        world.refused("DELETE", "/fapi/v1/order", &[("symbol", "BTCUSDT"), ("orderId", "77")]),
        -2011
    );
    assert_eq!(world.refused("GET", "/fapi/v1/order", &[("symbol", "BTCUSDT")]), -1102);
}

#[test]
fn hedge_mode_has_rules_of_its_own() {
    let world = World::new();
    world.well("POST", "/fapi/v1/positionSide/dual", &[("dualSidePosition", "true")]);
    let dual = [("dualSidePosition", "true")];
    assert_eq!(world.refused("POST", "/fapi/v1/positionSide/dual", &dual), -4059);
    assert_eq!(world.refused("POST", "/fapi/v1/order", &order(&[])), -4061);
    let flagged = order(&[("positionSide", "LONG"), ("reduceOnly", "true")]);
    assert_eq!(world.refused("POST", "/fapi/v1/order", &flagged), -1106);
    let closing = order(&[("positionSide", "LONG"), ("side", "SELL")]);
    assert_eq!(world.refused("POST", "/fapi/v1/order", &closing), -2022);
    world.well(
        "POST",
        "/fapi/v1/order",
        &order(&[("positionSide", "SHORT"), ("side", "SELL"), ("price", "51000")]),
    );
    let back = [("dualSidePosition", "false")];
    assert_eq!(world.refused("POST", "/fapi/v1/positionSide/dual", &back), -4067);
}

#[test]
fn settings_are_refused_with_their_codes() {
    let world = World::new();
    let symbol = ("symbol", "BTCUSDT");
    assert_eq!(
        world.refused("POST", "/fapi/v1/leverage", &[symbol, ("leverage", "126")]),
        -4028
    );
    assert_eq!(
        world.refused("POST", "/fapi/v1/marginType", &[symbol, ("marginType", "CROSSED")]),
        -4046
    );
    world.limit("rests", "BUY", "49000");
    assert_eq!(
        world.refused("POST", "/fapi/v1/marginType", &[symbol, ("marginType", "ISOLATED")]),
        -4047
    );
    let margin = [symbol, ("amount", "10"), ("type", "1")];
    assert_eq!(world.refused("POST", "/fapi/v1/positionMargin", &margin), -4054);
    assert_eq!(world.refused("PUT", "/fapi/v1/listenKey", &[]), -1125);
}

#[test]
fn who_asks_is_checked_before_anything_is_done() {
    let world = World::new();
    let path = "/fapi/v2/balance";
    let code = |headers: &[(&str, String)], target: &str| {
        let got = line::ask(&world.address, "GET", target, headers, "");
        (got.status(), got.code())
    };
    assert_eq!(code(&[], path), (401, -2014));
    assert_eq!(code(&[("X-MBX-APIKEY", "nobody".to_owned())], path), (401, -2015));
    let key = [("X-MBX-APIKEY", "alpha".to_owned())];
    assert_eq!(code(&key, path), (400, -1102));
    let now = SystemClock.now().0;
    assert_eq!(
        code(&key, &format!("{path}?timestamp={now}&signature=00ff")),
        (400, -1022)
    );
    assert_eq!(
        code(&key, &format!("{path}?timestamp={now}&signature=zz")),
        (400, -1022)
    );
    assert_eq!(
        code(&key, &format!("{path}?timestamp={now}&timestamp={now}&signature=00")),
        (400, -1101)
    );
    for off in [-6_000, 3_000] {
        let got = world.ask_at("alpha", "GET", path, &[], Timestamp(now + off));
        assert_eq!(got.code(), -1021);
    }
    let placed = world.ask("gamma", "POST", "/fapi/v1/order", &limit("id", "BUY", "49000"));
    assert_eq!((placed.status(), placed.code()), (401, -2015));
    assert_eq!(world.ask("gamma", "GET", path, &[]).status(), 200);
    assert_eq!(world.control("GET", "/fapi/v1/nothing", "").status(), 404);
    assert_eq!(world.control("PUT", "/fapi/v1/time", "").status(), 405);
}

#[test]
fn parameters_may_stand_in_the_body_and_are_signed_as_they_were_sent() {
    let world = World::new();
    let now = SystemClock.now().0;
    let (query, body) = ("symbol=BTCUSDT&leverage=9", format!("recvWindow=5000&timestamp={now}"));
    let signature = sign::signature(&"alpha-secret".into(), query, &body);
    let headers = [
        ("X-MBX-APIKEY", "alpha".to_owned()),
        ("content-type", "application/x-www-form-urlencoded".to_owned()),
    ];
    let target = format!("/fapi/v1/leverage?{query}");
    let sent = format!("{body}&signature={signature}");
    let got = line::ask(&world.address, "POST", &target, &headers, &sent);
    assert_eq!(got.json()["leverage"], 9, "{got:?}");
    let other = format!("/fapi/v1/leverage?{}", query.replace('9', "8"));
    assert_eq!(line::ask(&world.address, "POST", &other, &headers, &sent).code(), -1022);
}

#[test]
fn rights_of_a_key_are_told() {
    let world = World::new();
    let rights = |key: &str| world.ask(key, "GET", "/sapi/v1/account/apiRestrictions", &[]).json();
    assert_eq!(
        (&rights("alpha")["enableFutures"], &rights("alpha")["enableWithdrawals"]),
        (&true.into(), &false.into())
    );
    assert_eq!(rights("beta")["enableWithdrawals"], true);
    assert_eq!(rights("gamma")["enableFutures"], false);
}

#[test]
fn weights_and_orders_are_counted_and_limited() {
    let world = World::new();
    let used = |got: &Got| got.header("X-MBX-USED-WEIGHT-1M").unwrap().parse::<u32>().unwrap();
    let before = used(&world.ask("alpha", "GET", "/fapi/v1/ping", &[]));
    let after = used(&world.ask("alpha", "GET", "/fapi/v2/balance", &[]));
    // A minute may have begun in between.
    assert!(after == before + 5 || after == 5, "{before} {after}");
    let placed = world.limit("one", "BUY", "49000");
    assert_eq!(placed.header("X-MBX-ORDER-COUNT-10S").as_deref(), Some("1"));
    assert_eq!(placed.header("X-MBX-ORDER-COUNT-1M").as_deref(), Some("1"));
    let limited = (0..200).map(|_| world.ask("beta", "GET", "/fapi/v1/income", &[]));
    let limited = limited.into_iter().find(|got| got.status() == 429).unwrap();
    assert_eq!(limited.code(), -1003);
    let wait: u32 = limited.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait));
}
