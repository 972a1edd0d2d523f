//! What Bitget's answers become, with exact values.

use domain::id::OrderId;
use domain::market::{Action, Side};
use domain::order::client_order_id;
use domain::outcome::Outcome;
use domain::time::Timestamp;
use domain::venue::{ClientOrderId, FillCause, VenueOrderId};

use super::super::super::dialect::{
    BookingKind, Call, Class, Code, Credential, Net, Owner, ProfitBasis, Push, Reply, Request, Trade,
};
use super::super::{CLIENT_ID, CODES, sign, verdict};
use super::*;
use crate::ports::venue::{Lookup, VenueError};

fn ok(data: &str) -> String {
    format!(r#"{{"code":"00000","msg":"success","requestTime":1700000000123,"data":{data}}}"#)
}

fn list(name: &str, row: &str) -> String {
    ok(&format!(r#"{{"{name}":[{row}],"endId":"9"}}"#))
}

fn fill(mode: &str, side: &str, trade: &str, fees: &str) -> Result<Trade, ParseError> {
    let row = format!(
        r#"{{"tradeId":"77","symbol":"btcusdt","orderId":"5","price":"64000.1","baseVolume":"0.3","side":"{side}",
        "profit":"1.5","tradeSide":"{trade}","posMode":"{mode}","feeDetail":[{fees}],"cTime":"9"}}"#
    );
    let closes_long = |order: &VenueOrderId| (order.0 == "5").then_some(Action::Sell);
    trades(list("fillList", &row).as_bytes(), closes_long).map(|mut page| page.rows.remove(0))
}

const FEE: &str = r#"{"deduction":"no","feeCoin":"USDT","totalFee":"-0.02161596"}"#;

fn order(mode: &str, side: &str, position: &str, trade: &str) -> Result<Action, ParseError> {
    let row = format!(
        r#"{{"symbol":"BTCUSDT","size":"2","orderId":"5","clientOid":"bab1","baseVolume":"1","status":"live",
        "side":"{side}","posSide":"{position}","tradeSide":"{trade}","posMode":"{mode}","uTime":"9"}}"#
    );
    orders(list("entrustedList", &row).as_bytes()).map(|page| page.rows[0].action)
}

fn reply(status: u16, body: &str) -> Reply<'_> {
    Reply {
        status,
        retry_after: None,
        body: body.as_bytes(),
    }
}

#[test]
fn in_hedge_mode_the_side_is_the_positions_and_the_trade_side_turns_it() {
    assert_eq!(order("hedge_mode", "buy", "long", "open"), Ok(Action::Buy));
    assert_eq!(order("hedge_mode", "buy", "long", "close"), Ok(Action::Sell));
    assert_eq!(order("hedge_mode", "sell", "short", "open"), Ok(Action::Sell));
    assert_eq!(order("hedge_mode", "sell", "short", "close"), Ok(Action::Buy));
    assert_eq!(order("hedge_mode", "buy", "long", "burst_close_long"), Ok(Action::Sell));
    assert_eq!(order("one_way_mode", "buy", "net", "buy_single"), Ok(Action::Buy));
    assert_eq!(order("one_way_mode", "sell", "net", ""), Ok(Action::Sell));
    let error = order("hedge_mode", "buy", "long", "something").unwrap_err().to_string();
    assert_eq!(error, "order: tradeSide: says neither open nor close in hedge mode");
}

#[test]
fn an_execution_closes_what_its_side_says_and_in_one_way_mode_what_the_net_position_says() {
    let closing = fill("hedge_mode", "buy", "close", FEE).unwrap();
    assert_eq!((closing.action, closing.closed), (Action::Sell, Some(closing.quantity)));
    assert_eq!(closing.symbol.as_str(), "BTCUSDT");
    assert_eq!(
        (closing.fee.amount.to_string(), closing.fee.asset.as_str()),
        ("0.02161596".into(), "USDT")
    );
    let ours = Owner {
        client_id: Some(ClientOrderId("bab1".to_owned())),
        cause: FillCause::Order,
    };
    let fills = closing
        .fills(Net::default(), Some(&ours), |fee| Some(fee.amount))
        .unwrap();
    assert_eq!((fills[0].position_side, fills[0].reducing), (Side::Long, true));
    assert_eq!(fills[0].client_id, ours.client_id);
    let net = fill("one_way_mode", "sell", "open", FEE).unwrap();
    assert_eq!(
        (net.action, net.closed),
        (Action::Sell, None),
        "its word of open is not to be relied on"
    );
}

#[test]
fn a_forced_close_is_told_by_its_trade_side() {
    let told = |mode: &str, trade: &str| {
        let trade = fill(mode, "sell", trade, FEE).unwrap();
        (trade.owner.map(|owner| owner.cause), trade.closed.is_some())
    };
    assert_eq!(
        told("one_way_mode", "burst_sell_single"),
        (Some(FillCause::Liquidation), true)
    );
    assert_eq!(
        told("hedge_mode", "reduce_close_short"),
        (Some(FillCause::Liquidation), true)
    );
    assert_eq!(
        told("hedge_mode", "dte_sys_adl_close_short"),
        (Some(FillCause::Venue), true)
    );
    assert_eq!(told("one_way_mode", "sell_single"), (None, false));
}

#[test]
fn which_way_an_execution_went_is_never_guessed() {
    let asked = |side: &str, trade: &str| fill("hedge_mode", side, trade, FEE).map(|trade| trade.action);
    assert_eq!(
        (asked("buy", "open"), asked("sell", "open")),
        (Ok(Action::Buy), Ok(Action::Sell))
    );
    assert_eq!(
        (asked("buy", "close"), asked("sell", "close")),
        (Ok(Action::Sell), Ok(Action::Sell)),
        "its order says"
    );
    for side in ["buy", "sell"] {
        assert_eq!(asked(side, "burst_close_long"), Ok(Action::Sell));
        assert_eq!(asked(side, "dte_sys_adl_close_short"), Ok(Action::Buy));
    }
    let row = r#"{"tradeId":"77","symbol":"BTCUSDT","orderId":"6","clientOid":"bab1","price":"1","baseVolume":"1",
        "side":"buy","profit":"1","tradeSide":"close","posMode":"hedge_mode","feeDetail":[],"cTime":"9"}"#;
    let error = trades(list("fillList", row).as_bytes(), |_| None)
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        "fills: 77.tradeSide: is `close` in hedge mode, and its order is not known"
    );
    let message = format!(r#"{{"action":"snapshot","arg":{{"channel":"fill","instId":"default"}},"data":[{row}]}}"#);
    let pushes = pushes(message.as_bytes()).unwrap();
    let [Push::Trade(pushed)] = &pushes[..] else {
        panic!("{pushes:?}")
    };
    assert_eq!(
        (pushed.action, pushed.closed),
        (Action::Buy, Some(pushed.quantity)),
        "closes a short"
    );
    assert_eq!(
        pushed.owner.clone().unwrap().client_id,
        Some(ClientOrderId("bab1".to_owned()))
    );
}

#[test]
fn fees_in_two_coins_are_no_one_fee() {
    let second = r#"{"feeCoin":"BGB","totalFee":"-0.1"}"#;
    let error = fill("hedge_mode", "buy", "close", &format!("{FEE},{second}"))
        .unwrap_err()
        .to_string();
    assert_eq!(error, "fills: feeDetail: is in more than one coin");
    let twice = fill("hedge_mode", "buy", "close", &format!("{FEE},{FEE}")).unwrap();
    assert_eq!(twice.fee.amount.to_string(), "0.04323192");
    assert!(fill("hedge_mode", "buy", "close", "").unwrap().fee.amount.is_zero());
}

#[test]
fn the_wallet_is_the_equity_without_what_is_not_realised() {
    let account = |unrealised: &str| {
        let row = format!(
            r#"{{"marginCoin":"USDT","accountEquity":"100.5","unrealizedPL":"{unrealised}","crossedMaxAvailable":"7"}}"#
        );
        balance(ok(&row).as_bytes()).unwrap().wallet.to_string()
    };
    assert_eq!(account("-2.25"), "102.75");
    assert_eq!(account(""), "100.5");
}

#[test]
fn a_listing_has_its_tick_from_places_and_step() {
    let row = |step: &str, place: &str| {
        let row = format!(
            r#"[{{"symbol":"BTCUSDT","baseCoin":"BTC","supportMarginCoins":["USDT"],"minTradeNum":"0.001",
            "priceEndStep":"{step}","pricePlace":"{place}","sizeMultiplier":"0.001","symbolType":"perpetual",
            "minTradeUSDT":"5","symbolStatus":"normal","maxLever":"125"}}]"#
        );
        let listings = listings(ok(&row).as_bytes()).unwrap();
        let ticks = listings.markets.iter().map(|market| Ok(market.tick.to_string()));
        let mut ticks = ticks.chain(listings.left_out.iter().cloned().map(Err));
        ticks.next().unwrap()
    };
    assert_eq!(row("5", "1"), Ok("0.5".to_owned()));
    assert_eq!(row("1", "0"), Ok("1".to_owned()));
    let error = row("1", "11").unwrap_err().to_string();
    assert_eq!(
        error,
        "contracts: BTCUSDT.pricePlace: number has more than 10 decimal places"
    );
}

#[test]
fn bills_tell_profit_fee_and_funding_apart() {
    let bill = |kind: &str| {
        let row = format!(
            r#"{{"billId":"8","symbol":"BTCUSDT","amount":"-0.125","fee":"-0.5","businessType":"{kind}",
            "coin":"USDT","balance":"1","cTime":"9"}}"#
        );
        let lines = bookings(list("bills", &row).as_bytes()).unwrap().rows;
        lines
            .into_iter()
            .map(|line| (line.kind, line.amount.to_string()))
            .collect::<Vec<_>>()
    };
    assert_eq!(bill("contract_settle_fee"), [(BookingKind::Funding, "-0.125".into())]);
    let trade = [
        (BookingKind::Realised, "-0.125".into()),
        (BookingKind::Fee, "-0.5".into()),
    ];
    assert_eq!(bill("close_long"), trade);
    assert_eq!(bill("trans_from_exchange"), [(BookingKind::Transfer, "-0.125".into())]);
    assert_eq!(bill("bonus"), [(BookingKind::Other, "-0.125".into())]);
}

#[test]
fn what_a_closed_position_earned_is_net_of_its_parts() {
    let row = r#"{"symbol":"ETHUSDT","holdSide":"long","closeTotalPos":"0.01","pnl":"-0.0035",
        "netProfit":"-0.04544198","totalFunding":"0","openFee":"-0.02097204","closeFee":"-0.02096994","utime":"9"}"#;
    let closed = closed_profits(list("list", row).as_bytes()).unwrap().rows.remove(0);
    assert_eq!((closed.side, closed.basis), (Side::Long, ProfitBasis::Net));
    assert_eq!(closed.fees.unwrap().to_string(), "0.04194198");
}

#[test]
fn an_empty_page_may_be_null() {
    let page = orders(ok(r#"{"entrustedList":null,"endId":null}"#).as_bytes()).unwrap();
    assert_eq!((page.rows.len(), page.next), (0, None));
}

#[test]
fn s3_10_an_order_whose_answer_is_lost_is_unknown_and_never_refused() {
    let place = |status, body: &str| verdict(&reply(status, body), Call::Place).outcome(|| placed(body.as_bytes()));
    assert!(matches!(
        place(200, &ok(r#"{"orderId":"5","clientOid":"b"}"#)),
        Outcome::Done(_)
    ));
    let code = |code: &str| format!(r#"{{"code":"{code}","msg":"x","requestTime":1,"data":null}}"#);
    assert!(matches!(place(400, &code("40762")), Outcome::Refused(_)));
    for number in ["40010", "40015", "40725", "45001", "40786", "43118", "40109", "99999"] {
        assert!(matches!(place(400, &code(number)), Outcome::Unknown(_)), "{number}");
    }
    let empty = ok(r#"{"orderId":"","clientOid":""}"#);
    let doubtful = [
        (502, "<html>"),
        (504, ""),
        (200, ""),
        (200, "{}"),
        (200, empty.as_str()),
        (200, "<html>"),
    ];
    for (status, body) in doubtful {
        assert!(matches!(place(status, body), Outcome::Unknown(_)), "{status} {body}");
    }
}

#[test]
fn an_order_is_absent_by_its_code_alone() {
    let look = |status, body: &str| verdict(&reply(status, body), Call::Look).lookup(|| lookup(body.as_bytes()));
    assert_eq!(
        look(400, r#"{"code":"40109","msg":"not found","data":null}"#),
        Ok(Lookup::Absent)
    );
    assert!(matches!(
        look(429, r#"{"code":"429","msg":"slow"}"#),
        Err(VenueError::RateLimited { .. })
    ));
    assert!(matches!(look(429, "slow"), Err(VenueError::RateLimited { .. })));
    assert!(matches!(
        look(400, r#"{"code":"40006","msg":"key"}"#),
        Err(VenueError::Refused(_))
    ));
    assert!(look(404, "").is_err());
    assert!(look(200, &ok("null")).is_err());
}

#[test]
fn messages_are_told_apart() {
    let of = |message: &str| pushes(message.as_bytes()).unwrap();
    assert_eq!(of("pong"), [Push::Pong]);
    assert_eq!(of(r#"{"event":"login","code":0,"msg":""}"#), [Push::LoggedIn]);
    assert!(matches!(
        of(r#"{"event":"error","code":30005,"msg":"error"}"#)[..],
        [Push::Refused(_)]
    ));
    let bars = of(r#"{"action":"snapshot","arg":{"channel":"candle1m","instId":"BTCUSDT"},
        "data":[["1000","1","2","0.5","1.5","10","11","12"],["2000","1","2","0.5","1.5","10","11","12"]]}"#);
    assert!(matches!(bars[..], [Push::Bar(_, _, true), Push::Bar(_, _, false)]));
}

#[test]
fn every_code_stands_once() {
    let codes: std::collections::BTreeSet<_> = CODES.iter().map(|line| line.code).collect();
    assert_eq!(codes.len(), CODES.len());
    assert_eq!(Code::class_of(CODES, "40008"), Class::Clock);
    assert_eq!(Code::class_of(CODES, "43118"), Class::Duplicate);
}

#[test]
fn our_ids_fit_at_their_longest() {
    let id = client_order_id("abcdef", OrderId(i64::MAX));
    assert_eq!(CLIENT_ID.read(&CLIENT_ID.write(&id).unwrap()), Some(id));
    assert!(CLIENT_ID.write(&ClientOrderId("a".repeat(40))).is_ok());
    assert!(CLIENT_ID.write(&ClientOrderId("a".repeat(41))).is_err());
    assert!(CLIENT_ID.write(&ClientOrderId("a#b".to_owned())).is_err());
}

/// The signatures were computed apart from this code.
#[test]
fn a_signed_request_carries_what_was_signed() {
    let credential = Credential {
        key: "key".to_owned(),
        secret: "secret".to_owned().into(),
        passphrase: Some("phrase".to_owned().into()),
    };
    let at = Timestamp(1_684_814_440_729);
    let request = Request::new("POST", "/api/v2/mix/order/place-order", &[]);
    let signed = sign::signed(
        &request.with_body(r#"{"symbol":"BTCUSDT"}"#.to_owned()),
        &credential,
        at,
    );
    let expected = [
        ("ACCESS-KEY", "key"),
        ("ACCESS-SIGN", "Jb4vz9fuQyZ5FzmrLk8j/Q6kP3VRGar+gQ0xWx+bqo4="),
        ("ACCESS-TIMESTAMP", "1684814440729"),
        ("ACCESS-PASSPHRASE", "phrase"),
        ("Content-Type", "application/json"),
    ];
    assert_eq!(signed.headers, expected.map(|(name, value)| (name, value.to_owned())));
    let query = [("symbol", "BTCUSDT"), ("clientOid", "bab1")];
    let signed = sign::signed(
        &Request::new("GET", "/api/v2/mix/order/detail", &query),
        &credential,
        at,
    );
    let signature = "3zx2IIvvHUuR8U3OdyMraMqWfnIBAzNa9/rhNVEAsV8=".to_owned();
    assert!(signed.headers.contains(&("ACCESS-SIGN", signature)));
    assert!(sign::login(&credential, at).contains(r#""timestamp":"1684814440""#));
}
