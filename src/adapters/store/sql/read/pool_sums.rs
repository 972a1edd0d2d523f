//! What holdings, their accruals, and the ledger's entries about them come to.

use domain::fixed::Amount;
use domain::id::{LedgerAccountId, ProductId};
use domain::ledger::{EntryKind, EntrySeq};
use domain::pool::audit::{AccruedSums, PostedSums};
use domain::pool::figure::HoldingSums;
use domain::pool::{DayFigures, PoolDay};
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement};

use super::super::readers::Readers;
use super::super::rows::Row;
use super::statistics::sum_of;
use crate::ports::store::StoreError;

/// Entries per question: so many are added up well within a statement's deadline.
const STRIDE: i64 = 100_000;
/// As in the sums of positions: whole and rest apart, or a sum would leave 64 bits.
const PART: i64 = 100_000_000;

/// Columns of one answer, taken one after another.
struct Columns<'a> {
    row: &'a QueryResult,
    name: Row<String>,
    next: usize,
}

impl Columns<'_> {
    fn number(&mut self) -> Result<i64, StoreError> {
        let place = self.next;
        self.next += 1;
        let number = self.row.try_get_by_index::<Option<i64>>(place);
        number
            .map(Option::unwrap_or_default)
            .map_err(|error| self.name.corrupt(error))
    }

    fn amount(&mut self) -> Result<Amount, StoreError> {
        let (whole, rest) = (self.number()?, self.number()?);
        sum_of("pools", (Some(whole), Some(rest)))
    }
}

impl Readers {
    pub async fn holding_sums(&self, product: ProductId) -> Result<HoldingSums, StoreError> {
        let (owed, overpaid) = (
            "CASE WHEN unpaid > 0 THEN unpaid ELSE 0 END",
            "CASE WHEN unpaid < 0 THEN -unpaid ELSE 0 END",
        );
        let amounts = [
            "earning + pending",
            "earning",
            "CASE WHEN referrer_id IS NOT NULL THEN earning ELSE 0 END",
            "subscribed",
            "earned",
            "paid",
            owed,
            overpaid,
            "forfeited",
            "commissioned",
        ];
        let mut columns = vec![
            self.count_of("CASE WHEN state = 'held' THEN 1 ELSE 0 END"),
            self.count_of("CASE WHEN state = 'held' THEN 0 ELSE 1 END"),
        ];
        columns.extend(amounts.iter().flat_map(|amount| self.amount_of(amount)));
        let text = format!(
            "SELECT {} FROM pool_holding WHERE product_id = {product}",
            columns.join(", ")
        );
        let Some(row) = self.one_row(text).await? else {
            return Ok(HoldingSums::default());
        };
        let mut columns = columns_of(&row, format!("holdings of product {product}"));
        Ok(HoldingSums {
            held: columns.number()?,
            ended: columns.number()?,
            principal: columns.amount()?,
            earning: columns.amount()?,
            referred: columns.amount()?,
            subscribed: columns.amount()?,
            earned: columns.amount()?,
            paid: columns.amount()?,
            owed: columns.amount()?,
            overpaid: columns.amount()?,
            forfeited: columns.amount()?,
            commissioned: columns.amount()?,
        })
    }

    pub async fn accrued_sums(&self, product: ProductId, day: PoolDay) -> Result<AccruedSums, StoreError> {
        let mut columns = vec![self.count_of("CASE WHEN number = 0 THEN 1 ELSE 0 END")];
        columns.extend(self.amount_of("CASE WHEN number = 0 THEN principal ELSE 0 END"));
        columns.extend(self.amount_of("earned"));
        let text = format!(
            "SELECT {} FROM pool_accrual WHERE product_id = {product} AND day = {}",
            columns.join(", "),
            day.number()
        );
        let Some(row) = self.one_row(text).await? else {
            return Ok(AccruedSums::default());
        };
        let mut columns = columns_of(&row, format!("accruals of {day}"));
        Ok(AccruedSums {
            holdings: columns.number()?,
            principal: columns.amount()?,
            earned: columns.amount()?,
        })
    }

    /// By the names of the entries, since the ledger knows no days of pools. Read stretch by stretch.
    pub async fn posted_sums(
        &self,
        funding: LedgerAccountId,
        day: PoolDay,
        from: EntrySeq,
    ) -> Result<PostedSums, StoreError> {
        let (paid, commission) = (EntryKind::PoolYield.as_str(), EntryKind::Commission.as_str());
        let of = |kind: &str| format!("CASE WHEN e.kind = '{kind}' THEN -p.amount ELSE 0 END");
        let mut columns = vec![self.count_of(&format!("CASE WHEN e.kind = '{paid}' THEN 1 ELSE 0 END"))];
        columns.extend(self.amount_of(&of(paid)));
        columns.extend(self.amount_of(&of(commission)));
        let columns = columns.join(", ");
        let last = self.last_entry().await?.0;
        let mut sums = PostedSums::default();
        let mut first = from.0.max(1);
        while first <= last {
            let end = first.saturating_add(STRIDE);
            let text = format!(
                "SELECT {columns} FROM posting p JOIN entry e ON e.seq = p.entry_seq \
                 WHERE p.account_id = {funding} AND p.entry_seq >= {first} AND p.entry_seq < {end} \
                 AND e.kind IN ('{paid}', '{commission}') \
                 AND (e.entry_key LIKE '%:{day}' OR e.entry_key LIKE '%:{day}:%')"
            );
            if let Some(row) = self.one_row(text).await? {
                let mut columns = columns_of(&row, format!("payments of {day}"));
                let corrupt = |error| Row::new("payments of", day).corrupt(error);
                sums.payments = sums.payments.saturating_add(columns.number()?);
                sums.paid = sums.paid.plus(columns.amount()?).map_err(corrupt)?;
                sums.commission = sums.commission.plus(columns.amount()?).map_err(corrupt)?;
            }
            first = end;
        }
        Ok(sums)
    }

    pub async fn pool_totals(&self, product: ProductId) -> Result<DayFigures, StoreError> {
        let mut columns = vec![self.count_of("holdings")];
        columns.extend(self.amount_of("earned"));
        columns.push(self.count_of("payments"));
        columns.extend(self.amount_of("paid"));
        columns.extend(self.amount_of("commission"));
        let text = format!(
            "SELECT {} FROM pool_day WHERE product_id = {product}",
            columns.join(", ")
        );
        let Some(row) = self.one_row(text).await? else {
            return Ok(DayFigures::default());
        };
        let mut columns = columns_of(&row, format!("days of product {product}"));
        Ok(DayFigures {
            holdings: columns.number()?,
            // Principal of different days is no sum of anything.
            principal: Amount::ZERO,
            earned: columns.amount()?,
            payments: columns.number()?,
            paid: columns.amount()?,
            commission: columns.amount()?,
        })
    }

    async fn one_row(&self, text: String) -> Result<Option<QueryResult>, StoreError> {
        let backend = self.connection().get_database_backend();
        let statement = Statement::from_string(backend, text);
        self.ask(self.connection().query_one_raw(statement)).await
    }

    fn whole(&self) -> (&'static str, &'static str) {
        match self.connection().get_database_backend() {
            DbBackend::MySql => ("DIV", "SIGNED"),
            _ => ("/", "BIGINT"),
        }
    }

    fn count_of(&self, number: &str) -> String {
        format!("CAST(SUM({number}) AS {})", self.whole().1)
    }

    fn amount_of(&self, amount: &str) -> [String; 2] {
        let (divide, whole) = self.whole();
        [divide, "%"].map(|by| format!("CAST(SUM(({amount}) {by} {PART}) AS {whole})"))
    }
}

fn columns_of(row: &QueryResult, name: String) -> Columns<'_> {
    Columns {
        row,
        name: Row::new("sums over", name),
        next: 0,
    }
}
