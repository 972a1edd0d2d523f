//! Bybit's documented payloads.

use bursar::adapters::venue::bybit::{parse, verdict};
use bursar::adapters::venue::dialect::{Call, ParseError, Reply};

use super::{Sheet, check, read, samples, shown, skip, survive};

const VENUE_ORDERS: &str = "orders that the venue keeps and triggers; robots decide themselves";
const ONE_BY_ONE: &str = "many orders in one call have no single answer; each order is sent by itself";
const NO_AMEND: &str = "orders are never amended: one intent, one order";
const NOT_FUTURES: &str = "a market, a product or a setting that robots do not use";
const MOVES_MONEY: &str = "keys and withdrawals, which Bursar leaves to people";
const NOT_NEEDED: &str = "nothing is decided by it";

fn set(body: &[u8]) -> Result<String, ParseError> {
    let reply = Reply {
        status: 200,
        retry_after: None,
        body,
    };
    Ok(format!("{:?}", verdict(&reply, Call::Set)))
}

pub const SHEETS: &[Sheet] = &[
    skip("Endpoints/V5Api/Account/AddOrReduceMargin.json", NOT_NEEDED),
    skip("Endpoints/V5Api/Account/CancelWithdrawal.json", MOVES_MONEY),
    skip("Endpoints/V5Api/Account/ConfirmSmallBalancesQuote.json", NOT_FUTURES),
    skip("Endpoints/V5Api/Account/ConvertConfirmQuote.json", NOT_FUTURES),
    skip("Endpoints/V5Api/Account/DeleteApiKey.json", MOVES_MONEY),
    skip("Endpoints/V5Api/Account/EditApiKey.json", MOVES_MONEY),
    skip("Endpoints/V5Api/Account/GetAccountSpotSymbols.json", NOT_FUTURES),
    skip("Endpoints/V5Api/Account/GetAccountTypes.json", NOT_FUTURES),
    skip("Endpoints/V5Api/Account/GetAnalysisTradeInfo.json", NOT_NEEDED),
    skip("Endpoints/V5Api/Account/GetApiKeyInfo.json", MOVES_MONEY),
    skip("Endpoints/V5Api/Account/GetAssetGreeks.json", NOT_FUTURES),
    skip("Endpoints/V5Api/Account/GetAssetInfo.json", NOT_FUTURES),
    skip("Endpoints/V5Api/Account/GetAssetOverview.json", NOT_FUTURES),
    read(
        "Endpoints/V5Api/Account/GetBalances.json",
        shown!(parse::balances),
        &[r#"asset: "BTC""#, "wallet: Amount(0)"],
    ),
    skip("Endpoints/V5Api/Account/GetBorrowAssetData.json", NOT_FUTURES),
    skip("Endpoints/V5Api/Account/GetBorrowHistory.json", NOT_FUTURES),
    skip("Endpoints/V5Api/Account/GetBrokerAccountInfo.json", NOT_FUTURES),
    skip("Endpoints/V5Api/Account/GetBrokerEarnings.json", NOT_FUTURES),
    skip("Endpoints/V5Api/Account/GetCollateralInfo.json", NOT_FUTURES),
    skip("Endpoints/V5Api/Account/GetConvertAssets.json", NOT_FUTURES),
    skip("Endpoints/V5Api/Account/GetConvertHistory.json", NOT_FUTURES),
    skip("Endpoints/V5Api/Account/GetConvertQuote.json", NOT_FUTURES),
    skip("Endpoints/V5Api/Account/GetConvertStatus.json", NOT_FUTURES),
    skip("Endpoints/V5Api/Account/GetDelayedWithdrawQuantity.json", MOVES_MONEY),
    skip("Endpoints/V5Api/Account/GetFeeRate.json", NOT_NEEDED),
    skip("Endpoints/V5Api/Account/GetFundingTransactionHistory.json", NOT_NEEDED),
    skip("Endpoints/V5Api/Account/GetMarginAccountInfo.json", NOT_NEEDED),
    skip("Endpoints/V5Api/Account/GetOptionAssetInfo.json", NOT_FUTURES),
    skip("Endpoints/V5Api/Account/GetSmallBalanceAssets.json", NOT_FUTURES),
    skip(
        "Endpoints/V5Api/Account/GetSmallBalancesExchangeHistory.json",
        NOT_FUTURES,
    ),
    skip("Endpoints/V5Api/Account/GetSmallBalancesQuote.json", NOT_FUTURES),
    skip("Endpoints/V5Api/Account/GetSpotMarginAutoRepayMode.json", NOT_FUTURES),
    skip("Endpoints/V5Api/Account/GetSpotMarginData.json", NOT_FUTURES),
    skip(
        "Endpoints/V5Api/Account/GetSpotMarginInterestRateHistory.json",
        NOT_FUTURES,
    ),
    skip(
        "Endpoints/V5Api/Account/GetSpotMarginStatusAndLeverage.json",
        NOT_FUTURES,
    ),
    skip("Endpoints/V5Api/Account/GetSpreadMaxOrderQuantity.json", NOT_FUTURES),
    read(
        "Endpoints/V5Api/Account/GetTransactionHistory.json",
        shown!(parse::bookings),
        &[
            "kind: Funding",
            "Amount(-367600)",
            "kind: Realised",
            "kind: Fee",
            "Amount(-1908720)",
            "21963%3A1%2C14954%3A1",
        ],
    ),
    skip("Endpoints/V5Api/Account/GetWithdrawAddressList.json", MOVES_MONEY),
    skip("Endpoints/V5Api/Account/GetWithdrawals.json", MOVES_MONEY),
    skip("Endpoints/V5Api/Account/RepayLiabilities.json", NOT_FUTURES),
    skip("Endpoints/V5Api/Account/SetAutoAddMargin.json", NOT_NEEDED),
    skip("Endpoints/V5Api/Account/SetCollateralAsset.json", NOT_FUTURES),
    read("Endpoints/V5Api/Account/SetLeverage.json", set, &["Done"]),
    read(
        "Endpoints/V5Api/Account/SetMarginMode.json",
        set,
        &["Refused", "3400045"],
    ),
    skip("Endpoints/V5Api/Account/SetMultipleCollateralAssets.json", NOT_FUTURES),
    skip("Endpoints/V5Api/Account/SetPriceLimitBehavior.json", NOT_NEEDED),
    skip("Endpoints/V5Api/Account/SetRiskLimit.json", NOT_NEEDED),
    skip("Endpoints/V5Api/Account/SetSpotHedgingMode.json", NOT_FUTURES),
    skip("Endpoints/V5Api/Account/SetSpotMarginAutoRepayMode.json", NOT_FUTURES),
    skip("Endpoints/V5Api/Account/SetSpotMarginLeverage.json", NOT_FUTURES),
    skip("Endpoints/V5Api/Account/SetSpotMarginTradeMode.json", NOT_FUTURES),
    skip("Endpoints/V5Api/Account/SetTakeProfitStopLossMode.json", VENUE_ORDERS),
    skip("Endpoints/V5Api/Account/SignAgreement.json", NOT_NEEDED),
    read("Endpoints/V5Api/Account/SwitchCrossIsolatedMargin.json", set, &["Done"]),
    read("Endpoints/V5Api/Account/SwitchPositionMode.json", set, &["Done"]),
    skip("Endpoints/V5Api/Account/Withdraw.json", MOVES_MONEY),
    skip("Endpoints/V5Api/ExchangeData/GetAnnouncements.json", NOT_NEEDED),
    skip("Endpoints/V5Api/ExchangeData/GetDeliveryPrice.json", NOT_NEEDED),
    skip("Endpoints/V5Api/ExchangeData/GetFundingRateHistory.json", NOT_NEEDED),
    skip("Endpoints/V5Api/ExchangeData/GetHistoricalVolatility.json", NOT_NEEDED),
    skip("Endpoints/V5Api/ExchangeData/GetIndexPriceKlines.json", NOT_NEEDED),
    skip("Endpoints/V5Api/ExchangeData/GetInsurance.json", NOT_NEEDED),
    read(
        "Endpoints/V5Api/ExchangeData/GetKlines.json",
        shown!(parse::bars),
        &["Timestamp(1670601600000)", "Price(170555000000000)"],
    ),
    skip("Endpoints/V5Api/ExchangeData/GetLeverageTokenMarket.json", NOT_FUTURES),
    skip("Endpoints/V5Api/ExchangeData/GetLeverageTokens.json", NOT_FUTURES),
    read(
        "Endpoints/V5Api/ExchangeData/GetLinearInverseSymbols.json",
        shown!(parse::listings),
        &[
            "BTCUSDT",
            "max_leverage: Some(100)",
            "tick: Price(1000000000)",
            "min_notional: Amount(500000000)",
            "is_trading: true",
        ],
    ),
    read(
        "Endpoints/V5Api/ExchangeData/GetLinearInverseSymbolsPreListing.json",
        shown!(parse::listings),
        &["rows: ["],
    ),
    read(
        "Endpoints/V5Api/ExchangeData/GetLinearInverseTickers.json",
        shown!(parse::marks),
        &["BTCUSD", "Price(165960000000000)", "1672376496682"],
    ),
    skip("Endpoints/V5Api/ExchangeData/GetLongShortRatio.json", NOT_NEEDED),
    skip("Endpoints/V5Api/ExchangeData/GetMarkPriceKlines.json", NOT_NEEDED),
    skip("Endpoints/V5Api/ExchangeData/GetOpenInterest.json", NOT_NEEDED),
    skip("Endpoints/V5Api/ExchangeData/GetOptionSymbols.json", NOT_FUTURES),
    skip("Endpoints/V5Api/ExchangeData/GetOptionTickers.json", NOT_FUTURES),
    skip("Endpoints/V5Api/ExchangeData/GetOrderPriceLimit.json", NOT_NEEDED),
    skip("Endpoints/V5Api/ExchangeData/GetOrderbook.json", NOT_NEEDED),
    skip(
        "Endpoints/V5Api/ExchangeData/GetPremiumIndexPriceKlines.json",
        NOT_NEEDED,
    ),
    skip("Endpoints/V5Api/ExchangeData/GetRiskLimit.json", NOT_NEEDED),
    skip("Endpoints/V5Api/ExchangeData/GetSpotSymbols.json", NOT_FUTURES),
    skip("Endpoints/V5Api/ExchangeData/GetSpotTickers.json", NOT_FUTURES),
    skip("Endpoints/V5Api/ExchangeData/GetSpreadOrderBook.json", NOT_FUTURES),
    skip("Endpoints/V5Api/ExchangeData/GetSpreadRecentTrades.json", NOT_FUTURES),
    skip("Endpoints/V5Api/ExchangeData/GetSpreadSymbols.json", NOT_FUTURES),
    skip("Endpoints/V5Api/ExchangeData/GetSpreadTickers.json", NOT_FUTURES),
    skip("Endpoints/V5Api/ExchangeData/GetSystemStatus.json", NOT_NEEDED),
    skip("Endpoints/V5Api/ExchangeData/GetTradeHistory.json", NOT_NEEDED),
    skip("Endpoints/V5Api/Trading/CancelAllOrder.json", ONE_BY_ONE),
    skip("Endpoints/V5Api/Trading/CancelAllSpreadOrders.json", NOT_FUTURES),
    skip("Endpoints/V5Api/Trading/CancelMultipleOrders.json", ONE_BY_ONE),
    read(
        "Endpoints/V5Api/Trading/CancelOrder.json",
        shown!(parse::placed),
        &["c6f055d9-7f21-4079-913d-e6523a9cfffa"],
    ),
    skip("Endpoints/V5Api/Trading/CancelSpreadOrder.json", NOT_FUTURES),
    skip("Endpoints/V5Api/Trading/EditMultipleOrders.json", ONE_BY_ONE),
    skip("Endpoints/V5Api/Trading/EditOrder.json", NO_AMEND),
    skip("Endpoints/V5Api/Trading/EditSpreadOrder.json", NOT_FUTURES),
    skip("Endpoints/V5Api/Trading/GetAssetExchangeHistory.json", NOT_FUTURES),
    skip("Endpoints/V5Api/Trading/GetBorrowQuota.json", NOT_FUTURES),
    read(
        "Endpoints/V5Api/Trading/GetClosedProfitLoss.json",
        shown!(parse::closed_profits),
        &["side: Long", "Amount(-4740653230)", "AfterFees"],
    ),
    skip("Endpoints/V5Api/Trading/GetClosedSpreadOrders.json", NOT_FUTURES),
    skip("Endpoints/V5Api/Trading/GetDeliveryHistory.json", NOT_NEEDED),
    skip("Endpoints/V5Api/Trading/GetLeverageTokenOrderHistory.json", NOT_FUTURES),
    skip("Endpoints/V5Api/Trading/GetOpenSpreadOrders.json", NOT_FUTURES),
    read(
        "Endpoints/V5Api/Trading/GetOrderHistory.json",
        shown!(parse::orders),
        &["state: Cancelled"],
    ),
    read(
        "Endpoints/V5Api/Trading/GetOrders.json",
        shown!(parse::orders),
        &[r#"ClientOrderId("test-000005")"#, "state: Open", "Quantity(10000000)"],
    ),
    read(
        "Endpoints/V5Api/Trading/GetPositions.json",
        shown!(parse::holdings),
        &[
            "side: Short",
            "Price(274645044167500)",
            "leverage: Some(10)",
            "liquidation_price: None",
            "Quantity(30000000000)",
        ],
    ),
    skip("Endpoints/V5Api/Trading/GetSettlementHistory.json", NOT_NEEDED),
    skip("Endpoints/V5Api/Trading/GetSpreadUserTrades.json", NOT_FUTURES),
    read(
        "Endpoints/V5Api/Trading/GetUserTrades.json",
        shown!(parse::executions),
        &[
            "e0cbe81d-0f18-5866-9415-cf319b5dab3b",
            "closed: None",
            r#"asset: "USDC""#,
            "Amount(7140900)",
        ],
    ),
    skip("Endpoints/V5Api/Trading/PlaceMultipleOrders.json", ONE_BY_ONE),
    read(
        "Endpoints/V5Api/Trading/PlaceOrder.json",
        shown!(parse::placed),
        &["1321003749386327552", "1672211918471"],
    ),
    skip("Endpoints/V5Api/Trading/PlaceSpreadOrder.json", NOT_FUTURES),
    skip("Endpoints/V5Api/Trading/PreCheckOrder.json", NOT_NEEDED),
    skip("Endpoints/V5Api/Trading/PurchaseLeverageToken.json", NOT_FUTURES),
    skip("Endpoints/V5Api/Trading/RedeemLeverageToken.json", NOT_FUTURES),
    skip("Endpoints/V5Api/Trading/SetDisconnectCancelAll.json", ONE_BY_ONE),
    skip("Endpoints/V5Api/Trading/SetTradingStop.json", VENUE_ORDERS),
    read(
        "Subscriptions/V5/Linear/Liquidations.txt",
        shown!(parse::pushes),
        &[r#"Other("allLiquidation.ETHUSDT")"#],
    ),
    read(
        "Subscriptions/V5/Linear/Ticker.txt",
        shown!(parse::pushes),
        &[r#"Mark(Symbol("BTCUSDT"), Price(172173300000000), Timestamp(1673272861686))"#],
    ),
    read(
        "Subscriptions/V5/Linear/Trades.txt",
        shown!(parse::pushes),
        &[r#"Subscribed("1")"#, r#"Tick(Symbol("BTCUSDT")"#],
    ),
    read(
        "Subscriptions/V5/Private/Balance.txt",
        shown!(parse::pushes),
        &["LoggedIn", r#"Balance(Balance { asset: "BTC", wallet: Amount(102964)"#],
    ),
    read(
        "Subscriptions/V5/Private/Greeks.txt",
        shown!(parse::pushes),
        &[r#"Other("greeks")"#],
    ),
    read(
        "Subscriptions/V5/Private/MinimalUserTrades.txt",
        shown!(parse::pushes),
        &[r#"Poke("execution.fast")"#],
    ),
    read(
        "Subscriptions/V5/Private/Order.txt",
        shown!(parse::pushes),
        &[r#"Other("option")"#],
    ),
    read(
        "Subscriptions/V5/Private/Position.txt",
        shown!(parse::pushes),
        &[
            "Position(Holding",
            "side: Short",
            "quantity: Quantity(0)",
            "is_hedge: true",
        ],
    ),
    read(
        "Subscriptions/V5/Private/SpreadUserTrade.txt",
        shown!(parse::pushes),
        &[r#"Other("spread.execution")"#],
    ),
    read(
        "Subscriptions/V5/Private/UserTrades.txt",
        shown!(parse::pushes),
        &["Trade(Trade", "7e2ae69c-4edf-5800-a352-893d52b446aa", "Amount(506100)"],
    ),
];

#[test]
fn bybit_every_documented_payload_is_read_or_left_out_for_a_reason() {
    check("bybit", SHEETS);
}

#[test]
fn bybit_no_bytes_make_a_parser_panic() {
    survive(
        "bybit",
        SHEETS,
        samples::BYBIT,
        &[
            set,
            shown!(parse::available),
            shown!(parse::lookup),
            shown!(parse::tick),
            shown!(parse::server_time),
        ],
    );
}
