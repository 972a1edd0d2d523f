//! Sockets: private channels by their signatures, public ones, and faults on what they push.

use bursar::adapters::venue::dialect::Push;
use domain::venue::ReportedState;

use super::*;

const PATH: &str = "/v4/ws/usdt";

impl Venue {
    fn user(&self) -> String {
        self.well("accounts", &[])["user"].to_string()
    }

    /// A socket that is subscribed to these private channels.
    fn listening(&self, channels: &[&str]) -> Socket {
        let mut socket = Socket::open(&self.0.address, PATH);
        let user = self.user();
        for channel in channels {
            socket.say(&sign::subscribe(
                &credential("alpha"),
                channel,
                &[&user, "!all"],
                SystemClock.now(),
            ));
            let told = socket.next().unwrap();
            assert_eq!(told["result"]["status"], "success", "{told}");
            let read = parse::pushes(told.to_string().as_bytes(), &Contracts::default(), "USDT").unwrap();
            assert_eq!(read, [Push::Subscribed((*channel).to_owned())]);
        }
        socket
    }
}

fn read(gate: &Venue, told: &Value) -> Push {
    let mut read = parse::pushes(told.to_string().as_bytes(), &gate.contracts(), "USDT").unwrap();
    assert_eq!(read.len(), 1, "{told}");
    read.remove(0)
}

const PRIVATE: [&str; 5] = [
    "futures.orders",
    "futures.usertrades",
    "futures.balances",
    "futures.positions",
    "futures.position_closes",
];

#[test]
fn one_fill_is_told_as_order_trade_balance_and_position() {
    let gate = Venue::new();
    let mut socket = gate.listening(&PRIVATE);
    let order = gate.take(10);
    let new = socket.next().unwrap();
    assert_eq!(new["result"][0]["finish_as"], "_new");
    let next = |socket: &mut Socket| read(&gate, &socket.next().unwrap());
    let (new, filled) = (read(&gate, &new), next(&mut socket));
    let (Push::Order(new), Push::Order(filled)) = (new, filled) else {
        panic!()
    };
    assert_eq!((new.state, new.filled.is_zero()), (ReportedState::Open, true));
    assert_eq!(
        (filled.state, filled.venue_id.0),
        (ReportedState::Filled, order["id"].to_string())
    );
    let Push::Trade(trade) = next(&mut socket) else {
        panic!()
    };
    assert_eq!((trade.id.as_str(), trade.fee.amount.to_string()), ("1", "0.25".into()));
    let Push::Balance(balance) = next(&mut socket) else {
        panic!()
    };
    assert_eq!(
        (balance.asset.as_str(), balance.wallet.to_string()),
        ("USDT", "9999.75".into())
    );
    let Push::Position(held) = next(&mut socket) else {
        panic!()
    };
    assert_eq!((held.side, held.quantity.to_string()), (Side::Long, "0.01".into()));
}

#[test]
fn trade_that_turns_a_position_is_pushed_as_one() {
    let gate = Venue::new();
    gate.take(10);
    gate.0.price("50100");
    let mut socket = gate.listening(&PRIVATE);
    gate.take(-25);
    let told: Vec<Value> = (0..7).map(|_| socket.next().unwrap()).collect();
    let channels: Vec<_> = told.iter().map(|told| told["channel"].as_str().unwrap()).collect();
    let [orders, trades, balances, positions, closes] = PRIVATE;
    assert_eq!(
        channels,
        [orders, orders, trades, balances, balances, positions, closes]
    );
    let (trade, held) = (read(&gate, &told[2]), read(&gate, &told[5]));
    let (Push::Trade(trade), Push::Position(held)) = (trade, held) else {
        panic!()
    };
    let closed = trade.closed.unwrap().to_string();
    assert_eq!((trade.quantity.to_string(), closed), ("0.025".into(), "0.01".into()));
    assert_eq!((held.side, held.quantity.to_string()), (Side::Short, "0.015".into()));
    assert_eq!(told[6]["result"][0]["pnl"], 0.4995);
}

#[test]
fn private_channel_needs_a_signature_of_its_own() {
    let gate = Venue::new();
    let mut socket = Socket::open(&gate.0.address, PATH);
    let now = SystemClock.now();
    let wrong = Credential {
        secret: "other-secret".into(),
        ..credential("alpha")
    };
    let mut refused = |text: &str| {
        socket.say(text);
        let told = socket.next().unwrap();
        assert_eq!(told["result"]["status"], "fail", "{told}");
        let Push::Refused(words) = read(&gate, &told) else {
            panic!("{told}")
        };
        words
    };
    let user = gate.user();
    let ask =
        |credential: &Credential, user: &str, now| sign::subscribe(credential, "futures.orders", &[user, "!all"], now);
    assert!(refused(&ask(&wrong, &user, now)).contains("INVALID_SIGNATURE"));
    assert!(refused(&ask(&credential("nobody"), &user, now)).contains("INVALID_KEY"));
    let late = Timestamp(now.0 - 90_000);
    assert!(refused(&ask(&credential("alpha"), &user, late)).contains("REQUEST_EXPIRED"));
    assert!(refused(&ask(&credential("alpha"), "77", now)).ends_with("(2)"));
    let unknown = r#"{"time":1,"channel":"futures.tickers","event":"subscribe","payload":["NO_SUCH"]}"#;
    assert!(refused(unknown).contains("NO_SUCH"));
    gate.take(10);
    socket.say(r#"{"time":1,"channel":"futures.ping"}"#);
    assert_eq!(
        read(&gate, &socket.next().unwrap()),
        Push::Pong,
        "and nothing before it"
    );
}

/// Subscribes to a channel, or leaves it.
fn say(socket: &mut Socket, event: &str, channel: &str, payload: Value) {
    socket.say(&json!({ "time": 1, "id": 4, "channel": channel, "event": event, "payload": payload }).to_string());
    let told = socket.next().unwrap();
    assert_eq!(
        (&told["id"], &told["result"]["status"]),
        (&json!(4), &json!("success")),
        "{told}"
    );
}

#[test]
fn book_is_told_by_what_changed_within_its_levels() {
    let gate = Venue::new();
    let mut socket = Socket::open(&gate.0.address, PATH);
    say(
        &mut socket,
        "subscribe",
        "futures.order_book_update",
        json!(["BTC_USDT", "100ms", "20"]),
    );
    let before = gate.well("order_book", &[("contract", "BTC_USDT"), ("with_id", "true")]);
    gate.0.price("50000.2");
    let book = socket.next().unwrap()["result"].take();
    assert_eq!(
        (&book["U"], &book["u"]),
        (&json!(before["id"].as_i64().unwrap() + 1), &book["U"])
    );
    let levels = book["a"].as_array().unwrap().iter();
    let told: Vec<_> = levels
        .map(|level| (level["p"].as_str().unwrap(), level["s"] == 0))
        .collect();
    assert_eq!(
        told,
        [("50000", true), ("50000.1", true), ("50002", false), ("50002.1", false)]
    );
}

#[test]
fn public_channels_are_subscribed_and_left_by_message() {
    let gate = Venue::new();
    let mut socket = Socket::open(&gate.0.address, PATH);
    say(&mut socket, "subscribe", "futures.trades", json!(["BTC_USDT"]));
    say(
        &mut socket,
        "subscribe",
        "futures.candlesticks",
        json!(["1m", "BTC_USDT"]),
    );
    say(&mut socket, "subscribe", "futures.book_ticker", json!(["BTC_USDT"]));
    gate.0.price("50000.2");
    let Push::Tick(symbol, tick) = read(&gate, &socket.next().unwrap()) else {
        panic!()
    };
    assert_eq!(
        (symbol.as_str(), tick.price.to_string()),
        ("BTC_USDT", "50000.2".into())
    );
    let mut bar = socket.next().unwrap();
    if bar["result"].as_array().unwrap().len() == 2 {
        // A minute ended in between.
        bar["result"].as_array_mut().unwrap().remove(0);
    }
    let Push::Bar(_, bar, is_over) = read(&gate, &bar) else {
        panic!()
    };
    assert!(bar.close.to_string() == "50000.2" && !is_over);
    assert_eq!(socket.next().unwrap()["result"]["a"], "50000.2");
    say(&mut socket, "unsubscribe", "futures.trades", json!(["BTC_USDT"]));
    gate.0.price("50000.3");
    assert_eq!(socket.next().unwrap()["channel"], "futures.candlesticks");
    let mut tickers = Socket::open(&gate.0.address, "/v4/ws/futures/usdt");
    say(&mut tickers, "subscribe", "futures.tickers", json!(["BTC_USDT"]));
    let Push::Mark(_, price, _) = read(&gate, &tickers.next().unwrap()) else {
        panic!()
    };
    assert_eq!(price.to_string(), "50000.3");
}

#[test]
fn pushes_are_lost_and_repeated_and_streams_end() {
    let gate = Venue::new();
    let mut socket = gate.listening(&["futures.orders"]);
    let aim = |what: &str| {
        gate.0.fault(&format!(
            r#"{{"what":"{what}","endpoint":"futures.orders","key":"alpha"}}"#
        ))
    };
    let texts = |socket: &mut Socket, count: usize| {
        let told = (0..count).map(|_| socket.next().unwrap()["result"][0]["text"].as_str().unwrap().to_owned());
        told.collect::<Vec<_>>()
    };
    aim("lose_push");
    gate.limit("one", 10, "49000");
    aim("duplicate");
    gate.limit("two", 10, "49000");
    assert_eq!(texts(&mut socket, 2), ["t-two", "t-two"]);
    let expire = gate
        .0
        .control("POST", "/simulator/streams/expire", r#"{"key":"alpha"}"#);
    assert_eq!(expire.status(), 200);
    assert_eq!(socket.next(), None);
    assert!(gate.listening(&["futures.orders"]).is_quiet());
}

impl Socket {
    /// Whether it still answers, and says nothing else before.
    fn is_quiet(&mut self) -> bool {
        self.say(r#"{"time":1,"channel":"futures.ping"}"#);
        self.next().is_some_and(|told| told["channel"] == "futures.pong")
    }
}
