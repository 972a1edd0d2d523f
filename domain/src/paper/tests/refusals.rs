//! What the venue refuses, by code, and that nothing changes then.

use super::*;

fn code(result: Result<Placed, Refused>) -> &'static str {
    result.unwrap_err().code()
}

#[test]
fn filters_refuse_with_the_codes_of_binance() {
    let mut table = Table::new(PositionMode::OneWay, "1000");
    assert_eq!(code(table.market_order(Action::Buy, "0.01")), "-4131", "no price yet");
    table.price("50000");
    assert_eq!(code(table.market_order(Action::Buy, "0.0015")), "-4023", "lot");
    assert_eq!(code(table.market_order(Action::Buy, "0")), "-4003", "least quantity");
    assert_eq!(
        code(table.market_order(Action::Buy, "0.001")),
        "-4164",
        "least notional: 50 < 100"
    );
    let off_tick = table.limit(Action::Buy, "0.01", "49999.95");
    assert_eq!(code(table.place(&off_tick)), "-4014", "tick");
    let order = table.request(Action::Buy, "0.01");
    for leverage in [0, 126] {
        let order = Request {
            leverage,
            ..order.clone()
        };
        assert_eq!(code(table.place(&order)), "-4028", "leverage");
    }
    let symbol = Symbol::new("NOSUCH");
    assert_eq!(
        code(table.place(&Request {
            symbol,
            ..order.clone()
        })),
        "-1121"
    );
    let stranger = table.engine.place(VenueAccountId(1), &order, table.now);
    assert_eq!(code(stranger), "-2015");
    assert_eq!(
        (table.balance(), table.engine.account(ME).unwrap().last_order),
        ("1000".into(), 0)
    );
}

#[test]
fn reducing_order_has_no_least_notional() {
    let mut table = Table::new(PositionMode::OneWay, "1000");
    table.price("50000");
    table.market_order(Action::Buy, "0.002").unwrap();
    let close = table.closing(Side::Long, "0.001");
    assert_eq!(table.place(&close).unwrap().order.filled.to_string(), "0.001");
}

#[test]
fn margin_must_cover_notional_by_leverage_and_the_fee() {
    let mut table = Table::new(PositionMode::OneWay, "500");
    table.price("50000");
    // Margin 500 and fee 2.5 of 500.
    assert_eq!(code(table.market_order(Action::Buy, "0.1")), "-2019");
    assert_eq!(table.balance(), "500");
    // Margin 495 and fee 2.475.
    table.market_order(Action::Buy, "0.099").unwrap();
    assert_eq!((table.balance(), table.available()), ("497.525".into(), "2.525".into()));
}

#[test]
fn nothing_to_reduce_is_refused() {
    let mut table = Table::new(PositionMode::Hedge, "1000");
    table.price("50000");
    let close = table.closing(Side::Long, "0.01");
    assert_eq!(code(table.place(&close)), "-2022");
    table.market_order(Action::Buy, "0.01").unwrap();
    let wrong = Request {
        reduce_only: true,
        ..table.request(Action::Buy, "0.01")
    };
    assert_eq!(code(table.place(&wrong)), "-2022", "reduce-only that would grow");
    let more = Request {
        reduce_only: false,
        ..table.closing(Side::Long, "0.02")
    };
    assert_eq!(
        code(table.place(&more)),
        "-2022",
        "closing more than there is in hedge mode"
    );
}

#[test]
fn client_id_of_a_resting_order_is_refused() {
    let mut table = Table::new(PositionMode::OneWay, "1000");
    table.price("50000");
    let order = table.limit(Action::Buy, "0.01", "49000");
    table.place(&order).unwrap();
    assert_eq!(code(table.place(&order)), "-4116");
}

#[test]
fn margin_and_position_mode_cannot_change_under_a_position_or_an_order() {
    let mut table = Table::new(PositionMode::OneWay, "1000");
    table.price("50000");
    let resting = table.limit(Action::Buy, "0.01", "49000");
    let rests = table.place(&resting).unwrap();
    let cross = Request {
        margin_mode: MarginMode::Cross,
        ..table.request(Action::Buy, "0.01")
    };
    assert_eq!(code(table.place(&cross)), "-4047");
    let mode = |table: &mut Table| table.engine.prepare(ME, PositionMode::Hedge, Amount::ZERO);
    assert_eq!(mode(&mut table).unwrap_err().code(), "-4067");
    table.engine.cancel(ME, rests.order.number, table.now).unwrap();
    table.market_order(Action::Buy, "0.01").unwrap();
    assert_eq!(code(table.place(&cross)), "-4048");
    let lower = Request {
        leverage: 5,
        ..table.request(Action::Buy, "0.01")
    };
    assert_eq!(code(table.place(&lower)), "-4161");
    assert_eq!(mode(&mut table).unwrap_err().code(), "-4068");
    let close = table.closing(Side::Long, "0.01");
    table.place(&close).unwrap();
    assert!(mode(&mut table).is_ok());
    assert_eq!(table.engine.account(ME).unwrap().mode, PositionMode::Hedge);
}

#[test]
fn account_is_credited_once() {
    let mut table = Table::new(PositionMode::OneWay, "1000");
    let again = table.engine.prepare(ME, PositionMode::OneWay, n("1000")).unwrap();
    assert!(again.is_empty());
    assert_eq!(table.balance(), "1000");
}
