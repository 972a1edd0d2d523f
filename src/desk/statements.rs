//! Statements, read page by page, so that no length of history fills the memory.

use std::collections::VecDeque;
use std::sync::Arc;

use domain::id::UserId;
use domain::ledger::{Account, EntrySeq};
use domain::page::Page;
use domain::period::Period;
use domain::statement::{Line, Sheet, Total, in_order};

use crate::desk::{Desk, DeskError, WrongField};
use crate::ports::store::{EntryFilter, Store};
use crate::view::{LineView, StatementAccountView, StatementRows, StatementView};

/// Entries that are read at once.
const PAGE: u32 = 500;
/// Most lines of a statement that is given whole; a longer one is streamed as CSV.
pub const STATEMENT_LINES: usize = 10_000;

/// A statement that is being read: per account its opening, its lines, its closing.
pub struct Statement {
    store: Arc<dyn Store>,
    /// Whose it is.
    pub user: UserId,
    /// From when to when.
    pub period: Period,
    /// The first place of the period in the ledger, and the one after its last; neither moves, whatever is posted.
    first: EntrySeq,
    end: EntrySeq,
    accounts: VecDeque<Account>,
    sheet: Option<(Sheet, Page)>,
    headed: bool,
}

/// The next part of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// An account begins, with its balance when the period began.
    Opening(Account, domain::fixed::Amount),
    /// Some of its lines, in order; at least one.
    Lines(Account, Vec<Line>),
    /// It ends.
    Closing(Account, Total),
}

impl Desk {
    /// A user's statement, to be read part by part.
    ///
    /// # Errors
    /// When there is no such user, or the store does not answer.
    pub async fn statement(&self, user: UserId, period: Period) -> Result<Statement, DeskError> {
        if self.store.user(user).await?.is_none() {
            return Err(DeskError::absent("user", user));
        }
        let first = self.store.first_entry_from(period.from()).await?;
        let end = self.store.first_entry_from(period.to()).await?;
        let accounts = self.store.accounts_of(user).await?;
        Ok(Statement {
            store: Arc::clone(&self.store),
            user,
            period,
            first,
            end,
            accounts: in_order(accounts).into(),
            sheet: None,
            headed: false,
        })
    }

    /// A user's statement as one value.
    ///
    /// # Errors
    /// When it has more than [`STATEMENT_LINES`] lines, or as for [`Desk::statement`] and [`Statement::part`].
    pub async fn whole_statement(&self, user: UserId, period: Period) -> Result<StatementView, DeskError> {
        let mut statement = self.statement(user, period).await?;
        let (mut accounts, mut lines, mut seen) = (Vec::new(), Vec::new(), 0);
        while let Some(part) = statement.part().await? {
            match part {
                Part::Opening(..) => lines = Vec::new(),
                Part::Lines(_, more) => {
                    seen += more.len();
                    if seen > STATEMENT_LINES {
                        let rule = format!("must be `csv` for more than {STATEMENT_LINES} lines; or ask for less time");
                        return Err(WrongField::new("format", rule).into());
                    }
                    lines.extend(more.into_iter().map(LineView::from));
                }
                Part::Closing(account, total) => {
                    let lines = std::mem::take(&mut lines);
                    accounts.push(StatementAccountView::new(account, &total, lines));
                }
            }
        }
        Ok(StatementView::new(user, period, accounts))
    }
}

impl Statement {
    /// The next part; none after the last.
    ///
    /// # Errors
    /// When the store does not answer, or the lines do not lead from the opening to the closing balance.
    pub async fn part(&mut self) -> Result<Option<Part>, DeskError> {
        let Some((mut sheet, page)) = self.sheet.take() else {
            return self.opening().await;
        };
        let account = sheet.account().clone();
        let filter = EntryFilter {
            account: Some(account.id),
            before: Some(self.end),
        };
        let entries = self.store.entries(filter, page).await?;
        let Some(last) = entries.last().map(|entry| entry.seq) else {
            let closing = self.store.balance_before(account.id, self.end).await?;
            return Ok(Some(Part::Closing(account, sheet.close(closing)?)));
        };
        let mut lines = Vec::new();
        for entry in &entries {
            lines.extend(sheet.take(entry)?);
        }
        self.sheet = Some((sheet, Page::after(last.0, PAGE)));
        Ok(Some(Part::Lines(account, lines)))
    }

    /// The next rows of it as CSV, the heading before the first; none after the last.
    ///
    /// # Errors
    /// As for [`Statement::part`]. Then what was given so far is no statement.
    pub async fn csv(&mut self) -> Result<Option<String>, DeskError> {
        let mut rows = StatementRows::default();
        if !std::mem::replace(&mut self.headed, true) {
            rows.heading();
            return Ok(Some(rows.text()));
        }
        match self.part().await? {
            None => return Ok(None),
            Some(Part::Opening(account, opening)) => rows.balance("opening", &account, self.period.from(), opening),
            Some(Part::Lines(account, lines)) => lines.iter().for_each(|line| rows.line(&account, line)),
            Some(Part::Closing(account, total)) => rows.balance("closing", &account, self.period.to(), total.closing),
        }
        Ok(Some(rows.text()))
    }

    async fn opening(&mut self) -> Result<Option<Part>, DeskError> {
        let Some(account) = self.accounts.pop_front() else {
            return Ok(None);
        };
        let opening = self.store.balance_before(account.id, self.first).await?;
        let sheet = Sheet::open(account.clone(), opening);
        self.sheet = Some((sheet, Page::after(self.first.0 - 1, PAGE)));
        Ok(Some(Part::Opening(account, opening)))
    }
}
