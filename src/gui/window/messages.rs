//! What happens to the window, and what its background work brings back.

use crate::pages::{Asked, Shown};
use cairn_client::{Client, Token};
use cairn_model::change::Changes;
use cairn_model::{Plan, Problem, Wish};

#[derive(Debug)]
pub enum Input {
    Changed(Shown),
    Asked(Asked),
    /// The person said yes to a plan.
    Agreed(Box<Planned>),
    PageAsked(usize),
    CheckAsked,
    PreferencesAsked,
    ShortcutsAsked,
    AboutAsked,
    CloseAsked,
}

/// A plan that waits for a yes. Its token holds for the connection that asked.
#[derive(Clone, Debug)]
pub struct Planned {
    pub client: Client,
    pub plan: Plan,
    pub token: Token,
    /// What takes it back.
    pub undo: Option<Wish>,
}

#[derive(Debug)]
pub enum Command {
    Changed(Shown),
    Planned(Result<Box<Planned>, Problem>),
    Done(Box<Plan>, Option<Wish>, Result<(), Problem>),
    /// The answer to something that has no result to show.
    Told(Result<(), Problem>),
    Differs(String, Result<Changes, Problem>),
}
