//! What the system could follow instead: the releases after its own, and the branch that they are made from; from that
//! branch the newest release.
//!
//! Releases are named by year and month, May and November; there is none before its month is over.

use super::Nixos;
use super::channel::Channel;
use super::origin::Origin;
use cairn_model::{Problem, Seconds, Target, TargetId};

const UNSTABLE: &str = "unstable";
/// Releases that could be missed; more would be another decade.
const MOST: usize = 20;

/// A release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Release {
    year: i64,
    month: i64,
}

impl Release {
    /// `26.05`.
    fn parse(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('.')?;
        let two = |t: &str| t.len() == 2 && t.bytes().all(|b| b.is_ascii_digit());
        let release = Self { year: 2000 + year.parse::<i64>().ok()?, month: month.parse().ok()? };
        (two(year) && two(month) && matches!(release.month, 5 | 11)).then_some(release)
    }

    fn next(self) -> Self {
        if self.month == 5 { Self { month: 11, ..self } } else { Self { year: self.year + 1, month: 5 } }
    }

    fn word(self) -> String {
        format!("{:02}.{:02}", self.year % 100, self.month)
    }
}

/// Names of channels that the one of that name can be left for, at a time.
fn others(word: &str, now: Seconds) -> Vec<String> {
    let Some(rest) = word.strip_prefix("nixos-") else { return Vec::new() };
    let (middle, small) = rest.strip_suffix("-small").map_or((rest, ""), |middle| (middle, "-small"));
    let name = |release: Release| format!("nixos-{}{small}", release.word());
    if middle == UNSTABLE {
        return vec![name(newest(now))];
    }
    let Some(mut release) = Release::parse(middle) else { return Vec::new() };
    let mut found = Vec::new();
    while release < newest(now) && found.len() < MOST {
        release = release.next();
        found.push(name(release));
    }
    found.push(format!("nixos-{UNSTABLE}{small}"));
    found
}

/// The newest release that is out.
fn newest(now: Seconds) -> Release {
    let Release { year, month } = month(now);
    match month {
        ..=5 => Release { year: year - 1, month: 11 },
        6..=11 => Release { year, month: 5 },
        _ => Release { year, month: 11 },
    }
}

/// Whether a target is an older release than a version was made of.
pub(super) fn is_older(target: &TargetId, version: &str) -> bool {
    let of = |text: &str| Release::parse(text.get(..5)?);
    let target = target.as_str().strip_prefix("nixos-").and_then(of);
    matches!((target, of(version)), (Some(target), Some(version)) if target < version)
}

/// Year and month of a time, by the calendar of days since 1970 (Hinnant, "chrono-Compatible Low-Level Date
/// Algorithms").
fn month(now: Seconds) -> Release {
    let days = now.div_euclid(86_400).clamp(-100_000_000, 100_000_000) + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let index = (5 * of_year + 2) / 153;
    let month = if index < 10 { index + 3 } else { index - 9 };
    Release { year: year + era * 400 + i64::from(month <= 2), month }
}

fn followed(engine: &Nixos) -> Option<Channel> {
    match engine.origin()? {
        Origin::Channel(channel) => Some(channel),
        Origin::Flake(_) => None,
    }
}

/// Whether there is anything else to follow.
pub(super) fn any(engine: &Nixos) -> bool {
    followed(engine).is_some_and(|c| !others(c.word(), engine.host.clock.now()).is_empty())
}

pub(super) fn all(engine: &Nixos) -> Result<Vec<Target>, Problem> {
    let unable = || Problem::NotSupported { what: "targets".into() };
    let channel = followed(engine).ok_or_else(unable)?;
    let others = others(channel.word(), engine.host.clock.now());
    if others.is_empty() {
        return Err(unable());
    }
    let target = |word: &str, current| {
        let name = word.replacen("nixos-", "NixOS ", 1);
        Ok(Target { id: TargetId::new(word)?, name, current })
    };
    let first = std::iter::once(target(channel.word(), true));
    first.chain(others.iter().map(|word| target(word, false))).collect()
}

/// The channel of a target that is not the current one.
pub(super) fn channel(engine: &Nixos, id: &TargetId) -> Result<Channel, Problem> {
    let unknown = || Problem::TargetUnknown { target: id.to_string() };
    if !all(engine)?.iter().any(|t| t.id == *id && !t.current) {
        return Err(unknown());
    }
    followed(engine).and_then(|channel| channel.sibling(id.as_str())).ok_or_else(unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_releases_that_are_out_are_offered() {
        let (november, december) = (1_795_392_000, 1_796_083_200);
        assert_eq!(month(november), Release { year: 2026, month: 11 });
        assert_eq!(month(december), Release { year: 2026, month: 12 });
        assert_eq!(month(951_782_400), Release { year: 2000, month: 2 });
        assert_eq!(others("nixos-26.05", november), ["nixos-unstable"]);
        assert_eq!(others("nixos-25.11", november), ["nixos-26.05", "nixos-unstable"]);
        assert_eq!(others("nixos-26.05-small", december), ["nixos-26.11-small", "nixos-unstable-small"]);
        assert_eq!(others("nixos-unstable", november), ["nixos-26.05"]);
        assert!(others("mine", december).is_empty() && others("nixos-ab.cd", december).is_empty());
        assert_eq!(others("nixos-00.05", i64::MAX).len(), MOST + 1);
        let older = |target: &str, version| is_older(&TargetId::new(target).unwrap(), version);
        assert!(older("nixos-26.05", "26.11pre1041188.9cb344e96d5b"));
        assert!(!older("nixos-26.05", "26.05.1004127.5ae3b07d8d65") && !older("nixos-unstable", "26.05.1"));
        assert!(!older("nixos-26.05", "größer"));
    }
}
