//! Prices, limits and quantities.

use super::*;
use crate::trigger::price::{FeedPrice, NoPrice, Prices, StockQuote, common_lot, limit, quantity, take};

fn quote(bid: &str, ask: &str, last: &str, at: Timestamp) -> StockQuote {
    StockQuote {
        bid: bid.parse().unwrap(),
        ask: ask.parse().unwrap(),
        last: last.parse().unwrap(),
        at,
    }
}

fn seen(venue: Option<StockQuote>, feed: Option<(&str, Timestamp)>) -> Prices {
    let feed = feed.map(|(price, at)| FeedPrice {
        price: price.parse().unwrap(),
        at,
    });
    Prices { venue, feed }
}

#[test]
fn the_middle_is_taken_and_the_last_price_where_there_is_no_middle() {
    let priced = |bid, ask, last| quote(bid, ask, last, NOW).price().to_string();
    assert_eq!(priced("200", "200.05", "190"), "200.025");
    assert_eq!(priced("0", "200.05", "190"), "190");
    assert_eq!(priced("201", "200", "190"), "190");
}

#[test]
fn s3_21_no_price_is_older_than_the_rule_or_of_the_future() {
    let listing = listing();
    let at = |age: i64| Timestamp(NOW.0 - age);
    let told = |at| take(&listing, &seen(Some(quote("200", "202", "201", at)), None), NOW);
    assert_eq!(told(at(MINUTE)).unwrap().price.to_string(), "201");
    for at in [at(MINUTE + 1), at(-MINUTE - 1)] {
        let by = PriceSource::Venue;
        assert_eq!(told(at), Err(NoPrice::Old { by, at }));
    }
    let missing = take(&listing, &seen(None, Some(("201", NOW))), NOW);
    assert_eq!(missing, Err(NoPrice::Missing(PriceSource::Venue)));
    let zero = take(&listing, &seen(Some(quote("0", "0", "0", NOW)), None), NOW);
    assert_eq!(zero, Err(NoPrice::Missing(PriceSource::Venue)));
}

#[test]
fn s3_21_feed_and_venue_are_compared_where_both_are_fresh() {
    let feed = Listing {
        price_source: PriceSource::Feed,
        max_deviation: "0.02".parse().unwrap(),
        ..listing()
    };
    let venue = Some(quote("200", "200", "200", NOW));
    let taken = |listing: &Listing, feed| take(listing, &seen(venue, Some((feed, NOW))), NOW);
    assert_eq!(taken(&feed, "204").unwrap().price.to_string(), "204");
    assert!(matches!(taken(&feed, "204.0000000001"), Err(NoPrice::Apart { .. })));
    assert!(matches!(taken(&feed, "195.9"), Err(NoPrice::Apart { .. })));
    let by_venue = Listing {
        price_source: PriceSource::Venue,
        ..feed.clone()
    };
    assert!(matches!(taken(&by_venue, "210"), Err(NoPrice::Apart { .. })));
    let old = Timestamp(NOW.0 - 2 * MINUTE);
    let alone = take(&feed, &seen(Some(quote("1", "1", "1", old)), Some(("210", NOW))), NOW);
    assert_eq!(alone.unwrap().price.to_string(), "210");
}

#[test]
fn answers_of_a_feed_are_brought_to_ten_places() {
    let read = |units, decimals| {
        let price = FeedPrice::from_answer(units, decimals, NOW).map(|feed| feed.price);
        price.map(|price| price.to_string()).ok()
    };
    assert_eq!(read(20_012_345_678, 8).as_deref(), Some("200.12345678"));
    assert_eq!(read(200_123_456_789_123_456_789, 18).as_deref(), Some("200.1234567891"));
    assert_eq!(read(u128::MAX, 8), None);
}

#[test]
fn a_limit_is_brought_to_the_tick_on_the_safe_side() {
    let bound = |kind, price: &str| {
        let tick = "0.01".parse().unwrap();
        let limit = limit(kind, price.parse().unwrap(), "0.01".parse().unwrap(), tick);
        limit.unwrap().to_string()
    };
    assert_eq!(bound(TriggerKind::Deposit, "200.125"), "202.12");
    assert_eq!(bound(TriggerKind::Redeem, "200.125"), "198.13");
    assert_eq!(bound(TriggerKind::Deposit, "200"), "202");
    assert_eq!(bound(TriggerKind::Redeem, "200"), "198");
}

#[test]
fn s3_19_quantities_are_whole_lots_and_their_cost_fits_into_what_was_given() {
    let listing = listing();
    let bought = |raw| quantity(&deposit(raw), &listing, "202".parse().unwrap(), Quantity::ONE).unwrap();
    // 202 and 0.7 % of it are 203.414.
    assert_eq!(bought("813656000").to_string(), "4");
    assert_eq!(bought("813655999").to_string(), "3");
    assert_eq!(bought("203413999").to_string(), "0");
    let sold = |raw, lot: &str| {
        let redemption = redemption(raw);
        quantity(&redemption, &listing, "202".parse().unwrap(), lot.parse().unwrap()).unwrap()
    };
    assert_eq!(sold("3700000000000000001", "1").to_string(), "3");
    assert_eq!(sold("3700000000000000001", "0.5").to_string(), "3.5");
}

#[test]
fn lots_of_listing_and_venue_both_count() {
    let common = |listing: &str, venue: &str| {
        let venue = StockLot {
            lot: venue.parse().unwrap(),
            ..LOT()
        };
        common_lot(listing.parse().unwrap(), venue).map(|lot| lot.to_string())
    };
    assert_eq!(common("1", "100").as_deref(), Ok("100"));
    assert_eq!(common("10", "1").as_deref(), Ok("10"));
    assert_eq!(common("10", "4").as_deref(), Ok("20"));
    assert!(common("1", "0").is_err());
}
