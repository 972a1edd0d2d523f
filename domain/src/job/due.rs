//! Which due times of a job are taken now, and which were missed.

use std::time::Duration;

use crate::job::{Job, Misfire, Origin};
use crate::time::Timestamp;

/// Most missed due times that are counted; of more it is known that there were at least so many.
pub const MOST_COUNTED: i64 = 10_000;

/// What is to be done of a job now, in one commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The due time that a run takes, and what the run is there for.
    pub run: Option<(Timestamp, Origin)>,
    /// The last due time that is missed, and how many are, up to [`MOST_COUNTED`].
    pub missed: Option<(Timestamp, i64)>,
}

impl Due {
    /// Up to which due time the job is done with it.
    pub fn through(&self) -> Timestamp {
        let run = self.run.map(|(due, _)| due);
        let missed = self.missed.map(|(due, _)| due);
        run.max(missed).unwrap_or_default()
    }
}

/// What is to be done of a job now; `None`: nothing. `has_room` is whether a run may begin; a due time waits for that as long as
/// `grace`, and is late after it. Of late ones that are caught up only the latest `most` are.
pub fn decide(job: &Job, now: Timestamp, has_room: bool, grace: Duration, most: u32) -> Option<Due> {
    if !job.enabled || job.handled_through >= now {
        return None;
    }
    let last = job
        .schedule
        .last_until(now)
        .filter(|last| *last > job.handled_through)?;
    let has_room = has_room && job.backs_off_until().is_none_or(|until| until <= now);
    let is_late = now.since(last) > grace;
    let due = match job.misfire {
        Misfire::Skip if is_late => Due {
            run: None,
            missed: missed(job, last),
        },
        Misfire::Skip if has_room => Due {
            run: Some((last, Origin::Schedule)),
            missed: missed(job, before(last)),
        },
        Misfire::RunOnce if has_room => Due {
            run: Some((last, origin(is_late))),
            missed: missed(job, before(last)),
        },
        Misfire::CatchUp if has_room => oldest(job, now, last, grace, most),
        Misfire::Skip | Misfire::RunOnce | Misfire::CatchUp => return None,
    };
    Some(due)
}

const fn origin(is_late: bool) -> Origin {
    if is_late { Origin::CatchUp } else { Origin::Schedule }
}

/// The last millisecond before a due time.
const fn before(due: Timestamp) -> Timestamp {
    Timestamp(due.0 - 1)
}

/// The due times after what is handled and up to a point: the latest of them, and how many.
fn missed(job: &Job, until: Timestamp) -> Option<(Timestamp, i64)> {
    let latest = job
        .schedule
        .last_until(until)
        .filter(|due| *due > job.handled_through)?;
    let dues = std::iter::successors(job.schedule.next_after(job.handled_through), |due| {
        job.schedule.next_after(*due)
    });
    let most = usize::try_from(MOST_COUNTED).unwrap_or(usize::MAX);
    let count = dues.take_while(|due| *due <= latest).take(most).count();
    Some((latest, i64::try_from(count).unwrap_or(MOST_COUNTED)))
}

/// The oldest due time among the latest `most`; those before it are missed.
fn oldest(job: &Job, now: Timestamp, last: Timestamp, grace: Duration, most: u32) -> Due {
    let mut first = last;
    for _ in 1..most {
        let earlier = job.schedule.last_until(before(first));
        match earlier.filter(|due| *due > job.handled_through) {
            Some(due) => first = due,
            None => break,
        }
    }
    Due {
        run: Some((first, origin(now.since(first) > grace))),
        missed: missed(job, before(first)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::job::{JobDraft, Work};

    const GRACE: Duration = Duration::from_secs(60);
    const MOST: u32 = 5;
    const MINUTE: i64 = 60_000;
    /// 2026-11-30T00:00:00Z.
    const START: Timestamp = Timestamp(1_795_996_800_000);

    fn job(cron: &str, misfire: Misfire) -> Job {
        let draft = JobDraft {
            work: Work::Builtin {
                task: "verify_ledger".to_owned(),
            },
            cron: cron.to_owned(),
            zone: "UTC".to_owned(),
            enabled: true,
            singleton: true,
            misfire: misfire.as_str().to_owned(),
            time_out: 60,
            back_off: 0,
        };
        draft.into_job("job", "ann", START).unwrap()
    }

    fn minutes(count: i64) -> Timestamp {
        Timestamp(START.0 + count * MINUTE)
    }

    fn look(job: &Job, now: Timestamp) -> Option<Due> {
        decide(job, now, true, GRACE, MOST)
    }

    fn due(run: Option<(i64, Origin)>, missed: Option<(i64, i64)>) -> Option<Due> {
        Some(Due {
            run: run.map(|(minute, origin)| (minutes(minute), origin)),
            missed: missed.map(|(minute, count)| (minutes(minute), count)),
        })
    }

    #[test]
    fn a_due_time_is_taken_when_it_comes_and_not_before() {
        for misfire in Misfire::ALL {
            let job = job("0 */10 * * * *", misfire);
            assert_eq!(look(&job, Timestamp(minutes(10).0 - 1)), None);
            for late in [0, 1, 60_000] {
                let now = Timestamp(minutes(10).0 + late);
                assert_eq!(look(&job, now), due(Some((10, Origin::Schedule)), None), "{misfire:?}");
            }
            assert_eq!(decide(&job, minutes(10), false, GRACE, MOST), None);
        }
    }

    #[test]
    fn late_ones_are_skipped_run_once_or_caught_up() {
        let now = Timestamp(minutes(95).0);
        let late = |misfire| look(&job("0 */10 * * * *", misfire), now);
        assert_eq!(late(Misfire::Skip), due(None, Some((90, 9))));
        assert_eq!(late(Misfire::RunOnce), due(Some((90, Origin::CatchUp)), Some((80, 8))));
        assert_eq!(late(Misfire::CatchUp), due(Some((50, Origin::CatchUp)), Some((40, 4))));
        let now = minutes(100);
        let late = |misfire| look(&job("0 */10 * * * *", misfire), now);
        for misfire in [Misfire::Skip, Misfire::RunOnce] {
            assert_eq!(late(misfire), due(Some((100, Origin::Schedule)), Some((90, 9))));
        }
    }

    #[test]
    fn who_has_no_room_waits_and_who_skips_misses_what_is_late() {
        let full = |misfire, now| decide(&job("0 */10 * * * *", misfire), now, false, GRACE, MOST);
        assert_eq!(full(Misfire::Skip, minutes(11)), None);
        assert_eq!(full(Misfire::Skip, minutes(12)), due(None, Some((10, 1))));
        assert_eq!(full(Misfire::RunOnce, minutes(19)), None);
        assert_eq!(full(Misfire::CatchUp, minutes(19)), None);
    }

    #[test]
    fn failures_back_off_twice_as_long_each_and_an_hour_at_most() {
        let mut job = job("0 * * * * *", Misfire::RunOnce);
        job.back_off = Duration::from_secs(600);
        job.last_ended = Some(minutes(1));
        assert_eq!(job.backs_off_until(), None);
        for (failures, wait) in [(1, 10), (2, 20), (3, 40), (4, 60), (40, 60)] {
            job.failures = failures;
            assert_eq!(job.backs_off_until(), Some(minutes(1 + wait)));
            assert_eq!(look(&job, Timestamp(minutes(1 + wait).0 - 1)), None);
            assert!(look(&job, minutes(1 + wait)).is_some());
        }
    }

    #[test]
    fn a_clock_that_was_set_back_takes_nothing_twice() {
        let mut job = job("0 */10 * * * *", Misfire::CatchUp);
        job.handled_through = minutes(50);
        assert_eq!(look(&job, minutes(10)), None);
        assert_eq!(look(&job, minutes(59)), None);
        assert_eq!(look(&job, minutes(60)), due(Some((60, Origin::Schedule)), None));
    }

    #[test]
    fn years_of_seconds_are_counted_to_a_limit() {
        let job = job("* * * * * *", Misfire::Skip);
        let now = Timestamp(START.0 + 366 * 86_400_000);
        let decided = look(&job, now).unwrap();
        // It is late by nothing: the last second is this one.
        assert_eq!(decided.run, Some((now, Origin::Schedule)));
        assert_eq!(decided.missed.map(|(_, count)| count), Some(MOST_COUNTED));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        /// Whatever the looks, the waits and the clock do, each due time is taken or missed at most once, and in the end all are.
        #[test]
        fn each_due_time_is_taken_or_missed_once(
            policy in 0..3usize,
            looks in prop::collection::vec((-7 * MINUTE..25 * MINUTE, any::<bool>()), 1..60),
        ) {
            let mut job = job("0 */3 * * * *", Misfire::ALL[policy]);
            let (mut now, mut taken) = (START.0, Vec::new());
            let mut counted = 0;
            let mut step = |job: &mut Job, now: Timestamp, has_room: bool| {
                let before = job.handled_through;
                let Some(due) = decide(job, now, has_room, GRACE, MOST) else { return false };
                assert!(due.through() > before && due.through() <= now);
                if let Some((at, count)) = due.missed {
                    assert!(at > before && due.run.is_none_or(|(run, _)| run > at));
                    counted += count;
                }
                if let Some((at, _)) = due.run {
                    assert!(has_room);
                    taken.push(at);
                    counted += 1;
                }
                job.handled_through = due.through();
                true
            };
            for (passes, has_room) in looks {
                now += passes;
                step(&mut job, Timestamp(now), has_room);
            }
            let end = Timestamp(now.max(job.handled_through.0).max(START.0) + MINUTE * 3);
            while step(&mut job, end, true) {}
            let all = (end.0 - START.0).div_euclid(3 * MINUTE);
            prop_assert_eq!(counted, all);
            let sorted: std::collections::BTreeSet<_> = taken.iter().copied().collect();
            prop_assert_eq!(sorted.len(), taken.len());
        }
    }
}
