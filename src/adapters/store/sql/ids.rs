//! Ids in blocks that no other process gets, and the installation's tag.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::ops::Range;

use domain::id::IdKind;
use entity::{id_block, installation};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use tokio::sync::Mutex;

use super::super::failure::Failure;
use super::tx::Tx;
use super::writer::{Queue, Work, Written};
use crate::ports::store::StoreError;

/// Ids that are taken from the database at once.
const BLOCK: i64 = 256;

/// How often another process may be faster before we give up.
const ATTEMPTS: u32 = 16;

/// Letters and digits of the installation's tag, and their number.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const TAG_LENGTH: usize = 6;

/// The rest of the block of each kind. What a process does not use up is never handed out again.
#[derive(Debug, Default)]
pub struct Blocks(Mutex<HashMap<IdKind, Range<i64>>>);

impl Blocks {
    /// Hands out `count` ids in a row.
    pub async fn reserve(&self, queue: &Queue, kind: IdKind, count: u32) -> Result<i64, StoreError> {
        let count = i64::from(count);
        let mut blocks = self.0.lock().await;
        let rest = blocks.get(&kind).cloned().unwrap_or(0..0);
        let rest = if rest.end - rest.start >= count {
            rest
        } else {
            let size = count.max(BLOCK);
            let first = next_block(queue, kind, size).await?;
            first..first + size
        };
        blocks.insert(kind, rest.start + count..rest.end);
        Ok(rest.start)
    }
}

async fn next_block(queue: &Queue, kind: IdKind, size: i64) -> Result<i64, StoreError> {
    let mut attempt = 1;
    loop {
        match queue.write(Work::Block { kind, size }).await {
            Ok(Written::First(first)) => return Ok(first),
            Err(StoreError::Conflict { .. }) if attempt < ATTEMPTS => attempt += 1,
            // A block that may have been taken is lost, which hurts nobody.
            Err(StoreError::Ambiguous(cause)) => return Err(StoreError::Unavailable(cause)),
            Err(error) => return Err(error),
            Ok(other) => {
                return Err(StoreError::Corrupt {
                    what: format!("id block {}", kind.as_str()),
                    why: format!("{other:?}"),
                });
            }
        }
    }
}

/// Takes the next `size` ids of a kind.
pub async fn take_block(tx: &Tx<'_>, kind: IdKind, size: i64) -> Result<i64, Failure> {
    let what = format!("id block {}", kind.as_str());
    let stored = id_block::Entity::find_by_id(kind.as_str()).one(tx.connection());
    let Some(stored) = tx.run(stored, &what).await? else {
        let first = id_block::Model {
            kind: kind.as_str().to_owned(),
            next_id: 1 + size,
        };
        tx.insert(vec![first.into_active_model()], &what).await?;
        return Ok(1);
    };
    let taken = id_block::Entity::update_many()
        .col_expr(id_block::Column::NextId, Expr::val(stored.next_id + size))
        .filter(id_block::Column::Kind.eq(kind.as_str()))
        .filter(id_block::Column::NextId.eq(stored.next_id));
    tx.update(taken, 1, &what).await?;
    Ok(stored.next_id)
}

/// The stored tag; this one when there was none.
pub async fn installation(tx: &Tx<'_>, tag: &str) -> Result<String, Failure> {
    let what = "installation";
    let stored = installation::Entity::find_by_id(1).one(tx.connection());
    if let Some(stored) = tx.run(stored, what).await? {
        return Ok(stored.tag);
    }
    let row = installation::Model {
        id: 1,
        tag: tag.to_owned(),
    };
    tx.insert(vec![row.into_active_model()], what).await?;
    Ok(tag.to_owned())
}

/// Writes what is there already.
pub async fn touch(tx: &Tx<'_>) -> Result<(), Failure> {
    let same = installation::Entity::update_many()
        .col_expr(installation::Column::Tag, Expr::col(installation::Column::Tag))
        .filter(installation::Column::Id.eq(1));
    tx.run(same.exec(tx.connection()), "installation").await.map(|_| ())
}

/// The installation's tag, made once.
pub async fn tag(queue: &Queue) -> Result<String, StoreError> {
    let mut attempt = 1;
    loop {
        match queue.write(Work::Tag(random_tag())).await {
            Ok(Written::Tag(tag)) => return Ok(tag),
            // Another process was faster, or may have been: look again.
            Err(StoreError::Conflict { .. } | StoreError::Ambiguous(_)) if attempt < ATTEMPTS => attempt += 1,
            Err(error) => return Err(error),
            Ok(other) => {
                return Err(StoreError::Corrupt {
                    what: "installation".to_owned(),
                    why: format!("{other:?}"),
                });
            }
        }
    }
}

/// Six random characters: the standard library seeds its hash maps from the system's random source.
fn random_tag() -> String {
    let mut rest = RandomState::new().build_hasher().finish();
    let mut tag = String::with_capacity(TAG_LENGTH);
    for _ in 0..TAG_LENGTH {
        tag.push(char::from(ALPHABET[usize::try_from(rest % 32).unwrap_or_default()]));
        rest /= 32;
    }
    tag
}
