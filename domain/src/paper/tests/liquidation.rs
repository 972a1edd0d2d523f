//! Liquidation, isolated and cross, and what insurance bears.

use super::*;
use crate::paper::PaperIncomeKind;
use crate::venue::FillCause;

fn told_price(table: &Table) -> String {
    let account = table.engine.account(ME).unwrap();
    let reports = table.engine.position_reports(account).unwrap();
    reports[0].liquidation_price.unwrap().to_string()
}

#[test]
fn isolated_long_is_closed_below_its_maintenance_margin() {
    let mut table = Table::new(PositionMode::OneWay, "1000");
    table.price("50000");
    table.market_order(Action::Buy, "0.1").unwrap();
    // (5000 − 500) / (0.1 × 0.995)
    assert_eq!(told_price(&table), "45226.1306532664");
    // Equity 22.62 against 22.6131, then 22.61 against 22.61305.
    assert!(table.price("45226.2").is_empty());
    let effects = table.price("45226.1");
    assert_eq!(fills(&effects), ["-0.1 45226.1 realised -477.39 fee 2.261305"]);
    assert_eq!(effects.fills[0].cause, FillCause::Liquidation);
    assert_eq!(effects.fills[0].client_id, None);
    assert_eq!(table.balance(), "517.848695");
    assert_eq!(incomes(&effects), []);
}

#[test]
fn isolated_short_is_closed_below_its_maintenance_margin() {
    let mut table = Table::new(PositionMode::OneWay, "1000");
    table.price("50000");
    table.market_order(Action::Sell, "0.1").unwrap();
    // (5000 + 500) / (0.1 × 1.005) = 54726.36815920…
    assert_eq!(told_price(&table), "54726.3681592039");
    assert!(table.price("54726.3").is_empty());
    let effects = table.price("54726.4");
    assert_eq!(fills(&effects), ["-0.1 54726.4 realised -472.64 fee 2.73632"]);
}

#[test]
fn isolated_position_never_loses_more_than_its_margin() {
    let mut table = Table::new(PositionMode::OneWay, "1000");
    table.price("50000");
    table.market_order(Action::Buy, "0.1").unwrap();
    let effects = table.price("40000");
    assert_eq!(fills(&effects), ["-0.1 40000 realised -1000 fee 2"]);
    assert_eq!(effects.incomes[0].kind, PaperIncomeKind::Insurance);
    assert_eq!(incomes(&effects), [n("502")], "lost 1002 of a margin of 500");
    assert_eq!(table.balance(), "497.5");
}

#[test]
fn liquidation_takes_resting_orders_of_the_market_off_first() {
    let mut table = Table::new(PositionMode::OneWay, "1000");
    table.price("50000");
    table.market_order(Action::Buy, "0.1").unwrap();
    let order = table.limit(Action::Buy, "0.01", "40000");
    table.place(&order).unwrap();
    let effects = table.price("45000");
    let states: Vec<_> = effects.orders.iter().map(|order| order.state).collect();
    assert_eq!(
        states,
        [
            crate::venue::ReportedState::Expired,
            crate::venue::ReportedState::Filled
        ]
    );
    assert_eq!(table.engine.account(ME).unwrap().orders, []);
}

#[test]
fn cross_position_stands_on_the_whole_balance() {
    let mut table = Table::new(PositionMode::OneWay, "1000");
    table.price("50000");
    let order = Request {
        leverage: 50,
        margin_mode: MarginMode::Cross,
        ..table.request(Action::Buy, "0.1")
    };
    table.place(&order).unwrap();
    assert_eq!(table.available(), "897.5");
    // (5000 − 997.5) / 0.0995
    assert_eq!(told_price(&table), "40226.1306532664");
    assert!(table.price("40226.2").is_empty());
    let effects = table.price("40226.1");
    assert_eq!(fills(&effects), ["-0.1 40226.1 realised -977.39 fee 2.011305"]);
    assert_eq!(table.balance(), "18.098695");
}

#[test]
fn cross_account_is_never_left_below_zero() {
    let mut table = Table::new(PositionMode::OneWay, "1000");
    table.price("50000");
    let order = Request {
        leverage: 50,
        margin_mode: MarginMode::Cross,
        ..table.request(Action::Buy, "0.1")
    };
    table.place(&order).unwrap();
    let effects = table.price("30000");
    assert_eq!(fills(&effects), ["-0.1 30000 realised -2000 fee 1.5"]);
    assert_eq!(incomes(&effects), [n("1004")]);
    assert_eq!(table.balance(), "0");
}

#[test]
fn hedged_cross_account_loses_nothing_to_a_gap() {
    let mut table = Table::new(PositionMode::Hedge, "1000");
    table.price("50000");
    for action in [Action::Buy, Action::Sell] {
        let order = Request {
            margin_mode: MarginMode::Cross,
            ..table.request(action, "0.05")
        };
        table.place(&order).unwrap();
    }
    assert!(table.price("25000").is_empty());
    assert!(table.price("90000").is_empty());
    let reports = table
        .engine
        .position_reports(table.engine.account(ME).unwrap())
        .unwrap();
    assert_eq!(
        reports[0].liquidation_price, None,
        "two positions on cross depend on each other"
    );
}

#[test]
fn loss_on_cross_spares_the_margin_of_isolated_positions() {
    let mut engine = Engine::new([market("BTCUSDT"), market("ETHUSDT")]);
    engine.prepare(ME, PositionMode::OneWay, n("1000")).unwrap();
    let eth = Symbol::new("ETHUSDT");
    let tick = |at: i64, price: &str| Tick {
        at: Timestamp(at),
        price: n(price),
        quantity: Quantity::ZERO,
    };
    engine.mark(&btc(), tick(1, "50000"));
    engine.mark(&eth, tick(1, "2000"));
    let mut table = Table {
        engine,
        now: Timestamp(2),
        orders: 0,
    };
    let isolated = Request {
        symbol: eth,
        ..table.request(Action::Buy, "1")
    };
    table.place(&isolated).unwrap();
    let cross = Request {
        margin_mode: MarginMode::Cross,
        leverage: 50,
        ..table.request(Action::Buy, "0.1")
    };
    table.place(&cross).unwrap();
    // 1000 − 1 − 2.5 = 996.5, of which 200 are the isolated margin.
    let effects = table.price("30000");
    assert_eq!(incomes(&effects), [n("1205")]);
    assert_eq!(table.balance(), "200");
    assert_eq!(table.engine.account(ME).unwrap().positions.len(), 1);
}
