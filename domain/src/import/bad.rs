//! What is told of rows: those that break a rule, what they take with them, and what is merely odd.

use serde::Serialize;

use crate::import::cell::LegacyId;

/// Which of the three tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum File {
    /// Orders, open and closed.
    Orders,
    /// What was taken for them.
    PowerConsume,
    /// What users hold.
    Wallets,
}

impl File {
    /// Every table.
    pub const ALL: [Self; 3] = [Self::Orders, Self::PowerConsume, Self::Wallets];

    /// Name in reports and options.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Orders => "orders",
            Self::PowerConsume => "power_consume",
            Self::Wallets => "wallets",
        }
    }
}

/// A row that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BadRow {
    /// Where.
    pub file: File,
    /// Line of the file, or number of the row in a database's table; the heading is line 1.
    pub line: u64,
    /// The row's own id as it stands there; empty when it has none.
    pub id: String,
    /// The field that breaks the rule.
    pub field: &'static str,
    /// The rule.
    pub reason: String,
    /// The order that a charge names.
    #[serde(skip)]
    pub order: Option<LegacyId>,
    /// Whose accounts are uncertain because of it.
    #[serde(skip)]
    pub users: Vec<LegacyId>,
}

impl BadRow {
    /// Whether leaving it out is safe. A charge that names neither its user nor its order may be for any order, which
    /// would then be charged again.
    pub fn can_be_skipped(&self) -> bool {
        match self.file {
            File::PowerConsume => self.order.is_some() || !self.users.is_empty(),
            File::Orders | File::Wallets => true,
        }
    }
}

/// A user who is left out whole because of a bad row. The bad rows themselves are not among the lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Who.
    pub user: String,
    /// Which bad row, such as `orders line 7`.
    pub because: String,
    /// Lines of the orders that are left out with the user.
    pub orders: Vec<u64>,
    /// Lines of the charges that are left out with the user.
    pub charges: Vec<u64>,
    /// Lines of the wallets that are left out with the user.
    pub wallets: Vec<u64>,
}

/// What is odd about a row that is taken over all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteKind {
    /// The order says that it was charged, and no charge does: what it says was taken counts as its charge.
    ChargedByFlag,
    /// The order does not say that it was charged, but a charge does.
    ChargedWithoutFlag,
    /// The order names another amount than its first charge.
    AmountDiffers,
    /// Charged although there was no profit.
    ChargedWithoutProfit,
    /// Not closed: it stays with the old platform.
    OpenOrder,
}

/// Something odd.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// What.
    pub kind: NoteKind,
    /// The order.
    pub order: String,
    /// Its line.
    pub line: u64,
    /// In words.
    pub text: String,
}
