//! What holdings earn, against a table that a Python script computed with `decimal` (tests/fixtures/pool/accruals.py).

use std::collections::BTreeMap;

use domain::fixed::Amount;
use domain::period::instant;
use domain::pool::{Accrual, PoolDay, ProductDraft};

use super::world::{World, amount, day, flexible, ratio};

const STORIES: &str = include_str!("../../../tests/fixtures/pool/stories.csv");
const ACCRUALS: &str = include_str!("../../../tests/fixtures/pool/accruals.csv");

fn rows(text: &'static str) -> BTreeMap<&'static str, Vec<Vec<&'static str>>> {
    let mut stories: BTreeMap<&str, Vec<Vec<&str>>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        stories.entry(cells[0]).or_default().push(cells);
    }
    stories
}

/// The product that the first line describes.
fn product(line: &[&str]) -> World {
    let words: Vec<&str> = line[3].split(' ').collect();
    let draft = ProductDraft {
        zone: words[0].to_owned(),
        cut_off: words[1].to_owned(),
        compounds: words[2] == "compounds",
        ..flexible()
    };
    let mut world = World::open(draft, day(line[4]), ratio("0"));
    world.rows.clear();
    world
}

fn replay(lines: &[Vec<&str>], is_prompt: bool) -> World {
    let mut world = product(&lines[0]);
    for line in &lines[1..] {
        let now = instant(line[1]).unwrap();
        if is_prompt {
            world.run(now);
        }
        match line[2] {
            "rate" => world.set_rate(day(line[4]), ratio(line[3]), now),
            "subscribe" => drop(world.subscribe(amount(line[3]), now)),
            "add" => world.add(1, amount(line[3]), now).unwrap(),
            "redeem" => drop(world.redeem(1, Some(amount(line[3])), now).unwrap()),
            other => panic!("{other}"),
        }
    }
    world
}

/// An exact number of 18 places from whole units.
fn fine(units: i128) -> String {
    let one = 1_000_000_000_000_000_000;
    format!("{}.{:018}", units / one, units % one)
}

#[test]
fn t14_every_day_earns_what_an_independent_table_says_to_the_last_digit() {
    let (stories, accruals) = (rows(STORIES), rows(ACCRUALS));
    let mut compared = 0;
    for (story, lines) in &stories {
        for is_prompt in [true, false] {
            let mut world = replay(lines, is_prompt);
            let wanted = &accruals[story];
            let last = day(wanted.last().unwrap()[1]);
            let end = world.begins(last.next());
            world.run(end);
            let found: Vec<&Accrual> = world.accruals.values().collect();
            assert_eq!(found.len(), wanted.len(), "story {story}");
            let mut earned = Amount::ZERO;
            for (line, wanted) in found.iter().zip(wanted) {
                earned = earned.plus(line.earned).unwrap();
                let exact = i128::from(line.principal.units()) * i128::from(line.rate.units());
                assert_eq!(line.day, PoolDay::parse(wanted[1]).unwrap(), "story {story}");
                let at = format!("story {story}, {}", line.day);
                assert_eq!(line.principal, amount(wanted[2]), "principal of {at}");
                assert_eq!(line.rate, ratio(wanted[3]), "rate of {at}");
                assert_eq!(fine(exact), wanted[4], "exact yield of {at}");
                assert_eq!(earned, amount(wanted[5]), "earned until {at}");
                assert_eq!(fine(i128::from(line.residue)), wanted[6], "residue of {at}");
                compared += 1;
            }
            assert_eq!(world.holdings[&1].paid, earned);
        }
    }
    assert_eq!(compared, 2 * (ACCRUALS.lines().count() - 1));
}
