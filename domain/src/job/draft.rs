//! A job as it is asked for.

use std::time::Duration;

use crate::job::{CronWrong, Job, JobName, LONGEST_BACK_OFF, Misfire, Schedule, Work};
use crate::time::Timestamp;

/// Longest time-out.
const LONGEST_RUN: u32 = 86_400;

/// A field that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` {rule}")]
pub struct JobWrong {
    /// Which.
    pub field: &'static str,
    /// Which rule.
    pub rule: String,
}

impl JobWrong {
    /// A field and the rule that it breaks.
    pub fn new(field: &'static str, rule: impl Into<String>) -> Self {
        Self {
            field,
            rule: rule.into(),
        }
    }
}

impl From<CronWrong> for JobWrong {
    fn from(wrong: CronWrong) -> Self {
        let field = match wrong {
            CronWrong::Zone => "zone",
            CronWrong::Pattern(_) | CronWrong::Never => "cron",
        };
        Self::new(field, wrong.to_string())
    }
}

/// A job as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobDraft {
    /// What it does.
    pub work: Work,
    /// Six fields of a cron pattern.
    pub cron: String,
    /// IANA zone.
    pub zone: String,
    /// Whether its due times are taken from now on.
    pub enabled: bool,
    /// Whether a run waits for the one before.
    pub singleton: bool,
    /// `skip`, `run_once` or `catch_up`.
    pub misfire: String,
    /// Longest run in seconds, 1 to 86,400.
    pub time_out: u32,
    /// Wait after the first failure in seconds, 0 to 3,600.
    pub back_off: u32,
}

impl JobDraft {
    /// A new job under this name.
    ///
    /// # Errors
    /// The first field that breaks a rule.
    pub fn into_job(self, name: &str, made_by: &str, now: Timestamp) -> Result<Job, JobWrong> {
        let rule = "must be 1 to 40 lower-case letters, digits, `_` and `-`, beginning with a letter";
        let name = JobName::new(name).ok_or_else(|| JobWrong::new("name", rule))?;
        let fields = self.check(now)?;
        Ok(Job {
            name,
            work: self.work,
            schedule: fields.schedule,
            enabled: self.enabled,
            singleton: self.singleton,
            misfire: fields.misfire,
            time_out: fields.time_out,
            back_off: fields.back_off,
            failures: 0,
            last_ended: None,
            handled_through: now,
            made_by: made_by.to_owned(),
            created_at: now,
            updated_at: now,
            version: 0,
        })
    }

    /// The job with these fields. Where its times change, or it is enabled, due times before now are not taken any more.
    ///
    /// # Errors
    /// The first field that breaks a rule.
    pub fn onto(self, job: &Job, now: Timestamp) -> Result<Job, JobWrong> {
        let fields = self.check(now)?;
        let anew = fields.schedule != job.schedule || (self.enabled && !job.enabled);
        Ok(Job {
            work: self.work,
            enabled: self.enabled,
            singleton: self.singleton,
            misfire: fields.misfire,
            time_out: fields.time_out,
            back_off: fields.back_off,
            handled_through: if anew {
                now.max(job.handled_through)
            } else {
                job.handled_through
            },
            schedule: fields.schedule,
            updated_at: now,
            ..job.clone()
        })
    }

    /// The job as it could be asked for.
    pub fn of(job: &Job) -> Self {
        let seconds = |time: Duration| u32::try_from(time.as_secs()).unwrap_or(u32::MAX);
        Self {
            work: job.work.clone(),
            cron: job.schedule.pattern().to_owned(),
            zone: job.schedule.zone().to_owned(),
            enabled: job.enabled,
            singleton: job.singleton,
            misfire: job.misfire.as_str().to_owned(),
            time_out: seconds(job.time_out),
            back_off: seconds(job.back_off),
        }
    }

    fn check(&self, now: Timestamp) -> Result<Fields, JobWrong> {
        self.work.check()?;
        let schedule = Schedule::new(&self.cron, &self.zone, now)?;
        let misfire = Misfire::parse(&self.misfire)
            .ok_or_else(|| JobWrong::new("misfire", "must be skip, run_once or catch_up"))?;
        if !(1..=LONGEST_RUN).contains(&self.time_out) {
            return Err(JobWrong::new("time_out", "must be 1 to 86400 seconds"));
        }
        let back_off = Duration::from_secs(self.back_off.into());
        if back_off > LONGEST_BACK_OFF {
            return Err(JobWrong::new("back_off", "must be 0 to 3600 seconds"));
        }
        Ok(Fields {
            schedule,
            misfire,
            time_out: Duration::from_secs(self.time_out.into()),
            back_off,
        })
    }
}

struct Fields {
    schedule: Schedule,
    misfire: Misfire,
    time_out: Duration,
    back_off: Duration,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> JobDraft {
        JobDraft {
            work: Work::Builtin {
                task: "verify_ledger".to_owned(),
            },
            cron: "30 */5 * * * *".to_owned(),
            zone: "Europe/Berlin".to_owned(),
            enabled: true,
            singleton: true,
            misfire: "run_once".to_owned(),
            time_out: 60,
            back_off: 10,
        }
    }

    const NOW: Timestamp = Timestamp(1_795_996_800_000);

    #[test]
    fn each_wrong_field_is_named_with_its_rule() {
        assert_eq!(draft().into_job("No", "ann", NOW).unwrap_err().field, "name");
        type Spoil = fn(&mut JobDraft);
        let wrong: [(&str, Spoil); 7] = [
            ("task", |draft| draft.work = Work::Builtin { task: "a b".to_owned() }),
            ("cron", |draft| draft.cron = "* * * * *".to_owned()),
            ("zone", |draft| draft.zone = "CET6".to_owned()),
            ("misfire", |draft| draft.misfire = "retry".to_owned()),
            ("time_out", |draft| draft.time_out = 0),
            ("time_out", |draft| draft.time_out = 86_401),
            ("back_off", |draft| draft.back_off = 3_601),
        ];
        for (field, spoil) in wrong {
            let mut draft = draft();
            spoil(&mut draft);
            assert_eq!(draft.into_job("job", "ann", NOW).unwrap_err().field, field);
        }
    }

    #[test]
    fn times_that_change_are_not_caught_up() {
        let job = draft().into_job("job", "ann", NOW).unwrap();
        assert_eq!(JobDraft::of(&job), draft());
        let later = NOW.after(Duration::from_secs(3_600));
        let same = JobDraft {
            time_out: 70,
            ..draft()
        };
        assert_eq!(same.onto(&job, later).unwrap().handled_through, NOW);
        let other = JobDraft {
            cron: "0 0 * * * *".to_owned(),
            ..draft()
        };
        assert_eq!(other.onto(&job, later).unwrap().handled_through, later);
        let off = JobDraft {
            enabled: false,
            ..draft()
        };
        let off = off.onto(&job, later).unwrap();
        assert_eq!((off.enabled, off.handled_through), (false, NOW));
        let on = draft().onto(&off, later).unwrap();
        assert_eq!(on.handled_through, later);
    }
}
