//! Gate's documented payloads that nothing reads, and why.

use super::super::{Sheet, skip};

const VENUE_ORDERS: &str = "orders that the venue keeps and triggers; robots decide themselves";
const ONE_BY_ONE: &str = "many orders in one call have no single answer; each order is sent by itself";
const NO_AMEND: &str = "orders are never amended: one intent, one order";
const NOT_NEEDED: &str = "nothing is decided by it";
const SKETCH: &str = "a sketch of two dialogues at once, whose events lack fields";

pub const SHEETS: &[Sheet] = &[
    skip("Endpoints/PerpetualFutures/Account/GetTradingFee.json", NOT_NEEDED),
    skip("Endpoints/PerpetualFutures/Account/SetMarginMode.json", NOT_NEEDED),
    skip(
        "Endpoints/PerpetualFutures/ExchangeData/GetContractStats.json",
        NOT_NEEDED,
    ),
    skip(
        "Endpoints/PerpetualFutures/ExchangeData/GetFundingRateHistory.json",
        NOT_NEEDED,
    ),
    skip(
        "Endpoints/PerpetualFutures/ExchangeData/GetIndexConstituents.json",
        NOT_NEEDED,
    ),
    skip(
        "Endpoints/PerpetualFutures/ExchangeData/GetIndexKlines.json",
        NOT_NEEDED,
    ),
    skip(
        "Endpoints/PerpetualFutures/ExchangeData/GetInsuranceBalanceHistory.json",
        NOT_NEEDED,
    ),
    skip(
        "Endpoints/PerpetualFutures/ExchangeData/GetLiquidations.json",
        NOT_NEEDED,
    ),
    skip("Endpoints/PerpetualFutures/ExchangeData/GetOrderBook.json", NOT_NEEDED),
    skip(
        "Endpoints/PerpetualFutures/ExchangeData/GetRiskLimitTiers.json",
        NOT_NEEDED,
    ),
    skip("Endpoints/PerpetualFutures/Trading/CancelAllOrders.json", ONE_BY_ONE),
    skip("Endpoints/PerpetualFutures/Trading/CancelOrders.json", ONE_BY_ONE),
    skip("Endpoints/PerpetualFutures/Trading/CancelOrdersAfter.json", ONE_BY_ONE),
    skip(
        "Endpoints/PerpetualFutures/Trading/CancelTriggerOrder.json",
        VENUE_ORDERS,
    ),
    skip(
        "Endpoints/PerpetualFutures/Trading/CancelTriggerOrders.json",
        VENUE_ORDERS,
    ),
    skip("Endpoints/PerpetualFutures/Trading/EditMultipleOrders.json", ONE_BY_ONE),
    skip("Endpoints/PerpetualFutures/Trading/EditOrder.json", NO_AMEND),
    skip(
        "Endpoints/PerpetualFutures/Trading/GetAutoDeleveragingHistory.json",
        NOT_NEEDED,
    ),
    skip(
        "Endpoints/PerpetualFutures/Trading/GetLiquidationHistory.json",
        NOT_NEEDED,
    ),
    skip("Endpoints/PerpetualFutures/Trading/GetTriggerOrder.json", VENUE_ORDERS),
    skip("Endpoints/PerpetualFutures/Trading/GetTriggerOrders.json", VENUE_ORDERS),
    skip("Endpoints/PerpetualFutures/Trading/PlaceMultipleOrder.json", ONE_BY_ONE),
    skip(
        "Endpoints/PerpetualFutures/Trading/PlaceTriggerOrder.json",
        VENUE_ORDERS,
    ),
    skip(
        "Endpoints/PerpetualFutures/Trading/UpdateDualModePositionLeverage.json",
        NOT_NEEDED,
    ),
    skip(
        "Endpoints/PerpetualFutures/Trading/UpdateDualModePositionMargin.json",
        NOT_NEEDED,
    ),
    skip(
        "Endpoints/PerpetualFutures/Trading/UpdateDualModePositionRiskLimit.json",
        NOT_NEEDED,
    ),
    skip(
        "Endpoints/PerpetualFutures/Trading/UpdatePositionLeverage.json",
        NOT_NEEDED,
    ),
    skip(
        "Endpoints/PerpetualFutures/Trading/UpdatePositionMargin.json",
        NOT_NEEDED,
    ),
    skip(
        "Endpoints/PerpetualFutures/Trading/UpdatePositionRiskLimit.json",
        NOT_NEEDED,
    ),
    skip("Subscriptions/Futures/Concurrent.txt", SKETCH),
];
