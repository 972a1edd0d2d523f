//! Leverage, margin mode and isolated margin of a market.

use super::*;

#[test]
fn leverage_moves_with_positions_and_orders_and_is_refused_beyond_the_margin() {
    let mut table = Table::new(PositionMode::OneWay, "100");
    table.price("50000");
    let mut order = table.request(Action::Buy, "0.01");
    order.margin_mode = MarginMode::Cross;
    table.place(&order).unwrap();
    assert_eq!(table.available(), "49.75");
    table.engine.set_leverage(ME, &btc(), 20, table.now).unwrap();
    assert_eq!(table.available(), "74.75");
    let low = table.engine.set_leverage(ME, &btc(), 5, table.now);
    assert_eq!(low.unwrap_err().code(), "-2028");
    for wrong in [0, 126] {
        let refused = table.engine.set_leverage(ME, &btc(), wrong, table.now);
        assert_eq!(refused.unwrap_err().code(), "-4028");
    }
    assert_eq!(table.available(), "74.75");
}

#[test]
fn leverage_of_an_isolated_position_is_not_lowered() {
    let mut table = Table::new(PositionMode::OneWay, "1000");
    table.price("50000");
    table.market_order(Action::Buy, "0.01").unwrap();
    let refused = table.engine.set_leverage(ME, &btc(), 9, table.now);
    assert_eq!(refused.unwrap_err().code(), "-4161");
    table.engine.set_leverage(ME, &btc(), 25, table.now).unwrap();
    let held = table.engine.account(ME).unwrap().position(&btc(), Side::Long).unwrap();
    assert_eq!(held.leverage, 25);
}

#[test]
fn margin_mode_changes_only_where_nothing_stands() {
    let mut table = Table::new(PositionMode::OneWay, "1000");
    table.price("50000");
    table
        .engine
        .set_margin_mode(ME, &btc(), MarginMode::Isolated, table.now)
        .unwrap();
    let setting = table.engine.account(ME).unwrap().setting(&btc(), 125);
    assert_eq!((setting.margin_mode, setting.leverage), (MarginMode::Isolated, 20));
    let order = table.limit(Action::Buy, "0.01", "49000");
    table.place(&order).unwrap();
    let refused = table.engine.set_margin_mode(ME, &btc(), MarginMode::Cross, table.now);
    assert_eq!(refused.unwrap_err().code(), "-4047");
    table.price("48000");
    let refused = table.engine.set_margin_mode(ME, &btc(), MarginMode::Cross, table.now);
    assert_eq!(refused.unwrap_err().code(), "-4048");
}

#[test]
fn margin_is_added_to_an_isolated_position_and_only_the_surplus_comes_back() {
    let mut table = Table::new(PositionMode::OneWay, "1000");
    table.price("50000");
    let none = table.engine.move_margin(ME, &btc(), Side::Long, n("10"), table.now);
    assert_eq!(none.unwrap_err().code(), "-4054");
    table.market_order(Action::Buy, "0.01").unwrap();
    table
        .engine
        .move_margin(ME, &btc(), Side::Long, n("100"), table.now)
        .unwrap();
    assert_eq!(table.available(), "849.75");
    assert_eq!(table.balance(), "999.75");
    let much = table.engine.move_margin(ME, &btc(), Side::Long, n("-100.1"), table.now);
    assert_eq!(much.unwrap_err().code(), "-4051");
    table
        .engine
        .move_margin(ME, &btc(), Side::Long, n("-100"), table.now)
        .unwrap();
    assert_eq!(table.available(), "949.75");
    let beyond = table.engine.move_margin(ME, &btc(), Side::Long, n("950"), table.now);
    assert_eq!(beyond.unwrap_err().code(), "-2019");
}
