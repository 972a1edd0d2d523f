//! What OpenD tells, field by field.

use std::time::Duration;

use super::*;
use crate::adapters::stocks::futu::options::Environment;
use crate::adapters::stocks::futu::wire::quote::Security;
use crate::adapters::stocks::futu::wire::trade::Cash;

fn order(id: u64, mark: &str, status: i32, filled: &str) -> Order {
    Order {
        side: 1,
        status,
        id,
        name: format!("FT{id}"),
        code: "AAPL".to_owned(),
        quantity: "10".parse().unwrap(),
        filled: filled.parse().ok(),
        average: "187.3333333333".parse().ok(),
        error: None,
        stock_market: Some(2),
        created: "1700000000.5".parse().ok(),
        updated: "1700000001.25".parse().ok(),
        remark: Some(mark.to_owned()),
    }
}

fn find<'a>(orders: &'a [Order], id: Option<&str>, mark: &str) -> Result<Option<&'a Order>, ParseError> {
    let (symbol, mark) = (Symbol::new("US.AAPL"), OrderMark::new(mark).unwrap());
    let id = id.map(|id| VenueOrderId(id.to_owned()));
    let wanted = SoughtStock {
        symbol: &symbol,
        venue_id: id.as_ref(),
        mark: &mark,
        since: Timestamp(1),
    };
    sought(orders, &wanted)
}

#[test]
fn an_order_is_told_whole() {
    let told = report(&order(7, "b-mark", 10, "4"), StockMarket::Us).unwrap();
    assert_eq!(told.venue_id.0, "7");
    assert_eq!(told.mark, OrderMark::new("b-mark"));
    assert_eq!(told.symbol.as_str(), "US.AAPL");
    assert_eq!(
        (told.quantity.to_string(), told.filled.to_string()),
        ("10".to_owned(), "4".to_owned())
    );
    assert_eq!(told.average_price.unwrap().to_string(), "187.3333333333");
    assert_eq!(told.updated_at, Timestamp(1_700_000_001_250));
    assert_eq!(told.state, StockState::Working);
}

#[test]
fn paper_trading_has_no_fills_so_what_was_executed_is_the_orders_own_word() {
    let filled = report(&order(7, "m", 11, "10"), StockMarket::Us).unwrap();
    assert_eq!(
        (filled.state, filled.filled.to_string().as_str()),
        (StockState::Filled, "10")
    );
    let untold = report(&order(7, "m", 11, ""), StockMarket::Us).unwrap();
    assert_eq!(untold.state, StockState::InDoubt, "filled, but nobody says how much");
    assert_eq!(untold.average_price, None);
}

#[test]
fn s3_12_what_was_executed_stands_when_the_rest_is_cancelled() {
    let part = report(&order(7, "m", 14, "4"), StockMarket::Us).unwrap();
    assert!(matches!(part.state, StockState::Ended { .. }));
    assert_eq!(part.filled.to_string(), "4");
}

#[test]
fn wrong_fields_are_named() {
    let wrong = |change: fn(&mut Order)| {
        let mut order = order(7, "m", 10, "4");
        change(&mut order);
        report(&order, StockMarket::Us).unwrap_err().field
    };
    assert_eq!(wrong(|order| order.side = 0), "trdSide");
    assert_eq!(wrong(|order| order.quantity = "NaN".parse().unwrap()), "qty");
    assert_eq!(wrong(|order| order.filled = "11".parse().ok()), "fillQty");
    assert_eq!(wrong(|order| order.filled = "-1".parse().ok()), "fillQty");
    assert_eq!(wrong(|order| order.average = None), "fillAvgPrice");
    assert_eq!(wrong(|order| order.average = "0".parse().ok()), "fillAvgPrice");
    assert_eq!(
        wrong(|order| (order.created, order.updated) = (None, None)),
        "updateTimestamp"
    );
    let nameless = |order: &mut Order| {
        order.id = 0;
        order.name.clear();
    };
    assert_eq!(wrong(nameless), "orderID");
}

#[test]
fn s3_10_an_order_is_found_by_id_or_mark_and_two_with_one_mark_are_no_answer() {
    let orders = [
        order(1, "a", 11, "10"),
        order(2, "b", 5, "0"),
        order(3, "c", 15, "0"),
        order(4, "c", 21, "0"),
    ];
    assert_eq!(find(&orders, Some("1"), "z").unwrap().unwrap().id, 1);
    assert_eq!(find(&orders, Some("FT2"), "z").unwrap().unwrap().id, 2);
    assert_eq!(find(&orders, None, "b").unwrap().unwrap().id, 2);
    assert_eq!(find(&orders, Some("99"), "b").unwrap().unwrap().id, 2);
    assert_eq!(find(&orders, None, "z").unwrap(), None);
    assert_eq!(find(&orders, None, "c").unwrap().unwrap().id, 4, "both came to nothing");
    let again = [order(1, "a", 21, "0"), order(2, "a", 10, "4")];
    assert_eq!(
        find(&again, None, "a").unwrap().unwrap().id,
        2,
        "the first came to nothing"
    );
    let twice = [order(1, "a", 11, "10"), order(2, "a", 5, "0")];
    let error = find(&twice, None, "a").unwrap_err();
    assert_eq!(error.to_string(), "remark of orders 1, 2 is a on each of them");
    let doubled = [order(1, "a", 11, "10"), order(1, "a", 11, "10")];
    assert_eq!(
        find(&doubled, None, "a").unwrap().unwrap().id,
        1,
        "one order that is told twice"
    );
}

fn options(environment: Environment, account: Option<u64>) -> FutuOptions {
    FutuOptions {
        address: String::new(),
        environment,
        market: StockMarket::Us,
        account,
        password: None,
        key: None,
        deadline: Duration::from_secs(1),
        lookup_grace: Duration::from_secs(1),
    }
}

fn entry(environment: i32, id: u64, market: i32, paper_kind: Option<i32>) -> Account {
    Account {
        environment,
        id,
        markets: vec![market],
        paper_kind,
        status: Some(0),
    }
}

#[test]
fn s3_30_an_account_of_the_other_environment_is_never_taken() {
    let list = [
        entry(0, 10, 2, Some(1)),
        entry(0, 11, 1, Some(1)),
        entry(0, 12, 2, Some(3)),
        entry(1, 20, 2, None),
    ];
    let choose = |environment, id| account(&list, &options(environment, id));
    assert_eq!(choose(Environment::Paper, None), Ok(10));
    assert_eq!(choose(Environment::Live, None), Ok(20));
    assert_eq!(choose(Environment::Paper, Some(10)), Ok(10));
    for (environment, id, words) in [
        (Environment::Paper, 20, "account 20 is not paper"),
        (Environment::Live, 10, "account 10 is not real"),
        (Environment::Paper, 99, "account 99 is not in OpenD's list"),
        (Environment::Paper, 11, "account 11 does not trade stocks in US"),
        (Environment::Paper, 12, "account 12 does not trade stocks in US"),
    ] {
        let error = choose(environment, Some(id)).unwrap_err();
        assert!(error.starts_with(words), "{error}");
    }
    let two = [entry(1, 20, 2, None), entry(1, 21, 2, None)];
    let several = account(&two, &options(Environment::Live, None)).unwrap_err();
    assert!(several.contains("[20, 21]"), "{several}");
    assert!(account(&[], &options(Environment::Paper, None)).is_err());
    let disabled = Account {
        status: Some(1),
        ..entry(1, 20, 2, None)
    };
    assert!(account(&[disabled], &options(Environment::Live, Some(20))).is_err());
}

fn snapshot(bid: &str, ask: &str) -> SnapshotBasic {
    SnapshotBasic {
        stock: Security {
            market: 11,
            code: "AAPL".to_owned(),
        },
        suspended: false,
        lot: 1,
        tick: "0.01".parse().unwrap(),
        last: "187.3".parse().unwrap(),
        updated: "1700000000".parse().ok(),
        ask: ask.parse().ok(),
        bid: bid.parse().ok(),
        status: Some(1),
    }
}

#[test]
fn prices_are_told_as_they_are_written_and_a_side_that_is_missing_is_no_price() {
    let told = quote(&snapshot("187.29", "187.31")).unwrap();
    let texts = [told.bid, told.ask, told.last].map(|price| price.to_string());
    assert_eq!(texts, ["187.29", "187.31", "187.3"]);
    assert_eq!(told.at, Timestamp(1_700_000_000_000));
    assert_eq!(quote(&snapshot("", "187.31")).unwrap_err().field, "bidPrice");
    assert_eq!(quote(&snapshot("187.29", "0")).unwrap_err().field, "askPrice");
}

#[test]
fn a_lot_comes_from_what_does_not_change_and_a_tick_from_the_price() {
    let fixed = |lot| StaticBasic {
        stock: snapshot("", "").stock,
        lot,
        delisted: None,
    };
    let told = lot(&fixed(100), &snapshot("1", "2")).unwrap();
    assert_eq!(
        (told.lot.to_string(), told.tick.to_string()),
        ("100".to_owned(), "0.01".to_owned())
    );
    assert_eq!(lot(&fixed(0), &snapshot("1", "2")).unwrap_err().field, "lotSize");
}

#[test]
fn holdings_are_by_stock_in_order_and_shorts_are_negative() {
    let held = |side, code: &str, quantity: &str| Position {
        side,
        code: code.to_owned(),
        quantity: quantity.parse().unwrap(),
        stock_market: Some(2),
    };
    let funds = Funds {
        cash: "5000.125".parse().unwrap(),
        by_currency: vec![Cash {
            currency: Some(2),
            cash: "641.5".parse().ok(),
        }],
    };
    let positions = [
        held(0, "MSFT", "3"),
        held(0, "AAPL", "10"),
        held(1, "AAPL", "2"),
        held(0, "NVDA", "0"),
    ];
    let told = holdings(&funds, &positions, StockMarket::Us).unwrap();
    assert_eq!(told.cash.to_string(), "641.5", "in the market's own currency");
    let shares: Vec<(String, String)> = told
        .shares
        .iter()
        .map(|(symbol, held)| (symbol.to_string(), held.to_string()))
        .collect();
    let expected = [("US.AAPL", "8"), ("US.MSFT", "3")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    assert_eq!(shares, expected);
    let plain = Funds {
        by_currency: Vec::new(),
        ..funds
    };
    assert_eq!(
        holdings(&plain, &[], StockMarket::Us).unwrap().cash.to_string(),
        "5000.125"
    );
}
