//! When a job is due: a cron pattern of six fields in a time zone.
//!
//! The fields are second, minute, hour, day of the month, month, day of the week; 0 and 7 are Sunday, 1 is Monday. Where both days
//! are given either of them is enough, as in Vixie's cron. Where clocks are set forward, a pattern of fixed hours shows right after the
//! gap and one of steps leaves the gap out; where they are set back, the first shows once and the second both times.

use std::fmt;

use chrono::{DateTime, TimeZone};
use chrono_tz::Tz;
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};

use crate::time::Timestamp;

/// Longest pattern, in characters.
const LONGEST: usize = 200;

/// A cron pattern with its zone.
#[derive(Debug, Clone)]
pub struct Schedule {
    text: String,
    cron: Cron,
    zone: Tz,
}

/// Why a text is no schedule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CronWrong {
    /// The pattern.
    #[error("must be a cron pattern of six fields (second minute hour day month weekday): {0}")]
    Pattern(String),
    /// The zone.
    #[error("must be an IANA time zone such as Europe/Berlin")]
    Zone,
    /// It shows at no time.
    #[error("is due at no time that ever comes")]
    Never,
}

impl Schedule {
    /// From a pattern of six fields and an IANA zone. `now` is when it must have a due time after.
    ///
    /// # Errors
    /// When the pattern or the zone is none, or the pattern shows at no later time.
    pub fn new(pattern: &str, zone: &str, now: Timestamp) -> Result<Self, CronWrong> {
        let schedule = Self::read(pattern, zone)?;
        schedule.next_after(now).ok_or(CronWrong::Never)?;
        Ok(schedule)
    }

    /// As [`Self::new`], also where it shows at no later time any more.
    ///
    /// # Errors
    /// When the pattern or the zone is none.
    pub fn read(pattern: &str, zone: &str) -> Result<Self, CronWrong> {
        let text = pattern.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.len() > LONGEST {
            return Err(CronWrong::Pattern(format!("it is longer than {LONGEST} characters")));
        }
        if text.starts_with('@') {
            return Err(CronWrong::Pattern("nicknames such as @daily are not known".to_owned()));
        }
        let fields = text.split(' ').count();
        if fields != 6 {
            return Err(CronWrong::Pattern(format!("it has {fields}")));
        }
        let parser = CronParser::builder().seconds(Seconds::Required).year(Year::Disallowed);
        let cron = parser.build().parse(&text);
        let cron = cron.map_err(|error| CronWrong::Pattern(error.to_string()))?;
        let zone = zone.parse().map_err(|_| CronWrong::Zone)?;
        Ok(Self { text, cron, zone })
    }

    /// The pattern, its fields one space apart.
    pub fn pattern(&self) -> &str {
        &self.text
    }

    /// The zone's name.
    pub fn zone(&self) -> &'static str {
        self.zone.name()
    }

    /// The first due time after a point.
    pub fn next_after(&self, at: Timestamp) -> Option<Timestamp> {
        // From the second in which `at` is: its own second begins no later.
        let found = self.cron.find_next_occurrence(&self.local(at)?, false).ok()?;
        Some(Timestamp(found.timestamp() * 1_000)).filter(|due| *due > at)
    }

    /// The last due time that is no later than a point.
    pub fn last_until(&self, at: Timestamp) -> Option<Timestamp> {
        let found = self.cron.find_previous_occurrence(&self.local(at)?, true).ok()?;
        Some(Timestamp(found.timestamp() * 1_000)).filter(|due| *due <= at)
    }

    fn local(&self, at: Timestamp) -> Option<DateTime<Tz>> {
        self.zone.timestamp_opt(at.0.div_euclid(1_000), 0).single()
    }
}

impl PartialEq for Schedule {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text && self.zone == other.zone
    }
}

impl Eq for Schedule {}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.text, self.zone.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp(DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis())
    }

    fn schedule(pattern: &str, zone: &str) -> Schedule {
        Schedule::read(pattern, zone).unwrap()
    }

    fn nexts(pattern: &str, zone: &str, from: &str, count: usize) -> Vec<String> {
        let schedule = schedule(pattern, zone);
        let dues = std::iter::successors(schedule.next_after(at(from)), |due| schedule.next_after(*due));
        dues.take(count)
            .map(|due| due.to_string().replace(".000Z", "Z"))
            .collect()
    }

    #[test]
    fn s4_20_six_fields_begin_with_seconds_and_five_are_refused() {
        let dues = nexts("30 */5 * * * *", "UTC", "2026-11-30T05:04:30Z", 3);
        assert_eq!(
            dues,
            ["2026-11-30T05:05:30Z", "2026-11-30T05:10:30Z", "2026-11-30T05:15:30Z"]
        );
        for (pattern, says) in [
            ("*/5 * * * *", "it has 5"),
            ("", "it has 1"),
            ("@daily", "@daily"),
            ("60 * * * * *", "second"),
            ("* * * * * * 2027", "it has 7"),
            ("* * * 32 * *", ""),
            ("x * * * * *", ""),
            ("*/0 * * * * *", ""),
        ] {
            let error = Schedule::read(pattern, "UTC").unwrap_err().to_string();
            assert!(
                error.contains("six fields") && error.contains(says),
                "{pattern}: {error}"
            );
        }
        assert_eq!(Schedule::read("* * * * * *", "Berlin"), Err(CronWrong::Zone));
        let never = Schedule::new("0 0 0 30 2 *", "UTC", at("2026-11-30T00:00:00Z"));
        assert_eq!(never, Err(CronWrong::Never));
    }

    #[test]
    fn weekdays_are_counted_from_sunday_and_either_day_is_enough() {
        // 2026-11-30 is a Monday.
        let from = "2026-11-29T12:00:00Z";
        assert_eq!(nexts("0 0 0 * * 1", "UTC", from, 1), ["2026-11-30T00:00:00Z"]);
        assert_eq!(nexts("0 0 0 * * SUN", "UTC", from, 1), ["2026-12-06T00:00:00Z"]);
        assert_eq!(
            nexts("0 0 0 * * 0", "UTC", from, 1),
            nexts("0 0 0 * * 7", "UTC", from, 1)
        );
        let either = nexts("0 0 0 1 * 5", "UTC", from, 3);
        assert_eq!(
            either,
            ["2026-12-01T00:00:00Z", "2026-12-04T00:00:00Z", "2026-12-11T00:00:00Z"]
        );
    }

    #[test]
    fn clocks_that_go_forward_leave_no_fixed_time_out() {
        // 2026-03-29: 02:00 becomes 03:00 (UTC+2) in Berlin.
        let fixed = nexts("0 30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2);
        assert_eq!(fixed, ["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]);
        let steps = nexts("0 */30 * * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", 3);
        assert_eq!(
            steps,
            ["2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z"]
        );
        // Midnight itself is skipped in Beirut on 2026-03-29.
        let midnight = nexts("0 0 0 * * *", "Asia/Beirut", "2026-03-28T12:00:00Z", 2);
        assert_eq!(midnight, ["2026-03-28T22:00:00Z", "2026-03-29T21:00:00Z"]);
    }

    #[test]
    fn clocks_that_go_back_show_a_fixed_time_once_and_steps_twice() {
        // 2026-10-25: 03:00 (UTC+2) becomes 02:00 (UTC+1) in Berlin.
        let fixed = nexts("0 30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2);
        assert_eq!(fixed, ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]);
        let steps = nexts("0 30 * * * *", "Europe/Berlin", "2026-10-24T23:45:00Z", 3);
        assert_eq!(
            steps,
            ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z"]
        );
        // New York on 2026-11-01, and half an hour only on Lord Howe on 2026-04-05.
        let york = nexts("0 30 1 * * *", "America/New_York", "2026-10-31T12:00:00Z", 2);
        assert_eq!(york, ["2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"]);
        let howe = nexts("0 45 1 * * *", "Australia/Lord_Howe", "2026-04-04T00:00:00Z", 2);
        assert_eq!(howe, ["2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"]);
    }

    /// Forward and backward find the same due times, and none twice, over a year with both changes of clocks.
    #[test]
    fn zones_agree_in_both_directions() {
        for zone in [
            "UTC",
            "Europe/Berlin",
            "America/New_York",
            "Asia/Kolkata",
            "Australia/Lord_Howe",
            "Asia/Beirut",
        ] {
            for pattern in ["0 30 2 * * *", "0 30 */4 * * *", "15 0 0 * * *", "0 30 1 * * 7"] {
                let schedule = schedule(pattern, zone);
                let end = at("2027-01-01T00:00:00Z");
                let mut before = at("2026-01-01T00:00:00Z");
                while let Some(due) = schedule.next_after(before).filter(|due| *due < end) {
                    assert!(due > before);
                    assert_eq!(schedule.last_until(due), Some(due), "{pattern} {zone}");
                    let between = schedule.last_until(Timestamp(due.0 - 1));
                    assert!(between.is_none_or(|last| last <= before), "{pattern} {zone} {due}");
                    before = due;
                }
            }
        }
    }
}
