//! What a running step is given.

use crate::{CancelToken, PauseToken, ProgressSink};
use cairn_model::Problem;

/// Cloned freely; all clones speak of the same job.
#[derive(Clone, Debug, Default)]
pub struct Context {
    pub cancel: CancelToken,
    pub progress: ProgressSink,
    /// Only what is told to be pausable looks at it.
    pub pause: PauseToken,
}

impl Context {
    /// Called between two parts of a step, where stopping is free.
    ///
    /// # Errors
    /// [`Problem::Cancelled`] once somebody has said stop.
    pub fn checkpoint(&self) -> Result<(), Problem> {
        if self.cancel.is_cancelled() { Err(Problem::Cancelled) } else { Ok(()) }
    }
}
