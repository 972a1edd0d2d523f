//! The writer: takes all commits that wait, writes them in one transaction, and answers each after its end.

use std::time::Duration;

use domain::change::ChangeSet;
use domain::id::IdKind;
use sea_orm::{DatabaseConnection, DatabaseTransaction, SqliteTransactionMode, TransactionOptions, TransactionTrait};
use tokio::sync::{mpsc, oneshot, watch};

use super::super::connect::StoreOptions;
use super::super::doubt;
use super::super::failure::{Cause, DeadlinePassed, Failure, WriterStopped, is_disk_failure};
use super::super::lease::Lease;
use super::apply::apply;
use super::room::Room;
use super::tx::{Tx, within};
use super::{ids, paper};
use crate::crash;
use crate::ports::store::{PaperRow, StoreError};

/// Commits that share a transaction at most.
const GROUP: usize = 64;

/// Commits that wait at most; a sender waits for a place.
const QUEUE: usize = 1024;

/// How often a writer that has nothing to write makes sure that it still is the writer.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// Something to write, all or nothing.
#[derive(Debug)]
pub enum Work {
    /// A decision.
    Changes(ChangeSet),
    /// Rows of the paper venue.
    Paper(Vec<PaperRow>),
    /// The next block of ids of a kind.
    Block {
        /// Which counter.
        kind: IdKind,
        /// How many ids.
        size: i64,
    },
    /// This tag, unless the installation has one.
    Tag(String),
    /// Nothing that changes anything.
    Touch,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// All of it.
    Done,
    /// A block that begins with this id.
    First(i64),
    /// The installation's tag.
    Tag(String),
}

#[derive(Debug)]
struct Job {
    work: Work,
    answer: oneshot::Sender<Result<Written, StoreError>>,
}

#[derive(Debug)]
enum Mail {
    Job(Job),
    Close(oneshot::Sender<()>),
}

/// Where commits wait for the writer.
#[derive(Debug, Clone)]
pub struct Queue {
    mail: mpsc::Sender<Mail>,
    patience: Duration,
    disk_failed: watch::Receiver<bool>,
}

impl Queue {
    /// Becomes true when the disk failed during a commit.
    pub fn disk_failed(&self) -> watch::Receiver<bool> {
        self.disk_failed.clone()
    }

    /// Waits for a place, then for the end of the transaction.
    pub async fn write(&self, work: Work) -> Result<Written, StoreError> {
        let (answer, written) = oneshot::channel();
        let sent = self.mail.send_timeout(Mail::Job(Job { work, answer }), self.patience);
        sent.await.map_err(|error| match error {
            mpsc::error::SendTimeoutError::Timeout(_) => StoreError::Unavailable(Box::new(DeadlinePassed)),
            mpsc::error::SendTimeoutError::Closed(_) => StoreError::Unavailable(Box::new(WriterStopped::Closed)),
        })?;
        // The writer is gone without an answer: it may have been killed after the commit.
        written
            .await
            .unwrap_or_else(|_| Err(StoreError::Ambiguous(Box::new(WriterStopped::Closed))))
    }

    /// Lets the writer finish what waits and end.
    pub async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.mail.send(Mail::Close(done)).await.is_ok() && closed.await.is_err() {
            tracing::debug!("writer ended before it could say so");
        }
    }
}

/// Owns the connection that writes.
#[derive(Debug)]
pub struct Writer {
    connection: DatabaseConnection,
    lease: Lease,
    deadline: Duration,
    disk_failed: watch::Sender<bool>,
    disk: Room,
}

impl Writer {
    /// Starts a writer on this connection.
    pub fn start(connection: DatabaseConnection, lease: Lease, options: &StoreOptions) -> Queue {
        let (mail, inbox) = mpsc::channel(QUEUE);
        let (disk_failed, seen) = watch::channel(false);
        let writer = Self {
            connection,
            lease,
            deadline: options.statement_deadline,
            disk_failed,
            disk: Room::new(),
        };
        tokio::spawn(writer.run(inbox));
        Queue {
            mail,
            patience: options.acquire_deadline,
            disk_failed: seen,
        }
    }

    async fn run(mut self, mut inbox: mpsc::Receiver<Mail>) {
        let mut closing = Vec::new();
        let mut mail = Vec::with_capacity(GROUP);
        while self.receive(&mut inbox, &mut mail).await > 0 {
            let mut jobs = Vec::with_capacity(mail.len());
            for letter in mail.drain(..) {
                match letter {
                    Mail::Job(job) => jobs.push(job),
                    Mail::Close(done) => {
                        inbox.close();
                        closing.push(done);
                    }
                }
            }
            self.serve(jobs).await;
        }
        self.give_up_lease().await;
        if let Err(error) = self.connection.close().await {
            tracing::debug!(%error, "writing connection did not close cleanly");
        }
        for done in closing {
            if done.send(()).is_err() {
                tracing::debug!("nobody waits for the writer's end");
            }
        }
    }

    /// Waits for mail, and meanwhile proves from time to time that it still may write.
    async fn receive(&mut self, inbox: &mut mpsc::Receiver<Mail>, mail: &mut Vec<Mail>) -> usize {
        loop {
            match tokio::time::timeout(HEARTBEAT, inbox.recv_many(mail, GROUP)).await {
                Ok(count) => return count,
                Err(_) if self.lease.is_held() => match self.begin().await {
                    Ok(transaction) => self.roll_back(transaction).await,
                    Err(failure) => tracing::debug!(?failure, "the writer could not make sure of its lease"),
                },
                Err(_) => {}
            }
        }
    }

    /// Lets the next writer in.
    async fn give_up_lease(&mut self) {
        match tokio::time::timeout(self.deadline, self.lease.release(&self.connection)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(%error, "the lease was not given back; it ends with the connection"),
            Err(_) => tracing::debug!("the lease was not given back in time; it ends with the connection"),
        }
    }

    async fn serve(&mut self, jobs: Vec<Job>) {
        let (work, senders): (Vec<Work>, Vec<_>) = jobs.into_iter().map(|job| (job.work, job.answer)).unzip();
        for (sender, answer) in senders.into_iter().zip(self.write(&work).await) {
            if sender.send(answer.map_err(Failure::into_error)).is_err() {
                tracing::debug!("a sender did not wait for its commit");
            }
        }
    }

    /// First all in one transaction without savepoints; only when one of them is refused, again with a savepoint
    /// each; and when the server aborts the transaction, each alone, so that one cannot hurt its neighbours.
    async fn write(&mut self, work: &[Work]) -> Vec<Result<Written, Failure>> {
        if work.is_empty() {
            return Vec::new();
        }
        let mut answers = self.attempt(work, false).await;
        if work.len() > 1 && matches!(answers, Err(Failure::Refused(_))) {
            answers = self.attempt(work, true).await;
        }
        self.disk.seen(&answers);
        match answers {
            Ok(answers) if self.disk.is_full() => deny_touches(work, answers),
            Ok(answers) => answers,
            Err(Failure::Server(_)) if work.len() > 1 => {
                let mut answers = Vec::with_capacity(work.len());
                for one in work.chunks(1) {
                    answers.extend(Box::pin(self.write(one)).await);
                }
                answers
            }
            Err(failure) => work.iter().map(|_| Err(failure.clone())).collect(),
        }
    }

    /// One transaction. An error means that nothing was written.
    async fn attempt(&mut self, work: &[Work], savepoints: bool) -> Result<Vec<Result<Written, Failure>>, Failure> {
        if *self.disk_failed.borrow() {
            return Err(Failure::Lost(Cause::new(WriterStopped::DiskFailed)));
        }
        let transaction = self.begin().await?;
        let mut answers = Vec::with_capacity(work.len());
        for one in work {
            let answer = if savepoints {
                self.guarded(&transaction, one).await
            } else {
                perform(Tx::new(&transaction, self.deadline), one).await
            };
            match answer {
                Err(Failure::Refused(what)) if savepoints => answers.push(Err(Failure::Refused(what))),
                Err(failure) => {
                    // A silent server would not answer to a rollback either; the connection is tested when dropped.
                    if !matches!(failure, Failure::Lost(_)) {
                        self.roll_back(transaction).await;
                    }
                    return Err(failure);
                }
                Ok(written) => answers.push(Ok(written)),
            }
        }
        if answers.iter().all(Result::is_err) {
            self.roll_back(transaction).await;
            return Ok(answers);
        }
        match self.commit(transaction).await {
            Ok(()) => Ok(answers),
            Err(failure) => Ok(answers
                .into_iter()
                .map(|answer| answer.and(Err(failure.clone())))
                .collect()),
        }
    }

    /// A transaction in which this process is the writer until its end.
    async fn begin(&mut self) -> Result<DatabaseTransaction, Failure> {
        self.lease.hold(&self.connection).await?;
        // SQLite: a transaction that first reads and then writes could find that another process wrote between.
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let transaction = within(
            self.deadline,
            self.connection.begin_with_options(options),
            "transaction",
        )
        .await?;
        self.lease.prove(&transaction, self.deadline).await?;
        Ok(transaction)
    }

    /// One member of a group behind a savepoint.
    async fn guarded(&self, transaction: &DatabaseTransaction, work: &Work) -> Result<Written, Failure> {
        let savepoint = within(self.deadline, transaction.begin(), "savepoint").await?;
        let answer = perform(Tx::new(&savepoint, self.deadline), work).await;
        match answer {
            Ok(written) => {
                within(self.deadline, savepoint.commit(), "savepoint").await?;
                Ok(written)
            }
            Err(failure) => {
                within(self.deadline, savepoint.rollback(), "savepoint").await?;
                Err(failure)
            }
        }
    }

    async fn commit(&mut self, transaction: DatabaseTransaction) -> Result<(), Failure> {
        crash::point("store.before_commit");
        let outcome = doubt::answer(self.deadline, transaction.commit()).await;
        crash::point("store.after_commit");
        match outcome {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => {
                // What a disk holds after it failed to sync is unknown, and asking it again does not tell.
                if is_disk_failure(&error) {
                    self.disk_failed.send_replace(true);
                }
                Err(Failure::of_commit(error))
            }
            Err(_) => Err(Failure::Unknown(Cause::new(DeadlinePassed))),
        }
    }

    async fn roll_back(&self, transaction: DatabaseTransaction) {
        if let Err(failure) = within(self.deadline, transaction.rollback(), "transaction").await {
            // The connection is not used again, and what it wrote is rolled back when it ends.
            tracing::debug!(?failure, "rollback was not answered");
        }
    }
}

/// On a full disk a touch may find the place that nothing else finds, so it is no sign of life there.
fn deny_touches(work: &[Work], answers: Vec<Result<Written, Failure>>) -> Vec<Result<Written, Failure>> {
    let told = work.iter().zip(answers).map(|(work, answer)| match work {
        Work::Touch => answer.and(Err(Failure::full_disk())),
        Work::Changes(_) | Work::Paper(_) | Work::Block { .. } | Work::Tag(_) => answer,
    });
    told.collect()
}

async fn perform(tx: Tx<'_>, work: &Work) -> Result<Written, Failure> {
    match work {
        Work::Changes(changes) => {
            for change in &changes.changes {
                apply(&tx, change).await?;
            }
            Ok(Written::Done)
        }
        Work::Paper(rows) => paper::save(&tx, rows).await.map(|()| Written::Done),
        Work::Block { kind, size } => ids::take_block(&tx, *kind, *size).await.map(Written::First),
        Work::Tag(tag) => ids::installation(&tx, tag).await.map(Written::Tag),
        Work::Touch => ids::touch(&tx).await.map(|()| Written::Done),
    }
}
