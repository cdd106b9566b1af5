//! What can be told where libostree has no repository to open: the version that runs, and the one that was applied.

use super::answer::{State, Told, bad};
use cairn_host::{Host, files, space};
use cairn_model::system::Space;
use cairn_model::{Deployment, DeploymentId, Problem, SystemStatus, text};

/// Where Endless keeps its versions; their names are those of libostree.
const STATEROOT: &str = "eos";
const DEPLOYMENTS: &str = "/ostree/deploy/eos/deploy";
/// The origin of a system whose files do not name one.
const NAMELESS: &str = "eos-updater";

pub(super) fn status(host: &Host, told: &Told) -> Result<SystemStatus, Problem> {
    if told.current.is_empty() {
        return Err(bad("CurrentID is empty"));
    }
    let room = space::room(&host.root)
        .map_err(|e| Problem::EngineFailed { detail: text::line(&e.to_string()) })?;
    let applied = applied(told)?;
    let version = host.os_release("VERSION_ID").map(|v| text::line(&v)).filter(|v| !v.is_empty());
    let mut running = deployment(&told.current, version.unwrap_or_default(), host, told)?;
    (running.running, running.next) = (true, applied.is_none());
    let mut deployments = vec![running];
    if let Some(checksum) = applied {
        let mut update = deployment(checksum, told.version.clone(), host, told)?;
        (update.next, update.staged) = (true, true);
        deployments.insert(0, update);
    }
    Ok(SystemStatus {
        os_name: text::line(&host.os_release("PRETTY_NAME").unwrap_or_default()),
        deployments,
        space: Space { free: room.free, total: room.total, versions: None },
        ..SystemStatus::default()
    })
}

/// The commit that starts next, if that is another than the running one.
fn applied(told: &Told) -> Result<Option<&str>, Problem> {
    match told.state {
        State::UpdateApplied if told.update.is_empty() => Err(bad("an update is applied and has no id")),
        State::UpdateApplied if told.update != told.current => Ok(Some(&told.update)),
        _ => Ok(None),
    }
}

fn deployment(checksum: &str, version: String, host: &Host, told: &Told) -> Result<Deployment, Problem> {
    let version = if version.is_empty() { short(checksum) } else { version };
    let id = DeploymentId::new(format!("{STATEROOT}-{checksum}.0"))?;
    Ok(Deployment { origin: Some(origin(host, &told.current)), ..Deployment::new(id, version, checksum) })
}

/// What the file beside the running version says (ostree: ostree-sysroot.c, NAME.origin).
fn origin(host: &Host, checksum: &str) -> String {
    let names = host.list(DEPLOYMENTS);
    let own = names.iter().find(|name| name.starts_with(checksum) && name.ends_with(".origin"));
    let words = own.and_then(|name| host.read(&format!("{DEPLOYMENTS}/{name}")).ok().flatten());
    let refspec = words.and_then(|words| files::os_release_field(&words, "refspec"));
    refspec.map(|r| text::line(&r)).filter(|r| !r.is_empty()).unwrap_or_else(|| NAMELESS.into())
}

/// A checksum as people can compare it.
pub(super) fn short(checksum: &str) -> String {
    checksum.chars().take(10).collect()
}
