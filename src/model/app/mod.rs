//! Apps, as a store and a manager see them. Plain data; what flatpak calls them is said in each noun's file.
//!
//! - [`reference`]: ids, refs, installations
//! - [`card`], [`details`]: what a catalogue says of an app
//! - [`installed`], [`remote`], [`shelf`]: what there is on this computer
//! - [`permission`]: what an app may do
//! - [`wish`], [`plan`], [`task`]: what is asked for and what becomes of it

pub mod card;
pub mod details;
pub mod installed;
pub mod permission;
pub mod plan;
pub mod reference;
pub mod remote;
pub mod shelf;
pub mod task;
pub mod wish;

pub use card::{Card, Category};
pub use details::Details;
pub use installed::{AppUpdate, InstalledApp, PastVersion};
pub use permission::{Grade, Permission};
pub use plan::{AppPlan, Operation};
pub use reference::{AppId, Ref, RefKind, Scope, Source};
pub use remote::{CatalogSource, Remote};
pub use shelf::Shelf;
pub use task::Task;
pub use wish::AppWish;
