//! Periods of time, half-open: what happens at the beginning is inside, what happens at the end is not.

use std::fmt;

use chrono::{DateTime, NaiveDate, NaiveTime};

use crate::time::Timestamp;

/// Milliseconds of a UTC day, which has no leap seconds.
const DAY: i64 = 86_400_000;

/// Why a text or a pair of times is no period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    /// Neither a day nor an instant.
    #[error("must be a UTC day such as 2026-11-21, or an instant such as 2026-11-21T09:30:00Z")]
    NotATime,
    /// Not a day.
    #[error("must be a UTC day such as 2026-11-21")]
    NotADay,
    /// Finer than the ledger's clock, so that it would fall between two of its times.
    #[error("must be a whole number of milliseconds")]
    TooFine,
    /// Ends before or where it begins.
    #[error("must be later than `from`")]
    Empty,
}

/// A half-open period: from `from` on, and before `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    from: Timestamp,
    to: Timestamp,
}

impl Period {
    /// From `from` on, and before `to`.
    ///
    /// # Errors
    /// [`PeriodError::Empty`] when it ends before or where it begins.
    pub fn new(from: Timestamp, to: Timestamp) -> Result<Self, PeriodError> {
        if to <= from {
            return Err(PeriodError::Empty);
        }
        Ok(Self { from, to })
    }

    /// Its beginning, which is inside.
    pub const fn from(self) -> Timestamp {
        self.from
    }

    /// Its end, which is not inside.
    pub const fn to(self) -> Timestamp {
        self.to
    }

    /// Whether a point in time is inside.
    pub fn holds(self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }
}

/// Reads a UTC day, which means its beginning, or an RFC 3339 instant in whole milliseconds.
///
/// # Errors
/// Names the rule that the text breaks.
pub fn instant(text: &str) -> Result<Timestamp, PeriodError> {
    if let Ok(day) = Day::parse(text) {
        return Ok(day.period().from);
    }
    let time = DateTime::parse_from_rfc3339(text).map_err(|_| PeriodError::NotATime)?;
    if time.timestamp_subsec_nanos() % 1_000_000 != 0 {
        return Err(PeriodError::TooFine);
    }
    Ok(Timestamp(time.timestamp_millis()))
}

/// A day in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(NaiveDate);

impl Day {
    /// From `YYYY-MM-DD`, four digits for the year.
    ///
    /// # Errors
    /// [`PeriodError::NotADay`].
    pub fn parse(text: &str) -> Result<Self, PeriodError> {
        let plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| plain);
        day.map(Self).ok_or(PeriodError::NotADay)
    }

    /// The day on which a point in time is; the first day of all where it is beyond the calendar.
    pub fn of(at: Timestamp) -> Self {
        Self(DateTime::from_timestamp_millis(at.0).unwrap_or_default().date_naive())
    }

    /// From its beginning until the beginning of the next.
    pub fn period(self) -> Period {
        let from = self.0.and_time(NaiveTime::MIN).and_utc().timestamp_millis();
        Period {
            from: Timestamp(from),
            to: Timestamp(from + DAY),
        }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn day_is_its_beginning_and_an_instant_is_itself_in_any_zone() {
        assert_eq!(instant("1970-01-02"), Ok(Timestamp(86_400_000)));
        assert_eq!(instant("1970-01-02T00:00:00.001Z"), Ok(Timestamp(86_400_001)));
        assert_eq!(instant("1970-01-02T08:00:00+08:00"), Ok(Timestamp(86_400_000)));
        assert_eq!(instant("1970-01-02T00:00:00.0005Z"), Err(PeriodError::TooFine));
        for text in [
            "",
            "yesterday",
            "1970-1-2",
            "1970-02-30",
            "1970-01-02T00:00:00",
            "+197-01-02",
            "0",
        ] {
            assert_eq!(instant(text), Err(PeriodError::NotATime), "{text}");
        }
    }

    #[test]
    fn day_holds_its_first_millisecond_and_not_the_next_days() {
        let day = Day::parse("2026-11-21").unwrap();
        let period = day.period();
        assert_eq!(period.from(), instant("2026-11-21T00:00:00Z").unwrap());
        assert_eq!(period.to(), instant("2026-11-22").unwrap());
        assert!(period.holds(period.from()) && !period.holds(period.to()));
        assert_eq!(Day::of(Timestamp(period.to().0 - 1)), day);
        assert_eq!(Day::of(period.to()).to_string(), "2026-11-22");
        assert_eq!(Day::parse("2026-11-21T00:00:00Z"), Err(PeriodError::NotADay));
    }

    #[test]
    fn period_that_ends_where_it_begins_is_none() {
        assert_eq!(Period::new(Timestamp(5), Timestamp(5)), Err(PeriodError::Empty));
        assert_eq!(Period::new(Timestamp(5), Timestamp(4)), Err(PeriodError::Empty));
        assert!(Period::new(Timestamp(5), Timestamp(6)).is_ok());
    }
}
