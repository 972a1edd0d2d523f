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
}

impl fmt::Display for Swept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} unsettled positions: {} charged, {} owed, {} not settled",
            self.seen, self.charged, self.owed, self.failed
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
            count(&mut swept, settled);
        }
        page = Page::after(last.0, page_size);
    }
    Ok(swept)
}

fn count(swept: &mut Swept, settled: Option<Settlement>) {
    swept.seen += 1;
    match settled {
        Some(Settlement::Charged { .. }) => swept.charged += 1,
        Some(Settlement::Owed { .. }) => swept.owed += 1,
        Some(Settlement::NothingDue | Settlement::Exempt | Settlement::Waived { .. }) => {}
        Some(Settlement::Pending | Settlement::NotYet) | None => swept.failed += 1,
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
