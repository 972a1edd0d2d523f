//! Says what was done on the day before, so that each day's figures stand in the job's runs and in the log.

use std::sync::Arc;
use std::time::Duration;

use domain::page::Page;
use domain::period::Day;
use domain::report::{Activity, By};

use crate::actors::job_scheduler::Job;
use crate::clock::Clock;
use crate::jobs::{JobError, JobReport};
use crate::ports::store::Store;

/// Name of the job.
pub const NAME: &str = "report_day";
/// Longest run.
const LIMIT: Duration = Duration::from_secs(600);

/// The job.
pub fn job(store: Arc<dyn Store>, clock: Arc<dyn Clock>, every: Duration) -> Job {
    Job::new(NAME, every, LIMIT, move || {
        let (store, clock) = (Arc::clone(&store), Arc::clone(&clock));
        async move { report_day(&*store, &*clock).await }
    })
}

async fn report_day(store: &dyn Store, clock: &dyn Clock) -> Result<JobReport, JobError> {
    let yesterday = Day::of(clock.now().before(Duration::from_secs(24 * 3_600)));
    let rows = store.activity(By::Day, yesterday.period(), Page::first(1)).await?;
    let Activity {
        orders,
        closes,
        profit,
        charged,
        owed,
        repaid,
        waived,
        refunded,
        open_debts,
        open_debt,
        ..
    } = rows.first().copied().unwrap_or_else(|| Activity::of(None));
    let words = format!(
        "{yesterday} UTC: {orders} orders, {closes} closes with a profit of {profit}; power charged {charged}, owed {owed}, \
         repaid {repaid}, forgiven {waived}, given back {refunded}; {open_debts} debts of {open_debt} were open at its end"
    );
    Ok(JobReport::Said(words, false))
}
