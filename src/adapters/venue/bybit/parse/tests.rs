//! What Bybit's answers become, with exact values.

use std::time::Duration;

use domain::id::OrderId;
use domain::market::Side;
use domain::order::client_order_id;
use domain::outcome::Outcome;
use domain::time::Timestamp;
use domain::venue::{ClientOrderId, FillCause};

use super::super::super::dialect::{
    BookingKind, Call, Class, Code, Credential, Net, ProfitBasis, Push, Reply, Request, query_text, realise,
};
use super::super::{CLIENT_ID, CODES, sign, verdict};
use super::*;
use crate::ports::venue::{Lookup, VenueError};

fn ok(list: &str) -> String {
    format!(
        r#"{{"retCode":0,"retMsg":"OK","result":{{"list":[{list}],"nextPageCursor":"a%3D1"}},"time":1700000000123}}"#
    )
}

fn execution(kind: &str, closed: &str, profit: &str) -> String {
    format!(
        r#"{{"symbol":"BTCUSDT","execId":"e1","orderId":"o1","orderLinkId":"bab1","side":"Sell","execType":"{kind}",
        "execQty":"3","execPrice":"64000.5","execFee":"0.3","feeCurrency":"","closedSize":"{closed}",
        "execPnl":"{profit}","execTime":"5"}}"#
    )
}

fn reply(status: u16, body: &str) -> Reply<'_> {
    Reply {
        status,
        retry_after: None,
        body: body.as_bytes(),
    }
}

#[test]
fn an_execution_tells_what_it_closed_whatever_the_position_mode() {
    let body = ok(&execution("Trade", "1", "7.5"));
    let (page, _) = executions(body.as_bytes()).unwrap();
    assert_eq!(
        page.next.as_deref(),
        Some("a=1"),
        "it is escaped once more when it is sent"
    );
    let fills = page.rows[0]
        .fills(Net::default(), None, |fee| Some(fee.amount))
        .unwrap();
    let told: Vec<_> = fills
        .iter()
        .map(|fill| (fill.position_side, fill.reducing, fill.quantity.to_string()))
        .collect();
    assert_eq!(told, [(Side::Long, true, "1".into()), (Side::Short, false, "2".into())]);
    assert_eq!(
        (fills[0].realised.to_string(), fills[0].fee.to_string()),
        ("7.5".into(), "0.1".into())
    );
    assert_eq!(page.rows[0].fee.asset, "USDT");
}

#[test]
fn a_profit_that_the_execution_does_not_tell_comes_from_the_transaction_log() {
    let (page, _) = executions(ok(&execution("Trade", "3", "")).as_bytes()).unwrap();
    let mut trades = page.rows;
    assert!(trades[0].fills(Net::default(), None, |fee| Some(fee.amount)).is_err());
    realise(&mut trades, &[], Some(Timestamp(4)), None);
    assert_eq!(trades[0].realised, None, "the log does not reach that far");
    let line = r#"{"id":"9","symbol":"BTCUSDT","type":"TRADE","funding":"","fee":"0.3","cashFlow":"-2.25",
        "change":"-2.55","currency":"USDT","tradeId":"e1","transactionTime":"5"}"#;
    let lines = bookings(ok(line).as_bytes()).unwrap().rows;
    let told: Vec<_> = lines.iter().map(|line| (line.kind, line.amount.to_string())).collect();
    assert_eq!(
        told,
        [
            (BookingKind::Realised, "-2.25".into()),
            (BookingKind::Fee, "-0.3".into())
        ]
    );
    realise(&mut trades, &lines, None, None);
    let fills = trades[0].fills(Net::default(), None, |fee| Some(fee.amount)).unwrap();
    assert_eq!(fills[0].realised.to_string(), "-2.25");
}

#[test]
fn funding_among_executions_is_a_payment() {
    let (page, bookings) = executions(ok(&execution("Funding", "", "")).as_bytes()).unwrap();
    assert!(page.rows.is_empty());
    let income = bookings[0].income("USDT").unwrap();
    assert_eq!(
        (income.amount.to_string(), income.venue_income_id.as_str()),
        ("-0.3".into(), "e1")
    );
}

#[test]
fn a_forced_close_is_told_and_an_unknown_kind_is_not_guessed() {
    let cause = |kind: &str| {
        let (page, _) = executions(ok(&execution(kind, "3", "1")).as_bytes())?;
        Ok::<_, ParseError>(page.rows[0].owner.clone().unwrap().cause)
    };
    assert_eq!(cause("BustTrade"), Ok(FillCause::Liquidation));
    assert_eq!(cause("AdlTrade"), Ok(FillCause::Venue));
    assert_eq!(cause("Trade"), Ok(FillCause::Order));
    assert!(cause("SomethingNew").unwrap_err().to_string().contains("execType"));
}

#[test]
fn a_position_has_its_side_from_its_words_and_its_index() {
    let row = |index: u32, side: &str, size: &str| {
        let row = format!(
            r#"{{"positionIdx":{index},"symbol":"BTCUSDT","side":"{side}","size":"{size}","avgPrice":"10.123456789012",
            "markPrice":"11","leverage":"12.5","tradeMode":0,"liqPrice":""}}"#
        );
        holdings(ok(&row).as_bytes()).map(|page| page.rows)
    };
    let short = &row(2, "Sell", "4").unwrap()[0];
    assert_eq!(
        (short.side, short.is_hedge, short.leverage),
        (Side::Short, true, Some(13))
    );
    assert_eq!(short.entry_price.to_string(), "10.123456789");
    assert_eq!(short.liquidation_price, None);
    assert_eq!(
        short.margin_mode, None,
        "that is the account's, and `tradeMode` says nothing"
    );
    assert_eq!(row(0, "", "0").unwrap(), []);
    assert!(row(1, "Sell", "4").is_err(), "a short in the long's place");
    assert!(row(0, "", "4").is_err());
}

#[test]
fn a_cursor_is_sent_as_it_was_told() {
    let next = |cursor: &str| {
        let body = ok("").replace("a%3D1", cursor);
        orders(body.as_bytes()).unwrap().next
    };
    for told in [
        "132766%3A2%2C132766%3A2",
        "page_args%3Dfd43%26symbol%3D6%26",
        "5a373bfe-188d",
    ] {
        let query = [("cursor", next(told).unwrap())];
        assert_eq!(query_text(&query), format!("cursor={told}"));
    }
    for strange in ["100%", "%zz", "%C3"] {
        assert_eq!(next(strange).as_deref(), Some(strange));
    }
    assert_eq!(next(""), None);
}

#[test]
fn with_isolated_margin_a_coin_says_what_is_free_of_it() {
    let wallet = |available: &str, wallet: &str| {
        let row = format!(
            r#"{{"totalAvailableBalance":"{available}","coin":[{{"coin":"USDT","walletBalance":"{wallet}",
            "totalPositionIM":"50.5","totalOrderIM":"9.5"}}]}}"#
        );
        balances(ok(&row).as_bytes()).unwrap()[0]
            .available
            .map(|free| free.to_string())
    };
    assert_eq!(wallet("", "100").as_deref(), Some("40"));
    assert_eq!(wallet("", "59").as_deref(), Some("0"), "never less than nothing");
    assert_eq!(wallet("70", "100"), None, "all coins share it");
}

#[test]
fn what_a_closed_position_earned_is_after_fees() {
    let row = r#"{"symbol":"ETHUSDT","side":"Sell","closedSize":"3","closedPnl":"-47.4","updatedTime":"7"}"#;
    let closed = closed_profits(ok(row).as_bytes()).unwrap().rows;
    assert_eq!((closed[0].side, closed[0].basis), (Side::Long, ProfitBasis::AfterFees));
}

#[test]
fn bars_come_oldest_first() {
    let rows = r#"["2000","1","2","0.5","1.5","10","11"],["1000","1","2","0.5","1.5","10","11"]"#;
    let bars = bars(ok(rows).as_bytes()).unwrap();
    assert_eq!(bars.iter().map(|bar| bar.opened_at.0).collect::<Vec<_>>(), [1000, 2000]);
    let error = super::bars(ok(r#"["2000","1","x","0.5","1.5","10"]"#).as_bytes()).unwrap_err();
    assert_eq!(error.to_string(), "klines: [0][2]: not a decimal number");
    assert!(super::bars(ok(r#"["2000","1"]"#).as_bytes()).is_err());
}

#[test]
fn s3_10_an_order_whose_answer_is_lost_is_unknown_and_never_refused() {
    let place = |status, body: &str| verdict(&reply(status, body), Call::Place).outcome(|| placed(body.as_bytes()));
    let taken = r#"{"retCode":0,"retMsg":"OK","result":{"orderId":"o1","orderLinkId":"b"},"time":5}"#;
    assert!(matches!(place(200, taken), Outcome::Done(_)));
    let code = |code: i64| format!(r#"{{"retCode":{code},"retMsg":"x","result":{{}},"time":5}}"#);
    assert!(matches!(place(200, &code(110_007)), Outcome::Refused(_)));
    for code in [10_000, 10_016, 429, 110_072, 10_014, 110_001, 999_999, -1] {
        let body = format!(r#"{{"retCode":{code},"retMsg":"x","result":{{}},"time":5}}"#);
        assert!(matches!(place(200, &body), Outcome::Unknown(_)), "{code}");
    }
    let empty = r#"{"retCode":0,"retMsg":"OK","result":{"orderId":""},"time":5}"#;
    for (status, body) in [
        (502, "<html>"),
        (504, ""),
        (200, "<html>"),
        (200, "{}"),
        (200, empty),
        (500, taken),
    ] {
        assert!(matches!(place(status, body), Outcome::Unknown(_)), "{status} {body}");
    }
}

#[test]
fn an_order_is_absent_when_the_venue_answers_without_it() {
    let look = |body: &str| verdict(&reply(200, body), Call::Look).lookup(|| lookup(body.as_bytes()));
    assert_eq!(look(&ok("")), Ok(Lookup::Absent));
    assert_eq!(
        look(r#"{"retCode":110001,"retMsg":"no","result":{}}"#),
        Ok(Lookup::Absent)
    );
    assert!(matches!(
        look(r#"{"retCode":10006,"retMsg":"slow"}"#),
        Err(VenueError::RateLimited { .. })
    ));
    let turned_away = verdict(&reply(403, "<html>"), Call::Look).lookup(|| Ok(Lookup::Absent));
    assert!(matches!(turned_away, Err(VenueError::RateLimited { .. })));
    assert!(look("{}").is_err());
}

#[test]
fn answers_on_the_socket_are_told_apart() {
    let of = |message: &str| pushes(message.as_bytes()).unwrap();
    assert_eq!(
        of(r#"{"success":true,"ret_msg":"","op":"auth","conn_id":"x"}"#),
        [Push::LoggedIn]
    );
    assert_eq!(
        of(r#"{"success":true,"ret_msg":"pong","conn_id":"x","req_id":"","op":"ping"}"#),
        [Push::Pong]
    );
    assert_eq!(
        of(r#"{"req_id":"t","op":"pong","args":["1"],"conn_id":"x"}"#),
        [Push::Pong]
    );
    let refused = of(r#"{"success":false,"ret_msg":"Params Error","op":"auth","conn_id":"x"}"#);
    assert_eq!(refused, [Push::Refused("auth: Params Error".into())]);
}

#[test]
fn every_code_stands_once() {
    let codes: std::collections::BTreeSet<_> = CODES.iter().map(|line| line.code).collect();
    assert_eq!(codes.len(), CODES.len());
    assert_eq!(Code::class_of(CODES, "110043"), Class::Already);
    assert_eq!(Code::class_of(CODES, "10002"), Class::Clock);
}

#[test]
fn our_ids_fit_at_their_longest() {
    let id = client_order_id("abcdef", OrderId(i64::MAX));
    assert_eq!(CLIENT_ID.read(&CLIENT_ID.write(&id).unwrap()), Some(id));
    assert!(CLIENT_ID.write(&ClientOrderId("a".repeat(36))).is_ok());
    assert!(CLIENT_ID.write(&ClientOrderId("a".repeat(37))).is_err());
    assert!(CLIENT_ID.write(&ClientOrderId("a.b".to_owned())).is_err());
}

#[test]
fn a_signed_request_carries_what_was_signed() {
    let credential = Credential {
        key: "test_api_key".to_owned(),
        secret: "test_secret".to_owned().into(),
        passphrase: None,
    };
    let query = [("category", "linear"), ("symbol", "BTCUSDT")];
    let (at, window) = (Timestamp(1_700_000_000_000), Duration::from_secs(5));
    let signed = sign::signed(
        &Request::new("GET", "/v5/order/realtime", &query),
        &credential,
        at,
        window,
    );
    assert_eq!(signed.target, "/v5/order/realtime?category=linear&symbol=BTCUSDT");
    let signature = "fd4f31228a46109dc6673062328693696df9a96c7ff04e6491a45e7f63a0fdd7";
    assert!(signed.headers.contains(&("X-BAPI-SIGN", signature.to_owned())));
    let body = r#"{"category": "linear", "symbol": "BTCUSDT", "orderLinkId": "test-order-1"}"#;
    let request = Request::new("POST", "/v5/order/create", &[]).with_body(body.to_owned());
    let signed = sign::signed(&request, &credential, at, window);
    let signature = "2df4a0603d69c08d5dea29ba85b46eb7db64ce9e9ebd34a7802a3d69700cb2a1";
    assert!(signed.headers.contains(&("X-BAPI-SIGN", signature.to_owned())));
    assert_eq!(signed.body, body);
    assert!(sign::login(&credential, at).contains(r#""op":"auth""#));
}
