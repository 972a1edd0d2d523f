//! The desk: what operators ask for, whether over HTTP or on the command line, decided and committed in one place.

mod alerts;
mod chain;
mod close_alls;
mod fields;
mod jobs;
mod keys;
mod markets;
mod nets;
mod pages;
mod pauses;
mod pool_acts;
mod pools;
mod reads;
mod reports;
mod robots;
mod statements;
mod tokens;
mod users;
mod wrong;

use std::sync::Arc;

use domain::access::Audit;
use domain::change::{Change, ChangeSet};
use domain::id::{AuditId, IdKind};
use domain::time::Timestamp;
use tokio::sync::Mutex;

use crate::actors::sights::Sights;
use crate::clock::Clock;
use crate::jobs::Builtin;
use crate::jobs::pools::progress::Progress;
use crate::ports::keyring::Keyring;
use crate::ports::notify::Targets;
use crate::ports::store::{Store, StoreError};
use crate::ports::work::{NoWorker, Worker};

pub use alerts::AlertDetail;
pub use chain::{AnyOrder, AnyOrderDetail, AnyOrders};
pub use close_alls::NewCloseAll;
pub use fields::read;
pub use jobs::{ChangedJob, NewJob};
pub use keys::{NewKey, Rotation, Unread};
pub use markets::Markets;
pub use nets::NetExplained;
pub use pages::{Listing, PageAsk};
pub use pool_acts::{NewAddition, NewFunding, NewRedemption, NewSubscription, Prepared};
pub use pools::{NewEnd, NewPoolRate, NewProduct};
pub use reads::{OrderDetail, PositionDetail};
pub use reports::DailyReport;
pub use statements::{Part, STATEMENT_LINES, Statement};
pub use tokens::{MintedToken, NewToken, digest_of};
pub use users::{NewRate, NewUser, NewVenueAccount};
pub use wrong::{DeskError, WrongField};

/// Who asks, why, and from where: what the audit trail says of a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asker {
    /// The token's name, or the local user as `cli:NAME`.
    pub by: String,
    /// Their own words.
    pub reason: String,
    /// The peer's address, or `cli uid=0 host=NAME`.
    pub from: String,
}

/// Longest reason that is kept, in characters.
pub const REASON_LENGTH: usize = 300;
/// How long the reason of an act on money is, in characters: it stands as the remark of the entry, too.
pub const MONEY_REASON: std::ops::RangeInclusive<usize> = 3..=200;

/// Everything that a request of an operator is decided with.
#[derive(Clone)]
pub struct Desk {
    /// What is on record.
    pub store: Arc<dyn Store>,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// The markets that robots can trade on.
    pub markets: Markets,
    /// Who is told of alerts.
    pub targets: Targets,
    /// Who seals keys of venue accounts.
    keyring: Option<Arc<dyn Keyring>>,
    /// Whether orders to close all are about positions that no robot opened, where they do not say.
    close_external: bool,
    /// Held while it is decided about a switch.
    switches: Arc<Mutex<()>>,
    /// What venues last reported of accounts; empty where no daemon runs.
    pub sights: Sights,
    /// Held while something is put into a product, or taken out of one.
    pools: Arc<Mutex<()>>,
    /// How far the distribution of yield is; empty where no daemon runs.
    pub pool_progress: Progress,
    /// The daemon's own jobs, by name.
    builtins: Arc<[Builtin]>,
    /// Who knows what jobs may run.
    pub worker: Arc<dyn Worker>,
}

impl Desk {
    /// A desk over this store and these markets.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, markets: Markets) -> Self {
        Self {
            store,
            clock,
            markets,
            targets: Targets::default(),
            keyring: None,
            close_external: false,
            switches: Arc::default(),
            sights: Sights::default(),
            pools: Arc::default(),
            pool_progress: Progress::default(),
            builtins: Arc::default(),
            worker: Arc::new(NoWorker),
        }
    }

    /// The same desk, which knows the daemon's own jobs, and whom to ask what others may run.
    #[must_use]
    pub fn with_jobs(self, builtins: Vec<Builtin>, worker: Arc<dyn Worker>) -> Self {
        Self {
            builtins: builtins.into(),
            worker,
            ..self
        }
    }

    /// The same desk, which tells these targets of what is decided on it about alerts.
    #[must_use]
    pub fn with_targets(self, targets: Targets) -> Self {
        Self { targets, ..self }
    }

    /// The same desk, on which orders to close all are about positions that no robot opened, where they do not say.
    #[must_use]
    pub fn closing_external(self, close_external: bool) -> Self {
        Self { close_external, ..self }
    }

    /// The same desk, on which keys of venue accounts can be set.
    #[must_use]
    pub fn with_keyring(self, keyring: Arc<dyn Keyring>) -> Self {
        let keyring = Some(keyring);
        Self { keyring, ..self }
    }

    async fn commit(&self, changes: ChangeSet) -> Result<(), DeskError> {
        Ok(self.store.commit(changes).await?)
    }

    async fn next_id(&self, kind: IdKind) -> Result<i64, DeskError> {
        Ok(self.store.reserve_ids(kind, 1).await?)
    }

    /// One line for the trail, to be committed together with what it tells of.
    async fn audit(&self, asker: &Asker, action: &str, subject: String, now: Timestamp) -> Result<Change, DeskError> {
        Ok(Change::AddAudit(self.trail(asker, action, subject, now).await?))
    }

    /// One line for the trail, which somebody else commits together with what it tells of.
    ///
    /// # Errors
    /// When the store has no id for it.
    pub async fn trail(
        &self,
        asker: &Asker,
        action: &str,
        subject: String,
        now: Timestamp,
    ) -> Result<Audit, DeskError> {
        let id = AuditId(self.next_id(IdKind::Audit).await?);
        Ok(Audit {
            id,
            at: now,
            by: asker.by.clone(),
            action: action.to_owned(),
            subject,
            reason: asker.reason.clone(),
            origin: Some(asker.from.clone()),
        })
    }

    /// Writes down that something was refused, after [`Desk::note`] has said that it was asked for.
    ///
    /// # Errors
    /// When the store does not take it.
    pub async fn note_refusal(&self, asker: &Asker, action: &str, subject: String, why: &str) -> Result<(), DeskError> {
        let told = Asker {
            reason: format!("{}; refused: {why}", asker.reason),
            ..asker.clone()
        };
        self.note(&told, &format!("{action}.refused"), subject).await
    }

    /// Writes down that something is about to be asked of an actor, before it is asked.
    ///
    /// # Errors
    /// When the store does not take it; then nothing may be asked.
    pub async fn note(&self, asker: &Asker, action: &str, subject: String) -> Result<(), DeskError> {
        let line = self.audit(asker, action, subject, self.clock.now()).await?;
        self.commit(ChangeSet::of(line)).await
    }
}

/// The reason to put on record: trimmed, without control characters, at most [`REASON_LENGTH`] characters.
///
/// # Errors
/// Names the rule that a given reason broke. No reason at all is recorded as such.
pub fn reason(given: Option<&str>) -> Result<String, WrongField> {
    let text = given.unwrap_or_default().trim();
    if text.is_empty() {
        return Ok("no reason given".to_owned());
    }
    if text.chars().count() > REASON_LENGTH || text.chars().any(char::is_control) {
        let rule = format!("must be at most {REASON_LENGTH} characters without line breaks");
        return Err(WrongField::new("reason", rule));
    }
    Ok(text.to_owned())
}

/// The reason of an act on money, which must be given: trimmed, without control characters, as long as [`MONEY_REASON`].
///
/// # Errors
/// Names the rule.
pub fn money_reason(given: Option<&str>) -> Result<String, WrongField> {
    let text = given.unwrap_or_default().trim();
    if MONEY_REASON.contains(&text.chars().count()) && !text.chars().any(char::is_control) {
        return Ok(text.to_owned());
    }
    let (least, most) = (MONEY_REASON.start(), MONEY_REASON.end());
    let rule = format!("must be given: {least} to {most} characters without line breaks");
    Err(WrongField::new("reason", rule))
}

/// A conflict means that somebody was faster, which an operator can be told as such.
impl From<StoreError> for DeskError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict { what } => Self::Conflict {
                why: format!("{what} was changed by somebody else; look again and repeat"),
            },
            error => Self::Store(error),
        }
    }
}
