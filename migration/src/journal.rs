//! Where a migration is on MariaDB, which ends a transaction with each change of the schema: on record before each step.
//!
//! The journal is a table of one row that is there while a migration is under way. A change of the schema is announced in it
//! and then made, so that at most one step is in doubt after a crash, and the schema itself tells of that one. Rows change in
//! one transaction with the journal. So every step is made exactly once, wherever the process was killed.

use sea_orm::{DbErr, Value};

use crate::plan::{Plan, Shows, Step};
use crate::run::{MigrationError, RECORDS, Way};
use crate::session::Session;

/// The journal's name.
pub const JOURNAL: &str = "migration_journal";

/// How far a migration is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// Which.
    pub migration: String,
    pub way: Way,
    /// How many steps it has: another number is another program's.
    steps: usize,
    /// Steps that were made, and those that were announced: one more, or as many.
    made: usize,
    announced: usize,
    /// The last step that was announced.
    statement: String,
}

impl Place {
    /// The last place that is on record, if a migration is under way.
    pub async fn read(session: &Session<'_>) -> Result<Option<Self>, DbErr> {
        let tables = "SELECT COUNT(*) FROM information_schema.tables \
                      WHERE table_schema = DATABASE() AND table_name = 'migration_journal'";
        if session.count(tables).await? == 0 {
            return Ok(None);
        }
        let rows = format!("SELECT migration, way, steps, made, announced, statement FROM {JOURNAL}");
        let rows = session.ask(&rows).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let number = |index| -> Result<usize, DbErr> {
            let number: i64 = row.try_get_by_index(index)?;
            usize::try_from(number).map_err(|error| DbErr::Custom(error.to_string()))
        };
        let way: String = row.try_get_by_index(1)?;
        Ok(Some(Self {
            migration: row.try_get_by_index(0)?,
            way: if way == Way::Down.word() { Way::Down } else { Way::Up },
            steps: number(2)?,
            made: number(3)?,
            announced: number(4)?,
            statement: row.try_get_by_index(5)?,
        }))
    }

    /// Whether nothing was made yet of what this plan says.
    pub async fn is_untouched(&self, session: &Session<'_>, plan: &Plan) -> Result<bool, DbErr> {
        match (self.made, self.announced, plan.steps.first()) {
            (0, 0, _) | (0, _, None) => Ok(true),
            (0, _, Some(first)) => Ok(!session.shows(first).await?),
            _ => Ok(false),
        }
    }

    /// Refuses to go on with a migration that another program began and that is not the same here.
    fn fits(&self, plan: &Plan) -> bool {
        let same = |last: usize| plan.steps.get(last).is_some_and(|step| step.text() == self.statement);
        self.steps == plan.steps.len() && self.announced.checked_sub(1).is_none_or(same)
    }
}

/// Makes all steps of a migration, from where it is.
pub(crate) async fn make(session: &mut Session<'_>, plan: &Plan, way: Way, now: i64) -> Result<(), MigrationError> {
    let mut place = match Place::read(session).await? {
        Some(place) if place.fits(plan) => place,
        Some(place) => return Err(MigrationError::Another(place.migration)),
        None => open(session, plan, way).await?,
    };
    for (index, step) in plan.steps.iter().enumerate().skip(place.made) {
        session.step = index;
        let in_doubt = place.announced > index;
        let made = one(session, step, index, in_doubt).await;
        made.map_err(|why| why.at(session.migration(), index, plan))?;
        (place.made, place.announced) = (index + 1, index + 1);
    }
    session.step = plan.steps.len();
    close(session, way, now, way == Way::Up).await?;
    Ok(())
}

/// What went wrong with one step.
enum Trouble {
    /// It shows already, and was not announced.
    Found,
    Database(DbErr),
}

impl From<DbErr> for Trouble {
    fn from(error: DbErr) -> Self {
        Self::Database(error)
    }
}

impl Trouble {
    fn at(self, migration: &str, index: usize, plan: &Plan) -> MigrationError {
        let statement = plan.steps[index].text();
        match self {
            Self::Found => MigrationError::found(migration, index, plan.steps.len(), &statement),
            Self::Database(source) => MigrationError::step(migration, index, plan.steps.len(), &statement, source),
        }
    }
}

async fn one(session: &mut Session<'_>, step: &Step, index: usize, in_doubt: bool) -> Result<(), Trouble> {
    if matches!(step.shows, Shows::Rows) {
        session.say("START TRANSACTION").await?;
        session.make(step).await?;
        note(session, index + 1, index + 1, step).await?;
        session.say("COMMIT").await?;
        return Ok(());
    }
    match (session.shows(step).await?, in_doubt) {
        // It was made, and the process died before it could go on.
        (true, true) => return Ok(()),
        // Nobody announced it: it is not ours, and what it holds is not known.
        (true, false) => return Err(Trouble::Found),
        (false, true) => {}
        (false, false) => note(session, index, index + 1, step).await?,
    }
    Ok(session.make(step).await?)
}

/// Writes down how far it is.
async fn note(session: &mut Session<'_>, made: usize, announced: usize, step: &Step) -> Result<(), DbErr> {
    let sql = format!("UPDATE {JOURNAL} SET made = {made}, announced = {announced}, statement = ?");
    session.say_with(&sql, [Value::from(step.text())]).await
}

/// Begins a migration that nobody began. One that is taken back is not on record from now on, so that no program takes
/// what is left of it for whole.
async fn open(session: &mut Session<'_>, plan: &Plan, way: Way) -> Result<Place, MigrationError> {
    session.guarded(plan).await?;
    let table = format!(
        "CREATE TABLE IF NOT EXISTS {JOURNAL} (migration VARCHAR(190) NOT NULL PRIMARY KEY, way VARCHAR(4) NOT NULL, \
         steps BIGINT NOT NULL, made BIGINT NOT NULL, announced BIGINT NOT NULL, statement MEDIUMTEXT NOT NULL) \
         ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
    );
    session.say(&table).await?;
    session.say("START TRANSACTION").await?;
    let (name, word, steps) = (session.migration().to_owned(), way.word(), plan.steps.len());
    if way == Way::Down {
        session
            .say(&format!("DELETE FROM {RECORDS} WHERE version = '{name}'"))
            .await?;
    }
    let line = format!("INSERT INTO {JOURNAL} VALUES ('{name}', '{word}', {steps}, 0, 0, '')");
    session.say(&line).await?;
    session.say("COMMIT").await?;
    Ok(Place {
        migration: name,
        way,
        steps,
        made: 0,
        announced: 0,
        statement: String::new(),
    })
}

/// Ends a migration: in one transaction it is on record, or not any more, and the journal is empty.
pub(crate) async fn close(session: &mut Session<'_>, way: Way, now: i64, applied: bool) -> Result<(), DbErr> {
    let name = session.migration().to_owned();
    session.say("START TRANSACTION").await?;
    if applied {
        let record = format!("INSERT INTO {RECORDS} (version, applied_at) VALUES ('{name}', {now})");
        session.say(&record).await?;
    }
    let word = way.word();
    let line = format!("DELETE FROM {JOURNAL} WHERE migration = '{name}' AND way = '{word}'");
    session.say(&line).await?;
    session.say("COMMIT").await.map(drop)
}
