//! The money of a trigger: what an execution cost or brought, what is taken for it, and what the user gets.
//!
//! Where a token has fewer places than the ledger, what the user gets is rounded up to the token's scale, and what was
//! executed beyond what was given is not asked for again: both are the platform's to bear, and smaller than the smallest
//! unit of the token, or than what the venue's fees exceeded their reserve by.

use crate::chain::RawAmount;
use crate::fixed::{Amount, NumberError, Quantity, Rounding};
use crate::ledger::{AccountKey, AccountKind, Asset};
use crate::payout::PayoutKind;
use crate::trigger::{Listing, StockOrder, Trigger, TriggerKind};

/// One thing that is due to a trigger's user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// What.
    pub kind: PayoutKind,
    /// How much at the ledger's scale, dust left out.
    pub amount: Amount,
    /// How much in units of the token, dust included.
    pub raw: RawAmount,
}

/// What an execution means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Executed {
    /// Shares.
    pub filled: Quantity,
    /// Money that the user's part of the execution cost or brought, the venue's fees included.
    pub value: Amount,
    /// The platform's fee, part of the money.
    pub fee: Amount,
    /// Balanced lines of the trade's entry.
    pub lines: Vec<(AccountKey, Amount)>,
    /// What is due to the user; empty when all of it rounds to nothing.
    pub dues: Vec<Due>,
}

/// What is due when something was executed.
///
/// # Errors
/// Numbers beyond their range, or executed shares that the share token cannot hold.
pub fn executed(trigger: &Trigger, listing: &Listing, order: &StockOrder) -> Result<Executed, NumberError> {
    let price = order.average_price.ok_or(NumberError::OutOfRange)?;
    let notional = price.notional(order.filled, Rounding::HalfUp)?;
    match trigger.kind {
        TriggerKind::Deposit => bought(trigger, listing, order.filled, notional.plus(order.fee)?),
        TriggerKind::Redeem => sold(trigger, listing, order.filled, notional.minus(order.fee)?),
    }
}

/// What is due when nothing was executed: all of what was given.
pub fn returned(trigger: &Trigger) -> Vec<Due> {
    let kind = match trigger.kind {
        TriggerKind::Deposit => PayoutKind::Refund,
        TriggerKind::Redeem => PayoutKind::Remint,
    };
    let due = Due {
        kind,
        amount: trigger.amount,
        raw: trigger.raw.clone(),
    };
    some_of([due])
}

fn bought(trigger: &Trigger, listing: &Listing, filled: Quantity, cost: Amount) -> Result<Executed, NumberError> {
    let given = trigger.amount;
    let fee = listing.fees.buy.of(cost, Rounding::Down)?;
    let rest = given.minus(cost.plus(fee)?)?.max(Amount::ZERO);
    let refund = up_to_token(rest, listing.money_decimals)?;
    let charged = given.minus(refund)?;
    let value = cost.min(charged);
    let shares = shares_of(filled)?;
    let (money, share) = (&listing.money, &listing.share);
    let lines = vec![
        (escrow(listing, money), charged.negated()),
        (clearing(money), cost),
        (revenue(money), charged.minus(cost)?),
        (clearing(share), shares.negated()),
        (escrow(listing, share), shares),
    ];
    let none = RawAmount::zero();
    let mint = due(PayoutKind::Mint, shares, &none, listing.share_decimals)?;
    let back = due(PayoutKind::Refund, refund, &trigger.dust, listing.money_decimals)?;
    Ok(Executed {
        filled,
        value,
        fee: charged.minus(value)?,
        lines: moved(lines),
        dues: some_of([mint, back]),
    })
}

/// `brought` is what the shares brought less the venue's fees; where those exceed it, the platform bears the rest.
fn sold(trigger: &Trigger, listing: &Listing, filled: Quantity, brought: Amount) -> Result<Executed, NumberError> {
    let kept = brought.max(Amount::ZERO);
    let fee = listing.fees.sell.of(kept, Rounding::Down)?;
    let paid = up_to_token(kept.minus(fee)?, listing.money_decimals)?;
    let value = kept.max(paid);
    let shares = shares_of(filled)?;
    let (money, share) = (&listing.money, &listing.share);
    let lines = vec![
        (escrow(listing, share), shares.negated()),
        (clearing(share), shares),
        (clearing(money), brought.negated()),
        (escrow(listing, money), paid),
        (revenue(money), brought.minus(paid)?),
    ];
    let rest = trigger.amount.minus(shares)?;
    if rest.is_negative() {
        return Err(NumberError::OutOfRange);
    }
    let none = RawAmount::zero();
    let proceeds = due(PayoutKind::Proceeds, paid, &none, listing.money_decimals)?;
    let back = due(PayoutKind::Remint, rest, &trigger.dust, listing.share_decimals)?;
    Ok(Executed {
        filled,
        value,
        fee: value.minus(paid)?,
        lines: moved(lines),
        dues: some_of([proceeds, back]),
    })
}

fn due(kind: PayoutKind, amount: Amount, dust: &RawAmount, decimals: u32) -> Result<Due, NumberError> {
    let raw = RawAmount::from_ledger(amount, dust, decimals)?;
    Ok(Due { kind, amount, raw })
}

fn some_of<const N: usize>(dues: [Due; N]) -> Vec<Due> {
    dues.into_iter().filter(|due| !due.raw.is_zero()).collect()
}

fn moved(lines: Vec<(AccountKey, Amount)>) -> Vec<(AccountKey, Amount)> {
    lines.into_iter().filter(|(_, amount)| !amount.is_zero()).collect()
}

/// The least amount that the token can hold and that is not below this one.
fn up_to_token(amount: Amount, decimals: u32) -> Result<Amount, NumberError> {
    let Some(coarser) = Amount::SCALE.checked_sub(decimals) else {
        return Ok(amount);
    };
    let step = 10_i64.checked_pow(coarser).ok_or(NumberError::OutOfRange)?;
    let down = amount.floor_to(Amount::from_units(step)?)?;
    if down == amount {
        return Ok(amount);
    }
    down.plus(Amount::from_units(step)?)
}

fn shares_of(quantity: Quantity) -> Result<Amount, NumberError> {
    Amount::from_units(quantity.units())
}

fn escrow(listing: &Listing, asset: &Asset) -> AccountKey {
    account(AccountKind::ChainEscrow, listing.subscription.0, asset)
}

fn clearing(asset: &Asset) -> AccountKey {
    account(AccountKind::VenueClearing, 0, asset)
}

fn revenue(asset: &Asset) -> AccountKey {
    account(AccountKind::PlatformRevenue, 0, asset)
}

fn account(kind: AccountKind, owner: i64, asset: &Asset) -> AccountKey {
    AccountKey {
        kind,
        owner,
        asset: asset.clone(),
    }
}
