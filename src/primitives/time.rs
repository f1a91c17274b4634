//! Instants, calendar days and spans; the registry's clock.
//!
//! Days are days at fixed UTC+8 (ARCHITECTURE section 3): no time-zone database takes part in the law. Spans are half-open
//! `[from, to)`. Books write the last day inclusively; [`Day::next`] at the door is the one conversion.

use std::fmt;
use std::sync::Mutex;
use std::time::{Duration, UNIX_EPOCH};

/// Microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Timestamp(u64);

const MICROS_PER_SECOND: u64 = 1_000_000;
const SECONDS_PER_DAY: i64 = 86_400;
/// The offset of civil days: UTC+8.
const CIVIL_OFFSET_SECONDS: i64 = 8 * 3_600;
/// 9999-12-31T23:59:59.999999Z.
const MICROS_MAX: u64 = 253_402_300_800 * MICROS_PER_SECOND - 1;

impl Timestamp {
    /// Makes an instant; values beyond the year 9999 stop there.
    pub fn from_micros(micros: u64) -> Self {
        Self(micros.min(MICROS_MAX))
    }

    /// Returns microseconds since 1970.
    pub fn micros(self) -> u64 {
        self.0
    }

    /// Returns whole seconds since 1970.
    pub fn seconds(self) -> u64 {
        self.0 / MICROS_PER_SECOND
    }

    /// Returns the instant `seconds` later.
    #[must_use]
    pub fn plus_seconds(self, seconds: u64) -> Self {
        Self::from_micros(
            self.0
                .saturating_add(seconds.saturating_mul(MICROS_PER_SECOND)),
        )
    }

    /// Returns the civil day (UTC+8) of the instant.
    pub fn day(self) -> Day {
        let seconds = i64::try_from(self.seconds()).unwrap_or(i64::MAX - CIVIL_OFFSET_SECONDS);
        Day(
            i32::try_from((seconds + CIVIL_OFFSET_SECONDS).div_euclid(SECONDS_PER_DAY))
                .unwrap_or(Day::MAX.0),
        )
    }

    /// Parses `YYYY-MM-DDTHH:MM:SS[.ffffff]Z`: seconds, or exactly six digits of a fraction.
    pub fn parse(text: &str) -> Option<Self> {
        let (date, clock) = text.strip_suffix('Z')?.split_once('T')?;
        let day = Day::parse(date)?;
        let (clock, fraction) = match clock.split_once('.') {
            None => (clock, 0),
            Some((clock, digits)) if digits.len() == 6 => (clock, u64::from(digits_value(digits)?)),
            Some(_) => return None,
        };
        let mut parts = clock.split(':');
        let mut part = |max: u32| {
            let text = parts.next()?;
            let value = if text.len() == 2 {
                digits_value(text)?
            } else {
                return None;
            };
            (value < max).then_some(u64::from(value))
        };
        let seconds = part(24)? * 3_600 + part(60)? * 60 + part(60)?;
        if parts.next().is_some() {
            return None;
        }
        let days = u64::try_from(day.0).ok()?;
        Some(Self(
            (days * 86_400 + seconds) * MICROS_PER_SECOND + fraction,
        ))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.seconds();
        let day = Day(i32::try_from(seconds / 86_400).unwrap_or(Day::MAX.0));
        let of_day = seconds % 86_400;
        let (h, m, s) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
        write!(
            f,
            "{day}T{h:02}:{m:02}:{s:02}.{:06}Z",
            self.0 % MICROS_PER_SECOND
        )
    }
}

/// A civil day: days since 1970-01-01 in the proleptic Gregorian calendar, from 1900 to 9999.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Day(i32);

impl Day {
    /// 9999-12-31, the last day there is.
    pub const MAX: Self = Self(2_932_896);
    /// 1900-01-01, the first day there is.
    pub const MIN: Self = Self(-25_567);

    /// Makes the day of a calendar date, where the date exists.
    pub fn of(year: i32, month: u32, day: u32) -> Option<Self> {
        if !(1900..=9999).contains(&year) || !(1..=12).contains(&month) {
            return None;
        }
        if day == 0 || day > days_in_month(year, month) {
            return None;
        }
        Some(Self(days_from_civil(year, month, day)))
    }

    /// Returns the first instant of the civil day (UTC+8).
    pub fn begins(self) -> Timestamp {
        let seconds = i64::from(self.0) * SECONDS_PER_DAY - CIVIL_OFFSET_SECONDS;
        let seconds = u64::try_from(seconds).unwrap_or_default();
        Timestamp::from_micros(seconds.saturating_mul(MICROS_PER_SECOND))
    }

    /// Returns days since 1970-01-01.
    pub fn number(self) -> i32 {
        self.0
    }

    /// Returns the following day; the last day there is stays.
    #[must_use]
    pub fn next(self) -> Self {
        self.plus(1)
    }

    /// Returns the day before; the first day there is stays.
    #[must_use]
    pub fn previous(self) -> Self {
        self.plus(-1)
    }

    /// Returns the day `days` later (or earlier), within the days there are.
    #[must_use]
    pub fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days).clamp(Self::MIN.0, Self::MAX.0))
    }

    /// Returns the same date so many years later; the first of March where a leap day has none.
    #[must_use]
    pub fn plus_years(self, years: u32) -> Self {
        let (year, month, day) = self.date();
        let year = year.saturating_add_unsigned(years);
        let same = Self::of(year, month, day);
        same.or_else(|| Self::of(year, 3, 1)).unwrap_or(Self::MAX)
    }

    /// Returns the calendar date: year, month, day.
    pub fn date(self) -> (i32, u32, u32) {
        civil_from_days(self.0)
    }

    /// Parses `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes.get(4) != Some(&b'-') || bytes.get(7) != Some(&b'-') {
            return None;
        }
        let year = digits_value(text.get(0..4)?)?;
        let month = digits_value(text.get(5..7)?)?;
        let day = digits_value(text.get(8..10)?)?;
        Self::of(i32::try_from(year).ok()?, month, day)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.date();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

/// A half-open span of days `[from, to)` with `from < to`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Span {
    from: Day,
    to: Day,
}

impl Span {
    /// Makes a span, where `from` is before `to`.
    pub fn new(from: Day, to: Day) -> Option<Self> {
        (from < to).then_some(Self { from, to })
    }

    /// Makes the span of whole calendar years, both inclusive.
    pub fn of_years(first: i32, last: i32) -> Option<Self> {
        Self::new(Day::of(first, 1, 1)?, Day::of(last, 12, 31)?.next())
    }

    /// Returns the first day.
    pub fn from(self) -> Day {
        self.from
    }

    /// Returns the day after the last.
    pub fn to(self) -> Day {
        self.to
    }

    /// Says whether the day lies in the span.
    pub fn contains(self, day: Day) -> bool {
        self.from <= day && day < self.to
    }

    /// Says whether every day of `other` lies in this span.
    pub fn covers(self, other: Span) -> bool {
        self.from <= other.from && other.to <= self.to
    }

    /// Returns the common days.
    pub fn intersection(self, other: Span) -> Option<Self> {
        Self::new(self.from.max(other.from), self.to.min(other.to))
    }

    /// Returns the part from `day` on, if any is left.
    pub fn since(self, day: Day) -> Option<Self> {
        Self::new(self.from.max(day), self.to)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}, {})", self.from, self.to)
    }
}

/// Where the registry reads the time of day.
pub trait Clock: Send + Sync {
    /// Returns the present instant.
    fn now(&self) -> Timestamp;
}

/// The machine's clock, moved by a fixed offset (zero outside demonstrations).
#[derive(Debug, Default)]
pub struct SystemClock {
    /// Microseconds added to the machine's time.
    pub offset_micros: i64,
}

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the machine's clock"
    )]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or(Duration::ZERO);
        let micros = u64::try_from(since.as_micros()).unwrap_or(MICROS_MAX);
        Timestamp::from_micros(micros.saturating_add_signed(self.offset_micros))
    }
}

/// A clock that stands where it was set, for tests.
#[derive(Debug)]
pub struct FixedClock(Mutex<Timestamp>);

impl FixedClock {
    /// Makes a clock that shows `at`.
    pub fn new(at: Timestamp) -> Self {
        Self(Mutex::new(at))
    }

    /// Sets the clock, backward too: the registry must keep time monotone by itself.
    pub fn set(&self, at: Timestamp) {
        *self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = at;
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        *self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn digits_value(text: &str) -> Option<u32> {
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

fn is_leap(year: i32) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

fn days_in_month(year: i32, month: u32) -> u32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 of a date that exists (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
fn days_from_civil(year: i32, month: u32, day: u32) -> i32 {
    let (month, day) = (month.cast_signed(), day.cast_signed());
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

fn civil_from_days(days: i32) -> (i32, u32, u32) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + i32::from(month <= 2);
    (year, month.cast_unsigned(), day.cast_unsigned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_comes_again_every_year_and_a_leap_day_on_the_first_of_march() {
        let later = |day: &str, years| Day::parse(day).unwrap().plus_years(years).to_string();
        assert_eq!(later("2026-12-01", 3), "2029-12-01");
        assert_eq!(later("2028-02-29", 4), "2032-02-29");
        assert_eq!(later("2028-02-29", 1), "2029-03-01");
        assert_eq!(later("9950-01-01", 100), "9999-12-31");
    }

    #[test]
    fn every_day_of_the_calendar_survives_its_text() {
        let mut day = Day::MIN;
        let mut count = 0;
        while day < Day::MAX {
            assert_eq!(Day::parse(&day.to_string()), Some(day));
            day = day.plus(13);
            count += 1;
        }
        assert!(count > 200_000);
    }

    #[test]
    fn dates_that_do_not_exist_are_refused() {
        for text in [
            "2027-02-29",
            "2028-13-01",
            "2028-00-10",
            "2028-04-31",
            "28-01-01",
            "2028-1-01",
        ] {
            assert_eq!(Day::parse(text), None, "{text}");
        }
        assert!(Day::parse("2028-02-29").is_some());
    }

    #[test]
    fn a_day_begins_at_sixteen_hours_utc() {
        let before = Timestamp::parse("2026-11-30T15:59:59Z").unwrap();
        assert_eq!(before.day().to_string(), "2026-11-30");
        assert_eq!(before.plus_seconds(1).day().to_string(), "2026-12-01");
    }

    #[test]
    fn an_instant_survives_its_text() {
        let text = "2026-12-01T02:03:04.123456Z";
        assert_eq!(Timestamp::parse(text).unwrap().to_string(), text);
        for other in [
            "2026-12-01T24:00:00Z",
            "2026-12-01T02:03:04.1Z",
            "2026-12-01 02:03:04Z",
        ] {
            assert_eq!(Timestamp::parse(other), None, "{other}");
        }
    }

    #[test]
    fn spans_are_half_open() {
        let day = |text| Day::parse(text).unwrap();
        let a = Span::new(day("2026-01-01"), day("2027-01-01")).unwrap();
        let b = Span::new(day("2027-01-01"), day("2028-01-01")).unwrap();
        assert_eq!(a.intersection(b), None);
        assert_eq!(
            Span::of_years(2026, 2027).unwrap(),
            Span::new(a.from(), b.to()).unwrap()
        );
        assert_eq!(Span::new(a.from(), a.from()), None);
    }
}
