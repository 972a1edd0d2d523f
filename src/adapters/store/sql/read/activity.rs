//! What was done in a period, summed by the database: orders, closes, settlements and open debts.

use std::collections::BTreeMap;

use domain::fixed::Amount;
use domain::ledger::{AccountKind, EntryKind};
use domain::page::Page;
use domain::period::Period;
use domain::report::{Activity, By, Figure};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, Statement};

use super::super::readers::Readers;
use super::super::rows::Row;
use crate::ports::store::StoreError;

/// A sum of units would leave 64 bits after a few rows at the bound: whole and rest are summed apart.
const PART: i64 = 100_000_000;
/// Stands after every group that has an id.
const NOBODY: i64 = i64::MAX;

impl Readers {
    pub async fn activity(&self, by: By, period: Period, page: Page) -> Result<Vec<Activity>, StoreError> {
        let first = self.first_entry_from(period.from()).await?.0;
        let end = self.first_entry_from(period.to()).await?.0;
        let after = if by == By::Day { -1 } else { page.after };
        let ask = Ask {
            backend: self.connection().get_database_backend(),
            by,
            after,
            limit: if by == By::Day { 1 } else { page.limit },
        };
        let (from, to) = (period.from().0, period.to().0);
        let mut groups = BTreeMap::new();
        self.gather(&ask.orders(from, to), &mut groups, |group, row| {
            group.orders = row.count(1)?;
            Ok(())
        })
        .await?;
        self.gather(&ask.closes(from, to), &mut groups, |group, row| {
            (group.closes, group.profit) = (row.count(1)?, row.sum(2)?);
            Ok(())
        })
        .await?;
        self.gather(&ask.settled(first, end), &mut groups, |group, row| {
            for (place, figure) in (0..).zip(Figure::ALL) {
                *group.figure(figure) = row.sum(1 + 2 * place)?;
            }
            Ok(())
        })
        .await?;
        self.gather(&ask.open_debts(to, end), &mut groups, |group, row| {
            (group.open_debts, group.open_debt) = (row.count(1)?, row.sum(2)?);
            Ok(())
        })
        .await?;
        if by == By::Day {
            return Ok(vec![groups.remove(&0).unwrap_or_default()]);
        }
        // Each question gave its first groups, so the first of all are complete.
        Ok(groups
            .into_values()
            .take(usize::try_from(page.limit).unwrap_or(usize::MAX))
            .collect())
    }

    async fn gather(
        &self,
        query: &Query,
        groups: &mut BTreeMap<i64, Activity>,
        fill: impl Fn(&mut Activity, &Seen) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let statement = Statement::from_string(query.backend, &query.text);
        let rows = self.ask(self.connection().query_all_raw(statement)).await?;
        for row in rows {
            let key = row.try_get_by_index::<i64>(0).map_err(|error| unread(&error))?;
            let group = (query.by != By::Day && key != NOBODY).then_some(key);
            fill(groups.entry(key).or_insert_with(|| Activity::of(group)), &Seen(row))?;
        }
        Ok(())
    }
}

/// A question whose first column is the group.
struct Query {
    backend: DbBackend,
    by: By,
    text: String,
}

/// One row of its answer.
struct Seen(QueryResult);

fn unread(error: &DbErr) -> StoreError {
    Row::new("sums of", "activity").corrupt(error)
}

impl Seen {
    fn number(&self, column: usize) -> Result<i64, StoreError> {
        let number = self.0.try_get_by_index::<Option<i64>>(column);
        Ok(number.map_err(|error| unread(&error))?.unwrap_or(0))
    }

    fn count(&self, column: usize) -> Result<u64, StoreError> {
        let count = self.number(column)?;
        u64::try_from(count).map_err(|error| Row::new("counts of", "activity").corrupt(error))
    }

    /// Of whole and rest, which stand side by side.
    fn sum(&self, column: usize) -> Result<Amount, StoreError> {
        let units = i128::from(self.number(column)?) * i128::from(PART) + i128::from(self.number(column + 1)?);
        Amount::from_wide(units).map_err(|error| Row::new("sums of", "activity").corrupt(format!("{units}: {error}")))
    }
}

/// How a question is asked; every value in its text is a number of ours.
struct Ask {
    backend: DbBackend,
    by: By,
    after: i64,
    limit: u32,
}

impl Ask {
    fn orders(&self, from: i64, to: i64) -> Query {
        let group = self.group("o.user_id", "o.robot_id");
        let rows =
            format!("SELECT {group} AS k FROM trade_order o WHERE o.created_at >= {from} AND o.created_at < {to}");
        self.query(&["COUNT(*)".to_owned()], &rows)
    }

    fn closes(&self, from: i64, to: i64) -> Query {
        let group = self.group("o.user_id", "o.robot_id");
        let rows = format!(
            "SELECT {group} AS k, o.profit AS v FROM position o \
             WHERE o.closed_at >= {from} AND o.closed_at < {to} AND o.state = 'closed'"
        );
        self.query(&[vec!["COUNT(*)".to_owned()], self.sums("t.v")].concat(), &rows)
    }

    /// Postings of the entries from `first` on and before `end`, each counted as [`Figure::of`] says.
    fn settled(&self, first: i64, end: i64) -> Query {
        let (number, position) = (self.whole(), "'position:%'");
        let owner = "(SELECT MAX(a.owner) FROM posting q JOIN ledger_account a ON a.id = q.account_id \
                     WHERE q.entry_seq = p.entry_seq)";
        let robot = format!(
            "(SELECT o.robot_id FROM position o WHERE o.id = \
             CASE WHEN e.reference LIKE {position} THEN CAST(SUBSTR(e.reference, 10) AS {number}) END)"
        );
        let group = self.group(owner, &robot);
        let rows = format!(
            "SELECT {group} AS k, e.kind AS entry_kind, r.kind AS account_kind, p.amount AS v \
             FROM entry e JOIN posting p ON p.entry_seq = e.seq JOIN ledger_account r ON r.id = p.account_id \
             WHERE e.seq >= {first} AND e.seq < {end} AND p.entry_seq >= {first} AND p.entry_seq < {end} \
             AND r.kind IN ({})",
            list(counted_accounts())
        );
        let columns = Figure::ALL.into_iter().flat_map(|figure| {
            let sign = if figure.is_negated() { "-" } else { "" };
            self.sums(&format!("CASE WHEN {} THEN {sign}t.v ELSE 0 END", counts_as(figure)))
        });
        self.query(&columns.collect::<Vec<_>>(), &rows)
    }

    /// Debts that were open at `at`, each with what was owed then: what corrections changed from entry `end` on, while it
    /// was still open, is taken off again.
    fn open_debts(&self, at: i64, end: i64) -> Query {
        let robot = "(SELECT o.robot_id FROM position o WHERE o.id = d.position_id)";
        let group = self.group("d.user_id", robot);
        let (position, number) = ("CAST(SUBSTR(e.reference, 10) AS", self.whole());
        let (correct, debt) = (EntryKind::PowerCorrect.as_str(), AccountKind::UserDebt.as_str());
        let later = format!(
            "SELECT {position} {number}) AS position_id, e.seq AS seq, p.amount AS v \
             FROM entry e JOIN posting p ON p.entry_seq = e.seq JOIN ledger_account r ON r.id = p.account_id \
             WHERE e.seq >= {end} AND p.entry_seq >= {end} AND e.kind = '{correct}' AND r.kind = '{debt}' \
             AND e.reference LIKE 'position:%'"
        );
        let changed = format!(
            "SELECT x.id AS id, CAST(SUM(c.v) AS {number}) AS v FROM debt x JOIN ({later}) c \
             ON c.position_id = x.position_id AND (x.ended_entry IS NULL OR c.seq < x.ended_entry) GROUP BY x.id"
        );
        let rows = format!(
            "SELECT {group} AS k, d.owed - COALESCE(l.v, 0) AS v FROM debt d LEFT JOIN ({changed}) l ON l.id = d.id \
             WHERE (d.ended_at IS NULL OR d.ended_at >= {at}) AND d.created_at < {at}"
        );
        self.query(&[vec!["COUNT(*)".to_owned()], self.sums("t.v")].concat(), &rows)
    }

    /// A whole number of 64 bits, as the database calls it in a cast.
    fn whole(&self) -> &'static str {
        match self.backend {
            DbBackend::MySql => "SIGNED",
            _ => "BIGINT",
        }
    }

    fn group(&self, user: &str, robot: &str) -> String {
        match self.by {
            By::Day => "0".to_owned(),
            By::User => user.to_owned(),
            By::Robot => format!("COALESCE({robot}, {NOBODY})"),
        }
    }

    fn query(&self, columns: &[String], rows: &str) -> Query {
        let (after, limit, whole) = (self.after, self.limit, self.whole());
        Query {
            backend: self.backend,
            by: self.by,
            text: format!(
                "SELECT CAST(t.k AS {whole}) AS k, {} FROM ({rows}) t WHERE t.k > {after} GROUP BY t.k ORDER BY t.k LIMIT {limit}",
                columns.join(", ")
            ),
        }
    }

    /// The three databases divide whole numbers and type sums each in their own way.
    fn sums(&self, value: &str) -> Vec<String> {
        let whole = self.whole();
        let divide = match self.backend {
            DbBackend::MySql => "DIV",
            _ => "/",
        };
        let sum = |part: &str| format!("CAST(SUM(({value}) {part} {PART}) AS {whole})");
        vec![sum(divide), sum("%")]
    }
}

/// When a posting counts as a figure, in the words of the database.
fn counts_as(figure: Figure) -> String {
    let mut cases = Vec::new();
    for account in AccountKind::ALL {
        for (gain, sign) in [(true, "t.v > 0"), (false, "t.v <= 0")] {
            let counted = |entry: &EntryKind| Figure::of(*entry, account, gain) == Some(figure);
            let entries: Vec<&str> = EntryKind::ALL
                .iter()
                .filter(|entry| counted(entry))
                .map(|e| e.as_str())
                .collect();
            if !entries.is_empty() {
                let (account, entries) = (account.as_str(), list(entries));
                cases.push(format!(
                    "(t.account_kind = '{account}' AND {sign} AND t.entry_kind IN ({entries}))"
                ));
            }
        }
    }
    // A figure that no posting counts as stays zero.
    if cases.is_empty() {
        "1 = 0".to_owned()
    } else {
        cases.join(" OR ")
    }
}

/// The accounts whose postings count at all.
fn counted_accounts() -> Vec<&'static str> {
    let counts = |account: AccountKind, gain| {
        EntryKind::ALL
            .iter()
            .any(|entry| Figure::of(*entry, account, gain).is_some())
    };
    let accounts = AccountKind::ALL
        .into_iter()
        .filter(|account| counts(*account, true) || counts(*account, false));
    accounts.map(AccountKind::as_str).collect()
}

fn list(words: impl IntoIterator<Item = &'static str>) -> String {
    let words: Vec<String> = words.into_iter().map(|word| format!("'{word}'")).collect();
    words.join(", ")
}
