//! Rows of subscriptions, of blocks that were read, and of logs.

use domain::chain::{
    Anchor, Block, BlockNumber, ChainEvent, ChainId, ChainLog, FollowState, Hash, LogKey, SeenLog, StoredLog,
    Subscription,
};
use domain::id::{SubscriptionId, TriggerId};
use domain::time::Timestamp;
use entity::{chain_anchor, chain_log, chain_subscription};

use super::super::super::failure::Failure;
use super::{Row, narrow};
use crate::ports::store::StoreError;

pub fn subscription_row(subscription: &Subscription) -> Result<chain_subscription::Model, Failure> {
    let (reason, halted_at) = match &subscription.follow {
        FollowState::Following => (None, None),
        FollowState::Halted { reason, at } => (Some(reason.clone()), Some(at.0)),
    };
    Ok(chain_subscription::Model {
        id: subscription.id.0,
        name: subscription.name.clone(),
        chain_id: narrow("chain", subscription.chain.0)?,
        contract: subscription.contract.0.to_vec(),
        start_block: narrow("start", subscription.start.0)?,
        cursor_block: narrow("cursor", subscription.cursor.0)?,
        cursor_hash: subscription.cursor_hash.map(|hash| hash.0.to_vec()),
        genesis: subscription.genesis.map(|hash| hash.0.to_vec()),
        state: subscription.follow.as_str().to_owned(),
        halted_reason: reason,
        halted_at,
        reorgs: subscription.reorgs.into(),
        late_logs: subscription.late_logs.into(),
        malformed: subscription.malformed.into(),
        updated_at: subscription.updated_at.0,
        version: subscription.version.into(),
    })
}

pub fn subscription(row: chain_subscription::Model) -> Result<Subscription, StoreError> {
    let name = Row::new("subscription", row.id);
    let follow = match row.state.as_str() {
        "following" => FollowState::Following,
        "halted" => FollowState::Halted {
            reason: name.present("halted_reason", row.halted_reason)?,
            at: Timestamp(name.present("halted_at", row.halted_at)?),
        },
        other => return Err(name.corrupt(format!("unknown state `{other}`"))),
    };
    Ok(Subscription {
        id: SubscriptionId(row.id),
        name: row.name,
        chain: ChainId(name.wide("chain_id", row.chain_id)?),
        contract: name.address("contract", &row.contract)?,
        start: BlockNumber(name.wide("start_block", row.start_block)?),
        cursor: BlockNumber(name.wide("cursor_block", row.cursor_block)?),
        cursor_hash: name.maybe_hash("cursor_hash", row.cursor_hash.as_deref())?,
        genesis: name.maybe_hash("genesis", row.genesis.as_deref())?,
        follow,
        reorgs: name.count("reorgs", row.reorgs)?,
        late_logs: name.count("late_logs", row.late_logs)?,
        malformed: name.count("malformed", row.malformed)?,
        updated_at: Timestamp(row.updated_at),
        version: name.count("version", row.version)?,
    })
}

pub fn anchor_row(anchor: &Anchor, slot: i64) -> Result<chain_anchor::Model, Failure> {
    Ok(chain_anchor::Model {
        subscription_id: anchor.subscription.0,
        slot,
        number: narrow("block", anchor.number.0)?,
        hash: anchor.hash.0.to_vec(),
        kept: 1,
    })
}

pub fn anchor(row: chain_anchor::Model) -> Result<Anchor, StoreError> {
    let name = Row::new("block of subscription", row.subscription_id);
    Ok(Anchor {
        subscription: SubscriptionId(row.subscription_id),
        number: BlockNumber(name.wide("number", row.number)?),
        hash: name.hash("hash", &row.hash)?,
    })
}

/// The row of a log but for its place, which the database counts.
pub fn log_row(stored: &StoredLog) -> Result<chain_log::Model, Failure> {
    let SeenLog { log, block, event } = &stored.seen;
    let (event, problem) = match event {
        Ok(event) => (Some(event), None),
        Err(problem) => (None, Some(problem.clone())),
    };
    let (word, user, raw) = match event {
        Some(ChainEvent::Deposit { user, amount }) => (Some("deposit"), Some(user), Some(amount)),
        Some(ChainEvent::Redeem { user, shares }) => (Some("redeem"), Some(user), Some(shares)),
        None => (None, None, None),
    };
    Ok(chain_log::Model {
        seq: 0,
        subscription_id: stored.subscription.0,
        chain_id: narrow("chain", log.key.chain.0)?,
        tx: log.key.tx.0.to_vec(),
        log_index: log.key.index.into(),
        block: narrow("block", log.block.0)?,
        block_hash: log.block_hash.0.to_vec(),
        parent_hash: block.parent.0.to_vec(),
        block_at: block.at.0,
        address: log.address.0.to_vec(),
        topics: log.topics.iter().flat_map(|topic| topic.0).collect(),
        content: log.data.clone(),
        event: word.map(str::to_owned),
        event_user: user.map(|user| user.0.to_vec()),
        event_raw: raw.map(ToString::to_string),
        problem,
        trigger_id: stored.trigger.map(|trigger| trigger.0),
        read_at: stored.read_at.0,
        orphaned: stored.orphaned.into(),
    })
}

pub fn log(row: chain_log::Model) -> Result<StoredLog, StoreError> {
    let name = Row::new("log", row.seq);
    let topics = row.topics.chunks(32).map(|topic| name.hash("topics", topic));
    let (block, block_hash) = (
        BlockNumber(name.wide("block", row.block)?),
        name.hash("block_hash", &row.block_hash)?,
    );
    Ok(StoredLog {
        subscription: SubscriptionId(row.subscription_id),
        seen: SeenLog {
            event: event(&name, &row)?,
            log: ChainLog {
                key: log_key(&name, row.chain_id, &row.tx, row.log_index)?,
                block,
                block_hash,
                address: name.address("address", &row.address)?,
                topics: topics.collect::<Result<Vec<Hash>, _>>()?,
                data: row.content,
                removed: false,
            },
            block: Block {
                number: block,
                hash: block_hash,
                parent: name.hash("parent_hash", &row.parent_hash)?,
                at: Timestamp(row.block_at),
            },
        },
        trigger: row.trigger_id.map(TriggerId),
        read_at: Timestamp(row.read_at),
        orphaned: row.orphaned != 0,
    })
}

/// What names a log, from the columns that hold it.
pub fn log_key(name: &Row, chain_id: i64, tx: &[u8], log_index: i64) -> Result<LogKey, StoreError> {
    Ok(LogKey {
        chain: ChainId(name.wide("chain_id", chain_id)?),
        tx: name.hash("tx", tx)?,
        index: name.count("log_index", log_index)?,
    })
}

fn event(name: &Row, row: &chain_log::Model) -> Result<Result<ChainEvent, String>, StoreError> {
    let Some(word) = &row.event else {
        return Ok(Err(name.present("problem", row.problem.clone())?));
    };
    let user = name.address("event_user", &name.present("event_user", row.event_user.clone())?)?;
    let raw = name.raw("event_raw", &name.present("event_raw", row.event_raw.clone())?)?;
    Ok(Ok(match word.as_str() {
        "deposit" => ChainEvent::Deposit { user, amount: raw },
        "redeem" => ChainEvent::Redeem { user, shares: raw },
        other => return Err(name.corrupt(format!("unknown event `{other}`"))),
    }))
}
