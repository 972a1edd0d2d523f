//! What rows must be to each other: one wallet per user, one order per id, and every charge for an order of its user.

use std::collections::{BTreeMap, HashMap};

use crate::import::bad::{BadRow, File, LeftOut};
use crate::import::cell::{LegacyId, Reading};
use crate::import::report::RowCounts;
use crate::import::row::{Cells, ChargeRow, OrderRow, Standing, WalletRow};
use crate::import::sheet::Sheet;
use crate::time::Timestamp;

/// All rows of the three tables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tables {
    pub(super) orders: Vec<OrderRow>,
    pub(super) charges: Vec<ChargeRow>,
    pub(super) wallets: Vec<WalletRow>,
    pub(super) bad: Vec<BadRow>,
    pub(super) counts: RowCounts,
}

impl Tables {
    /// Takes a row of the table that `sheet` is the heading of. `width` is how many cells a row must have.
    pub fn take(&mut self, sheet: &Sheet, line: u64, record: &[&str], width: usize, reading: &Reading) {
        let cells = Cells::new(sheet, line, record, width);
        let read = match sheet.file() {
            File::Orders => {
                self.counts.orders += 1;
                OrderRow::read(cells, reading).map(|row| self.orders.push(row))
            }
            File::PowerConsume => {
                self.counts.charges += 1;
                ChargeRow::read(cells, reading).map(|row| self.charges.push(row))
            }
            File::Wallets => {
                self.counts.wallets += 1;
                WalletRow::read(cells).map(|row| self.wallets.push(row))
            }
        };
        if let Err(bad) = read {
            self.bad.extend(bad);
        }
    }

    /// Checks what rows are to each other, and notes every row that breaks a rule.
    pub(super) fn check(&mut self, now: Timestamp) {
        self.check_once();
        let mut found = Vec::new();
        let known: HashMap<&LegacyId, ()> = self.wallets.iter().map(|row| (&row.user, ())).collect();
        let orders: HashMap<&LegacyId, &OrderRow> = self.orders.iter().map(|row| (&row.id, row)).collect();
        let uncertain = Uncertain::of(&self.bad);
        for row in &self.orders {
            found.extend(order_fault(row, &known, &uncertain, now).map(|(field, why)| bad_order(row, field, why)));
        }
        let mut charged: HashMap<&LegacyId, ()> = HashMap::new();
        for row in &self.charges {
            charged.insert(&row.order, ());
            found.extend(charge_fault(row, &known, &orders, &uncertain));
        }
        for row in self.orders.iter().filter(|row| !charged.contains_key(&row.id)) {
            if row.consumed && row.taken.is_zero() && row.profit.is_positive() {
                let why = "is marked as charged, but neither power_amount nor a charge says how much";
                found.push(bad_order(row, "power_amount", why.to_owned()));
            }
        }
        self.bad.append(&mut found);
        self.bad.sort_by_key(|bad| (bad.file, bad.line));
    }

    /// Ids that stand for one thing stand in one row.
    fn check_once(&mut self) {
        let mut found = Vec::new();
        let orders = self.orders.iter().map(|row| (row.line, &row.id, &row.user, None));
        twice(File::Orders, "order_id", orders, &mut found);
        let charges = self
            .charges
            .iter()
            .map(|row| (row.line, &row.id, &row.user, Some(&row.order)));
        twice(File::PowerConsume, "id", charges, &mut found);
        let wallets = self.wallets.iter().map(|row| (row.line, &row.user, &row.user, None));
        twice(File::Wallets, "user_id", wallets, &mut found);
        self.bad.append(&mut found);
    }

    /// The users whom bad rows leave uncertain, with the first such row; bad rows come in order.
    pub(super) fn uncertain(&self) -> BTreeMap<LegacyId, usize> {
        let mut users = BTreeMap::new();
        for (index, bad) in self.bad.iter().enumerate() {
            for user in &bad.users {
                users.entry(user.clone()).or_insert(index);
            }
        }
        // A charge for an order that is bad itself is not wrong, but what it was for is not known.
        let bad_orders = Uncertain::of(&self.bad).orders;
        for row in &self.charges {
            if let Some(index) = bad_orders.get(row.order.as_str()) {
                users.entry(row.user.clone()).or_insert(*index);
            }
        }
        // Whether an order was charged is not known when a charge that names it is bad, whoever the charge names.
        let bad_charges = self.bad.iter().enumerate();
        let bad_charges: HashMap<&LegacyId, usize> = bad_charges
            .filter_map(|(index, bad)| Some((bad.order.as_ref()?, index)))
            .collect();
        for row in &self.orders {
            if let Some(index) = bad_charges.get(&row.id) {
                users.entry(row.user.clone()).or_insert(*index);
            }
        }
        users
    }

    /// What is left out with those users.
    pub(super) fn left_out(&self, uncertain: &BTreeMap<LegacyId, usize>) -> Vec<LeftOut> {
        let mut left: BTreeMap<&LegacyId, LeftOut> = BTreeMap::new();
        for (user, index) in uncertain {
            let because = self.bad.get(*index);
            let because = because.map(|bad| format!("{} line {}", bad.file.as_str(), bad.line));
            left.insert(
                user,
                LeftOut {
                    user: user.to_string(),
                    because: because.unwrap_or_default(),
                    orders: Vec::new(),
                    charges: Vec::new(),
                    wallets: Vec::new(),
                },
            );
        }
        for row in &self.orders {
            left.entry(&row.user).and_modify(|out| out.orders.push(row.line));
        }
        for row in &self.charges {
            left.entry(&row.user).and_modify(|out| out.charges.push(row.line));
        }
        for row in &self.wallets {
            left.entry(&row.user).and_modify(|out| out.wallets.push(row.line));
        }
        let takes_something =
            |out: &LeftOut| !(out.orders.is_empty() && out.charges.is_empty() && out.wallets.is_empty());
        left.into_values().filter(takes_something).collect()
    }
}

/// What earlier bad rows leave uncertain.
struct Uncertain<'a> {
    /// Users who may have a wallet, but not a readable one.
    wallets: HashMap<&'a str, ()>,
    /// Orders whose row is bad, with the place of the bad row.
    orders: HashMap<&'a str, usize>,
}

impl<'a> Uncertain<'a> {
    fn of(bad: &'a [BadRow]) -> Self {
        let of_file = |file: File| bad.iter().enumerate().filter(move |(_, bad)| bad.file == file);
        let mut orders = HashMap::new();
        for (index, bad) in of_file(File::Orders) {
            orders.entry(bad.id.as_str()).or_insert(index);
        }
        Self {
            wallets: of_file(File::Wallets).map(|(_, bad)| (bad.id.as_str(), ())).collect(),
            orders,
        }
    }
}

/// Line, id, user, and the order that a charge names.
type Once<'a> = (u64, &'a LegacyId, &'a LegacyId, Option<&'a LegacyId>);

fn twice<'a>(file: File, field: &'static str, rows: impl Iterator<Item = Once<'a>>, found: &mut Vec<BadRow>) {
    let mut by_id: HashMap<&LegacyId, Vec<Once<'a>>> = HashMap::new();
    for row in rows {
        by_id.entry(row.1).or_default().push(row);
    }
    for rows in by_id.into_values().filter(|rows| rows.len() > 1) {
        for (line, id, user, order) in &rows {
            let others = rows.iter().filter(|other| other.0 != *line);
            let others: Vec<String> = others.take(5).map(|other| other.0.to_string()).collect();
            found.push(BadRow {
                file,
                line: *line,
                id: id.to_string(),
                field,
                reason: format!("is also in line {}", others.join(", ")),
                order: order.cloned(),
                users: vec![(*user).clone()],
            });
        }
    }
}

fn order_fault(
    row: &OrderRow,
    known: &HashMap<&LegacyId, ()>,
    uncertain: &Uncertain<'_>,
    now: Timestamp,
) -> Option<(&'static str, String)> {
    if !known.contains_key(&row.user) && !uncertain.wallets.contains_key(row.user.as_str()) {
        return Some(("user_id", format!("user {} has no wallet", row.user)));
    }
    match row.standing {
        Standing::Closed { at } if at > now => Some(("closed_at", format!("{at} is in the future"))),
        Standing::Closed { .. } | Standing::Open => None,
    }
}

fn charge_fault(
    row: &ChargeRow,
    known: &HashMap<&LegacyId, ()>,
    orders: &HashMap<&LegacyId, &OrderRow>,
    uncertain: &Uncertain<'_>,
) -> Option<BadRow> {
    let bad = |field, reason, others: &[&LegacyId]| {
        Some(BadRow {
            file: File::PowerConsume,
            line: row.line,
            id: row.id.to_string(),
            field,
            reason,
            order: Some(row.order.clone()),
            users: std::iter::once(&row.user)
                .chain(others.iter().copied())
                .cloned()
                .collect(),
        })
    };
    if !known.contains_key(&row.user) && !uncertain.wallets.contains_key(row.user.as_str()) {
        return bad("user_id", format!("user {} has no wallet", row.user), &[]);
    }
    if uncertain.orders.contains_key(row.order.as_str()) {
        return None;
    }
    match orders.get(&row.order) {
        None => bad("order_id", format!("there is no order {}", row.order), &[]),
        Some(order) if order.user != row.user => {
            let why = format!("order {} is of user {}", row.order, order.user);
            bad("user_id", why, &[&order.user])
        }
        Some(order) => match order.standing {
            Standing::Open => bad("order_id", format!("order {} is not closed", row.order), &[]),
            Standing::Closed { .. } => None,
        },
    }
}

fn bad_order(row: &OrderRow, field: &'static str, reason: String) -> BadRow {
    BadRow {
        file: File::Orders,
        line: row.line,
        id: row.id.to_string(),
        field,
        reason,
        order: None,
        users: vec![row.user.clone()],
    }
}
