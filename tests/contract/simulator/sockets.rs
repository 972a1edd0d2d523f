//! Sockets: market streams, the user stream in its three forms, and faults on what they push.

use super::*;

#[test]
fn one_fill_is_told_as_order_trade_and_account() {
    let world = World::new();
    let mut user = world.user_stream();
    let order = world.take("BUY", "0.01");
    let new = user.next().unwrap();
    assert_eq!((&new["o"]["x"], &new["o"]["X"]), (&"NEW".into(), &"NEW".into()));
    let fill = user.next().unwrap();
    assert_eq!((&fill["o"]["x"], &fill["o"]["X"]), (&"TRADE".into(), &"FILLED".into()));
    assert_eq!((&fill["o"]["i"], &fill["o"]["n"]), (&order["orderId"], &"0.25".into()));
    let read = bursar::adapters::venue::binance::parse::pushes(fill.to_string().as_bytes()).unwrap();
    assert!(format!("{read:?}").contains("Price(500000000000000)"), "{read:?}");
    assert_eq!(user.next().unwrap()["e"], "TRADE_LITE");
    let account = user.next().unwrap();
    assert_eq!(
        (&account["a"]["m"], &account["a"]["P"][0]["pa"]),
        (&"ORDER".into(), &"0.01".into())
    );
    assert_eq!(account["a"]["B"][0]["wb"], "9999.75");
    world.limit("gone", "BUY", "49000");
    world.well("DELETE", "/fapi/v1/allOpenOrders", &[("symbol", "BTCUSDT")]);
    let told = [(); 2].map(|()| user.event("ORDER_TRADE_UPDATE")["o"]["x"].as_str().unwrap().to_owned());
    assert_eq!(told, ["NEW", "CANCELED"]);
}

#[test]
fn user_stream_is_open_in_three_forms_and_ends_with_its_key() {
    let world = World::new();
    let key = world.well("POST", "/fapi/v1/listenKey", &[]);
    let key = key["listenKey"].as_str().unwrap();
    let forms = [
        format!("/ws/{key}"),
        format!("/stream?streams={key}"),
        format!("/private/ws?listenKey={key}"),
    ];
    let mut sockets = forms.map(|form| Socket::open(&world.address, &form));
    world.limit("one", "BUY", "49000");
    for (index, socket) in sockets.iter_mut().enumerate() {
        let told = socket.next().unwrap();
        let event = if index == 1 { &told["data"] } else { &told };
        assert_eq!(event["o"]["c"], "one", "{told}");
        assert_eq!(told.get("stream").is_some(), index == 1);
    }
    assert_eq!(
        world
            .control("POST", "/simulator/streams/expire", r#"{"key":"alpha"}"#)
            .status(),
        200
    );
    let [plain, ..] = &mut sockets;
    assert_eq!(plain.next().unwrap()["e"], "listenKeyExpired");
    assert_eq!(plain.next(), None);
}

#[test]
fn streams_are_subscribed_by_path_and_by_message() {
    let world = World::new();
    let mut socket = Socket::open(&world.address, "/stream?streams=btcusdt@aggTrade/btcusdt@bookTicker");
    world.price("50001");
    let told = [(); 2].map(|()| socket.next().unwrap()["stream"].as_str().unwrap().to_owned());
    assert_eq!(told, ["btcusdt@aggTrade", "btcusdt@bookTicker"]);
    let mut socket = Socket::open(&world.address, "/market/ws");
    socket.say(r#"{"method":"SUBSCRIBE","params":["btcusdt@kline_1m","btcusdt@depth"],"id":4}"#);
    assert_eq!(socket.next().unwrap(), serde_json::json!({ "result": null, "id": 4 }));
    world.price("50002");
    assert_eq!(socket.event("kline")["k"]["c"], "50002");
    // Both come with each trade, depth before kline.
    world.price("50002.3");
    let depth = socket.event("depthUpdate");
    assert_eq!(
        depth["a"],
        serde_json::json!([["50002", "0"], ["50002.1", "0"], ["50002.2", "0"]])
    );
    assert_eq!(depth["pu"].as_i64().unwrap() + 1, depth["u"].as_i64().unwrap());
    socket.say(r#"{"method":"DANCE","id":5}"#);
    let told = std::iter::from_fn(|| socket.next())
        .find(|told| told["id"] == 5)
        .unwrap();
    assert_eq!(told["error"]["code"], 2);
}

#[test]
fn pushes_come_twice_in_another_order_or_never() {
    let world = World::new();
    let mut user = world.user_stream();
    let aim = |what: &str| {
        world.fault(&format!(
            r#"{{"what":"{what}","endpoint":"ORDER_TRADE_UPDATE","key":"alpha"}}"#
        ))
    };
    let ids = |user: &mut Socket, count: usize| {
        let told = (0..count).map(|_| user.event("ORDER_TRADE_UPDATE")["o"]["c"].as_str().unwrap().to_owned());
        told.collect::<Vec<_>>()
    };
    aim("duplicate");
    world.limit("one", "BUY", "49000");
    assert_eq!(ids(&mut user, 2), ["one", "one"]);
    aim("reorder");
    world.limit("two", "BUY", "49000");
    world.limit("three", "BUY", "49000");
    assert_eq!(ids(&mut user, 2), ["three", "two"]);
    aim("lose_push");
    world.limit("four", "BUY", "49000");
    world.limit("five", "BUY", "49000");
    assert_eq!(ids(&mut user, 1), ["five"]);
    aim("cut");
    world.limit("six", "BUY", "49000");
    assert_eq!(user.next(), None);
}

#[test]
fn silent_socket_says_nothing_and_loses_what_there_was() {
    let world = World::new();
    let mut user = world.user_stream();
    world.fault(r#"{"what":"silence","milliseconds":700,"endpoint":"ORDER_TRADE_UPDATE"}"#);
    world.limit("lost", "BUY", "49000");
    world.limit("lost-too", "BUY", "49000");
    std::thread::sleep(Duration::from_millis(900));
    world.limit("heard", "BUY", "49000");
    assert_eq!(user.event("ORDER_TRADE_UPDATE")["o"]["c"], "heard");
}
