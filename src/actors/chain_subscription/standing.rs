//! Asking where the chain stands: by the cursor's block, by older ones where that one is not there, and by a second node in doubt.

use domain::chain::follow::standing::{compare, glance};
use domain::chain::follow::{Glance, Standing};
use domain::chain::subscription::ANCHORS;
use domain::chain::{Anchor, Block, BlockNumber};

use super::course::Course;
use super::trouble::Trouble;
use crate::ports::chain::BlockAt;

impl Course {
    /// Where the chain stands; another node is asked before anything but the same is believed. Answers the head of the one that is
    /// believed.
    pub(super) async fn standing_twice(&mut self, head: Block) -> Result<(Standing, Block), Trouble> {
        let first = self.standing(&head).await?;
        let why = match first {
            Standing::Same => return Ok((first, head)),
            Standing::Behind => "it is behind what was read",
            Standing::Deep { .. } | Standing::OtherChain { .. } => "it contradicts what was read",
        };
        self.deps.chain.distrust(why);
        self.heads.forget();
        self.genesis = None;
        let head = self.head().await?;
        Ok((self.standing(&head).await?, head))
    }

    /// Where the node's chain stands to what was read.
    pub(super) async fn standing(&mut self, head: &Block) -> Result<Standing, Trouble> {
        if self.genesis.is_none() {
            // Not every node has the first block; without it, later ones tell.
            let told = self.deps.chain.block(BlockAt::Number(BlockNumber(0))).await;
            self.genesis = Some(told.unwrap_or_default());
        }
        let genesis = self.genesis.flatten();
        let row = self.row()?.clone();
        let at_cursor = if row.cursor_hash.is_none() || row.cursor > head.number {
            None
        } else {
            self.deps.chain.block(BlockAt::Number(row.cursor)).await?
        };
        match glance(&row, genesis.as_ref(), at_cursor.as_ref()) {
            Glance::Same => Ok(Standing::Same),
            Glance::OtherChain { genesis } => Ok(Standing::OtherChain { genesis }),
            Glance::Short | Glance::Torn => {
                // The first block may have been another node's.
                self.genesis = None;
                let anchors = self.anchors().await?;
                let numbers: Vec<BlockNumber> = anchors.iter().map(|anchor| anchor.number).collect();
                let told = self.deps.chain.blocks(&numbers).await?;
                let told: Vec<Block> = told.into_iter().flatten().collect();
                Ok(compare(&row, &anchors, &told))
            }
        }
    }

    /// Blocks that were read, the cursor's among them.
    async fn anchors(&self) -> Result<Vec<Anchor>, Trouble> {
        let row = self.row()?;
        let limit = u32::try_from(ANCHORS).unwrap_or(u32::MAX);
        let mut anchors = self.deps.store.anchors(row.id, limit).await?;
        anchors.retain(|anchor| anchor.number < row.cursor);
        if let Some(hash) = row.cursor_hash {
            anchors.push(Anchor {
                subscription: row.id,
                number: row.cursor,
                hash,
            });
        }
        Ok(anchors)
    }
}
