//! Orders and what becomes of them, markets, settings and the account book.

use bursar::adapters::venue::dialect::{BookingKind, Net, realise};
use bursar::ports::venue::Lookup;
use domain::user::PositionMode;
use domain::venue::ReportedState;

use super::*;

#[test]
fn our_own_parser_reads_markets() {
    let gate = Venue::new();
    let listing = gate.listing();
    assert_eq!(
        (listing.symbol.as_str(), listing.base.as_str(), listing.settle.as_str()),
        ("BTC_USDT", "BTC", "USDT")
    );
    assert_eq!(
        (listing.contract.to_string(), listing.lot.to_string()),
        ("0.001".into(), "0.001".into())
    );
    assert_eq!(
        (listing.tick.to_string(), listing.max_leverage),
        ("0.1".into(), Some(125))
    );
    let one = gate.read("contracts/BTC_USDT", &[]);
    assert_eq!(parse::listing(one.body().as_bytes()).unwrap(), listing);
    let clock = gate.0.control("GET", "/api/v4/spot/time", "");
    let off = parse::server_time(clock.body().as_bytes()).unwrap().0 - SystemClock.now().0;
    assert!(off.abs() < 5_000);
    let of = ("contract", "BTC_USDT");
    let marks = parse::marks(gate.read("tickers", &[of]).body().as_bytes(), Timestamp(5)).unwrap();
    assert_eq!(
        marks,
        [(Symbol::new("BTC_USDT"), "50000".parse().unwrap(), Timestamp(5))]
    );
    gate.0.control(
        "POST",
        "/simulator/price",
        r#"{"symbol":"BTCUSDT","price":"49999","quantity":"0.0125"}"#,
    );
    let trades = gate.read("trades", &[of]);
    let ticks = parse::ticks(trades.body().as_bytes(), &gate.contracts()).unwrap();
    assert_eq!(ticks[0].1.quantity.to_string(), "0.012", "whole contracts");
    assert_eq!(trades.json()[0]["size"], -12, "the price fell");
    let candles = gate.read("candlesticks", &[of, ("interval", "1m")]);
    let bars = parse::bars(candles.body().as_bytes(), &Symbol::new(of.1), &gate.contracts()).unwrap();
    assert_eq!(bars.last().unwrap().low.to_string(), "49999");
    let book = gate.well("order_book", &[of, ("with_id", "true"), ("limit", "3")]);
    assert_eq!(
        (book["asks"][0]["p"].as_str(), book["bids"].as_array().unwrap().len()),
        (Some("49999"), 3)
    );
}

#[test]
fn order_is_placed_and_looked_up_in_our_adapters_words() {
    let gate = Venue::new();
    let filled = gate.place(&intent("bab1", Action::Buy, "0.01", None));
    assert_eq!(
        (filled.state, filled.filled.to_string()),
        (ReportedState::Filled, "0.01".into())
    );
    let resting = gate.place(&intent("bab2", Action::Sell, "0.005", Some("51000")));
    assert_eq!((resting.state, resting.action), (ReportedState::Open, Action::Sell));
    assert_eq!(resting.client_id, Some(ClientOrderId("bab2".to_owned())));
    let symbol = Symbol::new("BTC_USDT");
    let look = |id: &str| {
        let id = ClientOrderId(id.to_owned());
        let asked = ask::lookup(&symbol, &id, SystemClock.now()).unwrap();
        let [by_text, among] = asked.map(|request| gate.send(&request));
        let by_text =
            verdict(&by_text, Call::Look).lookup(|| parse::lookup(by_text.body().as_bytes(), &gate.contracts()));
        let among =
            verdict(&among, Call::Look).lookup(|| parse::lookup_among(among.body().as_bytes(), &gate.contracts(), &id));
        assert_eq!(by_text, among);
        by_text.unwrap()
    };
    assert_eq!(look("bab2"), Lookup::Found(resting.clone()));
    assert_eq!(look("bab3"), Lookup::Absent);
    let Lookup::Found(found) = look("bab1") else {
        panic!("it ended just now")
    };
    assert_eq!((found.venue_id, found.state), (filled.venue_id, ReportedState::Filled));
    let cancelled = gate.send(&ask::cancel(&resting.venue_id));
    let cancelled = parse::order(cancelled.body().as_bytes(), &gate.contracts()).unwrap();
    assert_eq!(cancelled.state, ReportedState::Cancelled);
    let again = gate.send(&ask::cancel(&resting.venue_id));
    assert_eq!(Venue::label(&again), (400, "ORDER_FINISHED".to_owned()));
}

#[test]
fn text_is_used_again_and_names_the_newest() {
    let gate = Venue::new();
    let first = gate.limit("twice", 5, "49000").json();
    let second = gate.limit("twice", 5, "48000").json();
    assert_eq!(gate.open_orders(), 2, "while the first is open");
    let found = gate.well("orders/t-twice", &[]);
    assert_eq!((&found["id"], &found["price"]), (&second["id"], &json!("48000")));
    let cancel = |name: &str| gate.send(&Request::new("DELETE", &format!("{ROOT}/orders/{name}"), &[]));
    assert_eq!(cancel("t-twice").json()["id"], second["id"]);
    assert_eq!(
        gate.well("orders/t-twice", &[])["finish_as"],
        "cancelled",
        "a minute long"
    );
    assert_eq!(cancel(&first["id"].to_string()).json()["text"], "t-twice");
}

#[test]
fn trade_that_turns_a_position_is_one_and_says_what_it_closed() {
    let gate = Venue::new();
    gate.take(10);
    gate.0.price("50100");
    let turned = gate.take(-25);
    assert_eq!((&turned["left"], &turned["fill_price"]), (&json!(0), &json!("50100")));
    let trades = gate.well("my_trades", &[("contract", "BTC_USDT")]);
    assert_eq!(trades.as_array().unwrap().len(), 2);
    assert_eq!(
        (&trades[0]["size"], &trades[0]["close_size"]),
        (&json!(-25), &json!(-10))
    );
    let got = gate.read("my_trades_timerange", &[]);
    let mut read = parse::trades(got.body().as_bytes(), &gate.contracts(), "USDT").unwrap();
    let book = gate.read("account_book", &[]);
    let lines = parse::bookings(book.body().as_bytes(), "USDT").unwrap();
    let kinds: Vec<_> = lines.iter().map(|line| (line.kind, line.amount.to_string())).collect();
    let told = |kind, amount: &str| (kind, amount.to_owned());
    assert_eq!(
        kinds,
        [
            told(BookingKind::Fee, "-0.62625"),
            told(BookingKind::Realised, "1"),
            told(BookingKind::Fee, "-0.25"),
        ]
    );
    realise(&mut read, &lines, Some(SystemClock.now()), None);
    assert_eq!(read[0].realised, "1".parse().ok());
    let fills = read[0].fills(Net::default(), None, |fee| Some(fee.amount)).unwrap();
    let sides: Vec<_> = fills
        .iter()
        .map(|fill| (fill.position_side, fill.reducing, fill.quantity.to_string()))
        .collect();
    assert_eq!(
        sides,
        [
            (Side::Long, true, "0.01".to_owned()),
            (Side::Short, false, "0.015".to_owned())
        ]
    );
}

#[test]
fn what_a_turned_position_earned_is_told_by_lines_and_whole() {
    let gate = Venue::new();
    gate.take(10);
    gate.0.price("50100");
    gate.take(-25);
    let book = gate.read("account_book", &[]);
    let held = parse::holdings(gate.read("positions", &[]).body().as_bytes(), &gate.contracts()).unwrap();
    assert_eq!(
        (held[0].side, held[0].quantity.to_string()),
        (Side::Short, "0.015".into())
    );
    assert_eq!(
        (held[0].leverage, held[0].margin_mode),
        (Some(20), Some(MarginMode::Cross))
    );
    let closed = parse::closed_profits(gate.read("position_close", &[]).body().as_bytes()).unwrap();
    // 1 of profit less 0.25 to open ten contracts and 0.2505 to close them; the fee of what was opened is not its own.
    assert_eq!(
        (closed[0].side, closed[0].profit.to_string()),
        (Side::Long, "0.4995".into())
    );
    let balance = parse::balances(gate.read("accounts", &[]).body().as_bytes()).unwrap();
    assert_eq!(balance[0].wallet.to_string(), "10000.12375");
    assert_eq!(book.json()[0]["balance"], "10000.12375");
}

#[test]
fn settings_are_told_as_they_were_set() {
    let gate = Venue::new();
    let set = |query: &[(&'static str, &str)]| gate.post("positions/BTC_USDT/leverage", query, &Value::Null);
    let leverage = |got: &Got| parse::leverage(got.body().as_bytes()).unwrap().1;
    assert_eq!(leverage(&set(&[("leverage", "10")])), 10);
    let position = gate.well("positions/BTC_USDT", &[]);
    assert_eq!(
        (&position["leverage"], &position["pos_margin_mode"]),
        (&json!("10"), &json!("isolated"))
    );
    assert_eq!(leverage(&set(&[("leverage", "0"), ("cross_leverage_limit", "7")])), 7);
    let body = json!({ "mode": "ISOLATED", "contract": "BTC_USDT" });
    assert_eq!(gate.post("positions/cross_mode", &[], &body).json()["leverage"], "7");
    let mode = |got: &Got| parse::position_mode(got.body().as_bytes()).unwrap();
    assert_eq!(mode(&gate.read("accounts", &[])), PositionMode::OneWay);
    assert_eq!(
        mode(&gate.post("dual_mode", &[("dual_mode", "true")], &Value::Null)),
        PositionMode::Hedge
    );
    let both = gate.post(
        "dual_comp/positions/BTC_USDT/leverage",
        &[("leverage", "5")],
        &Value::Null,
    );
    assert_eq!((leverage(&both), both.json().as_array().unwrap().len()), (5, 2));
    gate.take(10);
    gate.take(-20);
    let held = parse::holdings(gate.read("positions", &[]).body().as_bytes(), &gate.contracts()).unwrap();
    let sides: Vec<_> = held
        .iter()
        .map(|held| (held.side, held.is_hedge, held.quantity.to_string()))
        .collect();
    assert_eq!(
        sides,
        [
            (Side::Long, true, "0.01".to_owned()),
            (Side::Short, true, "0.02".to_owned())
        ]
    );
    let mut closing = intent("close", Action::Buy, "0.02", None);
    (closing.reduce_only, closing.position_side) = (true, Side::Short);
    assert_eq!(gate.place(&closing).state, ReportedState::Filled);
    assert_eq!(
        gate.well("positions", &[("holding", "true")]).as_array().unwrap().len(),
        1
    );
}

#[test]
fn conditional_order_places_its_own_when_the_price_comes() {
    let gate = Venue::new();
    gate.take(10);
    let body = json!({
        "initial": { "contract": "BTC_USDT", "size": 0, "price": "0", "tif": "ioc", "close": true, "text": "t-stop" },
        "trigger": { "strategy_type": 0, "price_type": 0, "price": "49000", "rule": 2 },
        "order_type": "close-long-position",
    });
    let placed = gate.post("price_orders", &[], &body);
    assert_eq!(placed.status(), 201, "{placed:?}");
    assert_eq!(gate.open_orders(), 0, "a conditional order is no plain one");
    assert_eq!(
        gate.well("price_orders", &[("status", "open")])[0]["initial"]["size"],
        0
    );
    gate.0.price("48990");
    let fired = gate.well(&format!("price_orders/{}", placed.json()["id"]), &[]);
    assert_eq!(
        (&fired["finish_as"], &fired["order_type"]),
        (&json!("succeeded"), &json!("close-long-position"))
    );
    let order = gate.well(&format!("orders/{}", fired["trade_id"]), &[]);
    assert_eq!(
        (&order["finish_as"], &order["text"]),
        (&json!("filled"), &json!("t-stop"))
    );
    assert_eq!((&order["size"], &order["is_reduce_only"]), (&json!(-10), &json!(true)));
    assert_eq!(gate.well("positions", &[("holding", "true")]), json!([]));
}

#[test]
fn history_is_told_page_by_page_and_by_time() {
    let gate = Venue::new();
    for _ in 0..3 {
        gate.take(10);
    }
    let ids = |path: &str, query: &[(&'static str, &str)]| {
        let list = gate.well(path, query);
        let id = |row: &Value| row.get("id").or_else(|| row.get("trade_id")).unwrap().to_string();
        list.as_array().unwrap().iter().map(id).collect::<Vec<_>>()
    };
    assert_eq!(ids("my_trades", &[("limit", "2")]), ["3", "2"]);
    assert_eq!(ids("my_trades", &[("limit", "2"), ("offset", "2")]), ["1"]);
    assert_eq!(ids("my_trades", &[("last_id", "3"), ("limit", "1")]), ["2"]);
    assert_eq!(ids("my_trades", &[("order", "1")]), ["1"]);
    assert_eq!(ids("my_trades_timerange", &[("limit", "1")]), ["\"3\""]);
    assert_eq!(ids("my_trades_timerange", &[("to", "1000")]), [""; 0]);
    let later = (SystemClock.now().0 / 1_000 - 60).to_string();
    assert_eq!(ids("orders_timerange", &[("from", &later), ("limit", "2")]), ["3", "2"]);
    assert_eq!(ids("orders", &[("status", "finished"), ("last_id", "2")]), ["1"]);
    let page = gate.read("orders", &[("status", "finished"), ("limit", "2"), ("offset", "1")]);
    let header = |name: &str| page.header(name).unwrap();
    assert_eq!(
        (
            header("x-pagination-limit"),
            header("x-pagination-offset"),
            header("x-pagination-total")
        ),
        ("2".to_owned(), "1".to_owned(), "3".to_owned())
    );
    let book = |query: &[(&'static str, &str)]| gate.well("account_book", query).as_array().unwrap().len();
    assert_eq!(
        (
            book(&[("type", "fee")]),
            book(&[("type", "fund")]),
            book(&[("limit", "2")])
        ),
        (3, 0, 2)
    );
}

#[test]
fn liquidated_position_is_told_as_one() {
    let gate = Venue::new();
    gate.post("positions/BTC_USDT/leverage", &[("leverage", "20")], &Value::Null);
    gate.take(100);
    gate.0.price("47600");
    let trades = gate.read("my_trades", &[]);
    let read = parse::trades(trades.body().as_bytes(), &gate.contracts(), "USDT").unwrap();
    assert_eq!(
        read[0].owner.as_ref().unwrap().cause,
        domain::venue::FillCause::Liquidation
    );
    let order = gate.well(&format!("orders/{}", read[0].order_id.0), &[]);
    assert_eq!(
        (&order["is_liq"], &order["text"]),
        (&json!(true), &json!("liquidation"))
    );
    assert_eq!(gate.well("position_close", &[])[0]["text"], "liquidation");
    assert_eq!(gate.well("positions", &[("holding", "true")]), json!([]));
}

#[test]
fn several_orders_are_placed_changed_and_cancelled_at_once() {
    let gate = Venue::new();
    let order = |size: i64, text: &str| json!({ "contract": "BTC_USDT", "size": size, "price": "49000", "text": text });
    let placed = gate
        .post(
            "batch_orders",
            &[],
            &json!([order(5, "t-a"), order(5, "no"), order(6, "t-b")]),
        )
        .json();
    let done: Vec<_> = placed
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["succeeded"].as_bool().unwrap())
        .collect();
    assert_eq!(
        (done, &placed[1]["label"]),
        (vec![true, false, true], &json!("INVALID_PARAM_VALUE"))
    );
    let changed = json!([{ "order_id": placed[0]["id"], "price": "48000" }, { "text": "t-b", "size": 7 }]);
    let changed = gate.post("batch_amend_orders", &[], &changed).json();
    assert_eq!(
        (&changed[0]["price"], &changed[1]["size"]),
        (&json!("48000"), &json!(7))
    );
    let cancelled = gate
        .post("batch_cancel_orders", &[], &json!([placed[0]["id"], "77"]))
        .json();
    assert_eq!(
        (&cancelled[0]["succeeded"], &cancelled[1]["message"]),
        (&json!(true), &json!("ORDER_NOT_FOUND"))
    );
    let side = |side: &str| {
        let query = [("contract", "BTC_USDT"), ("side", side)];
        gate.send(&Request::new("DELETE", &format!("{ROOT}/orders"), &query))
            .json()
    };
    assert_eq!((side("ask"), side("bid")[0]["text"].clone()), (json!([]), json!("t-b")));
    assert_eq!(gate.open_orders(), 0);
}
