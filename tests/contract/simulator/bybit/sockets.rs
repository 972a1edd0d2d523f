//! Sockets: public topics, the login, private topics read by our own parser, and the loss of a socket.

use bursar::adapters::venue::dialect::Push;
use domain::venue::ReportedState;

use super::*;

fn read(told: &Value) -> Vec<Push> {
    parse::pushes(told.to_string().as_bytes()).unwrap()
}

#[test]
fn one_fill_is_told_as_execution_order_position_and_wallet() {
    let venue = Venue::new();
    let mut socket = venue.private(r#""order","execution.linear","position","wallet""#);
    venue.place(
        &intent("mine", Action::Buy, Side::Long, OrderKind::Market),
        PositionMode::OneWay,
    );
    let told = [(); 4].map(|()| socket.next().unwrap());
    let topics = told.each_ref().map(|told| told["topic"].as_str().unwrap());
    assert_eq!(topics, ["execution.linear", "order", "position", "wallet"]);
    let Push::Trade(trade) = &read(&told[0])[0] else {
        panic!("{told:?}")
    };
    assert_eq!(
        (trade.price, trade.closed),
        ("50000".parse().unwrap(), Some(Quantity::ZERO))
    );
    assert_eq!(
        trade.owner.as_ref().unwrap().client_id,
        Some(ClientOrderId("mine".to_owned()))
    );
    let Push::Order(order) = &read(&told[1])[0] else {
        panic!("{told:?}")
    };
    assert_eq!((order.state, &order.venue_id), (ReportedState::Filled, &trade.order_id));
    let Push::Position(held) = &read(&told[2])[0] else {
        panic!("{told:?}")
    };
    assert_eq!((held.side, held.entry_price), (Side::Long, "50000".parse().unwrap()));
    let Push::Balance(balance) = &read(&told[3])[0] else {
        panic!("{told:?}")
    };
    assert_eq!(balance.wallet, "9999.75".parse().unwrap());
}

#[test]
fn order_is_told_from_its_beginning_to_its_end() {
    let venue = Venue::new();
    let mut socket = venue.private(r#""order""#);
    let mut status = || {
        socket.next().unwrap()["data"][0]["orderStatus"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    venue.well(venue.limit("one", "49000"));
    venue.well(venue.post("/v5/order/amend", json!({ "orderLinkId": "one", "price": "49500" })));
    venue.well(venue.post("/v5/order/cancel-all", json!({})));
    assert_eq!([status(), status(), status()], ["New", "New", "Cancelled"]);
    let mut order = limit("ghost", "50100");
    order["timeInForce"] = json!("PostOnly");
    venue.well(venue.post("/v5/order/create", order));
    let stop = json!({
        "side": "Buy", "orderType": "Market", "qty": "0.01", "triggerPrice": "51000", "triggerDirection": 1,
    });
    venue.well(venue.post("/v5/order/create", stop));
    venue.0.price("51000");
    assert_eq!([status(), status(), status()], ["Cancelled", "Untriggered", "Filled"]);
}

#[test]
fn login_and_topics_are_refused_in_the_venues_words() {
    let venue = Venue::new();
    let mut socket = Socket::open(&venue.0.address, "/v5/private");
    socket.say(r#"{"op":"subscribe","args":["order"],"req_id":"7"}"#);
    let told = socket.next().unwrap();
    assert_eq!(
        (&told["success"], &told["ret_msg"], &told["req_id"]),
        (&json!(false), &json!("Request not authorized"), &json!("7"))
    );
    socket.say(r#"{"op":"auth","args":["alpha",9999999999999,"00ff"]}"#);
    assert_eq!(
        read(&socket.next().unwrap()),
        [Push::Refused("auth: Params Error".to_owned())]
    );
    socket.say(r#"{"op":"ping"}"#);
    assert_eq!(read(&socket.next().unwrap()), [Push::Pong]);
    let mut public = Socket::open(&venue.0.address, "/v5/public/linear");
    for (topic, words) in [
        ("publicTrade.NOSUCH", "Invalid symbol :[publicTrade.NOSUCH]"),
        (
            "orderbook.7.BTCUSDT",
            "error:handler not found,topic:orderbook.7.BTCUSDT",
        ),
    ] {
        public.say(&format!(r#"{{"op":"subscribe","args":["{topic}"]}}"#));
        assert_eq!(public.next().unwrap()["ret_msg"], words);
    }
    public.say(r#"{"op":"ping"}"#);
    assert_eq!(public.next().unwrap()["ret_msg"], "pong");
}

#[test]
fn public_topics_begin_with_what_there_is_and_go_on_with_changes() {
    let venue = Venue::new();
    let mut socket = Socket::open(&venue.0.address, "/v5/public/linear");
    socket.say(r#"{"op":"subscribe","args":["orderbook.50.BTCUSDT","tickers.BTCUSDT"]}"#);
    let told = [(); 3].map(|()| socket.next().unwrap());
    assert_eq!(told[0]["success"], true);
    assert_eq!(
        (&told[1]["type"], &told[1]["data"]["a"][0][0]),
        (&json!("snapshot"), &json!("50000"))
    );
    assert_eq!(told[1]["data"]["b"].as_array().unwrap().len(), 50);
    assert_eq!(told[2]["data"]["markPrice"], "50000");
    venue.0.price("50000.2");
    let told = [(); 2].map(|()| socket.next().unwrap());
    assert_eq!(told[0]["type"], "delta");
    assert_eq!(told[0]["data"]["a"][0], json!(["50000", "0"]));
    assert_eq!(
        (&told[1]["type"], &told[1]["data"]["lastPrice"]),
        (&json!("delta"), &json!("50000.2"))
    );
    assert_eq!(
        told[1]["data"].get("fundingRate"),
        None,
        "what did not change is not told"
    );
    assert!(matches!(&read(&told[1])[0], Push::Mark(_, price, _) if *price == "50000.2".parse().unwrap()));
    socket.say(r#"{"op":"unsubscribe","args":["orderbook.50.BTCUSDT","tickers.BTCUSDT"]}"#);
    assert_eq!(socket.next().unwrap()["op"], "unsubscribe");
    socket.say(r#"{"op":"subscribe","args":["publicTrade.BTCUSDT","kline.1.BTCUSDT"]}"#);
    assert_eq!(socket.next().unwrap()["success"], true);
    venue.0.price("50000.1");
    let told = [(); 2].map(|()| socket.next().unwrap());
    assert_eq!(
        (&told[0]["data"][0]["S"], &told[0]["data"][0]["p"]),
        (&json!("Sell"), &json!("50000.1"))
    );
    assert!(matches!(&read(&told[0])[0], Push::Tick(_, tick) if tick.price == "50000.1".parse().unwrap()));
    assert!(matches!(read(&told[1])[0], Push::Bar(_, _, false)), "{told:?}");
}

#[test]
fn private_streams_end_when_they_are_told_to() {
    let venue = Venue::new();
    let mut socket = venue.private(r#""order""#);
    let expire = venue
        .0
        .control("POST", "/simulator/streams/expire", r#"{"key":"alpha"}"#);
    assert_eq!(expire.status(), 200);
    assert_eq!(socket.next(), None);
    venue.private(r#""order""#);
}

#[test]
fn loss_of_the_last_guarded_socket_cancels_what_is_open() {
    let venue = Venue::new();
    let protect = json!({ "product": "DERIVATIVES", "timeWindow": 3 });
    venue.well(venue.post("/v5/order/disconnected-cancel-all", protect));
    venue.well(venue.limit("open", "49000"));
    let guard = venue.private(r#""dcp.future""#);
    drop(guard);
    let again = venue.private(r#""dcp.linear""#);
    std::thread::sleep(Duration::from_millis(3_500));
    assert_eq!(venue.open_orders(), 1, "somebody came back in time");
    drop(again);
    std::thread::sleep(Duration::from_millis(1_500));
    assert_eq!(venue.open_orders(), 1, "not before its time");
    let gone = (0..40).any(|_| {
        std::thread::sleep(Duration::from_millis(100));
        venue.open_orders() == 0
    });
    assert!(gone);
}
