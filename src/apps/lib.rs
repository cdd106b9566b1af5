//! Flatpak in the person's session: what there is, plans, changes, sources. Plain data in, plain data out.
//!
//! libflatpak's objects live on threads of this crate and never leave a call on them, so that no type of its glib
//! meets the glib of the window. Nothing here runs with more rights than the person has: what everybody shares is
//! changed by flatpak's own helper, which asks polkit.
//!
//! - [`Apps`]: the handle
//! - [`Watched`]: what a watcher of the shelf sees
//! - [`Change`]: what was done with apps
//! - [`file`]: what a `.flatpakref`, `.flatpakrepo` or `.flatpak` file is
//! - [`permissions`]: what an app may do, and how usual that is

mod apply;
mod change;
mod check;
mod engine;
pub mod file;
mod flatpak;
mod handle;
mod journal;
mod keeper;
pub mod permissions;
mod places;
mod plan;
mod query;
mod queue;
mod reader;
mod sources;
mod versions;
mod watched;

pub use change::Change;
pub use file::{AppFile, parse_flatpakref, parse_flatpakrepo};
pub use handle::Apps;
pub use places::Places;
pub use watched::Watched;
