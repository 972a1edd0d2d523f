//! The right to write: one process at a time has a lock of the database's own kind, and every commit proves its epoch.

mod holder;
mod lock;

use std::time::Duration;

use entity::writer_lease::{Column, Entity};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, EntityTrait, QueryFilter,
    Statement, TransactionTrait,
};
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use super::connect::StoreOptions;
use super::failure::{Cause, Failure};
use super::sql::within;
use crate::clock::{Clock, SystemClock};
use crate::crash;

pub use holder::{Errand, Holder, host_name};
use lock::Lock;

/// How long a command waits for the right, so that one that is just ending is not in its way.
const PATIENCE: Duration = Duration::from_secs(2);
/// Between two times that a command asks.
const PAUSE: Duration = Duration::from_millis(50);
/// What statements of this file are called in errors.
const WHAT: &str = "writer lease";

/// Why this process may not write.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotTheWriter {
    /// Somebody else may.
    #[error("{0} writes to this database; only one process may at a time")]
    Held(Holder),
    /// Somebody else took over; this process must not write any more.
    #[error("{0} took over as the writer of this database; this process may not write any more")]
    Superseded(Holder),
    /// The lock was lost with the connection, and another session has it now.
    #[error("the writer's lock went with its connection, and another session has it")]
    LockLost,
}

/// What this process may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// It has not asked yet.
    Outside,
    /// It is the writer of this epoch.
    Writer(i64),
    /// It was, and never will be again.
    Superseded,
}

/// This process's claim to write.
#[derive(Debug)]
pub struct Lease {
    lock: Lock,
    errand: Errand,
    standing: Standing,
    superseded: watch::Sender<bool>,
}

impl Lease {
    /// A claim that was not made yet.
    pub fn new(options: &StoreOptions, errand: Errand) -> Self {
        Self {
            lock: Lock::of(options),
            errand,
            standing: Standing::Outside,
            superseded: watch::channel(false).0,
        }
    }

    /// Becomes true when another process took over.
    pub fn superseded(&self) -> watch::Receiver<bool> {
        self.superseded.subscribe()
    }

    /// Whether this process is the writer, as far as it knows.
    pub fn is_held(&self) -> bool {
        matches!(self.standing, Standing::Writer(_))
    }

    /// Tries to get the lock on the connection that writes; `None` when this process has it, else who does, as far
    /// as the database tells.
    pub async fn ask(&mut self, connection: &DatabaseConnection) -> Result<Option<Holder>, DbErr> {
        if self.lock.take(connection).await? {
            return Ok(None);
        }
        Ok(Some(Holder::of(connection).await))
    }

    /// Asks for a while, as a command does.
    pub async fn insist(&mut self, connection: &DatabaseConnection) -> Result<(), Failure> {
        let begin = Instant::now();
        loop {
            match self.ask(connection).await.map_err(|error| Failure::of(error, WHAT))? {
                None => return Ok(()),
                Some(holder) if begin.elapsed() > PATIENCE => {
                    return Err(Failure::Lost(Cause::new(NotTheWriter::Held(holder))));
                }
                Some(_) => sleep(PAUSE).await,
            }
        }
    }

    /// Becomes the writer: raises the epoch while it has the lock. From then on no other writer's commit succeeds.
    pub async fn enter(&mut self, connection: &DatabaseConnection) -> Result<(), Failure> {
        let entered = self.raise(connection).await.map_err(|error| Failure::of(error, WHAT))?;
        match entered {
            Some(epoch) => {
                self.standing = Standing::Writer(epoch);
                Ok(())
            }
            // The connection was replaced since the lock was taken on it: ask anew.
            None => Err(Failure::Lost(Cause::new(NotTheWriter::LockLost))),
        }
    }

    /// The new epoch, unless this is not the session that has the lock.
    async fn raise(&self, connection: &DatabaseConnection) -> Result<Option<i64>, DbErr> {
        let transaction = connection.begin().await?;
        let me = Holder::this_process(self.errand);
        let raised = Entity::update_many()
            .col_expr(Column::Epoch, Expr::col(Column::Epoch).add(1_i64))
            .col_expr(Column::Errand, Expr::val(me.errand.as_str()))
            .col_expr(Column::Host, Expr::val(me.host))
            .col_expr(Column::Pid, Expr::val(me.pid))
            .col_expr(Column::Since, Expr::val(me.since.0))
            .col_expr(Column::ReleasedAt, Expr::val(None::<i64>))
            .filter(Column::Id.eq(1));
        raised.exec(&transaction).await?;
        let (epoch, session) = proof(&transaction).await?;
        if !self.lock.is_held_by(session) {
            transaction.rollback().await?;
            return Ok(None);
        }
        transaction.commit().await?;
        Ok(Some(epoch))
    }

    /// Before a transaction: makes sure that this process is the writer, and asks where it has not yet.
    pub async fn hold(&mut self, connection: &DatabaseConnection) -> Result<(), Failure> {
        match self.standing {
            Standing::Writer(_) => Ok(()),
            Standing::Superseded => Err(self.refusal(connection).await),
            Standing::Outside => {
                self.insist(connection).await?;
                self.enter(connection).await
            }
        }
    }

    /// Inside a transaction, before anything is written: the epoch must still be this process's, and the session the one
    /// that has the lock. Nobody can raise the epoch before the transaction's end.
    pub async fn prove(&mut self, transaction: &DatabaseTransaction, deadline: Duration) -> Result<(), Failure> {
        let Standing::Writer(mine) = self.standing else {
            return Err(Failure::Lost(Cause::new(NotTheWriter::LockLost)));
        };
        let (epoch, session) = within(deadline, proof(transaction), WHAT).await?;
        if epoch != mine {
            self.standing = Standing::Superseded;
            self.superseded.send_replace(true);
            return Err(self.refusal(transaction).await);
        }
        if self.lock.is_held_by(session) {
            return Ok(());
        }
        // The connection was replaced, and the lock went with the old one. The epoch says that nobody took over yet.
        if within(deadline, self.lock.take(transaction), WHAT).await? {
            return Ok(());
        }
        Err(Failure::Lost(Cause::new(NotTheWriter::LockLost)))
    }

    async fn refusal<C: ConnectionTrait>(&self, connection: &C) -> Failure {
        let holder = Holder::of(connection).await;
        Failure::Lost(Cause::new(NotTheWriter::Superseded(holder)))
    }

    /// Gives the right back, so that the next writer need not wait.
    pub async fn release(&mut self, connection: &DatabaseConnection) -> Result<(), DbErr> {
        if let Standing::Writer(epoch) = self.standing {
            self.standing = Standing::Outside;
            crash::point("lease.before_release");
            Entity::update_many()
                .col_expr(Column::ReleasedAt, Expr::val(SystemClock.now().0))
                .filter(Column::Id.eq(1))
                .filter(Column::Epoch.eq(epoch))
                .exec(connection)
                .await?;
        }
        self.lock.release(connection).await
    }
}

/// The stored epoch, which cannot change before the end of the transaction, and the session that asks.
async fn proof(transaction: &DatabaseTransaction) -> Result<(i64, i64), DbErr> {
    let backend = transaction.get_database_backend();
    let sql = match backend {
        DbBackend::MySql => {
            "SELECT epoch, CAST(CONNECTION_ID() AS SIGNED) FROM writer_lease WHERE id = 1 LOCK IN SHARE MODE"
        }
        DbBackend::Postgres => "SELECT epoch, pg_backend_pid()::bigint FROM writer_lease WHERE id = 1 FOR SHARE",
        // The transaction is the only one that writes from its beginning.
        _ => "SELECT epoch, 0 FROM writer_lease WHERE id = 1",
    };
    let row = transaction.query_one_raw(Statement::from_string(backend, sql)).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("writer_lease".to_owned()))?;
    Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))
}
