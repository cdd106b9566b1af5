//! Running the programs of Nix: where the store is, how long they may take, what of theirs is read.

use super::Nixos;
use super::answer::{self, Infos};
use super::store::StorePath;
use cairn_host::tool::Limits;
use cairn_jobs::{CancelToken, Context};
use cairn_model::Problem;
use std::path::Path;
use std::time::Duration;

/// Evaluating a system takes a minute on a slow machine; fetching its sources takes what the network takes.
const WORK: Duration = Duration::from_secs(30 * 60);
/// A system that has to be compiled takes hours.
pub(super) const BUILD: Duration = Duration::from_secs(24 * 60 * 60);
/// The closure of a large system has 20 thousand paths, of which each takes a kilobyte of JSON.
const LONG: usize = 128 << 20;
/// As many paths as arguments surely have room for.
const BATCH: usize = 1000;
/// Where the daemon listens (Nix manual, "nix-daemon").
const DAEMON: &str = "/nix/var/nix/daemon-socket/socket";

/// The programs of Nix for the store of one machine.
#[derive(Clone, Debug)]
pub(super) struct Nix<'a> {
    engine: &'a Nixos,
    cancel: Option<&'a CancelToken>,
}

impl<'a> Nix<'a> {
    /// For what must not stop in the middle.
    pub(super) fn of(engine: &'a Nixos) -> Self {
        Self { engine, cancel: None }
    }

    pub(super) fn stoppable(engine: &'a Nixos, ctx: &'a Context) -> Self {
        Self { engine, cancel: Some(&ctx.cancel) }
    }

    pub(super) fn engine(&self) -> &'a Nixos {
        self.engine
    }

    /// Where a path of the system lies for a program that was not started in that system.
    pub(super) fn place(&self, path: &str) -> String {
        self.engine.host.path(path).to_string_lossy().into_owned()
    }

    /// The store below the machine's root, where that is not this machine's own. Else the daemon where there is one: what
    /// it builds is not bound by the limits of our own service.
    fn store(&self) -> Option<String> {
        if self.engine.host.root != Path::new("/") {
            return Some(self.engine.host.root.to_string_lossy().into_owned());
        }
        self.engine.host.exists(DAEMON).then(|| "daemon".to_owned())
    }

    /// What every call begins with, and what is asked.
    fn arguments<'b>(&'b self, store: Option<&'b str>, own: &[&'b str]) -> Vec<&'b str> {
        let mut all = Vec::new();
        if let Some(store) = store {
            all.extend(["--store", store]);
        }
        for (name, value) in &self.engine.options {
            all.extend(["--option", name.as_str(), value.as_str()]);
        }
        all.extend(own);
        all
    }

    async fn run(&self, tool: &str, limits: Limits, own: &[&str]) -> Result<Vec<u8>, Problem> {
        let store = self.store();
        let cancel = self.cancelled();
        self.engine.host.tool(tool)?.run(&self.arguments(store.as_deref(), own), limits, cancel).await
    }

    /// A build whose events are told.
    pub(super) async fn build(
        &self,
        derivation: &StorePath,
        root: &str,
        event: impl FnMut(&str),
    ) -> Result<(), Problem> {
        let (drv, link) = (derivation.path(), self.place(root));
        let own = ["--realise", "--log-format", "internal-json", "--add-root", &link, "--", &drv];
        let store = self.store();
        let (limits, cancel) = (Limits { bytes: LONG, ..Limits::within(BUILD) }, self.cancelled());
        let tool = self.engine.host.tool("nix-store")?;
        tool.told(&self.arguments(store.as_deref(), &own), limits, cancel, event).await?;
        Ok(())
    }

    async fn cancelled(&self) {
        match self.cancel {
            Some(cancel) => {
                cancel.cancelled().await;
            }
            None => std::future::pending().await,
        }
    }

    /// Evaluates an expression; what it needs is fetched and built, nothing of the system changes.
    pub(super) async fn evaluate(&self, expression: &str, more: &[&str]) -> Result<String, Problem> {
        let mut own = vec!["--eval", "--json", "--strict", "--read-write-mode", "--expr", expression];
        own.extend(more);
        utf8("nix-instantiate", self.run("nix-instantiate", Limits::within(WORK), &own).await?)
    }

    /// A command that Nix calls experimental.
    async fn new_command(&self, limits: Limits, own: &[&str]) -> Result<String, Problem> {
        let mut all = vec!["--extra-experimental-features", "nix-command flakes"];
        all.extend(own);
        utf8("nix", self.run("nix", limits, &all).await?)
    }

    pub(super) async fn flake(&self, own: &[&str]) -> Result<String, Problem> {
        self.new_command(Limits::within(WORK), own).await
    }

    /// Sizes and references of paths, with all that they need if `closure`.
    pub(super) async fn infos(&self, paths: &[StorePath], closure: bool) -> Result<Infos, Problem> {
        let mut infos = Infos::new();
        for batch in paths.chunks(BATCH) {
            let names: Vec<String> = batch.iter().map(StorePath::path).collect();
            let mut own = vec!["path-info", "--json"];
            own.extend(closure.then_some("--recursive"));
            own.push("--");
            own.extend(names.iter().map(String::as_str));
            let time = self.engine.patience.max(Duration::from_secs(5 * 60));
            let time = if closure { time } else { self.engine.patience };
            infos.extend(answer::infos("nix", &self.new_command(long(time), &own).await?)?);
        }
        Ok(infos)
    }

    /// What nothing needs any more.
    pub(super) async fn dead(&self) -> Result<Vec<StorePath>, Problem> {
        let answer = self.run("nix-store", long(WORK), &["--gc", "--print-dead"]).await?;
        answer::paths("nix-store", &answer)
    }

    /// Frees the room of paths that nothing needs.
    pub(super) async fn delete(&self, paths: &[StorePath]) -> Result<(), Problem> {
        for batch in paths.chunks(BATCH) {
            let names: Vec<String> = batch.iter().map(StorePath::path).collect();
            let mut own = vec!["--delete", "--"];
            own.extend(names.iter().map(String::as_str));
            self.run("nix-store", long(WORK), &own).await?;
        }
        Ok(())
    }

    pub(super) async fn collect(&self) -> Result<(), Problem> {
        self.run("nix-store", long(WORK), &["--gc"]).await.map(|_| ())
    }

    /// Changes a profile.
    pub(super) async fn profile(&self, profile: &str, own: &[&str]) -> Result<String, Problem> {
        let place = self.place(profile);
        let mut all = vec!["--profile", &place];
        all.extend(own);
        utf8("nix-env", self.run("nix-env", Limits::within(WORK), &all).await?)
    }
}

/// For an answer with a line or more for each path.
fn long(time: Duration) -> Limits {
    Limits { bytes: LONG, ..Limits::within(time) }
}

fn utf8(tool: &str, bytes: Vec<u8>) -> Result<String, Problem> {
    String::from_utf8(bytes).map_err(|e| Problem::BadAnswer { tool: tool.into(), detail: e.to_string() })
}
