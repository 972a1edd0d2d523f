//! Lets PostgreSQL check what postings refer to once per statement, and not row by row.
//!
//! A foreign key asks a question per row and key there, and locks each row that is referred to: that cost more than all
//! other work of a settlement together. Triggers that see all rows of a statement keep the same promise. SQLite and
//! MariaDB check the same keys inside their engines for next to nothing, and keep them.

use sea_orm_migration::prelude::DeriveMigrationName;

use crate::plan::Plan;
use crate::run::Change;

/// See the file's first line.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

/// The keys' names depend on what the table was made from.
const DROP_KEYS: &str = "DO $$ DECLARE one text; BEGIN \
    FOR one IN SELECT conname FROM pg_constraint WHERE conrelid = 'posting'::regclass AND contype = 'f' LOOP \
    EXECUTE format('ALTER TABLE posting DROP CONSTRAINT %I', one); \
    END LOOP; END $$";

const ADD_KEYS: &str = "ALTER TABLE posting ADD FOREIGN KEY (entry_seq) REFERENCES entry (seq), \
    ADD FOREIGN KEY (account_id) REFERENCES ledger_account (id)";

/// No posting without its entry and its account.
const REFERS: &str = "CREATE FUNCTION posting_refers() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
    IF EXISTS (SELECT 1 FROM added p LEFT JOIN entry e ON e.seq = p.entry_seq \
    LEFT JOIN ledger_account a ON a.id = p.account_id WHERE e.seq IS NULL OR a.id IS NULL) THEN \
    RAISE foreign_key_violation USING MESSAGE = 'a posting has no entry or no account'; \
    END IF; RETURN NULL; END $$";

/// No entry and no account is taken from its postings.
const KEEPS: &str = "CREATE FUNCTION posting_keeps() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
    IF EXISTS (SELECT 1 FROM posting p LEFT JOIN entry e ON e.seq = p.entry_seq \
    LEFT JOIN ledger_account a ON a.id = p.account_id WHERE e.seq IS NULL OR a.id IS NULL) THEN \
    RAISE foreign_key_violation USING MESSAGE = 'a posting would have no entry or no account'; \
    END IF; RETURN NULL; END $$";

/// One trigger per event: those that see rows may not share. The first names whom postings refer to, for backups.
const TRIGGERS: [&str; 4] = [
    "CREATE TRIGGER posting_added AFTER INSERT ON posting REFERENCING NEW TABLE AS added \
     FOR EACH STATEMENT EXECUTE FUNCTION posting_refers('entry', 'ledger_account')",
    "CREATE TRIGGER posting_changed AFTER UPDATE ON posting REFERENCING NEW TABLE AS added \
     FOR EACH STATEMENT EXECUTE FUNCTION posting_refers()",
    "CREATE TRIGGER entry_kept AFTER DELETE OR UPDATE OF seq ON entry \
     FOR EACH STATEMENT EXECUTE FUNCTION posting_keeps()",
    "CREATE TRIGGER account_kept AFTER DELETE OR UPDATE OF id ON ledger_account \
     FOR EACH STATEMENT EXECUTE FUNCTION posting_keeps()",
];

const DROP_TRIGGERS: [&str; 6] = [
    "DROP TRIGGER posting_added ON posting",
    "DROP TRIGGER posting_changed ON posting",
    "DROP TRIGGER entry_kept ON entry",
    "DROP TRIGGER account_kept ON ledger_account",
    "DROP FUNCTION posting_refers()",
    "DROP FUNCTION posting_keeps()",
];

impl Change for Migration {
    fn up(&self, plan: &mut Plan) {
        plan.on_postgres(&[DROP_KEYS, REFERS, KEEPS]);
        plan.on_postgres(&TRIGGERS);
    }

    fn down(&self, plan: &mut Plan) {
        plan.on_postgres(&DROP_TRIGGERS);
        plan.on_postgres(&[ADD_KEYS]);
    }
}
