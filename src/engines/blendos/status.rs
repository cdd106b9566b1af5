//! What there is right now: the system that runs, and the one that was built to replace it. There is never another one: the
//! old one is deleted right after the restart.

use super::disk::{Content, Moment};
use super::{Blendos, disk, memory};
use cairn_host::{clock, space};
use cairn_model::deployment::is_identity;
use cairn_model::system::{HeldBack, Space};
use cairn_model::{Defect, Deployment, DeploymentId, Problem, SystemStatus, text};

pub(super) fn read(engine: &Blendos) -> Result<SystemStatus, Problem> {
    let moment = Moment::look(engine);
    // What runs is known also where nobody could build anything from the configuration.
    let origin = disk::system(engine).ok().and_then(|system| system.origin());
    let title = text::line(&engine.host.os_release("PRETTY_NAME").unwrap_or_default());
    let mut running = describe(engine, &Content::running(engine), origin.clone())?;
    running.running = true;
    running.next = !moment.next;
    running.title = Some(title.clone()).filter(|title| !title.is_empty());
    let mut deployments = vec![running];
    if moment.next {
        let mut next = describe(engine, &Content::next(engine), origin)?;
        if deployments.iter().any(|running| running.id == next.id) {
            next.id = DeploymentId::new(format!("{}-next", next.id))?;
        }
        (next.next, next.staged) = (true, true);
        // While akshara is still at it, this is no defect yet; and early boot takes what is there in any case.
        next.defect = (!moment.done && !moment.locked).then_some(Defect::Incomplete);
        deployments.insert(0, next);
    }
    let room = space::room(&engine.host.path("/")).ok();
    Ok(SystemStatus {
        engine: "blendos".into(),
        os_name: title,
        abilities: super::ABILITIES.to_vec(),
        deployments,
        held_back: if moment.busy(engine) { vec![HeldBack::BusyElsewhere] } else { Vec::new() },
        space: room.map_or_else(Space::default, |r| Space { free: r.free, total: r.total, versions: None }),
        ..SystemStatus::default()
    })
}

/// A build that Cairn did not see has the day on which its packages were put together for a name.
pub(super) fn describe(
    engine: &Blendos,
    content: &Content,
    origin: Option<String>,
) -> Result<Deployment, Problem> {
    let short: String = content.digest.chars().take(12).collect();
    let known = memory::read(engine).builds.remove(&content.digest);
    let known = known.filter(|build| is_identity(&build.checksum) && is_identity(&build.version));
    let (version, checksum, made) = match known {
        Some(build) => (build.version, build.checksum, Some(build.made)),
        None => {
            let day = content.made.map(clock::day).filter(|day| !day.is_empty());
            (day.unwrap_or_else(|| short.clone()), content.digest.clone(), content.made)
        }
    };
    let id = DeploymentId::new(format!("{PREFIX}{short}"))?;
    Ok(Deployment { timestamp: made, origin, ..Deployment::new(id, version, checksum) })
}

/// Before the begin of a digest in an id.
const PREFIX: &str = "build-";
