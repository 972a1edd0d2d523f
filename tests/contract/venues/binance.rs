//! Binance's documented payloads.

mod left_out;

use bursar::adapters::venue::binance::{parse, verdict};
use bursar::adapters::venue::dialect::{Call, ParseError, Reply};

use super::{Sheet, check, read, samples, shown, survive};

fn set(body: &[u8]) -> Result<String, ParseError> {
    let reply = Reply {
        status: 200,
        retry_after: None,
        body,
    };
    Ok(format!("{:?}", verdict(&reply, Call::Set)))
}

const READ: &[Sheet] = &[
    read(
        "Endpoints/UsdFutures/Account/ChangeInitialLeverage.json",
        shown!(parse::leverage),
        &["BTCUSDT", "21"],
    ),
    read("Endpoints/UsdFutures/Account/ChangeMarginType.json", set, &["Done"]),
    read(
        "Endpoints/UsdFutures/Account/GetAccountConfiguration.json",
        shown!(parse::position_mode),
        &["Hedge"],
    ),
    read(
        "Endpoints/UsdFutures/Account/GetAccountInfo.json",
        shown!(parse::account_balances),
        &[r#""USDT""#, "Amount(2372469206)", "Amount(10312345678)"],
    ),
    read(
        "Endpoints/UsdFutures/Account/GetAccountInfoV3.json",
        shown!(parse::account_balances),
        &[r#""USDC""#, "Some(Amount(12672469206))"],
    ),
    read(
        "Endpoints/UsdFutures/Account/GetBalances.json",
        shown!(parse::balances),
        &["Amount(12260735137903)", "Some(Amount(2372469206))"],
    ),
    read(
        "Endpoints/UsdFutures/Account/GetBrackets.json",
        shown!(parse::max_leverages),
        &[r#"Symbol("ETHUSDT"): 75"#],
    ),
    read(
        "Endpoints/UsdFutures/Account/GetIncomeHistory.json",
        shown!(parse::bookings),
        &[
            r#"TRANSFER:9689322392:""#,
            "kind: Transfer",
            "kind: Fee",
            r#"trade: Some("2059192")"#,
            "Amount(-37500000)",
        ],
    ),
    read(
        "Endpoints/UsdFutures/Account/GetPositionInformation.json",
        shown!(parse::holdings),
        &["[]"],
    ),
    read(
        "Endpoints/UsdFutures/Account/GetSymbolConfiguration.json",
        shown!(parse::leverages),
        &["21, Cross"],
    ),
    read("Endpoints/UsdFutures/Account/KeepAliveUserStream.json", set, &["Done"]),
    read("Endpoints/UsdFutures/Account/ModifyPositionMode.json", set, &["Done"]),
    read(
        "Endpoints/UsdFutures/Account/StartUserStream.json",
        shown!(parse::listen_key),
        &["SecretBox"],
    ),
    read("Endpoints/UsdFutures/Account/StopUserStream.json", set, &["Done"]),
    read(
        "Endpoints/UsdFutures/ExchangeData/GetExchangeInfo.json",
        shown!(parse::listings),
        &[
            "BLZUSDT",
            "Price(1000000)",
            "min_notional: Amount(500000000)",
            "max_market_quantity: Some(Quantity(59011900000000))",
            "is_trading: true",
        ],
    ),
    read(
        "Endpoints/UsdFutures/ExchangeData/GetKlines.json",
        shown!(parse::bars),
        &["Timestamp(1499040000000)", "volume: Quantity(14897611427815)"],
    ),
    read(
        "Endpoints/UsdFutures/ExchangeData/GetMarkPrice.json",
        shown!(parse::marks),
        &["Price(117936310456200)"],
    ),
    read(
        "Endpoints/UsdFutures/ExchangeData/GetPrice.json",
        shown!(parse::tick),
        &["Price(60000100000000)", "1589437530011"],
    ),
    read(
        "Endpoints/UsdFutures/ExchangeData/GetServerTime.json",
        shown!(parse::server_time),
        &["1499827319559"],
    ),
    read(
        "Endpoints/UsdFutures/Trading/CancelOrder.json",
        shown!(parse::order),
        &["state: Cancelled", r#"ClientOrderId("myOrder1")"#],
    ),
    read(
        "Endpoints/UsdFutures/Trading/GetForcedOrders.json",
        shown!(parse::owned),
        &["cause: Liquidation", "cause: Venue", "client_id: None"],
    ),
    read(
        "Endpoints/UsdFutures/Trading/GetOpenOrder.json",
        shown!(parse::order),
        &["1917641"],
    ),
    read(
        "Endpoints/UsdFutures/Trading/GetOpenOrders.json",
        shown!(parse::orders),
        &["state: Open", "Quantity(40000000)"],
    ),
    read(
        "Endpoints/UsdFutures/Trading/GetOrder.json",
        shown!(parse::order),
        &["1917641", r#"ClientOrderId("abc")"#, "state: Open"],
    ),
    read(
        "Endpoints/UsdFutures/Trading/GetOrders.json",
        shown!(parse::orders),
        &["1917641"],
    ),
    read(
        "Endpoints/UsdFutures/Trading/GetPositions.json",
        shown!(parse::holdings),
        &[
            "side: Long",
            "Quantity(100000)",
            "leverage: Some(4)",
            "margin_mode: Some(Cross)",
        ],
    ),
    read(
        "Endpoints/UsdFutures/Trading/GetUserTrades.json",
        shown!(parse::trades),
        &[
            r#""698759""#,
            "closed: Some(Quantity(0))",
            "realised: Some(Amount(-91539999))",
            "owner: None",
        ],
    ),
    read(
        "Endpoints/UsdFutures/Trading/PlaceOrder.json",
        shown!(parse::order),
        &["22542179", "testOrder"],
    ),
    read(
        "Subscriptions/UsdFutures/AccountUpdate.txt",
        shown!(parse::pushes),
        &[
            r#"Subscribed("1")"#,
            "Amount(12262412345678)",
            "side: Short",
            "is_hedge: true",
            "quantity: Quantity(1000000000)",
        ],
    ),
    read(
        "Subscriptions/UsdFutures/AggTrades.txt",
        shown!(parse::pushes),
        &[r#"Tick(Symbol("BTCUSDT")"#, "Price(10000000)"],
    ),
    read(
        "Subscriptions/UsdFutures/AlgoOrderUpdate.txt",
        shown!(parse::pushes),
        &["Other("],
    ),
    read(
        "Subscriptions/UsdFutures/AssetIndex.txt",
        shown!(parse::pushes),
        &["Other("],
    ),
    read("Subscriptions/UsdFutures/Book.txt", shown!(parse::pushes), &["Other("]),
    read(
        "Subscriptions/UsdFutures/BookTicker.txt",
        shown!(parse::pushes),
        &["Other("],
    ),
    read(
        "Subscriptions/UsdFutures/CompositIndex.txt",
        shown!(parse::pushes),
        &["Other("],
    ),
    read(
        "Subscriptions/UsdFutures/ConditionalTrigger.txt",
        shown!(parse::pushes),
        &["Other("],
    ),
    read(
        "Subscriptions/UsdFutures/ContKlines.txt",
        shown!(parse::pushes),
        &["Other("],
    ),
    read(
        "Subscriptions/UsdFutures/GridUpdate.txt",
        shown!(parse::pushes),
        &["Other("],
    ),
    read(
        "Subscriptions/UsdFutures/Klines.txt",
        shown!(parse::pushes),
        &[r#"Bar(Symbol("BTCUSDT")"#, "}, false)"],
    ),
    read(
        "Subscriptions/UsdFutures/Leverage.txt",
        shown!(parse::pushes),
        &[r#"Poke("ACCOUNT_CONFIG_UPDATE")"#],
    ),
    read(
        "Subscriptions/UsdFutures/Liquidations.txt",
        shown!(parse::pushes),
        &["Other("],
    ),
    read(
        "Subscriptions/UsdFutures/MarginUpdate.txt",
        shown!(parse::pushes),
        &[r#"Poke("MARGIN_CALL")"#],
    ),
    read(
        "Subscriptions/UsdFutures/MarkPrice.txt",
        shown!(parse::pushes),
        &[r#"Mark(Symbol("BTCUSDT")"#],
    ),
    read(
        "Subscriptions/UsdFutures/MiniTicker.txt",
        shown!(parse::pushes),
        &["Other("],
    ),
    read(
        "Subscriptions/UsdFutures/MultiAssetMode.txt",
        shown!(parse::pushes),
        &[r#"Poke("ACCOUNT_CONFIG_UPDATE")"#],
    ),
    read(
        "Subscriptions/UsdFutures/OrderUpdate.txt",
        shown!(parse::pushes),
        &["Order(OrderReport", r#""8886774""#, "state: Open"],
    ),
    read(
        "Subscriptions/UsdFutures/PartialBook.txt",
        shown!(parse::pushes),
        &["Other("],
    ),
    read(
        "Subscriptions/UsdFutures/StrategyUpdate.txt",
        shown!(parse::pushes),
        &["Other("],
    ),
    read(
        "Subscriptions/UsdFutures/SymbolUpdates.txt",
        shown!(parse::pushes),
        &["Other("],
    ),
    read(
        "Subscriptions/UsdFutures/Ticker.txt",
        shown!(parse::pushes),
        &["Other("],
    ),
    read(
        "Subscriptions/UsdFutures/TradeUpdate.txt",
        shown!(parse::pushes),
        &["Other("],
    ),
];

#[test]
fn binance_every_documented_payload_is_read_or_left_out_for_a_reason() {
    check("binance", READ, left_out::SHEETS);
}

#[test]
fn binance_no_bytes_make_a_parser_panic() {
    survive("binance", READ, samples::BINANCE, &[set]);
}
