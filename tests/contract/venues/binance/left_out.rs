//! Binance's documented payloads that nothing reads, and why.

use super::super::{Sheet, skip};

const EXPORT: &str = "an export of history that people download; the adapter pages";
const VENUE_ORDERS: &str = "orders that the venue keeps and triggers; robots decide themselves";
const ONE_BY_ONE: &str = "many orders in one call have no single answer; each order is sent by itself";
const NO_AMEND: &str = "orders are never amended: one intent, one order";
const NOT_FUTURES: &str = "a setting or a trade outside what robots do";
const NOT_NEEDED: &str = "nothing is decided by it";
const SKETCH: &str = "a sketch of two dialogues at once, whose events lack fields";

pub const SHEETS: &[Sheet] = &[
    skip("Endpoints/UsdFutures/Account/GetBnbBurnStatus.json", NOT_FUTURES),
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
    skip("Endpoints/UsdFutures/Account/GetMarginChangeHistory.json", NOT_NEEDED),
    skip("Endpoints/UsdFutures/Account/GetMultiAssetsMode.json", NOT_FUTURES),
    skip("Endpoints/UsdFutures/Account/GetOrderRateLimit.json", NOT_NEEDED),
    skip(
        "Endpoints/UsdFutures/Account/GetPositionAdlQuantileEstimation.json",
        NOT_NEEDED,
    ),
    skip("Endpoints/UsdFutures/Account/GetTradingStatus.json", NOT_NEEDED),
    skip("Endpoints/UsdFutures/Account/GetUserCommissionRate.json", NOT_NEEDED),
    skip("Endpoints/UsdFutures/Account/ModifyPositionMargin.json", NOT_NEEDED),
    skip("Endpoints/UsdFutures/Account/SetBnbBurnStatus.json", NOT_FUTURES),
    skip("Endpoints/UsdFutures/Account/SetMultiAssetsMode.json", NOT_FUTURES),
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
    skip("Endpoints/UsdFutures/ExchangeData/GetRecentTrades.json", NOT_NEEDED),
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
    skip("Endpoints/UsdFutures/Trading/ConvertAcceptQuote.json", NOT_FUTURES),
    skip("Endpoints/UsdFutures/Trading/ConvertQuoteRequest.json", NOT_FUTURES),
    skip("Endpoints/UsdFutures/Trading/EditMultipleOrders.json", ONE_BY_ONE),
    skip("Endpoints/UsdFutures/Trading/EditOrder.json", NO_AMEND),
    skip("Endpoints/UsdFutures/Trading/GetAlgoSubOrders.json", VENUE_ORDERS),
    skip("Endpoints/UsdFutures/Trading/GetClosedAlgoOrders.json", VENUE_ORDERS),
    skip("Endpoints/UsdFutures/Trading/GetConditionalOrder.json", VENUE_ORDERS),
    skip("Endpoints/UsdFutures/Trading/GetConditionalOrders.json", VENUE_ORDERS),
    skip("Endpoints/UsdFutures/Trading/GetConvertOrderStatus.json", NOT_FUTURES),
    skip("Endpoints/UsdFutures/Trading/GetOpenAlgoOrders.json", VENUE_ORDERS),
    skip(
        "Endpoints/UsdFutures/Trading/GetOpenConditionalOrders.json",
        VENUE_ORDERS,
    ),
    skip("Endpoints/UsdFutures/Trading/GetOrderEditHistory.json", NO_AMEND),
    skip("Endpoints/UsdFutures/Trading/PlaceConditionalOrder.json", VENUE_ORDERS),
    skip("Endpoints/UsdFutures/Trading/PlaceMultipleOrders.json", ONE_BY_ONE),
    skip(
        "Endpoints/UsdFutures/Trading/PlaceTimeWeightedAveragePriceOrder.json",
        VENUE_ORDERS,
    ),
    skip(
        "Endpoints/UsdFutures/Trading/PlaceVolumeParticipationOrder.json",
        VENUE_ORDERS,
    ),
    skip("Subscriptions/UsdFutures/Concurrent.txt", SKETCH),
];
