//! Stories of flexible products, one each.

use domain::fixed::Amount;
use domain::pool::audit::{AccruedSums, PostedSums, day_differs, product_differs};
use domain::pool::figure::HoldingSums;
use domain::pool::{Limits, PoolRefusal, ProductDraft, ProductState};
use domain::time::Timestamp;

use super::world::{USER, World, amount, day, flexible, ratio};

const HOUR: i64 = 3_600_000;

fn world() -> World {
    World::open(flexible(), day("2026-03-01"), ratio("0.0001"))
}

fn at(world: &World, date: &str, hour: i64) -> Timestamp {
    Timestamp(world.begins(day(date)).0 + hour * HOUR)
}

#[test]
fn s4_01_redemption_pays_principal_and_only_the_days_that_were_not_paid() {
    let mut world = world();
    let id = world.subscribe(amount("1000"), at(&world, "2026-03-01", 10));
    world.run(at(&world, "2026-03-05", 1));
    // 2, 3 and 4 March: the day of the subscription earns nothing.
    assert_eq!(world.holdings[&id].paid, amount("0.3"));
    let left = world.redeem(id, None, at(&world, "2026-03-07", 12)).unwrap();
    // 5 and 6 March; the day of the redemption earns nothing.
    assert_eq!((left.principal, left.paid), (amount("1000"), amount("0.2")));
    assert_eq!(world.balance(&world.wallet()), amount("1000000000.5"));
    world.run(at(&world, "2026-04-01", 1));
    assert_eq!(world.holdings[&id].paid, amount("0.5"));
    assert_eq!(
        world.redeem(id, None, at(&world, "2026-04-01", 2)),
        Err(PoolRefusal::Ended)
    );
}

#[test]
fn s4_03_run_again_on_the_same_day_pays_nothing() {
    let mut world = world();
    world.subscribe(amount("1000"), at(&world, "2026-03-01", 10));
    world.run(at(&world, "2026-03-03", 1));
    let (balance, entries) = (world.balance(&world.wallet()), world.keys.len());
    world.run(at(&world, "2026-03-03", 2));
    assert_eq!((world.balance(&world.wallet()), world.keys.len()), (balance, entries));
    assert!(world.keys.contains("yield:1:2026-03-02"));
}

#[test]
fn s4_06_days_that_were_missed_are_caught_up_in_order() {
    let mut world = world();
    world.subscribe(amount("1000"), at(&world, "2026-03-01", 10));
    world.run(at(&world, "2026-03-06", 1));
    for date in ["2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"] {
        assert_eq!(world.days[&day(date)].paid, amount("0.1"), "{date}");
    }
}

#[test]
fn s4_10_money_earns_from_the_day_after_it_came_until_the_day_before_it_goes() {
    let mut world = world();
    let last = Timestamp(world.begins(day("2026-03-02")).0 - 1);
    let before = world.subscribe(amount("1000"), last);
    let after = world.subscribe(amount("1000"), Timestamp(last.0 + 1));
    world.run(at(&world, "2026-03-04", 0));
    assert_eq!(world.holdings[&before].paid, amount("0.2"));
    assert_eq!(world.holdings[&after].paid, amount("0.1"));
    let same_day = world.subscribe(amount("1000"), at(&world, "2026-03-04", 1));
    let left = world.redeem(same_day, None, at(&world, "2026-03-04", 2)).unwrap();
    assert_eq!((left.principal, left.paid), (amount("1000"), Amount::ZERO));
}

#[test]
fn what_is_added_earns_from_the_next_day_and_what_is_taken_out_the_same_day_does_not() {
    let mut world = world();
    let id = world.subscribe(amount("1000"), at(&world, "2026-03-01", 1));
    world.add(id, amount("500"), at(&world, "2026-03-03", 1)).unwrap();
    world.run(at(&world, "2026-03-04", 0));
    assert_eq!(world.days[&day("2026-03-03")].earned, amount("0.1"));
    world
        .redeem(id, Some(amount("500")), at(&world, "2026-03-05", 1))
        .unwrap();
    world.run(at(&world, "2026-03-06", 0));
    assert_eq!(world.days[&day("2026-03-04")].earned, amount("0.15"));
    assert_eq!(world.days[&day("2026-03-05")].earned, amount("0.1"));
    assert_eq!(world.product.sold, amount("1000"));
}

#[test]
fn s4_11_what_is_finer_than_an_amount_is_carried_until_it_is_whole() {
    let mut world = World::open(flexible(), day("2026-03-01"), ratio("0.0000000001"));
    let id = world.subscribe(amount("0.33333333"), at(&world, "2026-03-01", 1));
    world.run(at(&world, "2027-03-01", 1));
    // 364 days of 0.000000000033333333: 0.000000012133333212.
    let holding = &world.holdings[&id];
    assert_eq!((holding.paid, holding.residue), (amount("0.00000001"), 2_133_333_212));
}

#[test]
fn s4_12_nothing_is_paid_that_is_not_funded() {
    let mut world = world();
    let id = world.subscribe(amount("1000"), at(&world, "2026-03-01", 1));
    let all = world.funding();
    world.fund(all.minus(amount("0.05")).unwrap().negated());
    let now = at(&world, "2026-03-03", 1);
    assert_eq!(world.distribute(day("2026-03-02"), now), Err(amount("0.1")));
    assert_eq!(world.days.len(), 0);
    // Principal comes back all the same; what was earned is owed.
    let left = world.redeem(id, None, now).unwrap();
    assert_eq!((left.principal, left.paid), (amount("1000"), Amount::ZERO));
    assert_eq!(world.holdings[&id].unpaid, amount("0.1"));
    world.pay_arrears(now);
    assert_eq!(world.holdings[&id].unpaid, amount("0.1"));
    world.fund(amount("0.05"));
    world.pay_arrears(now);
    assert_eq!(
        (world.holdings[&id].paid, world.funding()),
        (amount("0.1"), Amount::ZERO)
    );
}

#[test]
fn s4_08_back_dated_rate_posts_the_difference_and_takes_nothing_back() {
    let mut world = world();
    let id = world.subscribe(amount("1000"), at(&world, "2026-03-01", 1));
    world.run(at(&world, "2026-03-06", 1));
    world.set_rate(day("2026-03-04"), ratio("0.0003"), at(&world, "2026-03-06", 2));
    world.run(at(&world, "2026-03-06", 3));
    assert_eq!(world.holdings[&id].paid, amount("0.8"));
    assert!(world.keys.contains("yield:1:2026-03-05:1"));
    // The other way: 0.4 too much was paid for two days; 6 and 7 March at 0.0002 work it off.
    world.set_rate(day("2026-03-04"), ratio("0.0001"), at(&world, "2026-03-06", 4));
    world.set_rate(day("2026-03-06"), ratio("0.0002"), at(&world, "2026-03-06", 4));
    world.run(at(&world, "2026-03-06", 5));
    assert_eq!(
        (world.holdings[&id].paid, world.holdings[&id].unpaid),
        (amount("0.8"), amount("-0.4"))
    );
    world.run(at(&world, "2026-03-08", 1));
    assert_eq!(
        (world.holdings[&id].paid, world.holdings[&id].unpaid),
        (amount("0.8"), Amount::ZERO)
    );
    world.run(at(&world, "2026-03-09", 1));
    assert_eq!(world.holdings[&id].paid, amount("1"));
}

#[test]
fn correction_that_is_run_twice_changes_nothing() {
    let mut world = world();
    world.subscribe(amount("1000"), at(&world, "2026-03-01", 1));
    world.run(at(&world, "2026-03-06", 1));
    let now = at(&world, "2026-03-06", 2);
    world.set_rate(day("2026-03-04"), ratio("0.0003"), now);
    assert_eq!(world.correct(now).unwrap().holdings, 1);
    world.product.correct_from = Some(day("2026-03-01"));
    assert!(world.correct(now).unwrap().is_empty());
}

#[test]
fn weekly_yield_is_paid_after_its_day_of_the_week() {
    let draft = ProductDraft {
        payday: "sun".to_owned(),
        ..flexible()
    };
    let mut world = World::open(draft, day("2026-03-01"), ratio("0.0001"));
    let id = world.subscribe(amount("1000"), at(&world, "2026-03-03", 1));
    world.run(at(&world, "2026-03-08", 23));
    assert_eq!(
        (world.holdings[&id].paid, world.holdings[&id].unpaid),
        (Amount::ZERO, amount("0.4"))
    );
    world.run(at(&world, "2026-03-09", 0));
    assert_eq!(world.holdings[&id].paid, amount("0.5"));
    let left = world.redeem(id, None, at(&world, "2026-03-11", 0)).unwrap();
    assert_eq!(left.paid, amount("0.2"));
    assert!(world.keys.contains("yield:1:2026-03-10:end"));
}

#[test]
fn s4_09_compounded_yield_earns_from_the_next_day_on() {
    let draft = ProductDraft {
        compounds: true,
        ..flexible()
    };
    let mut world = World::open(draft, day("2026-03-01"), ratio("0.01"));
    let id = world.subscribe(amount("1000"), at(&world, "2026-03-01", 1));
    world.run(at(&world, "2026-03-05", 0));
    assert_eq!(world.holdings[&id].principal().unwrap(), amount("1030.301"));
    // What was compounded does not count against the quota, and is taken out first.
    assert_eq!(world.product.sold, amount("1000"));
    world
        .redeem(id, Some(amount("100")), at(&world, "2026-03-05", 1))
        .unwrap();
    assert_eq!(world.product.sold, amount("930.301"));
    let left = world.redeem(id, None, at(&world, "2026-03-05", 2)).unwrap();
    assert_eq!(left.principal, amount("930.301"));
    assert_eq!(world.principal(), Amount::ZERO);
}

#[test]
fn referrer_gets_a_part_of_what_is_paid_rounded_once() {
    let draft = ProductDraft {
        commission: ratio("0.1"),
        ..flexible()
    };
    let mut world = World::open(draft, day("2026-03-01"), ratio("0.0001"));
    let id = world.subscribe(amount("0.0015"), at(&world, "2026-03-01", 1));
    world.run(at(&world, "2026-03-12", 1));
    // Ten days of 0.00000015: 0.0000015, of which a tenth is 0.00000015 and no day's tenth is lost.
    let holding = &world.holdings[&id];
    assert_eq!(
        (holding.paid, holding.commissioned),
        (amount("0.0000015"), amount("0.00000015"))
    );
}

#[test]
fn s4_05_nobody_gets_more_than_the_quota_or_the_limits_allow() {
    let draft = ProductDraft {
        quota: amount("1000"),
        limits: Limits {
            least_once: amount("10"),
            most_once: amount("600"),
            least_held: amount("50"),
            most_held: amount("900"),
        },
        ..flexible()
    };
    let mut world = World::open(draft, day("2026-03-01"), ratio("0.0001"));
    let now = at(&world, "2026-03-01", 1);
    let once = |world: &mut World, text| world.try_subscribe(amount(text), false, now);
    assert!(matches!(once(&mut world, "9"), Err(PoolRefusal::Once { .. })));
    assert!(matches!(once(&mut world, "601"), Err(PoolRefusal::Once { .. })));
    assert!(matches!(once(&mut world, "49"), Err(PoolRefusal::Held { .. })));
    let id = once(&mut world, "600").unwrap();
    assert!(matches!(once(&mut world, "301"), Err(PoolRefusal::Held { .. })));
    world.product.limits.most_held = amount("2000");
    assert_eq!(once(&mut world, "401"), Err(PoolRefusal::Quota { left: amount("400") }));
    assert!(matches!(
        world.redeem(id, Some(amount("560")), now),
        Err(PoolRefusal::Held { .. })
    ));
    let too_much = Some(amount("600.00000001"));
    assert_eq!(
        world.redeem(id, too_much, now),
        Err(PoolRefusal::TooMuch {
            principal: amount("600")
        })
    );
    world.redeem(id, None, now).unwrap();
    assert_eq!(world.product.sold, Amount::ZERO);
}

#[test]
fn product_that_is_not_open_takes_nothing_and_gives_back() {
    let mut world = world();
    let now = at(&world, "2026-03-01", 1);
    let id = world.subscribe(amount("100"), now);
    world.product = world.product.closed(now).unwrap();
    assert_eq!(
        world.try_subscribe(amount("1"), false, now),
        Err(PoolRefusal::NotOpen { state: "closed" })
    );
    world.product = world.product.ended(None, at(&world, "2026-03-04", 1)).unwrap();
    assert_eq!(world.product.state, ProductState::Ended);
    world.run(at(&world, "2026-03-20", 1));
    // 2, 3 and 4 March.
    assert_eq!(world.holdings[&id].state.as_str(), "matured");
    assert_eq!(world.holdings[&id].paid, amount("0.03"));
    assert_eq!(world.balance(&world.wallet()), amount("1000000000.03"));
}

#[test]
fn t12_clock_that_jumps_back_or_forth_accrues_no_day_twice_and_none_too_few() {
    let mut world = world();
    let id = world.subscribe(amount("1000"), at(&world, "2026-03-10", 1));
    world.run(at(&world, "2026-03-13", 1));
    world.run(at(&world, "2026-03-05", 1));
    world.add(id, amount("1000"), at(&world, "2026-03-05", 1)).unwrap();
    world.run(at(&world, "2026-03-14", 1));
    // Two days of 1,000 and one of 2,000: what is added under a clock that went back earns from the next day that accrues.
    assert_eq!(world.holdings[&id].paid, amount("0.4"));
    let left = world.redeem(id, None, at(&world, "2026-03-01", 1)).unwrap();
    assert_eq!((left.principal, left.paid), (amount("2000"), Amount::ZERO));
    assert_eq!(left.holding.user, USER);
}

#[test]
fn s4_16_day_that_does_not_agree_is_named_with_what_differs() {
    let mut world = world();
    world.subscribe(amount("1000"), at(&world, "2026-03-01", 1));
    world.run(at(&world, "2026-03-03", 1));
    let totals = world.days[&day("2026-03-02")];
    let accrued = AccruedSums {
        holdings: 1,
        principal: amount("1000"),
        earned: amount("0.1"),
    };
    let posted = PostedSums {
        payments: 1,
        paid: amount("0.1"),
        commission: Amount::ZERO,
    };
    assert_eq!(day_differs(&totals, &accrued, &posted, 0), None);
    let less = PostedSums {
        paid: amount("0.09"),
        ..posted
    };
    assert_eq!(
        day_differs(&totals, &accrued, &less, 1).unwrap(),
        "holdings behind: 0 in the day, 1 in the product; paid: 0.09 in the ledger, 0.1 in totals"
    );
}

#[test]
fn s4_22_product_whose_sold_amount_drifts_is_named() {
    let mut world = world();
    world.subscribe(amount("1000"), at(&world, "2026-03-01", 1));
    let sums = HoldingSums {
        held: 1,
        subscribed: amount("1000"),
        principal: amount("1000"),
        ..HoldingSums::default()
    };
    let nothing = Default::default();
    assert_eq!(product_differs(&world.product, &sums, &nothing), None);
    world.product.sold = amount("999");
    assert_eq!(
        product_differs(&world.product, &sums, &nothing).unwrap(),
        "sold: 1000 in holdings, 999 in the product"
    );
}
