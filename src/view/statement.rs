//! A statement as the outside sees it: as JSON, and as lines of CSV (RFC 4180) for spreadsheets.

use std::borrow::Cow;

use domain::fixed::Amount;
use domain::id::UserId;
use domain::ledger::Account;
use domain::period::Period;
use domain::statement::{Line, Total};
use domain::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// A user's statement.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StatementView {
    /// Whose.
    pub user: i64,
    /// From this point in time on.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// And before this one.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
    /// One per purse and asset.
    pub accounts: Vec<StatementAccountView>,
}

/// One account in a statement: opening + credits − debits = closing.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StatementAccountView {
    /// The account.
    pub account: i64,
    /// What it is for, such as `user_power`.
    pub purse: &'static str,
    /// Asset.
    pub asset: String,
    /// Balance when the period began.
    pub opening: String,
    /// Σ of what came in.
    pub credits: String,
    /// Σ of what went out.
    pub debits: String,
    /// Balance when it ended.
    pub closing: String,
    /// Every line, in the order of the ledger.
    pub lines: Vec<LineView>,
}

/// One line of a statement.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LineView {
    /// The entry.
    pub seq: i64,
    /// When it was booked.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What it is about.
    pub kind: &'static str,
    /// The fact that it records.
    pub key: String,
    /// What it refers to.
    pub reference: String,
    /// Words for people.
    pub remark: String,
    /// Who asked for it, when a person did.
    pub by: Option<String>,
    /// What was added; negative was taken away.
    pub amount: String,
    /// Balance after it.
    pub balance: String,
}

impl StatementView {
    /// A statement of these accounts.
    pub fn new(user: UserId, period: Period, accounts: Vec<StatementAccountView>) -> Self {
        Self {
            user: user.0,
            from: period.from(),
            to: period.to(),
            accounts,
        }
    }
}

impl StatementAccountView {
    /// An account with its totals and lines.
    pub fn new(account: Account, total: &Total, lines: Vec<LineView>) -> Self {
        Self {
            account: account.id.0,
            purse: account.key.kind.as_str(),
            asset: account.key.asset.to_string(),
            opening: total.opening.to_string(),
            credits: total.credits.to_string(),
            debits: total.debits.to_string(),
            closing: total.closing.to_string(),
            lines,
        }
    }
}

impl From<Line> for LineView {
    fn from(line: Line) -> Self {
        Self {
            seq: line.seq.0,
            at: line.at,
            kind: line.kind.as_str(),
            key: line.key.to_string(),
            reference: line.reference,
            remark: line.remark,
            by: line.by,
            amount: line.amount.to_string(),
            balance: line.balance.to_string(),
        }
    }
}

/// The columns of a statement as CSV. In a row `opening` or `closing` only account, time and balance are filled.
pub const STATEMENT_COLUMNS: [&str; 13] = [
    "row",
    "account",
    "purse",
    "asset",
    "seq",
    "at",
    "kind",
    "key",
    "reference",
    "remark",
    "by",
    "amount",
    "balance",
];

/// Rows of CSV.
#[derive(Debug, Default)]
pub struct StatementRows(String);

impl StatementRows {
    /// The heading.
    pub fn heading(&mut self) {
        self.row(&STATEMENT_COLUMNS);
    }

    /// The balance with which an account begins or ends: `opening` or `closing`.
    pub fn balance(&mut self, row: &str, account: &Account, at: Timestamp, balance: Amount) {
        let (id, at, balance) = (account.id.to_string(), at.to_string(), balance.to_string());
        let (purse, asset) = (account.key.kind.as_str(), account.key.asset.as_str());
        self.row(&[row, &id, purse, asset, "", &at, "", "", "", "", "", "", &balance]);
    }

    /// A line of an account.
    pub fn line(&mut self, account: &Account, line: &Line) {
        self.row(&[
            "line",
            &account.id.to_string(),
            account.key.kind.as_str(),
            account.key.asset.as_str(),
            &line.seq.to_string(),
            &line.at.to_string(),
            line.kind.as_str(),
            &harmless(line.key.as_str()),
            &harmless(&line.reference),
            &harmless(&line.remark),
            &harmless(line.by.as_deref().unwrap_or_default()),
            &line.amount.to_string(),
            &line.balance.to_string(),
        ]);
    }

    /// What was written.
    pub fn text(self) -> String {
        self.0
    }

    fn row(&mut self, cells: &[&str; STATEMENT_COLUMNS.len()]) {
        for (place, cell) in cells.iter().enumerate() {
            if place > 0 {
                self.0.push(',');
            }
            if cell.contains([',', '"', '\r', '\n']) {
                self.0.push('"');
                self.0.push_str(&cell.replace('"', "\"\""));
                self.0.push('"');
            } else {
                self.0.push_str(cell);
            }
        }
        self.0.push_str("\r\n");
    }
}

/// Text of others, so that no spreadsheet takes it for a formula: what could begin one gets an apostrophe before it
/// (OWASP, CSV injection). Amounts are not treated so: they are ours, and a minus is theirs.
fn harmless(text: &str) -> Cow<'_, str> {
    let begins = |c: char| "=+-@\t\r\n＝＋－＠".contains(c);
    let seen = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if seen.starts_with(begins) || text.starts_with(begins) {
        return Cow::Owned(format!("'{text}"));
    }
    Cow::Borrowed(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_is_read_back_by_another_reader_of_csv() {
        let cells = [
            "a",
            "a,b",
            "say \"x\"",
            "two\r\nlines",
            "",
            "\"",
            "多谢",
            " ",
            "x",
            "x",
            "x",
            "x",
            "-1.5",
        ];
        let mut rows = StatementRows::default();
        rows.heading();
        rows.row(&cells);
        let mut reader = csv::Reader::from_reader(rows.0.as_bytes());
        assert_eq!(reader.headers().unwrap().iter().collect::<Vec<_>>(), STATEMENT_COLUMNS);
        let row = reader.records().next().unwrap().unwrap();
        assert_eq!(row.iter().collect::<Vec<_>>(), cells);
        assert!(rows.0.ends_with(",-1.5\r\n"), "{}", rows.0);
    }

    #[test]
    fn text_that_a_spreadsheet_would_run_is_only_shown() {
        for text in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            " =1",
            "＝1",
            "\u{feff}=1",
        ] {
            assert_eq!(harmless(text), format!("'{text}"), "{text:?}");
        }
        for text in ["", "user:7", "a=b", "'=1", "多谢"] {
            assert_eq!(harmless(text), text);
        }
    }
}
