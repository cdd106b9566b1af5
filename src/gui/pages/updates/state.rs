//! Where the system stands, decided from what is known. Pure.

use crate::pages::Shown;
use crate::stock::Stock;
use cairn_client::{Snapshot, Watched};
use cairn_model::app::{AppWish, Task};
use cairn_model::job::{Job, JobState};
use cairn_model::system::Notice;
use cairn_model::{Deployment, Problem, Update};

/// Exactly one of these is the headline.
#[derive(Clone, Debug, PartialEq)]
pub enum Standing {
    Loading,
    /// No service, or no atomic system.
    Unreachable(Problem),
    Checking,
    Working(Job),
    /// A newer version starts next.
    Ready(Box<Deployment>),
    /// An older version starts next.
    GoingBack(Box<Deployment>),
    Failed(Problem),
    /// Apps are being updated, and nothing else.
    WorkingOnApps(Box<Task>),
    /// The system's update, how many of apps, and the bytes of the latter.
    Available {
        system: Option<Box<Update>>,
        apps: usize,
        bytes: u64,
    },
    WentBack {
        from: String,
    },
    UpToDate,
}

impl Standing {
    pub fn of(shown: &Shown, stock: &Stock) -> Self {
        match &**shown {
            Watched::Loading => Self::Loading,
            Watched::Failed(problem) => Self::without_system(problem.clone(), stock),
            Watched::Ready(snapshot) => Self::of_snapshot(snapshot, stock),
        }
    }

    /// Where the system cannot be asked, its apps still are.
    fn without_system(problem: Problem, stock: &Stock) -> Self {
        match (working(stock), &problem) {
            (Some(task), _) => Self::WorkingOnApps(task),
            (None, Problem::NotAtomic | Problem::EngineMissing { .. }) => {
                Self::of_apps(stock).unwrap_or(Self::Unreachable(problem))
            }
            (None, _) => Self::Unreachable(problem),
        }
    }

    fn of_apps(stock: &Stock) -> Option<Self> {
        let (apps, bytes) = waiting(stock);
        any(stock).then_some(Self::Available { system: None, apps, bytes })
    }

    fn of_snapshot(snapshot: &Snapshot, stock: &Stock) -> Self {
        let status = &snapshot.status;
        let Some(running) = status.running() else { return Self::without_system(Problem::NotAtomic, stock) };
        if let Some(job) = snapshot.running_job() {
            return match job.kind.as_str() {
                "check" => Self::Checking,
                // Done in a moment, and no reason to take the headline away from what waits.
                "keep" | "unkeep" | "name" | "mark-good" | "unskip" => {
                    Self::resting(snapshot, running, stock)
                }
                _ => Self::Working(job.clone()),
            };
        }
        Self::resting(snapshot, running, stock)
    }

    fn resting(snapshot: &Snapshot, running: &Deployment, stock: &Stock) -> Self {
        let status = &snapshot.status;
        if let Some(next) = status.next().filter(|_| status.restart_pending()) {
            let next = Box::new(next.clone());
            return if goes_back(running, &next) { Self::GoingBack(next) } else { Self::Ready(next) };
        }
        if let Some(task) = working(stock) {
            return Self::WorkingOnApps(task);
        }
        if let Some(problem) = last_failure(snapshot) {
            return Self::Failed(problem);
        }
        let (apps, bytes) = waiting(stock);
        let system = offered(snapshot).map(|update| Box::new(update.clone()));
        let went_back = status.notices.iter().find_map(|n| match n {
            Notice::WentBack { from, .. } => Some(from.clone()),
            _ => None,
        });
        match (system, went_back) {
            (None, Some(from)) => Self::WentBack { from },
            (None, None) if !any(stock) => Self::UpToDate,
            (system, _) => Self::Available { system, apps, bytes },
        }
    }
}

/// Updates of apps that can be installed, and their bytes. What only belongs to apps is not counted, but weighed.
fn waiting(stock: &Stock) -> (usize, u64) {
    let updates = || stock.shelf.updates();
    (updates().filter(|u| !u.runtime).count(), updates().map(|u| u.download_bytes).sum())
}

/// Whether anything waits, be it only what apps share.
fn any(stock: &Stock) -> bool {
    stock.shelf.updates().next().is_some()
}

/// An update of apps that is under way.
fn working(stock: &Stock) -> Option<Box<Task>> {
    let is_update = |t: &&Task| !t.state.is_final() && matches!(t.wish, AppWish::Update { .. });
    stock.shelf.tasks.iter().find(is_update).map(|t| Box::new(t.clone()))
}

/// Whether the next start is a way back. Going back leaves the running version skipped; otherwise it is the older one, but
/// another branch may be older without being a way back, and not every system tells when a version was made.
fn goes_back(running: &Deployment, next: &Deployment) -> bool {
    let older = matches!((next.timestamp, running.timestamp), (Some(next), Some(now)) if next < now);
    running.skipped || older && next.origin == running.origin
}

/// Whether what starts next is the running version with other packages or settings.
pub fn is_same_version(next: &Deployment, snapshot: Option<&Snapshot>) -> bool {
    snapshot.and_then(|s| s.status.running()).is_some_and(|running| running.version == next.version)
}

/// The update that may be offered.
pub fn offered(snapshot: &Snapshot) -> Option<&Update> {
    snapshot.update.as_ref().filter(|u| !u.skipped && !u.staged && !u.older)
}

/// What the newest job about updates failed with.
fn last_failure(snapshot: &Snapshot) -> Option<Problem> {
    let job = snapshot.job.as_ref().filter(|j| j.state == JobState::Failed)?;
    let about_updates = matches!(job.kind.as_str(), "check" | "update" | "download");
    job.problem.clone().filter(|_| about_updates)
}

/// What the sidebar counts beside "Updates".
pub fn badge(shown: &Shown, stock: &Stock) -> Option<u32> {
    let waits = |s: &Snapshot| offered(s).is_some() || s.status.restart_pending();
    let system = u32::from(shown.ready().is_some_and(waits));
    let apps = u32::try_from(waiting(stock).0.max(usize::from(any(stock)))).unwrap_or(u32::MAX);
    Some(system.saturating_add(apps)).filter(|count| *count > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cairn_model::job::Progress;
    use cairn_model::{DeploymentId, SystemStatus};
    use std::sync::Arc;

    fn deployment(version: i64, running: bool, next: bool) -> Deployment {
        let id = DeploymentId::new(format!("os-{version}.0")).unwrap();
        let text = version.to_string();
        Deployment { timestamp: Some(version), running, next, ..Deployment::new(id, &text, &text) }
    }

    fn snapshot(deployments: Vec<Deployment>) -> Snapshot {
        Snapshot { status: SystemStatus { deployments, ..SystemStatus::default() }, ..Snapshot::default() }
    }

    fn job(kind: &str, state: JobState, problem: Option<Problem>) -> Job {
        Job {
            id: 1,
            kind: kind.into(),
            target: String::new(),
            state,
            progress: Progress::default(),
            cancellable: true,
            pausable: false,
            room: false,
            uid: 0,
            started: 0,
            problem,
        }
    }

    fn standing(snapshot: Snapshot) -> Standing {
        Standing::of(&Arc::new(Watched::Ready(snapshot)), &Stock::default())
    }

    fn update() -> Update {
        let json = r#"{"version":"3","checksum":"c","origin":"o:b"}"#;
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn another_branch_is_no_way_back_and_no_time_is_needed_for_one() {
        let (mut running, mut next) = (deployment(2, true, false), deployment(1, false, true));
        assert!(goes_back(&running, &next));
        next.origin = Some("o:older-branch".into());
        assert!(!goes_back(&running, &next));
        (running.timestamp, next.timestamp) = (None, None);
        running.skipped = true;
        assert!(goes_back(&running, &next));
    }

    #[test]
    fn what_is_prepared_comes_before_what_failed_and_what_is_offered() {
        let mut s = snapshot(vec![deployment(2, false, true), deployment(1, true, false)]);
        s.update = Some(update());
        s.job = Some(job("check", JobState::Failed, Some(Problem::NoUpdate)));
        assert!(matches!(standing(s), Standing::Ready(d) if d.version == "2"));
        let s = snapshot(vec![deployment(1, false, true), deployment(2, true, false)]);
        assert!(matches!(standing(s), Standing::GoingBack(d) if d.version == "1"));
    }

    #[test]
    fn a_skipped_update_is_not_offered() {
        let mut s = snapshot(vec![deployment(1, true, true)]);
        s.update = Some(Update { skipped: true, ..update() });
        s.status.notices =
            vec![Notice::WentBack { from: "3".into(), check: String::new(), detail: String::new() }];
        assert_eq!(standing(s.clone()), Standing::WentBack { from: "3".into() });
        s.update = Some(update());
        assert!(matches!(standing(s), Standing::Available { .. }));
    }

    #[test]
    fn what_was_stopped_is_no_failure() {
        let mut s = snapshot(vec![deployment(1, true, true)]);
        s.job = Some(job("update", JobState::Cancelled, None));
        assert_eq!(standing(s.clone()), Standing::UpToDate);
        s.job = Some(job("update", JobState::Failed, Some(Problem::BusyElsewhere)));
        assert_eq!(standing(s.clone()), Standing::Failed(Problem::BusyElsewhere));
        s.job = Some(job("update", JobState::Cancelling, None));
        assert!(matches!(standing(s), Standing::Working(_)));
    }

    fn pending(id: &str, held: bool) -> Stock {
        let reference = format!("app/{id}/x86_64/stable");
        let app = serde_json::json!({
            "reference": reference, "scope": "user", "remote": "r", "name": "A", "summary": "", "version": "1",
            "commit": "a", "installed_bytes": 1, "permissions": [], "running": false,
            "held": held.then(|| serde_json::json!({"until": "released"})),
        });
        let update = serde_json::json!({
            "reference": reference, "scope": "user", "name": "A", "version": "2", "commit": "b",
            "download_bytes": 7, "added": [], "runtime": false,
        });
        let mut stock = Stock::default();
        stock.shelf.installed = vec![serde_json::from_value(app).unwrap()];
        let updates = vec![serde_json::from_value(update).unwrap()];
        stock.shelf.check = Some(cairn_model::app::shelf::AppCheck { updates, ..Default::default() });
        stock
    }

    #[test]
    fn apps_are_counted_with_the_system_and_alone() {
        let shown: Shown = Arc::new(Watched::Ready(snapshot(vec![deployment(1, true, true)])));
        let stock = pending("org.a.B", false);
        assert_eq!(Standing::of(&shown, &stock), Standing::Available { system: None, apps: 1, bytes: 7 });
        assert_eq!(badge(&shown, &stock), Some(1));
        let missing: Shown = Arc::new(Watched::Failed(Problem::NotAtomic));
        assert!(matches!(Standing::of(&missing, &stock), Standing::Available { system: None, apps: 1, .. }));
        let mut s = snapshot(vec![deployment(1, true, true)]);
        s.update = Some(update());
        assert_eq!(badge(&Arc::new(Watched::Ready(s)), &stock), Some(2));
    }

    #[test]
    fn what_is_held_is_not_offered() {
        let shown: Shown = Arc::new(Watched::Ready(snapshot(vec![deployment(1, true, true)])));
        assert_eq!(Standing::of(&shown, &pending("org.a.B", true)), Standing::UpToDate);
    }
}
