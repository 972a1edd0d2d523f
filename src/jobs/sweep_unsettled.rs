//! The sweep: whatever is closed, profitable and unsettled is settled, however old.

use std::fmt;
use std::sync::Arc;

use actix::Recipient;
use domain::id::PositionId;
use domain::ledger::PostAnswer;
use domain::page::Page;
use domain::settlement::Settlement;
use futures::StreamExt;
use tracing::warn;

use crate::actors::mail::Settle;
use crate::event;
use crate::jobs::JobError;
use crate::ports::store::{PositionFilter, Store};

/// Name of the job.
pub const NAME: &str = "sweep_unsettled";
/// Settlements asked for at once.
const PARALLEL: usize = 64;

/// What a sweep found and did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Unsettled positions seen.
    pub seen: u64,
    /// Charged.
    pub charged: u64,
    /// Recorded as owed.
    pub owed: u64,
    /// Nothing was due.
    pub nothing_due: u64,
    /// Not settled; the next sweep sees them again.
    pub failed: u64,
}

impl fmt::Display for Swept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} unsettled positions: {} charged, {} owed, {} with nothing due, {} not settled",
            self.seen, self.charged, self.owed, self.nothing_due, self.failed
        )
    }
}

/// Settles every unsettled position, oldest first and page by page: a page begins beyond the last row of the one
/// before, so that a row which cannot be settled blocks no other. There is no limit of age (S0-02).
pub async fn sweep_unsettled(
    store: Arc<dyn Store>,
    ledger: Recipient<Settle>,
    page_size: u32,
) -> Result<Swept, JobError> {
    let filter = PositionFilter {
        unsettled: true,
        ..PositionFilter::default()
    };
    let mut swept = Swept::default();
    let mut page = Page::first(page_size);
    loop {
        let positions = store.positions(filter, page).await?;
        let Some(last) = positions.last().map(|position| position.id) else {
            break;
        };
        let ids = positions.iter().map(|position| position.id);
        let mut settling = futures::stream::iter(ids.map(|id| settle(&ledger, id))).buffer_unordered(PARALLEL);
        while let Some(settled) = settling.next().await {
            swept.add(settled);
        }
        page = Page::after(last.0, page_size);
    }
    if swept.failed > 0 {
        return Err(JobError::Undone(swept.to_string()));
    }
    Ok(swept)
}

impl Swept {
    fn add(&mut self, settled: Option<Settlement>) {
        self.seen += 1;
        match settled {
            Some(Settlement::Charged { .. } | Settlement::Waived { .. }) => self.charged += 1,
            Some(Settlement::Owed { .. }) => self.owed += 1,
            Some(Settlement::NothingDue | Settlement::Exempt) => self.nothing_due += 1,
            Some(Settlement::Pending | Settlement::NotYet) | None => self.failed += 1,
        }
    }
}

/// The settlement of the position now; `None` when the ledger did not settle it.
async fn settle(ledger: &Recipient<Settle>, position: PositionId) -> Option<Settlement> {
    let why = match ledger.send(Settle { position }).await {
        Ok(Ok(receipt)) => match receipt.answer {
            PostAnswer::Created { .. } | PostAnswer::Exists { .. } | PostAnswer::NothingDue => {
                return Some(receipt.settlement);
            }
            PostAnswer::ExistsDifferent { field } => format!("its entry differs in {field}"),
            PostAnswer::AlreadyFailed { reason } | PostAnswer::Rejected { reason } => reason,
        },
        Ok(Err(error)) => error.to_string(),
        Err(error) => error.to_string(),
    };
    warn!(event = event::SETTLEMENT_FAILED, position.id = %position, "position {position} is not settled: {why}");
    None
}
