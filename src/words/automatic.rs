//! What the system does about updates by itself.

use crate::fill;
use cairn_model::{Automatic, Policy};
use gettextrs::gettext;

/// What it does.
pub fn policy(policy: Policy) -> String {
    match policy {
        Policy::Off => gettext("Nothing"),
        Policy::Check => gettext("Look for updates"),
        Policy::Stage => gettext("Prepare updates"),
        Policy::Apply => gettext("Update and restart"),
    }
}

/// Who does it.
pub fn by(automatic: &Automatic) -> String {
    fill(&gettext("By {program}"), &[("program", &automatic.by)])
}
