//! `org.projectatomic.rpmostree1.OS`.

// One of its methods has that many.
#![allow(clippy::too_many_arguments)]

use super::change::{self, MODIFIERS, OPTIONS, Options};
use super::running::{Daemon, Refused, unknown};
use super::transaction::Shows;
use super::state::{Package, flag, text};
use super::difference::{self, Difference};
use super::{BUS_NAME, arguments, check, value};
use serde_json::Map;
use zbus::fdo;
use zbus::message::Header;

pub struct Os(pub Daemon);

impl Os {
    async fn enter(&self) -> Result<(), Refused> {
        Ok(self.0.stage.enter(BUS_NAME).await?)
    }

    /// A deployment's dictionary, an empty one where there is none.
    fn one(&self, which: impl Fn(usize, usize) -> bool) -> fdo::Result<Options> {
        let state = self.0.state()?;
        let booted = state.booted().unwrap_or_default();
        let found = state.deployments.iter().enumerate().find(|(at, _)| which(*at, booted));
        Ok(found.map(|(_, deployment)| value::deployment(deployment)).unwrap_or_default())
    }

    fn found(&self, fits: impl Fn(&Package) -> bool) -> Result<Vec<Options>, Refused> {
        let state = self.0.state()?;
        let found = state.repository.iter().filter(|package| fits(package));
        let dict = |package: &Package| {
            let mut facts = Map::new();
            let version = package.evr.split('-').next().unwrap_or_default();
            for (key, word) in [
                ("key", package.name.as_str()),
                ("name", &package.name),
                ("evr", &package.evr),
                ("version", version),
                ("arch", "x86_64"),
                ("summary", &package.summary),
                ("reponame", "updates"),
            ] {
                facts.insert(key.into(), word.into());
            }
            facts.insert("epoch".into(), 0.into());
            value::dict(&facts)
        };
        Ok(found.map(dict).collect())
    }
}

pub fn sender(header: &Header<'_>) -> String {
    header.sender().map(ToString::to_string).unwrap_or_default()
}

/// The same words for the same options.
pub fn sorted(options: &Options) -> String {
    let mut words: Vec<String> = options.iter().map(|(key, value)| format!("{key}={value:?}")).collect();
    words.sort();
    words.join(" ")
}

#[zbus::interface(name = "org.projectatomic.rpmostree1.OS")]
impl Os {
    #[zbus(out_args("enabled", "transaction_address"))]
    async fn automatic_update_trigger(
        &self,
        #[zbus(header)] header: Header<'_>,
        options: Options,
    ) -> Result<(bool, String), Refused> {
        self.enter().await?;
        unknown(&self.0.stage, "AutomaticUpdateTrigger", &options, &["mode", "output-to-self"]);
        let call = ("AutomaticUpdateTrigger", format!("{options:?}"));
        let address = self.0.begin(call, sender(&header), (false, Shows::Late), |stage, state| {
            check::run(state)?;
            check::note_digest(stage, state).map_err(|error| error.to_string())
        })?;
        Ok((true, address))
    }

    #[zbus(out_args("transaction_address"))]
    async fn update_deployment(
        &self,
        #[zbus(header)] header: Header<'_>,
        modifiers: Options,
        options: Options,
    ) -> Result<String, Refused> {
        self.enter().await?;
        unknown(&self.0.stage, "UpdateDeployment", &modifiers, &MODIFIERS);
        unknown(&self.0.stage, "UpdateDeployment", &options, &OPTIONS);
        let call = ("UpdateDeployment", format!("{} / {}", sorted(&modifiers), sorted(&options)));
        self.0.begin(call, sender(&header), (true, Shows::AtOnce), move |_, state| change::update(state, &modifiers, &options))
    }

    #[zbus(out_args("transaction_address"))]
    async fn rollback(&self, #[zbus(header)] header: Header<'_>, options: Options) -> Result<String, Refused> {
        self.enter().await?;
        unknown(&self.0.stage, "Rollback", &options, &[]);
        self.0.begin(("Rollback", String::new()), sender(&header), (false, Shows::AtOnce), |_, state| change::rollback(state))
    }

    #[zbus(out_args("transaction_address"))]
    async fn cleanup(
        &self,
        #[zbus(header)] header: Header<'_>,
        elements: Vec<String>,
    ) -> Result<String, Refused> {
        self.enter().await?;
        let call = ("Cleanup", elements.join(" "));
        self.0.begin(call, sender(&header), (false, Shows::AtOnce), move |_, state| change::clean(state, &elements))
    }

    #[zbus(out_args("transaction_address"))]
    async fn kernel_args(
        &self,
        #[zbus(header)] header: Header<'_>,
        existing: String,
        added: Vec<String>,
        replaced: Vec<String>,
        removed: Vec<String>,
        options: Options,
    ) -> Result<String, Refused> {
        self.enter().await?;
        unknown(&self.0.stage, "KernelArgs", &options, &arguments::OPTIONS);
        if !(added.is_empty() && replaced.is_empty() && removed.is_empty()) {
            self.0.stage.unknown("KernelArgs with more than options");
        }
        let call = ("KernelArgs", format!("{existing} {}", sorted(&options)));
        self.0.begin(call, sender(&header), (false, Shows::AtOnce), move |_, state| {
            arguments::change(state, &existing, &options)
        })
    }

    #[zbus(out_args("bootconfig"))]
    async fn get_deployment_boot_config(&self, index: &str, pending: bool) -> Result<Options, Refused> {
        self.enter().await?;
        if !index.is_empty() {
            self.0.stage.unknown(&format!("GetDeploymentBootConfig {index}"));
        }
        let state = self.0.state()?;
        let found = if pending { Some(0) } else { state.booted() };
        let found = found.and_then(|at| state.deployments.get(at));
        let found = found.ok_or(fdo::Error::Failed("No deployments found for os fedora".into()))?;
        Ok(value::dict(&arguments::told(found)))
    }

    #[zbus(out_args("packages"))]
    async fn search(&self, names: Vec<String>) -> Result<Vec<Options>, Refused> {
        self.enter().await?;
        if names.is_empty() {
            return Err(fdo::Error::Failed("Must specify a term for search".into()).into());
        }
        let fits = |text: &str| names.iter().all(|name| text.to_lowercase().contains(&name.to_lowercase()));
        self.found(|package| fits(&package.name) || fits(&package.summary))
    }

    #[zbus(out_args("packages"))]
    async fn get_packages(&self, names: Vec<String>) -> Result<Vec<Options>, Refused> {
        self.enter().await?;
        self.found(|package| names.contains(&package.name))
    }

    #[zbus(name = "GetDeploymentsRpmDiff", out_args("diff"))]
    async fn get_deployments_rpm_diff(&self, from: &str, to: &str) -> Result<Vec<Difference>, Refused> {
        self.enter().await?;
        let state = self.0.state()?;
        let find = |id: &str| {
            let found = state.deployments.iter().find(|d| text(d, "id") == id);
            found.ok_or(fdo::Error::Failed(format!("No deployment {id}")))
        };
        Ok(difference::between(find(from)?, find(to)?, &state.repository))
    }

    #[zbus(property)]
    async fn cached_update(&self) -> fdo::Result<Options> {
        Ok(value::dict(&self.0.state()?.cached_update))
    }

    #[zbus(property)]
    async fn booted_deployment(&self) -> fdo::Result<Options> {
        self.one(|at, booted| at == booted)
    }

    #[zbus(property)]
    async fn default_deployment(&self) -> fdo::Result<Options> {
        let state = self.0.state()?;
        let locked = state.deployments.first().is_some_and(|d| flag(d, "finalization-locked"));
        self.one(|at, _| at == usize::from(locked))
    }

    #[zbus(property)]
    async fn rollback_deployment(&self) -> fdo::Result<Options> {
        self.one(|at, booted| at == booted + 1)
    }

    #[zbus(property)]
    async fn name(&self) -> String {
        "fedora".into()
    }
}
