//! What of rpm-ostreed is used, as `rpmostree1.xml` beside this file has it.
//!
//! Properties whose dictionaries grow with upstream come as they are and are read by [`super::answer`].

use std::collections::HashMap;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

/// An `a{sv}` that is sent.
pub type Options<'a> = HashMap<&'a str, Value<'a>>;

#[zbus::proxy(
    interface = "org.projectatomic.rpmostree1.Sysroot",
    default_service = "org.projectatomic.rpmostree1",
    default_path = "/org/projectatomic/rpmostree1/Sysroot",
    gen_blocking = false
)]
pub trait Sysroot {
    fn register_client(&self, options: Options<'_>) -> zbus::Result<()>;
    fn reload(&self) -> zbus::Result<()>;
    fn reload_config(&self) -> zbus::Result<()>;
    #[zbus(name = "GetOS")]
    fn get_os(&self, name: &str) -> zbus::Result<OwnedObjectPath>;
    #[zbus(property(emits_changed_signal = "false"))]
    fn deployments(&self) -> zbus::Result<OwnedValue>;
    /// none, check, stage or apply.
    #[zbus(property(emits_changed_signal = "false"))]
    fn automatic_update_policy(&self) -> zbus::Result<String>;
    /// Method, sender and object path of the transaction that runs; empty texts for none.
    #[zbus(property(emits_changed_signal = "false"))]
    fn active_transaction(&self) -> zbus::Result<(String, String, String)>;
    /// The address of its socket; empty for none.
    #[zbus(property(emits_changed_signal = "false"))]
    fn active_transaction_path(&self) -> zbus::Result<String>;
}

#[zbus::proxy(
    interface = "org.projectatomic.rpmostree1.OS",
    default_service = "org.projectatomic.rpmostree1",
    gen_blocking = false
)]
pub trait Os {
    fn automatic_update_trigger(&self, options: Options<'_>) -> zbus::Result<(bool, String)>;
    fn update_deployment(&self, modifiers: Options<'_>, options: Options<'_>) -> zbus::Result<String>;
    fn rollback(&self, options: Options<'_>) -> zbus::Result<String>;
    fn cleanup(&self, elements: &[&str]) -> zbus::Result<String>;
    fn kernel_args(
        &self,
        existing: &str,
        added: &[&str],
        replaced: &[&str],
        removed: &[&str],
        options: Options<'_>,
    ) -> zbus::Result<String>;
    /// Of the version at that place; for an empty text that of the first one or of the running one.
    fn get_deployment_boot_config(
        &self,
        index: &str,
        first: bool,
    ) -> zbus::Result<HashMap<String, OwnedValue>>;
    fn search(&self, names: &[&str]) -> zbus::Result<Vec<HashMap<String, OwnedValue>>>;
    fn get_packages(&self, names: &[&str]) -> zbus::Result<Vec<HashMap<String, OwnedValue>>>;
    fn get_deployments_rpm_diff(&self, from: &str, to: &str) -> zbus::Result<Vec<Difference>>;
    #[zbus(property(emits_changed_signal = "false"))]
    fn cached_update(&self) -> zbus::Result<OwnedValue>;
}

#[zbus::proxy(
    interface = "org.projectatomic.rpmostree1.OSExperimental",
    default_service = "org.projectatomic.rpmostree1",
    gen_blocking = false
)]
pub trait OsExperimental {
    fn live_fs(&self, options: Options<'_>) -> zbus::Result<String>;
}

/// Name, kind, versions.
pub type Difference = (String, u32, HashMap<String, OwnedValue>);

/// Spoken on a socket of its own, without a bus.
#[zbus::proxy(
    interface = "org.projectatomic.rpmostree1.Transaction",
    default_service = "org.projectatomic.rpmostree1",
    default_path = "/",
    gen_blocking = false
)]
pub trait Transaction {
    /// False where it runs already.
    fn start(&self) -> zbus::Result<bool>;
    fn cancel(&self) -> zbus::Result<()>;
    /// Seconds since 1970 at its start, seconds since; fetches and writes to come; metadata scanned, fetched, to come; parts
    /// of deltas, fetched ones, superblocks, bytes; files fetched and asked for; bytes and bytes a second.
    #[zbus(signal)]
    #[allow(clippy::too_many_arguments)]
    fn download_progress(
        &self,
        time: (u64, u64),
        outstanding: (u32, u32),
        metadata: (u32, u32, u32),
        delta: (u32, u32, u32, u64),
        content: (u32, u32),
        transfer: (u64, u64),
    ) -> zbus::Result<()>;
    #[zbus(signal)]
    fn percent_progress(&self, text: &str, percentage: u32) -> zbus::Result<()>;
    #[zbus(signal)]
    fn progress_end(&self) -> zbus::Result<()>;
    #[zbus(signal)]
    fn finished(&self, success: bool, error_message: &str) -> zbus::Result<()>;
}
