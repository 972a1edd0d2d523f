//! OKX's documented payloads.

mod left_out;

use bursar::adapters::venue::dialect::{Call, Contracts, Listing, ParseError, Reply};
use bursar::adapters::venue::okx::{parse, verdict};
use domain::fixed::{Amount, Price, Quantity};
use domain::market::Symbol;
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
    let names = ["BTC-USDT", "BTC-USDT-SWAP", "ETH-USD-210430", "BTC-USD-191018"];
    Contracts::of(&names.map(listing))
}

const READ: &[Sheet] = &[
    read(
        "Endpoints/UnifiedApi/Account/GetAccountBalance.json",
        shown!(parse::balances),
        &[
            r#""USDT""#,
            "wallet: Amount(485043569362)",
            "available: Some(Amount(483431709362))",
        ],
    ),
    read(
        "Endpoints/UnifiedApi/Account/GetAccountConfiguration.json",
        shown!(parse::position_mode),
        &["OneWay"],
    ),
    read(
        "Endpoints/UnifiedApi/Account/GetAccountLeverage.json",
        shown!(parse::leverages),
        &["10, Cross"],
    ),
    read(
        "Endpoints/UnifiedApi/Account/GetAccountPositionHistory.json",
        shown!(parse::closed_profits),
        &["side: Long", "basis: Net", "fees: Some(Amount(10000))"],
    ),
    read(
        "Endpoints/UnifiedApi/Account/GetAccountPositions.json",
        shown!(parse::holdings, contracts),
        &[
            "side: Long",
            "Price(23528496681818)",
            "leverage: Some(10)",
            "margin_mode: Some(Isolated)",
        ],
    ),
    read(
        "Endpoints/UnifiedApi/Account/GetBillArchive.json",
        shown!(parse::bookings),
        &["623950854533513219/fee"],
    ),
    read(
        "Endpoints/UnifiedApi/Account/GetBillHistory.json",
        shown!(parse::bookings),
        &["623950854533513219/profit", "kind: Fee", "Amount(-2196)"],
    ),
    read(
        "Endpoints/UnifiedApi/Account/SetAccountLeverage.json",
        shown!(parse::leverages),
        &["30, Isolated"],
    ),
    read(
        "Endpoints/UnifiedApi/Account/SetAccountPositionMode.json",
        shown!(parse::position_mode),
        &["Hedge"],
    ),
    read(
        "Endpoints/UnifiedApi/ExchangeData/GetKlineHistory.json",
        shown!(parse::bars),
        &["Timestamp(1597026383085)"],
    ),
    read(
        "Endpoints/UnifiedApi/ExchangeData/GetKlines.json",
        shown!(parse::bars),
        &["Timestamp(1597026383085)", "open: Price(37310000000)"],
    ),
    read(
        "Endpoints/UnifiedApi/ExchangeData/GetMarkPrices.json",
        shown!(parse::marks),
        &["BTC-USDT-SWAP", "Price(2000000000000)"],
    ),
    read(
        "Endpoints/UnifiedApi/ExchangeData/GetServerTime.json",
        shown!(parse::server_time),
        &["1597026383085"],
    ),
    read(
        "Endpoints/UnifiedApi/ExchangeData/GetSymbols.json",
        shown!(parse::listings),
        &["[]"],
    ),
    read(
        "Endpoints/UnifiedApi/ExchangeData/GetTicker.json",
        shown!(parse::tick),
        &["BTC-USD-SWAP", "Price(99999900000000)"],
    ),
    read(
        "Endpoints/UnifiedApi/ExchangeData/GetTickers.json",
        shown!(parse::tick),
        &["Tick"],
    ),
    read(
        "Endpoints/UnifiedApi/Trading/CancelOrder.json",
        shown!(parse::placed),
        &["12345689"],
    ),
    read(
        "Endpoints/UnifiedApi/Trading/GetOrderArchive.json",
        shown!(parse::orders, contracts),
        &["OrderReport"],
    ),
    read(
        "Endpoints/UnifiedApi/Trading/GetOrderDetails.json",
        shown!(parse::lookup, contracts),
        &[
            "Found(OrderReport",
            "680800019749904384",
            "state: Filled",
            "Quantity(192834)",
        ],
    ),
    read(
        "Endpoints/UnifiedApi/Trading/GetOrderHistory.json",
        shown!(parse::orders, contracts),
        &["state: Filled"],
    ),
    read(
        "Endpoints/UnifiedApi/Trading/GetOrders.json",
        shown!(parse::orders, contracts),
        &["301835739059335168", "state: Open"],
    ),
    read(
        "Endpoints/UnifiedApi/Trading/GetUserTrades.json",
        shown!(parse::trades, contracts),
        &[
            r#""744876980""#,
            r#"asset: "BTC", amount: Amount(193)"#,
            "closed: None",
            "realised: Some(Amount(0))",
        ],
    ),
    read(
        "Endpoints/UnifiedApi/Trading/GetUserTradesArchive.json",
        shown!(parse::trades, contracts),
        &["Trade {"],
    ),
    read(
        "Endpoints/UnifiedApi/Trading/PlaceOrder.json",
        shown!(parse::placed),
        &["312269865356374016", "1695190491421"],
    ),
    read(
        "Subscriptions/Unified/Account/Balance.txt",
        shown!(parse::pushes, contracts),
        &[
            "LoggedIn",
            r#"Subscribed("account")"#,
            r#"Balance(Balance { asset: "USDT", wallet: Amount(475042697069)"#,
        ],
    ),
    read(
        "Subscriptions/Unified/Account/BalanceAndPosition.txt",
        shown!(parse::pushes, contracts),
        &[
            r#"Balance(Balance { asset: "BTC""#,
            "Position(Holding",
            "is_hedge: true",
        ],
    ),
    read(
        "Subscriptions/Unified/Account/Deposit.txt",
        shown!(parse::pushes, contracts),
        &["Other("],
    ),
    read(
        "Subscriptions/Unified/Account/Greeks.txt",
        shown!(parse::pushes, contracts),
        &["Other("],
    ),
    read(
        "Subscriptions/Unified/Account/Withdrawal.txt",
        shown!(parse::pushes, contracts),
        &["Other("],
    ),
    read(
        "Subscriptions/Unified/ExchangeData/EstimatedPrice.txt",
        shown!(parse::pushes, contracts),
        &["Other("],
    ),
    read(
        "Subscriptions/Unified/ExchangeData/FundingRate.txt",
        shown!(parse::pushes, contracts),
        &["Other("],
    ),
    read(
        "Subscriptions/Unified/ExchangeData/IndexKlines.txt",
        shown!(parse::pushes, contracts),
        &["Other("],
    ),
    read(
        "Subscriptions/Unified/ExchangeData/IndexTicker.txt",
        shown!(parse::pushes, contracts),
        &["Other("],
    ),
    read(
        "Subscriptions/Unified/ExchangeData/Interest.txt",
        shown!(parse::pushes, contracts),
        &["Other("],
    ),
    read(
        "Subscriptions/Unified/ExchangeData/Klines.txt",
        shown!(parse::pushes, contracts),
        &[
            r#"Bar(Symbol("ETH-USDT")"#,
            "volume: Quantity(52958580610)",
            "}, false)",
        ],
    ),
    read(
        "Subscriptions/Unified/ExchangeData/MarkPrice.txt",
        shown!(parse::pushes, contracts),
        &[r#"Mark(Symbol("LTC-USD-190628"), Price(1000000000)"#],
    ),
    read(
        "Subscriptions/Unified/ExchangeData/MarkPriceKlines.txt",
        shown!(parse::pushes, contracts),
        &["Other("],
    ),
    read(
        "Subscriptions/Unified/ExchangeData/OptionSummary.txt",
        shown!(parse::pushes, contracts),
        &["Other("],
    ),
    read(
        "Subscriptions/Unified/ExchangeData/OrderBook.txt",
        shown!(parse::pushes, contracts),
        &["Other("],
    ),
    read(
        "Subscriptions/Unified/ExchangeData/PriceLimit.txt",
        shown!(parse::pushes, contracts),
        &["Other("],
    ),
    read(
        "Subscriptions/Unified/ExchangeData/Symbol.txt",
        shown!(parse::pushes, contracts),
        &["Other("],
    ),
    read(
        "Subscriptions/Unified/ExchangeData/SystemStatus.txt",
        shown!(parse::pushes, contracts),
        &["Other("],
    ),
    read(
        "Subscriptions/Unified/ExchangeData/Ticker.txt",
        shown!(parse::pushes, contracts),
        &["Other("],
    ),
    read(
        "Subscriptions/Unified/ExchangeData/Trades.txt",
        shown!(parse::pushes, contracts),
        &[r#"Tick(Symbol("BTC-USDT")"#],
    ),
    read(
        "Subscriptions/Unified/Trading/AdvancedAlgoOrder.txt",
        shown!(parse::pushes, contracts),
        &["Other("],
    ),
    read(
        "Subscriptions/Unified/Trading/AlgoOrder.txt",
        shown!(parse::pushes, contracts),
        &["Other("],
    ),
    read(
        "Subscriptions/Unified/Trading/LiquidationWarning.txt",
        shown!(parse::pushes, contracts),
        &[r#"Poke("liquidation-warning")"#],
    ),
    read(
        "Subscriptions/Unified/Trading/Order.txt",
        shown!(parse::pushes, contracts),
        &[
            "Order(OrderReport",
            "Trade(Trade",
            r#""242589207""#,
            "amount: Amount(2522168)",
            "realised: Some(Amount(1000000))",
        ],
    ),
    read(
        "Subscriptions/Unified/Trading/Position.txt",
        shown!(parse::pushes, contracts),
        &["Position(Holding", "ETH-USD-210430"],
    ),
    read(
        "Subscriptions/Unified/Trading/UserTrade.txt",
        shown!(parse::pushes, contracts),
        &[r#"Poke("fills")"#],
    ),
];

#[test]
fn okx_every_documented_payload_is_read_or_left_out_for_a_reason() {
    check("okx", READ, left_out::SHEETS);
}

#[test]
fn okx_no_bytes_make_a_parser_panic() {
    survive("okx", READ, samples::OKX, &[set]);
}
