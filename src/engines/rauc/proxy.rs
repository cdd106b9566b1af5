//! The methods of `de.pengutronix.rauc.Installer` since RAUC 1.11 (rauc: src/de.pengutronix.rauc.Installer.xml); the XML
//! beside this file lists them with the properties that are read.

use crate::dict::Dictionary;
use cairn_model::Problem;
use std::collections::HashMap;
use zbus::MatchRule;
use zbus::message::Type;
use zbus::zvariant::Value;

pub(super) const SERVICE: &str = "de.pengutronix.rauc";
pub(super) const INTERFACE: &str = "de.pengutronix.rauc.Installer";
pub(super) const PATH: &str = "/";

#[zbus::proxy(
    interface = "de.pengutronix.rauc.Installer",
    default_service = "de.pengutronix.rauc",
    default_path = "/",
    gen_blocking = false
)]
pub(super) trait Installer {
    /// Answers at once; the property `Operation` tells the end.
    fn install_bundle(&self, source: &str, options: HashMap<&str, Value<'_>>) -> zbus::Result<()>;

    fn inspect_bundle(&self, source: &str, options: HashMap<&str, Value<'_>>) -> zbus::Result<Dictionary>;

    /// The slot's name, and words.
    fn mark(&self, state: &str, slot: &str) -> zbus::Result<(String, String)>;

    fn get_slot_status(&self) -> zbus::Result<Vec<(String, Dictionary)>>;

    fn get_primary(&self) -> zbus::Result<String>;
}

/// Told of everything that the service says by itself.
pub(super) fn changes() -> Result<MatchRule<'static>, Problem> {
    let rule = || -> zbus::Result<MatchRule<'static>> {
        Ok(MatchRule::builder().msg_type(Type::Signal).sender(SERVICE)?.path(PATH)?.build())
    };
    rule().map_err(|e| Problem::EngineFailed { detail: e.to_string() })
}
