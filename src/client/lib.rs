//! What window and command line see of the service. No bus type leaves this crate.
//!
//! - [`calls`]: ask for something once
//! - [`watch`]: be told of everything, for as long as it runs
//! - [`snapshot`]: all that a client shows, in one value

pub mod calls;
pub mod snapshot;
pub mod watch;

pub use calls::{Client, JobRef, Token};
pub use snapshot::{Snapshot, Watched};
