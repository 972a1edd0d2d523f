//! What Binance's answers become, with exact values.

use std::time::Duration;

use domain::fixed::Amount;
use domain::id::OrderId;
use domain::market::Side;
use domain::order::client_order_id;
use domain::outcome::Outcome;
use domain::time::Timestamp;
use domain::venue::FillCause;

use super::super::super::dialect::{Call, Class, Code, Credential, Net, Push, Reply, Request, Verdict};
use super::super::{CLIENT_ID, CODES, sign, verdict};
use super::*;
use crate::ports::venue::{Lookup, VenueError};

const ORDER: &str = r#"{"symbol":"BTCUSDT","orderId":9007199254740993,"clientOrderId":"bab12cd7","side":"BUY",
    "status":"PARTIALLY_FILLED","origQty":"0.010","executedQty":"0.004","updateTime":1700000000123}"#;

fn trade(side: &str, position: &str, quantity: &str, profit: &str) -> String {
    format!(
        r#"{{"id":1,"orderId":2,"symbol":"BTCUSDT","side":"{side}","positionSide":"{position}","qty":"{quantity}",
        "price":"64000.1","commission":"0.0128","commissionAsset":"USDT","realizedPnl":"{profit}","time":3}}"#
    )
}

fn reply(status: u16, body: &str) -> Reply<'_> {
    Reply {
        status,
        retry_after: Some(Duration::from_secs(7)),
        body: body.as_bytes(),
    }
}

#[test]
fn an_order_keeps_an_id_that_a_float_would_change() {
    let report = order(ORDER.as_bytes()).unwrap();
    assert_eq!(report.venue_id.0, "9007199254740993");
    assert_eq!(report.client_id.unwrap().0, "bab12cd7");
    assert_eq!(
        (report.quantity.to_string(), report.filled.to_string()),
        ("0.01".into(), "0.004".into())
    );
    assert_eq!(report.updated_at, Timestamp(1_700_000_000_123));
}

#[test]
fn an_error_names_the_field_and_the_rule() {
    let finer = ORDER.replace("0.004", "0.000000001");
    assert_eq!(
        order(finer.as_bytes()).unwrap_err().to_string(),
        "order: executedQty: number has more than 8 decimal places"
    );
    let strange = ORDER.replace("PARTIALLY_FILLED", "PENDING");
    let error = order(strange.as_bytes()).unwrap_err();
    assert_eq!(error.field, "status");
    assert!(error.rule.contains("unknown variant `PENDING`"), "{error}");
    let error = orders(format!("[{ORDER},{{}}]").as_bytes()).unwrap_err();
    assert!(error.to_string().starts_with("orders: [1]: missing field"), "{error}");
    assert!(order(format!("{ORDER} x").as_bytes()).is_err(), "more than one value");
}

#[test]
fn in_hedge_mode_the_side_tells_what_closes_and_in_one_way_mode_the_net_position_does() {
    let rows = [
        trade("SELL", "LONG", "1", "5"),
        trade("SELL", "SHORT", "1", "0"),
        trade("SELL", "BOTH", "3", "5"),
    ];
    let trades = trades(format!("[{}]", rows.join(",")).as_bytes()).unwrap();
    let closed: Vec<_> = trades
        .iter()
        .map(|trade| trade.closed.map(|part| part.to_string()))
        .collect();
    assert_eq!(closed, [Some("1".into()), Some("0".into()), None]);
    let owner = super::super::owner("bab12cd7");
    let net = Net::of(Side::Long, "1".parse().unwrap());
    let fills = trades[2].fills(net, Some(&owner), |fee| Some(fee.amount)).unwrap();
    assert_eq!(
        fills.iter().map(|fill| fill.reducing).collect::<Vec<_>>(),
        [true, false]
    );
    assert_eq!(fills[0].realised.to_string(), "5");
}

#[test]
fn a_forced_close_is_told_by_the_venues_own_mark() {
    let cause = |id: &str| super::super::owner(id).cause;
    assert_eq!(cause("autoclose-1596107620040000020"), FillCause::Liquidation);
    assert_eq!(cause("adl_autoclose"), FillCause::Venue);
    assert_eq!(cause("settlement_autoclose-1"), FillCause::Venue);
    assert_eq!(cause("web_x"), FillCause::Order);
    assert_eq!(super::super::owner("adl_autoclose").client_id, None);
}

#[test]
fn an_execution_pushed_is_an_order_and_a_trade() {
    let message = r#"{"e":"ORDER_TRADE_UPDATE","E":1,"T":2,"o":{"s":"BTCUSDT","c":"autoclose-1","S":"SELL","q":"2",
        "x":"CALCULATED","X":"FILLED","i":5,"l":"2","z":"2","L":"60000","N":"USDT","n":"0.6","T":2,"t":77,
        "ps":"LONG","rp":"-12.5"}}"#;
    let pushes = pushes(message.as_bytes()).unwrap();
    let [Push::Order(order), Push::Trade(trade)] = &pushes[..] else {
        panic!("{pushes:?}")
    };
    assert_eq!((order.filled.to_string(), trade.id.as_str()), ("2".into(), "77"));
    assert_eq!(trade.owner.as_ref().unwrap().cause, FillCause::Liquidation);
    assert_eq!(trade.realised, Some("-12.5".parse::<Amount>().unwrap()));
    let fills = trade.fills(Net::default(), None, |fee| Some(fee.amount)).unwrap();
    assert_eq!((fills[0].position_side, fills[0].reducing), (Side::Long, true));
}

#[test]
fn an_end_of_the_stream_and_a_refused_subscription_are_told() {
    let of = |message: &str| pushes(message.as_bytes()).unwrap();
    assert_eq!(
        of(r#"{"e":"listenKeyExpired","E":1,"listenKey":"x"}"#),
        [Push::KeyExpired]
    );
    assert_eq!(
        of(r#"{"stream":"x","data":{"e":"listenKeyExpired","E":1}}"#),
        [Push::KeyExpired]
    );
    assert_eq!(of(r#"{"result":null,"id":3}"#), [Push::Subscribed("3".into())]);
    let refused = of(r#"{"error":{"code":2,"msg":"Invalid request"},"id":3}"#);
    assert_eq!(refused, [Push::Refused("Invalid request (2)".into())]);
}

#[test]
fn funding_is_an_income_and_what_executions_tell_is_not() {
    let row = |kind: &str, asset: &str| {
        format!(
            r#"{{"symbol":"BTCUSDT","incomeType":"{kind}","income":"-0.125","asset":"{asset}","time":9,"tranId":4,
            "tradeId":""}}"#
        )
    };
    let kinds = [
        "FUNDING_FEE",
        "COMMISSION",
        "REALIZED_PNL",
        "INSURANCE_CLEAR",
        "TRANSFER",
        "WELCOME_BONUS",
    ];
    let rows: Vec<String> = kinds.iter().map(|kind| row(kind, "USDT")).collect();
    let bookings = bookings(format!("[{},{}]", rows.join(","), row("FUNDING_FEE", "BNB")).as_bytes()).unwrap();
    let incomes: Vec<_> = bookings.iter().filter_map(|booking| booking.income("USDT")).collect();
    let ids: Vec<_> = incomes.iter().map(|income| income.venue_income_id.as_str()).collect();
    assert_eq!(ids, ["FUNDING_FEE:4:BTCUSDT", "INSURANCE_CLEAR:4:BTCUSDT"]);
    assert_eq!(incomes[0].amount.to_string(), "-0.125");
}

#[test]
fn a_key_of_the_stream_is_never_shown() {
    let key = listen_key(br#"{"listenKey":"veiled"}"#).unwrap();
    assert!(!format!("{key:?}").contains("veiled"));
    for body in [
        r#""veiled""#,
        r#"{"listenKey":["veiled"]}"#,
        r#"{"veiled":1}"#,
        r#"{"listenKey":""}"#,
    ] {
        let error = listen_key(body.as_bytes()).unwrap_err().to_string();
        assert!(!error.contains("veiled"), "{error}");
    }
}

#[test]
fn every_code_has_its_class_and_stands_once() {
    let codes: std::collections::BTreeSet<_> = CODES.iter().map(|line| line.code).collect();
    assert_eq!(codes.len(), CODES.len());
    let of = |code| Code::class_of(CODES, code);
    assert_eq!(of("-2013"), Class::Absent);
    assert_eq!(of("-2019"), Class::Refused);
    assert_eq!(of("-1007"), Class::Unknown);
    assert_eq!(of("-4046"), Class::Already);
    assert_eq!(of("-9999"), Class::Unknown);
}

#[test]
fn s3_10_an_order_whose_answer_is_lost_is_unknown_and_never_refused() {
    let place = |status, body: &str| verdict(&reply(status, body), Call::Place).outcome(|| order(body.as_bytes()));
    assert!(matches!(place(200, ORDER), Outcome::Done(_)));
    assert!(matches!(
        place(400, r#"{"code":-2019,"msg":"Margin is insufficient."}"#),
        Outcome::Refused(_)
    ));
    let doubtful = [
        (
            503,
            r#"{"code":-1000,"msg":"Unknown error, please check your request or try again later."}"#,
        ),
        (503, r#"{"code":-1007,"msg":"Timeout"}"#),
        (400, r#"{"code":-9999,"msg":"new in the docs"}"#),
        (400, r#"{"code":-4116,"msg":"ClientOrderId is duplicated."}"#),
        (400, r#"{"code":-2013,"msg":"Order does not exist."}"#),
        (502, "<html>bad gateway</html>"),
        (504, ""),
        (200, "{}"),
        (200, ""),
        (200, "<html>"),
    ];
    for (status, body) in doubtful {
        assert!(matches!(place(status, body), Outcome::Unknown(_)), "{status} {body}");
    }
}

#[test]
fn a_limit_says_how_long_and_says_nothing_about_an_order() {
    let limited = r#"{"code":-1003,"msg":"Too many requests"}"#;
    for status in [418, 429] {
        for body in [limited, "busy"] {
            let found = verdict(&reply(status, body), Call::Look).lookup(|| order(ORDER.as_bytes()).map(Lookup::Found));
            let retry_after = Duration::from_secs(7);
            assert_eq!(found, Err(VenueError::RateLimited { retry_after }), "{status} {body}");
        }
    }
    let absent = verdict(
        &reply(400, r#"{"code":-2013,"msg":"Order does not exist."}"#),
        Call::Look,
    );
    assert_eq!(absent.lookup(|| order(b"").map(Lookup::Found)), Ok(Lookup::Absent));
    let broken = verdict(&reply(503, "{}"), Call::Look);
    assert!(matches!(broken, Verdict::Unknown(_)));
}

#[test]
fn our_ids_fit_at_their_longest() {
    let id = client_order_id("abcdef", OrderId(i64::MAX));
    assert_eq!(CLIENT_ID.write(&id).unwrap(), id.0);
    assert_eq!(CLIENT_ID.read(&id.0), Some(id));
    let long = |length: usize| domain::venue::ClientOrderId("a".repeat(length));
    assert!(CLIENT_ID.write(&long(36)).is_ok() && CLIENT_ID.write(&long(37)).is_err());
}

#[test]
fn a_signed_request_is_the_documented_one() {
    let credential = Credential {
        key: "dbefbc809e3e83c283a984c3a1459732ea7db1360ca80c5c2c8867408d28cc83".to_owned(),
        secret: "2b5eb11e18796d12d88f13dc27dbbd02c2cc51ff7059765ed9821957d82bb4d9"
            .to_owned()
            .into(),
        passphrase: None,
    };
    let query = [
        ("symbol", "BTCUSDT"),
        ("side", "BUY"),
        ("type", "LIMIT"),
        ("quantity", "1"),
        ("price", "9000"),
        ("timeInForce", "GTC"),
    ];
    let request = Request::new("POST", "/fapi/v1/order", &query);
    let signed = sign::signed(
        &request,
        &credential,
        Timestamp(1_591_702_613_943),
        Duration::from_secs(5),
    );
    assert_eq!(
        signed.target,
        "/fapi/v1/order?symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=9000&timeInForce=GTC&recvWindow=5000\
        &timestamp=1591702613943&signature=3c661234138461fcc7a7d8746c6558c9842d4e10870d2ecbedf7777cad694af9"
    );
    assert_eq!(signed.headers, [("X-MBX-APIKEY", credential.key)]);
}
