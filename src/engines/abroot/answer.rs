//! What ABRoot answers and writes, read strictly where it decides and leniently elsewhere. Go writes a list that nobody
//! filled as `null`.

use cairn_host::clock::rfc3339;
use cairn_model::change::{ChangeKind, Changes, PackageChange};
use cairn_model::deployment::is_identity;
use cairn_model::{DeploymentId, Problem, Seconds, text};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;

/// Longest version that is shown, in characters.
const VERSION: usize = 60;

/// ABRoot: cmd/status.go, `abroot status --json`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Status {
    /// The label of the root that runs.
    pub present: String,
    /// The label of the other root.
    pub future: String,
    pub abimage: Image,
    /// What the record says that the kernel is told.
    #[serde(default)]
    kargs: Option<String>,
    #[serde(rename = "pkgsAdd", default)]
    added: Option<Vec<String>>,
    #[serde(rename = "pkgsRm", default)]
    removed: Option<Vec<String>>,
    #[serde(rename = "pkgsUnstg", default)]
    unstaged: Option<Vec<String>>,
    /// 0 off, 1 once the person has agreed, 2 on.
    #[serde(rename = "pkgMngStatus", default)]
    manager: i64,
    #[serde(rename = "pkgMngAg", default)]
    agreed: bool,
}

/// What is to be done with packages, as far as the records say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manager {
    Off,
    NotAgreed,
    On,
}

impl Status {
    /// False for an ABRoot that has no such record.
    pub fn has_arguments(&self) -> bool {
        self.kargs.is_some()
    }

    /// The words of ABRoot's record, as they stand there.
    pub fn arguments(&self) -> &str {
        self.kargs.as_deref().unwrap_or_default()
    }

    /// Packages that are added to the image.
    pub fn added(&self) -> &[String] {
        self.added.as_deref().unwrap_or_default()
    }

    /// Packages of the image that are left out.
    pub fn removed(&self) -> &[String] {
        self.removed.as_deref().unwrap_or_default()
    }

    /// Packages of which the records say something else than the running root has.
    pub fn unstaged(&self) -> &[String] {
        self.unstaged.as_deref().unwrap_or_default()
    }

    pub fn manager(&self) -> Manager {
        match (self.manager, self.agreed) {
            (2, _) | (1, true) => Manager::On,
            (1, false) => Manager::NotAgreed,
            _ => Manager::Off,
        }
    }
}

/// ABRoot: core/image.go, `/abimage.abr`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Image {
    pub digest: String,
    /// When this root was made from the image, RFC 3339.
    #[serde(default)]
    timestamp: Option<String>,
    #[serde(default)]
    image: Option<String>,
}

impl Image {
    pub fn made(&self) -> Option<Seconds> {
        self.timestamp.as_deref().and_then(rfc3339)
    }

    /// `registry/name:tag`; empty where it does not say.
    pub fn name(&self) -> String {
        text::line(self.image.as_deref().unwrap_or_default())
    }
}

/// Reads `abroot status --json`, which has another text and exit status 0 for whoever is not root.
///
/// # Errors
/// [`Problem::BadAnswer`].
pub fn status(answer: &[u8]) -> Result<Status, Problem> {
    let status: Status = json(answer)?;
    let labels = [&status.present, &status.future];
    if labels.iter().any(|label| DeploymentId::new(label.as_str()).is_err())
        || status.present == status.future
    {
        return Err(bad("present and future are no two roots"));
    }
    identity(&status.abimage.digest)?;
    Ok(status)
}

/// Reads the one question that `abroot upgrade --check-only` answers in JSON: digest and changes of what is offered.
///
/// # Errors
/// [`Problem::BadAnswer`].
pub fn check(answer: &[u8]) -> Result<Option<Offer>, Problem> {
    let check: Check = json(answer)?;
    if !check.has_update {
        return Ok(None);
    }
    let digest = check.new_digest.unwrap_or_default();
    identity(&digest)?;
    let changes = check.system.filter(Diff::is_known).map(|system| {
        let mut packages = system.changes();
        packages.extend(check.overlay.unwrap_or_default().changes());
        packages.sort_by(|a, b| a.name.cmp(&b.name));
        packages.dedup_by(|a, b| a.name == b.name);
        Changes { by_package: true, packages, ..Changes::default() }
    });
    Ok(Some(Offer { digest, changes }))
}

/// What the registry offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub digest: String,
    /// `None` where the service that compares images knows nothing of them.
    pub changes: Option<Changes>,
}

/// ABRoot: cmd/upgrade.go, with `ABROOT_JSON_OUTPUT` in the environment.
#[derive(Deserialize)]
struct Check {
    #[serde(rename = "hasUpdate")]
    has_update: bool,
    #[serde(rename = "newDigest", default)]
    new_digest: Option<String>,
    #[serde(rename = "systemPackageDiff", default)]
    system: Option<Diff>,
    #[serde(rename = "overlayPackageDiff", default)]
    overlay: Option<Diff>,
}

#[derive(Default, Deserialize)]
struct Diff {
    #[serde(default)]
    added: Option<Vec<Changed>>,
    #[serde(default)]
    upgraded: Option<Vec<Changed>>,
    #[serde(default)]
    downgraded: Option<Vec<Changed>>,
    #[serde(default)]
    removed: Option<Vec<Changed>>,
}

/// Differ: diff/diff.go.
#[derive(Deserialize)]
struct Changed {
    name: String,
    #[serde(default)]
    new_version: Option<String>,
    #[serde(default)]
    previous_version: Option<String>,
}

impl Diff {
    /// Where the comparing service answers with an error, ABRoot leaves all lists as nobody filled them.
    fn is_known(&self) -> bool {
        [&self.added, &self.upgraded, &self.downgraded, &self.removed].iter().any(|list| list.is_some())
    }

    fn changes(self) -> Vec<PackageChange> {
        let lists = [
            (ChangeKind::Added, self.added),
            (ChangeKind::Upgraded, self.upgraded),
            (ChangeKind::Downgraded, self.downgraded),
            (ChangeKind::Removed, self.removed),
        ];
        let clean = |version: Option<String>| version.map(|v| text::line(&v)).filter(|v| !v.is_empty());
        let all =
            lists.into_iter().flat_map(|(kind, list)| list.into_iter().flatten().map(move |c| (kind, c)));
        all.map(|(kind, changed)| PackageChange {
            name: text::line(&changed.name),
            kind,
            from: clean(changed.previous_version),
            to: clean(changed.new_version),
        })
        .filter(|change| !change.name.is_empty())
        .collect()
    }
}

/// ABRoot: settings/config.go, the keys that matter here; any of them may be left to the file below.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Settings {
    #[serde(default)]
    pub registry: Option<String>,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub tag: Option<String>,
}

/// Reads `abroot.json`.
///
/// # Errors
/// [`Problem::BadAnswer`].
pub fn settings(answer: &[u8]) -> Result<Settings, Problem> {
    json(answer)
}

/// One image that ABRoot built for a root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    /// The label of the root.
    pub root: String,
    /// The digest of the image below it.
    pub digest: String,
    pub made: Seconds,
}

/// containers/storage: images.go, `overlay-images/images.json`: id and time of each image, the newest first.
///
/// # Errors
/// [`Problem::BadAnswer`].
pub fn images(answer: &[u8]) -> Result<Vec<(String, Seconds)>, Problem> {
    #[derive(Deserialize)]
    struct Stored {
        id: String,
        #[serde(default)]
        created: Option<String>,
    }
    let stored: Vec<Stored> = json(answer)?;
    let legal = |id: &str| !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric());
    let time = |image: &Stored| image.created.as_deref().and_then(rfc3339).unwrap_or_default();
    let mut found: Vec<(String, Seconds)> = stored
        .into_iter()
        .filter(|image| legal(&image.id))
        .map(|image| (image.id.clone(), time(&image)))
        .collect();
    found.sort_by_key(|(_, made)| std::cmp::Reverse(*made));
    Ok(found)
}

/// The labels that ABRoot gives an image it builds (core/system.go), out of the image's configuration (OCI image
/// specification, config.md). `None` for an image that somebody else made.
///
/// # Errors
/// [`Problem::BadAnswer`].
pub fn built(answer: &[u8], made: Seconds) -> Result<Option<Built>, Problem> {
    #[derive(Deserialize)]
    struct File {
        #[serde(default)]
        config: Option<Config>,
    }
    #[derive(Deserialize)]
    struct Config {
        #[serde(rename = "Labels", default)]
        labels: Option<HashMap<String, String>>,
    }
    let file: File = json(answer)?;
    let labels = file.config.and_then(|config| config.labels).unwrap_or_default();
    let (root, digest) = (labels.get("ABRoot.root"), labels.get("ABRoot.BaseImageDigest"));
    let built = root.zip(digest).filter(|(_, digest)| is_identity(digest));
    Ok(built.map(|(root, digest)| Built { root: root.clone(), digest: digest.clone(), made }))
}

/// containers/storage: layers.go, `overlay-layers/layers.json`: bytes of all layers, unpacked, `None` where no layer says.
///
/// # Errors
/// [`Problem::BadAnswer`].
pub fn layers(answer: &[u8]) -> Result<Option<u64>, Problem> {
    #[derive(Deserialize)]
    struct Layer {
        #[serde(rename = "diff-size", default)]
        size: Option<i64>,
    }
    let layers: Vec<Layer> = json(answer)?;
    let sizes = layers.iter().filter_map(|layer| layer.size).filter_map(|size| u64::try_from(size).ok());
    Ok(sizes.reduce(u64::saturating_add).filter(|size| *size > 0))
}

/// What people can call the content of a digest: the tag that it came by and the begin of the digest.
pub fn version(image: &str, digest: &str) -> String {
    let tag = image.rsplit_once(':').map(|(_, tag)| tag).filter(|tag| !tag.contains('/') && !tag.is_empty());
    let (tag, short) = (text::clean(tag.unwrap_or_default(), VERSION), short(digest, 8));
    if tag.is_empty() { short } else { format!("{tag}-{short}") }
}

/// The begin of a digest, without the name of its algorithm.
pub fn short(digest: &str, length: usize) -> String {
    let value = digest.rsplit_once(':').map_or(digest, |(_, value)| value);
    value.chars().filter(char::is_ascii_alphanumeric).take(length).collect()
}

fn json<T: DeserializeOwned>(answer: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(answer).map_err(|e| bad(&e.to_string()))
}

fn identity(digest: &str) -> Result<(), Problem> {
    // What is shown of a digest must not be empty.
    if is_identity(digest) && !short(digest, 8).is_empty() { Ok(()) } else { Err(bad("no digest")) }
}

fn bad(detail: &str) -> Problem {
    Problem::BadAnswer { tool: "abroot".into(), detail: text::clean(detail, 200) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_the_tag_and_the_begin_of_the_digest() {
        let digest = "sha256:0123456789abcdef";
        assert_eq!(version("registry.example/vanilla-os/desktop:main", digest), "main-01234567");
        assert_eq!(version("registry.example:5000/desktop", digest), "01234567");
        assert_eq!(version("x:\u{202e}", digest), "01234567");
    }

    #[test]
    fn lists_that_nobody_filled_say_that_nothing_is_known() {
        let empty = r#"{"added":null,"upgraded":null,"downgraded":null,"removed":null}"#;
        let answer = format!(
            r#"{{"hasUpdate":true,"newDigest":"sha256:ab","systemPackageDiff":{empty},"overlayPackageDiff":{empty}}}"#
        );
        assert_eq!(check(answer.as_bytes()).unwrap().unwrap().changes, None);
        let one = answer.replacen("\"added\":null", "\"added\":[]", 1);
        assert_eq!(check(one.as_bytes()).unwrap().unwrap().changes.map(|c| c.is_empty()), Some(true));
    }

    #[test]
    fn an_update_without_a_digest_is_none_of_ours() {
        for answer in
            [r#"{"hasUpdate":true}"#, r#"{"hasUpdate":true,"newDigest":"sha256:"}"#, "{}", "null", ""]
        {
            assert_eq!(check(answer.as_bytes()).unwrap_err().code(), "bad-answer", "{answer}");
        }
        assert_eq!(check(br#"{"hasUpdate":false,"newDigest":""}"#).unwrap(), None);
    }

    #[test]
    fn what_ends_too_early_is_a_bad_answer() {
        let whole =
            r#"{"present":"a","future":"b","abimage":{"digest":"sha256:ab","timestamp":"x"},"pkgsAdd":null}"#;
        assert!(status(whole.as_bytes()).is_ok());
        for length in 0..whole.len() {
            let begun = whole.get(..length).unwrap().as_bytes();
            let bad = [status(begun).err(), check(begun).err(), built(begun, 0).err()];
            assert!(bad.into_iter().flatten().all(|problem| problem.code() == "bad-answer"), "{length}");
            assert!(status(begun).is_err() && images(begun).is_err() && layers(begun).is_err(), "{length}");
        }
    }
}
