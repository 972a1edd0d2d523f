//! The market by itself.

use super::*;

const NOW: Timestamp = Timestamp(1_700_000_000_000);

fn n<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

fn world() -> World {
    let mut world = World::default();
    let apple = Stock::new("Apple", 1, n("0.01"), n("100"), NOW);
    world.stocks.insert(n("US.AAPL"), apple);
    for (id, is_real) in [(1, false), (2, true)] {
        world.accounts.push(Account {
            id,
            is_real,
            exchange: Exchange::Us,
            cash: n("10000"),
            shares: BTreeMap::new(),
        });
    }
    world
}

fn wanted(buys: bool, quantity: &str, limit: &str) -> Wanted {
    Wanted {
        account: 1,
        stock: n("US.AAPL"),
        buys,
        quantity: n(quantity),
        limit: n(limit),
        remark: Some("mark".to_owned()),
    }
}

fn after(world: &World) -> (Status, String, String) {
    let order = world.orders.last().unwrap();
    (
        order.status,
        order.filled().to_string(),
        world.accounts[0].cash.to_string(),
    )
}

#[test]
fn an_order_trades_at_the_best_price_and_rests_below_it() {
    let mut world = world();
    world.place(wanted(true, "10", "101"), None, NOW).unwrap();
    assert_eq!(
        after(&world),
        (Status::Filled, "10".to_owned(), "8999.9".to_owned()),
        "at 100.01"
    );
    world.place(wanted(true, "10", "99"), None, NOW).unwrap();
    assert_eq!(after(&world).0, Status::Submitted);
    assert_eq!(world.free_cash(&world.accounts[0]).to_string(), "8009.9");
    world.set_price(&n("US.AAPL"), n("98"), NOW).unwrap();
    assert_eq!(after(&world).0, Status::Filled);
    assert_eq!(world.accounts[0].shares["AAPL"].to_string(), "20");
}

#[test]
fn it_is_filled_in_parts_where_there_are_few_shares_and_the_rest_is_cancelled() {
    let mut world = world();
    world.set_liquidity(&n("US.AAPL"), Some(n("3")), NOW).unwrap();
    let order = world.place(wanted(true, "10", "101"), None, NOW).unwrap();
    assert_eq!(after(&world).1, "3");
    world.set_liquidity(&n("US.AAPL"), Some(n("2")), NOW).unwrap();
    assert_eq!(after(&world).1, "5");
    world.cancel(1, order.id, NOW).unwrap();
    assert_eq!(after(&world).0, Status::Cancelled);
    assert!(world.cancel(1, order.id, NOW).is_err());
    assert!(world.cancel(2, order.id, NOW).is_err(), "somebody else's");
}

#[test]
fn what_cannot_be_is_refused_in_words() {
    let mut world = world();
    for (order, words) in [
        (wanted(true, "0.5", "100"), "multiple of the lot"),
        (wanted(true, "1", "100.001"), "multiple of 0.01"),
        (wanted(true, "101", "100"), "buying power"),
        (wanted(false, "1", "100"), "shares to sell"),
        (
            Wanted {
                account: 2,
                ..wanted(true, "1", "100")
            },
            "Unlock",
        ),
        (
            Wanted {
                account: 3,
                ..wanted(true, "1", "100")
            },
            "account",
        ),
        (
            Wanted {
                stock: n("US.NONE"),
                ..wanted(true, "1", "100")
            },
            "stock",
        ),
        (
            Wanted {
                remark: Some("x".repeat(65)),
                ..wanted(true, "1", "100")
            },
            "64 bytes",
        ),
    ] {
        let no = world.place(order, None, NOW).unwrap_err();
        assert!(no.contains(words), "{no}");
    }
    assert!(world.orders.is_empty());
}

#[test]
fn orders_of_the_day_end_when_it_closes_and_wait_when_it_has_not_opened() {
    let mut world = world();
    world.place(wanted(true, "1", "90"), None, NOW).unwrap();
    world.set_open(Exchange::Us, false, NOW);
    assert_eq!(after(&world).0, Status::Cancelled);
    world.place(wanted(true, "1", "101"), None, NOW).unwrap();
    assert_eq!(after(&world).0, Status::WaitingSubmit);
    world.set_open(Exchange::Us, true, NOW);
    assert_eq!(after(&world).0, Status::Filled);
    world.next_day();
    assert!(world.orders.iter().all(|order| !order.is_of_today));
}

#[test]
fn a_halted_stock_does_not_trade() {
    let mut world = world();
    world.set_halted(&n("US.AAPL"), true, NOW).unwrap();
    world.place(wanted(true, "1", "101"), None, NOW).unwrap();
    assert_eq!(after(&world).0, Status::Submitted);
    world.set_halted(&n("US.AAPL"), false, NOW).unwrap();
    assert_eq!(after(&world).0, Status::Filled);
}

#[test]
fn fates_leave_orders_in_doubt_refused_or_taken_back() {
    let mut world = world();
    let buy = || wanted(true, "1", "101");
    world.place(buy(), Some(Fate::TimedOut { trades: false }), NOW).unwrap();
    assert_eq!(after(&world), (Status::TimedOut, "0".to_owned(), "10000".to_owned()));
    world.place(buy(), Some(Fate::TimedOut { trades: true }), NOW).unwrap();
    assert_eq!(after(&world), (Status::TimedOut, "1".to_owned(), "9899.99".to_owned()));
    world.place(buy(), Some(Fate::Rejected), NOW).unwrap();
    assert_eq!(after(&world).0, Status::Failed);
    world.place(buy(), Some(Fate::FillCancelled), NOW).unwrap();
    assert_eq!(
        after(&world),
        (Status::FillCancelled, "1".to_owned(), "9899.99".to_owned())
    );
}

#[test]
fn real_money_pays_a_fee() {
    let mut world = world();
    world.unlocked = true;
    let order = Wanted {
        account: 2,
        ..wanted(true, "50", "100.01")
    };
    world.place(order, None, NOW).unwrap();
    assert_eq!(world.orders[0].fee.to_string(), "1");
    assert_eq!(
        world.accounts[1].cash.to_string(),
        "4998.5",
        "50 at 100.01, and a dollar"
    );
}

#[test]
fn an_order_is_changed_within_what_the_account_has() {
    let mut world = world();
    let order = world.place(wanted(true, "10", "90"), None, NOW).unwrap();
    world.change(1, order.id, (n("20"), n("91")), NOW).unwrap();
    assert_eq!(world.orders[0].quantity.to_string(), "20");
    assert!(world.change(1, order.id, (n("200"), n("91")), NOW).is_err());
    assert_eq!(world.orders[0].status, Status::Submitted);
    world.change(1, order.id, (n("20"), n("101")), NOW).unwrap();
    assert_eq!(after(&world).0, Status::Filled);
}
