//! Random histories of a product against a model that is slow and plain: it keeps every day's principal and adds everything up at the end.

use std::collections::BTreeMap;

use domain::fixed::{Amount, Ratio};
use domain::pool::{PoolDay, ProductDraft};
use domain::time::Timestamp;
use proptest::prelude::*;

use super::world::{World, amount, flexible};

/// Something that happens.
#[derive(Debug, Clone)]
enum Act {
    Subscribe { units: i64 },
    Add { which: usize, units: i64 },
    Redeem { which: usize, percent: i64 },
    Leave { which: usize },
    Rate { units: i64, ahead: u32 },
    BackDate { units: i64, back: i64 },
    Run,
}

/// It happens so many days after the one before, in that part of the day.
type Step = (u32, i64, Act);

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        2 => (1..10_i64.pow(14)).prop_map(|units| Act::Subscribe { units }),
        2 => (0..8_usize, 1..10_i64.pow(13)).prop_map(|(which, units)| Act::Add { which, units }),
        3 => (0..8_usize, 1..100_i64).prop_map(|(which, percent)| Act::Redeem { which, percent }),
        1 => (0..8_usize).prop_map(|which| Act::Leave { which }),
        2 => (0..100_000_000_i64, 0..4_u32).prop_map(|(units, ahead)| Act::Rate { units, ahead }),
        1 => (0..100_000_000_i64, 1..6_i64).prop_map(|(units, back)| Act::BackDate { units, back }),
        3 => Just(Act::Run),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    proptest::collection::vec((0..3_u32, 0..1_000_i64, act()), 1..40)
}

/// A holding as the model knows it.
#[derive(Debug, Default)]
struct Simple {
    /// Principal that earns on each day since the first.
    principal: BTreeMap<PoolDay, i128>,
    earns: i128,
    young: i128,
}

impl Simple {
    fn take_out(&mut self, part: i128) {
        let young = part.min(self.young);
        self.young -= young;
        self.earns -= part - young;
    }
}

struct Model {
    holdings: BTreeMap<i64, Simple>,
    /// In the order in which they were set.
    rates: Vec<(PoolDay, i128)>,
}

impl Model {
    fn day_ends(&mut self, day: PoolDay) {
        for holding in self.holdings.values_mut() {
            holding.principal.insert(day, holding.earns);
            holding.earns += std::mem::take(&mut holding.young);
        }
    }

    fn rate(&self, day: PoolDay) -> i128 {
        let fits = self.rates.iter().filter(|(from, _)| *from <= day);
        fits.max_by_key(|(from, _)| *from).map_or(0, |(_, rate)| *rate)
    }

    /// Units of 10⁻¹⁸ until the end of `through`.
    fn exact(&self, id: i64, through: PoolDay) -> i128 {
        let days = self.holdings[&id].principal.range(..=through);
        days.map(|(day, principal)| principal * self.rate(*day)).sum()
    }
}

fn units(amount: Amount) -> i128 {
    i128::from(amount.units())
}

fn play(zone: &str, cut_off: &str, payday: &str, steps: &[Step]) -> Result<(), TestCaseError> {
    let draft = ProductDraft {
        zone: zone.to_owned(),
        cut_off: cut_off.to_owned(),
        payday: payday.to_owned(),
        ..flexible()
    };
    let first = PoolDay::parse("2027-03-20").unwrap();
    let mut world = World::open(draft, first, Ratio::from_units(1_234_567).unwrap());
    let mut model = Model {
        holdings: BTreeMap::new(),
        rates: vec![(PoolDay::FIRST, 1_234_567)],
    };
    let mut today = first;
    for (days, part, act) in steps {
        for _ in 0..*days {
            model.day_ends(today);
            today = today.next();
        }
        let (begins, ends) = (world.begins(today), world.begins(today.next()));
        let now = Timestamp(begins.0 + (ends.0 - begins.0 - 1) * part / 1_000);
        step(&mut world, &mut model, today, now, act);
        compare(&world, &model)?;
    }
    finish(world, model, today)
}

fn step(world: &mut World, model: &mut Model, today: PoolDay, now: Timestamp, act: &Act) {
    let held: Vec<i64> = world
        .holdings
        .values()
        .filter(|row| row.state.is_held())
        .map(|row| row.id.0)
        .collect();
    let pick = |which: usize| (!held.is_empty()).then(|| held[which % held.len()]);
    match act {
        Act::Subscribe { units } => {
            let id = world.subscribe(Amount::from_units(*units).unwrap(), now);
            let young = i128::from(*units);
            model.holdings.insert(
                id,
                Simple {
                    young,
                    ..Simple::default()
                },
            );
        }
        Act::Add { which, units } => {
            let Some(id) = pick(*which) else { return };
            world.add(id, Amount::from_units(*units).unwrap(), now).unwrap();
            model.holdings.get_mut(&id).unwrap().young += i128::from(*units);
        }
        Act::Redeem { which, percent } => {
            let Some(id) = pick(*which) else { return };
            let principal = world.holdings[&id].principal().unwrap();
            let part = Amount::from_wide(units(principal) * i128::from(*percent) / 100).unwrap();
            if part.is_positive() {
                world.redeem(id, Some(part), now).unwrap();
                model.holdings.get_mut(&id).unwrap().take_out(units(part));
            }
        }
        Act::Leave { which } => {
            let Some(id) = pick(*which) else { return };
            world.redeem(id, None, now).unwrap();
            let simple = model.holdings.get_mut(&id).unwrap();
            (simple.earns, simple.young) = (0, 0);
        }
        Act::Rate { units, ahead } => rate(world, model, today.plus(*ahead), *units, now),
        Act::BackDate { units, back } => {
            let from = PoolDay::new(today.number() - back).unwrap();
            rate(world, model, from, *units, now);
            world.correct(now);
        }
        Act::Run => world.run(now),
    }
}

fn rate(world: &mut World, model: &mut Model, from: PoolDay, units: i64, now: Timestamp) {
    world.set_rate(from, Ratio::from_units(units).unwrap(), now);
    model.rates.push((from, i128::from(units)));
}

/// What has accrued is the exact yield rounded once, however it was split into days, corrections, redemptions and runs.
fn compare(world: &World, model: &Model) -> Result<(), TestCaseError> {
    if world.product.correct_from.is_some() {
        return Ok(());
    }
    for holding in world.holdings.values() {
        let exact = model.exact(holding.id.0, holding.accrued_through);
        prop_assert_eq!(units(holding.earned), exact.div_euclid(10_i128.pow(10)));
        prop_assert_eq!(i128::from(holding.residue), exact.rem_euclid(10_i128.pow(10)));
        prop_assert!(!holding.paid.is_negative());
        prop_assert!(holding.paid.max(holding.earned) == holding.paid || holding.unpaid.is_positive());
    }
    Ok(())
}

/// A week later everything leaves: what is in the wallet is what was there, and what was paid.
fn finish(mut world: World, mut model: Model, mut today: PoolDay) -> Result<(), TestCaseError> {
    for _ in 0..8 {
        model.day_ends(today);
        today = today.next();
    }
    let now = world.begins(today);
    world.run(now);
    compare(&world, &model)?;
    let ids: Vec<i64> = world
        .holdings
        .values()
        .filter(|row| row.state.is_held())
        .map(|row| row.id.0)
        .collect();
    for id in ids {
        world.redeem(id, None, now).unwrap();
    }
    let paid = Amount::sum(world.holdings.values().map(|row| row.paid)).unwrap();
    prop_assert_eq!(world.balance(&world.wallet()), amount("1000000000").plus(paid).unwrap());
    prop_assert_eq!(world.funding(), amount("1000000000").minus(paid).unwrap());
    for holding in world.holdings.values() {
        let owed = units(holding.earned) - units(holding.paid);
        prop_assert!(owed <= 0, "holding {} is owed {owed}", holding.id);
    }
    Ok(())
}

const ZONES: [(&str, &str); 6] = [
    ("UTC", "00:00"),
    ("Europe/Berlin", "02:30"),
    ("America/New_York", "17:00"),
    ("Asia/Kathmandu", "05:45"),
    ("Australia/Lord_Howe", "02:15"),
    ("Pacific/Kiritimati", "23:59"),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn t14_what_is_paid_is_the_exact_yield_rounded_once(
        zone in 0..ZONES.len(), weekly in any::<bool>(), steps in steps(),
    ) {
        let (zone, cut_off) = ZONES[zone];
        play(zone, cut_off, if weekly { "wed" } else { "daily" }, &steps)?;
    }

    #[test]
    fn t14_one_run_pays_what_as_many_runs_as_days_pay(
        units in 1..10_i64.pow(15), rate in 0..10_i64.pow(8), days in 1..120_u32, compounds in any::<bool>(),
    ) {
        let draft = ProductDraft { compounds, ..flexible() };
        let first = PoolDay::parse("2028-01-15").unwrap();
        let open = || World::open(draft.clone(), first, Ratio::from_units(rate).unwrap());
        let (mut at_once, mut daily) = (open(), open());
        let paid = |world: &World| (world.holdings[&1].paid, world.holdings[&1].residue, world.principal());
        for world in [&mut at_once, &mut daily] {
            let now = world.begins(first);
            world.subscribe(Amount::from_units(units).unwrap(), now);
        }
        for number in 1..=days {
            let now = daily.begins(first.plus(number));
            daily.run(now);
        }
        let now = at_once.begins(first.plus(days));
        at_once.run(now);
        prop_assert_eq!(paid(&at_once), paid(&daily));
        if !compounds {
            let exact = i128::from(units) * i128::from(rate) * i128::from(days - 1);
            prop_assert_eq!(i128::from(daily.holdings[&1].paid.units()), exact / 10_i128.pow(10));
        }
    }
}
