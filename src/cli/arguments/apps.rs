//! What can be typed about apps.

use cairn_model::app::Scope;
use clap::{Args, Subcommand};

#[derive(Clone, Debug, Subcommand)]
pub enum AppsCommand {
    /// Look for apps by name or by what they are for
    Search {
        #[arg(required = true)]
        query: Vec<String>,
        /// How many answers
        #[arg(long, short = 'n', default_value_t = 20)]
        lines: usize,
    },
    /// Show what an app is, what it may do, how large it is and where it comes from
    Info {
        app: String,
        #[command(flatten)]
        place: Place,
    },
    /// List the installed apps
    List,
    /// Look for updates of apps
    Check,
    /// Install an app, an add-on, or what a .flatpakref or .flatpak file holds
    Install(Install),
    /// Update some apps, or all that are not held
    Update(Update),
    /// Remove an app; its data stays unless you say otherwise
    Remove {
        app: String,
        /// Put the app's settings and data into the trash, too
        #[arg(long)]
        delete_data: bool,
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        plan: DryRun,
    },
    /// Do not update an app until it is released
    Hold(Named),
    /// Let an app be updated again
    Release(Named),
    /// List the versions that an app can go back to
    Versions {
        app: String,
        #[command(flatten)]
        place: Place,
    },
    /// Install an earlier version of an app, and keep it until a newer one than the present one comes
    GoBack {
        app: String,
        /// The version, or the start of its commit; the one before the present one if left out
        version: Option<String>,
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        plan: DryRun,
    },
    /// List what no app needs any more
    Unused {
        /// Remove it
        #[arg(long)]
        remove: bool,
        #[command(flatten)]
        plan: DryRun,
    },
    /// Show and change where apps come from
    Remotes {
        #[command(subcommand)]
        command: Option<RemotesCommand>,
    },
    /// Look at what is installed and fetch again what is damaged
    Repair {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        plan: DryRun,
    },
    /// Start an app
    Open {
        app: String,
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Clone, Debug, Args)]
pub struct Install {
    /// An id, a ref, a name, or a file
    pub app: String,
    /// Take it from this remote
    #[arg(long, value_name = "REMOTE")]
    pub from: Option<String>,
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub plan: DryRun,
}

#[derive(Clone, Debug, Args)]
pub struct Update {
    pub apps: Vec<String>,
    /// Take new versions that may do more than the present ones, too
    #[arg(long)]
    pub allow_permissions: bool,
    #[command(flatten)]
    pub plan: DryRun,
}

/// One installed app.
#[derive(Clone, Debug, Args)]
pub struct Named {
    pub app: String,
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub plan: DryRun,
}

#[derive(Clone, Copy, Debug, Args)]
pub struct DryRun {
    /// Show what would be done, without doing it
    #[arg(long)]
    pub dry_run: bool,
}

/// For whom; both are looked at if neither is said, the person's own first.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct Place {
    /// Only what is for you
    #[arg(long)]
    user: bool,
    /// Only what is for everyone on this computer
    #[arg(long, conflicts_with = "user")]
    system: bool,
}

impl Place {
    pub fn scope(self) -> Option<Scope> {
        match (self.user, self.system) {
            (true, _) => Some(Scope::User),
            (_, true) => Some(Scope::System),
            (false, false) => None,
        }
    }
}

#[derive(Clone, Debug, Subcommand)]
pub enum RemotesCommand {
    /// List them
    List,
    /// Add one: a .flatpakrepo file, or the word flathub; for you alone unless --system is said
    Add {
        #[arg(value_name = "FILE|flathub")]
        what: String,
        /// Call it so
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        place: Place,
    },
    /// Remove one that no app comes from
    Remove(Remote),
    /// Use one again
    Enable(Remote),
    /// Stop using one without removing it
    Disable(Remote),
}

#[derive(Clone, Debug, Args)]
pub struct Remote {
    #[arg(value_name = "REMOTE")]
    pub name: String,
    #[command(flatten)]
    pub place: Place,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments::{Arguments, Command};
    use clap::{CommandFactory, Parser};

    fn apps(words: &str) -> Result<AppsCommand, clap::Error> {
        let arguments = Arguments::try_parse_from(["cairnctl", "apps"].into_iter().chain(words.split(' ')))?;
        match arguments.command {
            Command::Apps { command } => Ok(command),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_grammar_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_place_is_one_or_none() {
        let place = |words: &str| match apps(words) {
            Ok(AppsCommand::Install(install)) => Ok(install.place.scope()),
            Ok(other) => panic!("{other:?}"),
            Err(error) => Err(error.kind()),
        };
        assert_eq!(place("install krita"), Ok(None));
        assert_eq!(place("install krita --user"), Ok(Some(Scope::User)));
        assert_eq!(place("install --system --from flathub krita"), Ok(Some(Scope::System)));
        assert_eq!(place("install krita --user --system"), Err(clap::error::ErrorKind::ArgumentConflict));
    }

    #[test]
    fn what_must_be_named_is_asked_for() {
        for bad in ["search", "info", "install", "remove", "hold", "go-back", "remotes add", "remotes enable"]
        {
            assert!(apps(bad).is_err(), "{bad}");
        }
        for good in ["list", "update", "unused", "remotes", "repair --dry-run", "search photo editor -n 3"] {
            assert!(apps(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn going_back_may_name_the_version() {
        let version = |words: &str| match apps(words) {
            Ok(AppsCommand::GoBack { version, .. }) => version,
            other => panic!("{other:?}"),
        };
        assert_eq!(version("go-back krita"), None);
        assert_eq!(version("go-back krita 5.2.1 --dry-run"), Some("5.2.1".into()));
    }
}
