//! Days of a pool: dates of a zone's calendar, each beginning at a cut-off time.
//!
//! Day D lasts from the cut-off on D to the cut-off on the date after it, by the clocks of the zone. Where clocks skip the cut-off it is
//! when they have skipped; where they show it twice it is the first time. A day counts as one day whether it has 23, 24 or 25 hours, or, where a
//! zone skipped a date, none.

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Offset, TimeDelta, TimeZone, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::time::Timestamp;

/// Minutes of a day by the clock.
const MINUTES: u16 = 1_440;

/// A date, as days since 1970-01-01; between that and 9999-12-31. Written as `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PoolDay(i32);

impl PoolDay {
    /// The first.
    pub const FIRST: Self = Self(0);
    /// The last, 9999-12-31.
    pub const LAST: Self = Self(2_932_896);

    /// From days since 1970-01-01; `None` outside the range.
    pub fn new(days: i64) -> Option<Self> {
        let day = i32::try_from(days).ok().map(Self)?;
        (Self::FIRST..=Self::LAST).contains(&day).then_some(day)
    }

    /// Days since 1970-01-01.
    pub const fn number(self) -> i64 {
        self.0 as i64
    }

    /// From `YYYY-MM-DD`, four digits for the year; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| plain)?;
        Self::new(i64::from(date.to_epoch_days()))
    }

    /// The date after; the last one has none after it.
    #[must_use]
    pub fn next(self) -> Self {
        self.plus(1)
    }

    /// The date before; the first one has none before it.
    #[must_use]
    pub fn before(self) -> Self {
        Self((self.0 - 1).max(Self::FIRST.0))
    }

    /// So many days later, at most the last.
    #[must_use]
    pub fn plus(self, days: u32) -> Self {
        let later = i32::try_from(days).ok().and_then(|days| self.0.checked_add(days));
        Self(later.unwrap_or(i32::MAX).min(Self::LAST.0))
    }

    /// Days from `earlier` to this one; negative when that is later.
    pub const fn since(self, earlier: Self) -> i64 {
        self.number() - earlier.number()
    }

    /// Its day of the week.
    pub fn weekday(self) -> Weekday {
        self.date().weekday()
    }

    fn date(self) -> NaiveDate {
        NaiveDate::from_epoch_days(self.0).unwrap_or_default()
    }
}

impl fmt::Display for PoolDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.date().fmt(f)
    }
}

impl Serialize for PoolDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PoolDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("must be a date such as 2026-11-29"))
    }
}

/// When the days of a product begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Calendar {
    zone: Tz,
    cut_off: u16,
}

impl Calendar {
    /// Days of an IANA zone such as `Europe/Berlin`, that begin so many minutes after midnight by its clocks; `None` for an unknown
    /// zone, or minutes of no day.
    pub fn new(zone: &str, cut_off: u16) -> Option<Self> {
        let zone = zone.parse().ok()?;
        (cut_off < MINUTES).then_some(Self { zone, cut_off })
    }

    /// Minutes after midnight from `HH:MM`.
    pub fn minutes(text: &str) -> Option<u16> {
        let (hours, minutes) = text.split_once(':')?;
        let number = |text: &str| (text.len() == 2).then(|| text.parse::<u8>().ok()).flatten();
        let (hours, minutes) = (number(hours)?, number(minutes)?);
        (hours < 24 && minutes < 60).then_some(u16::from(hours) * 60 + u16::from(minutes))
    }

    /// The zone's name.
    pub fn zone(&self) -> &'static str {
        self.zone.name()
    }

    /// Minutes after midnight at which a day begins.
    pub const fn cut_off(&self) -> u16 {
        self.cut_off
    }

    /// When a day begins.
    pub fn begins(&self, day: PoolDay) -> Timestamp {
        let midnight = day.date().and_time(chrono::NaiveTime::MIN);
        let shown = midnight + TimeDelta::minutes(i64::from(self.cut_off));
        let instant = match self.zone.from_local_datetime(&shown).earliest() {
            Some(instant) => instant.timestamp(),
            None => self.skipped(shown),
        };
        Timestamp(instant * 1_000)
    }

    /// The day that a point in time is in: the latest that has begun.
    pub fn day_of(&self, at: Timestamp) -> PoolDay {
        let instant = DateTime::from_timestamp_millis(at.0).unwrap_or_default();
        let shown = instant.with_timezone(&self.zone).date_naive();
        let mut day = PoolDay::new(i64::from(shown.to_epoch_days())).unwrap_or(PoolDay::FIRST);
        while day > PoolDay::FIRST && self.begins(day) > at {
            day = day.before();
        }
        while day < PoolDay::LAST && self.begins(day.next()) <= at {
            day = day.next();
        }
        day
    }

    /// When clocks that never show this time have skipped it, in seconds since 1970: the first second at which they show a later one. Zones are at most 16 hours
    /// away from UTC, and no skip is longer than a day.
    fn skipped(&self, shown: NaiveDateTime) -> i64 {
        let wanted = shown.and_utc().timestamp();
        let (mut before, mut after) = (wanted - 40 * 3_600, wanted + 16 * 3_600);
        while after - before > 1 {
            let middle = before + (after - before) / 2;
            if self.shows(middle) >= wanted {
                after = middle;
            } else {
                before = middle;
            }
        }
        after
    }

    /// What clocks show at an instant, as seconds since 1970 by themselves.
    fn shows(&self, instant: i64) -> i64 {
        let utc = DateTime::from_timestamp(instant, 0).unwrap_or_default().naive_utc();
        let offset = self.zone.offset_from_utc_datetime(&utc).fix();
        instant + i64::from(offset.local_minus_utc())
    }
}

impl fmt::Display for Calendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:02}:{:02}", self.zone(), self.cut_off / 60, self.cut_off % 60)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::period::instant;

    fn calendar(zone: &str, cut_off: &str) -> Calendar {
        Calendar::new(zone, Calendar::minutes(cut_off).unwrap()).unwrap()
    }

    fn day(text: &str) -> PoolDay {
        PoolDay::parse(text).unwrap()
    }

    #[test]
    fn s4_10_day_begins_at_its_cut_off_by_the_clocks_of_its_zone() {
        let shanghai = calendar("Asia/Shanghai", "00:00");
        assert_eq!(
            shanghai.begins(day("2026-11-29")),
            instant("2026-11-28T16:00:00Z").unwrap()
        );
        let last = instant("2026-11-28T15:59:59.999Z").unwrap();
        assert_eq!(shanghai.day_of(last), day("2026-11-28"));
        assert_eq!(shanghai.day_of(Timestamp(last.0 + 1)), day("2026-11-29"));
        let evening = calendar("America/New_York", "17:00");
        assert_eq!(
            evening.begins(day("2026-07-01")),
            instant("2026-07-01T21:00:00Z").unwrap()
        );
        assert_eq!(
            evening.day_of(instant("2026-07-01T20:59:59Z").unwrap()),
            day("2026-06-30")
        );
    }

    #[test]
    fn t12_cut_off_that_clocks_skip_is_when_they_have_skipped_it() {
        let berlin = calendar("Europe/Berlin", "02:30");
        assert_eq!(
            berlin.begins(day("2027-03-28")),
            instant("2027-03-28T01:00:00Z").unwrap()
        );
        assert_eq!(
            berlin.begins(day("2027-03-29")),
            instant("2027-03-29T00:30:00Z").unwrap()
        );
        let midnight = calendar("America/Havana", "00:00");
        assert_eq!(
            midnight.begins(day("2027-03-14")),
            instant("2027-03-14T05:00:00Z").unwrap()
        );
    }

    #[test]
    fn t12_cut_off_that_clocks_show_twice_is_the_first_of_them() {
        let berlin = calendar("Europe/Berlin", "02:30");
        assert_eq!(
            berlin.begins(day("2027-10-31")),
            instant("2027-10-31T00:30:00Z").unwrap()
        );
        let again = instant("2027-10-31T01:29:59Z").unwrap();
        assert_eq!(berlin.day_of(again), day("2027-10-31"));
    }

    #[test]
    fn t12_date_that_a_zone_skipped_has_no_length_and_is_a_day_all_the_same() {
        let apia = calendar("Pacific/Apia", "00:00");
        assert_eq!(apia.begins(day("2011-12-30")), apia.begins(day("2011-12-31")));
        assert_eq!(apia.day_of(apia.begins(day("2011-12-30"))), day("2011-12-31"));
        assert!(apia.begins(day("2011-12-29")) < apia.begins(day("2011-12-30")));
    }

    #[test]
    fn leap_day_is_a_day() {
        assert_eq!(day("2028-02-28").next(), day("2028-02-29"));
        assert_eq!(day("2028-03-01").since(day("2028-02-28")), 2);
        for text in ["2027-02-29", "2027-2-01", "+027-02-01", "1969-12-31", "20270201"] {
            assert_eq!(PoolDay::parse(text), None, "{text}");
        }
    }

    #[test]
    fn unknown_zones_and_times_are_refused() {
        assert_eq!(Calendar::new("Mars/Olympus", 0), None);
        assert_eq!(Calendar::new("UTC", 1_440), None);
        for text in ["24:00", "1:00", "00:60", "", "0000", "-1:00"] {
            assert_eq!(Calendar::minutes(text), None, "{text}");
        }
    }

    const ZONES: [&str; 12] = [
        "UTC",
        "Europe/Berlin",
        "Europe/London",
        "Africa/Casablanca",
        "America/New_York",
        "America/Sao_Paulo",
        "America/St_Johns",
        "Asia/Shanghai",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Pacific/Kiritimati",
    ];

    proptest! {
        #[test]
        fn t12_every_instant_is_in_one_day_of_every_zone(
            zone in 0..ZONES.len(), cut_off in 0..1_440_u16, at in 0..4_000_000_000_000_i64,
        ) {
            let calendar = Calendar::new(ZONES[zone], cut_off).unwrap();
            let day = calendar.day_of(Timestamp(at));
            prop_assert!(day == PoolDay::FIRST || calendar.begins(day) <= Timestamp(at));
            prop_assert!(Timestamp(at) < calendar.begins(day.next()));
        }
    }
}
