//! Orders and what becomes of them, in our adapter's words and read by its parser.

use bursar::adapters::venue::dialect::BookingKind;
use bursar::ports::venue::Lookup;
use domain::venue::{FillCause, ReportedState};

use super::*;

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

fn looked_up(venue: &Venue, id: &str) -> [Option<ReportedState>; 2] {
    let requests = ask::lookup(&Symbol::new("BTCUSDT"), &ClientOrderId(id.to_owned())).unwrap();
    requests.map(|request| {
        let got = venue.send("alpha", &request);
        match parse::lookup(got.body().as_bytes()).unwrap() {
            Lookup::Found(report) => {
                assert_eq!(report.client_id, Some(ClientOrderId(id.to_owned())));
                Some(report.state)
            }
            Lookup::Absent => None,
        }
    })
}

#[test]
fn order_is_placed_looked_up_and_cancelled_in_our_own_words() {
    let venue = Venue::new();
    let price = "49000".parse().unwrap();
    let rests = intent("rests", Action::Buy, Side::Long, OrderKind::Limit { price });
    let id = venue.place(&rests, PositionMode::OneWay);
    assert_eq!(looked_up(&venue, "rests"), [Some(ReportedState::Open), None]);
    let cancel = ask::cancel(&Symbol::new("BTCUSDT"), &domain::venue::VenueOrderId(id.clone()));
    let got = venue.send("alpha", &cancel);
    assert_eq!(parse::placed(got.body().as_bytes()).unwrap().venue_id.0, id);
    let ended = Some(ReportedState::Cancelled);
    assert_eq!(
        looked_up(&venue, "rests"),
        [ended, ended],
        "asked by id, what ended lately is told as well"
    );
    assert_eq!(looked_up(&venue, "nobody"), [None, None]);
    venue.place(
        &intent("taken", Action::Buy, Side::Long, OrderKind::Market),
        PositionMode::OneWay,
    );
    let filled = Some(ReportedState::Filled);
    assert_eq!(looked_up(&venue, "taken"), [filled, filled]);
    assert_eq!(venue.open_orders(), 0, "what has ended is not open");
}

#[test]
fn positions_and_executions_are_read_by_our_own_parser() {
    let venue = Venue::new();
    venue.place(
        &intent("in", Action::Buy, Side::Long, OrderKind::Market),
        PositionMode::OneWay,
    );
    venue.0.price("50500");
    let positions = venue.get("/v5/position/list", &[]);
    let held = parse::holdings(positions.body().as_bytes()).unwrap().rows;
    assert_eq!(
        (held[0].side, held[0].quantity, held[0].leverage),
        (Side::Long, "0.01".parse().unwrap(), Some(20))
    );
    assert_eq!(held[0].entry_price, "50000".parse().unwrap());
    venue.place(
        &intent("out", Action::Sell, Side::Long, OrderKind::Market),
        PositionMode::OneWay,
    );
    let executions = venue.get("/v5/execution/list", &[]);
    let (trades, bookings) = parse::executions(executions.body().as_bytes()).unwrap();
    let told = trades
        .rows
        .iter()
        .map(|trade| (trade.action, trade.realised, trade.fee.amount, trade.closed));
    let quantity = |text: &str| text.parse::<Quantity>().ok();
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            (Action::Sell, Some(amount("5")), amount("0.2525"), quantity("0.01")),
            (Action::Buy, Some(amount("0")), amount("0.25"), quantity("0")),
        ]
    );
    assert_eq!(trades.rows[0].owner.as_ref().unwrap().cause, FillCause::Order);
    assert!(bookings.is_empty() && trades.next.is_some());
}

#[test]
fn what_was_earned_and_paid_is_read_by_our_own_parser() {
    let venue = Venue::new();
    venue.take("Buy", "0.01");
    venue.0.price("50500");
    venue.take("Sell", "0.01");
    let query = [("category", "linear"), ("currency", "USDT")];
    let log = venue.send("alpha", &Request::new("GET", "/v5/account/transaction-log", &query));
    let lines = parse::bookings(log.body().as_bytes()).unwrap().rows;
    let told: Vec<_> = lines.iter().map(|line| (line.kind, line.amount)).collect();
    assert_eq!(
        told[..2],
        [
            (BookingKind::Realised, amount("5")),
            (BookingKind::Fee, amount("-0.2525"))
        ]
    );
    assert_eq!(log.json()["result"]["list"][0]["cashBalance"], "10004.4975");
    assert_eq!(log.json()["result"]["list"][1]["cashBalance"], "9999.75");
    let closed = venue.get("/v5/position/closed-pnl", &[]);
    let profits = parse::closed_profits(closed.body().as_bytes()).unwrap().rows;
    assert_eq!((profits[0].side, profits[0].profit), (Side::Long, amount("4.4975")));
    let wallet = Request::new("GET", "/v5/account/wallet-balance", &[("accountType", "UNIFIED")]);
    let wallet = venue.send("alpha", &wallet);
    let balances = parse::balances(wallet.body().as_bytes()).unwrap();
    assert_eq!(
        (balances[0].asset.as_str(), balances[0].wallet),
        ("USDT", amount("10004.4975"))
    );
    assert_eq!(
        parse::available(wallet.body().as_bytes()).unwrap(),
        Some(amount("10004.4975"))
    );
}

#[test]
fn our_own_parser_reads_markets() {
    let venue = Venue::new();
    let listing = venue.listing();
    assert_eq!(
        (listing.base.as_str(), listing.settle.as_str(), listing.is_trading),
        ("BTC", "USDT", true)
    );
    assert_eq!(
        (listing.tick, listing.lot),
        ("0.1".parse().unwrap(), "0.001".parse().unwrap())
    );
    assert_eq!(
        (listing.min_notional, listing.max_leverage),
        ("100".parse().unwrap(), Some(125))
    );
    let tickers = venue.get("/v5/market/tickers", &[]);
    let price = "50000".parse().unwrap();
    assert_eq!(parse::marks(tickers.body().as_bytes()).unwrap()[0].1, price);
    assert_eq!(parse::tick(tickers.body().as_bytes()).unwrap().1.price, price);
    let bars = venue.get("/v5/market/kline", &[("interval", "1")]);
    assert_eq!(parse::bars(bars.body().as_bytes()).unwrap()[0].close, price);
    let time = venue.get("/v5/market/time", &[]);
    let time = parse::server_time(time.body().as_bytes()).unwrap();
    assert!((time.0 - SystemClock.now().0).abs() < 5_000);
}

#[test]
fn client_id_is_unique_for_ever_whatever_became_of_its_order() {
    let venue = Venue::new();
    venue.well(venue.limit("once", "49000"));
    assert_eq!(venue.limit("once", "48000").json()["retCode"], 110_072);
    venue.well(venue.post("/v5/order/cancel", json!({ "orderLinkId": "once" })));
    assert_eq!(venue.limit("once", "48000").json()["retCode"], 110_072);
    let post_only = |id: &str| {
        let mut order = limit(id, "50100");
        order["timeInForce"] = json!("PostOnly");
        venue.post("/v5/order/create", order)
    };
    venue.well(post_only("ghost"));
    let told = venue.rows("/v5/order/history", &[("orderLinkId", "ghost")]);
    assert_eq!(
        (&told[0]["orderStatus"], &told[0]["rejectReason"]),
        (&json!("Cancelled"), &json!("EC_PostOnlyWillTakeLiquidity"))
    );
    assert_eq!(post_only("ghost").json()["retCode"], 110_072);
    assert_eq!(venue.open_orders(), 0);
}

#[test]
fn conditional_order_keeps_its_id_when_the_price_comes() {
    let venue = Venue::new();
    venue.take("Buy", "0.01");
    let stop = json!({
        "side": "Sell", "orderType": "Market", "qty": "0.01", "reduceOnly": true,
        "triggerPrice": "49000", "triggerDirection": 2, "orderLinkId": "stop",
    });
    let placed = venue.well(venue.post("/v5/order/create", stop));
    let waits = venue.rows("/v5/order/realtime", &[("orderFilter", "StopOrder")]);
    assert_eq!(
        (&waits[0]["orderStatus"], &waits[0]["stopOrderType"]),
        (&json!("Untriggered"), &json!("Stop"))
    );
    venue.0.price("48990");
    let fired = venue.rows("/v5/order/history", &[("orderLinkId", "stop")]);
    assert_eq!((fired.len(), &fired[0]["orderId"]), (1, &placed["orderId"]));
    assert_eq!(
        (&fired[0]["orderStatus"], &fired[0]["avgPrice"], &fired[0]["createType"]),
        (&json!("Filled"), &json!("48990"), &json!("CreateByStopOrder"))
    );
    let executions = venue.rows("/v5/execution/list", &[("orderLinkId", "stop")]);
    assert_eq!((executions.len(), &executions[0]["orderId"]), (1, &placed["orderId"]));
}

#[test]
fn stops_of_a_position_replace_each_other_and_go_with_it() {
    let venue = Venue::new();
    let stop = |body: Value| venue.post("/v5/position/trading-stop", body);
    assert_eq!(stop(json!({ "stopLoss": "49000" })).json()["retCode"], 10001);
    venue.take("Buy", "0.01");
    for price in ["49000", "49500"] {
        venue.well(stop(json!({ "stopLoss": price, "takeProfit": "51000" })));
    }
    assert_eq!(stop(json!({ "stopLoss": "50500" })).json()["retCode"], 10001);
    let held = venue.rows("/v5/position/list", &[]);
    assert_eq!(
        (&held[0]["stopLoss"], &held[0]["takeProfit"]),
        (&json!("49500"), &json!("51000"))
    );
    assert_eq!(venue.open_orders(), 2);
    venue.well(stop(json!({ "takeProfit": "0" })));
    assert_eq!(venue.open_orders(), 1);
    venue.take("Sell", "0.01");
    let gone = (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(20));
        venue.open_orders() == 0
    });
    assert!(gone);
}

#[test]
fn history_is_told_page_by_page_until_an_empty_one() {
    let venue = Venue::new();
    for _ in 0..3 {
        venue.take("Buy", "0.01");
    }
    for path in ["/v5/execution/list", "/v5/order/history", "/v5/account/transaction-log"] {
        let (mut cursor, mut sizes, mut seen) = (String::new(), Vec::new(), std::collections::BTreeSet::new());
        for _ in 0..3 {
            let result = venue.well(venue.get(path, &[("limit", "2"), ("cursor", &cursor)]));
            let rows = result["list"].as_array().unwrap();
            sizes.push(rows.len());
            seen.extend(rows.iter().map(|row| row["orderId"].as_str().unwrap().to_owned()));
            cursor = result["nextPageCursor"].as_str().unwrap().to_owned();
        }
        assert_eq!((sizes, seen.len(), cursor.as_str()), (vec![2, 1, 0], 3, ""), "{path}");
    }
    let long_ago = [("startTime", "0"), ("endTime", "1000")];
    assert!(venue.rows("/v5/execution/list", &long_ago).is_empty());
}

#[test]
fn what_was_done_is_told_after_a_restart() {
    let store = MemoryStore::default();
    let venue = Venue::on(store.clone());
    venue.0.price("50000");
    venue.take("Buy", "0.01");
    let placed = venue.well(venue.limit("rests", "49000"));
    drop(venue);
    let venue = Venue::on(store);
    venue.0.price("50100");
    let open = venue.rows("/v5/order/realtime", &[]);
    assert_eq!((open.len(), &open[0]["orderId"]), (1, &placed["orderId"]));
    assert_eq!(venue.rows("/v5/execution/list", &[]).len(), 1);
    assert_eq!(venue.limit("rests", "48000").json()["retCode"], 110_072);
}
