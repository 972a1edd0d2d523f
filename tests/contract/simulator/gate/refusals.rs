//! What is refused, and with which label.

use super::*;

fn order(more: &[(&str, Value)]) -> Value {
    let mut order = json!({ "contract": "BTC_USDT", "size": 10, "price": "49000", "tif": "gtc", "text": "t-id" });
    for (name, value) in more {
        order[*name] = value.clone();
    }
    order
}

/// What is changed of an order that is well, and the label with which it is refused.
fn rules() -> Vec<(Vec<(&'static str, Value)>, &'static str)> {
    vec![
        (vec![("contract", json!("NO_SUCH"))], "CONTRACT_NOT_FOUND"),
        (vec![("contract", json!(""))], "MISSING_REQUIRED_PARAM"),
        (vec![("size", json!(""))], "MISSING_REQUIRED_PARAM"),
        (vec![("size", json!(0))], "INVALID_ARGUMENT"),
        (vec![("size", json!("1.5"))], "INVALID_ARGUMENT"),
        (vec![("size", json!(1))], "SIZE_TOO_SMALL"),
        (vec![("size", json!(1_000_001))], "SIZE_TOO_LARGE"),
        (vec![("size", json!(900_000))], "INSUFFICIENT_AVAILABLE"),
        (vec![("price", json!("much"))], "INVALID_ARGUMENT"),
        (vec![("price", json!("49000.05"))], "INVALID_ARGUMENT"),
        (vec![("price", json!("24000"))], "PRICE_TOO_DEVIATED"),
        (vec![("price", json!("0"))], "INVALID_PARAM_VALUE"),
        (vec![("tif", json!("day"))], "INVALID_PARAM_VALUE"),
        (vec![("tif", json!("fok"))], "ORDER_FOK"),
        (
            vec![("tif", json!("poc")), ("price", json!("50000"))],
            "ORDER_POC_IMMEDIATE",
        ),
        (vec![("text", json!("mine"))], "INVALID_PARAM_VALUE"),
        (vec![("text", json!("t-a b"))], "INVALID_PARAM_VALUE"),
        (
            vec![("text", json!("t-a1234567890123456789012345678"))],
            "INVALID_PARAM_VALUE",
        ),
        (vec![("reduce_only", json!(true))], "INCREASE_POSITION"),
        (vec![("reduce_only", json!("perhaps"))], "INVALID_PARAM_VALUE"),
        (vec![("close", json!(true))], "INVALID_PARAM_VALUE"),
        (vec![("close", json!(true)), ("size", json!(0))], "POSITION_EMPTY"),
        (
            vec![("auto_size", json!("close_long")), ("size", json!(0))],
            "INVALID_PARAM_VALUE",
        ),
    ]
}

#[test]
fn every_rule_of_an_order_has_its_label() {
    let gate = Venue::new();
    for (more, label) in rules() {
        let got = gate.order(&order(&more));
        assert_eq!(Venue::label(&got), (400, label.to_owned()), "{more:?}");
        assert!(
            matches!(verdict(&got, Call::Place), Verdict::Refused { .. }),
            "{more:?}"
        );
    }
    assert_eq!(gate.open_orders(), 0);
}

#[test]
fn what_is_absent_or_broken_has_its_label() {
    let gate = Venue::new();
    let absent = (404, "ORDER_NOT_FOUND".to_owned());
    assert_eq!(Venue::label(&gate.read("orders/77", &[])), absent);
    assert_eq!(Venue::label(&gate.read("orders/t-nobody", &[])), absent);
    let got = gate.read("orders/77", &[]);
    assert!(matches!(verdict(&got, Call::Look), Verdict::Absent(_)));
    assert_eq!(
        Venue::label(&gate.read("orders", &[])),
        (400, "MISSING_REQUIRED_PARAM".to_owned())
    );
    let broken = Request::new("POST", &format!("{ROOT}/orders"), &[]).with_body("{".to_owned());
    assert_eq!(
        Venue::label(&gate.send(&broken)),
        (400, "INVALID_REQUEST_BODY".to_owned())
    );
}

#[test]
fn hedge_mode_has_rules_of_its_own() {
    let gate = Venue::new();
    let dual = |on: &str| Venue::label(&gate.post("dual_mode", &[("dual_mode", on)], &Value::Null));
    assert_eq!(dual("false"), (400, "NO_CHANGE".to_owned()));
    gate.limit("rests", 10, "49000");
    assert_eq!(dual("true"), (400, "ORDER_PENDING".to_owned()));
    gate.send(&Request::new("DELETE", &format!("{ROOT}/orders"), &[]));
    assert_eq!(dual("true"), (200, String::new()));
    let label = |more: &[(&str, Value)]| Venue::label(&gate.order(&order(more))).1;
    assert_eq!(label(&[("reduce_only", json!(true))]), "REDUCE_EXCEEDED");
    assert_eq!(
        label(&[("close", json!(true)), ("size", json!(0))]),
        "POSITION_DUAL_MODE"
    );
    assert_eq!(
        label(&[("auto_size", json!("close_long")), ("size", json!(0))]),
        "POSITION_EMPTY"
    );
    assert_eq!(
        Venue::label(&gate.read("positions/BTC_USDT", &[])).1,
        "POSITION_DUAL_MODE"
    );
    let leverage = gate.post("positions/BTC_USDT/leverage", &[("leverage", "5")], &Value::Null);
    assert_eq!(Venue::label(&leverage).1, "POSITION_DUAL_MODE");
    gate.take(-10);
    assert_eq!(dual("false"), (400, "POSITION_HOLDING".to_owned()));
}

#[test]
fn settings_are_refused_with_their_labels() {
    let gate = Venue::new();
    let leverage = |leverage: &str| {
        Venue::label(&gate.post("positions/BTC_USDT/leverage", &[("leverage", leverage)], &Value::Null)).1
    };
    assert_eq!(leverage("126"), "LEVERAGE_TOO_HIGH");
    assert_eq!(leverage("many"), "INVALID_PARAM_VALUE");
    gate.limit("rests", 10, "49000");
    assert_eq!(leverage("5"), "ORDER_PENDING", "it would be isolated");
    gate.take(10);
    assert_eq!(leverage("5"), "POSITION_HOLDING");
    let margin = gate.post("positions/BTC_USDT/margin", &[("change", "10")], &Value::Null);
    assert_eq!(Venue::label(&margin).1, "POSITION_CROSS_MARGIN");
    let soon = json!({ "timeout": 4 });
    assert_eq!(
        Venue::label(&gate.post("countdown_cancel_all", &[], &soon)).1,
        "INVALID_PARAM_VALUE"
    );
    let reached = json!({
        "initial": { "contract": "BTC_USDT", "size": -10, "price": "0", "tif": "ioc" },
        "trigger": { "price": "50001", "rule": 2 },
    });
    let reached = gate.post("price_orders", &[], &reached);
    assert_eq!(Venue::label(&reached).1, "AUTO_TRIGGER_PRICE_LESS_LAST");
}

#[test]
fn who_asks_is_checked_before_anything_is_done() {
    let gate = Venue::new();
    let path = format!("{ROOT}/accounts");
    let bare = gate.0.control("GET", &path, "");
    assert_eq!(Venue::label(&bare), (400, "MISSING_REQUIRED_HEADER".to_owned()));
    let asked = Request::new("GET", &path, &[]);
    let now = SystemClock.now();
    let label = |key: &str, at: Timestamp| Venue::label(&gate.send_at(key, &asked, at));
    assert_eq!(label("nobody", now), (401, "INVALID_KEY".to_owned()));
    for off in [-62_000, 62_000] {
        let late = gate.send_at("nobody", &asked, Timestamp(now.0 + off));
        assert_eq!(
            Venue::label(&late),
            (403, "REQUEST_EXPIRED".to_owned()),
            "before the key"
        );
        let Verdict::Refused { class, .. } = verdict(&late, Call::Look) else {
            panic!("{late:?}")
        };
        assert_eq!(class, bursar::adapters::venue::dialect::Class::Clock);
    }
    let mut signed = sign::signed(&asked, &credential("alpha"), now);
    let send = |signed: &bursar::adapters::venue::dialect::Signed| {
        Venue::label(&line::ask(
            &gate.0.address,
            signed.method,
            &signed.target,
            &signed.headers,
            &signed.body,
        ))
    };
    assert_eq!(send(&signed), (200, String::new()));
    signed.target.push_str("?limit=1");
    assert_eq!(send(&signed), (401, "INVALID_SIGNATURE".to_owned()));
    let place = ask::place(&intent("id", Action::Buy, "0.01", None), &gate.listing()).unwrap();
    assert_eq!(
        Venue::label(&gate.send_at("gamma", &place, now)),
        (403, "READ_ONLY".to_owned())
    );
    assert_eq!(label("gamma", now), (200, String::new()));
    assert_eq!(
        Venue::label(&gate.0.control("GET", "/api/v4/nothing", "")),
        (404, "NOT_FOUND".to_owned())
    );
    assert_eq!(
        Venue::label(&gate.0.control("PUT", "/api/v4/spot/time", "")),
        (405, "METHOD_NOT_ALLOWED".to_owned())
    );
}

#[test]
fn query_is_signed_without_its_escapes() {
    let gate = Venue::new();
    let got = gate.read("account_book", &[("type", "a b&c")]);
    assert_eq!((got.status(), got.json()), (200, json!([])), "{got:?}");
}

#[test]
fn rights_of_a_key_are_told() {
    let gate = Venue::new();
    let rights = |key: &str| {
        let asked = Request::new("GET", "/api/v4/account/main_keys", &[]);
        let keys = gate.send_at(key, &asked, SystemClock.now()).json();
        let perms = keys[0]["perms"].as_array().unwrap().clone();
        let may = perms.iter().filter(|perm| perm["read_only"] == false);
        may.map(|perm| perm["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(rights("alpha"), ["futures"]);
    assert_eq!(rights("beta"), ["futures", "wallet"]);
    assert_eq!(rights("gamma"), [""; 0]);
    let detail = gate.send(&Request::new("GET", "/api/v4/account/detail", &[])).json();
    assert_eq!(detail["user_id"], gate.well("accounts", &[])["user"]);
}

#[test]
fn requests_are_counted_and_limited() {
    let gate = Venue::new();
    let remain = |got: &Got| {
        got.header("X-Gate-RateLimit-Requests-Remain")
            .unwrap()
            .parse::<u32>()
            .unwrap()
    };
    let (one, two) = (gate.read("fee", &[]), gate.read("fee", &[]));
    assert_eq!(one.header("X-Gate-RateLimit-Limit").as_deref(), Some("200"));
    // Ten seconds may have begun in between.
    assert!([remain(&one) - 1, 199].contains(&remain(&two)));
    let orders = gate.limit("one", 10, "49000");
    assert_eq!(orders.header("X-Gate-RateLimit-Limit").as_deref(), Some("100"));
    let many = (0..420).map(|_| gate.read("position_close", &[]));
    let limited = many.into_iter().find(|got| got.status() == 429).unwrap();
    assert_eq!(Venue::label(&limited).1, "TOO_MANY_REQUESTS");
    let reset: i64 = limited
        .header("X-Gate-RateLimit-Reset-Timestamp")
        .unwrap()
        .parse()
        .unwrap();
    assert!((0..=10).contains(&(reset - SystemClock.now().0 / 1_000)), "{reset}");
}
