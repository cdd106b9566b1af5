//! Plain data that every part of Cairn shares.
//!
//! Nothing here does I/O, knows D-Bus, GTK or a translation. One noun a file:
//!
//! - [`system`], [`deployment`], [`update`], [`change`]: what there is
//! - [`wish`], [`plan`], [`job`], [`restart`], [`history`]: what is asked for and what became of it
//! - [`problem`]: everything that can go wrong, by code
//! - [`app`]: apps, their sources and what is done with them
//! - [`package`], [`target`]: what makes this system different from its base, and what it could follow
//! - [`advisory`], [`argument`], [`automatic`], [`extra`]: holes that are closed, what the kernel is told, what the system
//!   does by itself, parts beside its image
//! - [`ability`]: what an engine can do
//! - [`text`]: strings from outside, cleaned once

pub mod ability;
pub mod advisory;
pub mod app;
pub mod argument;
pub mod automatic;
pub mod change;
pub mod deployment;
pub mod engine;
pub mod extra;
pub mod history;
pub mod job;
pub mod package;
pub mod plan;
pub mod problem;
pub mod restart;
pub mod system;
pub mod target;
pub mod text;
pub mod update;
pub mod wish;

pub use ability::Ability;
pub use advisory::Advisory;
pub use argument::{ArgumentDelta, BootArgument, KernelArgument};
pub use automatic::{Automatic, Policy};
pub use deployment::{Defect, Deployment, DeploymentId, Health, Verification};
pub use extra::{Extra, ExtraId};
pub use package::{Package, PackageDelta, PackageName};
pub use plan::{Plan, Step};
pub use problem::Problem;
pub use system::SystemStatus;
pub use target::{Target, TargetId};
pub use update::Update;
pub use wish::Wish;

/// Seconds since 1970-01-01 UTC, as every timestamp in the model.
pub type Seconds = i64;
