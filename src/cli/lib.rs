//! cairnctl, the command line: everything that the window can do, for people and for scripts.
//!
//! - [`arguments`]: what can be typed
//! - [`run`]: doing it
//! - [`output`]: one answer, as text or as JSON
//! - [`bar`]: progress on a terminal
//! - [`exit`]: what the exit status means

pub mod arguments;
pub mod bar;
pub mod exit;
pub mod output;
pub mod run;
