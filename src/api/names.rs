//! The bus name, paths, interfaces and polkit actions.

pub const BUS: &str = "io.github.cairndesktop.Cairn1";
pub const PATH: &str = "/io/github/cairndesktop/Cairn1";
pub const JOBS: &str = "/io/github/cairndesktop/Cairn1/jobs";
pub const ERROR_PREFIX: &str = "io.github.cairndesktop.Cairn1.Error.";

pub const SYSTEM: &str = "io.github.cairndesktop.Cairn1.System";
pub const JOB: &str = "io.github.cairndesktop.Cairn1.Job";
pub const SCHEDULE: &str = "io.github.cairndesktop.Cairn1.Schedule";
pub const HISTORY: &str = "io.github.cairndesktop.Cairn1.History";

/// Where a job lives.
pub fn job_path(id: u64) -> String {
    format!("{JOBS}/{id}")
}

/// What polkit is asked for. The defaults stand in `data/polkit`.
pub mod action {
    pub const CHECK: &str = "io.github.cairndesktop.cairn.check";
    /// The newest signed version of the configured origin.
    pub const UPDATE: &str = "io.github.cairndesktop.cairn.update";
    /// An older, unsigned or skipped version.
    pub const UPDATE_UNUSUAL: &str = "io.github.cairndesktop.cairn.update-unusual";
    /// Another version starts next, or a prepared one is dropped.
    pub const CHOOSE: &str = "io.github.cairndesktop.cairn.choose-version";
    /// Keep, let go, name, call good.
    pub const KEEP: &str = "io.github.cairndesktop.cairn.keep-version";
    pub const REMOVE: &str = "io.github.cairndesktop.cairn.remove-version";
    /// Add packages to the system, remove some, leave some of the base out.
    pub const PACKAGES: &str = "io.github.cairndesktop.cairn.change-packages";
    /// Follow another branch, image or channel.
    pub const REBASE: &str = "io.github.cairndesktop.cairn.rebase";
    /// Change the running system without a restart.
    pub const CHANGE_RUNNING: &str = "io.github.cairndesktop.cairn.change-running";
    /// Tell the kernel something else at the start.
    pub const ARGUMENTS: &str = "io.github.cairndesktop.cairn.change-arguments";
    /// Turn parts beside the system's image on or off.
    pub const EXTRAS: &str = "io.github.cairndesktop.cairn.change-extras";
    /// Let the system do more or less about updates by itself.
    pub const AUTOMATIC: &str = "io.github.cairndesktop.cairn.set-automatic";
    pub const RESTART: &str = "io.github.cairndesktop.cairn.restart";
    pub const RESTART_ANYWAY: &str = "io.github.cairndesktop.cairn.restart-anyway";
    /// Stop a job that somebody else started.
    pub const CANCEL: &str = "io.github.cairndesktop.cairn.cancel-others";
    /// Read which files below /etc were edited.
    pub const INSPECT: &str = "io.github.cairndesktop.cairn.inspect";

    pub const ALL: [&str; 16] = [
        CHECK,
        UPDATE,
        UPDATE_UNUSUAL,
        CHOOSE,
        KEEP,
        REMOVE,
        PACKAGES,
        REBASE,
        CHANGE_RUNNING,
        ARGUMENTS,
        EXTRAS,
        AUTOMATIC,
        RESTART,
        RESTART_ANYWAY,
        CANCEL,
        INSPECT,
    ];
}
