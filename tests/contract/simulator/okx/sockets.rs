//! Sockets: logins, channels, what one fill is told as, and their end.

use bursar::adapters::venue::dialect::Push;

use super::*;

/// The next push of a channel.
fn push(socket: &mut Socket, channel: &str) -> Value {
    loop {
        let told = socket.next().unwrap();
        if told["arg"]["channel"] == channel && told.get("data").is_some() {
            return told;
        }
    }
}

fn subscribe(socket: &mut Socket, args: &Value) {
    socket.say(&json!({ "op": "subscribe", "args": args }).to_string());
}

#[test]
fn one_fill_is_told_as_order_position_and_balance() {
    let venue = Venue::new();
    let mut socket = venue.logged_in("/ws/v5/private");
    let channels = json!([
        { "channel": "orders", "instType": "SWAP" },
        { "channel": "positions", "instType": "ANY" },
        { "channel": "account" },
    ]);
    subscribe(&mut socket, &channels);
    let first = push(&mut socket, "positions");
    assert_eq!((&first["data"], &first["eventType"]), (&json!([]), &"snapshot".into()));
    assert_eq!(
        push(&mut socket, "account")["data"][0]["details"][0]["cashBal"],
        "10000"
    );
    let taken = venue.take(Action::Buy, "0.01");
    let live = push(&mut socket, "orders");
    assert_eq!(
        (&live["data"][0]["state"], &live["data"][0]["tradeId"]),
        (&"live".into(), &"".into())
    );
    let filled = push(&mut socket, "orders");
    assert_eq!(
        (&filled["data"][0]["ordId"], &filled["data"][0]["fillFee"]),
        (&taken["ordId"], &"-0.25".into())
    );
    let contracts = venue.contracts();
    let read = parse::pushes(filled.to_string().as_bytes(), &contracts).unwrap();
    let [Push::Order(order), Push::Trade(trade)] = read.as_slice() else {
        panic!("{read:?}");
    };
    assert_eq!(
        (order.filled, trade.quantity),
        ("0.01".parse().unwrap(), "0.01".parse().unwrap())
    );
    let held = push(&mut socket, "positions");
    let read = parse::pushes(held.to_string().as_bytes(), &contracts).unwrap();
    assert!(
        matches!(&read[0], Push::Position(held) if held.side == Side::Long),
        "{read:?}"
    );
    let balance = push(&mut socket, "account");
    let read = parse::pushes(balance.to_string().as_bytes(), &contracts).unwrap();
    assert!(
        matches!(&read[0], Push::Balance(balance) if balance.wallet == "9999.75".parse().unwrap()),
        "{read:?}"
    );
}

#[test]
fn closed_position_is_told_once_with_a_size_of_zero() {
    let venue = Venue::new();
    venue.take(Action::Buy, "0.01");
    let mut socket = venue.logged_in("/ws/v5/private");
    subscribe(
        &mut socket,
        &json!([{ "channel": "positions", "instType": "SWAP", "instId": SWAP }]),
    );
    assert_eq!(push(&mut socket, "positions")["data"][0]["pos"], "1");
    venue.take(Action::Sell, "0.01");
    let gone = push(&mut socket, "positions");
    assert_eq!(
        (&gone["data"][0]["pos"], &gone["data"][0]["pnl"]),
        (&"0".into(), &"0".into())
    );
}

#[test]
fn conditional_orders_have_a_channel_of_their_own() {
    let venue = Venue::new();
    let mut business = venue.logged_in("/ws/v5/business");
    subscribe(
        &mut business,
        &json!([{ "channel": "orders-algo", "instType": "SWAP" }]),
    );
    assert_eq!(business.next().unwrap()["event"], "subscribe");
    let order = json!({
        "instId": SWAP, "tdMode": "cross", "side": "buy", "ordType": "trigger", "sz": "1", "triggerPx": "51000", "orderPx": "-1",
    });
    let placed = venue.done("/api/v5/trade/order-algo", &order);
    let live = push(&mut business, "orders-algo");
    assert_eq!(
        (&live["data"][0]["state"], &live["data"][0]["algoId"]),
        (&"live".into(), &placed[0]["algoId"])
    );
    venue.0.price("51010");
    let fired = push(&mut business, "orders-algo");
    assert_eq!(
        (&fired["data"][0]["state"], &fired["data"][0]["triggerPx"]),
        (&"effective".into(), &"51000".into())
    );
}

#[test]
fn public_channels_tell_trades_books_and_candles() {
    let venue = Venue::new();
    let mut public = Socket::open(&venue.0.address, "/ws/v5/public");
    public.say("ping");
    assert_eq!(public.text().as_deref(), Some("pong"));
    let names = ["trades", "tickers", "bbo-tbt", "books"];
    let args: Value = names
        .iter()
        .map(|name| json!({ "channel": name, "instId": SWAP }))
        .collect();
    subscribe(&mut public, &args);
    let whole = push(&mut public, "books");
    assert_eq!(
        (&whole["action"], &whole["data"][0]["prevSeqId"]),
        (&"snapshot".into(), &(-1).into())
    );
    venue.0.control(
        "POST",
        "/simulator/price",
        r#"{"symbol":"BTCUSDT","price":"50000.2","quantity":"0.03"}"#,
    );
    let trade = push(&mut public, "trades");
    assert_eq!(
        (&trade["data"][0]["px"], &trade["data"][0]["sz"]),
        (&"50000.2".into(), &"3".into())
    );
    let read = parse::pushes(trade.to_string().as_bytes(), &venue.contracts()).unwrap();
    assert!(
        matches!(&read[0], Push::Tick(_, tick) if tick.quantity == "0.03".parse().unwrap()),
        "{read:?}"
    );
    let change = push(&mut public, "books");
    assert_eq!(
        (&change["action"], &change["data"][0]["prevSeqId"]),
        (&"update".into(), &whole["data"][0]["seqId"])
    );
    let gone = change["data"][0]["asks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|level| level[1] == "0");
    let gone: Vec<&str> = gone.map(|level| level[0].as_str().unwrap()).collect();
    assert_eq!(gone, ["50000", "50000.1"]);
    let mut business = Socket::open(&venue.0.address, "/ws/v5/business");
    subscribe(&mut business, &json!([{ "channel": "candle1m", "instId": SWAP }]));
    let candle = push(&mut business, "candle1m");
    let read = parse::pushes(candle.to_string().as_bytes(), &venue.contracts()).unwrap();
    assert!(
        matches!(&read[0], Push::Bar(_, bar, false) if bar.close == "50000.2".parse().unwrap()),
        "{read:?}"
    );
}

#[test]
fn what_a_socket_may_not_is_refused_in_the_venues_words() {
    let venue = Venue::new();
    let mut socket = Socket::open(&venue.0.address, "/ws/v5/private");
    let mut refused = |text: String| {
        socket.say(&text);
        let told = socket.next().unwrap();
        assert_eq!(told["event"], "error");
        told["code"].as_str().unwrap().to_owned()
    };
    let sub = |arg: Value| json!({ "op": "subscribe", "args": [arg] }).to_string();
    assert_eq!(refused(sub(json!({ "channel": "account" }))), "60011");
    assert_eq!(refused(sub(json!({ "channel": "trades", "instId": SWAP }))), "60018");
    assert_eq!(refused(sub(json!({ "channel": "dances" }))), "60018");
    assert_eq!(refused("what?".to_owned()), "60012");
    assert_eq!(refused(json!({ "op": "dance" }).to_string()), "60019");
    let now = SystemClock.now();
    let login = |credential: &Credential, now: Timestamp| sign::login(credential, now);
    let wrong = Credential {
        secret: "wrong".into(),
        ..with_passphrase("alpha")
    };
    assert_eq!(refused(login(&wrong, now)), "60007");
    let wrong = Credential {
        passphrase: None,
        ..with_passphrase("alpha")
    };
    assert_eq!(refused(login(&wrong, now)), "60024");
    assert_eq!(refused(login(&with_passphrase("nobody"), now)), "60005");
    assert_eq!(
        refused(login(&with_passphrase("alpha"), Timestamp(now.0 - 40_000))),
        "60006"
    );
}

#[test]
fn private_sockets_end_with_a_notice_and_pushes_are_lost_as_told() {
    let venue = Venue::new();
    let mut socket = venue.logged_in("/ws/v5/private");
    subscribe(&mut socket, &json!([{ "channel": "orders", "instType": "SWAP" }]));
    assert_eq!(socket.next().unwrap()["event"], "subscribe");
    venue
        .0
        .fault(r#"{"what":"lose_push","endpoint":"orders","key":"alpha"}"#);
    venue.place(&intent("one", Action::Buy, "0.01", Some("49000")));
    venue.place(&intent("two", Action::Buy, "0.01", Some("49000")));
    assert_eq!(push(&mut socket, "orders")["data"][0]["clOrdId"], "two");
    assert_eq!(
        venue
            .0
            .control("POST", "/simulator/streams/expire", r#"{"key":"alpha"}"#)
            .status(),
        200
    );
    let notice = socket.next().unwrap();
    assert_eq!((&notice["event"], &notice["code"]), (&"notice".into(), &"64008".into()));
    assert_eq!(socket.next(), None);
}
