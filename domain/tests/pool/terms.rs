//! Stories of products with a term, one each.

use domain::fixed::Amount;
use domain::pool::{PoolRefusal, ProductDraft};
use domain::time::Timestamp;

use super::world::{World, amount, day, flexible, ratio};

fn fixed(days: u32) -> ProductDraft {
    ProductDraft {
        term_days: Some(days),
        ..flexible()
    }
}

fn open(draft: ProductDraft) -> World {
    World::open(draft, day("2026-03-01"), ratio("0.001"))
}

fn noon(world: &World, date: &str) -> Timestamp {
    Timestamp(world.begins(day(date)).0 + 12 * 3_600_000)
}

#[test]
fn s4_07_nothing_accrues_after_the_last_day_of_the_term() {
    let mut world = open(fixed(7));
    let id = world.subscribe(amount("100"), noon(&world, "2026-03-01"));
    world.run(noon(&world, "2026-03-09"));
    assert_eq!(world.holdings[&id].state.as_str(), "matured");
    world.run(noon(&world, "2026-05-01"));
    assert_eq!(world.holdings[&id].paid, amount("0.7"));
    assert_eq!(world.balance(&world.wallet()), amount("1000000000.7"));
    assert!(world.keys.contains("mature:1:2026-03-08"));
}

#[test]
fn s4_07_term_that_ended_while_nothing_ran_pays_its_days_and_no_more() {
    let mut world = open(fixed(7));
    let id = world.subscribe(amount("100"), noon(&world, "2026-03-01"));
    let left = world.redeem(id, None, noon(&world, "2026-04-01")).unwrap();
    assert_eq!(
        (left.principal, left.penalty, left.paid),
        (amount("100"), Amount::ZERO, amount("0.7"))
    );
}

#[test]
fn term_is_not_left_early_unless_the_product_says_so() {
    let mut world = open(fixed(7));
    let id = world.subscribe(amount("100"), noon(&world, "2026-03-01"));
    let early = world.redeem(id, None, noon(&world, "2026-03-08"));
    assert_eq!(
        early,
        Err(PoolRefusal::NotMature {
            last_day: day("2026-03-08")
        })
    );
    assert!(world.redeem(id, None, noon(&world, "2026-03-09")).is_ok());
}

#[test]
fn leaving_early_costs_its_part_of_the_principal_and_what_was_not_paid() {
    let draft = ProductDraft {
        early_penalty: Some(ratio("0.02")),
        early_forfeits: true,
        payday: "sun".to_owned(),
        ..fixed(30)
    };
    let mut world = open(draft);
    let id = world.subscribe(amount("100"), noon(&world, "2026-03-02"));
    world.run(noon(&world, "2026-03-10"));
    // 3 to 8 March, a Sunday.
    assert_eq!(world.holdings[&id].paid, amount("0.6"));
    assert_eq!(
        world.redeem(id, Some(amount("50")), noon(&world, "2026-03-12")),
        Err(PoolRefusal::OnlyWhole)
    );
    let left = world.redeem(id, None, noon(&world, "2026-03-12")).unwrap();
    assert_eq!(
        (left.principal, left.penalty, left.paid),
        (amount("98"), amount("2"), Amount::ZERO)
    );
    assert_eq!(left.holding.forfeited, amount("0.3"));
    assert_eq!(world.principal(), Amount::ZERO);
}

#[test]
fn penalty_is_never_more_than_the_principal() {
    let draft = ProductDraft {
        early_penalty: Some(ratio("1")),
        ..fixed(30)
    };
    let mut world = open(draft);
    let id = world.subscribe(amount("100"), noon(&world, "2026-03-02"));
    let left = world.redeem(id, None, noon(&world, "2026-03-04")).unwrap();
    assert_eq!(
        (left.principal, left.penalty, left.paid),
        (Amount::ZERO, amount("100"), amount("0.1"))
    );
}

#[test]
fn holding_that_renews_goes_on_without_a_gap_however_late_that_is_noticed() {
    let mut prompt = open(fixed(7));
    let mut late = open(fixed(7));
    for world in [&mut prompt, &mut late] {
        let now = noon(world, "2026-03-01");
        world.try_subscribe(amount("100"), true, now).unwrap();
    }
    for number in 2..=20 {
        let now = noon(&prompt, &format!("2026-03-{number:02}"));
        prompt.run(now);
    }
    let now = noon(&late, "2026-03-20");
    late.run(now);
    assert_eq!(prompt.holdings[&1].paid, amount("1.8"));
    let held = |world: &World| {
        let row = &world.holdings[&1];
        (row.paid, row.opened_on, row.last_day, row.accrued_through)
    };
    late.run(noon(&late, "2026-03-20"));
    assert_eq!(held(&late), held(&prompt));
    assert_eq!(late.holdings[&1].last_day, Some(day("2026-03-22")));
}

#[test]
fn holding_does_not_renew_in_a_product_that_takes_no_money() {
    let mut world = open(fixed(7));
    let now = noon(&world, "2026-03-01");
    world.try_subscribe(amount("100"), true, now).unwrap();
    world.product = world.product.closed(now).unwrap();
    world.run(noon(&world, "2026-03-20"));
    assert_eq!(world.holdings[&1].state.as_str(), "matured");
    assert_eq!(world.holdings[&1].paid, amount("0.7"));
}

#[test]
fn money_is_not_added_to_a_term_and_a_term_must_fit_into_the_product() {
    let draft = ProductDraft {
        last_day: Some(day("2026-03-10")),
        ..fixed(7)
    };
    let mut world = open(draft);
    let now = noon(&world, "2026-03-03");
    let id = world.subscribe(amount("100"), now);
    assert_eq!(world.add(id, amount("1"), now), Err(PoolRefusal::HasTerm));
    let later = noon(&world, "2026-03-04");
    assert_eq!(
        world.try_subscribe(amount("100"), false, later),
        Err(PoolRefusal::TooLate {
            last_day: day("2026-03-10")
        })
    );
}

#[test]
fn redemption_of_what_is_too_far_behind_waits_for_the_distribution() {
    let mut world = World::open(flexible(), day("2026-03-01"), ratio("0.001"));
    let id = world.subscribe(amount("100"), noon(&world, "2026-03-01"));
    let refused = world.redeem(id, None, noon(&world, "2027-06-01"));
    assert!(matches!(refused, Err(PoolRefusal::Behind { days: 457 })), "{refused:?}");
    world.run(noon(&world, "2027-06-01"));
    assert!(world.redeem(id, None, noon(&world, "2027-06-01")).is_ok());
}

#[test]
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
fn s4_09_drafts_that_break_a_rule_name_the_field() {
    let wrong = |draft: ProductDraft| match draft.into_product(domain::id::ProductId(1), Timestamp(0)) {
        Err(PoolRefusal::Field { field, .. }) => field,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        wrong(ProductDraft {
            name: " ".to_owned(),
            ..flexible()
        }),
        "name"
    );
    assert_eq!(
        wrong(ProductDraft {
            asset: "POWER".to_owned(),
            ..flexible()
        }),
        "asset"
    );
    assert_eq!(
        wrong(ProductDraft {
            zone: "Berlin".to_owned(),
            ..flexible()
        }),
        "zone"
    );
    assert_eq!(
        wrong(ProductDraft {
            cut_off: "24:00".to_owned(),
            ..flexible()
        }),
        "cut_off"
    );
    assert_eq!(
        wrong(ProductDraft {
            payday: "monthly".to_owned(),
            ..flexible()
        }),
        "payday"
    );
    assert_eq!(
        wrong(ProductDraft {
            quota: Amount::ZERO,
            ..flexible()
        }),
        "quota"
    );
    assert_eq!(
        wrong(ProductDraft {
            compounds: true,
            ..fixed(7)
        }),
        "compounds"
    );
    assert_eq!(wrong(fixed(0)), "term_days");
    assert_eq!(wrong(fixed(3_651)), "term_days");
    assert_eq!(
        wrong(ProductDraft {
            early_penalty: Some(ratio("0.1")),
            ..flexible()
        }),
        "early_penalty"
    );
    assert_eq!(
        wrong(ProductDraft {
            early_penalty: Some(ratio("1.1")),
            ..fixed(7)
        }),
        "early_penalty"
    );
    assert_eq!(
        wrong(ProductDraft {
            early_forfeits: true,
            ..fixed(7)
        }),
        "early_forfeits"
    );
    assert_eq!(
        wrong(ProductDraft {
            commission: ratio("-0.1"),
            ..flexible()
        }),
        "commission"
    );
}
