//! Going on after a halt, by an operator's word: logs that acted are found on the new branch, and nothing acts twice.

use std::collections::BTreeMap;

use domain::chain::branch::{GoOn, SortedOut, resume, sort_out};
use domain::chain::follow::Standing;
use domain::chain::receive::seen;
use domain::chain::{Block, BlockNumber, LogKey, SeenLog, StoredLog};
use domain::trigger::Trigger;

use super::course::Course;
use super::trouble::Trouble;
use crate::actors::mail::{Look, MailError, ResumeSubscription};
use crate::actors::spawn::poke;
use crate::event;

impl Course {
    /// Goes on, or says why not yet. Answers what a person has to look at.
    pub async fn resume(&mut self, mail: &ResumeSubscription) -> Result<String, MailError> {
        self.doubt();
        let resumed = self.try_resume().await;
        // What was decided on may be another thing now.
        self.doubt();
        let id = self.deps.listing.subscription;
        match resumed {
            Ok(said) => {
                tracing::warn!(event = event::SUBSCRIPTION_RESUMED, subscription.id = %id, by = mail.by, reason = mail.reason,
                    "subscription {id} was resumed by {}: {said}", mail.by);
                poke(&self.deps.triggers, Look);
                Ok(said)
            }
            Err(Refused::Trouble(trouble)) => Err(MailError::Failed(trouble.to_string())),
            Err(Refused::NotYet(why)) => Err(MailError::Failed(why)),
        }
    }

    async fn try_resume(&mut self) -> Result<String, Refused> {
        if !self.load().await? {
            self.told.orphans_seen_to();
            return Ok("it was not halted; alerts on its orphaned logs are over".to_owned());
        }
        let head = self.head().await?;
        let (standing, head) = self.standing_twice(head).await?;
        let row = self.row()?.clone();
        let go_on = match standing {
            Standing::Same => GoOn {
                fork: row.cursor,
                hash: row.cursor_hash,
            },
            Standing::Behind => return Err(Refused::not_yet("the node is behind what was read; ask again later")),
            Standing::OtherChain { .. } => {
                let words = "it is another chain still: point its endpoints at the right one, or follow this one with a new subscription";
                return Err(Refused::not_yet(words));
            }
            Standing::Deep { fork, hash, .. } => GoOn { fork, hash },
        };
        let recorded = self.recorded(go_on.fork).await?;
        let sorted = self.sorted(go_on, &head, &recorded).await?;
        let waiting = self.triggers_of(&sorted).await?;
        let now = self.deps.clock.now();
        let posting = resume(&row, &self.deps.listing, go_on, &sorted, waiting, now);
        self.clerk()?.post(posting).await?;
        self.told.resumed(&sorted);
        Ok(sorted.told().unwrap_or_else(|| "no log that acted is gone".to_owned()))
    }

    /// Logs on record of blocks that may be gone, and orphaned ones of any block; in order of block and index.
    async fn recorded(&self, fork: BlockNumber) -> Result<Vec<StoredLog>, Trouble> {
        let row = self.row()?;
        let mut recorded: BTreeMap<(BlockNumber, LogKey), StoredLog> = BTreeMap::new();
        let above = if row.cursor > fork {
            self.deps.store.logs_between(row.id, fork.plus(1), row.cursor).await?
        } else {
            Vec::new()
        };
        for log in above.into_iter().chain(self.deps.store.orphaned_logs(row.id).await?) {
            recorded.insert((log.seen.log.block, log.seen.log.key), log);
        }
        Ok(recorded.into_values().collect())
    }

    /// The logs of the new branch, sorted out against those on record. Not yet, while the branch does not count up to where was read, or
    /// a log that acted is in a block that does not count.
    async fn sorted(&mut self, go_on: GoOn, head: &Block, recorded: &[StoredLog]) -> Result<SortedOut, Refused> {
        let cursor = self.row()?.cursor;
        if go_on.fork == cursor {
            return Ok(SortedOut::default());
        }
        let counting = self.counting(head).await?.filter(|last| *last >= cursor);
        let Some(last) = counting else {
            let words = format!("the new branch does not count up to block {cursor} yet; ask again later");
            return Err(Refused::NotYet(words));
        };
        let read = self.branch(go_on.fork, go_on.hash, last).await?;
        let end = read.1.unwrap_or(go_on);
        let sorted = sort_out(recorded, read.0);
        let above = self.branch(end.fork, end.hash, head.number).await?.0;
        let gone = sorted.vanished.iter().filter(|log| !log.orphaned);
        let coming = gone
            .filter(|log| above.iter().any(|seen| seen.log.key.tx == log.seen.log.key.tx))
            .count();
        if coming > 0 {
            let words = format!("{coming} logs that acted are in blocks that do not count yet; ask again later");
            return Err(Refused::NotYet(words));
        }
        Ok(sorted)
    }

    /// Logs of the branch above a block, and its last block. Nothing of it is committed.
    async fn branch(
        &mut self,
        above: BlockNumber,
        hash: Option<domain::chain::Hash>,
        last: BlockNumber,
    ) -> Result<(Vec<SeenLog>, Option<GoOn>), Trouble> {
        let (mut logs, mut end, mut at) = (Vec::new(), None, (above, hash));
        while let Some(page) = self.reader.fetch(at.0, at.1, last).await? {
            logs.extend(seen(&page, |log| self.deps.abi.event(log)));
            at = (page.last.number, Some(page.last.hash));
            end = Some(GoOn { fork: at.0, hash: at.1 });
        }
        Ok((logs, end))
    }

    async fn triggers_of(&self, sorted: &SortedOut) -> Result<Vec<Trigger>, Trouble> {
        let mut triggers = Vec::new();
        for id in sorted
            .vanished
            .iter()
            .filter(|log| !log.orphaned)
            .filter_map(|log| log.trigger)
        {
            triggers.extend(self.deps.store.trigger(id).await?);
        }
        Ok(triggers)
    }
}

/// Why it does not go on.
enum Refused {
    /// Something did not answer.
    Trouble(Trouble),
    /// It cannot be told yet what became of the logs.
    NotYet(String),
}

impl Refused {
    fn not_yet(words: &str) -> Self {
        Self::NotYet(words.to_owned())
    }
}

impl From<Trouble> for Refused {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}
