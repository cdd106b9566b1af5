//! snapperd's interface as far as it is used. The same stands in `org.opensuse.Snapper.xml` beside this file.
//!
//! Facts: snapper, server/Client.cc and dbus/DBusMessage.cc. Strings are escaped there, see [`super::answer::unescape`].

use std::collections::HashMap;

/// Number, type, number of the pre snapshot, date, user, description, cleanup algorithm, userdata.
pub type Row = (u32, u16, u32, i64, u32, String, String, HashMap<String, String>);

#[zbus::proxy(
    interface = "org.opensuse.Snapper",
    default_service = "org.opensuse.Snapper",
    default_path = "/org/opensuse/Snapper",
    gen_blocking = false
)]
pub trait Snapper {
    /// Name, subvolume and settings of each configuration.
    fn list_configs(&self) -> zbus::Result<Vec<(String, String, HashMap<String, String>)>>;

    fn list_snapshots(&self, config: &str) -> zbus::Result<Vec<Row>>;

    /// Replaces description, cleanup algorithm and userdata.
    fn set_snapshot(
        &self,
        config: &str,
        number: u32,
        description: &str,
        cleanup: &str,
        userdata: &HashMap<String, String>,
    ) -> zbus::Result<()>;

    fn create_single_snapshot(
        &self,
        config: &str,
        description: &str,
        cleanup: &str,
        userdata: &HashMap<String, String>,
    ) -> zbus::Result<u32>;

    fn delete_snapshots(&self, config: &str, numbers: &[u32]) -> zbus::Result<()>;

    /// False where the default subvolume is none of the snapshots. Not in old versions.
    fn get_default_snapshot(&self, config: &str) -> zbus::Result<(bool, u32)>;

    /// False where what runs is none of the snapshots. Not in old versions.
    fn get_active_snapshot(&self, config: &str) -> zbus::Result<(bool, u32)>;

    /// Reads the quota groups anew.
    fn calculate_used_space(&self, config: &str) -> zbus::Result<()>;

    /// In bytes, what becomes free with that snapshot.
    fn get_used_space(&self, config: &str, number: u32) -> zbus::Result<u64>;

    /// Size of the file system and what all snapshots take of it, in bytes.
    fn query_quota(&self, config: &str) -> zbus::Result<(u64, u64)>;

    /// How many files differ. The list is kept for this caller until it is deleted.
    fn create_comparison(&self, config: &str, from: u32, to: u32) -> zbus::Result<u32>;

    fn delete_comparison(&self, config: &str, from: u32, to: u32) -> zbus::Result<()>;

    /// Path and what differs, in bits.
    fn get_files(&self, config: &str, from: u32, to: u32) -> zbus::Result<Vec<(String, u32)>>;

    #[zbus(signal)]
    fn snapshot_created(&self, config: &str, number: u32) -> zbus::Result<()>;

    #[zbus(signal)]
    fn snapshot_modified(&self, config: &str, number: u32) -> zbus::Result<()>;

    #[zbus(signal)]
    fn snapshots_deleted(&self, config: &str, numbers: Vec<u32>) -> zbus::Result<()>;
}
