//! The statements of what logs set off: triggers, their histories, and orders for them.

use domain::trigger::{StockOrder, Trigger, TriggerMove};
use entity::{chain_trigger, stock_order};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ColumnTrait, Condition, IntoActiveModel};

use super::super::failure::Failure;
use super::bulk::{Batch, Bulk};
use super::rows::{narrow, stock, trigger as rows};
use super::tx::Tx;

pub async fn add_triggers(tx: &Tx<'_>, triggers: &[Trigger], what: &str) -> Result<(), Failure> {
    let rows: Vec<chain_trigger::Model> = triggers.iter().map(rows::trigger_row).collect::<Result<_, _>>()?;
    Batch::new(what)
        .insert("chain_trigger", columns(&rows), "a trigger")
        .write(tx)
        .await
}

fn columns(triggers: &[chain_trigger::Model]) -> Bulk {
    let rows = || triggers.iter();
    let facts = Bulk::new()
        .number("id", rows().map(|row| row.id))
        .number("chain_id", rows().map(|row| row.chain_id))
        .bytes("tx", rows().map(|row| row.tx.clone()))
        .number("log_index", rows().map(|row| row.log_index))
        .number("subscription_id", rows().map(|row| row.subscription_id))
        .text("kind", rows().map(|row| row.kind.clone()))
        .bytes("user_address", rows().map(|row| row.user_address.clone()))
        .text("symbol", rows().map(|row| row.symbol.clone()))
        .number("block", rows().map(|row| row.block))
        .bytes("block_hash", rows().map(|row| row.block_hash.clone()))
        .number("block_at", rows().map(|row| row.block_at))
        .text("raw_amount", rows().map(|row| row.raw_amount.clone()))
        .number("amount", rows().map(|row| row.amount))
        .text("dust", rows().map(|row| row.dust.clone()));
    standing(facts, triggers)
}

/// Where they stand.
fn standing(facts: Bulk, triggers: &[chain_trigger::Model]) -> Bulk {
    let rows = || triggers.iter();
    facts
        .maybe_number("price", rows().map(|row| row.price))
        .maybe_number("price_at", rows().map(|row| row.price_at))
        .maybe_text("price_source", rows().map(|row| row.price_source.clone()))
        .number("filled", rows().map(|row| row.filled))
        .number("money", rows().map(|row| row.money))
        .number("fee", rows().map(|row| row.fee))
        .number("orders", rows().map(|row| row.orders))
        .text("state", rows().map(|row| row.state.clone()))
        .maybe_number("order_id", rows().map(|row| row.order_id))
        .maybe_number("ended_at", rows().map(|row| row.ended_at))
        .maybe_text("error", rows().map(|row| row.error.clone()))
        .maybe_number("next_at", rows().map(|row| row.next_at))
        .number("expires_at", rows().map(|row| row.expires_at))
        .number("live", rows().map(|row| row.live))
        .number("created_at", rows().map(|row| row.created_at))
        .number("updated_at", rows().map(|row| row.updated_at))
        .number("version", rows().map(|row| row.version))
}

/// What its log said never changes.
pub async fn update_trigger(tx: &Tx<'_>, trigger: &Trigger, what: &str) -> Result<(), Failure> {
    use chain_trigger::Column;
    let mut row = rows::trigger_row(trigger)?.into_active_model();
    row.id = NotSet;
    row.version = Set(i64::from(trigger.version) + 1);
    let guard = Condition::all()
        .add(Column::Id.eq(trigger.id.0))
        .add(Column::Version.eq(i64::from(trigger.version)))
        .add(Column::ChainId.eq(narrow("chain", trigger.log.chain.0)?))
        .add(Column::Tx.eq(trigger.log.tx.0.to_vec()))
        .add(Column::LogIndex.eq(i64::from(trigger.log.index)))
        .add(Column::SubscriptionId.eq(trigger.subscription.0))
        .add(Column::Kind.eq(trigger.kind.as_str()))
        .add(Column::UserAddress.eq(trigger.user.0.to_vec()))
        .add(Column::RawAmount.eq(trigger.raw.as_str()))
        .add(Column::Amount.eq(trigger.amount.units()));
    tx.replace(row, guard, what).await
}

pub async fn add_moves(tx: &Tx<'_>, moves: &[TriggerMove], what: &str) -> Result<(), Failure> {
    let rows = || moves.iter().map(rows::move_row);
    let columns = Bulk::new()
        .number("trigger_id", rows().map(|row| row.trigger_id))
        .number("number", rows().map(|row| row.number))
        .text("what", rows().map(|row| row.what))
        .text("note", rows().map(|row| row.note))
        .number("at", rows().map(|row| row.at))
        .maybe_text("said_by", rows().map(|row| row.said_by));
    Batch::new(what)
        .insert("trigger_move", columns, "a move")
        .write(tx)
        .await
}

/// Trigger, venue, mark and what was asked for never change.
pub async fn update_stock_order(tx: &Tx<'_>, order: &StockOrder, what: &str) -> Result<(), Failure> {
    use stock_order::Column;
    let mut row = stock::stock_order_row(order).into_active_model();
    row.id = NotSet;
    row.version = Set(i64::from(order.version) + 1);
    let guard = Condition::all()
        .add(Column::Id.eq(order.id.0))
        .add(Column::Version.eq(i64::from(order.version)))
        .add(Column::TriggerId.eq(order.trigger.0))
        .add(Column::Venue.eq(order.venue.as_str()))
        .add(Column::Mark.eq(order.mark.as_str()))
        .add(Column::Symbol.eq(order.symbol.as_str()))
        .add(Column::Action.eq(order.action.as_str()));
    tx.replace(row, guard, what).await
}
