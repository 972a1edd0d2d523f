//! What OKX's answers become, with exact values.

use domain::fixed::{Amount, Price};
use domain::id::OrderId;
use domain::market::{Side, Symbol};
use domain::order::client_order_id;
use domain::outcome::Outcome;
use domain::time::Timestamp;
use domain::venue::{ClientOrderId, FillCause};

use super::super::super::dialect::{
    BookingKind, Call, Class, Code, Contracts, Credential, Listing, Net, ProfitBasis, Push, Reply, Request,
};
use super::super::{CLIENT_ID, CODES, sign, verdict};
use super::*;
use crate::ports::venue::{Lookup, VenueError};

fn ok(data: &str) -> String {
    format!(r#"{{"code":"0","msg":"","data":[{data}]}}"#)
}

fn swap() -> String {
    ok(
        r#"{"instId":"BTC-USDT-SWAP","instType":"SWAP","ctType":"linear","ctVal":"0.01","ctMult":"1","ctValCcy":"BTC",
        "settleCcy":"USDT","tickSz":"0.1","lotSz":"0.01","minSz":"0.01","maxMktSz":"12000","lever":"100",
        "state":"live"},{"instId":"BTC-USD-SWAP","instType":"SWAP","ctType":"inverse","state":"live"}"#,
    )
}

fn listing() -> Listing {
    listings(swap().as_bytes()).unwrap().markets.remove(0)
}

fn contracts() -> Contracts {
    Contracts::of([&listing()])
}

fn fill(side: &str, position: &str, kind: &str) -> String {
    ok(&format!(
        r#"{{"instId":"BTC-USDT-SWAP","tradeId":"77","ordId":"5","clOrdId":"bab1","side":"{side}",
        "posSide":"{position}","fillSz":"1.5","fillPx":"64000.1","fee":"-0.480000754","feeCcy":"USDT",
        "fillPnl":"3.25","subType":"{kind}","fillTime":"9","ts":"10"}}"#
    ))
}

fn reply(status: u16, body: &str) -> Reply<'_> {
    Reply {
        status,
        retry_after: None,
        body: body.as_bytes(),
    }
}

#[test]
fn a_listing_counts_coins() {
    let swap = listing();
    assert_eq!(
        listings(super::tests::swap().as_bytes()).unwrap().markets.len(),
        1,
        "the inverse one is left out"
    );
    assert_eq!(
        (swap.lot.to_string(), swap.min_quantity.to_string()),
        ("0.0001".into(), "0.0001".into())
    );
    assert_eq!(swap.max_market_quantity.unwrap().to_string(), "120");
    assert_eq!(swap.contracts("0.0153".parse().unwrap()).unwrap().to_string(), "1.53");
    let broken = super::tests::swap().replace("\"0.01\",\"ctMult\"", "\"0\",\"ctMult\"");
    let error = listings(broken.as_bytes()).unwrap().left_out[0].to_string();
    assert_eq!(error, "instruments: BTC-USDT-SWAP.ctVal: is not above zero");
}

#[test]
fn an_execution_counts_coins_and_its_fee_is_positive_when_paid() {
    let trade = trades(fill("sell", "long", "5").as_bytes(), &contracts())
        .unwrap()
        .remove(0);
    assert_eq!(trade.quantity.to_string(), "0.015");
    assert_eq!(trade.fee.amount.to_string(), "0.48000075");
    assert_eq!(trade.closed, Some(trade.quantity));
    assert_eq!(trade.at, Timestamp(9));
    let fills = trade.fills(Net::default(), None, |fee| Some(fee.amount)).unwrap();
    assert_eq!((fills[0].position_side, fills[0].reducing), (Side::Long, true));
    assert_eq!(fills[0].realised, "3.25".parse::<Amount>().unwrap());
}

#[test]
fn what_closed_comes_from_the_side_or_the_kind_and_is_else_not_told() {
    let told = |side: &str, position: &str, kind: &str| {
        let trade = trades(fill(side, position, kind).as_bytes(), &contracts())
            .unwrap()
            .remove(0);
        (trade.closed.map(|part| part.is_positive()), trade.owner.unwrap().cause)
    };
    assert_eq!(told("buy", "long", "3"), (Some(false), FillCause::Order));
    assert_eq!(told("buy", "short", "6"), (Some(true), FillCause::Order));
    assert_eq!(told("buy", "net", "1"), (None, FillCause::Order));
    assert_eq!(told("sell", "net", "104"), (Some(true), FillCause::Liquidation));
    assert_eq!(told("buy", "net", "128"), (None, FillCause::Venue));
}

#[test]
fn contracts_of_an_unlisted_market_are_refused_and_not_taken_for_coins() {
    let error = trades(fill("buy", "net", "1").as_bytes(), &Contracts::default())
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        "fills: BTC-USDT-SWAP.fillSz: is in contracts of a market that is not listed"
    );
}

#[test]
fn a_net_short_is_below_zero_and_a_hedged_one_is_not() {
    let held = |side: &str, size: &str| {
        let row = format!(
            r#"{{"instId":"BTC-USDT-SWAP","posSide":"{side}","pos":"{size}","avgPx":"29786.5999999789081085",
            "markPx":"3","liqPx":"","lever":"10","mgnMode":"cross"}}"#
        );
        holdings(ok(&row).as_bytes(), &contracts())
    };
    let short = held("net", "-2").unwrap().remove(0);
    assert_eq!(
        (short.side, short.quantity.to_string(), short.is_hedge),
        (Side::Short, "0.02".into(), false)
    );
    assert_eq!(short.entry_price, "29786.5999999789".parse::<Price>().unwrap());
    assert_eq!(held("short", "2").unwrap()[0].side, Side::Short);
    assert!(held("short", "-2").is_err());
    assert_eq!(held("net", "0").unwrap(), []);
}

#[test]
fn bills_tell_profit_fee_and_funding_apart() {
    let bill = |kind: &str, change: &str, profit: &str| {
        let row = format!(
            r#"{{"billId":"8","instId":"BTC-USDT-SWAP","type":"{kind}","subType":"173","ccy":"USDT",
            "balChg":"{change}","pnl":"{profit}","fee":"-0.5","tradeId":"77","ts":"9"}}"#
        );
        bookings(ok(&row).as_bytes()).unwrap()
    };
    let trade = bill("2", "2", "2.5");
    let told: Vec<_> = trade.iter().map(|line| (line.kind, line.amount.to_string())).collect();
    assert_eq!(
        told,
        [(BookingKind::Realised, "2.5".into()), (BookingKind::Fee, "-0.5".into())]
    );
    let isolated = bill("8", "0", "-0.125")[0].income("USDT").unwrap();
    assert_eq!(
        (isolated.amount.to_string(), isolated.venue_income_id.as_str()),
        ("-0.125".into(), "8")
    );
    assert_eq!(bill("1", "5", "")[0].income("USDT"), None);
}

#[test]
fn what_a_closed_position_earned_is_net() {
    let row = r#"{"instId":"BTC-USDT-SWAP","direction":"short","closeTotalPos":"1","realizedPnl":"0.001",
        "fee":"-0.0001","fundingFee":"0","pnl":"0.0011","uTime":"9"}"#;
    let closed = closed_profits(ok(row).as_bytes()).unwrap().remove(0);
    assert_eq!((closed.side, closed.basis), (Side::Short, ProfitBasis::Net));
    assert_eq!(closed.fees.unwrap().to_string(), "0.0001");
}

#[test]
fn a_pushed_order_tells_its_execution_once() {
    let push = |trade: &str, category: &str| {
        let message = format!(
            r#"{{"arg":{{"channel":"orders","instType":"SWAP"}},"data":[{{"instId":"BTC-USDT-SWAP","ordId":"5",
            "clOrdId":"bab1","side":"sell","posSide":"net","state":"partially_filled","sz":"3","accFillSz":"1",
            "category":"{category}","uTime":"11","tradeId":"{trade}","fillSz":"1","fillPx":"64000","fillFee":"-0.2",
            "fillFeeCcy":"USDT","fillPnl":"0","fillTime":"10"}}]}}"#
        );
        pushes(message.as_bytes(), &contracts()).unwrap()
    };
    let both = push("77", "partial_liquidation");
    let [Push::Order(order), Push::Trade(trade)] = &both[..] else {
        panic!("{both:?}")
    };
    assert_eq!(
        (order.filled.to_string(), order.quantity.to_string()),
        ("0.01".into(), "0.03".into())
    );
    assert_eq!(trade.owner.as_ref().unwrap().cause, FillCause::Liquidation);
    assert!(matches!(push("", "normal")[..], [Push::Order(_)]));
}

#[test]
fn answers_on_the_socket_are_told_apart() {
    let of = |message: &str| pushes(message.as_bytes(), &contracts()).unwrap();
    assert_eq!(of("pong"), [Push::Pong]);
    assert_eq!(
        of(r#"{"event":"login","code":"0","msg":"","connId":"x"}"#),
        [Push::LoggedIn]
    );
    assert!(matches!(
        of(r#"{"event":"error","code":"60009","msg":"Login failed"}"#)[..],
        [Push::Refused(_)]
    ));
    assert!(matches!(
        of(r#"{"event":"notice","code":"64008","msg":"soon closed"}"#)[..],
        [Push::Closing(_)]
    ));
    let bar = r#"{"arg":{"channel":"candle1m","instId":"BTC-USDT-SWAP"},
        "data":[["1000","1","2","0.5","1.5","100","1","64000","1"]]}"#;
    let told = of(bar);
    let [Push::Bar(symbol, bar, true)] = &told[..] else {
        panic!("{told:?}")
    };
    assert_eq!(
        (symbol, bar.volume.to_string()),
        (&Symbol::new("BTC-USDT-SWAP"), "1".into()),
        "coins"
    );
}

#[test]
fn s3_10_an_order_whose_answer_is_lost_is_unknown_and_never_refused() {
    let place = |status, body: &str| verdict(&reply(status, body), Call::Place).outcome(|| placed(body.as_bytes()));
    let item = |code: &str| format!(r#"{{"ordId":"5","clOrdId":"b","sCode":"{code}","sMsg":"x","ts":"9"}}"#);
    assert!(matches!(place(200, &ok(&item("0"))), Outcome::Done(_)));
    let failed = |code: &str| {
        format!(
            r#"{{"code":"1","msg":"All operations failed","data":[{}]}}"#,
            item(code)
        )
    };
    let Outcome::Refused(refusal) = place(200, &failed("51008")) else {
        panic!("refused by its item")
    };
    assert_eq!(refusal.code, "51008");
    for code in ["50004", "51149", "51016", "50026", "51603", "99999"] {
        assert!(matches!(place(200, &failed(code)), Outcome::Unknown(_)), "{code}");
        assert!(matches!(place(200, &ok(&item(code))), Outcome::Unknown(_)), "{code}");
    }
    let doubtful = [
        (200, r#"{"code":"1","msg":"All operations failed","data":[]}"#),
        (200, r#"{"code":"0","msg":"","data":[]}"#),
        (200, r#"{"code":"0","msg":""}"#),
        (200, "<html>"),
        (200, ""),
        (502, "<html>"),
    ];
    for (status, body) in doubtful {
        assert!(matches!(place(status, body), Outcome::Unknown(_)), "{status} {body}");
    }
    assert!(matches!(place(503, &ok(&item("0"))), Outcome::Unknown(_)));
}

#[test]
fn an_order_is_absent_by_its_code_alone() {
    let look =
        |status, body: &str| verdict(&reply(status, body), Call::Look).lookup(|| lookup(body.as_bytes(), &contracts()));
    assert_eq!(
        look(200, r#"{"code":"51603","msg":"Order does not exist","data":[]}"#),
        Ok(Lookup::Absent)
    );
    assert!(matches!(
        look(429, r#"{"code":"50011","msg":"Too Many Requests","data":[]}"#),
        Err(VenueError::RateLimited { .. })
    ));
    assert!(matches!(
        look(401, r#"{"code":"50111","msg":"Invalid OK-ACCESS-KEY"}"#),
        Err(VenueError::Refused(_))
    ));
    assert!(look(200, &ok("")).is_err());
    assert!(look(503, "").is_err());
}

#[test]
fn every_code_stands_once() {
    let codes: std::collections::BTreeSet<_> = CODES.iter().map(|line| line.code).collect();
    assert_eq!(codes.len(), CODES.len());
    assert_eq!(Code::class_of(CODES, "50102"), Class::Clock);
    assert_eq!(Code::class_of(CODES, "51016"), Class::Duplicate);
}

#[test]
fn our_ids_fit_at_their_longest() {
    let id = client_order_id("abcdef", OrderId(i64::MAX));
    assert_eq!(CLIENT_ID.read(&CLIENT_ID.write(&id).unwrap()), Some(id));
    assert!(CLIENT_ID.write(&ClientOrderId("a".repeat(32))).is_ok());
    assert!(CLIENT_ID.write(&ClientOrderId("a".repeat(33))).is_err());
    assert!(CLIENT_ID.write(&ClientOrderId("a-b".to_owned())).is_err());
}

#[test]
fn a_signed_request_carries_what_was_signed() {
    let credential = Credential {
        key: "985d5b66-57ce-40fb-b714-afc0b9787083".to_owned(),
        secret: "chNOOS4KvNXR_Xq4k4c9qsfoKWvnDecLATCRlcBwyKDYnWgO".to_owned().into(),
        passphrase: Some("1234567890".to_owned().into()),
    };
    let request = Request::new("GET", "/api/v5/account/balance", &[]);
    let signed = sign::signed(&request, &credential, Timestamp(1_607_418_537_715));
    let expected = [
        ("OK-ACCESS-KEY", "985d5b66-57ce-40fb-b714-afc0b9787083"),
        ("OK-ACCESS-SIGN", "PJ61e1nb2F2Qd7D8SPiaIcx2gjdELc+o0ygzre9z33k="),
        ("OK-ACCESS-TIMESTAMP", "2020-12-08T09:08:57.715Z"),
        ("OK-ACCESS-PASSPHRASE", "1234567890"),
    ];
    assert_eq!(signed.headers, expected.map(|(name, value)| (name, value.to_owned())));
    let login = sign::login(&credential, Timestamp(1_607_418_537_715));
    assert!(login.contains(r#""timestamp":"1607418537""#), "{login}");
}
