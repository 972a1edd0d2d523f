//! One instruction in the words of every venue, in both position modes.

use bursar::adapters::venue::dialect::{AskError, Listing};
use bursar::adapters::venue::{binance, bitget, bybit, gate, okx};
use domain::fixed::{Amount, NumberError};
use domain::id::OrderId;
use domain::market::{Action, Side, Symbol};
use domain::order::client_order_id;
use domain::time::Timestamp;
use domain::user::PositionMode::{Hedge, OneWay};
use domain::venue::{ClientOrderId, MarginMode, OrderIntent, OrderKind, VenueOrderId};
use serde_json::{Value, json};

pub(super) fn listing(contract: &str, lot: &str) -> Listing {
    Listing {
        symbol: Symbol::new("X"),
        base: "BTC".to_owned(),
        settle: "USDT".to_owned(),
        contract: contract.parse().unwrap(),
        tick: "0.1".parse().unwrap(),
        lot: lot.parse().unwrap(),
        min_quantity: lot.parse().unwrap(),
        max_market_quantity: None,
        min_notional: Amount::ZERO,
        max_leverage: None,
        is_trading: true,
    }
}

pub(super) fn coins() -> Listing {
    listing("1", "0.001")
}

/// Closes 0.03 of a long at the market.
fn close() -> OrderIntent {
    OrderIntent {
        client_id: client_order_id("abcdef", OrderId(33)),
        symbol: Symbol::new("X"),
        action: Action::Sell,
        position_side: Side::Long,
        kind: OrderKind::Market,
        quantity: "0.03".parse().unwrap(),
        reduce_only: true,
        post_only: false,
        leverage: 5,
        margin_mode: MarginMode::Cross,
    }
}

/// Opens a short of 0.03 at a price.
fn open() -> OrderIntent {
    OrderIntent {
        position_side: Side::Short,
        kind: OrderKind::Limit {
            price: "64000.10".parse().unwrap(),
        },
        reduce_only: false,
        margin_mode: MarginMode::Isolated,
        ..close()
    }
}

pub(super) fn body(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn binance_names_the_side_in_hedge_mode_and_the_flag_in_one_way_mode() {
    let target = |intent: &OrderIntent, mode| binance::ask::place(intent, mode, &coins()).unwrap().target();
    let end = "quantity=0.03&newClientOrderId=babcdef11&newOrderRespType=RESULT";
    let start = "/fapi/v1/order?symbol=X&side=SELL";
    assert_eq!(
        target(&close(), OneWay),
        format!("{start}&reduceOnly=true&type=MARKET&{end}")
    );
    assert_eq!(
        target(&close(), Hedge),
        format!("{start}&positionSide=LONG&type=MARKET&{end}")
    );
    let limit = "type=LIMIT&timeInForce=GTC&price=64000.1";
    assert_eq!(target(&open(), OneWay), format!("{start}&{limit}&{end}"));
    assert_eq!(
        target(&open(), Hedge),
        format!("{start}&positionSide=SHORT&{limit}&{end}")
    );
}

#[test]
fn bybit_numbers_the_position() {
    let told = |intent: &OrderIntent, mode| body(&bybit::ask::place(intent, mode, &coins()).unwrap().body);
    let closing = json!({ "category": "linear", "symbol": "X", "side": "Sell", "qty": "0.03", "positionIdx": 1,
        "reduceOnly": true, "orderLinkId": "babcdef11", "orderType": "Market" });
    assert_eq!(told(&close(), Hedge), closing);
    assert_eq!(told(&close(), OneWay)["positionIdx"], 0);
    let opening = told(&open(), Hedge);
    assert_eq!(
        (&opening["positionIdx"], &opening["price"]),
        (&json!(2), &json!("64000.1"))
    );
    assert_eq!(opening["reduceOnly"], false);
}

#[test]
fn okx_counts_contracts() {
    let swap = listing("0.01", "0.0001");
    let told = |intent: &OrderIntent, mode| body(&okx::ask::place(intent, mode, &swap).unwrap().body);
    let closing = json!({ "instId": "X", "tdMode": "cross", "side": "sell", "sz": "3", "clOrdId": "babcdef11",
        "posSide": "long", "ordType": "market" });
    assert_eq!(told(&close(), Hedge), closing);
    assert_eq!(told(&close(), OneWay)["reduceOnly"], true);
    let opening = json!({ "instId": "X", "tdMode": "isolated", "side": "sell", "sz": "3", "clOrdId": "babcdef11",
        "reduceOnly": false, "ordType": "limit", "px": "64000.1" });
    assert_eq!(told(&open(), OneWay), opening);
}

#[test]
fn gate_counts_signed_contracts_and_puts_its_mark_before_our_id() {
    let told = |intent: &OrderIntent, lot| body(&gate::ask::place(intent, &listing("0.01", lot)).unwrap().body);
    let closing = json!({ "contract": "X", "size": -3, "price": "0", "tif": "ioc", "reduce_only": true,
        "text": "t-babcdef11" });
    assert_eq!(told(&close(), "0.01"), closing);
    let opening = told(&open(), "0.01");
    assert_eq!((&opening["price"], &opening["tif"]), (&json!("64000.1"), &json!("gtc")));
    let mut part = close();
    part.quantity = "0.005".parse().unwrap();
    assert_eq!(told(&part, "0.001")["size"], "-0.5");
    part.action = Action::Buy;
    assert_eq!(told(&part, "0.001")["size"], "0.5");
}

#[test]
fn bitget_tells_the_position_side_in_hedge_mode() {
    let told = |intent: &OrderIntent, mode| body(&bitget::ask::place(intent, mode, &coins()).unwrap().body);
    let closing = json!({ "symbol": "X", "productType": "USDT-FUTURES", "marginMode": "crossed", "marginCoin": "USDT",
        "size": "0.03", "clientOid": "babcdef11", "side": "buy", "tradeSide": "close", "orderType": "market" });
    assert_eq!(told(&close(), Hedge), closing);
    let one_way = told(&close(), OneWay);
    assert_eq!(
        (&one_way["side"], &one_way["reduceOnly"]),
        (&json!("sell"), &json!("YES"))
    );
    assert_eq!(one_way["tradeSide"], Value::Null);
    let opening = told(&open(), Hedge);
    assert_eq!(
        (&opening["side"], &opening["tradeSide"]),
        (&json!("sell"), &json!("open"))
    );
}

#[test]
fn every_venue_has_a_word_for_what_may_only_rest_and_none_for_it_at_the_market() {
    let mut rests = open();
    rests.post_only = true;
    let contracts = listing("0.01", "0.01");
    let told = binance::ask::place(&rests, OneWay, &coins()).unwrap().target();
    assert!(told.contains("&type=LIMIT&timeInForce=GTX&"), "{told}");
    let told = body(&okx::ask::place(&rests, OneWay, &contracts).unwrap().body);
    assert_eq!(
        (&told["ordType"], &told["px"]),
        (&json!("post_only"), &json!("64000.1"))
    );
    let told = body(&bybit::ask::place(&rests, OneWay, &coins()).unwrap().body);
    assert_eq!(told["timeInForce"], "PostOnly");
    assert_eq!(body(&gate::ask::place(&rests, &contracts).unwrap().body)["tif"], "poc");
    let told = body(&bitget::ask::place(&rests, OneWay, &coins()).unwrap().body);
    assert_eq!(
        (&told["orderType"], &told["force"]),
        (&json!("limit"), &json!("post_only"))
    );
    let mut takes = close();
    takes.post_only = true;
    let never = Err(AskError::PostOnly);
    assert_eq!(binance::ask::place(&takes, OneWay, &coins()), never);
    assert_eq!(okx::ask::place(&takes, OneWay, &contracts), never);
    assert_eq!(bybit::ask::place(&takes, OneWay, &coins()), never);
    assert_eq!(gate::ask::place(&takes, &contracts), never);
    assert_eq!(bitget::ask::place(&takes, OneWay, &coins()), never);
}

#[test]
fn what_cannot_be_told_exactly_is_not_sent() {
    let mut fine = close();
    fine.quantity = "0.0305".parse().unwrap();
    let contracts = listing("0.01", "0.01");
    let broken = Err(AskError::Quantity(NumberError::TooFine { scale: 8 }));
    assert_eq!(binance::ask::place(&fine, OneWay, &coins()), broken);
    assert_eq!(bybit::ask::place(&fine, OneWay, &coins()), broken);
    assert_eq!(bitget::ask::place(&fine, OneWay, &coins()), broken);
    assert_eq!(okx::ask::place(&fine, OneWay, &contracts), broken);
    assert_eq!(gate::ask::place(&fine, &contracts), broken);
    let mut nameless = close();
    nameless.client_id = ClientOrderId(String::new());
    assert!(matches!(
        gate::ask::place(&nameless, &contracts),
        Err(AskError::ClientId(_))
    ));
    assert!(matches!(
        okx::ask::place(&nameless, Hedge, &contracts),
        Err(AskError::ClientId(_))
    ));
}

#[test]
fn every_venue_is_asked_for_one_order_by_our_id_and_told_to_cancel_it_by_its_own() {
    let (symbol, order) = (Symbol::new("X"), VenueOrderId("5".to_owned()));
    let id = close().client_id;
    let asked = [
        binance::ask::lookup(&symbol, &id).unwrap().target(),
        bitget::ask::lookup(&symbol, &id).unwrap().target(),
        bybit::ask::lookup(&symbol, &id).unwrap()[1].target(),
        gate::ask::lookup(&symbol, &id, Timestamp(1_700_000_060_000)).unwrap()[1].target(),
        okx::ask::lookup(&symbol, &id).unwrap().target(),
    ];
    let expected = [
        "/fapi/v1/order?symbol=X&origClientOrderId=babcdef11",
        "/api/v2/mix/order/detail?symbol=X&productType=USDT-FUTURES&clientOid=babcdef11",
        "/v5/order/history?category=linear&symbol=X&orderLinkId=babcdef11",
        "/api/v4/futures/usdt/orders_timerange?contract=X&from=1700000000&limit=100",
        "/api/v5/trade/order?instId=X&clOrdId=babcdef11",
    ];
    assert_eq!(asked, expected);
    let [by_id, _] = gate::ask::lookup(&symbol, &id, Timestamp(0)).unwrap();
    assert_eq!(by_id.target(), "/api/v4/futures/usdt/orders/t-babcdef11");
    assert_eq!(
        binance::ask::cancel(&symbol, &order).target(),
        "/fapi/v1/order?symbol=X&orderId=5"
    );
    assert_eq!(gate::ask::cancel(&order).target(), "/api/v4/futures/usdt/orders/5");
    assert_eq!(
        body(&okx::ask::cancel(&symbol, &order).body),
        json!({ "instId": "X", "ordId": "5" })
    );
    assert_eq!(body(&bybit::ask::cancel(&symbol, &order).body)["orderId"], "5");
    assert_eq!(body(&bitget::ask::cancel(&symbol, &order).body)["orderId"], "5");
}
