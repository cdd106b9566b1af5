//! Asking zypper, which changes nothing here, and rpm.
//!
//! Facts: zypper(8), "EXIT CODES"; transactional-update.conf(5).

use super::answer::{self, Offer};
use super::{RPM, Tukit, ZYPPER};
use crate::packages::PackageList;
use cairn_host::Host;
use cairn_host::tool::Limits;
use cairn_jobs::Context;
use cairn_model::package::FoundPackage;
use cairn_model::{PackageName, Problem};
use std::future::pending;

/// The largest update names some thousand packages, each with its description.
const BYTES: usize = 8 << 20;
/// `ZYPPER_EXIT_ERR_ZYPP`: also where the solver would have to ask somebody.
pub(super) const UNSOLVED: i32 = 4;
/// `ZYPPER_EXIT_NO_REPOS`
const NO_REPOSITORIES: i32 = 6;
/// `ZYPPER_EXIT_ZYPP_LOCKED`
const LOCKED: i32 = 7;
/// `ZYPPER_EXIT_INF_CAP_NOT_FOUND`
const NOT_FOUND: i32 = 104;
/// `ZYPPER_EXIT_INF_REPOS_SKIPPED`
const SKIPPED: i32 = 106;
/// Configuration of transactional-update: the machine's before the distribution's.
const CONFIGURATION: [&str; 2] = ["/etc/transactional-update.conf", "/usr/etc/transactional-update.conf"];

/// How this system is updated, for transactional-update as for zypper. Systems that roll take what the repositories
/// have; others are told so by their distribution.
pub(super) fn method(host: &Host) -> &'static str {
    let set = CONFIGURATION.iter().find_map(|path| {
        method_in(&host.read(path).ok().flatten()?)
    });
    set.unwrap_or("dup")
}

/// What a configuration says of it, if it does.
pub fn method_in(configuration: &str) -> Option<&'static str> {
    let set = configuration.lines().rev().find_map(|line| line.trim().strip_prefix("UPDATE_METHOD="))?;
    Some(match set.trim_matches(['"', '\'', ' ']) {
        "up" | "update" => "up",
        "patch" => "patch",
        _ => "dup",
    })
}

/// What an update of the running system would change. `forced` lets it take packages out where nothing else works.
pub(super) async fn offer(engine: &Tukit, forced: bool, ctx: &Context) -> Result<Offer, Problem> {
    let method = method(&engine.host);
    // As transactional-update does.
    let mut arguments =
        if method == "patch" { vec!["--non-interactive-include-reboot-patches"] } else { Vec::new() };
    arguments.extend([method, "--auto-agree-with-product-licenses", "--dry-run"]);
    if forced {
        arguments.push("--force-resolution");
    }
    answer::offer(&ask(engine, &arguments, ctx).await?)
}

/// Whether these packages can be added to the running system.
pub(super) async fn can_add(engine: &Tukit, names: &[PackageName], ctx: &Context) -> Result<(), Problem> {
    for name in names {
        match try_to_add(engine, name, ctx).await {
            Err(Problem::ToolFailed { status: NOT_FOUND, .. }) => {
                return Err(Problem::PackageUnknown { name: name.to_string() });
            }
            answer => drop(answer?),
        }
    }
    Ok(())
}

/// Whether this package is not in the running system, and could be added to it.
pub(super) async fn fits(engine: &Tukit, name: &PackageName, ctx: &Context) -> Result<bool, Problem> {
    match try_to_add(engine, name, ctx).await {
        Err(Problem::ToolFailed { status: UNSOLVED | NOT_FOUND, .. }) => Ok(false),
        answer => Ok(answer?.adds(name.as_str())),
    }
}

async fn try_to_add(engine: &Tukit, name: &PackageName, ctx: &Context) -> Result<Offer, Problem> {
    let arguments = ["install", "--dry-run", "--auto-agree-with-licenses", "--", name.as_str()];
    answer::offer(&ask(engine, &arguments, ctx).await?)
}

pub(super) async fn search(
    engine: &Tukit,
    words: &[&str],
    ctx: &Context,
) -> Result<Vec<FoundPackage>, Problem> {
    let mut arguments = vec!["search", "--search-descriptions", "--type", "package", "--"];
    arguments.extend(words);
    match ask(engine, &arguments, ctx).await {
        Err(Problem::ToolFailed { status: NOT_FOUND, .. }) => Ok(Vec::new()),
        answer => answer::found(&answer?),
    }
}

async fn ask(engine: &Tukit, arguments: &[&str], ctx: &Context) -> Result<Vec<u8>, Problem> {
    let mut all = vec!["--non-interactive", "--xmlout", "--no-cd"];
    all.extend(arguments);
    let limits = Limits { bytes: BYTES, ..Limits::within(engine.patience) };
    let answer = engine.host.tool(ZYPPER)?.run(&all, limits, ctx.cancel.cancelled()).await;
    answer.map_err(|problem| match problem {
        Problem::ToolFailed { status: LOCKED, .. } => Problem::BusyElsewhere,
        Problem::ToolFailed { status: NO_REPOSITORIES, detail, .. } => Problem::NoOrigin { detail },
        Problem::ToolFailed { status: SKIPPED, detail, .. } => Problem::Network { detail },
        other => other,
    })
}

/// What is installed in a version.
pub(super) async fn installed(engine: &Tukit, number: u32) -> Result<PackageList, Problem> {
    let root = if number == 0 { "/".into() } else { format!("/.snapshots/{number}/snapshot") };
    let arguments = ["--root", &root, "--query", "--all", "--queryformat", answer::FORMAT];
    let limits = Limits { bytes: BYTES, ..Limits::within(engine.patience) };
    answer::installed(&engine.host.tool(RPM)?.run(&arguments, limits, pending::<()>()).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_says_how_it_is_updated() {
        let root = tempfile::tempdir().unwrap();
        let host = Host::at(root.path());
        let write = |path: &str, text: &str| {
            let file = host.path(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        };
        assert_eq!(method(&host), "dup");
        write(CONFIGURATION[1], "# UPDATE_METHOD=patch\nUPDATE_METHOD=\"up\"\n");
        assert_eq!(method(&host), "up");
        write(CONFIGURATION[0], "UPDATE_METHOD=dup\nUPDATE_METHOD='patch'\n");
        assert_eq!(method(&host), "patch");
        write(CONFIGURATION[0], "UPDATE_METHOD=$(reboot)\n");
        assert_eq!(method(&host), "dup");
    }
}
