//! OKX's documented payloads.

use bursar::adapters::venue::dialect::{Call, Contracts, Listing, ParseError, Reply};
use bursar::adapters::venue::okx::{parse, verdict};
use domain::fixed::{Amount, Price, Quantity};
use domain::market::Symbol;
use rust_decimal::Decimal;

use super::{Sheet, check, read, samples, shown, skip, survive};

const VENUE_ORDERS: &str = "orders that the venue keeps and triggers; robots decide themselves";
const ONE_BY_ONE: &str = "many orders in one call have no single answer; each order is sent by itself";
const NO_AMEND: &str = "orders are never amended: one intent, one order";
const NOT_FUTURES: &str = "a market, a product or a setting that robots do not use";
const MOVES_MONEY: &str = "moves money in or out of the venue, which Bursar leaves to people";
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

pub const SHEETS: &[Sheet] = &[
    skip("Endpoints/UnifiedApi/Account/CancelWithdrawal.json", MOVES_MONEY),
    skip("Endpoints/UnifiedApi/Account/ConvertDust.json", NOT_FUTURES),
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
    skip("Endpoints/UnifiedApi/Account/GetAccountPositionRisk.json", NOT_NEEDED),
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
    skip("Endpoints/UnifiedApi/Account/GetAccountRiskState.json", NOT_NEEDED),
    skip(
        "Endpoints/UnifiedApi/Account/GetAffiliateInviteeDetails.json",
        NOT_FUTURES,
    ),
    skip("Endpoints/UnifiedApi/Account/GetAssetValuation.json", NOT_FUTURES),
    skip("Endpoints/UnifiedApi/Account/GetAssets.json", NOT_FUTURES),
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
    read(
        "Endpoints/UnifiedApi/Account/SetAccountLeverage.json",
        shown!(parse::leverages),
        &["30, Isolated"],
    ),
    skip("Endpoints/UnifiedApi/Account/SetAccountMode.json", NOT_NEEDED),
    read(
        "Endpoints/UnifiedApi/Account/SetAccountPositionMode.json",
        shown!(parse::position_mode),
        &["Hedge"],
    ),
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
    skip("Endpoints/UnifiedApi/ExchangeData/GetLimitPrice.json", NOT_NEEDED),
    skip("Endpoints/UnifiedApi/ExchangeData/GetMarkPriceKlines.json", NOT_NEEDED),
    read(
        "Endpoints/UnifiedApi/ExchangeData/GetMarkPrices.json",
        shown!(parse::marks),
        &["BTC-USDT-SWAP", "Price(2000000000000)"],
    ),
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
    read(
        "Endpoints/UnifiedApi/ExchangeData/GetServerTime.json",
        shown!(parse::server_time),
        &["1597026383085"],
    ),
    skip(
        "Endpoints/UnifiedApi/ExchangeData/GetSettlementHistory.json",
        NOT_NEEDED,
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
    read(
        "Endpoints/UnifiedApi/Trading/CancelOrder.json",
        shown!(parse::placed),
        &["12345689"],
    ),
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
    skip("Endpoints/UnifiedApi/Trading/OneClickRepay.json", NOT_FUTURES),
    skip("Endpoints/UnifiedApi/Trading/PlaceAlgoOrder.json", VENUE_ORDERS),
    skip("Endpoints/UnifiedApi/Trading/PlaceMultipleOrders.json", ONE_BY_ONE),
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
    skip("Subscriptions/Unified/ExchangeData/Concurrent.txt", SKETCH),
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
    check("okx", SHEETS);
}

#[test]
fn okx_no_bytes_make_a_parser_panic() {
    survive("okx", SHEETS, samples::OKX, &[set]);
}
