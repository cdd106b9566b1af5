//! What happens to the window, and what its background work brings back.

use crate::dialogs::app::Wants;
use crate::pages::{Asked, Choice, Shown};
use cairn_apps::AppFile;
use cairn_catalog::Library;
use cairn_client::{Client, Token};
use cairn_model::app::{AppPlan, AppWish, InstalledApp, PastVersion, Ref, Scope, Shelf};
use cairn_model::change::Changes;
use cairn_model::{BootArgument, DeploymentId, Extra, Plan, Problem, Target, Wish};
use relm4::adw;
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Debug)]
pub enum Input {
    Changed(Shown),
    Asked(Asked),
    /// Nothing else has to be answered before this plan.
    Settled(Box<Planned>),
    /// The person said yes to a plan.
    Agreed(Box<Planned>),
    AppAgreed(Box<AppPlan>),
    /// The person was shown what apps want to do beyond what they may, and allowed it.
    Allowed(AppWish, Vec<Wants>),
    /// The same, leaving out what wants more permissions.
    AppSettled(Box<AppPlan>),
    /// A page of the sidebar is to be seen.
    Wanted(usize),
    /// A page that lay above the others was left.
    Left(adw::NavigationPage),
    /// The computer got a connection, or lost it.
    Online(bool),
    /// The window was closed while apps were being changed.
    Closed,
    Opened(Opening),
    PageAsked(usize),
    CheckAsked,
    DialogAsked(Dialog),
    CloseAsked,
}

/// A dialog that the menu or the keyboard reaches.
#[derive(Clone, Copy, Debug)]
pub enum Dialog {
    Preferences,
    Shortcuts,
    About,
}

/// What the window was asked to show from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opening {
    /// A page of the sidebar, by its id.
    Page(String),
    /// The page of the app of this id.
    App(String),
    /// A `.flatpakref`, `.flatpakrepo` or `.flatpak` file.
    File(PathBuf),
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

/// What is known of apps.
#[derive(Debug)]
pub struct Supply {
    pub library: Arc<Library>,
    pub shelf: Shelf,
    pub known: bool,
    pub problem: Option<Problem>,
}

/// What the service is asked for a dialog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    Choice(Choice),
    Diff { from: DeploymentId, to: DeploymentId },
}

/// What the dialog shows.
#[derive(Debug)]
pub enum Answer {
    Changes { title: String, changes: Box<Changes> },
    Targets(Vec<Target>),
    Arguments(Vec<BootArgument>),
    Extras(Vec<Extra>),
}

#[derive(Debug)]
pub enum Command {
    Changed(Shown),
    Supplied(Box<Supply>),
    Planned(Wish, Result<Box<Planned>, Problem>),
    AppPlanned(AppWish, Result<Box<AppPlan>, Problem>),
    /// Both halves of updating everything; a half that has nothing to do is none.
    AllPlanned(Option<Result<Box<Planned>, Problem>>, Option<Result<Box<AppPlan>, Problem>>),
    Done(Box<Plan>, Option<Wish>, Result<(), Problem>),
    /// An app that is to be removed, its data just counted.
    Weighed(Box<InstalledApp>),
    /// The sources of apps were asked.
    Checked(Result<(), Problem>),
    /// A source of apps was added, switched or removed, in words.
    SourceChanged(String, Result<(), Problem>),
    /// The answer to something that has no result to show.
    Told(Result<(), Problem>),
    Answered(Question, Result<Answer, Problem>),
    Versions((Scope, Ref), Result<Vec<PastVersion>, Problem>),
    Read(PathBuf, Box<Result<AppFile, Problem>>),
}
