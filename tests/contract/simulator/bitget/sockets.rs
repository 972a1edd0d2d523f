//! Sockets: login, subscriptions, what they push as our adapter reads it, and how they end.

use bursar::adapters::venue::dialect::Push;

use super::*;

fn pushes(told: &Value) -> Vec<Push> {
    let text = match told {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    parse::pushes(text.as_bytes()).unwrap()
}

fn subscribe(socket: &mut Socket, channel: &str, place: (&str, &str)) -> Vec<Push> {
    let mut arg = json!({ "instType": "USDT-FUTURES", "channel": channel });
    arg[place.0] = json!(place.1);
    socket.say(&json!({ "op": "subscribe", "args": [arg] }).to_string());
    pushes(&socket.next().unwrap())
}

impl Venue {
    /// A socket on alpha's own channels.
    fn own(&self, channels: &[&str]) -> Socket {
        let mut socket = Socket::open(&self.0.address, "/v2/ws/private");
        socket.say(&sign::login(&with_passphrase("alpha"), SystemClock.now()));
        assert_eq!(pushes(&socket.next().unwrap()), [Push::LoggedIn]);
        for channel in channels {
            let place = if *channel == "account" {
                ("coin", "default")
            } else {
                ("instId", "default")
            };
            let told = subscribe(&mut socket, channel, place);
            assert_eq!(told, [Push::Subscribed((*channel).to_owned())]);
        }
        socket
    }
}

/// The next message of a channel.
fn next_of(socket: &mut Socket, channel: &str) -> Value {
    loop {
        let told = socket.next().unwrap();
        if told["arg"]["channel"] == channel && told["action"].is_string() {
            return told;
        }
    }
}

#[test]
fn execution_is_pushed_with_order_fill_position_and_balance() {
    let venue = Venue::new();
    venue.set_mode("hedge_mode");
    venue.place(&take("open", Action::Sell, Side::Short, "0.02"), PositionMode::Hedge);
    let mut orders = venue.own(&["orders"]);
    let mut fills = venue.own(&["fill"]);
    let mut positions = venue.own(&["positions"]);
    let mut accounts = venue.own(&["account"]);
    let Push::Position(held) = &pushes(&next_of(&mut positions, "positions"))[0] else {
        panic!()
    };
    assert_eq!((held.side, held.quantity), (Side::Short, "0.02".parse().unwrap()));
    let first = next_of(&mut accounts, "account");
    assert_eq!(first["data"][0]["equity"], "9999.5");
    let id = venue.place(&take("close", Action::Buy, Side::Short, "0.02"), PositionMode::Hedge);
    let new = &pushes(&next_of(&mut orders, "orders"))[0];
    assert!(
        matches!(new, Push::Order(report) if report.state == ReportedState::Open),
        "{new:?}"
    );
    let [Push::Order(report), Push::Trade(trade)] = &pushes(&next_of(&mut orders, "orders"))[..] else {
        panic!()
    };
    assert_eq!((report.state, report.action), (ReportedState::Filled, Action::Buy));
    assert_eq!((&trade.order_id, trade.closed), (&id, Some("0.02".parse().unwrap())));
    let fill = next_of(&mut fills, "fill");
    assert_eq!(
        (&fill["data"][0]["side"], &fill["data"][0]["tradeSide"]),
        (&json!("buy"), &json!("close"))
    );
    let [Push::Trade(pushed)] = &pushes(&fill)[..] else {
        panic!()
    };
    assert_eq!(
        (&pushed.id, pushed.action, &pushed.fee),
        (&trade.id, trade.action, &trade.fee)
    );
    assert_eq!(venue.trades().last().unwrap().id, pushed.id);
    assert_eq!(
        next_of(&mut positions, "positions")["data"],
        json!([]),
        "what is gone is not told any more"
    );
    assert_eq!(
        pushes(&next_of(&mut accounts, "account")),
        [Push::Poke("account".to_owned())]
    );
}

#[test]
fn order_that_rests_and_one_that_waits_are_told_by_their_own_channels() {
    let venue = Venue::new();
    let mut socket = venue.own(&["orders", "orders-algo", "positions-history"]);
    venue.place(&rest("rests", "49000"), PositionMode::OneWay);
    let all = json!({});
    Venue::well(&venue.post(&format!("{ORDER}/cancel-all-orders"), &all));
    let states = [(); 2].map(|()| next_of(&mut socket, "orders")["data"][0]["status"].clone());
    assert_eq!(states, [json!("live"), json!("canceled")]);
    let entry = json!({
        "planType": "normal_plan", "triggerPrice": "49500", "triggerType": "fill_price", "orderType": "market",
        "side": "buy", "size": "0.01",
    });
    Venue::well(&venue.post(&format!("{ORDER}/place-plan-order"), &entry));
    assert_eq!(next_of(&mut socket, "orders-algo")["data"][0]["status"], "live");
    venue.0.price("49500");
    let mut told = Vec::new();
    while told.len() < 3 {
        let message = socket.next().unwrap();
        told.push(message["data"][0]["status"].as_str().unwrap().to_owned());
    }
    told.sort();
    assert_eq!(told, ["executed", "filled", "live"]);
    venue.place(&take("out", Action::Sell, Side::Long, "0.01"), PositionMode::OneWay);
    let closed = next_of(&mut socket, "positions-history");
    assert_eq!(
        (&closed["data"][0]["holdSide"], &closed["data"][0]["closeSize"]),
        (&json!("long"), &json!("0.01"))
    );
}

#[test]
fn market_is_told_as_it_stands_and_then_as_it_moves() {
    let venue = Venue::new();
    let mut socket = Socket::open(&venue.0.address, "/v2/ws/public");
    socket.say("ping");
    assert_eq!(pushes(&socket.next().unwrap()), [Push::Pong]);
    for channel in ["trade", "ticker", "candle1m", "books", "books5"] {
        assert_eq!(
            subscribe(&mut socket, channel, ("instId", "BTCUSDT")),
            [Push::Subscribed(channel.to_owned())]
        );
        let first = next_of(&mut socket, channel);
        assert_eq!(first["action"], "snapshot", "{channel}");
    }
    venue.0.price("50000.1");
    let trade = next_of(&mut socket, "trade");
    let [Push::Tick(market, tick)] = &pushes(&trade)[..] else {
        panic!()
    };
    assert_eq!((market.as_str(), tick.price), ("BTCUSDT", "50000.1".parse().unwrap()));
    let ticker = next_of(&mut socket, "ticker");
    let [Push::Mark(_, mark, _)] = &pushes(&ticker)[..] else {
        panic!()
    };
    assert_eq!(*mark, "50000.1".parse().unwrap());
    let candle = next_of(&mut socket, "candle1m");
    assert!(matches!(&pushes(&candle)[..], [Push::Bar(_, bar, false)] if bar.close == *mark));
    let book = next_of(&mut socket, "books");
    assert_eq!(
        (&book["action"], &book["data"][0]["bids"][0][0]),
        (&json!("update"), &json!("50000"))
    );
    let five = next_of(&mut socket, "books5");
    assert_eq!(
        (&five["action"], five["data"][0]["asks"].as_array().unwrap().len()),
        (&json!("snapshot"), 5)
    );
    let arg = json!({ "instType": "USDT-FUTURES", "channel": "trade", "instId": "BTCUSDT" });
    socket.say(&json!({ "op": "unsubscribe", "args": [arg] }).to_string());
    assert_eq!(socket.next().unwrap()["event"], "unsubscribe");
    venue.0.price("50000.2");
    assert_eq!(socket.next().unwrap()["arg"]["channel"], "ticker");
}

#[test]
fn what_cannot_be_followed_is_refused_in_words() {
    let venue = Venue::new();
    let mut public = Socket::open(&venue.0.address, "/v2/ws/public");
    let code = |told: &Value| told["code"].as_i64().unwrap();
    let place = ("instId", "BTCUSDT");
    for (channel, place) in [("weather", place), ("orders", place), ("trade", ("instId", "NOSUCH"))] {
        let told = subscribe(&mut public, channel, place);
        assert!(
            matches!(&told[..], [Push::Refused(words)] if words.contains("30001")),
            "{told:?}"
        );
    }
    public.say("nothing");
    assert_eq!(code(&public.next().unwrap()), 30_002);
    public.say(r#"{"op":"dance"}"#);
    assert_eq!(code(&public.next().unwrap()), 30_003);
    let mut own = Socket::open(&venue.0.address, "/v2/ws/private");
    let told = subscribe(&mut own, "orders", ("instId", "default"));
    assert!(
        matches!(&told[..], [Push::Refused(words)] if words.contains("30004")),
        "{told:?}"
    );
    let wrong = Credential {
        secret: "other-secret".to_owned().into(),
        ..with_passphrase("alpha")
    };
    let now = SystemClock.now();
    for (credential, at, expected) in [
        (wrong, now, 30_015),
        (with_passphrase("nobody"), now, 30_011),
        (
            Credential {
                passphrase: None,
                ..with_passphrase("alpha")
            },
            now,
            30_012,
        ),
        (with_passphrase("alpha"), Timestamp(now.0 - 60_000), 30_014),
    ] {
        own.say(&sign::login(&credential, at));
        assert_eq!(code(&own.next().unwrap()), expected);
    }
}

#[test]
fn own_channels_end_when_they_are_told_to_and_faults_hit_them() {
    let venue = Venue::new();
    let mut socket = venue.own(&["orders"]);
    venue
        .0
        .fault(r#"{"what":"duplicate","endpoint":"orders","key":"alpha"}"#);
    venue.place(&rest("one", "49000"), PositionMode::OneWay);
    let twice = [(); 2].map(|()| next_of(&mut socket, "orders")["data"][0]["clientOid"].clone());
    assert_eq!(twice, [json!("one"), json!("one")]);
    let expired = venue
        .0
        .control("POST", "/simulator/streams/expire", r#"{"key":"alpha"}"#);
    assert_eq!(expired.status(), 200);
    assert_eq!(socket.next().unwrap()["code"], 30_004);
    assert_eq!(socket.next(), None);
}
