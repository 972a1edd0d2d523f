//! Money goes into a product: a subscription, or more for a holding.

use crate::change::Change;
use crate::fixed::Amount;
use crate::id::{HoldingId, UserId};
use crate::ledger::{EntryKey, EntryKind, EscrowPosting};
use crate::pool::change::PoolChange;
use crate::pool::holding::{Holding, HoldingState};
use crate::pool::post::{BAD_REFERENCE, Posts, principal_of, wallet_of};
use crate::pool::product::{Product, Term};
use crate::pool::rate::Rates;
use crate::pool::refusal::PoolRefusal;
use crate::time::Timestamp;

/// A subscription.
#[derive(Debug, Clone, Copy)]
pub struct Subscribing<'a> {
    /// The product as it is stored.
    pub product: &'a Product,
    /// What the user holds of it by now, of what was put in.
    pub held: Amount,
    /// The id of the new holding.
    pub id: HoldingId,
    /// Who puts money in.
    pub user: UserId,
    /// Who gets commissions on its yield.
    pub referrer: Option<UserId>,
    /// How much.
    pub amount: Amount,
    /// Whether another term follows the first.
    pub renews: bool,
    /// The asker's own reference.
    pub reference: &'a str,
    /// Now.
    pub now: Timestamp,
}

/// More money for a flexible holding.
#[derive(Debug, Clone, Copy)]
pub struct Adding<'a> {
    /// The product as it is stored.
    pub product: &'a Product,
    /// Its rates.
    pub rates: &'a Rates,
    /// The holding as it is stored.
    pub holding: &'a Holding,
    /// What the user holds of the product by now, of what was put in.
    pub held: Amount,
    /// What the product's yield can be paid from.
    pub funding: Amount,
    /// How much.
    pub amount: Amount,
    /// The asker's own reference.
    pub reference: &'a str,
    /// Now.
    pub now: Timestamp,
}

/// Moves money from the wallet to a new holding, within quota and limits, which are part of what is guarded (S4-05).
///
/// # Errors
/// Says what is in the way.
pub fn subscribe(ask: &Subscribing) -> Result<(EscrowPosting, Holding), PoolRefusal> {
    let product = ask.product;
    product.takes(ask.amount, ask.held, ask.now)?;
    let key = EntryKey::pool_in(ask.reference).ok_or(BAD_REFERENCE)?;
    if ask.referrer == Some(ask.user) {
        return Err(PoolRefusal::field("referrer", "must be another user"));
    }
    let today = product.today(ask.now);
    let last_day = match product.term {
        Term::Flexible if ask.renews => {
            return Err(PoolRefusal::field("renews", "is for products with a term"));
        }
        Term::Flexible => None,
        Term::Fixed { days, .. } => Some(today.plus(days)),
    };
    let holding = Holding {
        id: ask.id,
        product: product.id,
        user: ask.user,
        referrer: ask.referrer,
        commission: product.commission,
        state: HoldingState::Held,
        subscribed: ask.amount,
        earning: ask.amount,
        pending: Amount::ZERO,
        opened_on: today,
        last_day,
        renews: ask.renews,
        accrued_through: today,
        residue: 0,
        earned: Amount::ZERO,
        unpaid: Amount::ZERO,
        paid: Amount::ZERO,
        forfeited: Amount::ZERO,
        commissioned: Amount::ZERO,
        created_at: ask.now,
        updated_at: ask.now,
        version: 0,
    };
    let mut posts = Posts::new(product, Amount::ZERO);
    put_in(&mut posts, key, &holding, ask.amount);
    let posting = posts
        .into_posting(Vec::new())
        .with_product(sold(product, ask.amount, ask.now)?);
    Ok((
        posting.with(Change::Pool(PoolChange::AddHolding(Box::new(holding.clone())))),
        holding,
    ))
}

/// Moves more money from the wallet to a flexible holding. What is added on a day earns from the day after.
///
/// # Errors
/// Says what is in the way.
pub fn add(ask: &Adding) -> Result<(EscrowPosting, Holding), PoolRefusal> {
    let product = ask.product;
    if product.term != Term::Flexible {
        return Err(PoolRefusal::HasTerm);
    }
    if !ask.holding.state.is_held() {
        return Err(PoolRefusal::Ended);
    }
    product.takes(ask.amount, ask.held, ask.now)?;
    let key = EntryKey::pool_in(ask.reference).ok_or(BAD_REFERENCE)?;
    let mut posts = Posts::new(product, ask.funding);
    let mut holding = ask.holding.clone();
    let today = product.today(ask.now);
    holding.is_within_reach(today)?;
    posts.catch_up(&mut holding, ask.rates, today.before())?;
    let earns = if holding.accrued_through < today {
        &mut holding.pending
    } else {
        &mut holding.earning
    };
    *earns = earns.plus(ask.amount)?;
    holding.subscribed = holding.subscribed.plus(ask.amount)?;
    holding.updated_at = ask.now;
    put_in(&mut posts, key, &holding, ask.amount);
    let posting = posts.into_posting(vec![holding.clone()]);
    Ok((posting.with_product(sold(product, ask.amount, ask.now)?), holding))
}

fn put_in(posts: &mut Posts, key: EntryKey, holding: &Holding, amount: Amount) {
    let product = posts.product;
    let from = wallet_of(holding.user, &product.asset);
    let to = principal_of(holding.user, &product.asset);
    let remark = format!("put into {}", product.name);
    posts.post(key, EntryKind::PoolIn, holding, remark, (from, to, amount));
}

fn sold(product: &Product, amount: Amount, now: Timestamp) -> Result<Product, PoolRefusal> {
    let mut changed = product.clone();
    changed.sold = product.sold.plus(amount)?;
    changed.updated_at = now;
    Ok(changed)
}
