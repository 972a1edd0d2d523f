//! Orders and what becomes of them, read by our own adapter's parser where it reads them.

use bursar::adapters::venue::binance::parse;

use super::*;

#[test]
fn our_own_parser_reads_what_the_simulator_answers() {
    let world = World::new();
    world.take("BUY", "0.01");
    let resting = world.limit("mine", "BUY", "49000");
    let shown = format!("{:?}", parse::order(resting.body().as_bytes()).unwrap());
    assert!(
        shown.contains("state: Open") && shown.contains(r#"ClientOrderId("mine")"#),
        "{shown}"
    );
    world.price("50500");
    let read = |path: &str| world.ask("alpha", "GET", path, &[("symbol", "BTCUSDT")]);
    let trades = read("/fapi/v1/userTrades");
    let shown = format!("{:?}", parse::trades(trades.body().as_bytes()).unwrap());
    assert!(shown.contains("price: Price(500000000000000)"), "{shown}");
    let risks = read("/fapi/v2/positionRisk");
    let shown = format!("{:?}", parse::holdings(risks.body().as_bytes()).unwrap());
    assert!(
        shown.contains("side: Long") && shown.contains("Quantity(1000000)"),
        "{shown}"
    );
    assert!(
        shown.contains("leverage: Some(20)") && shown.contains("margin_mode: Some(Cross)"),
        "{shown}"
    );
    for (path, shows) in [
        ("/fapi/v2/balance", "Amount(999975000000)"),
        ("/fapi/v3/balance", "USDT"),
    ] {
        let got = read(path);
        let shown = format!("{:?}", parse::balances(got.body().as_bytes()).unwrap());
        assert!(shown.contains(shows), "{shown}");
    }
    for path in ["/fapi/v2/account", "/fapi/v3/account"] {
        let got = read(path);
        let shown = format!("{:?}", parse::account_balances(got.body().as_bytes()).unwrap());
        assert!(shown.contains("Amount(999975000000)"), "{shown}");
    }
    let bookings = read("/fapi/v1/income");
    let shown = format!("{:?}", parse::bookings(bookings.body().as_bytes()).unwrap());
    assert!(
        shown.contains("kind: Fee") && shown.contains("Amount(-25000000)"),
        "{shown}"
    );
}

#[test]
fn our_own_parser_reads_markets_and_settings() {
    let world = World::new();
    world.take("BUY", "0.01");
    let read = |path: &str| world.ask("alpha", "GET", path, &[("symbol", "BTCUSDT")]);
    assert!(parse::listings(read("/fapi/v1/exchangeInfo").body().as_bytes()).is_ok());
    assert!(parse::max_leverages(read("/fapi/v1/leverageBracket").body().as_bytes()).is_ok());
    assert!(parse::leverages(read("/fapi/v1/symbolConfig").body().as_bytes()).is_ok());
    assert!(parse::position_mode(read("/fapi/v1/accountConfig").body().as_bytes()).is_ok());
    assert!(parse::marks(read("/fapi/v1/premiumIndex").body().as_bytes()).is_ok());
    assert!(parse::tick(read("/fapi/v1/ticker/price").body().as_bytes()).is_ok());
    let candles = world.ask(
        "alpha",
        "GET",
        "/fapi/v1/klines",
        &[("symbol", "BTCUSDT"), ("interval", "1m")],
    );
    assert!(parse::bars(candles.body().as_bytes()).is_ok());
    assert!(parse::orders(read("/fapi/v1/allOrders").body().as_bytes()).is_ok());
}

#[test]
fn client_id_is_refused_while_its_order_is_open_and_free_after() {
    let world = World::new();
    let first = world.limit("twice", "BUY", "49000").json();
    assert_eq!(world.limit("twice", "BUY", "48000").code(), -4116);
    world.well(
        "DELETE",
        "/fapi/v1/order",
        &[("symbol", "BTCUSDT"), ("origClientOrderId", "twice")],
    );
    let second = world.limit("twice", "BUY", "48000").json();
    assert!(second["orderId"].as_i64() > first["orderId"].as_i64());
    let found = world.well(
        "GET",
        "/fapi/v1/order",
        &[("symbol", "BTCUSDT"), ("origClientOrderId", "twice")],
    );
    assert_eq!(
        (&found["orderId"], &found["status"]),
        (&second["orderId"], &"NEW".into())
    );
}

#[test]
fn conditional_order_places_its_own_when_the_price_comes() {
    let world = World::new();
    world.take("BUY", "0.01");
    let stop = [
        ("algoType", "CONDITIONAL"),
        ("symbol", "BTCUSDT"),
        ("side", "SELL"),
        ("type", "STOP_MARKET"),
        ("triggerPrice", "49000"),
        ("closePosition", "true"),
        ("clientAlgoId", "stop"),
    ];
    let placed = world.well("POST", "/fapi/v1/algoOrder", &stop);
    assert_eq!(
        (&placed["algoStatus"], &placed["orderType"]),
        (&"NEW".into(), &"STOP_MARKET".into())
    );
    assert_eq!(world.open_orders(), 0, "a conditional order is no plain one");
    world.price("48990");
    let fired = world.well("GET", "/fapi/v1/algoOrder", &[("clientAlgoId", "stop")]);
    assert_eq!(fired["algoStatus"], "FINISHED");
    assert_eq!(fired["actualPrice"], "48990");
    let id = fired["actualOrderId"].as_str().unwrap();
    let order = world.well("GET", "/fapi/v1/order", &[("symbol", "BTCUSDT"), ("orderId", id)]);
    assert_eq!(
        (&order["status"], &order["reduceOnly"]),
        (&"FILLED".into(), &true.into())
    );
    let risks = world.well("GET", "/fapi/v3/positionRisk", &[]);
    assert_eq!(risks.as_array().unwrap().len(), 0);
}

#[test]
fn countdown_cancels_what_is_open_unless_it_is_put_off() {
    let world = World::new();
    world.limit("a", "BUY", "49000");
    let count = |time: &str| {
        world.well(
            "POST",
            "/fapi/v1/countdownCancelAll",
            &[("symbol", "BTCUSDT"), ("countdownTime", time)],
        );
    };
    count("50");
    count("0");
    std::thread::sleep(Duration::from_millis(150));
    assert_eq!(world.open_orders(), 1);
    count("50");
    std::thread::sleep(Duration::from_millis(400));
    assert_eq!(world.open_orders(), 0);
}

#[test]
fn what_was_done_is_told_after_a_restart() {
    let store = MemoryStore::default();
    let world = World::on(store.clone());
    world.price("50000");
    world.take("BUY", "0.01");
    world.limit("rests", "BUY", "49000");
    world.well("POST", "/fapi/v1/leverage", &[("symbol", "BTCUSDT"), ("leverage", "7")]);
    drop(world);
    let world = World::on(store);
    world.price("50100");
    assert_eq!(world.open_orders(), 1);
    let trades = world.well("GET", "/fapi/v1/userTrades", &[("symbol", "BTCUSDT")]);
    assert_eq!(trades.as_array().unwrap().len(), 1);
    let found = world.well(
        "GET",
        "/fapi/v1/order",
        &[("symbol", "BTCUSDT"), ("origClientOrderId", "rests")],
    );
    assert_eq!(found["status"], "NEW");
    let config = world.well("GET", "/fapi/v1/symbolConfig", &[("symbol", "BTCUSDT")]);
    assert_eq!(config[0]["leverage"], 7);
}

#[test]
fn history_is_told_page_by_page_and_by_time() {
    let world = World::new();
    for _ in 0..3 {
        world.take("BUY", "0.01");
    }
    let page = |query: &[(&'static str, &str)]| {
        let query = [&[("symbol", "BTCUSDT")], query].concat();
        let fills = world.well("GET", "/fapi/v1/userTrades", &query);
        let ids = fills
            .as_array()
            .unwrap()
            .iter()
            .map(|fill| fill["id"].as_i64().unwrap());
        ids.collect::<Vec<_>>()
    };
    assert_eq!(page(&[("limit", "2")]), [2, 3]);
    assert_eq!(page(&[("fromId", "1"), ("limit", "2")]), [1, 2]);
    assert_eq!(page(&[("startTime", "0"), ("endTime", "1000")]), [0; 0]);
    let later = (SystemClock.now().0 - 60_000).to_string();
    assert_eq!(page(&[("startTime", &later), ("limit", "1")]), [1]);
}
