//! The sysroot, its lock, and the thread that libostree works on.
//!
//! Each call opens the sysroot anew: reading it takes about a millisecond, nothing that another tool did can be
//! missed, and no GObject ever crosses a thread.

use super::{Ostree, failure};
use cairn_jobs::Context;
use cairn_model::{DeploymentId, Problem};
use ostree::gio::Cancellable;
use ostree::gio::prelude::CancellableExt;
use ostree::{Deployment, Sysroot, gio};

/// Work that nobody waits for any more is told to stop, and its watcher ends with it.
struct Ends(Cancellable, tokio::task::AbortHandle);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.cancel();
        self.1.abort();
    }
}

/// Runs `work` on a thread where blocking is allowed. Its cancellable follows the job's token.
pub(super) async fn blocking<T: Send + 'static>(
    ctx: &Context,
    work: impl FnOnce(&Cancellable) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let cancellable = Cancellable::new();
    let (token, stop) = (ctx.cancel.clone(), cancellable.clone());
    let watcher = tokio::spawn(async move {
        token.cancelled().await;
        stop.cancel();
    });
    let _ends = Ends(cancellable.clone(), watcher.abort_handle());
    let done = tokio::task::spawn_blocking(move || work(&cancellable)).await;
    done.map_err(|e| Problem::EngineFailed { detail: e.to_string() })?
}

/// The sysroot as it is now, for reading.
pub(super) fn sysroot(engine: &Ostree) -> Result<Sysroot, Problem> {
    let sysroot = Sysroot::new(Some(&gio::File::for_path(&engine.host.root)));
    // The unit gives the service a mount namespace of its own, so libostree may make /sysroot writable in it.
    sysroot.set_mount_namespace_in_use();
    sysroot.load(Cancellable::NONE).map_err(|e| failure::of(&e))?;
    Ok(sysroot)
}

/// The sysroot, locked for writing; unlocked when dropped.
pub(super) struct Locked(pub(super) Sysroot);

impl Drop for Locked {
    fn drop(&mut self) {
        self.0.unlock();
    }
}

/// Locks the sysroot, or says that another tool holds it. The list of deployments is read under the lock.
pub(super) fn locked(engine: &Ostree) -> Result<Locked, Problem> {
    let sysroot = sysroot(engine)?;
    if !sysroot.try_lock().map_err(|e| failure::of(&e))? {
        return Err(Problem::BusyElsewhere);
    }
    let locked = Locked(sysroot);
    locked.0.load_if_changed(Cancellable::NONE).map_err(|e| failure::of(&e))?;
    Ok(locked)
}

/// The id as every part of Cairn spells it.
pub(super) fn id_of(deployment: &Deployment) -> Result<DeploymentId, Problem> {
    DeploymentId::new(format!("{}-{}.{}", deployment.osname(), deployment.csum(), deployment.deployserial()))
}

/// The deployment of that id.
pub(super) fn find(sysroot: &Sysroot, id: &DeploymentId) -> Result<Deployment, Problem> {
    sysroot
        .deployments()
        .into_iter()
        .find(|d| id_of(d).is_ok_and(|known| &known == id))
        .ok_or_else(|| Problem::NotFound { what: id.to_string() })
}
