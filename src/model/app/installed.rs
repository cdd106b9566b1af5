//! Apps on this computer.

use super::{Permission, Ref, Scope};
use crate::Seconds;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// An installed app, or an installed add-on of one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct InstalledApp {
    pub reference: Ref,
    pub scope: Scope,
    /// The remote it came from; empty for one whose remote is gone or that came out of a file.
    pub remote: String,
    pub name: String,
    pub summary: String,
    pub version: String,
    pub commit: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon: Option<PathBuf>,
    /// Bytes of the app alone, without runtime and data.
    pub installed_bytes: u64,
    /// Bytes below `~/.var/app/ID`; `None` until they were counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_bytes: Option<u64>,
    pub permissions: Vec<Permission>,
    /// Why nobody cares for it any more, in its source's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_of_life: Option<String>,
    /// What its source says takes its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_of_life_rebase: Option<Ref>,
    /// The person does not want it updated, until a newer commit than this comes or the hold is released.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Hold>,
    /// It runs right now.
    pub running: bool,
    /// The app that this add-on belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extends: Option<Ref>,
}

/// Why an app is not updated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "until", rename_all = "kebab-case")]
pub enum Hold {
    /// Until the person releases it.
    Released,
    /// Until the source offers something newer than the commit that the person went back from.
    NewerThan { commit: String },
    /// Someone masked it with flatpak itself.
    Masked,
}

/// What an update would bring.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AppUpdate {
    pub reference: Ref,
    pub scope: Scope,
    pub name: String,
    /// Empty where the catalogue does not say.
    pub version: String,
    pub commit: String,
    pub download_bytes: u64,
    /// Permissions that it does not have yet.
    pub added: Vec<Permission>,
    /// It belongs to apps and is not one itself: a runtime, translations.
    pub runtime: bool,
}

/// A version of an app that it can go back to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PastVersion {
    pub commit: String,
    /// Empty where nobody wrote it down.
    pub version: String,
    /// When it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Seconds>,
    /// The commit's own words.
    pub subject: String,
    /// It was installed here before.
    pub was_here: bool,
    pub current: bool,
}
