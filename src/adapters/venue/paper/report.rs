//! What a poll tells of an account, page by page.

use domain::fixed::NumberError;
use domain::id::VenueAccountId;
use domain::paper::{PaperFill, PaperIncome, Refused};
use domain::time::Timestamp;
use domain::venue::{AccountReport, Cursor};
use serde::de::DeserializeOwned;

use super::book::{Book, Standing};
use super::port::{refused, unread};
use super::{PaperVenue, rows};
use crate::ports::venue::VenueError;

/// How far back a repeating poll repeats.
const REPEATED: i64 = 3;

/// How far an account's fills and incomes were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Read {
    fill: i64,
    income: i64,
}

/// What the book tells for one poll; records that it no longer keeps are `None`.
struct Told {
    standing: Standing,
    last: Read,
    fills: Option<Vec<PaperFill>>,
    incomes: Option<Vec<PaperIncome>>,
}

impl PaperVenue {
    /// Balances, positions, orders, and what came after `read`, or a little before when it is to be repeated.
    pub(super) async fn tell(
        &self,
        account: VenueAccountId,
        read: Read,
        limit: u32,
        repeating: bool,
        stale: bool,
    ) -> Result<AccountReport, VenueError> {
        let from = if repeating { read.earlier() } else { read };
        let told = self.look(move |book| told(book, account, from, limit, stale));
        let told = told.await?.map_err(|error| VenueError::Malformed(error.to_string()))?;
        let told = told.ok_or_else(|| refused(&Refused::UnknownAccount))?;
        let fills = self.later(rows::FILL, account, from.fill, limit, told.fills).await?;
        let incomes = self
            .later(rows::INCOME, account, from.income, limit, told.incomes)
            .await?;
        let page = usize::try_from(limit).unwrap_or(usize::MAX);
        let (fills, incomes) = in_step(
            page,
            (fills, |fill: &PaperFill| fill.at),
            (incomes, |paid: &PaperIncome| paid.at),
        );
        let last_fill = fills.iter().map(|fill: &PaperFill| fill.number);
        let last_income = incomes.iter().map(|income: &PaperIncome| income.number);
        let reached = Read {
            fill: last_fill.fold(read.fill, i64::max),
            income: last_income.fold(read.income, i64::max),
        };
        let Standing {
            balance,
            available,
            positions,
            open_orders,
        } = told.standing;
        Ok(AccountReport {
            at: self.now(),
            balance,
            available,
            positions,
            open_orders,
            fills: fills.iter().map(PaperFill::report).collect(),
            incomes: incomes.iter().map(PaperIncome::report).collect(),
            cursor: reached.cursor(),
            more: reached.fill < told.last.fill || reached.income < told.last.income,
        })
    }

    /// What the book told, or else what the vault has.
    async fn later<T: DeserializeOwned>(
        &self,
        table: &'static str,
        account: VenueAccountId,
        after: i64,
        limit: u32,
        kept: Option<Vec<T>>,
    ) -> Result<Vec<T>, VenueError> {
        if let Some(kept) = kept {
            return Ok(kept);
        }
        let found = self.shared.vault.rows_after(table, account, after, limit);
        let found = found.await.map_err(unread)?;
        found.iter().map(rows::read).collect::<Result<_, _>>().map_err(unread)
    }
}

/// Cuts a page so that neither of its lists runs ahead of the other: while more of one is to come, what is later of the
/// other waits for it. Whoever reads page by page then always knows who held what when a payment was made.
fn in_step<A, B>(
    page: usize,
    (mut one, time_of_one): (Vec<A>, impl Fn(&A) -> Timestamp),
    (mut other, time_of_other): (Vec<B>, impl Fn(&B) -> Timestamp),
) -> (Vec<A>, Vec<B>) {
    let last_of_one = one.last().filter(|_| one.len() >= page).map(&time_of_one);
    let last_of_other = other.last().filter(|_| other.len() >= page).map(&time_of_other);
    match (last_of_one, last_of_other) {
        (Some(horizon), None) => cut(&mut other, horizon, time_of_other),
        (Some(horizon), Some(later)) if horizon <= later => cut(&mut other, horizon, time_of_other),
        (_, Some(horizon)) => cut(&mut one, horizon, time_of_one),
        (None, None) => {}
    }
    (one, other)
}

/// Keeps what comes before the first that is later, whatever the clock did after it.
fn cut<T>(list: &mut Vec<T>, horizon: Timestamp, time_of: impl Fn(&T) -> Timestamp) {
    let kept = list.iter().take_while(|one| time_of(one) <= horizon).count();
    list.truncate(kept);
}

fn told(
    book: &mut Book,
    account: VenueAccountId,
    from: Read,
    limit: u32,
    stale: bool,
) -> Result<Option<Told>, NumberError> {
    let page = usize::try_from(limit).unwrap_or(usize::MAX);
    let standing = book.standing(account, stale)?;
    let last = book.engine.account(account).map(|known| Read {
        fill: known.last_fill,
        income: known.last_income,
    });
    let recent = book.recent(account);
    let (fills, incomes) = (
        recent.fills.after(from.fill, page),
        recent.incomes.after(from.income, page),
    );
    Ok(standing.zip(last).map(|(standing, last)| Told {
        standing,
        last,
        fills,
        incomes,
    }))
}

impl Read {
    /// From a cursor; an empty one is the beginning.
    pub fn parse(cursor: &Cursor) -> Result<Self, VenueError> {
        if cursor.0.is_empty() {
            return Ok(Self { fill: 0, income: 0 });
        }
        let parts = cursor.0.split_once('.');
        let read = parts.and_then(|(fill, income)| Some((fill.parse().ok()?, income.parse().ok()?)));
        let (fill, income) = read.ok_or_else(|| VenueError::Refused(format!("cursor {} is not ours", cursor.0)))?;
        Ok(Self { fill, income })
    }

    fn earlier(self) -> Self {
        Self {
            fill: (self.fill - REPEATED).max(0),
            income: (self.income - REPEATED).max(0),
        }
    }

    fn cursor(self) -> Cursor {
        Cursor(format!("{}.{}", self.fill, self.income))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stepped(page: usize, fills: &[i64], incomes: &[i64]) -> (Vec<i64>, Vec<i64>) {
        let at = |at: &i64| Timestamp(*at);
        in_step(page, (fills.to_vec(), at), (incomes.to_vec(), at))
    }

    #[test]
    fn what_is_later_than_a_full_list_waits_for_the_next_page() {
        assert_eq!(stepped(3, &[1, 2, 5], &[2, 5, 6]), (vec![1, 2, 5], vec![2, 5]));
        assert_eq!(stepped(3, &[1, 4, 7], &[2, 3, 5]), (vec![1, 4], vec![2, 3, 5]));
        assert_eq!(stepped(3, &[1, 2, 3], &[9]), (vec![1, 2, 3], vec![]));
        assert_eq!(stepped(3, &[5, 9], &[1, 2, 3]), (vec![], vec![1, 2, 3]));
        assert_eq!(stepped(3, &[5, 9], &[1, 20]), (vec![5, 9], vec![1, 20]));
    }

    #[test]
    fn clock_that_was_set_back_keeps_no_page_from_going_on() {
        let (fills, incomes) = stepped(2, &[9, 3], &[8, 2]);
        assert!(!fills.is_empty() || !incomes.is_empty());
        assert_eq!(stepped(2, &[9, 3], &[8, 4]), (vec![9, 3], vec![]));
    }
}
