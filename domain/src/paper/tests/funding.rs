//! Funding, at its times and to the last unit.

use super::*;

const EIGHT_HOURS: i64 = 8 * 3_600_000;

fn funded(table: &mut Table, price: &str) -> Effects {
    table.now.0 = (table.now.0.div_euclid(EIGHT_HOURS) + 1) * EIGHT_HOURS - 1_000;
    table.price(price)
}

#[test]
fn long_pays_and_short_receives_when_the_rate_is_positive() {
    let mut table = Table::new(PositionMode::Hedge, "10000");
    table.price("50000");
    table.market_order(Action::Buy, "0.1").unwrap();
    table.market_order(Action::Sell, "0.04").unwrap();
    let effects = funded(&mut table, "50000");
    assert_eq!(incomes(&effects), [n("-0.5"), n("0.2")]);
    assert_eq!(effects.incomes[0].side, Side::Long);
    assert_eq!(table.balance(), "9996.2", "10000 - 2.5 - 1 - 0.5 + 0.2");
    assert!(table.price("50000").is_empty(), "once per time of funding");
    assert_eq!(incomes(&funded(&mut table, "50000")), [n("-0.5"), n("0.2")]);
}

#[test]
fn what_is_paid_is_rounded_up_and_what_is_received_down() {
    let funding_rate = n("-0.000123457");
    let terms = PaperMarket {
        funding_rate,
        ..market("BTCUSDT")
    };
    let mut table = Table::with(terms, PositionMode::Hedge, "10000");
    table.price("50000.1");
    table.market_order(Action::Buy, "0.003").unwrap();
    table.market_order(Action::Sell, "0.003").unwrap();
    // 150.0003 × 0.000123457 = 0.0185185870371
    assert_eq!(
        incomes(&funded(&mut table, "50000.1")),
        [n("0.01851858"), n("-0.01851859")]
    );
}

#[test]
fn funding_comes_out_of_isolated_margin() {
    let mut table = Table::new(PositionMode::OneWay, "1000");
    table.price("50000");
    table.market_order(Action::Buy, "0.1").unwrap();
    let before = table.available();
    funded(&mut table, "50000");
    let account = table.engine.account(ME).unwrap();
    assert_eq!(account.positions[0].margin.to_string(), "499.5");
    assert_eq!(table.available(), before);
}

#[test]
fn missed_times_of_funding_are_charged_as_one() {
    let mut table = Table::new(PositionMode::OneWay, "1000");
    table.price("50000");
    table.market_order(Action::Buy, "0.1").unwrap();
    table.now.0 += 5 * EIGHT_HOURS;
    assert_eq!(incomes(&table.price("50000")), [n("-0.5")]);
}

#[test]
fn undone_funding_is_charged_again() {
    let mut table = Table::new(PositionMode::OneWay, "1000");
    table.price("50000");
    table.market_order(Action::Buy, "0.1").unwrap();
    let effects = funded(&mut table, "50000");
    table.engine.undo(effects);
    assert_eq!(table.balance(), "997.5");
    assert_eq!(incomes(&table.price("50000")), [n("-0.5")]);
    assert_eq!(table.balance(), "997");
}
