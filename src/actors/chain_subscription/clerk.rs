//! Putting what was read on record: one commit per page, with the cursor, through the ledger.

use std::collections::HashSet;
use std::sync::Arc;

use domain::chain::branch::sort_out;
use domain::chain::follow::SoundPage;
use domain::chain::follow::page::portions;
use domain::chain::receive::{Reach, Received, Reception, receive, seen};
use domain::chain::{BlockNumber, LogKey, MovedLog, SeenLog, StoredLog, Subscription};
use domain::id::{IdKind, TriggerId};
use domain::ledger::{EntryKey, EscrowPosting, PostAnswer, Request};
use domain::pause::{PauseScope, stopped_by};

use super::FollowDeps;
use super::told::Told;
use super::trouble::Trouble;
use crate::actors::mail::{Look, Post};
use crate::actors::spawn::poke;

/// Trigger ids that are reserved at least at once.
const IDS: usize = 64;

/// Trigger ids that are free.
#[derive(Default)]
struct Ids {
    next: i64,
    left: usize,
}

/// Writes what one subscription reads.
pub(super) struct Clerk {
    pub deps: FollowDeps,
    /// The subscription as it is on record.
    pub row: Subscription,
    /// Logs of branches that are no more, which may come back.
    pub orphans: Vec<StoredLog>,
    /// Something above the cursor may be on record already.
    pub is_wary: bool,
    ids: Ids,
}

impl Clerk {
    pub fn new(deps: FollowDeps, row: Subscription, orphans: Vec<StoredLog>, is_wary: bool) -> Self {
        Self {
            deps,
            is_wary: is_wary || row.reorgs > 0,
            row,
            orphans,
            ids: Ids::default(),
        }
    }

    /// Puts a page on record, in portions where it is large.
    pub async fn commit(&mut self, page: SoundPage) -> Result<(), Trouble> {
        Told::dropped(&page.dropped);
        let is_paused = self.is_paused().await?;
        for portion in portions(page, self.deps.options.most_logs) {
            let read = seen(&portion, |log| self.deps.abi.event(log));
            let (back, fresh) = self.sift(read).await?;
            let came_back: HashSet<LogKey> = back.iter().map(|log| log.from).collect();
            let reach = Reach::To {
                last: portion.last,
                blocks: portion.blocks,
                back,
            };
            self.write(fresh, reach, is_paused).await?;
            self.orphans.retain(|log| !came_back.contains(&log.seen.log.key));
        }
        Ok(())
    }

    /// Puts logs on record that were found below the cursor; answers how many were not on record.
    pub async fn commit_below(&mut self, page: SoundPage) -> Result<usize, Trouble> {
        let read = seen(&page, |log| self.deps.abi.event(log));
        let fresh = self.unknown(read).await?;
        let count = fresh.len();
        if count > 0 {
            let is_paused = self.is_paused().await?;
            self.write(fresh, Reach::Below, is_paused).await?;
        }
        Ok(count)
    }

    async fn is_paused(&self) -> Result<bool, Trouble> {
        let scopes = PauseScope::over_subscription(self.deps.listing.venue, self.row.id);
        let pauses = self.deps.store.pauses_on(&scopes).await?;
        Ok(stopped_by(&pauses, &scopes).is_some())
    }

    /// Parts what is back from an earlier branch from what was never on record.
    async fn sift(&self, read: Vec<SeenLog>) -> Result<(Vec<MovedLog>, Vec<SeenLog>), Trouble> {
        if !self.is_wary {
            return Ok((Vec::new(), read));
        }
        let txs: HashSet<_> = read.iter().map(|seen| seen.log.key.tx).collect();
        let orphans = self.orphans.iter().filter(|log| txs.contains(&log.seen.log.key.tx));
        let orphans: Vec<StoredLog> = orphans.cloned().collect();
        if orphans.is_empty() {
            return Ok((Vec::new(), self.unknown(read).await?));
        }
        let sorted = sort_out(&orphans, read);
        if let Some(words) = sorted.told() {
            Told::contradiction(&self.row, &words);
        }
        let came_back = orphans.iter().filter(|log| !sorted.vanished.contains(log));
        Told::came_back(&self.deps, came_back.filter_map(|log| log.trigger));
        let changed = sorted.changed.iter().map(|(from, to)| MovedLog {
            from: from.seen.log.key,
            index: to.log.key.index,
            block: Some(to.block),
        });
        let back = changed.chain(sorted.moved.iter().cloned()).collect();
        Ok((back, self.unknown(sorted.fresh).await?))
    }

    /// Those that are not on record. Where an entry stands under a log's name although the log is not on record, another log of its
    /// transaction had that name before a reorg: it is kept and acts on nothing.
    async fn unknown(&self, mut read: Vec<SeenLog>) -> Result<Vec<SeenLog>, Trouble> {
        if read.is_empty() {
            return Ok(read);
        }
        let keys: Vec<LogKey> = read.iter().map(|seen| seen.log.key).collect();
        let known: HashSet<LogKey> = self.deps.store.known_logs(&keys).await?.into_iter().collect();
        read.retain(|seen| !known.contains(&seen.log.key));
        let names: Vec<EntryKey> = read.iter().map(|seen| EntryKey::log(&seen.log.key)).collect();
        let taken = self.deps.store.entries_by_key(&names).await?;
        let taken: HashSet<EntryKey> = taken.into_iter().map(|entry| entry.key).collect();
        for seen in &mut read {
            if taken.contains(&EntryKey::log(&seen.log.key)) {
                seen.event = Err("before a reorg another log had this name and acted".to_owned());
            }
        }
        Ok(read)
    }

    async fn write(&mut self, fresh: Vec<SeenLog>, reach: Reach, is_paused: bool) -> Result<(), Trouble> {
        let first_trigger = self.take_ids(fresh.len()).await?;
        let reception = Reception {
            subscription: &self.row,
            listing: &self.deps.listing,
            is_paused,
            first_trigger,
            now: self.deps.clock.now(),
        };
        let Received {
            posting,
            subscription,
            triggers,
            malformed,
        } = receive(reception, fresh, reach);
        self.post(posting).await?;
        self.row = subscription;
        Told::received(triggers, malformed);
        if triggers > 0 {
            poke(&self.deps.triggers, Look);
        }
        Ok(())
    }

    /// Hands it to the ledger; anything but a commit means to look at the rows again.
    pub async fn post(&self, posting: Arc<EscrowPosting>) -> Result<(), Trouble> {
        let mail = Post {
            request: Request::Escrow(posting),
        };
        let sent = tokio::time::timeout(self.deps.options.post_deadline, self.deps.ledger.send(mail)).await;
        let Ok(Ok(answer)) = sent else {
            return Err(Trouble::Ledger("it did not answer".to_owned()));
        };
        match answer?.answer {
            PostAnswer::Created { .. } | PostAnswer::NothingDue => Ok(()),
            PostAnswer::Exists { entry } => Err(Trouble::Ledger(format!("entry {entry} is of one of the logs"))),
            PostAnswer::ExistsDifferent { field } => Err(Trouble::Ledger(format!("its {field} differs"))),
            PostAnswer::AlreadyFailed { reason } | PostAnswer::Rejected { reason } => Err(Trouble::Ledger(reason)),
        }
    }

    async fn take_ids(&mut self, count: usize) -> Result<TriggerId, Trouble> {
        if self.ids.left < count {
            let wanted = u32::try_from(count.max(IDS)).unwrap_or(u32::MAX);
            self.ids.next = self.deps.store.reserve_ids(IdKind::Order, wanted).await?;
            self.ids.left = count.max(IDS);
        }
        let first = self.ids.next;
        self.ids.next += i64::try_from(count).unwrap_or(i64::MAX);
        self.ids.left -= count;
        Ok(TriggerId(first))
    }

    /// Up to where everything is on record.
    pub const fn cursor(&self) -> BlockNumber {
        self.row.cursor
    }
}
