//! The statements of what is read from chains: subscriptions, blocks and logs.

use std::collections::BTreeMap;

use domain::chain::{Anchor, BlockNumber, LogKey, MovedLog, StoredLog, Subscription};
use domain::id::SubscriptionId;
use entity::chain_log::{self, Column};
use entity::{chain_anchor, chain_subscription};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter};

use super::super::failure::Failure;
use super::bulk::{Batch, Bulk};
use super::rows::{chain as rows, narrow};
use super::tx::Tx;

/// Slots of a subscription's ring of blocks: more than the [`domain::chain::subscription::ANCHORS`] that are ever kept.
pub const SLOTS: u64 = 1_024;

/// What is added to the index of a log on its way, so that two logs of a transaction can pass each other.
const ON_THE_WAY: i64 = 1 << 32;

/// Chain and contract never change: another contract is another subscription.
pub async fn update_subscription(tx: &Tx<'_>, subscription: &Subscription, what: &str) -> Result<(), Failure> {
    use chain_subscription::Column;
    let mut row = rows::subscription_row(subscription)?.into_active_model();
    row.id = NotSet;
    row.version = Set(i64::from(subscription.version) + 1);
    let guard = Condition::all()
        .add(Column::Id.eq(subscription.id.0))
        .add(Column::Version.eq(i64::from(subscription.version)))
        .add(Column::ChainId.eq(narrow("chain", subscription.chain.0)?))
        .add(Column::Contract.eq(subscription.contract.0.to_vec()));
    tx.replace(row, guard, what).await
}

/// Forgets those beyond the bounds first: what is added counts, unless it is older than what is kept.
pub async fn add_anchors(
    tx: &Tx<'_>,
    anchors: &[Anchor],
    subscription: SubscriptionId,
    (keep_from, keep_to): (BlockNumber, BlockNumber),
    what: &str,
) -> Result<(), Failure> {
    use chain_anchor::Column;
    let block = |block: BlockNumber| i64::try_from(block.0).unwrap_or(i64::MAX);
    let beyond = Condition::any()
        .add(Column::Number.lt(block(keep_from)))
        .add(Column::Number.gt(block(keep_to)));
    let forgotten = chain_anchor::Entity::update_many()
        .col_expr(Column::Kept, Expr::val(0))
        .filter(Column::SubscriptionId.eq(subscription.0))
        .filter(Column::Kept.eq(1))
        .filter(beyond);
    tx.run(forgotten.exec(tx.connection()), what).await?;
    let mut slots = BTreeMap::new();
    for anchor in anchors.iter().filter(|anchor| anchor.number >= keep_from) {
        let slot = narrow("slot", anchor.number.0 % SLOTS)?;
        let row = rows::anchor_row(anchor, slot)?;
        slots.insert((row.subscription_id, slot), row.into_active_model());
    }
    let replace = OnConflict::columns([Column::SubscriptionId, Column::Slot])
        .update_columns([Column::Number, Column::Hash, Column::Kept])
        .to_owned();
    tx.upsert(slots.into_values().collect(), replace, what).await
}

pub async fn add_logs(tx: &Tx<'_>, logs: &[StoredLog], what: &str) -> Result<(), Failure> {
    for log in logs {
        let (seen, block) = (&log.seen.log, &log.seen.block);
        if seen.removed || seen.block != block.number || seen.block_hash != block.hash {
            return Err(Failure::Refused(format!("log {}, which is in no block", seen.key)));
        }
    }
    let rows: Vec<chain_log::Model> = logs.iter().map(rows::log_row).collect::<Result<_, _>>()?;
    Batch::new(what)
        .insert("chain_log", columns(&rows), "a log")
        .write(tx)
        .await
}

fn columns(logs: &[chain_log::Model]) -> Bulk {
    let rows = || logs.iter();
    Bulk::new()
        .number("subscription_id", rows().map(|row| row.subscription_id))
        .number("chain_id", rows().map(|row| row.chain_id))
        .bytes("tx", rows().map(|row| row.tx.clone()))
        .number("log_index", rows().map(|row| row.log_index))
        .number("block", rows().map(|row| row.block))
        .bytes("block_hash", rows().map(|row| row.block_hash.clone()))
        .bytes("parent_hash", rows().map(|row| row.parent_hash.clone()))
        .number("block_at", rows().map(|row| row.block_at))
        .bytes("address", rows().map(|row| row.address.clone()))
        .bytes("topics", rows().map(|row| row.topics.clone()))
        .bytes("content", rows().map(|row| row.content.clone()))
        .maybe_text("event", rows().map(|row| row.event.clone()))
        .maybe_bytes("event_user", rows().map(|row| row.event_user.clone()))
        .maybe_text("event_raw", rows().map(|row| row.event_raw.clone()))
        .maybe_text("problem", rows().map(|row| row.problem.clone()))
        .maybe_number("trigger_id", rows().map(|row| row.trigger_id))
        .number("read_at", rows().map(|row| row.read_at))
        .number("orphaned", rows().map(|row| row.orphaned))
}

/// All of them leave their places before the first takes its new one.
pub async fn move_logs(tx: &Tx<'_>, logs: &[MovedLog], what: &str) -> Result<(), Failure> {
    for moved in logs {
        let index = i64::from(moved.from.index);
        let left = chain_log::Entity::update_many()
            .col_expr(Column::LogIndex, Expr::val(index + ON_THE_WAY))
            .filter(at(&moved.from, index)?);
        tx.update(left, 1, what).await?;
    }
    for moved in logs {
        let index = i64::from(moved.from.index);
        let arrived = chain_log::Entity::update_many().filter(at(&moved.from, index + ON_THE_WAY)?);
        let arrived = match &moved.block {
            None => arrived
                .col_expr(Column::LogIndex, Expr::val(index))
                .col_expr(Column::Orphaned, Expr::val(1)),
            Some(block) => arrived
                .col_expr(Column::LogIndex, Expr::val(i64::from(moved.index)))
                .col_expr(Column::Block, Expr::val(narrow("block", block.number.0)?))
                .col_expr(Column::BlockHash, Expr::val(block.hash.0.to_vec()))
                .col_expr(Column::ParentHash, Expr::val(block.parent.0.to_vec()))
                .col_expr(Column::BlockAt, Expr::val(block.at.0))
                .col_expr(Column::Orphaned, Expr::val(0)),
        };
        tx.update(arrived, 1, what).await?;
    }
    Ok(())
}

fn at(key: &LogKey, index: i64) -> Result<Condition, Failure> {
    Ok(Condition::all()
        .add(Column::ChainId.eq(narrow("chain", key.chain.0)?))
        .add(Column::Tx.eq(key.tx.0.to_vec()))
        .add(Column::LogIndex.eq(index)))
}
