//! The plan: what every user brings, what each order was charged, what is refunded, and what is still due.

use std::collections::{BTreeMap, HashMap};

use crate::fixed::{Amount, NumberError};
use crate::import::bad::{BadRow, File, LeftOut, Note, NoteKind};
use crate::import::cell::LegacyId;
use crate::import::check::Tables;
use crate::import::report::{Balances, RowCounts};
use crate::import::row::{ChargeRow, OrderRow, Standing};
use crate::ledger::Purse;
use crate::time::Timestamp;

/// What becomes of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It was charged: it is charged again by nobody.
    Charged {
        /// From which power.
        purse: Purse,
        /// How much.
        amount: Amount,
        /// The charge that counts; `None` where only the order says so.
        charge: Option<LegacyId>,
        /// When it was taken, where that is known.
        at: Option<Timestamp>,
    },
    /// It closed with a profit and was never charged: the sweep finds it.
    Pending,
    /// It closed without a profit.
    NothingDue,
}

/// An order to take over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderPlan {
    /// The row.
    pub row: OrderRow,
    /// When it closed.
    pub closed_at: Timestamp,
    /// What becomes of it.
    pub fate: Fate,
    /// All charges of it, the first one first.
    pub charges: Vec<ChargeRow>,
}

impl OrderPlan {
    /// Charges after the first, each to be refunded.
    pub fn surplus(&self) -> &[ChargeRow] {
        self.charges.get(1..).unwrap_or_default()
    }
}

/// A user to take over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserPlan {
    /// Who.
    pub id: LegacyId,
    /// Line of the wallet.
    pub line: u64,
    /// What the wallet holds.
    pub wallet: Balances,
    /// What the user begins with: the wallet and all that was charged.
    pub opening: Balances,
    /// The user's closed orders, in order of line.
    pub orders: Vec<OrderPlan>,
}

/// The whole plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Users, in order of their ids.
    pub users: Vec<UserPlan>,
    /// Rows that break a rule.
    pub bad: Vec<BadRow>,
    /// Users who are left out because of them.
    pub left_out: Vec<LeftOut>,
    /// What is odd.
    pub notes: Vec<Note>,
    /// Rows that were read.
    pub read: RowCounts,
    /// Orders that are open and stay where they are.
    pub open: u64,
}

/// Why there can be no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The sum over all users leaves the range of the ledger.
    #[error("the total of {purse} leaves the range of the ledger")]
    Range {
        /// Which balance.
        purse: String,
        /// Why.
        #[source]
        source: NumberError,
    },
}

/// Makes the plan. Users whom a bad row leaves uncertain are not in it.
///
/// # Errors
/// When the total of a balance over all users leaves the range of the ledger.
pub fn plan(mut tables: Tables, now: Timestamp) -> Result<Plan, PlanError> {
    tables.check(now);
    check_openings(&mut tables);
    let uncertain = tables.uncertain();
    let left_out = tables.left_out(&uncertain);
    let mut charges: HashMap<LegacyId, Vec<ChargeRow>> = HashMap::new();
    for row in tables.charges {
        charges.entry(row.order.clone()).or_default().push(row);
    }
    let (mut notes, mut open) = (Vec::new(), 0);
    let mut orders: HashMap<LegacyId, Vec<OrderPlan>> = HashMap::new();
    let certain = tables
        .orders
        .into_iter()
        .filter(|row| !uncertain.contains_key(&row.user));
    for row in certain {
        let of_order = charges.remove(&row.id).unwrap_or_default();
        let user = row.user.clone();
        match order_plan(row, of_order, &mut notes) {
            Some(planned) => orders.entry(user).or_default().push(planned),
            None => open += 1,
        }
    }
    let mut users = BTreeMap::new();
    for row in tables
        .wallets
        .into_iter()
        .filter(|row| !uncertain.contains_key(&row.user))
    {
        let orders = orders.remove(&row.user).unwrap_or_default();
        let wallet = Balances::of(row.balances);
        // Checked above: a wallet whose opening leaves the range is a bad row.
        let opening = opening(&wallet, &orders).unwrap_or_default();
        let planned = UserPlan {
            id: row.user.clone(),
            line: row.line,
            wallet,
            opening,
            orders,
        };
        users.insert(row.user, planned);
    }
    let users: Vec<UserPlan> = users.into_values().collect();
    check_totals(&users)?;
    Ok(Plan {
        users,
        bad: tables.bad,
        left_out,
        notes,
        read: tables.counts,
        open,
    })
}

/// What one order comes to; `None` when it is open and stays where it is.
fn order_plan(row: OrderRow, mut charges: Vec<ChargeRow>, notes: &mut Vec<Note>) -> Option<OrderPlan> {
    let Standing::Closed { at: closed_at } = row.standing else {
        let text = "is open and stays with the old platform".to_owned();
        notes.push(note(&row, NoteKind::OpenOrder, text));
        return None;
    };
    charges.sort_by(|one, other| first_first(one).cmp(&first_first(other)));
    let fate = match charges.first() {
        Some(first) => charged(&row, first, notes),
        None => uncharged(&row, notes),
    };
    if matches!(fate, Fate::Charged { .. }) && !row.profit.is_positive() {
        let text = format!("profit is {}", row.profit);
        notes.push(note(&row, NoteKind::ChargedWithoutProfit, text));
    }
    Some(OrderPlan {
        closed_at,
        fate,
        charges,
        row,
    })
}

fn charged(row: &OrderRow, first: &ChargeRow, notes: &mut Vec<Note>) -> Fate {
    if !row.consumed {
        let text = format!("charge {} took {}", first.id, first.amount);
        notes.push(note(row, NoteKind::ChargedWithoutFlag, text));
    } else if row.taken != first.amount {
        let text = format!("says {}, charge {} took {}", row.taken, first.id, first.amount);
        notes.push(note(row, NoteKind::AmountDiffers, text));
    }
    Fate::Charged {
        purse: first.purse.clone(),
        amount: first.amount,
        charge: Some(first.id.clone()),
        at: Some(first.at),
    }
}

fn uncharged(row: &OrderRow, notes: &mut Vec<Note>) -> Fate {
    if row.consumed && row.taken.is_positive() {
        let text = format!("says {}, and no charge does", row.taken);
        notes.push(note(row, NoteKind::ChargedByFlag, text));
        return Fate::Charged {
            purse: Purse::Power,
            amount: row.taken,
            charge: None,
            at: None,
        };
    }
    if row.profit.is_positive() {
        Fate::Pending
    } else {
        Fate::NothingDue
    }
}

fn note(row: &OrderRow, kind: NoteKind, text: String) -> Note {
    Note {
        kind,
        order: row.id.to_string(),
        line: row.line,
        text,
    }
}

/// The first charge is the oldest; of two at one time, the one with the smaller number, then the upper line.
fn first_first(row: &ChargeRow) -> (Timestamp, usize, &LegacyId, u64) {
    (row.at, row.id.as_str().len(), &row.id, row.line)
}

/// What a user must begin with, so that all charges lead to the wallet.
fn opening(wallet: &Balances, orders: &[OrderPlan]) -> Result<Balances, NumberError> {
    let mut opening = wallet.clone();
    for order in orders {
        if let Fate::Charged { purse, amount, .. } = &order.fate {
            opening.add(purse, *amount)?;
        }
        for charge in order.surplus() {
            opening.add(&charge.purse, charge.amount)?;
        }
    }
    Ok(opening)
}

/// A wallet that leaves the range of amounts once its charges are added is a bad row.
fn check_openings(tables: &mut Tables) {
    let mut sums: HashMap<&LegacyId, i128> = HashMap::new();
    for row in &tables.charges {
        *sums.entry(&row.user).or_default() += i128::from(row.amount.units());
    }
    for row in tables.orders.iter().filter(|row| row.consumed) {
        *sums.entry(&row.user).or_default() += i128::from(row.taken.units());
    }
    let mut bad = Vec::new();
    for row in &tables.wallets {
        let held = row.balances.iter().filter(|(purse, _)| purse.is_power());
        let held: i128 = held.map(|(_, amount)| i128::from(amount.units())).sum();
        let charged = sums.get(&row.user).copied().unwrap_or_default();
        if Amount::from_wide(held + charged).is_err() {
            bad.push(BadRow {
                file: File::Wallets,
                line: row.line,
                id: row.user.to_string(),
                field: "power",
                reason: "with all that was charged it leaves the range of amounts".to_owned(),
                order: None,
                users: vec![row.user.clone()],
            });
        }
    }
    if !bad.is_empty() {
        tables.bad.append(&mut bad);
        tables.bad.sort_by_key(|bad| (bad.file, bad.line));
    }
}

/// The platform's accounts hold the sums over all users.
fn check_totals(users: &[UserPlan]) -> Result<(), PlanError> {
    let mut total = Balances::default();
    for user in users {
        // Power and gift power have one counterpart.
        for (purse, amount) in user.opening.iter() {
            let counted = if purse.is_power() { &Purse::Power } else { purse };
            total.add(counted, *amount).map_err(|source| PlanError::Range {
                purse: Balances::name(counted),
                source,
            })?;
        }
    }
    Ok(())
}
