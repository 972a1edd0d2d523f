//! What the entries say of each holding of the pools: its principal, and what was paid of its yield.

use crate::fixed::{Amount, NumberError};
use crate::id::{HoldingId, ProductId};
use crate::invariant::{Invariant, Violation};
use crate::ledger::account::AccountKind;
use crate::ledger::entry::{Entry, EntryKind, EntrySeq};
use crate::ledger::verify::{Verifier, name, violation};
use crate::pool::{Holding, PoolDay, Product};

/// All that the entries so far say of one holding.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct PoolTrace {
    principal: Amount,
    paid: Amount,
    commissioned: Amount,
    /// The last day whose yield was paid, corrections and the last payment apart.
    paid_through: Option<PoolDay>,
    newest: EntrySeq,
    has_holding: bool,
}

/// What is compared of a holding.
#[derive(Debug, Clone, Copy)]
pub(super) struct HoldingFact {
    id: HoldingId,
    principal: Amount,
    paid: Amount,
    commissioned: Amount,
}

/// What is compared of a product.
#[derive(Debug, Clone, Copy)]
pub(super) struct ProductFact {
    id: ProductId,
    sold: Amount,
    quota: Amount,
}

impl Verifier {
    /// Takes a holding of a pool; one that agrees with the entries is not kept.
    pub fn pool_holding(&mut self, holding: &Holding) {
        let fact = HoldingFact {
            id: holding.id,
            principal: holding.principal().unwrap_or(Amount::ZERO),
            paid: holding.paid,
            commissioned: holding.commissioned,
        };
        let sold = self.sold.entry(holding.product).or_default();
        *sold += i128::from(holding.subscribed.units());
        if let Some(trace) = self.pools.get_mut(&holding.id) {
            trace.has_holding = true;
        }
        if self.check_holding(&fact).is_err() {
            self.doubtful_holdings.push(fact);
        }
    }

    /// Takes a product of the pools.
    pub fn pool_product(&mut self, product: &Product) {
        self.products.push(ProductFact {
            id: product.id,
            sold: product.sold,
            quota: product.quota,
        });
    }

    /// Adds what an entry says of a holding.
    pub(super) fn trace_pool(&mut self, entry: &Entry) -> Result<(), Violation> {
        if !is_about_pools(entry.kind) {
            return Ok(());
        }
        self.pool_newest = entry.seq;
        if entry.kind == EntryKind::PoolFund {
            return Ok(());
        }
        let id = entry.reference.strip_prefix("holding:").and_then(|id| id.parse().ok());
        let id = HoldingId(id.ok_or_else(|| unheld(entry))?);
        let mut trace = self.pools.get(&id).copied().unwrap_or_default();
        self.add(&mut trace, entry).map_err(|_| unheld(entry))?;
        if entry.kind == EntryKind::PoolYield {
            paid_once(&mut trace, id, entry)?;
        }
        trace.newest = entry.seq;
        self.pools.insert(id, trace);
        Ok(())
    }

    fn add(&self, trace: &mut PoolTrace, entry: &Entry) -> Result<(), NumberError> {
        for posting in &entry.postings {
            match self.known.get(&posting.account).map(|key| key.kind) {
                Some(AccountKind::PoolPrincipal) => trace.principal = trace.principal.plus(posting.amount)?,
                Some(AccountKind::PoolFunding) if entry.kind == EntryKind::Commission => {
                    trace.commissioned = trace.commissioned.minus(posting.amount)?;
                }
                Some(AccountKind::PoolFunding) => trace.paid = trace.paid.minus(posting.amount)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn check_holding(&self, holding: &HoldingFact) -> Result<(), Violation> {
        let trace = self.pools.get(&holding.id).copied().unwrap_or_default();
        if self.is_in_window(trace.newest) {
            return Ok(());
        }
        let pairs = [
            ("principal", holding.principal, trace.principal),
            ("paid yield", holding.paid, trace.paid),
            ("commission", holding.commissioned, trace.commissioned),
        ];
        match pairs.into_iter().find(|(_, row, entries)| row != entries) {
            Some((what, row, entries)) => {
                let detail = format!(
                    "holding {} has {what} {row}, but its entries come to {entries}",
                    holding.id
                );
                Err(violation(Invariant::PaidIsEarned, detail))
            }
            None => Ok(()),
        }
    }

    /// Compares holdings and products with what all entries say.
    pub(super) fn check_pools(&self) -> Result<(), Violation> {
        for holding in &self.doubtful_holdings {
            self.check_holding(holding)?;
        }
        let missing = self.pools.iter().filter(|(_, trace)| !trace.has_holding);
        let missing = missing.filter(|(_, trace)| !self.is_in_window(trace.newest));
        if let Some((seq, id)) = missing.map(|(id, trace)| (trace.newest, *id)).min() {
            let detail = format!("entry {seq} is about holding {id}, which does not exist");
            return Err(violation(Invariant::PaidIsEarned, detail));
        }
        if self.is_in_window(self.pool_newest) {
            return Ok(());
        }
        for product in &self.products {
            let sold = self.sold.get(&product.id).copied().unwrap_or(0);
            if sold != i128::from(product.sold.units()) || product.sold > product.quota {
                let detail = format!(
                    "product {} has sold {} of its quota of {}, and its holdings count {sold} units",
                    product.id, product.sold, product.quota
                );
                return Err(violation(Invariant::SoldWithinQuota, detail));
            }
        }
        Ok(())
    }
}

/// A payment in the name of a day comes once, and after those of the days before (POO-1).
fn paid_once(trace: &mut PoolTrace, id: HoldingId, entry: &Entry) -> Result<(), Violation> {
    let named = entry.key.as_str().strip_prefix("yield:");
    let mut parts = named.unwrap_or_default().split(':');
    let holding = parts.next().and_then(|id| id.parse().ok()).map(HoldingId);
    let day = parts.next().and_then(PoolDay::parse);
    let (Some(holding), Some(day)) = (holding, day) else {
        return Err(unheld(entry));
    };
    let is_plain = parts.next().is_none();
    if holding != id || (is_plain && trace.paid_through.is_some_and(|through| day <= through)) {
        let detail = format!("{}: holding {id} was paid for that day before", name(entry));
        return Err(violation(Invariant::AccruedOnce, detail));
    }
    if is_plain {
        trace.paid_through = Some(day);
    }
    Ok(())
}

const fn is_about_pools(kind: EntryKind) -> bool {
    matches!(
        kind,
        EntryKind::PoolIn
            | EntryKind::PoolOut
            | EntryKind::PoolYield
            | EntryKind::PoolPenalty
            | EntryKind::PoolFund
            | EntryKind::Commission
    )
}

fn unheld(entry: &Entry) -> Violation {
    let detail = format!("{}: it is about no holding", name(entry));
    violation(Invariant::PaidIsEarned, detail)
}
