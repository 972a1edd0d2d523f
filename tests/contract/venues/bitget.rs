//! Bitget's documented payloads.

mod left_out;

use bursar::adapters::venue::bitget::{parse, verdict};
use bursar::adapters::venue::dialect::{Call, ParseError, Reply};
use domain::market::Action;

use super::{Sheet, check, read, samples, shown, survive};

fn set(body: &[u8]) -> Result<String, ParseError> {
    let reply = Reply {
        status: 200,
        retry_after: None,
        body,
    };
    Ok(format!("{:?}", verdict(&reply, Call::Set)))
}

/// Every order is as if it closed a long.
fn trades(body: &[u8]) -> Result<String, ParseError> {
    parse::trades(body, |_| Some(Action::Sell)).map(|page| format!("{page:?}"))
}

const READ: &[Sheet] = &[
    read(
        "Endpoints/Futures/Account/GetBalance.json",
        shown!(parse::balance),
        &[
            r#"asset: "USDT", wallet: Amount(1317886110692)"#,
            "available: Some(Amount(1316886110692))",
        ],
    ),
    read(
        "Endpoints/Futures/Account/GetBalances.json",
        shown!(parse::balances),
        &["wallet: Amount(1058290265771)"],
    ),
    read(
        "Endpoints/Futures/Account/GetLedger.json",
        shown!(parse::bookings),
        &[
            "kind: Funding",
            "Amount(-499200)",
            r#"id: "2/fee""#,
            "Amount(-22201200)",
        ],
    ),
    read(
        "Endpoints/Futures/Account/SetLeverage.json",
        shown!(parse::leverage),
        &["Long, 20", "Short, 20"],
    ),
    read(
        "Endpoints/Futures/Account/SetMarginMode.json",
        shown!(parse::leverage),
        &["Long, 25", "Short, 20"],
    ),
    read(
        "Endpoints/Futures/Account/SetPositionMode.json",
        shown!(parse::position_mode),
        &["OneWay"],
    ),
    read(
        "Endpoints/Futures/ExchangeData/GetContracts.json",
        shown!(parse::listings),
        &[
            "BTCUSDT",
            "tick: Price(1000000000)",
            "lot: Quantity(1000000)",
            "max_leverage: Some(125)",
        ],
    ),
    read(
        "Endpoints/Futures/ExchangeData/GetHistoricalKlines.json",
        shown!(parse::bars),
        &["Timestamp(1695835800000)", "Quantity(2626000000)"],
    ),
    read(
        "Endpoints/Futures/ExchangeData/GetKlines.json",
        shown!(parse::bars),
        &["Timestamp(1695835800000)", "close: Price(261945000000000)"],
    ),
    read(
        "Endpoints/Futures/ExchangeData/GetPrices.json",
        shown!(parse::marks),
        &["BTCUSDT", "Price(255550000000000)", "1695793390482"],
    ),
    read(
        "Endpoints/Futures/Trading/CancelOrder.json",
        shown!(parse::placed),
        &[r#""123""#],
    ),
    read(
        "Endpoints/Futures/Trading/GetClosedOrders.json",
        shown!(parse::orders),
        &[
            r#"Symbol("ETHUSDT")"#,
            "action: Buy",
            "Quantity(1210000000)",
            "state: Open",
        ],
    ),
    read(
        "Endpoints/Futures/Trading/GetHistoricalUserTrades.json",
        trades,
        &[
            "1103122437840805890",
            "closed: None",
            "Amount(2161596)",
            "realised: Some(Amount(2520000))",
        ],
    ),
    read(
        "Endpoints/Futures/Trading/GetOpenOrders.json",
        shown!(parse::orders),
        &[r#"next: Some("123")"#],
    ),
    read(
        "Endpoints/Futures/Trading/GetOpenOrders2.json",
        shown!(parse::orders),
        &["1190384645049036801", "action: Buy"],
    ),
    read(
        "Endpoints/Futures/Trading/GetOrder.json",
        shown!(parse::lookup),
        &["Found(OrderReport", r#"ClientOrderId("77777")"#, "state: Filled"],
    ),
    read(
        "Endpoints/Futures/Trading/GetPosition.json",
        shown!(parse::holdings),
        &["side: Long", "margin_mode: Some(Isolated)"],
    ),
    read(
        "Endpoints/Futures/Trading/GetPositionHistory.json",
        shown!(parse::closed_profits),
        &["basis: Net", "profit: Amount(-4544198)", "fees: Some(Amount(4194198))"],
    ),
    read(
        "Endpoints/Futures/Trading/GetPositions.json",
        shown!(parse::holdings),
        &["side: Long", "liquidation_price: Some(Price(241441124161807))"],
    ),
    read(
        "Endpoints/Futures/Trading/GetUserTrades.json",
        trades,
        &[
            r#"asset: "BGB", amount: Amount(1711852)"#,
            "action: Sell",
            "closed: Some(Quantity(100000000))",
        ],
    ),
    read(
        "Endpoints/Futures/Trading/PlaceOrder.json",
        shown!(parse::placed),
        &["121211212122"],
    ),
    read(
        "Subscriptions/Futures/Balance.txt",
        shown!(parse::pushes),
        &["LoggedIn", r#"Poke("account")"#],
    ),
    read(
        "Subscriptions/Futures/Equity.txt",
        shown!(parse::pushes),
        &[r#"Poke("equity")"#],
    ),
    read(
        "Subscriptions/Futures/Kline.txt",
        shown!(parse::pushes),
        &[r#"Bar(Symbol("BTCUSDT")"#, "}, false)"],
    ),
    read(
        "Subscriptions/Futures/Order.txt",
        shown!(parse::pushes),
        &[
            "Order(OrderReport",
            "Trade(Trade",
            r#""1111111111""#,
            "amount: Amount(16200300)",
            "closed: Some(Quantity(0))",
        ],
    ),
    read(
        "Subscriptions/Futures/OrderBook.txt",
        shown!(parse::pushes),
        &[r#"Other("books5")"#],
    ),
    read(
        "Subscriptions/Futures/Position.txt",
        shown!(parse::pushes),
        &["side: Short", "is_hedge: true", "leverage: Some(20)"],
    ),
    read(
        "Subscriptions/Futures/PositionClose.txt",
        shown!(parse::pushes),
        &[r#"Poke("positions-history")"#],
    ),
    read(
        "Subscriptions/Futures/Ticker.txt",
        shown!(parse::pushes),
        &[r#"Mark(Symbol("BTCUSDT"), Price(270000000000000)"#],
    ),
    read(
        "Subscriptions/Futures/Trade.txt",
        shown!(parse::pushes),
        &[r#"Tick(Symbol("BTCUSDT")"#, "1695716759514"],
    ),
    read(
        "Subscriptions/Futures/TriggerOrder.txt",
        shown!(parse::pushes),
        &[r#"Other("orders-algo")"#],
    ),
    read(
        "Subscriptions/Futures/UserTrade.txt",
        shown!(parse::pushes),
        &["Trade(Trade", r#""222""#, "owner: None", "closed: None"],
    ),
];

#[test]
fn bitget_every_documented_payload_is_read_or_left_out_for_a_reason() {
    check("bitget", READ, left_out::SHEETS);
}

#[test]
fn bitget_no_bytes_make_a_parser_panic() {
    survive(
        "bitget",
        READ,
        samples::BITGET,
        &[set, shown!(parse::server_time), shown!(parse::tick)],
    );
}
