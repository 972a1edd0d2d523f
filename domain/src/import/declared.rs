//! What was taken over before: every row with what it said, so that a second run finds it and a changed row is told.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::fixed::Amount;
use crate::import::bad::File;
use crate::import::plan::{OrderPlan, Plan, UserPlan};
use crate::import::report::Balances;
use crate::import::row::ChargeRow;

/// What kind of thing a legacy id stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DeclaredKind {
    /// A user; ours is the user's id.
    User,
    /// The account that holds a user's imported positions; ours is its id.
    Account,
    /// An order; ours is the position's id.
    Order,
    /// A charge; ours is the position's id.
    Charge,
}

impl DeclaredKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::User, Self::Account, Self::Order, Self::Charge];

    /// Name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Account => "account",
            Self::Order => "order",
            Self::Charge => "charge",
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    const fn file(self) -> File {
        match self {
            Self::User | Self::Account => File::Wallets,
            Self::Order => File::Orders,
            Self::Charge => File::PowerConsume,
        }
    }
}

/// A row that was taken over. Unique by source, kind and legacy id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// The platform.
    pub source: String,
    /// What the id stands for.
    pub kind: DeclaredKind,
    /// The id there.
    pub legacy_id: String,
    /// The id here.
    pub ours: i64,
    /// What the row said: a JSON object of texts.
    pub content: String,
}

/// A row of a plan, to be declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub kind: DeclaredKind,
    pub id: String,
    pub line: u64,
    pub content: String,
}

/// A row that is not what was taken over before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Conflict {
    /// Where.
    pub file: File,
    /// Its line now; `None` when it is not there any more, or is left out.
    pub line: Option<u64>,
    /// Its id.
    pub id: String,
    /// The field that differs; `row` when the row is missing.
    pub field: String,
    /// What was taken over.
    pub imported: String,
    /// What it says now.
    pub now: String,
}

/// What a user's wallet said.
pub(super) fn of_user(user: &UserPlan) -> Row {
    let mut fields = Vec::new();
    let held = |balances: &Balances, prefix: &str| -> Vec<(String, String)> {
        let some = balances.iter().filter(|(_, amount)| *amount != Amount::ZERO);
        some.map(|(purse, amount)| (format!("{prefix}{}", Balances::name(purse)), amount.to_string()))
            .collect()
    };
    fields.extend(held(&user.wallet, ""));
    fields.extend(held(&user.opening, "with all charges "));
    Row {
        kind: DeclaredKind::User,
        id: user.id.to_string(),
        line: user.line,
        content: content(fields),
    }
}

/// A user's account says nothing of its own.
pub(super) fn of_account(user: &UserPlan) -> Row {
    Row {
        kind: DeclaredKind::Account,
        id: user.id.to_string(),
        line: user.line,
        content: content(Vec::new()),
    }
}

/// What an order said.
pub(super) fn of_order(order: &OrderPlan) -> Row {
    let row = &order.row;
    let field = |name: &str, said: String| (name.to_owned(), said);
    Row {
        kind: DeclaredKind::Order,
        id: row.id.to_string(),
        line: row.line,
        content: content(vec![
            field("user_id", row.user.to_string()),
            field("robot_id", row.robot.clone()),
            field("symbol", row.symbol.clone()),
            field("side", row.side.as_str().to_owned()),
            field("opened_at", row.opened_at.map(|at| at.to_string()).unwrap_or_default()),
            field("closed_at", order.closed_at.to_string()),
            field("realized_profit", row.profit.to_string()),
            field("power_consumed", u8::from(row.consumed).to_string()),
            field("power_amount", row.taken.to_string()),
        ]),
    }
}

/// What a charge said, by its id, line, user, order, purse, amount and time.
pub(super) fn of_charge(row: &ChargeRow) -> Row {
    let field = |name: &str, said: String| (name.to_owned(), said);
    Row {
        kind: DeclaredKind::Charge,
        id: row.id.to_string(),
        line: row.line,
        content: content(vec![
            field("user_id", row.user.to_string()),
            field("order_id", row.order.to_string()),
            field("purse", Balances::name(&row.purse)),
            field("amount", row.amount.to_string()),
            field("created_at", row.at.to_string()),
        ]),
    }
}

fn content(fields: Vec<(String, String)>) -> String {
    let fields = fields.into_iter().map(|(name, said)| (name, Value::String(said)));
    Value::Object(fields.collect()).to_string()
}

/// Compares a plan with what was taken over before, page by page.
#[derive(Debug)]
pub struct Comparison {
    rows: HashMap<(DeclaredKind, String), Row>,
    ours: HashMap<(DeclaredKind, String), i64>,
    conflicts: Vec<Conflict>,
}

impl Comparison {
    /// A plan of which nothing is known to be taken over yet.
    pub fn of(plan: &Plan) -> Self {
        let mut rows = HashMap::new();
        let mut put = |row: Row| drop(rows.insert((row.kind, row.id.clone()), row));
        for user in &plan.users {
            put(of_user(user));
            put(of_account(user));
            for order in &user.orders {
                put(of_order(order));
                order.charges.iter().for_each(|charge| put(of_charge(charge)));
            }
        }
        Self {
            rows,
            ours: HashMap::new(),
            conflicts: Vec::new(),
        }
    }

    /// Takes a row that is on record.
    pub fn on_record(&mut self, declared: &Declared) {
        let key = (declared.kind, declared.legacy_id.clone());
        let conflict = match self.rows.get(&key) {
            Some(row) => difference(row, declared),
            None => Some(Conflict {
                file: declared.kind.file(),
                line: None,
                id: declared.legacy_id.clone(),
                field: "row".to_owned(),
                imported: "was there".to_owned(),
                now: "is missing or left out".to_owned(),
            }),
        };
        self.conflicts.extend(conflict);
        self.ours.insert(key, declared.ours);
    }

    /// The id here of what is on record.
    pub fn ours(&self, kind: DeclaredKind, legacy_id: &str) -> Option<i64> {
        self.ours.get(&(kind, legacy_id.to_owned())).copied()
    }

    /// What is to be put on record for a row of the plan.
    pub fn declare(&self, source: &str, kind: DeclaredKind, legacy_id: &str, ours: i64) -> Option<Declared> {
        let row = self.rows.get(&(kind, legacy_id.to_owned()))?;
        Some(Declared {
            source: source.to_owned(),
            kind,
            legacy_id: legacy_id.to_owned(),
            ours,
            content: row.content.clone(),
        })
    }

    /// Every row that is not what was taken over before; by table and line.
    pub fn conflicts(&self) -> Vec<Conflict> {
        let mut conflicts = self.conflicts.clone();
        conflicts.sort_by(|one, other| (one.file, one.line, &one.id).cmp(&(other.file, other.line, &other.id)));
        conflicts
    }
}

/// The first field in which a row differs from what is on record.
fn difference(row: &Row, declared: &Declared) -> Option<Conflict> {
    if row.content == declared.content {
        return None;
    }
    let (was, is) = (fields(&declared.content), fields(&row.content));
    let mut names: Vec<&String> = was.keys().chain(is.keys()).collect();
    names.sort_unstable();
    let field = names.into_iter().find(|name| was.get(*name) != is.get(*name));
    let said = |fields: &Map<String, Value>| {
        let value = field.and_then(|field| fields.get(field)).and_then(Value::as_str);
        value.unwrap_or("nothing").to_owned()
    };
    Some(Conflict {
        file: row.kind.file(),
        line: Some(row.line),
        id: row.id.clone(),
        field: field.cloned().unwrap_or_else(|| "row".to_owned()),
        imported: said(&was),
        now: said(&is),
    })
}

fn fields(content: &str) -> Map<String, Value> {
    match serde_json::from_str(content) {
        Ok(Value::Object(fields)) => fields,
        Ok(_) | Err(_) => Map::new(),
    }
}
