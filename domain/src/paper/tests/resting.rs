//! Limit orders: resting, touched, gone through, cancelled, orphaned.

use super::*;
use crate::venue::ReportedState;

#[test]
fn limit_rests_with_its_margin_reserved_and_fills_as_maker_when_the_price_comes() {
    let mut table = Table::new(PositionMode::OneWay, "1000");
    table.price("50000");
    let order = table.limit(Action::Buy, "0.01", "49000");
    let rests = table.place(&order).unwrap();
    assert_eq!(rests.order.state, ReportedState::Open);
    // 490 / 10 and the maker's fee 0.098.
    assert_eq!(table.available(), "950.902");
    assert!(table.price("49000.1").is_empty());
    let effects = table.price("48990");
    assert_eq!(fills(&effects), ["+0.01 49000 realised 0 fee 0.098"]);
    assert_eq!(effects.orders[0].state, ReportedState::Filled);
    assert_eq!(table.balance(), "999.902");
}

#[test]
fn touched_limit_fills_as_far_as_was_traded() {
    let mut table = Table::new(PositionMode::OneWay, "1000");
    table.price("50000");
    let order = table.limit(Action::Sell, "0.01", "51000");
    table.place(&order).unwrap();
    let touched = table.trade("51000", "0.0042");
    assert_eq!(fills(&touched), ["+0.004 51000 realised 0 fee 0.0408"]);
    assert_eq!(touched.orders[0].state, ReportedState::Open);
    assert_eq!(touched.orders[0].filled.to_string(), "0.004");
    assert!(table.trade("51000", "0.0001").is_empty(), "less than a lot");
    let through = table.trade("51000.1", "0.001");
    assert_eq!(fills(&through), ["+0.006 51000 realised 0 fee 0.0612"]);
    assert_eq!(table.held(Side::Short).unwrap(), "0.01 @ 51000");
}

#[test]
fn marketable_limit_takes_at_once_and_never_worse_than_its_limit() {
    let slippage = n("0.001");
    let terms = PaperMarket {
        slippage,
        ..market("BTCUSDT")
    };
    let mut table = Table::with(terms, PositionMode::OneWay, "10000");
    table.price("50000");
    let tight = table.limit(Action::Buy, "0.01", "50020");
    let wide = table.limit(Action::Buy, "0.01", "50100");
    assert_eq!(
        fills(&table.place(&tight).unwrap().effects),
        ["+0.01 50020 realised 0 fee 0.2501"]
    );
    assert_eq!(
        fills(&table.place(&wide).unwrap().effects),
        ["+0.01 50050 realised 0 fee 0.25025"]
    );
}

#[test]
fn cancelled_order_frees_its_margin_and_is_gone() {
    let mut table = Table::new(PositionMode::OneWay, "1000");
    table.price("50000");
    let order = table.limit(Action::Buy, "0.01", "49000");
    let number = table.place(&order).unwrap().order.number;
    let cancelled = table.engine.cancel(ME, number, table.now).unwrap();
    assert_eq!(cancelled.order.state, ReportedState::Cancelled);
    assert_eq!(table.available(), "1000");
    assert!(table.price("48000").is_empty());
    let again = table.engine.cancel(ME, number, table.now);
    assert_eq!(again.unwrap_err().code(), "-2011");
}

#[test]
fn reduce_only_limit_ends_with_the_position_that_it_could_close() {
    let mut table = Table::new(PositionMode::OneWay, "1000");
    table.price("50000");
    table.market_order(Action::Buy, "0.01").unwrap();
    let target = Request {
        kind: OrderKind::Limit { price: n("52000") },
        ..table.closing(Side::Long, "0.01")
    };
    table.place(&target).unwrap();
    assert_eq!(table.available(), "949.75", "a closing order reserves nothing");
    let close = table.closing(Side::Long, "0.01");
    let closed = table.place(&close).unwrap();
    let states: Vec<_> = closed
        .effects
        .orders
        .iter()
        .map(|order| (order.number, order.state))
        .collect();
    assert_eq!(states, [(3, ReportedState::Filled), (2, ReportedState::Expired)]);
}

#[test]
fn resting_order_past_the_position_flips_it_in_two_fills() {
    let mut table = Table::new(PositionMode::OneWay, "1000");
    table.price("50000");
    table.market_order(Action::Buy, "0.01").unwrap();
    let order = table.limit(Action::Sell, "0.03", "51000");
    table.place(&order).unwrap();
    let effects = table.price("51001");
    let expected = ["-0.01 51000 realised 10 fee 0.102", "+0.02 51000 realised 0 fee 0.204"];
    assert_eq!(fills(&effects), expected);
    assert_eq!(table.held(Side::Short).unwrap(), "0.02 @ 51000");
}
