//! Freeing the room of snapshots that snapper's own rules no longer keep, as its timer does from time to time.

use super::Snapper;
use super::answer::SNAPPER;
use cairn_host::Host;
use cairn_host::tool::Limits;
use cairn_jobs::Context;
use cairn_model::{Problem, SystemStatus};
use std::time::Duration;

const FOLDER: &str = "/etc/snapper/configs";
/// The setting that turns an algorithm on, and its name for the program (snapper-configs(5), snapper(8)).
const ALGORITHMS: [(&str, &str); 3] = [
    ("NUMBER_CLEANUP", "number"),
    ("TIMELINE_CLEANUP", "timeline"),
    ("EMPTY_PRE_POST_CLEANUP", "empty-pre-post"),
];
/// Deleting takes its time, and so does looking for changes that changed nothing.
const PATIENCE: Duration = Duration::from_secs(3600);

/// The configuration of `/`, and the algorithms that it has turned on.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Rules {
    config: String,
    on: Vec<&'static str>,
}

impl Rules {
    /// Of several configurations of `/` the one that is looked at elsewhere, too: the usual name first.
    pub(super) fn read(host: &Host) -> Self {
        let mut names = host.list(FOLDER);
        names.sort_by_key(|name| (name != "root", name.clone()));
        let rules = names.into_iter().find_map(|name| {
            let words = host.read(&format!("{FOLDER}/{name}")).ok().flatten()?;
            of(name, &words)
        });
        rules.unwrap_or_default()
    }

    /// Whether there is anything to do.
    pub(super) fn any(&self) -> bool {
        !self.on.is_empty()
    }
}

/// What a file says, if it is about `/`.
fn of(config: String, words: &str) -> Option<Rules> {
    let is = |key: &str, value: &str| {
        let mut lines = words.lines().rev().filter_map(|line| line.trim().strip_prefix(key)?.strip_prefix('='));
        lines.next().is_some_and(|found| found.trim_matches(['"', '\'']) == value)
    };
    let on = || ALGORITHMS.iter().filter(|(key, _)| is(key, "yes")).map(|(_, name)| *name).collect();
    is("SUBVOLUME", "/").then(|| Rules { config, on: on() })
}

/// snapper's rules know nothing of what is known to work here.
pub(super) fn allowed(status: &SystemStatus) -> Result<(), Problem> {
    let only = status.deployments.iter().find(|d| d.last_known_good && !(d.running || d.next || d.kept));
    match only {
        Some(only) => Err(Problem::IsLastKnownGood { version: only.version.clone() }),
        None => Ok(()),
    }
}

/// Lets the program go through what is turned on. It asks snapperd to delete one after the other, so that it can be stopped
/// between two.
pub(super) async fn run(engine: &Snapper, ctx: &Context) -> Result<(), Problem> {
    let rules = Rules::read(&engine.host);
    if !rules.any() {
        return Err(Problem::NotSupported { what: "cleanup".into() });
    }
    let tool = engine.host.tool(SNAPPER)?;
    for algorithm in rules.on {
        ctx.checkpoint()?;
        let arguments = ["--config", &rules.config, "cleanup", algorithm];
        tool.run(&arguments, Limits::within(PATIENCE), ctx.cancel.cancelled()).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_turned_on_for_the_root_counts() {
        let on = |words: &str| of("root".into(), words).map(|rules| rules.on);
        let root = "SUBVOLUME=\"/\"\n";
        assert_eq!(on(&format!("{root}NUMBER_CLEANUP=\"yes\"\nTIMELINE_CLEANUP=\"no\"\n")), Some(vec!["number"]));
        let all = format!("{root}NUMBER_CLEANUP=yes\nTIMELINE_CLEANUP=\"yes\"\nEMPTY_PRE_POST_CLEANUP='yes'\n");
        assert_eq!(on(&all).unwrap().len(), 3);
        assert_eq!(on(&format!("{root}NUMBER_CLEANUP=\"yes\"\nNUMBER_CLEANUP=\"no\"\n")), Some(vec![]));
        assert_eq!(on(&format!("{root}# NUMBER_CLEANUP=\"yes\"\nNUMBER_CLEANUP_X=\"yes\"\n")), Some(vec![]));
        assert_eq!(on("SUBVOLUME=\"/home\"\nNUMBER_CLEANUP=\"yes\"\n"), None);
        assert_eq!(on("\u{0}=\n="), None);
    }
}
