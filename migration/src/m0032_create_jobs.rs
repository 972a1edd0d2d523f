//! Creates jobs and their runs.

use sea_orm_migration::prelude::DeriveMigrationName;

use crate::plan::Plan;
use crate::run::Change;
use crate::table::Table;

/// See the file's first line.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

impl Change for Migration {
    fn up(&self, plan: &mut Plan) {
        jobs().create(plan);
        runs().create(plan);
    }

    fn down(&self, plan: &mut Plan) {
        plan.drop_tables(&["job_run", "job"]);
    }
}

fn jobs() -> Table {
    Table::new("job")
        .name("name")
        .word("kind", &["builtin", "command", "script", "url"])
        .text("work")
        .text("cron")
        .name("zone")
        .flag("enabled")
        .flag("singleton")
        .word("misfire", &["skip", "run_once", "catch_up"])
        .number("time_out")
        .number("back_off")
        .number("failures")
        .maybe_number("last_ended")
        .number("handled_through")
        .text("made_by")
        .number("created_at")
        .number("updated_at")
        .number("version")
        .key("name")
        .check("time_out > 0 AND back_off >= 0 AND failures >= 0")
}

/// A due time is taken once, whoever writes (JOB-1). Runs outlive their job, so that nothing refers to it.
fn runs() -> Table {
    Table::new("job_run")
        .number("id")
        .name("job")
        .maybe_number("due")
        .number("missed")
        .word("origin", &["schedule", "manual", "catch_up"])
        .word("state", &["running", "succeeded", "failed", "missed"])
        .number("attempt")
        .text("worker")
        .maybe_text("asked_by")
        .number("started_at")
        .maybe_number("ended_at")
        .maybe_text("result")
        .text("output")
        .key("id")
        .unique("job, due")
        .check("missed >= 0 AND attempt >= 0")
        .check("(state = 'running') = (ended_at IS NULL)")
        .check("(state = 'missed') = (missed > 0)")
        .check("(origin = 'manual') = (due IS NULL)")
        .check("state <> 'missed' OR due IS NOT NULL")
        .index("job_run_by_job", "job, id")
        .index("job_run_by_state", "state, id")
}
