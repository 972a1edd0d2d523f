//! Profit and fees of market orders.

use super::*;

#[test]
fn long_gains_what_the_price_rises_less_both_fees() {
    let mut table = Table::new(PositionMode::OneWay, "1000");
    table.price("50000");
    let opened = table.market_order(Action::Buy, "0.1").unwrap();
    assert_eq!(fills(&opened.effects), ["+0.1 50000 realised 0 fee 2.5"]);
    assert_eq!((table.balance(), table.available()), ("997.5".into(), "497.5".into()));
    table.price("51000");
    let close = table.closing(Side::Long, "0.1");
    let closed = table.place(&close).unwrap();
    assert_eq!(fills(&closed.effects), ["-0.1 51000 realised 100 fee 2.55"]);
    assert_eq!(table.balance(), "1094.95");
    assert_eq!(table.available(), "1094.95");
    assert_eq!(table.held(Side::Long), None);
}

#[test]
fn short_gains_what_the_price_falls_less_both_fees() {
    let mut table = Table::new(PositionMode::OneWay, "1000");
    table.price("50000");
    table.market_order(Action::Sell, "0.1").unwrap();
    table.price("49000");
    let close = table.closing(Side::Short, "0.1");
    let closed = table.place(&close).unwrap();
    assert_eq!(fills(&closed.effects), ["-0.1 49000 realised 100 fee 2.45"]);
    assert_eq!(table.balance(), "1095.05");
}

#[test]
fn partial_closes_leave_no_unit_behind() {
    let mut table = Table::new(PositionMode::OneWay, "1000");
    table.price("50000");
    table.market_order(Action::Buy, "0.003").unwrap();
    table.price("50001");
    table.market_order(Action::Buy, "0.004").unwrap();
    assert_eq!(table.held(Side::Long).unwrap(), "0.007 @ 50000.5714285714");
    table.price("50010");
    let (first, second) = (table.closing(Side::Long, "0.003"), table.closing(Side::Long, "0.004"));
    let first = table.place(&first).unwrap();
    let second = table.place(&second).unwrap();
    // 150.03 − 350.004 × 3/7 and 200.04 − the rest; together 350.07 − 350.004 = 0.066.
    assert_eq!(first.effects.fills[0].realised.to_string(), "0.02828571");
    assert_eq!(second.effects.fills[0].realised.to_string(), "0.03771429");
}

#[test]
fn order_larger_than_the_position_closes_it_and_opens_the_other_side() {
    let mut table = Table::new(PositionMode::OneWay, "10000");
    table.price("50000");
    table.market_order(Action::Buy, "0.1").unwrap();
    table.price("51000");
    let flipped = table.market_order(Action::Sell, "0.3").unwrap();
    let expected = ["-0.1 51000 realised 100 fee 2.55", "+0.2 51000 realised 0 fee 5.1"];
    assert_eq!(fills(&flipped.effects), expected);
    assert_eq!(flipped.effects.fills[0].side, Side::Long);
    assert_eq!(flipped.effects.fills[1].side, Side::Short);
    assert_eq!(table.balance(), "10089.85");
    assert_eq!(
        (table.held(Side::Long), table.held(Side::Short)),
        (None, Some("0.2 @ 51000".into()))
    );
}

#[test]
fn hedge_account_holds_both_sides_at_once() {
    let mut table = Table::new(PositionMode::Hedge, "10000");
    table.price("50000");
    table.market_order(Action::Buy, "0.1").unwrap();
    table.market_order(Action::Sell, "0.2").unwrap();
    assert_eq!(table.held(Side::Long).unwrap(), "0.1 @ 50000");
    assert_eq!(table.held(Side::Short).unwrap(), "0.2 @ 50000");
    table.price("50500");
    let close = Request {
        reduce_only: false,
        ..table.closing(Side::Long, "0.1")
    };
    let closed = table.place(&close).unwrap();
    assert_eq!(fills(&closed.effects), ["-0.1 50500 realised 50 fee 2.525"]);
    assert_eq!(
        (table.held(Side::Long), table.held(Side::Short)),
        (None, Some("0.2 @ 50000".into()))
    );
}

#[test]
fn market_order_pays_slippage_rounded_to_the_tick_against_it() {
    let slippage = n("0.0001");
    let terms = PaperMarket {
        slippage,
        ..market("BTCUSDT")
    };
    let mut table = Table::with(terms, PositionMode::Hedge, "10000");
    table.price("50000.05");
    let bought = table.market_order(Action::Buy, "0.01").unwrap();
    let sold = table.market_order(Action::Sell, "0.01").unwrap();
    assert_eq!(bought.effects.fills[0].price.to_string(), "50005.1");
    assert_eq!(sold.effects.fills[0].price.to_string(), "49995");
}

#[test]
fn fee_is_rounded_up_against_the_user() {
    let taker_fee = n("0.00045");
    let terms = PaperMarket {
        taker_fee,
        ..market("BTCUSDT")
    };
    let mut table = Table::with(terms, PositionMode::OneWay, "1000");
    table.price("50000.1");
    let opened = table.market_order(Action::Buy, "0.003").unwrap();
    // 150.0003 × 0.00045 = 0.067500135
    assert_eq!(opened.effects.fills[0].fee.to_string(), "0.06750014");
}

#[test]
fn reduce_only_order_is_cut_to_the_position() {
    let mut table = Table::new(PositionMode::OneWay, "1000");
    table.price("50000");
    table.market_order(Action::Buy, "0.01").unwrap();
    let close = table.closing(Side::Long, "0.03");
    let closed = table.place(&close).unwrap();
    assert_eq!(closed.order.state, crate::venue::ReportedState::Expired);
    assert_eq!(closed.order.filled.to_string(), "0.01");
    assert_eq!(table.held(Side::Short), None);
}

#[test]
fn large_order_is_filled_in_several_where_the_market_says_so() {
    let largest_fill = n("0.004");
    let terms = PaperMarket {
        largest_fill,
        ..market("BTCUSDT")
    };
    let mut table = Table::with(terms, PositionMode::OneWay, "1000");
    table.price("50000");
    let opened = table.market_order(Action::Buy, "0.01").unwrap();
    let quantities: Vec<String> = opened
        .effects
        .fills
        .iter()
        .map(|fill| fill.quantity.to_string())
        .collect();
    assert_eq!(quantities, ["0.004", "0.004", "0.002"]);
    assert_eq!(opened.order.state, crate::venue::ReportedState::Filled);
}
