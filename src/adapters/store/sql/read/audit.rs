//! What the audit reads of every entry and position: whole pages by place, and no column that it does not need.

use domain::fixed::Amount;
use domain::id::LedgerAccountId;
use domain::ledger::{Entry, EntryKey, EntryKind, EntrySeq, PositionFact, Posting};
use domain::page::Page;
use domain::time::Timestamp;
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement};

use super::super::readers::Readers;
use super::super::rows::{Row, ledger};
use super::settling::{FACTS, cell, fact};
use crate::ports::store::StoreError;

const ENTRIES: &str = "SELECT seq, entry_key, kind, at, reference, remark, asked_by, previous, digest FROM entry \
                       WHERE seq > ? AND seq <= ? ORDER BY seq";

const POSTINGS: &str = "SELECT entry_seq, account_id, amount, balance_before, balance_after FROM posting \
                        WHERE entry_seq > ? AND entry_seq <= ? ORDER BY entry_seq, line";

impl Readers {
    /// Entries never change, so two questions at once see the same ones.
    pub async fn entries_between(&self, after: EntrySeq, to: EntrySeq) -> Result<Vec<Entry>, StoreError> {
        let (entries, postings) = tokio::try_join!(
            self.range(ENTRIES.to_owned(), after.0, to.0),
            self.range(POSTINGS.to_owned(), after.0, to.0),
        )?;
        let mut lines = postings.iter().map(posting).peekable();
        let mut read = Vec::with_capacity(entries.len());
        for row in &entries {
            let mut entry = entry(row)?;
            while let Some(line) = lines.next_if(|line| !matches!(line, Ok((seq, _)) if *seq > entry.seq.0)) {
                let (seq, posting) = line?;
                if seq == entry.seq.0 {
                    entry.postings.push(posting);
                }
            }
            read.push(entry);
        }
        Ok(read)
    }

    pub async fn position_facts(&self, page: Page) -> Result<Vec<PositionFact>, StoreError> {
        let quote = if self.connection().get_database_backend() == DbBackend::MySql {
            '`'
        } else {
            '"'
        };
        let text = format!("SELECT {FACTS} FROM {quote}position{quote} p WHERE p.id > ? ORDER BY p.id LIMIT ?");
        let rows = self.range(text, page.after, page.limit.into()).await?;
        rows.iter().map(fact).collect()
    }

    /// Asks a question with two numbers.
    async fn range(&self, text: String, first: i64, second: i64) -> Result<Vec<QueryResult>, StoreError> {
        let backend = self.connection().get_database_backend();
        let text = match backend {
            DbBackend::Postgres => text.replacen('?', "$1", 1).replacen('?', "$2", 1),
            _ => text,
        };
        let question = Statement::from_sql_and_values(backend, text, [first.into(), second.into()]);
        self.ask(self.connection().query_all_raw(question)).await
    }
}

fn entry(row: &QueryResult) -> Result<Entry, StoreError> {
    let seq: i64 = cell(row, 0)?;
    let name = Row::new("entry", seq);
    Ok(Entry {
        seq: EntrySeq(seq),
        key: EntryKey::stored(cell(row, 1)?),
        kind: name.word("kind", &cell::<String>(row, 2)?, EntryKind::parse)?,
        at: Timestamp(cell(row, 3)?),
        reference: cell(row, 4)?,
        remark: cell(row, 5)?,
        by: cell(row, 6)?,
        postings: Vec::with_capacity(3),
        previous: ledger::digest(&name, "previous digest", &cell::<Vec<u8>>(row, 7)?)?,
        digest: ledger::digest(&name, "digest", &cell::<Vec<u8>>(row, 8)?)?,
    })
}

fn posting(row: &QueryResult) -> Result<(i64, Posting), StoreError> {
    let seq: i64 = cell(row, 0)?;
    let name = Row::new("posting of entry", seq);
    let amount = |column, place| name.fixed(column, cell(row, place)?, Amount::from_units);
    let posting = Posting {
        account: LedgerAccountId(cell(row, 1)?),
        amount: amount("amount", 2)?,
        before: amount("balance before", 3)?,
        after: amount("balance after", 4)?,
    };
    Ok((seq, posting))
}
