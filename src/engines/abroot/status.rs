//! What there is right now: the root that runs and the other one.

use super::answer::{self, Manager, Status};
use super::memory::Content;
use super::moment::{self, Moment};
use super::{Abroot, records, roots, settings};
use cairn_host::space;
use cairn_model::system::{HeldBack, Space};
use cairn_model::{Defect, Deployment, DeploymentId, Problem, SystemStatus, text};
use std::future::pending;

/// What `abroot rollback -c` ends with: the root that runs is not the one that starts next (ABRoot: cmd/rollback.go).
const RETURNS: i32 = 0;
/// Where everything that grows with a version lies; the roots themselves have a fixed size.
const STORAGE: [&str; 3] = ["/var/lib/abroot", "/var", "/"];

pub(super) async fn read(engine: &Abroot) -> Result<SystemStatus, Problem> {
    let told = settled(engine).await?;
    let moment = moment::look(&engine.host);
    let returns = returns(engine, moment).await?;
    engine.note(|seen| {
        seen.returns = returns && swappable(engine);
        seen.manager = told.manager();
        seen.arguments = told.has_arguments();
    });
    let source = settings::source(&engine.host).ok().map(|source| source.image());
    let mut running = running(engine, &told, source)?;
    let mut other = other(engine, &told, moment)?;
    other.staged = moment.finished;
    other.next = moment.finished || returns;
    running.next = !other.next;
    other.previous = !other.next && other.defect.is_none();
    let deployments = if other.next { vec![other, running] } else { vec![running, other] };
    let busy = moment.locked && !engine.is_working();
    Ok(SystemStatus {
        engine: "abroot".into(),
        os_name: text::line(&engine.host.os_release("PRETTY_NAME").unwrap_or_default()),
        abilities: crate::Engine::abilities(engine),
        deployments,
        held_back: if busy { vec![HeldBack::BusyElsewhere] } else { Vec::new() },
        space: room(engine),
        ..SystemStatus::default()
    })
}

/// Asks ABRoot, whose exit status says nothing.
pub(super) async fn ask(engine: &Abroot) -> Result<Status, Problem> {
    let tool = engine.tool()?;
    let outcome = tool.outcome(&["status", "--json"], engine.limits(), pending::<()>()).await?;
    if outcome.status != 0 { Err(tool.refused(&outcome)) } else { answer::status(&outcome.answer) }
}

/// The same once nothing is left of a change that was cut off: ABRoot answers by its records.
pub(super) async fn settled(engine: &Abroot) -> Result<Status, Problem> {
    let told = ask(engine).await?;
    match records::tidy(engine, &told.present) {
        Ok(false) => Ok(told),
        Ok(true) => ask(engine).await,
        // Whatever is begun tries that again, and fails with it; to look at the system is possible all the same.
        Err(problem) => {
            tracing::warn!(cairn_problem = problem.code(), "records cannot be put back: {problem:?}");
            Ok(told)
        }
    }
}

/// Whether the root that runs is not the one that starts next, because somebody picked it in the boot menu.
///
/// ABRoot mounts and unmounts the boot partition to find out, so it is not asked while somebody changes something.
pub(super) async fn returns(engine: &Abroot, moment: Moment) -> Result<bool, Problem> {
    if moment.finished {
        return Ok(false);
    }
    if moment.locked {
        return Ok(engine.seen().returns);
    }
    let outcome = engine.tool()?.outcome(&["rollback", "-c"], engine.limits(), pending::<()>()).await?;
    Ok(outcome.status == RETURNS)
}

/// ABRoot swaps two files on the boot partition. Without the second one it makes that up from titles that its own boot
/// menu has not, so nothing may ask it to then. Where the partition is not mounted nobody can look.
fn swappable(engine: &Abroot) -> bool {
    let mounts = engine.host.read("/proc/self/mountinfo").ok().flatten().unwrap_or_default();
    let mounted = mounts.lines().any(|line| line.split(' ').nth(4) == Some("/boot"));
    !mounted || engine.host.exists("/boot/grub/grub.cfg.future")
}

fn running(engine: &Abroot, told: &Status, source: Option<String>) -> Result<Deployment, Problem> {
    let image = &told.abimage;
    let name = image.name();
    let seen = Content::Image { digest: image.digest.clone(), image: name.clone(), made: image.made() };
    roots::remember(engine, &told.present, &seen);
    let title = engine.host.os_release("PRETTY_NAME").map(|t| text::line(&t)).filter(|t| !t.is_empty());
    let origin = source.unwrap_or(name);
    Ok(Deployment {
        running: true,
        title,
        origin: Some(origin).filter(|o| !o.is_empty()),
        ..describe(&told.present, &seen)?
    })
}

fn other(engine: &Abroot, told: &Status, moment: Moment) -> Result<Deployment, Problem> {
    let mut content = roots::content(engine, &told.future, moment);
    if let Content::Image { image, .. } = &mut content
        && image.is_empty()
    {
        // What was built last came from what is followed, unless that was changed since.
        *image = settings::source(&engine.host).map_or_else(|_| told.abimage.name(), |source| source.image());
    }
    if content == Content::Unfinished {
        roots::remember(engine, &told.future, &content);
    }
    describe(&told.future, &content)
}

fn describe(root: &str, content: &Content) -> Result<Deployment, Problem> {
    match content {
        Content::Image { digest, image, made } => {
            let id = DeploymentId::new(format!("{root}.{}", answer::short(digest, 12)))?;
            Ok(Deployment {
                timestamp: *made,
                origin: Some(image.clone()).filter(|image| !image.is_empty()),
                ..Deployment::new(id, answer::version(image, digest), digest)
            })
        }
        // The name of its partition is all that can be said of it.
        Content::Unfinished | Content::Unknown => {
            let defect = (*content == Content::Unfinished).then_some(Defect::Incomplete);
            Ok(Deployment { defect, ..Deployment::new(DeploymentId::new(root)?, root, root) })
        }
    }
}

fn room(engine: &Abroot) -> Space {
    let room = STORAGE.iter().find_map(|path| space::room(&engine.host.path(path)).ok());
    room.map_or_else(Space::default, |room| Space { free: room.free, total: room.total, versions: None })
}

/// Refuses where the person has not agreed to what ABRoot wants agreement to, or nothing of the kind is possible.
pub(super) fn may_change_packages(told: &Status) -> Result<(), Problem> {
    match told.manager() {
        Manager::On => Ok(()),
        Manager::NotAgreed => Err(Problem::AgreementNeeded { what: "sudo abroot pkg list".into() }),
        Manager::Off => Err(Problem::NotSupported { what: "change-packages".into() }),
    }
}
