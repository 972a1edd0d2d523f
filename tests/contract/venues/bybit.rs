//! Bybit's documented payloads.

mod left_out;

use bursar::adapters::venue::bybit::{parse, verdict};
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
        "Endpoints/V5Api/Account/GetBalances.json",
        shown!(parse::balances),
        &[r#"asset: "BTC""#, "wallet: Amount(0)"],
    ),
    read(
        "Endpoints/V5Api/Account/GetTransactionHistory.json",
        shown!(parse::bookings),
        &[
            "kind: Funding",
            "Amount(-367600)",
            "kind: Realised",
            "kind: Fee",
            "Amount(-1908720)",
            "21963:1,14954:1",
        ],
    ),
    read("Endpoints/V5Api/Account/SetLeverage.json", set, &["Done"]),
    read(
        "Endpoints/V5Api/Account/SetMarginMode.json",
        set,
        &["Refused", "3400045"],
    ),
    read("Endpoints/V5Api/Account/SwitchCrossIsolatedMargin.json", set, &["Done"]),
    read("Endpoints/V5Api/Account/SwitchPositionMode.json", set, &["Done"]),
    read(
        "Endpoints/V5Api/ExchangeData/GetKlines.json",
        shown!(parse::bars),
        &["Timestamp(1670601600000)", "Price(170555000000000)"],
    ),
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
        &["PRE02ZROUSDT", "is_trading: false"],
    ),
    read(
        "Endpoints/V5Api/ExchangeData/GetLinearInverseTickers.json",
        shown!(parse::marks),
        &["BTCUSD", "Price(165960000000000)", "1672376496682"],
    ),
    read(
        "Endpoints/V5Api/Trading/CancelOrder.json",
        shown!(parse::placed),
        &["c6f055d9-7f21-4079-913d-e6523a9cfffa"],
    ),
    read(
        "Endpoints/V5Api/Trading/GetClosedProfitLoss.json",
        shown!(parse::closed_profits),
        &["side: Long", "Amount(-4740653230)", "AfterFees"],
    ),
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
    read(
        "Endpoints/V5Api/Trading/PlaceOrder.json",
        shown!(parse::placed),
        &["1321003749386327552", "1672211918471"],
    ),
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
    check("bybit", READ, left_out::SHEETS);
}

#[test]
fn bybit_no_bytes_make_a_parser_panic() {
    survive(
        "bybit",
        READ,
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
