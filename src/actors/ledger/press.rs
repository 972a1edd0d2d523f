//! The ledger's press: the pen, and the one way from a decision to a commit.

use std::sync::Arc;

use actix::Recipient;
use domain::ledger::{EntryKind, LedgerPen, LedgerWrite};
use tokio::time::Instant;

use super::{LedgerDeps, LedgerOptions};
use crate::actors::mail::{Raise, Resolve};
use crate::crash;
use crate::ports::store::{Store, StoreError};

/// Where decisions are committed. There is one, so only one group can be written at a time (LED-0).
pub(super) struct Press {
    pub raises: Recipient<Raise>,
    pub resolves: Recipient<Resolve>,
    pub options: LedgerOptions,
    store: Arc<dyn Store>,
    pen: LedgerPen,
}

impl Press {
    pub fn new(deps: &LedgerDeps) -> Self {
        Self {
            raises: deps.raises.clone(),
            resolves: deps.resolves.clone(),
            store: Arc::clone(&deps.store),
            pen: LedgerPen::uncap(),
            options: deps.options,
        }
    }

    /// Commits. After an error, it may or may not be stored.
    pub async fn commit(&mut self, write: LedgerWrite) -> Result<(), StoreError> {
        if write.is_empty() {
            return Ok(());
        }
        let points = points(&write);
        let changes = self.pen.write(write);
        points.iter().for_each(|(before, _)| crash::point(before));
        let begun = Instant::now();
        self.store.commit(changes).await?;
        metrics::histogram!("bursar_ledger_commit_seconds").record(begun.elapsed());
        points.iter().for_each(|(_, after)| crash::point(after));
        Ok(())
    }
}

/// Where a test may end the process around the commit of such a group.
fn points(write: &LedgerWrite) -> Vec<(&'static str, &'static str)> {
    let has = |kinds: &[EntryKind]| write.entries.iter().any(|entry| kinds.contains(&entry.kind));
    let mut points = Vec::new();
    for (kinds, before, after) in POINTS {
        if has(kinds) {
            points.push((before, after));
        }
    }
    points
}

/// Kinds of entries, and the crash points before and after a commit that writes one.
const POINTS: [(&[EntryKind], &str, &str); 17] = [
    (&[EntryKind::PowerSettle], "settle.before_commit", "settle.after_commit"),
    (
        &[EntryKind::PowerCorrect],
        "correct.before_commit",
        "correct.after_commit",
    ),
    (
        &[EntryKind::DebtCollect],
        "collect.before_commit",
        "collect.after_commit",
    ),
    (&[EntryKind::DebtWaive], "waive.before_commit", "waive.after_commit"),
    (&[EntryKind::Refund], "reverse.before_commit", "reverse.after_commit"),
    (&[EntryKind::PowerHold], "hold.before_commit", "hold.after_commit"),
    (
        &[EntryKind::HoldRelease],
        "release.before_commit",
        "release.after_commit",
    ),
    (
        &[
            EntryKind::Recharge,
            EntryKind::Withdraw,
            EntryKind::Adjust,
            EntryKind::Transfer,
        ],
        "recharge.before_commit",
        "recharge.after_commit",
    ),
    (&[EntryKind::Import], "import.before_commit", "import.after_commit"),
    (&[EntryKind::Contract], "receive.before_commit", "receive.after_commit"),
    (&[EntryKind::Trade], "trade.before_commit", "trade.after_commit"),
    (
        &[EntryKind::Mint, EntryKind::Payout],
        "paid.before_commit",
        "paid.after_commit",
    ),
    (
        &[EntryKind::Treasury],
        "treasury.before_commit",
        "treasury.after_commit",
    ),
    (
        &[EntryKind::PoolIn],
        "pool.subscribe.before_commit",
        "pool.subscribe.after_commit",
    ),
    (
        &[EntryKind::PoolOut, EntryKind::PoolPenalty],
        "pool.redeem.before_commit",
        "pool.redeem.after_commit",
    ),
    (
        &[EntryKind::PoolYield, EntryKind::Commission],
        "pool.page.before_commit",
        "pool.page.after_commit",
    ),
    (
        &[EntryKind::PoolFund],
        "pool.fund.before_commit",
        "pool.fund.after_commit",
    ),
];
