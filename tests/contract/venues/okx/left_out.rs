//! OKX's documented payloads that nothing reads, and why.

use super::super::{Sheet, skip};

const VENUE_ORDERS: &str = "orders that the venue keeps and triggers; robots decide themselves";
const ONE_BY_ONE: &str = "many orders in one call have no single answer; each order is sent by itself";
const NO_AMEND: &str = "orders are never amended: one intent, one order";
const NOT_FUTURES: &str = "a market, a product or a setting that robots do not use";
const MOVES_MONEY: &str = "moves money in or out of the venue, which Bursar leaves to people";
const NOT_NEEDED: &str = "nothing is decided by it";
const SKETCH: &str = "a sketch of two dialogues at once, whose events lack fields";

pub const SHEETS: &[Sheet] = &[
    skip("Endpoints/UnifiedApi/Account/CancelWithdrawal.json", MOVES_MONEY),
    skip("Endpoints/UnifiedApi/Account/ConvertDust.json", NOT_FUTURES),
    skip("Endpoints/UnifiedApi/Account/GetAccountPositionRisk.json", NOT_NEEDED),
    skip("Endpoints/UnifiedApi/Account/GetAccountRiskState.json", NOT_NEEDED),
    skip(
        "Endpoints/UnifiedApi/Account/GetAffiliateInviteeDetails.json",
        NOT_FUTURES,
    ),
    skip("Endpoints/UnifiedApi/Account/GetAssetValuation.json", NOT_FUTURES),
    skip("Endpoints/UnifiedApi/Account/GetAssets.json", NOT_FUTURES),
    skip("Endpoints/UnifiedApi/Account/GetBorrowInterestLimit.json", NOT_FUTURES),
    skip("Endpoints/UnifiedApi/Account/GetBorrowRepayHistory.json", NOT_FUTURES),
    skip("Endpoints/UnifiedApi/Account/GetDepositAddress.json", MOVES_MONEY),
    skip("Endpoints/UnifiedApi/Account/GetDepositHistory.json", MOVES_MONEY),
    skip(
        "Endpoints/UnifiedApi/Account/GetEasyConvertDustAssets.json",
        NOT_FUTURES,
    ),
    skip(
        "Endpoints/UnifiedApi/Account/GetEasyConvertDustHistory.json",
        NOT_FUTURES,
    ),
    skip("Endpoints/UnifiedApi/Account/GetEstimatedLeverageInfo.json", NOT_NEEDED),
    skip("Endpoints/UnifiedApi/Account/GetFeeRates.json", NOT_NEEDED),
    skip("Endpoints/UnifiedApi/Account/GetFundingBalance.json", NOT_FUTURES),
    skip("Endpoints/UnifiedApi/Account/GetFundingBillDetails.json", NOT_FUTURES),
    skip("Endpoints/UnifiedApi/Account/GetFundingBillHistory.json", NOT_FUTURES),
    skip("Endpoints/UnifiedApi/Account/GetGreeks.json", NOT_FUTURES),
    skip("Endpoints/UnifiedApi/Account/GetInterestAccrued.json", NOT_FUTURES),
    skip("Endpoints/UnifiedApi/Account/GetInterestRate.json", NOT_FUTURES),
    skip("Endpoints/UnifiedApi/Account/GetLightningDeposits.json", MOVES_MONEY),
    skip("Endpoints/UnifiedApi/Account/GetLightningWithdrawals.json", MOVES_MONEY),
    skip("Endpoints/UnifiedApi/Account/GetMaximumAmount.json", NOT_NEEDED),
    skip(
        "Endpoints/UnifiedApi/Account/GetMaximumAvailableAmount.json",
        NOT_NEEDED,
    ),
    skip("Endpoints/UnifiedApi/Account/GetMaximumLoanAmount.json", NOT_FUTURES),
    skip("Endpoints/UnifiedApi/Account/GetMaximumWithdrawals.json", MOVES_MONEY),
    skip("Endpoints/UnifiedApi/Account/GetSavingBalances.json", NOT_FUTURES),
    skip("Endpoints/UnifiedApi/Account/GetTransfer.json", MOVES_MONEY),
    skip("Endpoints/UnifiedApi/Account/GetWithdrawalHistory.json", MOVES_MONEY),
    skip("Endpoints/UnifiedApi/Account/ManualBorrowRepay.json", NOT_FUTURES),
    skip(
        "Endpoints/UnifiedApi/Account/PrecheckAccountModeSwitchAsync.json",
        NOT_NEEDED,
    ),
    skip("Endpoints/UnifiedApi/Account/PresetAccountModeSwitch.json", NOT_NEEDED),
    skip(
        "Endpoints/UnifiedApi/Account/SavingPurchaseRedemption.json",
        NOT_FUTURES,
    ),
    skip("Endpoints/UnifiedApi/Account/SetAccountMode.json", NOT_NEEDED),
    skip("Endpoints/UnifiedApi/Account/SetAutoRepay.json", NOT_FUTURES),
    skip("Endpoints/UnifiedApi/Account/SetGreeks.json", NOT_FUTURES),
    skip("Endpoints/UnifiedApi/Account/SetIsolatedMarginMode.json", NOT_NEEDED),
    skip("Endpoints/UnifiedApi/Account/SetMarginAmount.json", NOT_NEEDED),
    skip("Endpoints/UnifiedApi/Account/Transfer.json", MOVES_MONEY),
    skip("Endpoints/UnifiedApi/Account/Withdraw.json", MOVES_MONEY),
    skip("Endpoints/UnifiedApi/ExchangeData/Get24HourVolume.json", NOT_NEEDED),
    skip(
        "Endpoints/UnifiedApi/ExchangeData/GetAnnouncementTypes.json",
        NOT_NEEDED,
    ),
    skip("Endpoints/UnifiedApi/ExchangeData/GetAnnouncements.json", NOT_NEEDED),
    skip("Endpoints/UnifiedApi/ExchangeData/GetBlockTicker.json", NOT_FUTURES),
    skip("Endpoints/UnifiedApi/ExchangeData/GetBlockTickers.json", NOT_FUTURES),
    skip("Endpoints/UnifiedApi/ExchangeData/GetBlockTrades.json", NOT_FUTURES),
    skip(
        "Endpoints/UnifiedApi/ExchangeData/GetDeliveryExerciseHistory.json",
        NOT_NEEDED,
    ),
    skip("Endpoints/UnifiedApi/ExchangeData/GetDiscountInfo.json", NOT_FUTURES),
    skip(
        "Endpoints/UnifiedApi/ExchangeData/GetEstimatedFuturesSettlementPrice.json",
        NOT_NEEDED,
    ),
    skip("Endpoints/UnifiedApi/ExchangeData/GetEstimatedPrice.json", NOT_NEEDED),
    skip(
        "Endpoints/UnifiedApi/ExchangeData/GetFundingRateHistory.json",
        NOT_FUTURES,
    ),
    skip("Endpoints/UnifiedApi/ExchangeData/GetFundingRates.json", NOT_FUTURES),
    skip("Endpoints/UnifiedApi/ExchangeData/GetIndexComponents.json", NOT_NEEDED),
    skip("Endpoints/UnifiedApi/ExchangeData/GetIndexKlines.json", NOT_NEEDED),
    skip("Endpoints/UnifiedApi/ExchangeData/GetIndexTickers.json", NOT_NEEDED),
    skip("Endpoints/UnifiedApi/ExchangeData/GetInsuranceFund.json", NOT_NEEDED),
    skip("Endpoints/UnifiedApi/ExchangeData/GetInterestRates.json", NOT_FUTURES),
    skip("Endpoints/UnifiedApi/ExchangeData/GetLimitPrice.json", NOT_NEEDED),
    skip("Endpoints/UnifiedApi/ExchangeData/GetMarkPriceKlines.json", NOT_NEEDED),
    skip("Endpoints/UnifiedApi/ExchangeData/GetOpenInterests.json", NOT_FUTURES),
    skip(
        "Endpoints/UnifiedApi/ExchangeData/GetOptionMarketData.json",
        NOT_FUTURES,
    ),
    skip("Endpoints/UnifiedApi/ExchangeData/GetOracle.json", NOT_NEEDED),
    skip("Endpoints/UnifiedApi/ExchangeData/GetOrderBook.json", NOT_NEEDED),
    skip("Endpoints/UnifiedApi/ExchangeData/GetPositionTiers.json", NOT_NEEDED),
    skip("Endpoints/UnifiedApi/ExchangeData/GetPremiumHistory.json", NOT_NEEDED),
    skip("Endpoints/UnifiedApi/ExchangeData/GetRecentTrades.json", NOT_NEEDED),
    skip(
        "Endpoints/UnifiedApi/ExchangeData/GetRubikContractSummary.json",
        NOT_FUTURES,
    ),
    skip(
        "Endpoints/UnifiedApi/ExchangeData/GetRubikInterestVolumeExpiry.json",
        NOT_FUTURES,
    ),
    skip(
        "Endpoints/UnifiedApi/ExchangeData/GetRubikInterestVolumeStrike.json",
        NOT_FUTURES,
    ),
    skip(
        "Endpoints/UnifiedApi/ExchangeData/GetRubikLongShortRatio.json",
        NOT_FUTURES,
    ),
    skip(
        "Endpoints/UnifiedApi/ExchangeData/GetRubikMarginLendingRatio.json",
        NOT_FUTURES,
    ),
    skip(
        "Endpoints/UnifiedApi/ExchangeData/GetRubikOptionsSummary.json",
        NOT_FUTURES,
    ),
    skip(
        "Endpoints/UnifiedApi/ExchangeData/GetRubikPutCallRatio.json",
        NOT_FUTURES,
    ),
    skip(
        "Endpoints/UnifiedApi/ExchangeData/GetRubikSupportCoin.json",
        NOT_FUTURES,
    ),
    skip("Endpoints/UnifiedApi/ExchangeData/GetRubikTakerFlow.json", NOT_FUTURES),
    skip(
        "Endpoints/UnifiedApi/ExchangeData/GetRubikTakerVolume.json",
        NOT_FUTURES,
    ),
    skip(
        "Endpoints/UnifiedApi/ExchangeData/GetSettlementHistory.json",
        NOT_NEEDED,
    ),
    skip("Endpoints/UnifiedApi/ExchangeData/GetTradeHistory.json", NOT_NEEDED),
    skip("Endpoints/UnifiedApi/ExchangeData/GetUnderlying.json", NOT_NEEDED),
    skip(
        "Endpoints/UnifiedApi/ExchangeData/GetVIPInterestRates.json",
        NOT_FUTURES,
    ),
    skip("Endpoints/UnifiedApi/ExchangeData/UnitConvert.json", NOT_FUTURES),
    skip("Endpoints/UnifiedApi/Trading/AmendAlgoOrder.json", VENUE_ORDERS),
    skip("Endpoints/UnifiedApi/Trading/AmendMultipleOrders.json", ONE_BY_ONE),
    skip("Endpoints/UnifiedApi/Trading/AmendOrder.json", NO_AMEND),
    skip("Endpoints/UnifiedApi/Trading/CancelAdvanceAlgoOrder.json", VENUE_ORDERS),
    skip("Endpoints/UnifiedApi/Trading/CancelAlgoOrder.json", VENUE_ORDERS),
    skip("Endpoints/UnifiedApi/Trading/CancelAllAfter.json", ONE_BY_ONE),
    skip("Endpoints/UnifiedApi/Trading/CancelMultipleOrders.json", ONE_BY_ONE),
    skip("Endpoints/UnifiedApi/Trading/CheckOrder.json", NOT_NEEDED),
    skip("Endpoints/UnifiedApi/Trading/ClosePosition.json", NOT_NEEDED),
    skip("Endpoints/UnifiedApi/Trading/GetAccountRateLimit.json", NOT_NEEDED),
    skip("Endpoints/UnifiedApi/Trading/GetAlgoOrder.json", VENUE_ORDERS),
    skip("Endpoints/UnifiedApi/Trading/GetAlgoOrderHistory.json", VENUE_ORDERS),
    skip("Endpoints/UnifiedApi/Trading/GetAlgoOrderList.json", VENUE_ORDERS),
    skip(
        "Endpoints/UnifiedApi/Trading/GetOneClickRepayCurrencyList.json",
        NOT_FUTURES,
    ),
    skip("Endpoints/UnifiedApi/Trading/GetOneClickRepayHistory.json", NOT_FUTURES),
    skip("Endpoints/UnifiedApi/Trading/OneClickRepay.json", NOT_FUTURES),
    skip("Endpoints/UnifiedApi/Trading/PlaceAlgoOrder.json", VENUE_ORDERS),
    skip("Endpoints/UnifiedApi/Trading/PlaceMultipleOrders.json", ONE_BY_ONE),
    skip("Subscriptions/Unified/ExchangeData/Concurrent.txt", SKETCH),
];
