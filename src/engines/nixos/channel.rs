//! A channel: what root follows (`/root/.nix-channels`, one `ADDRESS NAME` a line) and the sources that came of it.
//!
//! The sources are one file, whose path in the store says what is in it. So what was looked at is what is built and
//! what root's channel becomes; asking changes nothing but the store.
//! nix: src/nix-channel/nix-channel.cc.

use super::answer::{self, Evaluated};
use super::nix::Nix;
use super::store::StorePath;
use super::{Nixos, failure};
use cairn_host::Host;
use cairn_model::Problem;
use cairn_model::package::FoundPackage;

const LIST: &str = "/root/.nix-channels";
/// What root's profile of channels calls the one that the system is made from.
const NAME: &str = "nixos";
pub(super) const PROFILE: &str = "/nix/var/nix/profiles/per-user/root/channels";
const CONFIGURATION: &str = "/etc/nixos/configuration.nix";
/// The function for unpacking, which nix-env wants as a file.
const UNPACK: &str = "/var/lib/cairn/nixos/channel.nix";
const UNPACK_TEXT: &str = include_str!("channel.nix");

/// What root follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// Without the slash at its end.
    url: String,
}

impl Channel {
    pub(super) fn find(host: &Host) -> Option<Self> {
        if !host.exists(CONFIGURATION) {
            return None;
        }
        Self::listed_in(&host.read(LIST).ok().flatten()?)
    }

    /// The channel in root's list that the system is made from.
    pub fn listed_in(list: &str) -> Option<Self> {
        let url = list.lines().find_map(|line| entry(line).filter(|(_, name)| *name == NAME))?.0;
        Self::at(url)
    }

    /// Root's list with this channel in it.
    pub fn list_with(&self, list: &str) -> String {
        rewrite(list, &self.url)
    }

    fn at(url: &str) -> Option<Self> {
        let url = url.trim_end_matches('/');
        let known = ["https://", "http://", "file://"].iter().any(|scheme| url.starts_with(scheme));
        let channel = Self { url: url.to_owned() };
        let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '_' | '-');
        let word = channel.word();
        (known && !word.is_empty() && word.chars().all(legal)).then_some(channel)
    }

    /// The channel's own name, such as `nixos-26.05`.
    pub(super) fn word(&self) -> &str {
        self.url.rsplit('/').next().unwrap_or_default()
    }

    /// Another channel at the same place.
    pub(super) fn sibling(&self, word: &str) -> Option<Self> {
        let folder = self.url.rsplit_once('/')?.0;
        Self::at(&format!("{folder}/{word}"))
    }

    /// The newest sources.
    pub(super) async fn fetch(&self, nix: &Nix<'_>) -> Result<StorePath, Problem> {
        let url = format!("{}/nixexprs.tar.xz", self.url);
        let more = ["--option", "tarball-ttl", "0", "--argstr", "url", &url];
        let answer = nix.evaluate(include_str!("fetch.nix"), &more).await.map_err(failure::fetching)?;
        answer::path("nix-instantiate", &answer)
    }

    /// The system that the configuration makes of these sources, with `list` as our packages where that is not the
    /// list in effect.
    pub(super) async fn evaluate(
        &self,
        nix: &Nix<'_>,
        source: &StorePath,
        list: Option<&str>,
    ) -> Result<Evaluated, Problem> {
        let unpack = format!(
            "{{ name, src }}: \"${{({UNPACK_TEXT}) {{ inherit name; channelName = \"{NAME}\"; src = builtins.storePath src; }}}}\""
        );
        let unpack = format!(
            "{{ name, src }}@all: let path = ({unpack}) all; in builtins.seq (builtins.readDir path) path"
        );
        let arguments = ["--argstr", "name", &self.package(NAME), "--argstr", "src", &source.path()];
        let answer = nix.evaluate(&unpack, &arguments).await.map_err(failure::evaluating)?;
        let unpacked = answer::path("nix-instantiate", &answer)?;
        self.describe(nix, &format!("{}/{NAME}", unpacked.path()), list).await
    }

    /// The system that the configuration makes of the sources that root has already.
    pub(super) async fn evaluate_current(
        &self,
        nix: &Nix<'_>,
        list: Option<&str>,
    ) -> Result<Evaluated, Problem> {
        self.describe(nix, &current_sources(nix)?, list).await
    }

    async fn describe(&self, nix: &Nix<'_>, sources: &str, list: Option<&str>) -> Result<Evaluated, Problem> {
        let answer = self.ask(nix, sources, include_str!("describe.nix"), list).await?;
        answer::evaluated("nix-instantiate", &answer)
    }

    /// Packages of the sources that root has, by words in their names.
    pub(super) async fn search(&self, nix: &Nix<'_>, words: &[&str]) -> Result<Vec<FoundPackage>, Problem> {
        let words = serde_json::to_string(words).map_err(|e| Problem::EngineFailed { detail: e.to_string() })?;
        // Of a string in JSON and one in Nix only this differs.
        let words = serde_json::to_string(&words).map_err(|e| Problem::EngineFailed { detail: e.to_string() })?;
        let words = words.replace("${", "\\${");
        let function = format!("({}) {{ words = {words}; }}", include_str!("search.nix"));
        let answer = self.ask(nix, &current_sources(nix)?, &function, None).await?;
        answer::found("nix-instantiate", &answer)
    }

    /// What a function says of the system that the configuration makes.
    async fn ask(
        &self,
        nix: &Nix<'_>,
        sources: &str,
        function: &str,
        list: Option<&str>,
    ) -> Result<String, Problem> {
        let expression = format!("({function}) (import <nixpkgs/nixos> {{ }})");
        let mut search = vec![
            format!("nixpkgs={}", nix.place(sources)),
            format!("nixos-config={}", nix.place(CONFIGURATION)),
        ];
        search.extend(list.map(|list| format!("cairn-packages={}", nix.place(list))));
        search.push(nix.place(PROFILE));
        let more: Vec<&str> = search.iter().flat_map(|entry| ["-I", entry.as_str()]).collect();
        nix.evaluate(&expression, &more).await.map_err(failure::evaluating)
    }

    /// Lets root's channel be these sources, so that whatever root builds from now on is made of them. Gives what it
    /// was.
    pub(super) async fn adopt(&self, engine: &Nixos, source: &StorePath) -> Result<Before, Problem> {
        let before = Before { list: self.listed(engine)?, generation: current(&engine.host) };
        let adopted = self.install(engine, source).await;
        if adopted.is_err() {
            before.put_back(engine).await;
        }
        adopted.map(|()| before)
    }

    async fn install(&self, engine: &Nixos, source: &StorePath) -> Result<(), Problem> {
        let (host, nix) = (&engine.host, Nix::of(engine));
        host.write(UNPACK, UNPACK_TEXT).map_err(|e| failure::io(&e))?;
        let name = self.package(&installed(engine, &nix).await?);
        let expression = format!(
            "f: f {{ name = \"{name}\"; channelName = \"{NAME}\"; src = builtins.storePath \"{}\"; }}",
            source.path()
        );
        let file = nix.place(UNPACK);
        nix.profile(PROFILE, &["--file", &file, "--install", "--from-expression", &expression]).await?;
        let list = host.read(LIST).map_err(|e| failure::io(&e))?.unwrap_or_default();
        let changed = rewrite(&list, &self.url);
        if changed == list { Ok(()) } else { host.write(LIST, &changed).map_err(|e| failure::io(&e)) }
    }

    fn listed(&self, engine: &Nixos) -> Result<String, Problem> {
        Ok(engine.host.read(LIST).map_err(|e| failure::io(&e))?.unwrap_or_default())
    }

    /// A name that nix-env takes for a newer one of `name`.
    fn package(&self, name: &str) -> String {
        let release = self.word().rsplit_once('-').map_or("0", |(_, end)| end);
        let release = if release.starts_with(|c: char| c.is_ascii_digit()) { release } else { "0" };
        format!("{name}-{release}")
    }
}

/// What root followed before.
pub(super) struct Before {
    list: String,
    generation: Option<u64>,
}

impl Before {
    /// As good as it goes: what failed before is what is said.
    pub(super) async fn put_back(&self, engine: &Nixos) {
        let list = engine.host.read(LIST).ok().flatten();
        if list.as_ref() != Some(&self.list) {
            let _ = engine.host.write(LIST, &self.list);
        }
        if let Some(number) = self.generation.filter(|n| Some(*n) != current(&engine.host)) {
            let number = number.to_string();
            let _ = Nix::of(engine).profile(PROFILE, &["--switch-generation", &number]).await;
        }
    }
}

fn current_sources(nix: &Nix<'_>) -> Result<String, Problem> {
    nix.engine().host.resolve(&format!("{PROFILE}/{NAME}")).map_err(|e| failure::io(&e))
}

/// The number of root's profile of channels.
fn current(host: &Host) -> Option<u64> {
    let target = host.read_link(PROFILE).ok()?;
    let name = target.rsplit('/').next()?;
    name.strip_prefix("channels-")?.strip_suffix("-link")?.parse().ok()
}

/// What nix-env calls the channel that is there, since another name would stand beside it.
async fn installed(engine: &Nixos, nix: &Nix<'_>) -> Result<String, Problem> {
    let Ok(here) = engine.host.resolve(&format!("{PROFILE}/{NAME}")) else { return Ok(NAME.into()) };
    let answer = nix.profile(PROFILE, &["--query", "--json", "--out-path"]).await?;
    let holds =
        |p: &answer::Installed| p.outputs.values().flatten().any(|out| here == format!("{out}/{NAME}"));
    let found = answer::installed("nix-env", &answer)?.into_iter().find(holds).map(|p| p.pname);
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '_' | '-');
    Ok(found.filter(|name| !name.is_empty() && name.chars().all(legal)).unwrap_or_else(|| NAME.into()))
}

/// nix-channel: an address and a name; a comment begins with a number sign.
fn entry(line: &str) -> Option<(&str, &str)> {
    let mut words = line.split_ascii_whitespace();
    let (url, name) = (words.next()?, words.next()?);
    (!url.starts_with('#')).then_some((url, name))
}

/// The list with another address for our name; nothing else in it changes.
fn rewrite(list: &str, url: &str) -> String {
    list.split_inclusive('\n')
        .map(|line| match entry(line) {
            Some((old, NAME)) if old.trim_end_matches('/') != url => format!("{url} {NAME}\n"),
            _ => line.to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_channel_changes() {
        let list = "https://x.example/home home\nhttps://c.example/nixos-26.05 nixos\n# a b\n";
        let channel = Channel::at("https://c.example/nixos-26.05/").unwrap();
        assert_eq!(channel.word(), "nixos-26.05");
        assert_eq!(channel.package("nixos"), "nixos-26.05");
        assert_eq!(rewrite(list, &channel.url), list);
        let other = channel.sibling("nixos-unstable").unwrap();
        assert_eq!(other.package("nixos"), "nixos-0");
        assert_eq!(rewrite(list, &other.url), list.replace("nixos-26.05", "nixos-unstable"));
        for bad in ["", "nixos", "ssh://x/y", "https://x/a\"b", "https://x/$y", "https://x/ü"] {
            assert_eq!(Channel::at(bad), None, "{bad}");
        }
    }
}
