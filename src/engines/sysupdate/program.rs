//! Running systemd-sysupdate where its service is not there, as in Debian 13.
//!
//! A system below another root is named by `--root`, which is how sysupdate looks after systems that do not run.

use super::answer::{self, Described};
use super::feature;
use cairn_host::Host;
use cairn_host::tool::{Limits, Tool};
use cairn_jobs::Context;
use cairn_model::job::Stage;
use cairn_model::{Extra, ExtraId, Problem};
use std::future::pending;
use std::path::Path;
use std::time::Duration;

pub(super) const NAME: &str = "systemd-sysupdate";
/// What it sends while it works, in percent (src/sysupdate/sysupdate.c).
const PROGRESS: &str = "X_SYSUPDATE_PROGRESS";

#[derive(Debug)]
pub(super) struct Program {
    tool: Tool,
    root: Option<String>,
    patience: Duration,
    /// The longest time that an update may take.
    long: Duration,
}

impl Program {
    pub(super) fn new(host: &Host, patience: Duration, long: Duration) -> Result<Self, Problem> {
        let root = (host.root != Path::new("/")).then(|| format!("--root={}", host.root.display()));
        Ok(Self { tool: host.tool(NAME)?, root, patience, long })
    }

    /// What lies here, whole or not, the newest first.
    pub(super) async fn here(&self) -> Result<Vec<Described>, Problem> {
        let all = answer::list(&self.asked(true, &["list"]).await?)?;
        let mut here = Vec::new();
        for version in all {
            here.push(answer::described(&version, &self.asked(true, &["list", &version]).await?)?);
        }
        here.retain(Described::is_here);
        Ok(here)
    }

    /// Every version that lies here or is on offer.
    pub(super) async fn known(&self) -> Result<Vec<String>, Problem> {
        answer::list(&self.asked(false, &["list"]).await?)
    }

    pub(super) async fn features(&self) -> Result<Vec<Extra>, Problem> {
        let mut features = Vec::new();
        for id in feature::list(&self.asked(true, &["features"]).await?)? {
            features.push(self.feature(&id).await?);
        }
        Ok(features)
    }

    pub(super) async fn feature(&self, id: &ExtraId) -> Result<Extra, Problem> {
        feature::described(id, &self.asked(true, &["features", id.as_str()]).await?, false)
    }

    /// Its status says "no" in some versions where there is nothing new, and in all where it failed; only then there
    /// is no answer.
    pub(super) async fn new_on_offer(&self, ctx: &Context) -> Result<Option<String>, Problem> {
        let words = self.words(false, &["check-new"]);
        let limits = Limits::within(self.patience);
        let outcome = self.tool.outcome(&words, limits, ctx.cancel.cancelled()).await?;
        let failure = (outcome.status != 0).then(|| self.tool.refused(&outcome));
        match (answer::new(&self.text(outcome.answer)?), failure) {
            (Err(_), Some(failure)) => Err(failure),
            (answer, _) => answer,
        }
    }

    /// Fetches that very version and puts it in place.
    pub(super) async fn update(&self, version: &str, ctx: &Context) -> Result<(), Problem> {
        ctx.progress.begin(Stage::Downloading, 1.0);
        let heard = |name: &str, value: &str| {
            if let Some(percent) = value.parse::<u8>().ok().filter(|p| name == PROGRESS && *p <= 100) {
                ctx.progress.part(f64::from(percent) / 100.0);
            }
        };
        let words = self.words(false, &["update", version]);
        let limits = Limits::within(self.long);
        self.tool.notified(&words, limits, ctx.cancel.cancelled(), heard).await.map(|_| ())
    }

    /// Removes the oldest versions beyond what may be kept.
    pub(super) async fn vacuum(&self, ctx: &Context) -> Result<(), Problem> {
        let limits = Limits::within(self.long);
        self.tool.run(&self.words(true, &["vacuum"]), limits, ctx.cancel.cancelled()).await.map(|_| ())
    }

    async fn asked(&self, offline: bool, words: &[&str]) -> Result<String, Problem> {
        let limits = Limits::within(self.patience);
        self.text(self.tool.run(&self.words(offline, words), limits, pending::<()>()).await?)
    }

    fn text(&self, bytes: Vec<u8>) -> Result<String, Problem> {
        String::from_utf8(bytes).map_err(|e| self.tool.bad(&e.to_string()))
    }

    fn words<'a>(&'a self, offline: bool, words: &[&'a str]) -> Vec<&'a str> {
        let mut all = vec!["--json=short"];
        all.extend(self.root.as_deref());
        all.extend(offline.then_some("--offline"));
        all.push("--");
        all.extend(words);
        all
    }
}
