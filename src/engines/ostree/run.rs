//! Doing one step, under the lock of the sysroot. Whatever a plan promised is looked at again here: another tool may
//! have changed the system in between.

use super::{Ostree, check, failure, open, space};
use cairn_jobs::ProgressSink;
use cairn_model::job::Stage;
use cairn_model::{DeploymentId, Problem, Step};
use ostree::gio::Cancellable;
use ostree::glib::{self, VariantDict};
use ostree::{AsyncProgress, Deployment, Sysroot, SysrootDeployTreeOpts};

/// Fetching is nearly all of the time of an update; this part of the bar is left for preparing it.
const PULL_WEIGHT: f64 = 0.9;

pub(super) fn step(
    engine: &Ostree,
    step: &Step,
    progress: &ProgressSink,
    cancellable: &Cancellable,
) -> Result<(), Problem> {
    match step {
        Step::Pull { origin, checksum, bytes, .. } => {
            progress.begin(Stage::Downloading, PULL_WEIGHT);
            pull(engine, origin, checksum, *bytes, progress, cancellable)
        }
        Step::Stage { origin, checksum } => {
            progress.begin(Stage::Deploying, 1.0 - PULL_WEIGHT);
            stage(engine, origin, checksum, cancellable)
        }
        Step::SetDefault { id } => {
            progress.begin(Stage::Writing, 1.0);
            set_default(engine, id, cancellable)
        }
        Step::Pin { id } => pin(engine, id, true),
        Step::Unpin { id } => pin(engine, id, false),
        Step::Remove { id } => {
            progress.begin(Stage::Cleaning, 1.0);
            remove(engine, id, cancellable)
        }
        Step::DropStaged => {
            progress.begin(Stage::Cleaning, 0.5);
            drop_staged(engine, cancellable)
        }
        _ => Err(Problem::NotSupported { what: "step".into() }),
    }
}

/// Fetches this very commit, whatever the branch says by now.
fn pull(
    engine: &Ostree,
    origin: &str,
    checksum: &str,
    bytes: Option<u64>,
    progress: &ProgressSink,
    cancellable: &Cancellable,
) -> Result<(), Problem> {
    let locked = open::locked(engine)?;
    let (remote, branch) = ostree::parse_refspec(origin).map_err(|e| failure::of(&e))?;
    let remote = remote.ok_or_else(|| Problem::NoOrigin { detail: origin.to_owned() })?;
    let options = VariantDict::new(None);
    options.insert("refs", vec![branch.as_str()]);
    options.insert("override-commit-ids", vec![checksum]);
    let context = glib::MainContext::new();
    let done = context.with_thread_default(|| {
        let report = AsyncProgress::new();
        let sink = progress.clone();
        report.connect_changed(move |now| tell(now, bytes, &sink));
        let done =
            locked.0.repo().pull_with_options(&remote, &options.end(), Some(&report), Some(cancellable));
        report.finish();
        done
    });
    done.map_err(|e| Problem::EngineFailed { detail: e.to_string() })?
        .map_err(|e| space::explain(engine, &locked.0, failure::of(&e), bytes.unwrap_or(0)))
}

/// Keys of ostree: src/libostree/ostree-repo-pull.c.
fn tell(now: &AsyncProgress, bytes: Option<u64>, sink: &ProgressSink) {
    let done = now.uint64("bytes-transferred");
    let delta = now.uint64("total-delta-part-size");
    sink.bytes(done, if delta > 0 { Some(delta) } else { bytes });
    // Without published sizes the count of objects says how far it is, once it no longer grows.
    let (fetched, requested) = (now.uint("fetched"), now.uint("requested"));
    if bytes.is_none() && delta == 0 && now.uint("scanning") == 0 && requested > 0 {
        sink.part(f64::from(fetched) / f64::from(requested));
    }
}

fn stage(engine: &Ostree, origin: &str, checksum: &str, cancellable: &Cancellable) -> Result<(), Problem> {
    let locked = open::locked(engine)?;
    let sysroot = &locked.0;
    let running = sysroot.require_booted_deployment().map_err(|e| failure::of(&e))?;
    if check::configured(&running)? != origin {
        return Err(Problem::PlanOutdated);
    }
    let name = running.osname();
    let merge = sysroot.merge_deployment(Some(&name));
    let keyfile = sysroot.origin_new_from_refspec(origin);
    let keyfile = merge.as_ref().and_then(Deployment::origin).unwrap_or(keyfile);
    Deployment::origin_remove_transient_state(&keyfile);
    let options = SysrootDeployTreeOpts::default();
    sysroot
        .stage_tree_with_options(
            Some(&name),
            checksum,
            Some(&keyfile),
            merge.as_ref(),
            &options,
            Some(cancellable),
        )
        .map_err(|e| space::explain(engine, sysroot, failure::of(&e), 0))?;
    Ok(())
}

/// Puts one deployment first. A staged one is dropped by libostree unless it comes first.
fn set_default(engine: &Ostree, id: &DeploymentId, cancellable: &Cancellable) -> Result<(), Problem> {
    let locked = open::locked(engine)?;
    let target = open::find(&locked.0, id)?;
    if target.is_staged() {
        return Err(Problem::IsStaged { version: id.to_string() });
    }
    let mut order = vec![target.clone()];
    order.extend(written(&locked.0).into_iter().filter(|d| !d.equal(&target)));
    write(&locked.0, &order, cancellable)
}

fn remove(engine: &Ostree, id: &DeploymentId, cancellable: &Cancellable) -> Result<(), Problem> {
    let locked = open::locked(engine)?;
    let sysroot = &locked.0;
    let target = open::find(sysroot, id)?;
    let version = id.to_string();
    if sysroot.booted_deployment().is_some_and(|b| b.equal(&target)) {
        return Err(Problem::IsRunning { version });
    }
    if target.is_pinned() {
        return Err(Problem::IsKept { version });
    }
    if sysroot.deployments().first().is_some_and(|first| first.equal(&target)) {
        return Err(Problem::IsNext { version });
    }
    let rest: Vec<Deployment> = sysroot.deployments().into_iter().filter(|d| !d.equal(&target)).collect();
    write(sysroot, &rest, cancellable)?;
    sysroot.cleanup(Some(cancellable)).map_err(|e| failure::of(&e))
}

fn drop_staged(engine: &Ostree, cancellable: &Cancellable) -> Result<(), Problem> {
    let locked = open::locked(engine)?;
    if locked.0.staged_deployment().is_none() {
        return Err(Problem::NothingStaged);
    }
    write(&locked.0, &written(&locked.0), cancellable)?;
    locked.0.cleanup(Some(cancellable)).map_err(|e| failure::of(&e))
}

fn pin(engine: &Ostree, id: &DeploymentId, pinned: bool) -> Result<(), Problem> {
    let locked = open::locked(engine)?;
    let target = open::find(&locked.0, id)?;
    if target.is_staged() {
        return Err(Problem::IsStaged { version: id.to_string() });
    }
    locked.0.deployment_set_pinned(&target, pinned).map_err(|e| failure::of(&e))
}

fn written(sysroot: &Sysroot) -> Vec<Deployment> {
    sysroot.deployments().into_iter().filter(|d| !d.is_staged()).collect()
}

fn write(sysroot: &Sysroot, order: &[Deployment], cancellable: &Cancellable) -> Result<(), Problem> {
    sysroot.write_deployments(order, Some(cancellable)).map_err(|e| failure::of(&e))
}
