//! Rows of triggers and of their histories.

use domain::chain::BlockNumber;
use domain::fixed::{Amount, Price, Quantity};
use domain::id::{StockOrderId, SubscriptionId, TriggerId};
use domain::market::Symbol;
use domain::time::Timestamp;
use domain::trigger::{PriceLock, PriceSource, Trigger, TriggerKind, TriggerMove, TriggerState};
use entity::{chain_trigger, trigger_move};

use super::super::super::failure::Failure;
use super::chain::log_key;
use super::{Row, narrow};
use crate::ports::store::StoreError;

pub fn trigger_row(trigger: &Trigger) -> Result<chain_trigger::Model, Failure> {
    let (order_id, ended_at) = match trigger.state {
        TriggerState::Ordering { order } => (Some(order.0), None),
        TriggerState::Settled { at } | TriggerState::Returned { at } => (None, Some(at.0)),
        TriggerState::Held | TriggerState::Ready | TriggerState::Paying | TriggerState::Returning => (None, None),
    };
    Ok(chain_trigger::Model {
        id: trigger.id.0,
        chain_id: narrow("chain", trigger.log.chain.0)?,
        tx: trigger.log.tx.0.to_vec(),
        log_index: trigger.log.index.into(),
        subscription_id: trigger.subscription.0,
        kind: trigger.kind.as_str().to_owned(),
        user_address: trigger.user.0.to_vec(),
        symbol: trigger.symbol.to_string(),
        block: narrow("block", trigger.block.0)?,
        block_hash: trigger.block_hash.0.to_vec(),
        block_at: trigger.block_at.0,
        raw_amount: trigger.raw.to_string(),
        amount: trigger.amount.units(),
        dust: trigger.dust.to_string(),
        price: trigger.price.map(|lock| lock.price.units()),
        price_at: trigger.price.map(|lock| lock.at.0),
        price_source: trigger.price.map(|lock| lock.source.as_str().to_owned()),
        filled: trigger.filled.units(),
        money: trigger.value.units(),
        fee: trigger.fee.units(),
        orders: trigger.orders.into(),
        state: trigger.state.as_str().to_owned(),
        order_id,
        ended_at,
        error: trigger.error.clone(),
        next_at: trigger.next_at.map(|at| at.0),
        expires_at: trigger.expires_at.0,
        live: (!trigger.state.is_final()).into(),
        created_at: trigger.created_at.0,
        updated_at: trigger.updated_at.0,
        version: trigger.version.into(),
    })
}

pub fn trigger(row: chain_trigger::Model) -> Result<Trigger, StoreError> {
    let name = Row::new("trigger", row.id);
    Ok(Trigger {
        price: price(&name, &row)?,
        state: state(&name, &row)?,
        id: TriggerId(row.id),
        log: log_key(&name, row.chain_id, &row.tx, row.log_index)?,
        subscription: SubscriptionId(row.subscription_id),
        kind: name.word("kind", &row.kind, TriggerKind::parse)?,
        user: name.address("user_address", &row.user_address)?,
        symbol: Symbol::new(&row.symbol),
        block: BlockNumber(name.wide("block", row.block)?),
        block_hash: name.hash("block_hash", &row.block_hash)?,
        block_at: Timestamp(row.block_at),
        raw: name.raw("raw_amount", &row.raw_amount)?,
        amount: name.fixed("amount", row.amount, Amount::from_units)?,
        dust: name.raw("dust", &row.dust)?,
        filled: name.fixed("filled", row.filled, Quantity::from_units)?,
        value: name.fixed("money", row.money, Amount::from_units)?,
        fee: name.fixed("fee", row.fee, Amount::from_units)?,
        orders: name.count("orders", row.orders)?,
        error: row.error,
        next_at: row.next_at.map(Timestamp),
        expires_at: Timestamp(row.expires_at),
        created_at: Timestamp(row.created_at),
        updated_at: Timestamp(row.updated_at),
        version: name.count("version", row.version)?,
    })
}

fn price(name: &Row, row: &chain_trigger::Model) -> Result<Option<PriceLock>, StoreError> {
    let Some(price) = name.maybe_fixed("price", row.price, Price::from_units)? else {
        return Ok(None);
    };
    let source = name.present("price_source", row.price_source.as_deref())?;
    Ok(Some(PriceLock {
        price,
        at: Timestamp(name.present("price_at", row.price_at)?),
        source: name.word("price_source", source, PriceSource::parse)?,
    }))
}

fn state(name: &Row, row: &chain_trigger::Model) -> Result<TriggerState, StoreError> {
    let ended = || name.present("ended_at", row.ended_at).map(Timestamp);
    Ok(match row.state.as_str() {
        "held" => TriggerState::Held,
        "ready" => TriggerState::Ready,
        "ordering" => TriggerState::Ordering {
            order: StockOrderId(name.present("order_id", row.order_id)?),
        },
        "paying" => TriggerState::Paying,
        "returning" => TriggerState::Returning,
        "settled" => TriggerState::Settled { at: ended()? },
        "returned" => TriggerState::Returned { at: ended()? },
        other => return Err(name.corrupt(format!("unknown state `{other}`"))),
    })
}

pub fn move_row(one: &TriggerMove) -> trigger_move::Model {
    trigger_move::Model {
        trigger_id: one.trigger.0,
        number: one.number.into(),
        what: one.what.clone(),
        note: one.note.clone(),
        at: one.at.0,
        said_by: one.by.clone(),
    }
}

pub fn trigger_move(row: trigger_move::Model) -> Result<TriggerMove, StoreError> {
    let name = Row::new("move of trigger", row.trigger_id);
    Ok(TriggerMove {
        trigger: TriggerId(row.trigger_id),
        number: name.count("number", row.number)?,
        what: row.what,
        note: row.note,
        at: Timestamp(row.at),
        by: row.said_by,
    })
}
