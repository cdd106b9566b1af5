//! What the service of Steam and the boot configuration of SteamOS say.

use super::proxy::SERVICE;
use crate::dict::{Answer, Dictionary};
use cairn_host::clock;
use cairn_model::deployment::is_identity;
use cairn_model::{Problem, Seconds, TargetId, text};

/// How far an update is (atomupd: com.steampowered.Atomupd1.xml, `UpdateStatus`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Idle,
    InProgress,
    Paused,
    /// Waits for the restart.
    Successful,
    Failed,
    Cancelled,
    /// Of a newer service.
    Unknown,
}

impl State {
    /// Nothing else may be changed meanwhile. What is not known may be just that. What is held is not: it may stay so for
    /// ever, and whoever wishes for an update takes it over.
    pub fn is_busy(self) -> bool {
        matches!(self, Self::InProgress | Self::Unknown)
    }

    /// The other slot holds a part of something.
    pub fn spoils(self) -> bool {
        self.is_busy() || matches!(self, Self::Paused | Self::Failed | Self::Cancelled)
    }
}

/// One build of the system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Build {
    /// Tells it from any other; an identity.
    pub id: String,
    /// Several builds may have the same one.
    pub version: String,
}

impl Build {
    /// # Errors
    /// [`Problem::BadAnswer`] for an id that is none.
    pub fn new(id: &str, version: &str) -> Result<Self, Problem> {
        if !is_identity(id) {
            return Err(bad(&format!("no build id: {id}")));
        }
        Ok(Self { id: id.to_owned(), version: text::clean(version, 60) })
    }

    /// What people are told: the version says little without the build.
    pub fn name(&self) -> String {
        if self.version.is_empty() { self.id.clone() } else { format!("{} ({})", self.version, self.id) }
    }

    /// When it was made; build ids are a date and a count, `20261103.1`. Where the date is the same the count tells.
    pub fn made(&self) -> Option<Seconds> {
        let (day, count) = self.id.split_once('.').unwrap_or((&self.id, "0"));
        let count: u32 = count.parse().ok().filter(|count| *count < 86_400)?;
        Some(clock::compact_day(day)? + Seconds::from(count))
    }
}

/// A build that can be installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub build: Build,
    /// Bytes to be downloaded.
    pub size: Option<u64>,
}

/// The service at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Atomupd {
    pub state: State,
    /// 0 to 1.
    pub done: f64,
    /// When the service expects an update to be done, in seconds since 1970.
    pub ends: Option<Seconds>,
    /// What runs; services of older images do not tell.
    pub running: Option<Build>,
    /// What is or was installed since the start, whatever became of it.
    pub update: Option<Build>,
    pub variant: String,
    pub branch: String,
    pub variants: Vec<String>,
    pub branches: Vec<String>,
    /// May need keys that a system does not trust by itself.
    pub dev_branches: Vec<String>,
    /// The name of a D-Bus error, empty without a failure.
    pub failure: String,
    pub failure_words: String,
    pub offers: Vec<Offer>,
}

impl Atomupd {
    /// What updates follow, for [`cairn_model::Deployment::origin`].
    pub fn origin(&self) -> String {
        origin(&self.variant, &self.branch)
    }

    /// The build that waits for the restart.
    pub fn pending(&self) -> Option<&Build> {
        let update = self.update.as_ref().filter(|_| self.state == State::Successful);
        update.filter(|update| self.running.as_ref().is_none_or(|running| running.id != update.id))
    }
}

pub(super) fn origin(variant: &str, branch: &str) -> String {
    text::line(&if branch.is_empty() { variant.to_owned() } else { format!("{variant}/{branch}") })
}

fn bad(detail: &str) -> Problem {
    Problem::BadAnswer { tool: SERVICE.into(), detail: text::clean(detail, 200) }
}

/// Reads the service's properties.
///
/// # Errors
/// [`Problem::BadAnswer`] if something is missing that decides, or is of another type.
pub fn properties(entries: &Dictionary) -> Result<Atomupd, Problem> {
    let answer = Answer { service: SERVICE, entries };
    let state = answer.number("UpdateStatus")?.ok_or_else(|| answer.bad("no UpdateStatus"))?;
    let percent = answer.fraction("ProgressPercentage")?.filter(|p| p.is_finite()).unwrap_or(0.0);
    let text = |key: &str| answer.text(key).map(Option::unwrap_or_default);
    let build = |id: &str, version: &str| -> Result<Option<Build>, Problem> {
        let (id, version) = (text(id)?, text(version)?);
        if id.is_empty() { Ok(None) } else { Build::new(&id, &version).map(Some) }
    };
    Ok(Atomupd {
        state: match state {
            0 => State::Idle,
            1 => State::InProgress,
            2 => State::Paused,
            3 => State::Successful,
            4 => State::Failed,
            5 => State::Cancelled,
            _ => State::Unknown,
        },
        done: (percent / 100.0).clamp(0.0, 1.0),
        ends: answer
            .number("EstimatedCompletionTime")?
            .and_then(|at| Seconds::try_from(at).ok())
            .filter(|at| *at > 0),
        running: build("CurrentBuildID", "CurrentVersion")?,
        update: build("UpdateBuildID", "UpdateVersion")?,
        variant: answer.required("Variant")?,
        branch: text("Branch")?,
        variants: answer.list("KnownVariants")?,
        branches: answer.list("KnownBranches")?,
        dev_branches: answer.list("KnownDevBranches")?,
        failure: text("FailureCode")?,
        failure_words: text::line(&text("FailureMessage")?),
        offers: offers(&answer.dictionary("UpdatesAvailable")?.unwrap_or_default())?,
    })
}

/// Reads what can be installed now, the newest first.
///
/// # Errors
/// As [`properties`].
pub fn offers(entries: &Dictionary) -> Result<Vec<Offer>, Problem> {
    let answer = Answer { service: SERVICE, entries };
    let mut offers = Vec::new();
    for id in entries.keys() {
        let facts = answer.dictionary(id)?.unwrap_or_default();
        let facts = Answer { service: SERVICE, entries: &facts };
        let version = facts.text("version")?.unwrap_or_default();
        let size = facts.number("estimated_size")?.filter(|size| *size > 0);
        offers.push(Offer { build: Build::new(id, &version)?, size });
    }
    // A dictionary has no order; the same plan must come of the same offers.
    offers.sort_by(|a, b| (b.build.made(), &b.build.id).cmp(&(a.build.made(), &a.build.id)));
    Ok(offers)
}

/// The branch of a variant, as one target.
pub fn target(variant: &str, branch: &str) -> Option<TargetId> {
    let legal = |word: &str| !word.is_empty() && !word.contains('/');
    TargetId::new(format!("{variant}/{branch}")).ok().filter(|_| legal(variant) && legal(branch))
}

/// An image's word, which is all that some calls of steamos-bootconf write (steamos-efi: bootconf/bootconf.c). `None`
/// where it wrote nothing, since it does not know.
///
/// # Errors
/// [`Problem::BadAnswer`] for anything but one line with one word.
pub fn image(line: &str) -> Result<Option<String>, Problem> {
    let word = line.strip_suffix('\n');
    match word {
        None if line.is_empty() => Ok(None),
        Some(word)
            if !word.is_empty() && word.len() <= 32 && word.bytes().all(|b| b.is_ascii_alphanumeric()) =>
        {
            Ok(Some(word.to_owned()))
        }
        _ => Err(Problem::BadAnswer { tool: "steamos-bootconf".into(), detail: text::clean(line, 200) }),
    }
}

/// What the loader knows of an image (steamos-efi: README.bootconf). What is not there is 0, as for the loader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BootConfig {
    /// It is considered damaged.
    pub invalid: bool,
    /// The highest of all images is started; `YYYYmmDDHHMMSS`.
    pub requested_at: u64,
}

pub fn boot_config(words: &str) -> BootConfig {
    let number = |key: &str| {
        let value = words.lines().find_map(|line| line.trim().strip_prefix(key)?.strip_prefix(':'));
        value.and_then(|value| value.trim().parse::<u64>().ok()).unwrap_or(0)
    };
    BootConfig { invalid: number("image-invalid") > 0, requested_at: number("boot-requested-at") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_is_as_old_as_its_id_says() {
        let made = |id: &str| Build::new(id, "3.8.4").unwrap().made();
        assert!(made("20261103.1") < made("20261103.2") && made("20261103.100") < made("20261104"));
        for id in ["snapshot", "20261303.1", "2026110.1", "20261103.x", "20261103.99999999999"] {
            assert_eq!(made(id), None, "{id}");
        }
        for id in ["", "a b", "-x", "\u{1b}[31m", "../x"] {
            assert!(Build::new(id, "").is_err(), "{id:?}");
        }
    }

    #[test]
    fn an_image_is_one_word_on_one_line() {
        assert_eq!(image("A\n"), Ok(Some("A".into())));
        assert_eq!(image("dev\n"), Ok(Some("dev".into())));
        assert_eq!(image(""), Ok(None));
        for line in ["A", "\n", "A B\n", "A\nB\n", "-x\n", "usage: …\n"] {
            assert!(image(line).is_err(), "{line:?}");
        }
    }

    #[test]
    fn what_the_loader_does_not_know_is_nothing() {
        let words = "boot-requested-at: 20261103101213\nboot-other: 0\nimage-invalid: 1\ncomment: [x] image-invalid: 0\n";
        assert_eq!(boot_config(words), BootConfig { invalid: true, requested_at: 20_261_103_101_213 });
        assert_eq!(boot_config("image-invalid\nboot-requested-at: soon\n\u{0}"), BootConfig::default());
    }
}
