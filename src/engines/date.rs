//! Dates that upstreams write as digits, all in UTC.

use cairn_model::Seconds;

/// Seconds since 1970 of a moment in the years 1970 to 9999; `None` where there is no such day or time.
pub fn seconds(day: (u32, u32, u32), time: (u32, u32, u32)) -> Option<Seconds> {
    let ((year, month, day), (hour, minute, second)) = (day, time);
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let lengths = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let before = lengths.get(..usize::try_from(month.checked_sub(1)?).ok()?)?;
    let length = *lengths.get(before.len())?;
    // A leap second is the first of the next minute.
    if !(1970..=9999).contains(&year)
        || !(1..=length).contains(&day)
        || hour > 23
        || minute > 59
        || second > 60
    {
        return None;
    }
    let years = u64::from(year - 1);
    let leaps = |years: u64| years / 4 - years / 100 + years / 400;
    let days = (years - 1969) * 365 + leaps(years) - leaps(1969)
        + before.iter().map(|days| u64::from(*days)).sum::<u64>()
        + u64::from(day - 1);
    Seconds::try_from(((days * 24 + u64::from(hour)) * 60 + u64::from(minute)) * 60 + u64::from(second)).ok()
}

/// The number that `text` has at `from`, `length` digits long.
pub fn digits(text: &str, from: usize, length: usize) -> Option<u32> {
    let part = text.get(from..from.checked_add(length)?)?;
    if part.bytes().all(|b| b.is_ascii_digit()) { part.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        let noon = (12, 0, 0);
        assert_eq!(seconds((1970, 1, 1), (0, 0, 0)), Some(0));
        assert_eq!(seconds((2000, 2, 29), noon), Some(951_825_600));
        assert_eq!(seconds((2026, 11, 3), (10, 12, 13)), Some(1_793_700_733));
        assert_eq!(seconds((9999, 12, 31), (23, 59, 59)), Some(253_402_300_799));
        for (year, month, day) in
            [(2026, 2, 29), (2026, 13, 1), (2026, 0, 1), (2026, 1, 0), (1969, 1, 1), (10_000, 1, 1)]
        {
            assert_eq!(seconds((year, month, day), noon), None, "{year}-{month}-{day}");
        }
        assert_eq!(seconds((2026, 1, 1), (24, 0, 0)), None);
    }

    #[test]
    fn digits_are_nothing_else() {
        assert_eq!(digits("20261103.1", 0, 4), Some(2026));
        for (text, from) in [("+123", 0), ("12", 1), ("größe", 1), ("", 0), ("1234", usize::MAX)] {
            assert_eq!(digits(text, from, 4), None, "{text}");
        }
    }
}
