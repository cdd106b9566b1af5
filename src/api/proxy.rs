//! One client side for each interface.
//!
//! Every call that polkit may answer allows a question to the person; what asks is the service, never the client.

use crate::Dict;
use zbus::zvariant::OwnedObjectPath;

/// What there is, and asking for changes.
#[zbus::proxy(
    interface = "io.github.cairndesktop.Cairn1.System",
    default_service = "io.github.cairndesktop.Cairn1",
    default_path = "/io/github/cairndesktop/Cairn1"
)]
pub trait System {
    /// Asks the origin for a newer version; returns the job.
    #[zbus(allow_interactive_auth)]
    fn check(&self) -> zbus::Result<OwnedObjectPath>;

    /// Resolves a wish: the plan, and the token that runs exactly this plan, once, for this caller.
    fn plan(&self, wish: &Dict) -> zbus::Result<(Dict, String)>;

    /// Runs a plan; returns the job.
    #[zbus(allow_interactive_auth)]
    fn apply(&self, token: &str) -> zbus::Result<OwnedObjectPath>;

    /// What differs between two versions.
    fn diff(&self, from: &str, to: &str) -> zbus::Result<Dict>;

    /// Files below /etc that differ from the version's defaults.
    #[zbus(allow_interactive_auth)]
    fn drift(&self, id: &str) -> zbus::Result<Vec<Dict>>;

    /// What was added to the base of the system, left out of it or replaced.
    fn packages(&self) -> zbus::Result<Vec<Dict>>;

    /// Packages that could be added.
    #[zbus(allow_interactive_auth)]
    fn find_packages(&self, words: &str) -> zbus::Result<Vec<Dict>>;

    /// What the system could follow, with what it follows now.
    fn targets(&self) -> zbus::Result<Vec<Dict>>;

    /// What the kernel is told, now and at the next start.
    fn arguments(&self) -> zbus::Result<Vec<Dict>>;

    /// Parts beside the system's image.
    fn extras(&self) -> zbus::Result<Vec<Dict>>;

    /// What speaks for each family of atomic system, the likeliest first.
    fn engines(&self) -> zbus::Result<Vec<Dict>>;

    #[zbus(property)]
    fn status(&self) -> zbus::Result<Dict>;

    /// What the last check found; empty where that is nothing.
    #[zbus(property)]
    fn update(&self) -> zbus::Result<Dict>;

    /// Running jobs and the last finished ones, newest last.
    #[zbus(property)]
    fn jobs(&self) -> zbus::Result<Vec<OwnedObjectPath>>;

    #[zbus(property)]
    fn version(&self) -> zbus::Result<String>;
}

/// One change under way.
#[zbus::proxy(
    interface = "io.github.cairndesktop.Cairn1.Job",
    default_service = "io.github.cairndesktop.Cairn1"
)]
pub trait Job {
    /// Asks it to stop; `State` says when it has.
    #[zbus(allow_interactive_auth)]
    fn cancel(&self) -> zbus::Result<()>;

    /// Holds it until [`JobProxy::resume`], where it can be held.
    #[zbus(allow_interactive_auth)]
    fn pause(&self) -> zbus::Result<()>;

    #[zbus(allow_interactive_auth)]
    fn resume(&self) -> zbus::Result<()>;

    /// Everything of it at once: id, kind, target, state, progress, problem.
    #[zbus(property)]
    fn info(&self) -> zbus::Result<Dict>;

    #[zbus(property)]
    fn state(&self) -> zbus::Result<String>;
}

/// When the machine restarts.
#[zbus::proxy(
    interface = "io.github.cairndesktop.Cairn1.Schedule",
    default_service = "io.github.cairndesktop.Cairn1",
    default_path = "/io/github/cairndesktop/Cairn1"
)]
pub trait Schedule {
    #[zbus(allow_interactive_auth)]
    fn restart(&self, when: &Dict) -> zbus::Result<()>;

    #[zbus(allow_interactive_auth)]
    fn cancel_restart(&self) -> zbus::Result<()>;

    /// Programs that ask the system not to restart now.
    fn inhibitors(&self) -> zbus::Result<Vec<Dict>>;

    /// The restart that is set; empty where there is none.
    #[zbus(property)]
    fn scheduled(&self) -> zbus::Result<Dict>;
}

/// What was done.
#[zbus::proxy(
    interface = "io.github.cairndesktop.Cairn1.History",
    default_service = "io.github.cairndesktop.Cairn1",
    default_path = "/io/github/cairndesktop/Cairn1"
)]
pub trait History {
    /// Newest first.
    fn list(&self, limit: u32, offset: u32) -> zbus::Result<Vec<Dict>>;

    #[zbus(signal)]
    fn changed(&self) -> zbus::Result<()>;
}
