//! Sizes and rates.

use crate::fill;
use gettextrs::gettext;

/// `412 MB`, `1.9 GB`; powers of ten, as GNOME shows them.
pub fn size(bytes: u64) -> String {
    let units = [gettext("{n} kB"), gettext("{n} MB"), gettext("{n} GB"), gettext("{n} TB")];
    if bytes < 1000 {
        return fill(&gettext("{n} bytes"), &[("n", &bytes.to_string())]);
    }
    #[allow(clippy::cast_precision_loss)]
    let mut value = bytes as f64 / 1000.0;
    let mut unit = 0;
    // 999.5 would be rounded to 1000 of the smaller unit.
    while value >= 999.5 && unit + 1 < units.len() {
        value /= 1000.0;
        unit += 1;
    }
    let number = if value < 9.95 && unit > 0 { format!("{value:.1}") } else { format!("{value:.0}") };
    fill(&units[unit], &[("n", &number)])
}

/// `3.1 MB/s`.
pub fn rate(bytes_per_second: u64) -> String {
    fill(&gettext("{size}/s"), &[("size", &size(bytes_per_second))])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_well() {
        let cases = [
            (0, "0 bytes"),
            (999, "999 bytes"),
            (1_000, "1 kB"),
            (999_499, "999 kB"),
            (999_600, "1.0 MB"),
            (12_345_678, "12 MB"),
            (1_940_000_000, "1.9 GB"),
            (9_960_000_000, "10 GB"),
        ];
        for (bytes, words) in cases {
            assert_eq!(size(bytes), words);
        }
    }
}
