//! The venue's writer: decides waiting acts in order, writes them down in one commit, and answers only then.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use domain::id::VenueAccountId;
use domain::market::{Symbol, Tick};
use domain::paper::{Effects, Engine, PaperOrder, Refused, Request};
use domain::time::Timestamp;
use domain::user::PositionMode;
use tokio::sync::{mpsc, oneshot};
use tracing::{error, trace, warn};

use super::book::{Book, KEPT};
use super::rows;
use super::served::Seen;
use super::shared::Shared;
use crate::event;
use crate::ports::store::{PaperRow, StoreError};

/// Acts that are decided and written together at most.
const GROUP: usize = 256;
/// Acts that may wait.
pub(super) const QUEUE: usize = 4_096;
/// Longest wait between two questions whether a commit was written.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// The answer to an order.
pub(super) type OrderAnswer = Result<PaperOrder, Refused>;

/// Something to do. Where the answer never comes, the act was taken back, or nobody knows.
pub(super) enum Act {
    Place {
        account: VenueAccountId,
        request: Box<Request>,
        /// Orders of the account that had ended when the vault was asked for the client id.
        seen: u64,
        answer: oneshot::Sender<OrderAnswer>,
    },
    Cancel {
        account: VenueAccountId,
        number: i64,
        answer: oneshot::Sender<OrderAnswer>,
    },
    Prepare {
        account: VenueAccountId,
        mode: PositionMode,
        answer: oneshot::Sender<Result<(), Refused>>,
    },
    /// A price that concerns somebody.
    Cross {
        symbol: Symbol,
        tick: Tick,
        answer: oneshot::Sender<()>,
    },
    /// Anything else that the engine can do; whoever asked gets its own answer from within.
    Change(Change),
    /// Looks at what is durable.
    Look(Box<dyn FnOnce(&mut Book) + Send>),
    /// Writes down where the markets stand.
    KeepTime { answer: oneshot::Sender<()> },
    /// The same, and nothing after that.
    Close { answer: oneshot::Sender<()> },
}

/// Does something to the engine, and gives what it changed and the answer that waits for the commit.
pub(super) type Change = Box<dyn FnOnce(&mut Engine, Timestamp) -> (Effects, Waiting) + Send>;

/// An answer that waits for the commit.
pub(super) type Waiting = Box<dyn FnOnce(&mut Book) + Send>;

/// Runs until the venue is closed or dropped.
pub(super) async fn run(shared: Arc<Shared>, mut acts: mpsc::Receiver<Act>) {
    while let Some(first) = acts.recv().await {
        let mut group = vec![first];
        while group.len() < GROUP
            && let Ok(act) = acts.try_recv()
        {
            group.push(act);
        }
        if shared.write(group).await.is_break() {
            return;
        }
    }
}

#[derive(Default)]
struct Group {
    effects: Effects,
    waiting: Vec<Waiting>,
    looks: Vec<Waiting>,
    keep_time: bool,
    closing: bool,
}

impl Group {
    fn add(&mut self, effects: Effects, answer: Waiting) {
        self.effects.absorb(effects);
        self.waiting.push(answer);
    }
}

impl Shared {
    async fn write(&self, acts: Vec<Act>) -> ControlFlow<()> {
        let (group, rows) = {
            let mut book = self.book();
            let mut group = Group::default();
            for act in acts {
                self.decide(&mut book, act, &mut group);
            }
            let rows = self.rows(&mut book, &group);
            (group, rows)
        };
        for (account, error) in &group.effects.failed {
            error!(event = event::PAPER_OUT_OF_RANGE, account.id = %account, %error, "paper account {account} was left alone");
        }
        let saved = match rows {
            Ok(rows) if rows.is_empty() => true,
            Ok(rows) => self.save(rows).await,
            Err(error) => {
                warn!(event = event::PAPER_UNDONE, %error, "paper venue could not form its rows");
                false
            }
        };
        let mut book = self.book();
        if saved {
            if let Some(watch) = self.watch.as_ref().filter(|_| !group.effects.is_empty()) {
                watch(Seen::Written(&book.engine, &group.effects));
            }
            book.keep(group.effects);
            for answer in group.waiting {
                answer(&mut book);
            }
        } else {
            book.engine.undo(group.effects);
        }
        for look in group.looks {
            look(&mut book);
        }
        if group.closing {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    fn decide(&self, book: &mut Book, act: Act, group: &mut Group) {
        let now = self.clock.now();
        match act {
            Act::Place {
                account,
                request,
                seen,
                answer,
            } => {
                let allowed = refuse_duplicate(book, &group.effects, account, &request, seen);
                let placed = allowed.and_then(|()| book.engine.place(account, &request, now));
                let order = placed.map(|placed| {
                    group.effects.absorb(placed.effects);
                    placed.order
                });
                group.waiting.push(Box::new(move |_| tell(answer, order)));
            }
            Act::Cancel {
                account,
                number,
                answer,
            } => {
                let order = book.engine.cancel(account, number, now).map(|placed| {
                    group.effects.absorb(placed.effects);
                    placed.order
                });
                group.waiting.push(Box::new(move |_| tell(answer, order)));
            }
            Act::Prepare { account, mode, answer } => {
                let prepared = book.engine.prepare(account, mode, self.starting_balance);
                let prepared = prepared.map(|effects| group.effects.absorb(effects));
                group.waiting.push(Box::new(move |_| tell(answer, prepared)));
            }
            Act::Cross { symbol, tick, answer } => {
                group.effects.absorb(book.engine.cross(&symbol, tick));
                group.waiting.push(Box::new(move |_| tell(answer, ())));
            }
            Act::Change(change) => {
                let (effects, answer) = change(&mut book.engine, now);
                group.add(effects, answer);
            }
            Act::Look(look) => group.looks.push(look),
            Act::KeepTime { answer } => {
                group.keep_time = true;
                group.waiting.push(Box::new(move |_| tell(answer, ())));
            }
            Act::Close { answer } => {
                (group.keep_time, group.closing) = (true, true);
                group.waiting.push(Box::new(move |_| tell(answer, ())));
            }
        }
    }

    fn rows(&self, book: &mut Book, group: &Group) -> Result<Vec<PaperRow>, StoreError> {
        if group.effects.is_empty() && !group.keep_time {
            return Ok(Vec::new());
        }
        let mut rows = rows::of_effects(&group.effects, &book.engine, self.watch.is_some())?;
        for symbol in book.engine.symbols() {
            let traded = group.effects.fills.iter().any(|fill| fill.symbol == *symbol);
            let funded = group
                .effects
                .funded
                .as_ref()
                .is_some_and(|(funded, _)| funded == symbol);
            if traded || funded || group.keep_time {
                let clock = rows::clock_of(&book.engine, symbol, book.ticks.get(symbol).copied());
                rows.push(rows::of_clock(symbol, &clock)?);
            }
        }
        book.commit += 1;
        rows.push(rows::of_commit(book.commit)?);
        Ok(rows)
    }

    /// Whether the rows are written; asks until that is known.
    async fn save(&self, rows: Vec<PaperRow>) -> bool {
        let number = self.book().commit;
        let error = match self.vault.save(rows).await {
            Ok(()) => return true,
            Err(error @ StoreError::Ambiguous(_)) => error,
            Err(error) => {
                warn!(event = event::PAPER_UNDONE, %error, "paper venue could not write, and took its last acts back");
                return false;
            }
        };
        warn!(event = event::PAPER_IN_DOUBT, %error, commit = number, "paper venue does not know whether it wrote");
        let mut wait = Duration::from_millis(50);
        loop {
            match self.vault.row(rows::CLOCK, rows::COMMIT).await {
                Ok(row) => return row.is_some_and(|row| rows::read(&row).is_ok_and(|found: u64| found == number)),
                Err(error) => warn!(event = event::PAPER_IN_DOUBT, %error, commit = number, "paper venue cannot look"),
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }
}

/// Refuses a client id that an ended order has, or for which that can no longer be told.
fn refuse_duplicate(
    book: &mut Book,
    group: &Effects,
    account: VenueAccountId,
    request: &Request,
    seen: u64,
) -> Result<(), Refused> {
    let Some(client_id) = &request.client_id else {
        return Ok(());
    };
    let recent = book.recent(account);
    let just_now = group.orders.iter().filter(|order| order.account == account);
    let known = just_now
        .filter(|order| order.client_id.as_ref() == Some(client_id))
        .count()
        > 0;
    if known || recent.order(client_id).is_some() {
        return Err(Refused::DuplicateClientId);
    }
    if recent.ended.saturating_sub(seen) > u64::try_from(KEPT).unwrap_or(u64::MAX) {
        return Err(Refused::Overloaded);
    }
    Ok(())
}

/// Answers; whoever asked may have gone, and what was done stays done.
pub(super) fn tell<T>(answer: oneshot::Sender<T>, with: T) {
    if answer.send(with).is_err() {
        trace!("whoever asked the paper venue has gone");
    }
}
