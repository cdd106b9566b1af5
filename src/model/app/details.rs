//! What the page of one app shows beyond its card. Everything is plain text, cleaned when the index was built.

use super::{AppId, Card};
use crate::Seconds;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Details {
    pub card: Card,
    pub description: Vec<Block>,
    /// Newest first.
    pub releases: Vec<Release>,
    pub screenshots: Vec<Screenshot>,
    pub links: Vec<Link>,
    /// An SPDX expression; empty if not said.
    pub license: String,
    pub categories: Vec<String>,
    pub keywords: Vec<String>,
    /// What the app says of its content (OARS): attribute and how much.
    pub content: Vec<(String, Intensity)>,
    /// Youngest age that the content suits, 0 for everybody; `None` where nothing is said.
    pub age: Option<u8>,
    /// `#rrggbb` for light and dark backgrounds.
    pub color_light: Option<String>,
    pub color_dark: Option<String>,
    /// The runtime's id and branch, as the catalogue names it (`org.gnome.Platform/x86_64/48`).
    pub runtime: Option<String>,
    /// What extends this app and is in the same source.
    pub add_ons: Vec<AddOn>,
}

/// A part of a description.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Block {
    Paragraph(String),
    Bullets(Vec<String>),
    Numbers(Vec<String>),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Release {
    pub version: String,
    pub date: Option<Seconds>,
    pub notes: Vec<Block>,
    pub url: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Screenshot {
    pub caption: String,
    /// The smallest first; https or http only, or a file of the source's own.
    pub images: Vec<Picture>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Picture {
    pub url: String,
    /// Pixels; 0 where the catalogue does not say.
    pub width: u32,
    pub height: u32,
}

/// An address that the app names for itself; http and https only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Link {
    pub kind: LinkKind,
    pub url: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LinkKind {
    Homepage,
    Help,
    Bugs,
    Donate,
    Translate,
    Source,
    Contact,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Intensity {
    None,
    Mild,
    Moderate,
    Intense,
}

/// Something that makes an app more, such as a set of effects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AddOn {
    pub id: AppId,
    pub name: String,
    pub summary: String,
    pub reference: super::Ref,
}
