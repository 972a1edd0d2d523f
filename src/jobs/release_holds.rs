//! Giving back power that stays reserved for a position which is over, or never came to be.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use actix::Recipient;
use domain::id::PositionId;
use domain::ledger::{Hold, PostAnswer, Release, Request};
use domain::page::Page;
use domain::position::{Position, Reserved};
use futures::StreamExt;
use tracing::warn;

use crate::actors::mail::Post;
use crate::clock::Clock;
use crate::event;
use crate::jobs::JobError;
use crate::ports::store::{HoldFilter, Store, StoreError};

/// Name of the job.
pub const NAME: &str = "release_holds";
/// Releases asked for at once.
const PARALLEL: usize = 64;

/// What a run did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Released {
    /// Holds that it looked at.
    pub seen: u64,
    /// Holds that are given back now.
    pub released: u64,
    /// Holds that could not be judged or given back; they stay for the next run.
    pub failed: u64,
    /// The position of the first of these.
    pub first_failed: Option<PositionId>,
}

impl fmt::Display for Released {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} holds: {} given back, {} not given back",
            self.seen, self.released, self.failed
        )?;
        match self.first_failed {
            Some(position) => write!(f, " (first: of position {position})"),
            None => Ok(()),
        }
    }
}

impl Released {
    fn fail(&mut self, position: PositionId) {
        self.failed += 1;
        self.first_failed = Some(self.first_failed.map_or(position, |first| first.min(position)));
    }
}

/// Looks at every hold that is held, page by page and however old, and gives back what nothing will settle. A position
/// that is not on record may still come within `grace` of its hold.
///
/// # Errors
/// When the holds cannot be listed.
pub async fn release_holds(
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    ledger: Recipient<Post>,
    page_size: u32,
    grace: Duration,
) -> Result<Released, JobError> {
    let filter = HoldFilter {
        held: true,
        ..HoldFilter::default()
    };
    let mut run = Released::default();
    let mut page = Page::first(page_size);
    loop {
        let holds = store.holds(filter, page).await?;
        let Some(last) = holds.last().map(|hold| hold.position) else {
            return Ok(run);
        };
        let judged = judge(&*store, &holds, &*clock, grace, &mut run).await;
        let asked = judged.into_iter().map(|release| give_back(&ledger, release));
        let mut asked = futures::stream::iter(asked).buffer_unordered(PARALLEL);
        while let Some((position, is_back)) = asked.next().await {
            if is_back {
                run.released += 1;
            } else {
                run.fail(position);
            }
        }
        page = Page::after(last.0, page_size);
    }
}

/// Which of the holds are to be given back. A position that cannot be read keeps its hold, and no other's.
async fn judge(
    store: &dyn Store,
    holds: &[Hold],
    clock: &dyn Clock,
    grace: Duration,
    run: &mut Released,
) -> Vec<Release> {
    let mut releases = Vec::new();
    let together = positions_of(store, holds).await;
    for hold in holds {
        run.seen += 1;
        let position = match &together {
            Ok(positions) => Ok(positions.iter().find(|position| position.id == hold.position).cloned()),
            Err(_) => store.position(hold.position).await,
        };
        let fate = match position {
            Ok(position) => Reserved::judge(hold, position.as_ref(), clock.now(), grace),
            Err(error) => {
                warn!(event = event::HOLD_NOT_RELEASED, position.id = %hold.position, %error,
                    "hold of position {} cannot be judged: {error}", hold.position);
                run.fail(hold.position);
                Reserved::Keep
            }
        };
        let position = hold.position;
        match fate {
            Reserved::Keep => {}
            Reserved::GiveBack => releases.push(Release {
                position,
                expired: false,
            }),
            Reserved::Expire => releases.push(Release {
                position,
                expired: true,
            }),
        }
    }
    releases
}

async fn positions_of(store: &dyn Store, holds: &[Hold]) -> Result<Vec<Position>, StoreError> {
    let ids: Vec<PositionId> = holds.iter().map(|hold| hold.position).collect();
    store.positions_by_id(&ids).await
}

/// Whether it is given back, now or before.
async fn give_back(ledger: &Recipient<Post>, release: Release) -> (PositionId, bool) {
    let position = release.position;
    let request = Request::Release(release);
    let why = match ledger.send(Post { request }).await {
        Ok(Ok(receipt)) => match receipt.answer {
            PostAnswer::Created { .. } | PostAnswer::Exists { .. } | PostAnswer::NothingDue => return (position, true),
            PostAnswer::ExistsDifferent { field } => format!("its entry differs in {field}"),
            PostAnswer::AlreadyFailed { reason } | PostAnswer::Rejected { reason } => reason,
        },
        Ok(Err(error)) => error.to_string(),
        Err(error) => error.to_string(),
    };
    warn!(event = event::HOLD_NOT_RELEASED, position.id = %position, "hold of position {position} is not given back: {why}");
    (position, false)
}
