//! Gate's documented payloads.

mod left_out;

use bursar::adapters::venue::dialect::{Call, Contracts, Listing, ParseError, Reply};
use bursar::adapters::venue::gate::{parse, verdict};
use domain::fixed::{Amount, Price, Quantity};
use domain::market::Symbol;
use domain::time::Timestamp;
use rust_decimal::Decimal;

use super::{Sheet, check, read, samples, shown, survive};

fn set(body: &[u8]) -> Result<String, ParseError> {
    let reply = Reply {
        status: 200,
        retry_after: None,
        body,
    };
    Ok(format!("{:?}", verdict(&reply, Call::Set)))
}

/// The markets that the payloads name, each as if one contract were one coin.
fn contracts() -> Contracts {
    let listing = |name: &str| Listing {
        symbol: Symbol::new(name),
        base: String::new(),
        settle: String::new(),
        contract: Decimal::ONE,
        tick: Price::ONE,
        lot: Quantity::ONE,
        min_quantity: Quantity::ONE,
        max_market_quantity: None,
        min_notional: Amount::ZERO,
        max_leverage: None,
        is_trading: true,
    };
    Contracts::of(&["BTC_USDT", "BTC_USD", "ETH_USDT"].map(listing))
}

fn bookings(body: &[u8]) -> Result<String, ParseError> {
    parse::bookings(body, "USDT").map(|lines| format!("{lines:?}"))
}

fn bars(body: &[u8]) -> Result<String, ParseError> {
    parse::bars(body, &Symbol::new("BTC_USDT"), &contracts()).map(|bars| format!("{bars:?}"))
}

fn marks(body: &[u8]) -> Result<String, ParseError> {
    parse::marks(body, Timestamp(1)).map(|marks| format!("{marks:?}"))
}

fn trades(body: &[u8]) -> Result<String, ParseError> {
    parse::trades(body, &contracts(), "USDT").map(|trades| format!("{trades:?}"))
}

fn pushes(body: &[u8]) -> Result<String, ParseError> {
    parse::pushes(body, &contracts(), "USDT").map(|pushes| format!("{pushes:?}"))
}

const READ: &[Sheet] = &[
    read(
        "Endpoints/PerpetualFutures/Account/GetAccount.json",
        shown!(parse::balances),
        &[
            r#"asset: "USDT", wallet: Amount(970780356712)"#,
            "available: Some(Amount(966909137793))",
        ],
    ),
    read(
        "Endpoints/PerpetualFutures/Account/GetLedger.json",
        bookings,
        &["kind: Fee", "Amount(1015)", r#"trade: Some("1")"#],
    ),
    read(
        "Endpoints/PerpetualFutures/Account/UpdatePositionMode.json",
        shown!(parse::position_mode),
        &["OneWay"],
    ),
    read(
        "Endpoints/PerpetualFutures/ExchangeData/GetContract.json",
        shown!(parse::listing),
        &[
            "BTC_USDT",
            "contract: 0.0001",
            "max_leverage: Some(100)",
            "lot: Quantity(10000)",
        ],
    ),
    read(
        "Endpoints/PerpetualFutures/ExchangeData/GetContracts.json",
        shown!(parse::listings),
        &["LAB_USDT", "lot: Quantity(1000000000)", "tick: Price(100000)"],
    ),
    read(
        "Endpoints/PerpetualFutures/ExchangeData/GetKlines.json",
        bars,
        &["Timestamp(1539852480000)", "Quantity(9715100000000)"],
    ),
    read(
        "Endpoints/PerpetualFutures/ExchangeData/GetTickers.json",
        marks,
        &["BTC_USDT", "Price(65340000000000)"],
    ),
    read(
        "Endpoints/PerpetualFutures/ExchangeData/GetTrades.json",
        shown!(parse::ticks, contracts),
        &["Quantity(10000000000)", "Timestamp(1514764800000)"],
    ),
    read(
        "Endpoints/PerpetualFutures/Trading/CancelOrder.json",
        shown!(parse::order, contracts),
        &[
            "15675394",
            r#"ClientOrderId("my-custom-id")"#,
            "state: Cancelled",
            "Quantity(602400000000)",
        ],
    ),
    read(
        "Endpoints/PerpetualFutures/Trading/GetDualModePositions.json",
        shown!(parse::holdings, contracts),
        &["side: Short"],
    ),
    read(
        "Endpoints/PerpetualFutures/Trading/GetOrder.json",
        shown!(parse::lookup, contracts),
        &[
            "Found(",
            "15675394",
            r#"ClientOrderId("my-custom-id")"#,
            "state: Cancelled",
            "Quantity(602400000000)",
        ],
    ),
    read(
        "Endpoints/PerpetualFutures/Trading/GetOrders.json",
        shown!(parse::orders, contracts),
        &[
            "15675394",
            r#"ClientOrderId("my-custom-id")"#,
            "state: Cancelled",
            "Quantity(602400000000)",
        ],
    ),
    read(
        "Endpoints/PerpetualFutures/Trading/GetOrdersByTime.json",
        shown!(parse::orders, contracts),
        &[
            "15675394",
            r#"ClientOrderId("my-custom-id")"#,
            "state: Cancelled",
            "Quantity(602400000000)",
        ],
    ),
    read(
        "Endpoints/PerpetualFutures/Trading/GetPositionCloseHistory.json",
        shown!(parse::closed_profits),
        &["side: Long", "basis: Net", "profit: Amount(13000)"],
    ),
    read(
        "Endpoints/PerpetualFutures/Trading/GetPositions.json",
        shown!(parse::holdings, contracts),
        &["side: Short", "Quantity(944000000000)"],
    ),
    read(
        "Endpoints/PerpetualFutures/Trading/GetUserTrades.json",
        trades,
        &[
            r#""121234231""#,
            "Timestamp(1514764800123)",
            "closed: None",
            "realised: None",
            r#"ClientOrderId("123456")"#,
        ],
    ),
    read(
        "Endpoints/PerpetualFutures/Trading/GetUserTradesByTimestamp.json",
        trades,
        &[r#""121234231""#],
    ),
    read(
        "Endpoints/PerpetualFutures/Trading/PlaceOrder.json",
        shown!(parse::order, contracts),
        &[
            "15675394",
            r#"ClientOrderId("my-custom-id")"#,
            "state: Cancelled",
            "Quantity(602400000000)",
        ],
    ),
    read(
        "Subscriptions/Futures/SubscribeToBalanceUpdates.txt",
        pushes,
        &[r#"Balance(Balance { asset: "BTC", wallet: Amount(999873990)"#],
    ),
    read(
        "Subscriptions/Futures/SubscribeToBookTickerUpdates.txt",
        pushes,
        &[r#"Subscribed("futures."#, "Other("],
    ),
    read(
        "Subscriptions/Futures/SubscribeToBookUpdates.txt",
        pushes,
        &[r#"Subscribed("futures."#, "Other("],
    ),
    read(
        "Subscriptions/Futures/SubscribeToContractStatsUpdates.txt",
        pushes,
        &[r#"Subscribed("futures."#, "Other("],
    ),
    read(
        "Subscriptions/Futures/SubscribeToKlineUpdates.txt",
        pushes,
        &[r#"Bar(Symbol("ETH_USDT")"#, "}, false)"],
    ),
    read(
        "Subscriptions/Futures/SubscribeToOrderBookV2Updates.txt",
        pushes,
        &[r#"Subscribed("futures."#, "Other("],
    ),
    read(
        "Subscriptions/Futures/SubscribeToOrderUpdates.txt",
        pushes,
        &[
            "Order(OrderReport",
            r#""4872460""#,
            "state: Filled",
            "quantity: Quantity(150000000), filled: Quantity(100000000)",
        ],
    ),
    read(
        "Subscriptions/Futures/SubscribeToPositionCloseUpdates.txt",
        pushes,
        &[r#"Poke("futures."#],
    ),
    read(
        "Subscriptions/Futures/SubscribeToPositionUpdates.txt",
        pushes,
        &["Position(Holding", "Price(400003666666111)", "Quantity(350000000)"],
    ),
    read(
        "Subscriptions/Futures/SubscribeToReduceRiskLimitUpdates.txt",
        pushes,
        &[r#"Poke("futures."#],
    ),
    read(
        "Subscriptions/Futures/SubscribeToTickerUpdates.txt",
        pushes,
        &[r#"Mark(Symbol("ETH_USDT"), Price(1183500000000)"#],
    ),
    read(
        "Subscriptions/Futures/SubscribeToTradeUpdates.txt",
        pushes,
        &[r#"Tick(Symbol("ETH_USDT")"#, "Quantity(10850000000)"],
    ),
    read(
        "Subscriptions/Futures/SubscribeToTriggerOrderUpdates.txt",
        pushes,
        &[r#"Subscribed("futures."#, "Other("],
    ),
    read(
        "Subscriptions/Futures/SubscribeToUserAutoDeleverageUpdates.txt",
        pushes,
        &[r#"Poke("futures."#],
    ),
    read(
        "Subscriptions/Futures/SubscribeToUserLiquidationUpdates.txt",
        pushes,
        &[r#"Poke("futures."#],
    ),
    read(
        "Subscriptions/Futures/SubscribeToUserTradeUpdates.txt",
        pushes,
        &[
            "Trade(Trade",
            r#""3335259""#,
            "closed: Some(Quantity(50000000))",
            "amount: Amount(92906)",
        ],
    ),
];

#[test]
fn gate_every_documented_payload_is_read_or_left_out_for_a_reason() {
    check("gate", READ, left_out::SHEETS);
}

#[test]
fn gate_no_bytes_make_a_parser_panic() {
    survive(
        "gate",
        READ,
        samples::GATE,
        &[set, shown!(parse::server_time), shown!(parse::leverage)],
    );
}
