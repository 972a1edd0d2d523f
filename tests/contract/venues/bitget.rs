//! Bitget's documented payloads.

use bursar::adapters::venue::bitget::{parse, verdict};
use bursar::adapters::venue::dialect::{Call, ParseError, Reply};

use super::{Sheet, check, read, samples, shown, skip, survive};

const VENUE_ORDERS: &str = "orders that the venue keeps and triggers; robots decide themselves";
const ONE_BY_ONE: &str = "many orders in one call have no single answer; each order is sent by itself";
const NO_AMEND: &str = "orders are never amended: one intent, one order";
const NOT_NEEDED: &str = "nothing is decided by it";
const SKETCH: &str = "a sketch of two dialogues at once, whose events lack fields";
const UNIFIED: &str = "unified accounts speak another interface (v3); this adapter is for v2";

fn set(body: &[u8]) -> Result<String, ParseError> {
    let reply = Reply {
        status: 200,
        retry_after: None,
        body,
    };
    Ok(format!("{:?}", verdict(&reply, Call::Set)))
}

pub const SHEETS: &[Sheet] = &[
    skip("Endpoints/Futures/Account/AdjustMargin.json", NOT_NEEDED),
    skip("Endpoints/Futures/Account/GetAdlRank.json", NOT_NEEDED),
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
    skip("Endpoints/Futures/ExchangeData/GetFundingRate.json", NOT_NEEDED),
    skip(
        "Endpoints/Futures/ExchangeData/GetHistoricalFundingRate.json",
        NOT_NEEDED,
    ),
    skip(
        "Endpoints/Futures/ExchangeData/GetHistoricalIndexPriceKlines.json",
        NOT_NEEDED,
    ),
    read(
        "Endpoints/Futures/ExchangeData/GetHistoricalKlines.json",
        shown!(parse::bars),
        &["Timestamp(1695835800000)", "Quantity(2626000000)"],
    ),
    skip(
        "Endpoints/Futures/ExchangeData/GetHistoricalMarkPriceKlines.json",
        NOT_NEEDED,
    ),
    read(
        "Endpoints/Futures/ExchangeData/GetKlines.json",
        shown!(parse::bars),
        &["Timestamp(1695835800000)", "close: Price(261945000000000)"],
    ),
    skip("Endpoints/Futures/ExchangeData/GetNextFundingTime.json", NOT_NEEDED),
    skip("Endpoints/Futures/ExchangeData/GetOpenInterest.json", NOT_NEEDED),
    skip("Endpoints/Futures/ExchangeData/GetOrderBook.json", NOT_NEEDED),
    skip("Endpoints/Futures/ExchangeData/GetPositionTiers.json", NOT_NEEDED),
    read(
        "Endpoints/Futures/ExchangeData/GetPrices.json",
        shown!(parse::marks),
        &["BTCUSDT", "Price(255550000000000)", "1695793390482"],
    ),
    skip("Endpoints/Futures/ExchangeData/GetRecentTrades.json", NOT_NEEDED),
    skip("Endpoints/Futures/ExchangeData/GetTicker.json", NOT_NEEDED),
    skip("Endpoints/Futures/ExchangeData/GetTickers.json", NOT_NEEDED),
    skip("Endpoints/Futures/ExchangeData/GetTrades.json", NOT_NEEDED),
    skip("Endpoints/Futures/ExchangeData/GetVipFeeRates.json", NOT_NEEDED),
    skip("Endpoints/Futures/Trading/CancelAllOrders.json", ONE_BY_ONE),
    skip("Endpoints/Futures/Trading/CancelMultipleOrders.json", ONE_BY_ONE),
    read(
        "Endpoints/Futures/Trading/CancelOrder.json",
        shown!(parse::placed),
        &[r#""123""#],
    ),
    skip("Endpoints/Futures/Trading/CancelTriggerOrders.json", VENUE_ORDERS),
    skip("Endpoints/Futures/Trading/ClosePosition.json", ONE_BY_ONE),
    skip("Endpoints/Futures/Trading/EditOrder.json", NO_AMEND),
    skip("Endpoints/Futures/Trading/EditTpSlOrder.json", VENUE_ORDERS),
    skip("Endpoints/Futures/Trading/EditTriggerOrder.json", VENUE_ORDERS),
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
    skip("Endpoints/Futures/Trading/GetClosedTriggerOrders.json", VENUE_ORDERS),
    read(
        "Endpoints/Futures/Trading/GetHistoricalUserTrades.json",
        shown!(parse::trades),
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
    skip("Endpoints/Futures/Trading/GetOpenTriggerOrders.json", VENUE_ORDERS),
    skip("Endpoints/Futures/Trading/GetOpenTriggerOrders2.json", VENUE_ORDERS),
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
    skip("Endpoints/Futures/Trading/GetTriggerSubOrders.json", VENUE_ORDERS),
    read(
        "Endpoints/Futures/Trading/GetUserTrades.json",
        shown!(parse::trades),
        &[
            r#"asset: "BGB", amount: Amount(1711852)"#,
            "action: Sell",
            "closed: Some(Quantity(100000000))",
        ],
    ),
    skip("Endpoints/Futures/Trading/PlaceMultipleOrders.json", ONE_BY_ONE),
    read(
        "Endpoints/Futures/Trading/PlaceOrder.json",
        shown!(parse::placed),
        &["121211212122"],
    ),
    skip("Endpoints/Futures/Trading/PlaceTpSlOrder.json", VENUE_ORDERS),
    skip("Endpoints/Futures/Trading/PlaceTriggerOrder.json", VENUE_ORDERS),
    skip("Endpoints/Futures/Trading/SetPositionTpSl.json", VENUE_ORDERS),
    skip("Endpoints/Unified/Account/CancelWithdrawal.json", UNIFIED),
    skip("Endpoints/Unified/Account/GetAccountConfig.json", UNIFIED),
    skip("Endpoints/Unified/Account/GetAccountInfo.json", UNIFIED),
    skip("Endpoints/Unified/Account/GetBalances.json", UNIFIED),
    skip("Endpoints/Unified/Account/GetConvertRecords.json", UNIFIED),
    skip("Endpoints/Unified/Account/GetDeductStatus.json", UNIFIED),
    skip("Endpoints/Unified/Account/GetDeltaInfo.json", UNIFIED),
    skip("Endpoints/Unified/Account/GetDepositAddress.json", UNIFIED),
    skip("Endpoints/Unified/Account/GetDepositRecords.json", UNIFIED),
    skip("Endpoints/Unified/Account/GetFee.json", UNIFIED),
    skip("Endpoints/Unified/Account/GetFinancialRecords.json", UNIFIED),
    skip("Endpoints/Unified/Account/GetFundingBalances.json", UNIFIED),
    skip("Endpoints/Unified/Account/GetMaxTransferable.json", UNIFIED),
    skip("Endpoints/Unified/Account/GetOpenInterestLimit.json", UNIFIED),
    skip("Endpoints/Unified/Account/GetPaymentAssets.json", UNIFIED),
    skip("Endpoints/Unified/Account/GetRepayableAssets.json", UNIFIED),
    skip("Endpoints/Unified/Account/GetSwitchToClassicStatus.json", UNIFIED),
    skip("Endpoints/Unified/Account/GetTransferableAssets.json", UNIFIED),
    skip("Endpoints/Unified/Account/GetWithdrawAddressBook.json", UNIFIED),
    skip("Endpoints/Unified/Account/GetWithdrawalRecords.json", UNIFIED),
    skip("Endpoints/Unified/Account/Repay.json", UNIFIED),
    skip("Endpoints/Unified/Account/SetAccountMode.json", UNIFIED),
    skip("Endpoints/Unified/Account/SetDepositAccount.json", UNIFIED),
    skip("Endpoints/Unified/Account/SetHoldMode.json", UNIFIED),
    skip("Endpoints/Unified/Account/SetLeverage.json", UNIFIED),
    skip("Endpoints/Unified/Account/SwitchDeduct.json", UNIFIED),
    skip("Endpoints/Unified/Account/SwitchToClassicMode.json", UNIFIED),
    skip("Endpoints/Unified/Account/Transfer.json", UNIFIED),
    skip("Endpoints/Unified/Account/Withdraw.json", UNIFIED),
    skip("Endpoints/Unified/ExchangeData/GetDiscountRate.json", UNIFIED),
    skip("Endpoints/Unified/ExchangeData/GetFundingRate.json", UNIFIED),
    skip("Endpoints/Unified/ExchangeData/GetFundingRateHistory.json", UNIFIED),
    skip("Endpoints/Unified/ExchangeData/GetFuturesSymbols.json", UNIFIED),
    skip("Endpoints/Unified/ExchangeData/GetFuturesTickers.json", UNIFIED),
    skip("Endpoints/Unified/ExchangeData/GetIndexComponents.json", UNIFIED),
    skip("Endpoints/Unified/ExchangeData/GetKlineHistory.json", UNIFIED),
    skip("Endpoints/Unified/ExchangeData/GetKlines.json", UNIFIED),
    skip(
        "Endpoints/Unified/ExchangeData/GetMarginLoanInterestRates.json",
        UNIFIED,
    ),
    skip("Endpoints/Unified/ExchangeData/GetOpenInterest.json", UNIFIED),
    skip("Endpoints/Unified/ExchangeData/GetOpenInterestLimit.json", UNIFIED),
    skip("Endpoints/Unified/ExchangeData/GetOrderBook.json", UNIFIED),
    skip("Endpoints/Unified/ExchangeData/GetPositionTiers.json", UNIFIED),
    skip("Endpoints/Unified/ExchangeData/GetProofOfReserves.json", UNIFIED),
    skip("Endpoints/Unified/ExchangeData/GetRecentTrades.json", UNIFIED),
    skip("Endpoints/Unified/Trading/CancelAllOrders.json", UNIFIED),
    skip("Endpoints/Unified/Trading/CancelOrder.json", UNIFIED),
    skip("Endpoints/Unified/Trading/CancelStrategyOrder.json", UNIFIED),
    skip("Endpoints/Unified/Trading/ClosePositions.json", UNIFIED),
    skip("Endpoints/Unified/Trading/EditOrder.json", UNIFIED),
    skip("Endpoints/Unified/Trading/EditStrategyOrder.json", UNIFIED),
    skip("Endpoints/Unified/Trading/GetClosedOrders.json", UNIFIED),
    skip("Endpoints/Unified/Trading/GetClosedStrategyOrders.json", UNIFIED),
    skip("Endpoints/Unified/Trading/GetMaxOpenAvailable.json", UNIFIED),
    skip("Endpoints/Unified/Trading/GetOpenOrders.json", UNIFIED),
    skip("Endpoints/Unified/Trading/GetOpenStrategyOrders.json", UNIFIED),
    skip("Endpoints/Unified/Trading/GetOrder.json", UNIFIED),
    skip("Endpoints/Unified/Trading/GetPositionAdlRank.json", UNIFIED),
    skip("Endpoints/Unified/Trading/GetPositionHistory.json", UNIFIED),
    skip("Endpoints/Unified/Trading/GetPositions.json", UNIFIED),
    skip("Endpoints/Unified/Trading/GetUserTrades.json", UNIFIED),
    skip("Endpoints/Unified/Trading/PlaceOrder.json", UNIFIED),
    skip("Endpoints/Unified/Trading/PlaceStrategyOrder.json", UNIFIED),
    read(
        "Subscriptions/Futures/Balance.txt",
        shown!(parse::pushes),
        &["LoggedIn", r#"Poke("account")"#],
    ),
    skip("Subscriptions/Futures/Concurrent.txt", SKETCH),
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
    skip("Subscriptions/Unified/Account.txt", UNIFIED),
    skip("Subscriptions/Unified/Adl.txt", UNIFIED),
    skip("Subscriptions/Unified/Book.txt", UNIFIED),
    skip("Subscriptions/Unified/FastUserTrade.txt", UNIFIED),
    skip("Subscriptions/Unified/Kline.txt", UNIFIED),
    skip("Subscriptions/Unified/Order.txt", UNIFIED),
    skip("Subscriptions/Unified/Position.txt", UNIFIED),
    skip("Subscriptions/Unified/StrategyOrder.txt", UNIFIED),
    skip("Subscriptions/Unified/Ticker.txt", UNIFIED),
    skip("Subscriptions/Unified/Trades.txt", UNIFIED),
    skip("Subscriptions/Unified/UserTrade.txt", UNIFIED),
];

#[test]
fn bitget_every_documented_payload_is_read_or_left_out_for_a_reason() {
    check("bitget", SHEETS);
}

#[test]
fn bitget_no_bytes_make_a_parser_panic() {
    survive(
        "bitget",
        SHEETS,
        samples::BITGET,
        &[set, shown!(parse::server_time), shown!(parse::tick)],
    );
}
