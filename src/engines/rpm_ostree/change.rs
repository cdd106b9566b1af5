//! `UpdateDeployment`, the one call for everything that prepares another version.

use super::RpmOstree;
use super::daemon::Daemon;
use super::proxy::Options;
use super::transaction::{self, Ended};
use cairn_jobs::Context;
use cairn_model::Problem;
use zbus::zvariant::Value;

/// What others see as the reason of the transaction.
pub(super) const TITLE: &str = "cairn";

/// What is asked for. Nothing at all is "the newest of what is followed".
///
/// A change starts from the first version, also from one that was only prepared, and keeps what that one has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Change {
    /// Follow that from now on.
    pub(super) refspec: Option<String>,
    /// This very version: a commit or an image's digest. It holds for this once; the next update forgets it.
    pub(super) revision: Option<String>,
    pub(super) install: Vec<String>,
    pub(super) uninstall: Vec<String>,
    pub(super) exclude: Vec<String>,
    pub(super) reset: Vec<String>,
    /// Leave the base as it is, so that a change of packages brings no update with it.
    pub(super) same_base: bool,
    /// Without any package that was added.
    pub(super) no_packages: bool,
    /// Not to be put in place at shutdown until somebody asks for it.
    pub(super) locked: bool,
    /// Work it out and change nothing.
    pub(super) dry_run: bool,
    /// Ask for packages also where the base has them by itself.
    pub(super) allow_inactive: bool,
}

impl Change {
    /// Makes it and waits for its end.
    pub(super) async fn make(
        &self,
        engine: &RpmOstree,
        daemon: &Daemon,
        ctx: &Context,
        share: f64,
    ) -> Result<Ended, Problem> {
        ctx.checkpoint()?;
        let call = daemon.os.update_deployment(self.modifiers(), self.options());
        let address = daemon.ask(call).await?;
        transaction::follow(engine, daemon, &address, ctx, share).await
    }

    /// Whether it would work out, without doing it.
    pub(super) async fn would_work(
        &self,
        engine: &RpmOstree,
        daemon: &Daemon,
        ctx: &Context,
    ) -> Result<bool, Problem> {
        let quiet = Context { cancel: ctx.cancel.clone(), ..Context::default() };
        let change = Self { dry_run: true, ..self.clone() };
        Ok(change.make(engine, daemon, &quiet, 1.0).await? == Ended::Well)
    }

    fn modifiers(&self) -> Options<'_> {
        let mut modifiers = Options::new();
        for (key, word) in [("set-refspec", &self.refspec), ("set-revision", &self.revision)] {
            if let Some(word) = word {
                modifiers.insert(key, word.as_str().into());
            }
        }
        let lists = [
            ("install-packages", &self.install),
            ("uninstall-packages", &self.uninstall),
            ("override-remove-packages", &self.exclude),
            ("override-reset-packages", &self.reset),
        ];
        for (key, list) in lists {
            if !list.is_empty() {
                let list: Vec<&str> = list.iter().map(String::as_str).collect();
                modifiers.insert(key, list.into());
            }
        }
        modifiers
    }

    fn options(&self) -> Options<'static> {
        let mut options = Options::from([("initiating-command-line", Value::from(TITLE))]);
        let flags = [
            ("no-pull-base", self.same_base),
            ("no-layering", self.no_packages),
            ("lock-finalization", self.locked),
            ("dry-run", self.dry_run),
            ("allow-inactive", self.allow_inactive),
            // The person agreed to this very version, whatever its age.
            ("allow-downgrade", self.revision.is_some() || self.refspec.is_some()),
        ];
        options.extend(flags.into_iter().filter(|(_, set)| *set).map(|(key, _)| (key, true.into())));
        options
    }
}
