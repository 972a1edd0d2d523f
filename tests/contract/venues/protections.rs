//! One protective order in the words of every venue, in both position modes.

use bursar::adapters::venue::dialect::{AskError, Holding, Verdict};
use bursar::adapters::venue::{binance, bitget, bybit, gate, okx};
use domain::fixed::{NumberError, Price};
use domain::market::{Side, Symbol};
use domain::outcome::Refusal;
use domain::user::PositionMode::{Hedge, OneWay};
use domain::venue::{ClientOrderId, MarginMode, Protection, ProtectionKind, VenueOrderId};
use serde_json::{Value, json};

use super::asks::{body, coins, listing};

/// Stops the loss of 0.03 of a long.
fn stop() -> Protection {
    Protection {
        client_id: ClientOrderId("b7x".to_owned()),
        symbol: Symbol::new("X"),
        position_side: Side::Long,
        trigger: "49500.50".parse().unwrap(),
        kind: ProtectionKind::StopLoss,
        quantity: "0.03".parse().unwrap(),
    }
}

/// Takes the profit of a short.
fn profit() -> Protection {
    Protection {
        position_side: Side::Short,
        kind: ProtectionKind::TakeProfit,
        ..stop()
    }
}

#[test]
fn binance_waits_for_the_contract_price() {
    let target = |order: &Protection, mode| binance::protect::place(order, mode, &coins()).unwrap().target();
    let start = "/fapi/v1/algoOrder?algoType=CONDITIONAL&symbol=X";
    let end = "triggerPrice=49500.5&workingType=CONTRACT_PRICE&quantity=0.03&clientAlgoId=b7x";
    assert_eq!(
        target(&stop(), OneWay),
        format!("{start}&side=SELL&reduceOnly=true&type=STOP_MARKET&{end}")
    );
    assert_eq!(
        target(&profit(), Hedge),
        format!("{start}&side=BUY&positionSide=SHORT&type=TAKE_PROFIT_MARKET&{end}")
    );
    let cancel = binance::protect::cancel(&VenueOrderId("5".to_owned()));
    assert_eq!(
        (cancel.method, cancel.target().as_str()),
        ("DELETE", "/fapi/v1/algoOrder?algoId=5")
    );
    let placed = binance::protect::placed(br#"{"algoId": 2146760, "clientAlgoId": "b7x"}"#);
    assert_eq!(placed, Ok(VenueOrderId("2146760".to_owned())));
}

#[test]
fn okx_names_the_margin_of_the_position() {
    let swap = listing("0.01", "0.0001");
    let told =
        |order: &Protection, mode| body(&okx::protect::place(order, mode, MarginMode::Cross, &swap).unwrap().body);
    let expected = json!({ "instId": "X", "tdMode": "cross", "side": "sell", "ordType": "conditional", "sz": "3",
        "algoClOrdId": "b7x", "reduceOnly": true, "slTriggerPx": "49500.5", "slTriggerPxType": "last", "slOrdPx": "-1" });
    assert_eq!(told(&stop(), OneWay), expected);
    let other = told(&profit(), Hedge);
    assert_eq!(
        (
            &other["side"],
            &other["posSide"],
            &other["tpTriggerPx"],
            &other["tpOrdPx"]
        ),
        (&json!("buy"), &json!("short"), &json!("49500.5"), &json!("-1"))
    );
    assert_eq!(other["reduceOnly"], Value::Null);
    let cancel = okx::protect::cancel(&Symbol::new("X"), &VenueOrderId("5".to_owned()));
    assert_eq!(body(&cancel.body), json!([{ "instId": "X", "algoId": "5" }]));
}

#[test]
fn okx_protects_only_what_is_held_one_way() {
    let held = |side, margin_mode| Holding {
        symbol: Symbol::new("X"),
        side,
        is_hedge: true,
        quantity: "0.03".parse().unwrap(),
        entry_price: Price::ONE,
        mark_price: None,
        leverage: None,
        margin_mode: Some(margin_mode),
        liquidation_price: None,
    };
    let of = |held: &[Holding]| okx::protect::margin_mode(&stop(), held).map_err(|error| error.to_string());
    let (long, other) = (
        held(Side::Long, MarginMode::Isolated),
        held(Side::Long, MarginMode::Cross),
    );
    let short = held(Side::Short, MarginMode::Cross);
    assert_eq!(of(&[short.clone(), long.clone()]), Ok(MarginMode::Isolated));
    let none = "venue refuses the request: there is no position to protect";
    assert_eq!(of(&[short]), Err(none.to_owned()));
    let both = "venue refuses the request: the market is held with isolated and with cross margin";
    assert_eq!(of(&[long, other]), Err(both.to_owned()));
}

#[test]
fn bybit_tells_from_which_side_the_price_comes() {
    let told = |order: &Protection, mode| body(&bybit::protect::place(order, mode, &coins()).unwrap().body);
    let expected = json!({ "category": "linear", "symbol": "X", "side": "Sell", "orderType": "Market", "qty": "0.03",
        "triggerPrice": "49500.5", "triggerDirection": 2, "triggerBy": "LastPrice", "positionIdx": 0,
        "reduceOnly": true, "orderLinkId": "b7x" });
    assert_eq!(told(&stop(), OneWay), expected);
    let other = told(&profit(), Hedge);
    assert_eq!((&other["side"], &other["positionIdx"]), (&json!("Buy"), &json!(2)));
    let mut rising = profit();
    rising.kind = ProtectionKind::StopLoss;
    assert_eq!(told(&rising, Hedge)["triggerDirection"], 1);
}

#[test]
fn gate_names_the_side_by_the_kind_and_the_sign() {
    let told = |order: &Protection| body(&gate::protect::place(order, &listing("0.01", "0.01")).unwrap().body);
    let expected = json!({
        "initial": { "contract": "X", "size": -3, "price": "0", "tif": "ioc", "reduce_only": true, "text": "api" },
        "trigger": { "strategy_type": 0, "price_type": 0, "price": "49500.5", "rule": 2 },
        "order_type": "plan-close-long-position",
    });
    assert_eq!(told(&stop()), expected);
    let other = told(&profit());
    assert_eq!(
        (&other["initial"]["size"], &other["order_type"]),
        (&json!(3), &json!("plan-close-short-position"))
    );
    assert_eq!(
        gate::protect::placed(br#"{"id": 1432329}"#),
        Ok(VenueOrderId("1432329".to_owned()))
    );
}

#[test]
fn bitget_names_what_is_held_in_the_words_of_each_mode() {
    let told = |order: &Protection, mode| body(&bitget::protect::place(order, mode, &coins()).unwrap().body);
    let expected = json!({ "symbol": "X", "productType": "USDT-FUTURES", "marginCoin": "USDT", "planType": "loss_plan",
        "triggerPrice": "49500.5", "triggerType": "fill_price", "holdSide": "buy", "size": "0.03", "clientOid": "b7x" });
    assert_eq!(told(&stop(), OneWay), expected);
    let other = told(&profit(), Hedge);
    assert_eq!(
        (&other["planType"], &other["holdSide"]),
        (&json!("profit_plan"), &json!("short"))
    );
}

#[test]
fn bitget_says_done_and_lists_what_was_not_cancelled() {
    let answer = |failures: &str| {
        let body = format!(r#"{{"code":"00000","data":{{"successList":[],"failureList":{failures}}}}}"#);
        bitget::protect::cancelled(body.as_bytes()).unwrap()
    };
    assert_eq!(answer("[]"), Verdict::Done);
    assert_eq!(answer("null"), Verdict::Done);
    let gone = answer(r#"[{"orderId":"5","errorMsg":"gone","errorCode":"43025"}]"#);
    let refusal = Refusal {
        code: "43025".to_owned(),
        reason: "gone".to_owned(),
    };
    assert!(
        matches!(&gone, Verdict::Refused { refusal: told, .. } | Verdict::Absent(told) if *told == refusal),
        "{gone:?}"
    );
    let unclear = answer(r#"[{"orderId":"5"}]"#);
    assert!(matches!(unclear, Verdict::Unknown(_)), "{unclear:?}");
}

#[test]
fn a_part_of_a_lot_is_not_protected() {
    let mut fine = stop();
    fine.quantity = "0.0305".parse().unwrap();
    let broken = Err(AskError::Quantity(NumberError::TooFine { scale: 8 }));
    assert_eq!(binance::protect::place(&fine, OneWay, &coins()), broken);
    assert_eq!(gate::protect::place(&fine, &coins()), broken);
}
