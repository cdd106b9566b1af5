//! The client side of `org.freedesktop.sysupdate1`, as far as it is used. org.freedesktop.sysupdate1.xml beside this
//! file has the same names, and a test holds both together.

use zbus::zvariant::OwnedObjectPath;

#[zbus::proxy(
    interface = "org.freedesktop.sysupdate1.Manager",
    default_service = "org.freedesktop.sysupdate1",
    default_path = "/org/freedesktop/sysupdate1",
    gen_blocking = false
)]
pub(super) trait Manager {
    /// What can be updated: class, name and object.
    fn list_targets(&self) -> zbus::Result<Vec<(String, String, OwnedObjectPath)>>;

    /// What is being done: number, kind, percent and object.
    fn list_jobs(&self) -> zbus::Result<Vec<(u64, String, u32, OwnedObjectPath)>>;

    /// A job has ended: 0, or what its program ended with, or an error number below 0.
    #[zbus(signal)]
    fn job_removed(&self, id: u64, path: OwnedObjectPath, status: i32) -> zbus::Result<()>;
}

/// A system, an extension, a container: here always the system that runs. The only flag is 1 for "ask no origin".
#[zbus::proxy(
    interface = "org.freedesktop.sysupdate1.Target",
    default_service = "org.freedesktop.sysupdate1",
    gen_blocking = false
)]
pub(super) trait Target {
    fn list(&self, flags: u64) -> zbus::Result<Vec<String>>;

    /// What is told of one version, as JSON.
    fn describe(&self, version: &str, flags: u64) -> zbus::Result<String>;

    /// The newest version that is not here; empty for none.
    fn check_new(&self) -> zbus::Result<String>;

    /// 257 to 259: fetches a version and puts it in place.
    fn update(&self, version: &str, flags: u64) -> zbus::Result<(String, u64, OwnedObjectPath)>;

    /// 260 and newer: fetches a version.
    fn acquire(&self, version: &str, flags: u64) -> zbus::Result<(String, u64, OwnedObjectPath)>;

    /// 260 and newer: puts a version in place that was fetched.
    fn install(&self, version: &str, flags: u64) -> zbus::Result<(String, u64, OwnedObjectPath)>;

    /// The names of the optional features.
    fn list_features(&self, flags: u64) -> zbus::Result<Vec<String>>;

    /// What is told of one feature, as JSON.
    fn describe_feature(&self, feature: &str, flags: u64) -> zbus::Result<String>;

    /// 1 turns a feature on, 0 off.
    fn set_feature_enabled(&self, feature: &str, enabled: i32, flags: u64) -> zbus::Result<()>;

    /// Removes the oldest versions: how many, and how many parts of transfers that are switched off.
    fn vacuum(&self) -> zbus::Result<(u32, u32)>;
}

/// Something under way.
#[zbus::proxy(
    interface = "org.freedesktop.sysupdate1.Job",
    default_service = "org.freedesktop.sysupdate1",
    gen_blocking = false
)]
pub(super) trait Job {
    fn cancel(&self) -> zbus::Result<()>;

    /// In percent.
    #[zbus(property)]
    fn progress(&self) -> zbus::Result<u32>;
}
