//! Long work, the same way everywhere.
//!
//! - [`cancel`]: a token that says stop, and why
//! - [`progress`]: bytes in, a truthful and only rising fraction, rate and time left out
//! - [`pause`]: holding a job for a while
//! - [`context`]: what a running step is given
//! - [`store`]: what must survive a crash: journal, history and what the person decided

pub mod cancel;
pub mod context;
pub mod pause;
pub mod progress;
pub mod store;

pub use cancel::{CancelReason, CancelToken};
pub use context::Context;
pub use pause::PauseToken;
pub use progress::ProgressSink;
pub use store::Store;
