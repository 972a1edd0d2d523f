//! Binance's documented payloads.

use bursar::adapters::venue::binance::{parse, verdict};
use bursar::adapters::venue::dialect::{Call, ParseError, Reply};

use super::{Sheet, check, read, samples, shown, skip, survive};

const EXPORT: &str = "an export of history that people download; the adapter pages";
const VENUE_ORDERS: &str = "orders that the venue keeps and triggers; robots decide themselves";
const ONE_BY_ONE: &str = "many orders in one call have no single answer; each order is sent by itself";
const NO_AMEND: &str = "orders are never amended: one intent, one order";
const NOT_FUTURES: &str = "a setting or a trade outside what robots do";
const NOT_NEEDED: &str = "nothing is decided by it";
const SKETCH: &str = "a sketch of two dialogues at once, whose events lack fields";

fn set(body: &[u8]) -> Result<String, ParseError> {
    let reply = Reply {
        status: 200,
        retry_after: None,
        body,
    };
    Ok(format!("{:?}", verdict(&reply, Call::Set)))
}

pub const SHEETS: &[Sheet] = &[
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
    skip("Endpoints/UsdFutures/Account/GetBnbBurnStatus.json", NOT_FUTURES),
    read(
        "Endpoints/UsdFutures/Account/GetBrackets.json",
        shown!(parse::max_leverages),
        &[r#"Symbol("ETHUSDT"): 75"#],
    ),
    skip("Endpoints/UsdFutures/Account/GetDownloadIdForOrderHistory.json", EXPORT),
    skip("Endpoints/UsdFutures/Account/GetDownloadIdForTradeHistory.json", EXPORT),
    skip(
        "Endpoints/UsdFutures/Account/GetDownloadIdForTransactionHistory.json",
        EXPORT,
    ),
    skip(
        "Endpoints/UsdFutures/Account/GetDownloadLinkForOrderHistory.json",
        EXPORT,
    ),
    skip(
        "Endpoints/UsdFutures/Account/GetDownloadLinkForTradeHistory.json",
        EXPORT,
    ),
    skip(
        "Endpoints/UsdFutures/Account/GetDownloadLinkForTransactionHistory.json",
        EXPORT,
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
    skip("Endpoints/UsdFutures/Account/GetMarginChangeHistory.json", NOT_NEEDED),
    skip("Endpoints/UsdFutures/Account/GetMultiAssetsMode.json", NOT_FUTURES),
    skip("Endpoints/UsdFutures/Account/GetOrderRateLimit.json", NOT_NEEDED),
    skip(
        "Endpoints/UsdFutures/Account/GetPositionAdlQuantileEstimation.json",
        NOT_NEEDED,
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
    skip("Endpoints/UsdFutures/Account/GetTradingStatus.json", NOT_NEEDED),
    skip("Endpoints/UsdFutures/Account/GetUserCommissionRate.json", NOT_NEEDED),
    read("Endpoints/UsdFutures/Account/KeepAliveUserStream.json", set, &["Done"]),
    skip("Endpoints/UsdFutures/Account/ModifyPositionMargin.json", NOT_NEEDED),
    read("Endpoints/UsdFutures/Account/ModifyPositionMode.json", set, &["Done"]),
    skip("Endpoints/UsdFutures/Account/SetBnbBurnStatus.json", NOT_FUTURES),
    skip("Endpoints/UsdFutures/Account/SetMultiAssetsMode.json", NOT_FUTURES),
    read(
        "Endpoints/UsdFutures/Account/StartUserStream.json",
        shown!(parse::listen_key),
        &["SecretBox"],
    ),
    read("Endpoints/UsdFutures/Account/StopUserStream.json", set, &["Done"]),
    skip(
        "Endpoints/UsdFutures/ExchangeData/GetAggregatedTradeHistory.json",
        NOT_NEEDED,
    ),
    skip("Endpoints/UsdFutures/ExchangeData/GetAssetIndexes.json", NOT_NEEDED),
    skip("Endpoints/UsdFutures/ExchangeData/GetBasis.json", NOT_NEEDED),
    skip("Endpoints/UsdFutures/ExchangeData/GetBookPrice.json", NOT_NEEDED),
    skip(
        "Endpoints/UsdFutures/ExchangeData/GetCompositeIndexInfo.json",
        NOT_NEEDED,
    ),
    skip(
        "Endpoints/UsdFutures/ExchangeData/GetContinuousContractKlines.json",
        NOT_NEEDED,
    ),
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
    skip("Endpoints/UsdFutures/ExchangeData/GetFundingInfo.json", NOT_NEEDED),
    skip("Endpoints/UsdFutures/ExchangeData/GetFundingRates.json", NOT_NEEDED),
    skip(
        "Endpoints/UsdFutures/ExchangeData/GetGlobalLongShortAccountRatio.json",
        NOT_NEEDED,
    ),
    skip(
        "Endpoints/UsdFutures/ExchangeData/GetIndexPriceConstituents.json",
        NOT_NEEDED,
    ),
    skip("Endpoints/UsdFutures/ExchangeData/GetIndexPriceKlines.json", NOT_NEEDED),
    skip(
        "Endpoints/UsdFutures/ExchangeData/GetInsuranceFundBalances.json",
        NOT_NEEDED,
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
    skip("Endpoints/UsdFutures/ExchangeData/GetMarkPriceKlines.json", NOT_NEEDED),
    skip("Endpoints/UsdFutures/ExchangeData/GetOpenInterest.json", NOT_NEEDED),
    skip(
        "Endpoints/UsdFutures/ExchangeData/GetOpenInterestHistory.json",
        NOT_NEEDED,
    ),
    skip("Endpoints/UsdFutures/ExchangeData/GetOrderBook.json", NOT_NEEDED),
    skip(
        "Endpoints/UsdFutures/ExchangeData/GetPremiumIndexKlines.json",
        NOT_NEEDED,
    ),
    read(
        "Endpoints/UsdFutures/ExchangeData/GetPrice.json",
        shown!(parse::tick),
        &["Price(60000100000000)", "1589437530011"],
    ),
    skip("Endpoints/UsdFutures/ExchangeData/GetRecentTrades.json", NOT_NEEDED),
    read(
        "Endpoints/UsdFutures/ExchangeData/GetServerTime.json",
        shown!(parse::server_time),
        &["1499827319559"],
    ),
    skip(
        "Endpoints/UsdFutures/ExchangeData/GetTakerBuySellVolumeRatio.json",
        NOT_NEEDED,
    ),
    skip("Endpoints/UsdFutures/ExchangeData/GetTicker.json", NOT_NEEDED),
    skip(
        "Endpoints/UsdFutures/ExchangeData/GetTopLongShortAccountRatio.json",
        NOT_NEEDED,
    ),
    skip(
        "Endpoints/UsdFutures/ExchangeData/GetTopLongShortPositionRatio.json",
        NOT_NEEDED,
    ),
    skip("Endpoints/UsdFutures/ExchangeData/GetTradeHistory.json", NOT_NEEDED),
    skip("Endpoints/UsdFutures/Trading/CancelAlgoOrder.json", VENUE_ORDERS),
    skip(
        "Endpoints/UsdFutures/Trading/CancelAllConditionalOrders.json",
        VENUE_ORDERS,
    ),
    skip("Endpoints/UsdFutures/Trading/CancelAllOrders.json", ONE_BY_ONE),
    skip(
        "Endpoints/UsdFutures/Trading/CancelAllOrdersAfterTimeout.json",
        ONE_BY_ONE,
    ),
    skip("Endpoints/UsdFutures/Trading/CancelConditionalOrder.json", VENUE_ORDERS),
    skip("Endpoints/UsdFutures/Trading/CancelMultipleOrders.json", ONE_BY_ONE),
    read(
        "Endpoints/UsdFutures/Trading/CancelOrder.json",
        shown!(parse::order),
        &["state: Cancelled", r#"ClientOrderId("myOrder1")"#],
    ),
    skip("Endpoints/UsdFutures/Trading/ConvertAcceptQuote.json", NOT_FUTURES),
    skip("Endpoints/UsdFutures/Trading/ConvertQuoteRequest.json", NOT_FUTURES),
    skip("Endpoints/UsdFutures/Trading/EditMultipleOrders.json", ONE_BY_ONE),
    skip("Endpoints/UsdFutures/Trading/EditOrder.json", NO_AMEND),
    skip("Endpoints/UsdFutures/Trading/GetAlgoSubOrders.json", VENUE_ORDERS),
    skip("Endpoints/UsdFutures/Trading/GetClosedAlgoOrders.json", VENUE_ORDERS),
    skip("Endpoints/UsdFutures/Trading/GetConditionalOrder.json", VENUE_ORDERS),
    skip("Endpoints/UsdFutures/Trading/GetConditionalOrders.json", VENUE_ORDERS),
    skip("Endpoints/UsdFutures/Trading/GetConvertOrderStatus.json", NOT_FUTURES),
    read(
        "Endpoints/UsdFutures/Trading/GetForcedOrders.json",
        shown!(parse::owned),
        &["cause: Liquidation", "cause: Venue", "client_id: None"],
    ),
    skip("Endpoints/UsdFutures/Trading/GetOpenAlgoOrders.json", VENUE_ORDERS),
    skip(
        "Endpoints/UsdFutures/Trading/GetOpenConditionalOrders.json",
        VENUE_ORDERS,
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
    skip("Endpoints/UsdFutures/Trading/GetOrderEditHistory.json", NO_AMEND),
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
    skip("Endpoints/UsdFutures/Trading/PlaceConditionalOrder.json", VENUE_ORDERS),
    skip("Endpoints/UsdFutures/Trading/PlaceMultipleOrders.json", ONE_BY_ONE),
    read(
        "Endpoints/UsdFutures/Trading/PlaceOrder.json",
        shown!(parse::order),
        &["22542179", "testOrder"],
    ),
    skip(
        "Endpoints/UsdFutures/Trading/PlaceTimeWeightedAveragePriceOrder.json",
        VENUE_ORDERS,
    ),
    skip(
        "Endpoints/UsdFutures/Trading/PlaceVolumeParticipationOrder.json",
        VENUE_ORDERS,
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
    skip("Subscriptions/UsdFutures/Concurrent.txt", SKETCH),
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
    check("binance", SHEETS);
}

#[test]
fn binance_no_bytes_make_a_parser_panic() {
    survive("binance", SHEETS, samples::BINANCE, &[set]);
}
