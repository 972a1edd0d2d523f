//! What Gate's answers become, with exact values.

use domain::fixed::Amount;
use domain::id::OrderId;
use domain::market::{Action, Side, Symbol};
use domain::order::client_order_id;
use domain::outcome::Outcome;
use domain::time::Timestamp;
use domain::venue::{ClientOrderId, FillCause, MarginMode, ReportedState};

use super::super::super::dialect::{
    BookingKind, Call, Class, Code, Contracts, Credential, Listing, Listings, Net, ParseError, ProfitBasis, Push,
    Reply, Request, Trade, realise,
};
use super::super::{CLIENT_ID, CODES, MANNERS, sign, verdict};
use super::*;
use crate::ports::venue::{Lookup, VenueError};

const MARKET: &str = r#"{"name":"BTC_USDT","type":"direct","quanto_multiplier":"0.0001","order_price_round":"0.1",
    "order_size_min":1,"order_size_max":1000000,"leverage_max":"100","in_delisting":false}"#;

fn contracts() -> Contracts {
    let listing: Listing = listing(MARKET.as_bytes()).unwrap();
    Contracts::of([&listing])
}

fn order_row(size: &str, left: &str, status: &str, finish: &str) -> String {
    format!(
        r#"{{"id":15675394,"contract":"BTC_USDT","create_time":1546569968,"size":{size},"left":{left},
        "status":"{status}","finish_as":"{finish}","finish_time":1546569970.5,"text":"t-bab1"}}"#
    )
}

fn trade_row(size: &str, closed: &str, text: &str) -> Result<Trade, ParseError> {
    let row = format!(
        r#"[{{"id":12,"create_time":1514764800.123,"contract":"BTC_USDT","order_id":"21","size":{size},
        "close_size":{closed},"price":"64000.1","text":"{text}","fee":"0.03","point_fee":"0"}}]"#
    );
    trades(row.as_bytes(), &contracts(), "USDT").map(|mut trades| trades.remove(0))
}

fn reply(status: u16, body: &str) -> Reply<'_> {
    Reply {
        status,
        retry_after: None,
        body: body.as_bytes(),
    }
}

#[test]
fn a_listing_counts_coins_and_knows_parts_of_contracts() {
    let whole = listing(MARKET.as_bytes()).unwrap();
    assert_eq!(
        (whole.lot.to_string(), whole.base.as_str(), whole.settle.as_str()),
        ("0.0001".into(), "BTC", "USDT")
    );
    assert_eq!(whole.contracts("0.0123".parse().unwrap()).unwrap().to_string(), "123");
    let parts = MARKET.replace(
        "\"order_size_min\":1",
        "\"enable_decimal\":true,\"order_size_min\":\"0.1\"",
    );
    assert_eq!(listing(parts.as_bytes()).unwrap().lot.to_string(), "0.00001");
    let inverse = MARKET.replace("direct", "inverse").replace("0.0001", "0");
    assert!(listing(inverse.as_bytes()).is_err());
    assert_eq!(
        listings(format!("[{inverse}]").as_bytes()).unwrap(),
        Listings::default()
    );
    let finer = MARKET.replace("\"0.1\"", "\"0.00000000001\"");
    let both = listings(format!("[{finer},{MARKET}]").as_bytes()).unwrap();
    assert_eq!(both.markets, [whole], "one strange market takes no other away");
    let wrong = "contracts: [0].order_price_round: number has more than 10 decimal places";
    assert_eq!(both.left_out[0].to_string(), wrong);
}

#[test]
fn the_sign_of_a_size_tells_buy_from_sell() {
    let sold = order(order_row("-120", "-20", "open", "").as_bytes(), &contracts()).unwrap();
    assert_eq!((sold.action, sold.state), (Action::Sell, ReportedState::Open));
    assert_eq!(
        (sold.quantity.to_string(), sold.filled.to_string()),
        ("0.012".into(), "0.01".into())
    );
    assert_eq!(sold.client_id, Some(ClientOrderId("bab1".to_owned())));
    assert_eq!(sold.updated_at, Timestamp(1_546_569_970_500));
    assert!(order(order_row("0", "0", "open", "").as_bytes(), &contracts()).is_err());
    assert!(order(order_row("5", "6", "open", "").as_bytes(), &contracts()).is_err());
}

#[test]
fn what_ended_says_how() {
    let ended = |finish: &str| {
        let row = order_row("10", "4", "finished", finish);
        order(row.as_bytes(), &contracts()).unwrap().state
    };
    assert_eq!(ended("filled"), ReportedState::Filled);
    assert_eq!(ended("cancelled"), ReportedState::Cancelled);
    for rule in [
        "ioc",
        "reduce_only",
        "liquidated",
        "position_closed",
        "stp",
        "something new",
    ] {
        assert_eq!(ended(rule), ReportedState::Expired, "{rule}");
    }
}

#[test]
fn an_execution_closes_what_it_met() {
    let part = trade_row("-5", "-2", "t-bab1").unwrap();
    assert_eq!(part.closed.unwrap().to_string(), "0.0002");
    assert_eq!(part.realised, None, "the account book tells it");
    let whole = trade_row("3", "9", "t-bab1").unwrap();
    assert_eq!(whole.closed.unwrap(), whole.quantity, "the position was larger");
    let opened = trade_row("3", "0", "api").unwrap();
    let fills = opened.fills(Net::default(), None, |fee| Some(fee.amount)).unwrap();
    assert_eq!(
        (fills[0].position_side, fills[0].reducing, fills[0].client_id.clone()),
        (Side::Long, false, None)
    );
    assert_eq!(opened.at, Timestamp(1_514_764_800_123));
}

#[test]
fn an_execution_has_its_id_under_either_name() {
    let row = |id: &str| {
        let row = format!(
            r#"[{{{id}"create_time":1,"contract":"BTC_USDT","order_id":"21","size":1,"price":"1","fee":"0"}}]"#
        );
        trades(row.as_bytes(), &contracts(), "USDT").map(|trades| trades[0].id.clone())
    };
    assert_eq!(row(r#""id":7,"#), Ok("7".to_owned()));
    assert_eq!(row(r#""trade_id":"7","#), Ok("7".to_owned()));
    assert_eq!(row(r#""id":7,"trade_id":"8","#), Ok("7".to_owned()));
    assert_eq!(row("").unwrap_err().to_string(), "trades: BTC_USDT.id: is missing");
}

#[test]
fn profit_comes_from_the_account_book() {
    let mut trades = [trade_row("-5", "-5", "t-bab1").unwrap()];
    let line = |kind: &str, change: &str, trade: &str| {
        format!(
            r#"{{"time":1514764800.123456,"change":"{change}","balance":"4.5","text":"BTC_USDT:21","type":"{kind}",
            "contract":"BTC_USDT","trade_id":"{trade}"}}"#
        )
    };
    let book = [
        line("pnl", "-0.75", "12"),
        line("fee", "-0.03", "12"),
        line("fund", "0.5", ""),
    ]
    .join(",");
    let lines = bookings(format!("[{book}]").as_bytes(), "USDT").unwrap();
    let kinds: Vec<_> = lines.iter().map(|line| line.kind).collect();
    assert_eq!(kinds, [BookingKind::Realised, BookingKind::Fee, BookingKind::Funding]);
    realise(&mut trades, &lines, None, None);
    assert_eq!(trades[0].realised, Some("-0.75".parse::<Amount>().unwrap()));
    let ids: Vec<_> = lines
        .iter()
        .filter_map(|line| line.income("USDT"))
        .map(|income| income.venue_income_id)
        .collect();
    assert_eq!(ids, ["fund:1514764800123:BTC_USDT:4.5"]);
    let mut even = [trade_row("-5", "-5", "t-bab1").unwrap()];
    realise(&mut even, &[], Some(Timestamp(1_514_764_800_122)), None);
    assert_eq!(even[0].realised, None, "the book is not complete so far");
    realise(&mut even, &[], Some(Timestamp(1_514_764_800_123)), None);
    assert_eq!(even[0].realised, Some(Amount::ZERO), "closed at its entry price");
}

#[test]
fn a_forced_close_is_told_by_its_text() {
    let cause = |text: &str| trade_row("-5", "-5", text).unwrap().owner.unwrap().cause;
    for text in [
        "liquidation",
        "liq-1234",
        "hedge-liq-1234",
        "pm_liquidate",
        "comb_margin_liquidate",
        "scm_liquidate",
        "insurance",
    ] {
        assert_eq!(cause(text), FillCause::Liquidation, "{text}");
    }
    assert_eq!(cause("t-liq-1234"), FillCause::Order, "a client may name its order so");
    assert_eq!(cause("auto_deleveraging"), FillCause::Venue);
    assert_eq!(cause("web"), FillCause::Order);
}

#[test]
fn a_position_has_one_sign_and_two_margins() {
    let held = |mode: &str, size: &str, leverage: &str| {
        let row = format!(
            r#"[{{"contract":"BTC_USDT","size":{size},"leverage":"{leverage}","cross_leverage_limit":"7",
            "entry_price":"3779.55","mark_price":"3780","liq_price":"0","mode":"{mode}"}}]"#
        );
        holdings(row.as_bytes(), &contracts())
    };
    let short = held("dual_short", "-9440", "0").unwrap().remove(0);
    assert_eq!(
        (short.side, short.quantity.to_string(), short.is_hedge),
        (Side::Short, "0.944".into(), true)
    );
    assert_eq!((short.leverage, short.margin_mode), (Some(7), Some(MarginMode::Cross)));
    let long = held("single", "1", "20").unwrap().remove(0);
    assert_eq!(
        (long.side, long.leverage, long.margin_mode),
        (Side::Long, Some(20), Some(MarginMode::Isolated))
    );
    assert!(held("dual_short", "5", "0").is_err() && held("dual_long", "-5", "0").is_err());
    assert_eq!(held("single", "0", "0").unwrap(), []);
}

#[test]
fn what_a_closed_position_earned_is_net_of_its_parts() {
    let row = r#"[{"time":1546487347,"pnl":"0.00013","pnl_pnl":"0.00015","pnl_fund":"0.00001","pnl_fee":"-0.00003",
        "side":"long","contract":"BTC_USDT","text":"web","max_size":"100"}]"#;
    let closed = closed_profits(row.as_bytes()).unwrap().remove(0);
    assert_eq!((closed.side, closed.basis), (Side::Long, ProfitBasis::Net));
    assert_eq!(
        (closed.fees.unwrap().to_string(), closed.funding.unwrap().to_string()),
        ("0.00003".into(), "0.00001".into())
    );
}

#[test]
fn s3_10_an_order_whose_answer_is_lost_is_unknown_and_never_refused() {
    let place = |status, body: &str| {
        verdict(&reply(status, body), Call::Place).outcome(|| order(body.as_bytes(), &contracts()))
    };
    assert!(matches!(
        place(201, &order_row("5", "0", "finished", "filled")),
        Outcome::Done(_)
    ));
    let label = |label: &str| format!(r#"{{"label":"{label}","message":"x"}}"#);
    assert!(matches!(
        place(400, &label("INSUFFICIENT_AVAILABLE")),
        Outcome::Refused(_)
    ));
    assert!(matches!(place(400, &label("TOO_MANY_REQUESTS")), Outcome::Refused(_)));
    for name in [
        "INTERNAL",
        "SERVER_ERROR",
        "TOO_BUSY",
        "ORDER_NOT_FOUND",
        "SOMETHING_NEW",
    ] {
        assert!(matches!(place(400, &label(name)), Outcome::Unknown(_)), "{name}");
    }
    for (status, body) in [(502, "<html>"), (504, ""), (201, ""), (201, "{}"), (500, r#"{"x":1}"#)] {
        assert!(matches!(place(status, body), Outcome::Unknown(_)), "{status} {body}");
    }
}

#[test]
fn an_order_is_absent_by_its_label_alone() {
    let look =
        |status, body: &str| verdict(&reply(status, body), Call::Look).lookup(|| lookup(body.as_bytes(), &contracts()));
    assert_eq!(
        look(404, r#"{"label":"ORDER_NOT_FOUND","detail":""}"#),
        Ok(Lookup::Absent)
    );
    assert!(look(404, r#"{"label":"NOT_FOUND","message":"path"}"#).is_err());
    assert!(look(404, "<html>").is_err());
    assert!(matches!(look(429, ""), Err(VenueError::RateLimited { .. })));
    assert!(matches!(
        look(200, &order_row("5", "5", "open", "")),
        Ok(Lookup::Found(_))
    ));
}

#[test]
fn an_order_that_ended_long_ago_is_looked_for_among_all() {
    let row = order_row("5", "0", "finished", "filled");
    let page = |count: usize| format!("[{}]", vec![row.as_str(); count].join(","));
    let look = |body: &str, id: &str| lookup_among(body.as_bytes(), &contracts(), &ClientOrderId(id.to_owned()));
    assert!(matches!(look(&page(3), "bab1"), Ok(Lookup::Found(_))));
    assert_eq!(look(&page(99), "bab2"), Ok(Lookup::Absent));
    assert!(look(&page(100), "bab2").is_err(), "more may lie behind");
    assert!(look("{}", "bab2").is_err());
}

#[test]
fn messages_are_told_apart() {
    let of = |message: &str| pushes(message.as_bytes(), &contracts(), "USDT").unwrap();
    assert_eq!(
        of(r#"{"time":1,"channel":"futures.pong","event":"","result":null}"#),
        [Push::Pong]
    );
    let refused =
        of(r#"{"time":1,"channel":"futures.orders","event":"subscribe","error":{"code":2,"message":"bad auth"}}"#);
    assert_eq!(refused, [Push::Refused("futures.orders: bad auth (2)".into())]);
    let bar = of(
        r#"{"channel":"futures.candlesticks","event":"update","time_ms":5,"result":[{"t":1545129300,"v":"20000",
        "c":"2","h":"3","l":"1","o":"2","n":"1m_BTC_USDT","w":true}]}"#,
    );
    let [Push::Bar(symbol, bar, true)] = &bar[..] else {
        panic!("{bar:?}")
    };
    assert_eq!((symbol, bar.volume.to_string()), (&Symbol::new("BTC_USDT"), "2".into()));
    let traded = of(
        r#"{"channel":"futures.trades","event":"update","result":[{"size":-108,"id":1,"create_time":1545136464,
        "create_time_ms":1545136464123,"price":"96.4","contract":"BTC_USDT"}]}"#,
    );
    let [Push::Tick(_, tick)] = &traded[..] else {
        panic!("{traded:?}")
    };
    assert_eq!(
        (tick.at, tick.quantity.to_string()),
        (Timestamp(1_545_136_464_123), "0.0108".into())
    );
}

#[test]
fn every_label_stands_once() {
    let codes: std::collections::BTreeSet<_> = CODES.iter().map(|line| line.code).collect();
    assert_eq!(codes.len(), CODES.len());
    assert_eq!(Code::class_of(CODES, "NO_CHANGE"), Class::Already);
    assert_eq!(Code::class_of(CODES, "REQUEST_EXPIRED"), Class::Clock);
}

#[test]
fn our_ids_fit_at_their_longest() {
    let id = client_order_id("abcdef", OrderId(i64::MAX));
    assert_eq!(CLIENT_ID.write(&id).unwrap(), format!("t-{id}"));
    assert_eq!(CLIENT_ID.read(&format!("t-{id}")), Some(id));
    assert!(CLIENT_ID.write(&ClientOrderId("a".repeat(28))).is_ok());
    assert!(CLIENT_ID.write(&ClientOrderId("a".repeat(29))).is_err());
    assert_eq!(CLIENT_ID.read("api"), None);
}

#[test]
fn signed_requests_are_the_documented_ones() {
    let credential = Credential {
        key: "key".to_owned(),
        secret: "secret".to_owned().into(),
        passphrase: None,
    };
    let at = Timestamp(1_541_993_715_000);
    let query = [("contract", "BTC_USD"), ("status", "finished"), ("limit", "50")];
    let signed = sign::signed(&Request::new("GET", "/api/v4/futures/orders", &query), &credential, at);
    let sign = |start: &str| signed_with(&signed.headers, start);
    assert!(sign("55f84ea195d6fe57ce62464daaa7c3c02fa9d1dde954e4c898289c9a2407a3d6"));
    let body = r#"{"contract":"BTC_USD","type":"limit","size":100,"price":6800,"time_in_force":"gtc"}"#;
    let request = Request::new("POST", "/api/v4/futures/orders", &[]).with_body(body.to_owned());
    let signed = sign::signed(&request, &credential, at);
    assert!(signed_with(
        &signed.headers,
        "eae42da914a590ddf727473aff25fc87d50b64783941061f47a3fdb92742541f"
    ));
    let parts = ("X-Gate-Size-Decimal", "1".to_owned());
    assert!(signed.headers.contains(&parts));
    let public = (MANNERS.public)(&Request::new("GET", "/api/v4/spot/time", &[]));
    assert_eq!(public.headers, [parts]);
    let subscribed = sign::subscribe(&credential, "futures.orders", &["7", "!all"], at);
    assert!(subscribed.contains(r#""method":"api_key""#), "{subscribed}");
}

fn signed_with(headers: &[(&'static str, String)], start: &str) -> bool {
    headers
        .iter()
        .any(|(name, value)| *name == "SIGN" && value.starts_with(start) && value.len() == 128)
}
