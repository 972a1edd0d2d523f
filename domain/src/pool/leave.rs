//! Money comes out of a product: principal, and only those days that were not paid yet (S4-01).

use crate::fixed::{Amount, NumberError, Rounding};
use crate::ledger::{AccountKey, AccountKind, EntryKey, EntryKind, EscrowPosting};
use crate::pool::day::PoolDay;
use crate::pool::holding::{Holding, HoldingState};
use crate::pool::post::{BAD_REFERENCE, Named, Posts, principal_of, wallet_of};
use crate::pool::product::{Early, Product, Term};
use crate::pool::rate::Rates;
use crate::pool::refusal::PoolRefusal;
use crate::time::Timestamp;

/// Days that are caught up at once at most.
const REACH: i64 = 400;

/// A redemption.
#[derive(Debug, Clone, Copy)]
pub struct Redeeming<'a> {
    /// The product as it is stored.
    pub product: &'a Product,
    /// Its rates.
    pub rates: &'a Rates,
    /// The holding as it is stored.
    pub holding: &'a Holding,
    /// How much; `None`: everything.
    pub amount: Option<Amount>,
    /// What the user holds of the product by now, of what was put in.
    pub held: Amount,
    /// What the product's yield can be paid from.
    pub funding: Amount,
    /// The asker's own reference.
    pub reference: &'a str,
    /// Now.
    pub now: Timestamp,
}

/// What a redemption comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// What is posted.
    pub posting: EscrowPosting,
    /// The holding after it.
    pub holding: Holding,
    /// What comes back of the principal.
    pub principal: Amount,
    /// What is kept of it.
    pub penalty: Amount,
    /// Yield that is paid with it.
    pub paid: Amount,
}

/// Gives principal back, and pays what accrued until yesterday. A part that is redeemed on a day earns nothing on that day.
///
/// # Errors
/// Says what is in the way.
pub fn redeem(ask: &Redeeming) -> Result<Left, PoolRefusal> {
    let product = ask.product;
    if !ask.holding.state.is_held() {
        return Err(PoolRefusal::Ended);
    }
    let key = EntryKey::pool_out(ask.reference).ok_or(BAD_REFERENCE)?;
    let mut holding = ask.holding.clone();
    // A clock that goes back does not take back days that have accrued (T12).
    let today = product.today(ask.now).max(holding.accrued_through);
    holding.is_within_reach(today)?;
    let mut posts = Posts::new(product, ask.funding);
    renew(&mut posts, &mut holding, ask.rates, today)?;
    posts.catch_up(&mut holding, ask.rates, today.before())?;
    let early = early(product, &holding, today)?;
    let principal = holding.principal()?;
    let part = ask.amount.unwrap_or(principal);
    check_part(ask, principal, part)?;
    let penalty = match early {
        Some(early) => early.penalty.of(part, Rounding::Down)?,
        None => Amount::ZERO,
    };
    let freed = holding.take_out(part)?;
    if part < principal && (ask.held > freed) {
        product.may_hold(ask.held.minus(freed)?)?;
    }
    if part == principal {
        let lost = early.is_some_and(|early| early.forfeits);
        end(&mut posts, &mut holding, HoldingState::Redeemed { at: ask.now }, lost)?;
    }
    give_back(&mut posts, key, &holding, part.minus(penalty)?);
    if penalty.is_positive() {
        let key = EntryKey::pool_penalty(ask.reference).ok_or(BAD_REFERENCE)?;
        keep(&mut posts, key, &holding, penalty);
    }
    holding.updated_at = ask.now;
    let paid = posts.total.paid;
    let posting = posts.into_posting(vec![holding.clone()]);
    Ok(Left {
        posting: posting.with_product(freed_of(product, freed, ask.now)?),
        holding,
        principal: part.minus(penalty)?,
        penalty,
        paid,
    })
}

fn check_part(ask: &Redeeming, principal: Amount, part: Amount) -> Result<(), PoolRefusal> {
    if !part.is_positive() {
        return Err(PoolRefusal::field("amount", "must be above zero"));
    }
    if part > principal {
        return Err(PoolRefusal::TooMuch { principal });
    }
    if part < principal && ask.product.term != Term::Flexible {
        return Err(PoolRefusal::OnlyWhole);
    }
    Ok(())
}

/// What leaving now costs; nothing after the last day.
fn early(product: &Product, holding: &Holding, today: PoolDay) -> Result<Option<Early>, PoolRefusal> {
    let (Term::Fixed { early, .. }, Some(last_day)) = (product.term, holding.last_day) else {
        return Ok(None);
    };
    if last_day < today || product.last_day.is_some_and(|last| last < today) {
        return Ok(None);
    }
    match early {
        Some(early) => Ok(Some(early)),
        None => Err(PoolRefusal::NotMature { last_day }),
    }
}

/// Begins the terms that follow one another until today, where the holding renews and the product takes it.
pub(super) fn renew(
    posts: &mut Posts,
    holding: &mut Holding,
    rates: &Rates,
    today: PoolDay,
) -> Result<bool, NumberError> {
    let mut renewed = false;
    while let Some(last_day) = holding.last_day.filter(|last| *last < today && holding.renews) {
        let Some(next) = posts.product.renews_after(last_day) else {
            break;
        };
        posts.catch_up(holding, rates, last_day)?;
        holding.opened_on = last_day;
        holding.last_day = Some(next);
        renewed = true;
    }
    Ok(renewed)
}

/// Ends a holding whose principal is gone: what is left of its yield is paid, or lost.
pub(super) fn end(
    posts: &mut Posts,
    holding: &mut Holding,
    state: HoldingState,
    lost: bool,
) -> Result<(), NumberError> {
    holding.state = state;
    if lost && holding.unpaid.is_positive() {
        holding.forfeited = holding.forfeited.plus(holding.unpaid)?;
        holding.unpaid = Amount::ZERO;
    }
    let named = Named::End(holding.accrued_through);
    posts.pay(holding, named)
}

/// Posts the return of principal to the wallet.
pub(super) fn give_back(posts: &mut Posts, key: EntryKey, holding: &Holding, amount: Amount) {
    if !amount.is_positive() {
        return;
    }
    let product = posts.product;
    let from = principal_of(holding.user, &product.asset);
    let to = wallet_of(holding.user, &product.asset);
    let remark = format!("taken out of {}", product.name);
    posts.post(key, EntryKind::PoolOut, holding, remark, (from, to, amount));
}

fn keep(posts: &mut Posts, key: EntryKey, holding: &Holding, penalty: Amount) {
    let product = posts.product;
    let from = principal_of(holding.user, &product.asset);
    let to = AccountKey {
        kind: AccountKind::PlatformRevenue,
        owner: 0,
        asset: product.asset.clone(),
    };
    let remark = format!("left {} early", product.name);
    posts.post(key, EntryKind::PoolPenalty, holding, remark, (from, to, penalty));
}

/// The product, with so much of its quota free again.
pub(super) fn freed_of(product: &Product, freed: Amount, now: Timestamp) -> Result<Product, NumberError> {
    let mut changed = product.clone();
    changed.sold = product.sold.minus(freed)?;
    changed.updated_at = now;
    Ok(changed)
}

impl Holding {
    /// Whether the days that are missing can be caught up at once.
    pub(super) fn is_within_reach(&self, today: PoolDay) -> Result<(), PoolRefusal> {
        let end = match (self.renews, self.last_day) {
            (false, Some(last)) => last.min(today),
            _ => today,
        };
        let days = end.since(self.accrued_through);
        if days > REACH {
            return Err(PoolRefusal::Behind { days });
        }
        Ok(())
    }
}
