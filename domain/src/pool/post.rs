//! What is posted for holdings: entries, accruals and sums of days, gathered until they are written together.

use std::collections::BTreeMap;

use crate::change::Change;
use crate::fixed::{Amount, NumberError, Rounding};
use crate::id::{ProductId, UserId};
use crate::ledger::{AccountKey, AccountKind, Asset, EntryKey, EntryKind, EscrowEntry, EscrowPosting, Purse};
use crate::pool::accrue::Accrual;
use crate::pool::change::PoolChange;
use crate::pool::day::PoolDay;
use crate::pool::holding::Holding;
use crate::pool::product::Product;
use crate::pool::rate::Rates;
use crate::pool::refusal::PoolRefusal;
use crate::pool::tally::{DayFigures, DayTally};

/// What a user's holdings are worth in the ledger.
pub fn principal_of(user: UserId, asset: &Asset) -> AccountKey {
    AccountKey {
        kind: AccountKind::PoolPrincipal,
        owner: user.0,
        asset: asset.clone(),
    }
}

/// What a product's yield is paid from.
pub fn funding_of(product: ProductId, asset: &Asset) -> AccountKey {
    AccountKey {
        kind: AccountKind::PoolFunding,
        owner: product.0,
        asset: asset.clone(),
    }
}

/// A user's wallet.
pub(super) fn wallet_of(user: UserId, asset: &Asset) -> AccountKey {
    Purse::Wallet(asset.clone()).account(user)
}

/// Brings `amount` in to pay a product's yield from, or takes it back where it is below zero.
///
/// # Errors
/// When the amount is zero, or the reference no reference.
pub fn fund(product: &Product, amount: Amount, reference: &str, by: &str) -> Result<EscrowPosting, PoolRefusal> {
    if amount.is_zero() {
        return Err(PoolRefusal::field("amount", "must not be zero"));
    }
    let key = EntryKey::pool_fund(reference).ok_or(BAD_REFERENCE)?;
    let issuance = Purse::Wallet(product.asset.clone()).issuance();
    let lines = vec![
        (issuance, amount.negated()),
        (funding_of(product.id, &product.asset), amount),
    ];
    let entry = EscrowEntry {
        key,
        kind: EntryKind::PoolFund,
        reference: format!("product:{}", product.id),
        remark: format!("asked for by {by}"),
        lines,
    };
    Ok(EscrowPosting {
        entries: vec![entry],
        ..EscrowPosting::default()
    })
}

/// A reference that cannot be part of a key.
pub(super) const BAD_REFERENCE: PoolRefusal =
    PoolRefusal::field("reference", "must be 1 to 100 visible ASCII characters");

/// The name of a payment.
#[derive(Debug, Clone, Copy)]
pub(super) enum Named {
    /// What accrued up to the end of a day; a number above zero: after that correction of it.
    Day(PoolDay, u32),
    /// What was left when the holding ended, after this day.
    End(PoolDay),
}

impl Named {
    const fn day(self) -> PoolDay {
        match self {
            Self::Day(day, _) | Self::End(day) => day,
        }
    }
}

/// See the file's sentence.
pub(super) struct Posts<'a> {
    pub product: &'a Product,
    /// What may be paid still.
    funding: Amount,
    /// What was due, whether it could be paid or not; commissions with it.
    pub due: Amount,
    /// Sums of all days together.
    pub total: DayFigures,
    entries: Vec<EscrowEntry>,
    accruals: Vec<Accrual>,
    days: BTreeMap<PoolDay, DayFigures>,
}

impl<'a> Posts<'a> {
    /// Nothing yet; `funding` is what the product's yield can be paid from.
    pub fn new(product: &'a Product, funding: Amount) -> Self {
        Self {
            product,
            funding,
            due: Amount::ZERO,
            total: DayFigures::default(),
            entries: Vec::new(),
            accruals: Vec::new(),
            days: BTreeMap::new(),
        }
    }

    /// Accrues all days up to the end of `through`, of the holding's last day and of the product's, and pays after each payday among them.
    pub fn catch_up(&mut self, holding: &mut Holding, rates: &Rates, through: PoolDay) -> Result<(), NumberError> {
        let last = holding.last_day.map_or(through, |day| day.min(through));
        let last = self.product.last_day.map_or(last, |day| day.min(last));
        while holding.accrued_through < last && holding.state.is_held() {
            let line = holding.accrue(rates.on(holding.accrued_through.next()))?;
            self.accrued(line)?;
            if self.product.payday.is_after(line.day) {
                self.pay(holding, Named::Day(line.day, 0))?;
            }
        }
        Ok(())
    }

    /// Takes an accrual.
    pub fn accrued(&mut self, line: Accrual) -> Result<(), NumberError> {
        self.days.entry(line.day).or_default().accrued(&line)?;
        self.total.accrued(&line)?;
        self.accruals.push(line);
        Ok(())
    }

    /// Pays what the holding earned and was not paid, unless that is nothing, or more than can be paid: then it stays unpaid.
    pub fn pay(&mut self, holding: &mut Holding, named: Named) -> Result<(), NumberError> {
        let amount = holding.unpaid;
        if !amount.is_positive() {
            return Ok(());
        }
        let paid = holding.paid.plus(amount)?;
        let commission = match holding.referrer {
            Some(_) => holding
                .commission
                .of(paid, Rounding::Down)?
                .minus(holding.commissioned)?,
            None => Amount::ZERO,
        };
        let due = amount.plus(commission)?;
        self.due = self.due.plus(due)?;
        if due > self.funding {
            return Ok(());
        }
        self.funding = self.funding.minus(due)?;
        holding.paid = paid;
        holding.unpaid = Amount::ZERO;
        holding.commissioned = holding.commissioned.plus(commission)?;
        let to = if self.product.compounds && holding.state.is_held() {
            holding.earning = holding.earning.plus(amount)?;
            principal_of(holding.user, &self.product.asset)
        } else {
            wallet_of(holding.user, &self.product.asset)
        };
        self.post_yield(holding, named, to, amount);
        self.post_commission(holding, named, commission);
        let figures = DayFigures {
            payments: 1,
            paid: amount,
            commission,
            ..DayFigures::default()
        };
        let day = self.days.entry(named.day()).or_default();
        *day = day.plus(&figures)?;
        self.total = self.total.plus(&figures)?;
        Ok(())
    }

    fn post_yield(&mut self, holding: &Holding, named: Named, to: AccountKey, amount: Amount) {
        let key = match named {
            Named::Day(day, number) => EntryKey::yield_of(holding.id, day, number),
            Named::End(day) => EntryKey::last_yield_of(holding.id, day),
        };
        let remark = format!("yield up to {}", named.day());
        let from = funding_of(self.product.id, &self.product.asset);
        self.post(key, EntryKind::PoolYield, holding, remark, (from, to, amount));
    }

    fn post_commission(&mut self, holding: &Holding, named: Named, amount: Amount) {
        let Some(referrer) = holding.referrer.filter(|_| amount.is_positive()) else {
            return;
        };
        let key = match named {
            Named::Day(day, number) => EntryKey::commission_of(holding.id, day, number),
            Named::End(day) => EntryKey::last_commission_of(holding.id, day),
        };
        let remark = format!("commission on yield up to {}", named.day());
        let from = funding_of(self.product.id, &self.product.asset);
        let to = wallet_of(referrer, &self.product.asset);
        self.post(key, EntryKind::Commission, holding, remark, (from, to, amount));
    }

    /// Adds an entry that moves an amount from one account to another.
    pub fn post(
        &mut self,
        key: EntryKey,
        kind: EntryKind,
        holding: &Holding,
        remark: String,
        (from, to, amount): (AccountKey, AccountKey, Amount),
    ) {
        self.entries.push(EscrowEntry {
            key,
            kind,
            reference: format!("holding:{}", holding.id),
            remark,
            lines: vec![(from, amount.negated()), (to, amount)],
        });
    }

    /// How many entries there are.
    pub fn entries(&self) -> usize {
        self.entries.len()
    }

    /// All of it, with the holdings that changed.
    pub fn into_posting(self, holdings: Vec<Holding>) -> EscrowPosting {
        let mut posting = EscrowPosting {
            entries: self.entries,
            ..EscrowPosting::default()
        };
        if !holdings.is_empty() {
            posting = posting.with_holdings(holdings);
        }
        if !self.accruals.is_empty() {
            posting = posting.with(Change::Pool(PoolChange::AddAccruals(self.accruals)));
        }
        let product = self.product.id;
        let tally = |(day, added)| DayTally { product, day, added };
        let tallies: Vec<DayTally> = self.days.into_iter().map(tally).collect();
        if !tallies.is_empty() {
            posting = posting.with(Change::Pool(PoolChange::TallyDays(tallies)));
        }
        posting
    }
}
