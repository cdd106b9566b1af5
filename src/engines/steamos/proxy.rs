//! The methods of `com.steampowered.Atomupd1`, as its interface's version 8 has them; the XML beside this file lists them
//! with the properties that are read.

use crate::dict::Dictionary;
use cairn_model::Problem;
use std::collections::HashMap;
use zbus::MatchRule;
use zbus::message::Type;
use zbus::zvariant::Value;

pub(super) const SERVICE: &str = "com.steampowered.Atomupd1";
pub(super) const PATH: &str = "/com/steampowered/Atomupd1";

#[zbus::proxy(
    interface = "com.steampowered.Atomupd1",
    default_service = "com.steampowered.Atomupd1",
    default_path = "/com/steampowered/Atomupd1",
    gen_blocking = false
)]
pub(super) trait Atomupd1 {
    /// Build id → facts, of what can be installed now and of what needs another update before.
    fn check_for_updates(
        &self,
        options: HashMap<&str, Value<'_>>,
    ) -> zbus::Result<(HashMap<String, Dictionary>, HashMap<String, Dictionary>)>;

    fn start_update(&self, id: &str) -> zbus::Result<()>;

    fn pause_update(&self) -> zbus::Result<()>;

    fn resume_update(&self) -> zbus::Result<()>;

    fn cancel_update(&self) -> zbus::Result<()>;

    fn switch_to_variant(&self, variant: &str) -> zbus::Result<()>;

    fn switch_to_branch(&self, branch: &str) -> zbus::Result<()>;
}

/// Told when a property changes.
pub(super) fn changes() -> Result<MatchRule<'static>, Problem> {
    let rule = || -> zbus::Result<MatchRule<'static>> {
        let rule = MatchRule::builder().msg_type(Type::Signal).sender(SERVICE)?.path(PATH)?;
        Ok(rule.interface("org.freedesktop.DBus.Properties")?.build())
    };
    rule().map_err(|e| Problem::EngineFailed { detail: e.to_string() })
}
