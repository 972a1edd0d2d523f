//! A look: where the chain stands, everything that counts and is not on record, and now and then a search below the cursor.

use domain::chain::FollowState;
use domain::chain::branch::halt;
use domain::chain::follow::{Finality, KeptHeads, Standing};
use domain::chain::{Block, BlockNumber, Hash, Subscription};
use tokio::time::Instant;

use super::FollowDeps;
use super::clerk::Clerk;
use super::reader::Reader;
use super::scan::Scan;
use super::told::{Told, Vitals};
use super::trouble::Trouble;
use crate::ports::chain::BlockAt;

/// Heads that are kept to notice shallow reorgs.
const HEADS: usize = 256;

/// All that looks at one subscription's chain share.
pub(super) struct Course {
    pub deps: FollowDeps,
    pub reader: Reader,
    /// `None` until the rows were read, and after every doubt.
    pub clerk: Option<Clerk>,
    pub heads: KeptHeads,
    /// The hash of the chain's first block, as some node told it.
    pub genesis: Option<Option<Block>>,
    pub told: Told,
    scan: Scan,
    /// Since when the head is as high as it is, and the last block that counts.
    head_since: Instant,
    last: BlockNumber,
    is_wary: bool,
}

impl Course {
    pub fn new(deps: FollowDeps) -> Self {
        let topics = deps.abi.topics();
        Self {
            reader: Reader::new(deps.chain.clone(), deps.listing.clone(), topics, &deps.options),
            told: Told::new(deps.clone()),
            clerk: None,
            heads: KeptHeads::new(HEADS),
            genesis: None,
            scan: Scan::new(deps.options.pace),
            head_since: Instant::now(),
            last: BlockNumber(0),
            is_wary: false,
            deps,
        }
    }

    /// Looks until nothing is left.
    pub async fn look(&mut self) -> Result<(), Trouble> {
        let looked = self.look_on().await;
        if matches!(looked, Err(Trouble::Ledger(_) | Trouble::Store(_))) {
            // Whatever is on record now: it is read again, and nothing is taken for new without being asked for.
            self.clerk = None;
            self.is_wary = true;
        }
        looked
    }

    async fn look_on(&mut self) -> Result<(), Trouble> {
        if self.load().await? {
            return Ok(());
        }
        loop {
            let head = self.head().await?;
            let Some(head) = self.stand(head).await? else {
                return Ok(());
            };
            let Some(last) = self.counting(&head).await? else {
                return Ok(());
            };
            self.last = self.last.max(last);
            self.search().await?;
            // One page is what a new head brings; after more of them the head is further on.
            if self.read_to(last).await? <= 1 {
                return Ok(());
            }
        }
    }

    /// Reads the rows where they are not known. Answers whether the subscription is halted.
    pub async fn load(&mut self) -> Result<bool, Trouble> {
        if self.clerk.is_none() {
            let id = self.deps.listing.subscription;
            let rows = self.deps.store.subscriptions().await?;
            let row = rows.into_iter().find(|row| row.id == id).ok_or(Trouble::Unknown)?;
            let orphans = if row.reorgs > 0 {
                self.deps.store.orphaned_logs(id).await?
            } else {
                Vec::new()
            };
            self.told.begins_with(&row);
            self.clerk = Some(Clerk::new(self.deps.clone(), row, orphans, self.is_wary));
        }
        let row = self.row()?;
        Ok(matches!(row.follow, FollowState::Halted { .. }))
    }

    pub fn clerk(&mut self) -> Result<&mut Clerk, Trouble> {
        self.clerk.as_mut().ok_or(Trouble::Unknown)
    }

    pub fn row(&self) -> Result<&Subscription, Trouble> {
        self.clerk.as_ref().map(|clerk| &clerk.row).ok_or(Trouble::Unknown)
    }

    /// The newest block; counts it when a block that was seen before is on the chain no more.
    pub async fn head(&mut self) -> Result<Block, Trouble> {
        let head = self.deps.chain.block(BlockAt::Latest).await?;
        let head = head.ok_or_else(|| Trouble::Chain("the node has no newest block".to_owned()))?;
        let before = self.heads.highest();
        let gone = self.compare_last(&head).await + self.heads.see(&head);
        if self.heads.highest() > before {
            self.head_since = Instant::now();
        }
        if gone > 0 {
            let row = &mut self.clerk()?.row;
            row.reorgs = row.reorgs.saturating_add(1);
            Told::shallow(row, gone);
        }
        Ok(head)
    }

    /// Where a new head does not follow the last one at once, the last one is looked at again. Answers how many blocks are gone.
    async fn compare_last(&mut self, head: &Block) -> usize {
        let Some(last) = self.heads.last().filter(|last| last.plus(1) < head.number) else {
            return 0;
        };
        match self.deps.chain.block(BlockAt::Number(last)).await {
            Ok(Some(block)) => self.heads.see(&block),
            // It is only counted: the next heads tell.
            Ok(None) | Err(_) => 0,
        }
    }

    /// The last block that counts.
    pub async fn counting(&self, head: &Block) -> Result<Option<BlockNumber>, Trouble> {
        let finality = self.deps.options.finality;
        let marked = match finality {
            Finality::Depth(_) => None,
            Finality::Safe => self.deps.chain.block(BlockAt::Safe).await?,
            Finality::Finalized => self.deps.chain.block(BlockAt::Finalized).await?,
        };
        Ok(finality.last(head, marked.as_ref()))
    }

    /// Goes on only where the chain is the one that was read; answers the head to go on with. `None` after a halt.
    async fn stand(&mut self, head: Block) -> Result<Option<Block>, Trouble> {
        let (standing, head) = self.standing_twice(head).await?;
        let reason = match standing {
            Standing::Same => {
                self.note_genesis()?;
                return Ok(Some(head));
            }
            Standing::Behind => return Err(Trouble::Behind { head: head.number.0 }),
            Standing::Deep { fork, depth, .. } => {
                format!("a reorg took back {depth} blocks that were acted on, those above block {fork}")
            }
            Standing::OtherChain { genesis } => format!("it is another chain now: its first block is {genesis}"),
        };
        let now = self.deps.clock.now();
        let clerk = self.clerk()?;
        clerk.post(halt(&clerk.row, &reason, now).into()).await?;
        Told::halted(&clerk.row, &reason);
        self.clerk = None;
        self.load().await?;
        Ok(None)
    }

    fn note_genesis(&mut self) -> Result<(), Trouble> {
        let told = self.genesis.flatten().map(|block| block.hash);
        let row = &mut self.clerk()?.row;
        row.genesis = row.genesis.or(told);
        Ok(())
    }

    /// Reads and commits up to a block: the next page is fetched while one is committed. Answers how many pages that were.
    async fn read_to(&mut self, last: BlockNumber) -> Result<u32, Trouble> {
        let clerk = self.clerk.as_mut().ok_or(Trouble::Unknown)?;
        let mut pages = 0;
        let (cursor, hash): (BlockNumber, Option<Hash>) = (clerk.cursor(), clerk.row.cursor_hash);
        let mut page = self.reader.fetch(cursor, hash, last).await?;
        while let Some(current) = page {
            let end = current.last;
            let fetching = self.reader.fetch(end.number, Some(end.hash), last);
            let (committed, next) = tokio::join!(clerk.commit(current), fetching);
            committed?;
            pages += 1;
            self.told.progress(&clerk.row, self.reader.pace());
            page = next?;
        }
        Ok(pages)
    }

    /// Searches below the cursor for logs that were not told at first, when it is time.
    async fn search(&mut self) -> Result<(), Trouble> {
        let clerk = self.clerk.as_mut().ok_or(Trouble::Unknown)?;
        let options = &self.deps.options;
        let is_wanted = self.deps.sights.takes_scan(clerk.row.id);
        if self.scan.is_due(options.scan_every) || is_wanted {
            self.scan.run(&self.reader, clerk, options.scan_blocks).await?;
        }
        Ok(())
    }

    /// Tells how it went: alerts, measures, and what others may know.
    pub fn tell(&mut self, looked: &Result<(), Trouble>, failures: u32) {
        let vitals = Vitals {
            head: self.heads.highest(),
            head_since: self.head_since,
            last: self.last,
            pace: self.reader.pace(),
            failures,
        };
        let row = self.clerk.as_ref().map(|clerk| &clerk.row);
        self.told.tell(row, looked.as_ref().err(), &vitals);
    }

    /// Doubts everything that is known of the rows and of the heads.
    pub fn doubt(&mut self) {
        self.clerk = None;
        self.is_wary = true;
        self.heads.forget();
    }
}
