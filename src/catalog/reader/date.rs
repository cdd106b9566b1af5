//! When something was released.

use cairn_model::Seconds;

/// Seconds of a Unix time stamp, or of the noon of a date as ISO 8601 writes it (`2025-03-19`, also with a time).
pub(super) fn seconds(timestamp: Option<&str>, date: Option<&str>) -> Option<Seconds> {
    let stamp = timestamp.and_then(|t| t.trim().parse::<i64>().ok()).filter(|t| *t > 0);
    stamp.or_else(|| date.and_then(day))
}

fn day(text: &str) -> Option<Seconds> {
    let mut parts = text.trim().get(..10)?.split('-').map(|p| p.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // The year that begins in March has its leap day at the end.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    // 0000-03-01 was so many days before 1970-01-01.
    Some((days - 719_468) * 86_400 + 43_200)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_days() {
        assert_eq!(day("1970-01-01"), Some(43_200));
        assert_eq!(day("2000-02-29"), Some(951_782_400 + 43_200));
        assert_eq!(day("2025-03-19T10:00:00Z"), Some(1_742_342_400 + 43_200));
        for bad in ["", "2025", "2025-13-01", "20250-1-1x", "ä025-01-01", "1-2-3-4-5-6"] {
            assert_eq!(day(bad), None, "{bad}");
        }
        assert_eq!(seconds(Some("12"), Some("1970-01-01")), Some(12));
        assert_eq!(seconds(Some("x"), None), None);
    }
}
