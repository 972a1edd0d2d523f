//! When a job that fails deserves an alert.

use super::Verdict;
use crate::alert::AlertKind;

/// Judges a job by its failures in a row, of which `limit` are an alert, and by what was said at the last one. Fewer
/// failures change nothing (`None`): an alert that is open stays so until the job succeeds, also across a restart, which
/// forgets how often it had failed.
pub fn judge_runs(job: &str, failures: u32, limit: u32, why: &str) -> Option<Verdict> {
    let kind = AlertKind::JobFailing;
    if failures == 0 {
        return Some(Verdict { kind, raised: None });
    }
    (failures >= limit).then(|| Verdict {
        kind,
        raised: Some(format!("job {job} failed {failures} times in a row: {why}")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(failures: u32) -> Option<Option<String>> {
        judge_runs("sweep", failures, 3, "no answer").map(|verdict| verdict.raised)
    }

    #[test]
    fn s0_12_failures_in_a_row_are_told_at_the_limit_and_over_at_the_first_success() {
        assert_eq!(judged(0), Some(None));
        assert_eq!((judged(1), judged(2)), (None, None));
        let told = |text: &str| Some(Some(text.to_owned()));
        assert_eq!(judged(3), told("job sweep failed 3 times in a row: no answer"));
        assert_eq!(judged(4), told("job sweep failed 4 times in a row: no answer"));
    }
}
