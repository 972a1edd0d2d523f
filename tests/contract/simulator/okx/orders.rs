//! Orders and what becomes of them, placed and read by our own adapter's pure halves.

use bursar::ports::venue::Lookup;
use domain::venue::ReportedState;

use super::*;

#[test]
fn our_own_words_place_and_our_own_parser_finds() {
    let venue = Venue::new();
    let placed = venue.place(&intent("mine", Action::Buy, "0.012", Some("49000")));
    assert_eq!(judged(&placed, Call::Place), Verdict::Done);
    let taken = parse::placed(placed.body().as_bytes()).unwrap();
    let lookup = ask::lookup(&Symbol::new(SWAP), &ClientOrderId("mine".to_owned())).unwrap();
    let found = venue.send("alpha", &lookup);
    let Lookup::Found(found) = parse::lookup(found.body().as_bytes(), &venue.contracts()).unwrap() else {
        panic!("not found");
    };
    assert_eq!(
        (found.venue_id.clone(), found.client_id.unwrap().0.as_str()),
        (taken.venue_id, "mine")
    );
    assert_eq!(
        (found.state, found.quantity),
        (ReportedState::Open, "0.012".parse().unwrap())
    );
    let pending = venue.get("/api/v5/trade/orders-pending", &[("instId", SWAP)]);
    assert_eq!(
        parse::orders(pending.body().as_bytes(), &venue.contracts())
            .unwrap()
            .len(),
        1
    );
    let cancel = ask::cancel(&Symbol::new(SWAP), &found.venue_id);
    assert_eq!(judged(&venue.send("alpha", &cancel), Call::Cancel), Verdict::Done);
    assert!(matches!(
        judged(&venue.send("alpha", &cancel), Call::Cancel),
        Verdict::Absent(_)
    ));
    let absent = ask::lookup(&Symbol::new(SWAP), &ClientOrderId("never".to_owned())).unwrap();
    assert!(matches!(
        judged(&venue.send("alpha", &absent), Call::Look),
        Verdict::Absent(_)
    ));
}

#[test]
fn our_own_parser_reads_executions_holdings_and_bookings() {
    let venue = Venue::new();
    let taken = venue.take(Action::Buy, "0.01");
    venue.0.price("51000");
    let contracts = venue.contracts();
    let fills = venue.get("/api/v5/trade/fills", &[("instType", "SWAP")]);
    let fills = parse::trades(fills.body().as_bytes(), &contracts).unwrap();
    assert_eq!(
        (fills[0].order_id.0.as_str(), fills[0].quantity),
        (taken["ordId"].as_str().unwrap(), "0.01".parse().unwrap())
    );
    assert_eq!(
        (fills[0].fee.amount, fills[0].realised),
        ("0.25".parse().unwrap(), Some(Amount::ZERO))
    );
    let held = venue.get("/api/v5/account/positions", &[]);
    let held = parse::holdings(held.body().as_bytes(), &contracts).unwrap();
    assert_eq!((held[0].side, held[0].is_hedge), (Side::Long, false));
    assert_eq!(
        (held[0].leverage, held[0].margin_mode),
        (Some(20), Some(MarginMode::Cross))
    );
    assert_eq!(
        (held[0].entry_price, held[0].mark_price),
        ("50000".parse().unwrap(), Some("51000".parse().unwrap()))
    );
    let balances = venue.get("/api/v5/account/balance", &[]);
    let balances = parse::balances(balances.body().as_bytes()).unwrap();
    assert_eq!(balances[0].wallet, "9999.75".parse().unwrap());
    venue.take(Action::Sell, "0.01");
    let bills = venue.get("/api/v5/account/bills", &[]);
    let bills = parse::bookings(bills.body().as_bytes()).unwrap();
    let shown: Vec<String> = bills
        .iter()
        .map(|bill| format!("{:?} {}", bill.kind, bill.amount))
        .collect();
    assert_eq!(shown, ["Realised 10", "Fee -0.255", "Realised 0", "Fee -0.25"]);
    let lives = venue.get("/api/v5/account/positions-history", &[]);
    let lives = parse::closed_profits(lives.body().as_bytes()).unwrap();
    assert_eq!(
        (lives[0].side, lives[0].profit, lives[0].fees),
        (Side::Long, "9.495".parse().unwrap(), Some("0.505".parse().unwrap()))
    );
}

#[test]
fn our_own_parser_reads_markets_and_settings() {
    let venue = Venue::new();
    let listing = venue.listing();
    assert_eq!(
        (listing.contract, listing.lot),
        ("0.01".parse().unwrap(), "0.001".parse().unwrap())
    );
    assert_eq!((listing.max_leverage, listing.is_trading), (Some(125), true));
    let swap = [("instId", SWAP)];
    let body = |got: Got| got.body().as_bytes().to_vec();
    let time = parse::server_time(&body(venue.get("/api/v5/public/time", &[]))).unwrap();
    assert!((time.0 - SystemClock.now().0).abs() < 5_000);
    let marks = parse::marks(&body(venue.get("/api/v5/public/mark-price", &[("instType", "SWAP")]))).unwrap();
    assert_eq!(marks[0].1, "50000".parse().unwrap());
    let (symbol, tick) = parse::tick(&body(venue.get("/api/v5/market/ticker", &swap))).unwrap();
    assert_eq!((symbol.as_str(), tick.price), (SWAP, "50000".parse().unwrap()));
    let bars = parse::bars(&body(venue.get("/api/v5/market/candles", &swap))).unwrap();
    assert_eq!(bars.last().unwrap().close, "50000".parse().unwrap());
    assert_eq!(
        parse::position_mode(&body(venue.get("/api/v5/account/config", &[]))).unwrap(),
        PositionMode::OneWay
    );
    let cross = [("instId", SWAP), ("mgnMode", "cross")];
    let leverages = parse::leverages(&body(venue.get("/api/v5/account/leverage-info", &cross))).unwrap();
    assert_eq!(leverages, [(Symbol::new(SWAP), 20, MarginMode::Cross)]);
}

#[test]
fn leverage_is_kept_by_margin_mode_and_the_orders_say_which() {
    let venue = Venue::new();
    let set = |mode: &str, lever: &str| json!({ "instId": SWAP, "mgnMode": mode, "lever": lever });
    venue.done("/api/v5/account/set-leverage", &set("isolated", "10"));
    venue.done("/api/v5/account/set-leverage", &set("cross", "5"));
    let mut isolated = intent("one", Action::Buy, "0.01", None);
    isolated.margin_mode = MarginMode::Isolated;
    assert_eq!(venue.place(&isolated).json()["code"], "0");
    let held = &venue.data("/api/v5/account/positions", &[])[0];
    assert_eq!(
        (&held["mgnMode"], &held["lever"], &held["margin"]),
        (&"isolated".into(), &"10".into(), &"50".into())
    );
    let balance = &venue.data("/api/v5/account/balance", &[])[0]["details"][0];
    assert_eq!(
        (&balance["cashBal"], &balance["eq"], &balance["isoEq"]),
        (&"9949.75".into(), &"9999.75".into(), &"50".into())
    );
    let cross = venue.place(&intent("two", Action::Buy, "0.01", None));
    assert_eq!(code(&cross), "59000");
    venue.done(
        "/api/v5/trade/close-position",
        &json!({ "instId": SWAP, "mgnMode": "isolated" }),
    );
    assert_eq!(
        venue.place(&intent("three", Action::Sell, "0.01", None)).json()["code"],
        "0"
    );
    let held = &venue.data("/api/v5/account/positions", &[])[0];
    assert_eq!(
        (&held["mgnMode"], &held["lever"], &held["pos"]),
        (&"cross".into(), &"5".into(), &"-1".into())
    );
}

#[test]
fn client_id_is_refused_while_its_order_is_open_and_free_after() {
    let venue = Venue::new();
    let order = |price: &str| venue.place(&intent("twice", Action::Buy, "0.01", Some(price)));
    let first = order("49000").json()["data"][0]["ordId"].clone();
    let refused = order("48000");
    assert_eq!(code(&refused), "51016");
    assert!(matches!(judged(&refused, Call::Place), Verdict::Duplicate(_)));
    venue.done(
        "/api/v5/trade/cancel-order",
        &json!({ "instId": SWAP, "clOrdId": "twice" }),
    );
    let second = order("48000").json()["data"][0]["ordId"].clone();
    assert_ne!(first, second);
    let found = venue.data("/api/v5/trade/order", &[("instId", SWAP), ("clOrdId", "twice")]);
    assert_eq!((&found[0]["ordId"], &found[0]["state"]), (&second, &"live".into()));
}

#[test]
fn what_cannot_rest_or_be_filled_is_taken_and_cancelled() {
    let venue = Venue::new();
    let order = |id: &str, kind: &str, price: &str| json!({ "instId": SWAP, "tdMode": "cross", "side": "buy", "ordType": kind, "sz": "1", "px": price, "clOrdId": id });
    for (id, kind, price, source) in [
        ("a", "post_only", "50100", "31"),
        ("b", "fok", "49000", "13"),
        ("c", "ioc", "49000", "14"),
    ] {
        let taken = venue.done("/api/v5/trade/order", &order(id, kind, price));
        for asked in [("ordId", taken[0]["ordId"].as_str().unwrap()), ("clOrdId", id)] {
            let found = venue.data("/api/v5/trade/order", &[("instId", SWAP), asked]);
            assert_eq!(
                (&found[0]["state"], &found[0]["cancelSource"], &found[0]["accFillSz"]),
                (&"canceled".into(), &source.into(), &"0".into())
            );
        }
    }
    let past = venue.data("/api/v5/trade/orders-history", &[("instType", "SWAP")]);
    let ids: Vec<&str> = past
        .as_array()
        .unwrap()
        .iter()
        .map(|order| order["clOrdId"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["c", "b", "a"]);
    assert_eq!(venue.open(), 0);
}

#[test]
fn conditional_order_places_its_own_when_the_price_comes() {
    let venue = Venue::new();
    venue.take(Action::Buy, "0.01");
    let stop = json!({
        "instId": SWAP, "tdMode": "cross", "side": "sell", "ordType": "conditional", "slTriggerPx": "49000", "slOrdPx": "-1",
        "closeFraction": "1", "reduceOnly": true, "algoClOrdId": "stop",
    });
    let placed = venue.done("/api/v5/trade/order-algo", &stop);
    assert_eq!(code(&venue.post("/api/v5/trade/order-algo", &stop)), "51065");
    assert_eq!(venue.open(), 0, "a conditional order is no plain one");
    let waiting = venue.data("/api/v5/trade/orders-algo-pending", &[("ordType", "conditional")]);
    assert_eq!(
        (
            &waiting[0]["algoId"],
            &waiting[0]["slTriggerPx"],
            &waiting[0]["closeFraction"]
        ),
        (&placed[0]["algoId"], &"49000".into(), &"1".into())
    );
    venue.0.price("48990");
    let fired = &venue.data("/api/v5/trade/order-algo", &[("algoClOrdId", "stop")])[0];
    assert_eq!(
        (&fired["state"], &fired["actualPx"], &fired["actualSide"]),
        (&"effective".into(), &"48990".into(), &"sl".into())
    );
    let id = fired["ordId"].as_str().unwrap();
    let order = &venue.data("/api/v5/trade/order", &[("instId", SWAP), ("ordId", id)])[0];
    assert_eq!(
        (
            &order["state"],
            &order["algoClOrdId"],
            &order["clOrdId"],
            &order["source"]
        ),
        (&"filled".into(), &"stop".into(), &"".into(), &"7".into())
    );
    assert_eq!(venue.data("/api/v5/account/positions", &[]), json!([]));
}

#[test]
fn history_is_told_page_by_page_and_by_time() {
    let venue = Venue::new();
    for coins in ["0.01", "0.02", "0.03"] {
        venue.take(Action::Buy, coins);
    }
    let sizes = |path: &str, query: &[(&'static str, &str)]| {
        let query = [&[("instType", "SWAP")], query].concat();
        let told = venue.data(path, &query);
        let told = told.as_array().unwrap().iter();
        told.map(|one| {
            let size = one.get("fillSz").or(one.get("sz")).unwrap().as_str().unwrap();
            let id = one.get("billId").or(one.get("ordId")).unwrap().as_str().unwrap();
            (size.to_owned(), id.to_owned())
        })
        .collect::<Vec<_>>()
    };
    for path in [
        "/api/v5/trade/fills",
        "/api/v5/account/bills",
        "/api/v5/trade/orders-history",
    ] {
        let first = sizes(path, &[("limit", "2")]);
        assert_eq!([&*first[0].0, &*first[1].0], ["3", "2"], "{path}");
        let next = sizes(path, &[("limit", "2"), ("after", &first[1].1)]);
        assert_eq!((next.len(), &*next[0].0), (1, "1"), "{path}");
        let newer = sizes(path, &[("before", &first[1].1)]);
        assert_eq!((newer.len(), &*newer[0].0), (1, "3"), "{path}");
        assert_eq!(sizes(path, &[("begin", "0"), ("end", "1000")]), []);
    }
}

#[test]
fn what_was_done_is_told_after_a_restart() {
    let store = MemoryStore::default();
    let venue = Venue::on(store.clone());
    venue.0.price("50000");
    venue.take(Action::Buy, "0.01");
    venue.place(&intent("rests", Action::Buy, "0.01", Some("49000")));
    drop(venue);
    let venue = Venue::on(store);
    venue.0.price("50100");
    assert_eq!(venue.open(), 1);
    let found = venue.data("/api/v5/trade/order", &[("instId", SWAP), ("clOrdId", "rests")]);
    assert_eq!(found[0]["state"], "live");
    let fills = venue.data("/api/v5/trade/fills-history", &[("instType", "SWAP")]);
    assert_eq!(fills.as_array().unwrap().len(), 1);
}

#[test]
fn reply_may_be_lost_before_and_after_the_fill() {
    let venue = Venue::new();
    let place = r#""endpoint":"POST /api/v5/trade/order""#;
    venue.0.fault(&format!(r#"{{"what":"lose_reply",{place}}}"#));
    let lost = venue.place(&intent("one", Action::Buy, "0.01", Some("49000")));
    assert_eq!((lost.status(), venue.open()), (0, 1));
    venue.0.fault(&format!(r#"{{"what":"lose_reply_after_fill",{place}}}"#));
    let lost = venue.place(&intent("two", Action::Buy, "0.01", None));
    assert_eq!(lost.status(), 0);
    let found = venue.data("/api/v5/trade/order", &[("instId", SWAP), ("clOrdId", "two")]);
    assert_eq!(found[0]["state"], "filled");
    venue.0.fault(r#"{"what":"limited","seconds":7}"#);
    let limited = venue.get("/api/v5/public/time", &[]);
    assert_eq!((limited.status(), code(&limited).as_str()), (429, "50011"));
    assert!(matches!(judged(&limited, Call::Look), Verdict::Limited { .. }));
    venue
        .0
        .fault(&format!(r#"{{"what":"broken_after","status":504,{place}}}"#));
    let broken = venue.place(&intent("three", Action::Buy, "0.01", Some("49000")));
    assert_eq!(code(&broken), "50004");
    assert!(matches!(judged(&broken, Call::Place), Verdict::Unknown(_)));
    assert_eq!(venue.open(), 2);
}
