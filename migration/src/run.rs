//! Applying migrations and taking them back: each whole or not at all, and on MariaDB step by step from where it is.

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Schema, TransactionTrait};
use sea_orm_migration::{MigrationName, seaql_migrations};

use crate::changes;
use crate::journal::{self, JOURNAL, Place};
use crate::plan::Plan;
use crate::session::{Session, Watch};

/// The table of those that are applied.
pub const RECORDS: &str = "seaql_migrations";

/// How much of a statement an error shows.
const SHOWN: usize = 100;

/// One change of the schema.
pub trait Change: MigrationName + Send + Sync {
    /// What applies it.
    fn up(&self, plan: &mut Plan);
    /// What takes it back.
    fn down(&self, plan: &mut Plan);
}

/// In which direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It is applied.
    Up,
    /// It is taken back.
    Down,
}

impl Way {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
        }
    }
}

/// Why a migration was not made.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// One that was being applied is half made.
    #[error("migration `{0}` was interrupted while it was applied: finish it with `bursar migrate up`")]
    HalfUp(String),
    /// One that was being taken back is half gone.
    #[error(
        "migration `{0}` was interrupted while it was taken back: finish that with `bursar migrate down --lose-data`"
    )]
    HalfDown(String),
    /// Another program began it, and would go on otherwise.
    #[error(
        "migration `{0}` was begun by another version of bursar, which must finish it; or restore the backup into an \
         empty database"
    )]
    Another(String),
    /// Something is there that only this step makes, and the journal does not know of it.
    #[error(
        "step {step} of {steps} of migration `{migration}` ({statement}) is made already, and not by this migration: \
         an older version was killed in it, or the database is not bursar's alone; restore the backup into an empty one"
    )]
    Found {
        /// Which.
        migration: String,
        /// Counted from one.
        step: usize,
        /// Of so many.
        steps: usize,
        /// The beginning of what it does.
        statement: String,
    },
    /// Rows are in the way; nothing was changed.
    #[error("migration `{migration}` changes nothing while {why}")]
    Guarded {
        /// Which.
        migration: String,
        /// What is in the way.
        why: &'static str,
    },
    /// The database refused a step, or did not answer. The next run goes on from there.
    #[error("step {step} of {steps} of migration `{migration}` ({statement}) failed")]
    Step {
        /// Which.
        migration: String,
        /// Counted from one.
        step: usize,
        /// Of so many.
        steps: usize,
        /// The beginning of what it does.
        statement: String,
        /// Why.
        #[source]
        source: DbErr,
    },
    /// The database refused, or did not answer.
    #[error("could not read or write which migrations are applied")]
    Database(#[from] DbErr),
}

impl MigrationError {
    pub(crate) fn found(migration: &str, index: usize, steps: usize, statement: &str) -> Self {
        Self::Found {
            migration: migration.to_owned(),
            step: index + 1,
            steps,
            statement: statement.chars().take(SHOWN).collect(),
        }
    }

    pub(crate) fn step(migration: &str, index: usize, steps: usize, statement: &str, source: DbErr) -> Self {
        Self::Step {
            migration: migration.to_owned(),
            step: index + 1,
            steps,
            statement: statement.chars().take(SHOWN).collect(),
            source,
        }
    }
}

/// Who migrates one database. Nobody else may write to it meanwhile.
pub struct Runner<'a> {
    connection: &'a DatabaseConnection,
    watch: Watch<'a>,
    /// What is written down as the time: seconds since 1970.
    now: i64,
}

impl<'a> Runner<'a> {
    /// Over this connection, telling each statement to whoever watches.
    pub fn new(connection: &'a DatabaseConnection, now: i64, watch: Watch<'a>) -> Self {
        Self { connection, watch, now }
    }

    /// Applies the next `count` migrations, or all. One that was interrupted is finished first.
    ///
    /// # Errors
    /// When the database refuses, or is being taken back to an older schema.
    pub async fn up(&mut self, count: Option<u32>) -> Result<(), MigrationError> {
        self.run(Way::Up, count).await
    }

    /// Takes the last `count` migrations back, or all. One that was interrupted is taken back first, and counts.
    ///
    /// # Errors
    /// When the database refuses, or holds what the older schema cannot, or is half way to a newer one.
    pub async fn down(&mut self, count: Option<u32>) -> Result<(), MigrationError> {
        self.run(Way::Down, count).await
    }

    async fn run(&mut self, way: Way, count: Option<u32>) -> Result<(), MigrationError> {
        self.make_records().await?;
        let resumed = self.resume(way).await?;
        let applied = self.applied().await?;
        let mut changes = changes();
        changes.retain(|change| applied.iter().any(|name| name == change.name()) == (way == Way::Down));
        if way == Way::Down {
            changes.reverse();
        }
        let left = count.unwrap_or(u32::MAX).saturating_sub(u32::from(resumed));
        for change in changes.iter().take(left as usize) {
            self.make(change.as_ref(), way).await?;
        }
        if self.backend() == DbBackend::MySql {
            // Where it is, a migration is under way.
            let done = format!("DROP TABLE IF EXISTS {JOURNAL}");
            self.connection.execute_unprepared(&done).await?;
        }
        Ok(())
    }

    fn backend(&self) -> DbBackend {
        self.connection.get_database_backend()
    }

    async fn make_records(&self) -> Result<(), DbErr> {
        let schema = Schema::new(self.backend());
        let mut records = schema.create_table_from_entity(seaql_migrations::Entity);
        self.connection.execute(records.if_not_exists()).await.map(drop)
    }

    async fn applied(&self) -> Result<Vec<String>, DbErr> {
        let sql = format!("SELECT version FROM {RECORDS}");
        let statement = sea_orm::Statement::from_string(self.backend(), sql);
        let rows = self.connection.query_all_raw(statement).await?;
        rows.iter().map(|row| row.try_get_by_index(0)).collect()
    }

    /// Goes on with a migration that was interrupted on MariaDB; elsewhere nothing is left of it. Tells whether there was one.
    async fn resume(&mut self, way: Way) -> Result<bool, MigrationError> {
        if self.backend() != DbBackend::MySql {
            return Ok(false);
        }
        let transaction = self.connection.begin().await?;
        let mut session = Session::new(&transaction, &mut *self.watch, String::new());
        let Some(place) = Place::read(&session).await? else {
            transaction.commit().await?;
            return Ok(false);
        };
        let all = changes();
        let change = all.iter().find(|change| change.name() == place.migration);
        let change = change.ok_or_else(|| MigrationError::Another(place.migration.clone()))?;
        let plan = planned(change.as_ref(), place.way, DbBackend::MySql);
        session.name(change.name());
        if place.is_untouched(&session, &plan).await? {
            journal::close(&mut session, place.way, self.now, place.way == Way::Down).await?;
            transaction.commit().await?;
            return Ok(false);
        }
        match (place.way, way) {
            (Way::Up, Way::Down) => Err(MigrationError::HalfUp(place.migration)),
            (Way::Down, Way::Up) => Err(MigrationError::HalfDown(place.migration)),
            (Way::Up, Way::Up) | (Way::Down, Way::Down) => {
                journal::make(&mut session, &plan, way, self.now).await?;
                transaction.commit().await?;
                Ok(true)
            }
        }
    }

    async fn make(&mut self, change: &dyn Change, way: Way) -> Result<(), MigrationError> {
        let backend = self.backend();
        let plan = planned(change, way, backend);
        // On MariaDB this is no transaction for long, but it is one session, the one that has the writer's lock.
        let transaction = self.connection.begin().await?;
        let mut session = Session::new(&transaction, &mut *self.watch, change.name().to_owned());
        match backend {
            DbBackend::MySql => journal::make(&mut session, &plan, way, self.now).await?,
            _ => whole(&mut session, &plan, way, self.now).await?,
        }
        transaction.commit().await?;
        Ok(())
    }
}

fn planned(change: &dyn Change, way: Way, backend: DbBackend) -> Plan {
    let mut plan = Plan::new(backend);
    match way {
        Way::Up => change.up(&mut plan),
        Way::Down => change.down(&mut plan),
    }
    plan
}

/// All steps in the transaction that is open, with the record of them.
async fn whole(session: &mut Session<'_>, plan: &Plan, way: Way, now: i64) -> Result<(), MigrationError> {
    session.guarded(plan).await?;
    for (index, step) in plan.steps.iter().enumerate() {
        session.step = index;
        let made = session.make(step).await;
        made.map_err(|why| MigrationError::step(session.migration(), index, plan.steps.len(), &step.text(), why))?;
    }
    session.step = plan.steps.len();
    let name = session.migration();
    let record = match way {
        Way::Up => format!("INSERT INTO {RECORDS} (version, applied_at) VALUES ('{name}', {now})"),
        Way::Down => format!("DELETE FROM {RECORDS} WHERE version = '{name}'"),
    };
    session.say(&record).await?;
    Ok(())
}
