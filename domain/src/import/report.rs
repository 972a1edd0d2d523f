//! The report: totals before and after that reconcile to the last digit, and every row that matters by name.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::fixed::{Amount, NumberError};
use crate::import::bad::{BadRow, LeftOut, Note};
use crate::import::cell::Source;
use crate::import::plan::{Fate, Plan, UserPlan};
use crate::ledger::Purse;
use crate::time::Timestamp;

/// Amounts by purse: power, gift power, then coins in order of their codes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Balances(Vec<(Purse, Amount)>);

impl Balances {
    /// From a list with each purse once.
    pub fn of(balances: Vec<(Purse, Amount)>) -> Self {
        Self(balances)
    }

    /// A purse's name in reports: `power`, `gift_power` or `wallet:USDT`.
    pub fn name(purse: &Purse) -> String {
        match purse {
            Purse::Power => "power".to_owned(),
            Purse::GiftPower => "gift_power".to_owned(),
            Purse::Wallet(asset) => format!("wallet:{asset}"),
        }
    }

    /// Each purse with its amount.
    pub fn iter(&self) -> impl Iterator<Item = &(Purse, Amount)> {
        self.0.iter()
    }

    /// The amount in a purse; zero when it is not there.
    pub fn held(&self, purse: &Purse) -> Amount {
        let found = self.0.iter().find(|(other, _)| other == purse);
        found.map_or(Amount::ZERO, |(_, amount)| *amount)
    }

    /// Adds to a purse.
    ///
    /// # Errors
    /// When the sum leaves the range of amounts.
    pub fn add(&mut self, purse: &Purse, amount: Amount) -> Result<(), NumberError> {
        match self.0.iter_mut().find(|(other, _)| other == purse) {
            Some((_, held)) => *held = held.plus(amount)?,
            None => self.0.push((purse.clone(), amount)),
        }
        Ok(())
    }
}

impl Serialize for Balances {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(purse, amount)| (Self::name(purse), amount)))
    }
}

/// How many rows were read, bad ones too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct RowCounts {
    /// Orders.
    pub orders: u64,
    /// Charges.
    pub charges: u64,
    /// Wallets.
    pub wallets: u64,
}

/// How many orders have which fate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct OrderCounts {
    /// Charged once.
    pub charged: u64,
    /// Charged more than once; counted in `charged` too.
    pub charged_twice: u64,
    /// Never charged: to be swept.
    pub pending: u64,
    /// Nothing is due.
    pub nothing_due: u64,
    /// Open: left where they are.
    pub open: u64,
}

/// One purse on its way from before to after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TotalLine {
    /// Which.
    #[serde(serialize_with = "purse_name")]
    pub purse: Purse,
    /// What the old platform's wallets hold.
    pub legacy: Amount,
    /// What is brought in: the wallet and all charges.
    pub opening: Amount,
    /// Charges that count.
    pub charged: Amount,
    /// Charges that should not have been.
    pub surplus: Amount,
    /// What is given back.
    pub refunded: Amount,
    /// What is held at the end.
    pub after: Amount,
    /// Whether opening − charged − surplus is the old wallet, and with the refunds what is held at the end.
    pub reconciles: bool,
}

/// One user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UserLine {
    /// The old platform's id.
    pub legacy_id: String,
    /// The user's name here.
    pub name: String,
    /// The user's id here, once there is one.
    pub user: Option<i64>,
    /// Orders by fate.
    pub orders: OrderCounts,
    /// Each purse; those in which there is and was nothing are left out.
    pub purses: Vec<TotalLine>,
}

/// A charge that is given back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefundLine {
    /// The old platform's user.
    pub user: String,
    /// The order that it was for.
    pub order: String,
    /// The charge.
    pub charge: String,
    /// Its line.
    pub line: u64,
    /// Where it goes back to.
    #[serde(serialize_with = "purse_name")]
    pub purse: Purse,
    /// How much.
    pub amount: Amount,
    /// The entry under which it was taken over, once there is one.
    pub entry: Option<i64>,
}

/// An order that was never charged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PendingLine {
    /// The old platform's user.
    pub user: String,
    /// The order.
    pub order: String,
    /// Its profit.
    pub profit: Amount,
    /// When it closed.
    pub closed_at: Timestamp,
}

/// The report of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The platform that is taken over.
    pub source: Source,
    /// Rows read.
    pub read: RowCounts,
    /// Users that are taken over.
    pub users: u64,
    /// Orders by fate.
    pub orders: OrderCounts,
    /// Per purse, over all users.
    pub totals: Vec<TotalLine>,
    /// Σ profit of the orders that were never charged.
    pub pending_profit: Amount,
    /// Whether every line of every user and every total reconciles.
    pub reconciles: bool,
    /// Charges that are given back.
    pub refunds: Vec<RefundLine>,
    /// Orders that were never charged.
    pub pending: Vec<PendingLine>,
    /// Rows that break a rule.
    pub bad_rows: Vec<BadRow>,
    /// Users who are left out because of them.
    pub left_out: Vec<LeftOut>,
    /// What is odd.
    pub notes: Vec<Note>,
    /// Per user.
    pub per_user: Vec<UserLine>,
}

impl Report {
    /// The report of `plan`.
    ///
    /// # Errors
    /// When a sum leaves the range of amounts, which [`plan`](crate::import::plan) has ruled out for what it brings in.
    pub fn of(source: &Source, plan: &Plan) -> Result<Self, NumberError> {
        let mut per_user = Vec::with_capacity(plan.users.len());
        let (mut refunds, mut pending) = (Vec::new(), Vec::new());
        for user in &plan.users {
            per_user.push(user_line(source, user)?);
            list(user, &mut refunds, &mut pending);
        }
        let mut orders = OrderCounts {
            open: plan.open,
            ..OrderCounts::default()
        };
        per_user.iter().for_each(|line| orders.add(&line.orders));
        let totals = totals(&per_user)?;
        let lines = per_user.iter().flat_map(|line| &line.purses).chain(&totals);
        Ok(Self {
            source: source.clone(),
            read: plan.read,
            users: count(plan.users.len()),
            orders,
            pending_profit: Amount::sum(pending.iter().map(|line| line.profit))?,
            reconciles: lines.into_iter().all(|line| line.reconciles),
            totals,
            refunds,
            pending,
            bad_rows: plan.bad.clone(),
            left_out: plan.left_out.clone(),
            notes: plan.notes.clone(),
            per_user,
        })
    }
}

impl OrderCounts {
    fn add(&mut self, other: &Self) {
        self.charged += other.charged;
        self.charged_twice += other.charged_twice;
        self.pending += other.pending;
        self.nothing_due += other.nothing_due;
        self.open += other.open;
    }
}

fn user_line(source: &Source, user: &UserPlan) -> Result<UserLine, NumberError> {
    let (mut charged, mut surplus) = (Balances::default(), Balances::default());
    let mut orders = OrderCounts::default();
    for order in &user.orders {
        match &order.fate {
            Fate::Charged { purse, amount, .. } => {
                orders.charged += 1;
                orders.charged_twice += u64::from(!order.surplus().is_empty());
                charged.add(purse, *amount)?;
            }
            Fate::Pending => orders.pending += 1,
            Fate::NothingDue => orders.nothing_due += 1,
        }
        for charge in order.surplus() {
            surplus.add(&charge.purse, charge.amount)?;
        }
    }
    let mut purses = Vec::new();
    for (purse, opening) in user.opening.iter().filter(|(_, opening)| !opening.is_zero()) {
        let (charged, surplus) = (charged.held(purse), surplus.held(purse));
        let legacy = user.wallet.held(purse);
        let replayed = opening.minus(charged)?.minus(surplus)?;
        purses.push(TotalLine {
            purse: purse.clone(),
            legacy,
            opening: *opening,
            charged,
            surplus,
            refunded: surplus,
            after: replayed.plus(surplus)?,
            reconciles: replayed == legacy,
        });
    }
    Ok(UserLine {
        legacy_id: user.id.to_string(),
        name: super::user_name(source, &user.id),
        user: None,
        orders,
        purses,
    })
}

fn list(user: &UserPlan, refunds: &mut Vec<RefundLine>, pending: &mut Vec<PendingLine>) {
    for order in &user.orders {
        if order.fate == Fate::Pending {
            pending.push(PendingLine {
                user: user.id.to_string(),
                order: order.row.id.to_string(),
                profit: order.row.profit,
                closed_at: order.closed_at,
            });
        }
        refunds.extend(order.surplus().iter().map(|charge| RefundLine {
            user: user.id.to_string(),
            order: order.row.id.to_string(),
            charge: charge.id.to_string(),
            line: charge.line,
            purse: charge.purse.clone(),
            amount: charge.amount,
            entry: None,
        }));
    }
}

/// Sums the users' lines column by column; what the sums say to each other is checked anew.
fn totals(users: &[UserLine]) -> Result<Vec<TotalLine>, NumberError> {
    let mut totals: Vec<TotalLine> = Vec::new();
    for line in users.iter().flat_map(|user| &user.purses) {
        let Some(total) = totals.iter_mut().find(|total| total.purse == line.purse) else {
            totals.push(line.clone());
            continue;
        };
        total.legacy = total.legacy.plus(line.legacy)?;
        total.opening = total.opening.plus(line.opening)?;
        total.charged = total.charged.plus(line.charged)?;
        total.surplus = total.surplus.plus(line.surplus)?;
        total.refunded = total.refunded.plus(line.refunded)?;
        total.after = total.after.plus(line.after)?;
    }
    for total in &mut totals {
        let replayed = total.opening.minus(total.charged)?.minus(total.surplus)?;
        total.reconciles = replayed == total.legacy && replayed.plus(total.refunded)? == total.after;
    }
    totals.sort_by_key(|total| order_of(&total.purse));
    Ok(totals)
}

fn order_of(purse: &Purse) -> (u8, String) {
    match purse {
        Purse::Power => (0, String::new()),
        Purse::GiftPower => (1, String::new()),
        Purse::Wallet(asset) => (2, asset.to_string()),
    }
}

fn purse_name<S: Serializer>(purse: &Purse, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&Balances::name(purse))
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

impl fmt::Display for TotalLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} before = {} brought in - {} charged - {} charged too much; + {} refunded = {} after",
            Balances::name(&self.purse),
            self.legacy,
            self.opening,
            self.charged,
            self.surplus,
            self.refunded,
            self.after
        )
    }
}
