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
use crate::ports::store::Store;

/// Name of the job.
pub const NAME: &str = "sweep_unsettled";
/// Settlements asked for at once.
const PARALLEL: usize = 64;

/// What a sweep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Unsettled positions that it looked at.
    pub seen: u64,
    /// Positions that are charged now.
    pub charged: u64,
    /// Positions whose power is recorded as owed now.
    pub owed: u64,
    /// Positions that could not be settled; they stay for the next sweep.
    pub failed: u64,
    /// The first of these.
    pub first_failed: Option<PositionId>,
}

impl fmt::Display for Swept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} unsettled positions: {} charged, {} owed, {} not settled",
            self.seen, self.charged, self.owed, self.failed
        )?;
        match self.first_failed {
            Some(position) => write!(f, " (first: position {position})"),
            None => Ok(()),
        }
    }
}

/// Settles every unsettled position, oldest first and page by page: a page begins beyond the last row of the one
/// before, so that a row which cannot be settled blocks no other; not even one that cannot be read, since only ids are
/// read here. There is no limit of age (S0-02).
pub async fn sweep_unsettled(
    store: Arc<dyn Store>,
    ledger: Recipient<Settle>,
    page_size: u32,
) -> Result<Swept, JobError> {
    let mut swept = Swept::default();
    let mut page = Page::first(page_size);
    loop {
        let ids = store.unsettled_ids(page).await?;
        let Some(last) = ids.last().copied() else {
            break;
        };
        let ledger = &ledger;
        let asked = ids.into_iter().map(|id| async move { (id, settle(ledger, id).await) });
        let mut settling = futures::stream::iter(asked).buffer_unordered(PARALLEL);
        while let Some((id, settled)) = settling.next().await {
            count(&mut swept, id, settled);
        }
        page = Page::after(last.0, page_size);
    }
    Ok(swept)
}

fn count(swept: &mut Swept, position: PositionId, settled: Option<Settlement>) {
    swept.seen += 1;
    match settled {
        Some(Settlement::Charged { .. }) => swept.charged += 1,
        Some(Settlement::Owed { .. }) => swept.owed += 1,
        Some(Settlement::NothingDue | Settlement::Exempt | Settlement::Waived { .. }) => {}
        Some(Settlement::Pending | Settlement::NotYet) | None => {
            swept.failed += 1;
            swept.first_failed = Some(swept.first_failed.map_or(position, |first| first.min(position)));
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
