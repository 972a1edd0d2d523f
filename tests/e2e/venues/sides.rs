//! What venues and the database say of the same accounts, side by side.

use std::collections::{BTreeMap, BTreeSet};

use domain::fixed::Amount;
use serde_json::Value;

use super::earned;
use super::house::client_id;
use super::spot::{Spot, key};
use crate::books::Window;
use crate::exchange::Exchange;

/// How the ids of orders begin that were given by a person's program.
const HANDS: &str = "hand";

/// An account on both sides.
#[derive(Debug, Clone, Copy)]
pub struct Seat {
    /// Which venue, by its place in the list.
    pub venue: usize,
    /// Which key there.
    pub number: usize,
    /// Which account on record.
    pub account: i64,
}

/// What one side says of an account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Side {
    /// Our ids of our orders, with how often each is there.
    pub orders: BTreeMap<String, u32>,
    /// Executions.
    pub fills: usize,
    /// Σ of what was realised, less fees, and of payments, in units of an amount.
    pub earned: i64,
    /// Positions that are open.
    pub open: usize,
}

/// What the venue says.
pub fn at_venue(books: &Value) -> Side {
    let mut side = Side {
        fills: books["fills"].as_array().unwrap().len(),
        earned: earned(books).units(),
        open: books["positions"].as_array().unwrap().len(),
        ..Side::default()
    };
    for id in books["orders"].as_array().unwrap().iter().filter_map(client_id) {
        if !id.starts_with(HANDS) {
            *side.orders.entry(id).or_default() += 1;
        }
    }
    side
}

/// How many orders of a person the venue has.
pub fn by_hand(books: &Value) -> usize {
    let ids = books["orders"].as_array().unwrap().iter().filter_map(client_id);
    ids.filter(|id| id.starts_with(HANDS)).count()
}

/// What is on record, by account. An order that was refused or never arrived is none.
pub fn on_record(database: &str) -> BTreeMap<i64, Side> {
    let window = Window::open(database);
    let mut sides: BTreeMap<i64, Side> = BTreeMap::new();
    for row in window.rows("SELECT account_id, COUNT(*), SUM(realised - fee) FROM fill GROUP BY account_id") {
        let (account, fills): (i64, i64) = (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap());
        let side = sides.entry(account).or_default();
        side.fills = usize::try_from(fills).unwrap();
        side.earned += row.try_get_by_index::<i64>(2).unwrap();
    }
    for row in window.rows("SELECT account_id, SUM(amount) FROM income GROUP BY account_id") {
        let side = sides.entry(row.try_get_by_index(0).unwrap()).or_default();
        side.earned += row.try_get_by_index::<i64>(1).unwrap();
    }
    for row in window.rows("SELECT account_id, client_id FROM trade_order WHERE state <> 'refused'") {
        let side = sides.entry(row.try_get_by_index(0).unwrap()).or_default();
        *side.orders.entry(row.try_get_by_index(1).unwrap()).or_default() += 1;
    }
    for row in window.rows("SELECT account_id, COUNT(*) FROM position WHERE live = 1 GROUP BY account_id") {
        let open: i64 = row.try_get_by_index(1).unwrap();
        sides.entry(row.try_get_by_index(0).unwrap()).or_default().open = usize::try_from(open).unwrap();
    }
    sides
}

/// Where both sides differ, in words; nothing where they agree.
pub fn differences(seats: &[Seat], venues: &[(&'static Spot, Exchange)], database: &str) -> Vec<String> {
    let recorded = on_record(database);
    let mut found = Vec::new();
    for (index, (spot, exchange)) in venues.iter().enumerate() {
        let books = exchange.accounts();
        for seat in seats.iter().filter(|seat| seat.venue == index) {
            let theirs = at_venue(&books[&key(seat.number)]);
            let ours = recorded.get(&seat.account).cloned().unwrap_or_default();
            found.extend(
                between(&theirs, &ours).map(|what| format!("{} account {}: {what}", spot.name(), seat.account)),
            );
        }
    }
    found
}

fn between(theirs: &Side, ours: &Side) -> impl Iterator<Item = String> {
    let keys = |side: &Side| side.orders.keys().cloned().collect::<BTreeSet<_>>();
    let (at_venue, recorded) = (keys(theirs), keys(ours));
    let twice: Vec<_> = theirs.orders.iter().filter(|(_, count)| **count > 1).collect();
    let strange: Vec<_> = at_venue.symmetric_difference(&recorded).collect();
    let show = |units: i64| Amount::from_units(units).unwrap().to_string();
    [
        (!twice.is_empty()).then(|| format!("orders that are there twice: {twice:?}")),
        (!strange.is_empty()).then(|| format!("orders on one side only: {strange:?}")),
        (theirs.open + ours.open > 0).then(|| format!("{} open there, {} here", theirs.open, ours.open)),
        (theirs.earned != ours.earned).then(|| {
            let (there, here) = (show(theirs.earned), show(ours.earned));
            format!(
                "earned {there} there, {here} here; {} fills there, {} here",
                theirs.fills, ours.fills
            )
        }),
    ]
    .into_iter()
    .flatten()
}

/// One line for each venue.
pub fn table(seats: &[Seat], venues: &[(&'static Spot, Exchange)], database: &str) -> String {
    let recorded = on_record(database);
    let mut lines = vec![
        "| venue | orders of robots there and on record | orders by hand | fills there and on record | earned there | on record | answers by status |"
            .to_owned(),
        "|---|---|---|---|---|---|---|".to_owned(),
    ];
    for (index, (spot, exchange)) in venues.iter().enumerate() {
        let books = exchange.accounts();
        let (mut theirs, mut ours, mut hands) = (Side::default(), Side::default(), 0);
        let (mut orders_there, mut orders_here) = (0, 0);
        for seat in seats.iter().filter(|seat| seat.venue == index) {
            let told = &books[&key(seat.number)];
            let (there, here) = (at_venue(told), recorded.get(&seat.account).cloned().unwrap_or_default());
            orders_there += there.orders.len();
            orders_here += here.orders.len();
            hands += by_hand(told);
            theirs.fills += there.fills;
            ours.fills += here.fills;
            theirs.earned += there.earned;
            ours.earned += here.earned;
        }
        let show = |units: i64| Amount::from_units(units).unwrap();
        let answers: Vec<String> = exchange
            .answers()
            .iter()
            .map(|(status, count)| format!("{status}: {count}"))
            .collect();
        lines.push(format!(
            "| {} | {orders_there}, {orders_here} | {hands} | {}, {} | {} | {} | {} |",
            spot.name(),
            theirs.fills,
            ours.fills,
            show(theirs.earned),
            show(ours.earned),
            answers.join(", "),
        ));
    }
    lines.join("\n")
}
