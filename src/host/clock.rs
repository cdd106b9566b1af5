//! The time, real or set by a test.

use cairn_model::Seconds;
use std::fmt::Debug;
use std::sync::atomic::{AtomicI64, Ordering};

pub trait Clock: Debug + Send + Sync {
    /// Seconds since 1970, as the person's clock shows.
    fn now(&self) -> Seconds;
}

#[derive(Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Seconds {
        jiff::Timestamp::now().as_second()
    }
}

/// A clock that stands until it is set.
#[derive(Debug, Default)]
pub struct SetClock(AtomicI64);

impl SetClock {
    pub fn set(&self, now: Seconds) {
        self.0.store(now, Ordering::Relaxed);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Seconds {
        self.0.load(Ordering::Relaxed)
    }
}

/// What RFC 3339 calls a date and time, or `None` for anything else and for what was before computers kept time: makers
/// write the beginning of 1970 for "not known".
pub fn rfc3339(text: &str) -> Option<Seconds> {
    let moment = text.trim().parse::<jiff::Timestamp>().ok()?;
    Some(moment.as_second()).filter(|at| *at > 0)
}

/// The beginning, in UTC, of a day that is written `YYYYMMDD`; `None` for anything else.
pub fn compact_day(text: &str) -> Option<Seconds> {
    let digits = text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit());
    let day = jiff::civil::Date::strptime("%Y%m%d", text).ok().filter(|_| digits)?;
    day.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|day| day.timestamp().as_second())
}

/// The day of a moment, `YYYY.MM.DD` of the Gregorian calendar, UTC. Empty for one that is beyond all calendars.
pub fn day(at: Seconds) -> String {
    let moment = jiff::Timestamp::from_second(at).ok();
    moment.map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).strftime("%Y.%m.%d").to_string()).unwrap_or_default()
}

/// Three in the morning, local time: the next one after `now`.
pub fn tonight(now: Seconds) -> Seconds {
    next_at(now, 3, &jiff::tz::TimeZone::system()).unwrap_or(now + 8 * 3600)
}

fn next_at(now: Seconds, hour: i8, zone: &jiff::tz::TimeZone) -> Option<Seconds> {
    let local = jiff::Timestamp::from_second(now).ok()?.to_zoned(zone.clone());
    let at = |day: jiff::civil::Date| day.at(hour, 0, 0, 0).to_zoned(zone.clone()).ok();
    let today = at(local.date())?;
    let next = if today > local { today } else { at(local.date().tomorrow().ok()?)? };
    Some(next.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!(compact_day("20261103"), rfc3339("2026-11-03T00:00:00Z"));
        assert_eq!(compact_day("20240229"), Some(1_709_164_800));
        for no in ["20230229", "2026110", "202611031", "2026-1-3", " 2026110", "", "2026\u{661}103"] {
            assert_eq!(compact_day(no), None, "{no:?}");
        }
    }

    #[test]
    fn tonight_is_the_next_three_o_clock() {
        let midnight = 1_700_006_400;
        assert_eq!(next_at(midnight, 3, &TimeZone::UTC), Some(midnight + 3 * 3600));
        assert_eq!(next_at(midnight + 3 * 3600, 3, &TimeZone::UTC), Some(midnight + 27 * 3600));
    }

    #[test]
    fn rfc3339_is_read_with_any_offset() {
        assert_eq!(rfc3339("2023-11-15T00:00:00Z"), Some(1_700_006_400));
        assert_eq!(rfc3339("2023-11-15T01:00:00.123456789+01:00"), Some(1_700_006_400));
        assert_eq!(rfc3339("yesterday"), None);
        assert_eq!(day(1_700_006_400), "2023.11.15");
    }

    #[test]
    fn an_hour_that_daylight_saving_skips_still_comes() {
        // Central Europe by rule: 2026-03-29 02:00 becomes 03:00, so 02:00 does not exist that night.
        let zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        let evening = 1_774_738_800; // 2026-03-29 00:00 CET
        let next = next_at(evening, 2, &zone).unwrap();
        assert!(next > evening && next - evening <= 3 * 3600, "{next}");
    }
}
