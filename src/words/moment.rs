//! Dates and spans, as people say them.

use crate::fill;
use cairn_model::Seconds;
use gettextrs::{gettext, ngettext};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Now, on the person's clock.
pub fn now() -> Seconds {
    Timestamp::now().as_second()
}

/// `21 November`, with the year when it is another one than now.
pub fn date(at: Seconds, now: Seconds) -> String {
    date_in(at, now, &TimeZone::system())
}

fn date_in(at: Seconds, now: Seconds, zone: &TimeZone) -> String {
    let (Ok(day), Ok(today)) = (Timestamp::from_second(at), Timestamp::from_second(now)) else {
        return String::new();
    };
    let (day, today) = (day.to_zoned(zone.clone()), today.to_zoned(zone.clone()));
    let (number, year) = (day.day().to_string(), day.year().to_string());
    let values = [("day", number.as_str()), ("month", &month(day.month())), ("year", &year)];
    if day.year() == today.year() {
        // TRANSLATORS: A date of this year, for example "21 November".
        fill(&gettext("{day} {month}"), &values)
    } else {
        // TRANSLATORS: A date with its year, for example "21 November 2026".
        fill(&gettext("{day} {month} {year}"), &values)
    }
}

fn month(number: i8) -> String {
    match number {
        1 => gettext("January"),
        2 => gettext("February"),
        3 => gettext("March"),
        4 => gettext("April"),
        5 => gettext("May"),
        6 => gettext("June"),
        7 => gettext("July"),
        8 => gettext("August"),
        9 => gettext("September"),
        10 => gettext("October"),
        11 => gettext("November"),
        _ => gettext("December"),
    }
}

/// `03:00`, local time.
pub fn clock(at: Seconds) -> String {
    Timestamp::from_second(at)
        .map(|t| t.to_zoned(TimeZone::system()).strftime("%H:%M").to_string())
        .unwrap_or_default()
}

/// `today at 03:00`, `tomorrow at 03:00`, `21 November at 03:00`.
pub fn date_and_clock(at: Seconds, now: Seconds) -> String {
    let day = |t: Seconds| Timestamp::from_second(t).ok().map(|t| t.to_zoned(TimeZone::system()).date());
    let time = clock(at);
    match (day(at), day(now)) {
        (Some(a), Some(b)) if a == b => fill(&gettext("today at {time}"), &[("time", &time)]),
        (Some(a), Some(b)) if b.tomorrow().is_ok_and(|t| t == a) => {
            fill(&gettext("tomorrow at {time}"), &[("time", &time)])
        }
        _ => fill(&gettext("{date} at {time}"), &[("date", &date(at, now)), ("time", &time)]),
    }
}

/// `today`, `yesterday`, `21 November`.
pub fn day(at: Seconds, now: Seconds) -> String {
    let day = |t: Seconds| Timestamp::from_second(t).ok().map(|t| t.to_zoned(TimeZone::system()).date());
    match (day(at), day(now)) {
        (Some(a), Some(b)) if a == b => gettext("today"),
        (Some(a), Some(b)) if b.yesterday().is_ok_and(|y| y == a) => gettext("yesterday"),
        _ => date(at, now),
    }
}

/// `just now`, `10 minutes ago`, `3 days ago`.
pub fn ago(at: Seconds, now: Seconds) -> String {
    let seconds = u64::try_from(now - at).unwrap_or(0);
    let (count, words) = match seconds {
        0..60 => return gettext("just now"),
        60..3600 => (seconds / 60, ngettext("{n} minute ago", "{n} minutes ago", plural(seconds / 60))),
        3600..86400 => (seconds / 3600, ngettext("{n} hour ago", "{n} hours ago", plural(seconds / 3600))),
        _ => (seconds / 86400, ngettext("{n} day ago", "{n} days ago", plural(seconds / 86400))),
    };
    fill(&words, &[("n", &count.to_string())])
}

/// `about 2 minutes left`.
pub fn left(seconds: u64) -> String {
    let (count, words) = match seconds {
        0..60 => {
            let count = seconds.max(1);
            (count, ngettext("{n} second left", "{n} seconds left", plural(count)))
        }
        60..5400 => {
            let count = seconds.div_ceil(60);
            (count, ngettext("about {n} minute left", "about {n} minutes left", plural(count)))
        }
        _ => {
            let count = seconds.div_ceil(3600);
            (count, ngettext("about {n} hour left", "about {n} hours left", plural(count)))
        }
    };
    fill(&words, &[("n", &count.to_string())])
}

/// A count as gettext wants it for plural forms.
pub fn plural(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_names_the_year_only_when_it_must() {
        let november = 1_795_219_200; // 2026-11-21
        assert_eq!(date_in(november, november + 86_400, &TimeZone::UTC), "21 November");
        assert_eq!(date_in(november, november + 86_400 * 100, &TimeZone::UTC), "21 November 2026");
    }

    #[test]
    fn spans_are_said_as_people_do() {
        assert_eq!(ago(100, 130), "just now");
        assert_eq!(ago(0, 60), "1 minute ago");
        assert_eq!(ago(0, 7200), "2 hours ago");
        assert_eq!(ago(500, 100), "just now", "a clock set back is no error");
        assert_eq!(left(0), "1 second left");
        assert_eq!(left(61), "about 2 minutes left");
    }
}
