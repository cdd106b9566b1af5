//! What the headline says.

use super::state::{self, Standing};
use cairn_client::Snapshot;
use cairn_model::{Ability, Deployment, Update};
use cairn_words::{amount, app, fill, job, moment, problem, update};
use gettextrs::gettext;

/// Icon, headline, the line below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headline {
    pub icon: &'static str,
    /// A style class that repeats in colour what the words say.
    pub tone: &'static str,
    pub title: String,
    pub body: String,
}

pub fn headline(standing: &Standing, snapshot: Option<&Snapshot>) -> Headline {
    let (icon, tone) = look(standing);
    let running = snapshot.and_then(|s| s.status.running()).map(|d| d.version.clone()).unwrap_or_default();
    let (title, body) = match standing {
        Standing::Loading => (gettext("One moment…"), String::new()),
        Standing::Unreachable(p) | Standing::Failed(p) => (problem::heading(p), problem::advice(p)),
        Standing::Checking => (gettext("Looking for updates"), version(&running)),
        Standing::Working(j) => (job::heading(j), job::progress(j)),
        Standing::Ready(next) => ready(next, snapshot),
        Standing::GoingBack(next) => {
            let body = gettext("Version {version} starts next time. Your files are not affected.");
            (gettext("Ready to go back"), fill(&body, &[("version", &next.version)]))
        }
        Standing::WorkingOnApps(task) => (app::task(task), app::task_progress(task)),
        Standing::Available { system, apps, bytes } => available(system.as_deref(), *apps, *bytes),
        Standing::WentBack { from } => {
            let title = fill(&gettext("You went back to {version}"), &[("version", &running)]);
            let body =
                gettext("Version {from} will not be offered again. Updates resume when a newer one comes.");
            (title, fill(&body, &[("from", from)]))
        }
        Standing::UpToDate => up_to_date(&running, snapshot),
    };
    Headline { icon, tone, title, body }
}

fn ready(next: &Deployment, snapshot: Option<&Snapshot>) -> (String, String) {
    let same = state::is_same_version(next, snapshot);
    let (title, body) = match (next.live, same) {
        (true, true) => (
            gettext("Your change is in use"),
            gettext("It needed no restart. A few parts notice it only after one."),
        ),
        (true, false) => (
            gettext("The new version is in use"),
            gettext("Version {version} needed no restart. A few parts notice it only after one."),
        ),
        (false, true) => (
            gettext("Ready. Restart to finish"),
            gettext(
                "The same version with other packages or settings starts next time. You can keep using the system until you are ready.",
            ),
        ),
        (false, false) => (
            gettext("Ready. Restart to finish"),
            gettext("Version {version} starts next time. You can keep using the system until you are ready."),
        ),
    };
    (title, fill(&body, &[("version", &next.version)]))
}

fn available(system: Option<&Update>, apps: usize, bytes: u64) -> (String, String) {
    let keep = gettext("You can keep working while it is prepared.");
    let keep = match system {
        Some(found) if found.downloaded => update::is_here(),
        _ => keep,
    };
    let app_updates = || update::join(&[app::updates(apps), amount::size(bytes)]);
    match (system, apps) {
        (None, 0) => {
            let parts = gettext("Parts that apps share");
            (gettext("Updates are available"), update::join(&[parts, amount::size(bytes)]))
        }
        (Some(found), 0) => {
            (gettext("An update is available"), update::join(&[update::summary(found), keep]))
        }
        (Some(found), _) => {
            let body = [update::summary(found), app_updates(), keep].join("\n");
            (gettext("Updates are available"), body)
        }
        (None, 1) => (gettext("An app update is available"), app_updates()),
        (None, _) => (gettext("App updates are available"), app_updates()),
    }
}

fn up_to_date(running: &str, snapshot: Option<&Snapshot>) -> (String, String) {
    let os = snapshot.map(|s| s.status.os_name.as_str()).filter(|name| !name.is_empty());
    let name = os.unwrap_or(running);
    let blind = snapshot.is_some_and(|s| !s.status.can(Ability::Check));
    match snapshot.and_then(|s| s.status.last_check).filter(|_| !blind) {
        Some(checked) => {
            let ago = fill(&gettext("checked {ago}"), &[("ago", &moment::ago(checked, moment::now()))]);
            (gettext("Your system is up to date"), update::join(&[version(running), ago]))
        }
        // What nobody can look for, nobody may call up to date.
        None if blind => (
            fill(&gettext("You are using {version}"), &[("version", name)]),
            gettext(
                "Updates of this system come with its own tools. Versions to go back to are looked after here.",
            ),
        ),
        None => (
            fill(&gettext("You are using {version}"), &[("version", running)]),
            gettext("Nobody has looked for updates yet."),
        ),
    }
}

fn version(version: &str) -> String {
    fill(&gettext("Version {version}"), &[("version", version)])
}

fn look(standing: &Standing) -> (&'static str, &'static str) {
    match standing {
        Standing::Loading | Standing::Checking => ("cairn-updates-symbolic", "dim-label"),
        Standing::Unreachable(_) => ("cairn-service-symbolic", "dim-label"),
        Standing::Working(_) | Standing::WorkingOnApps(_) => ("cairn-download-symbolic", "accent"),
        Standing::Ready(_) => ("cairn-ready-symbolic", "success"),
        Standing::GoingBack(_) | Standing::WentBack { .. } => ("cairn-went-back-symbolic", "success"),
        Standing::Failed(_) => ("cairn-warning-symbolic", "warning"),
        Standing::Available { .. } => ("cairn-updates-symbolic", "accent"),
        Standing::UpToDate => ("cairn-ok-symbolic", "success"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cairn_model::{DeploymentId, SystemStatus};

    #[test]
    fn a_change_of_the_same_version_is_not_called_a_version() {
        let deployment =
            |id: &str, version: &str| Deployment::new(DeploymentId::new(id).unwrap(), version, id);
        let says = |next: &str, live: bool| {
            let running = Deployment { running: true, ..deployment("1", "43.1") };
            let next = Deployment { next: true, live, ..deployment("2", next) };
            let deployments = vec![next.clone(), running];
            let status = SystemStatus { deployments, ..SystemStatus::default() };
            headline(&Standing::Ready(Box::new(next)), Some(&Snapshot { status, ..Snapshot::default() })).body
        };
        assert!(says("43.2", false).contains("43.2") && says("43.2", true).contains("43.2"));
        assert!(says("43.1", false).contains("The same version") && !says("43.1", true).contains("43.1"));
    }
}
