//! Where the system stands, decided from what is known. Pure.

use crate::pages::Shown;
use cairn_client::{Snapshot, Watched};
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
    Available(Box<Update>),
    WentBack {
        from: String,
    },
    UpToDate,
}

impl Standing {
    pub fn of(shown: &Shown) -> Self {
        match &**shown {
            Watched::Loading => Self::Loading,
            Watched::Failed(problem) => Self::Unreachable(problem.clone()),
            Watched::Ready(snapshot) => Self::of_snapshot(snapshot),
        }
    }

    fn of_snapshot(snapshot: &Snapshot) -> Self {
        let status = &snapshot.status;
        let Some(running) = status.running() else { return Self::Unreachable(Problem::NotAtomic) };
        if let Some(job) = snapshot.running_job() {
            return match job.kind.as_str() {
                "check" => Self::Checking,
                "update" | "go-back" | "start-next" | "drop-staged" => Self::Working(job.clone()),
                _ => Self::resting(snapshot, running),
            };
        }
        Self::resting(snapshot, running)
    }

    fn resting(snapshot: &Snapshot, running: &Deployment) -> Self {
        let status = &snapshot.status;
        if let Some(next) = status.next().filter(|_| status.restart_pending()) {
            let older = next.timestamp < running.timestamp;
            let next = Box::new(next.clone());
            return if older { Self::GoingBack(next) } else { Self::Ready(next) };
        }
        if let Some(problem) = last_failure(snapshot) {
            return Self::Failed(problem);
        }
        if let Some(update) = offered(snapshot) {
            return Self::Available(Box::new(update.clone()));
        }
        let went_back = status.notices.iter().find_map(|n| match n {
            Notice::WentBack { from, .. } => Some(from.clone()),
            _ => None,
        });
        went_back.map_or(Self::UpToDate, |from| Self::WentBack { from })
    }
}

/// The update that may be offered.
pub fn offered(snapshot: &Snapshot) -> Option<&Update> {
    snapshot.update.as_ref().filter(|u| !u.skipped && !u.staged && !u.older)
}

/// What the newest job about updates failed with.
fn last_failure(snapshot: &Snapshot) -> Option<Problem> {
    let job = snapshot.job.as_ref().filter(|j| j.state == JobState::Failed)?;
    let about_updates = matches!(job.kind.as_str(), "check" | "update");
    job.problem.clone().filter(|_| about_updates)
}

/// What the sidebar counts beside "Updates".
pub fn badge(shown: &Shown) -> Option<u32> {
    let snapshot = shown.ready()?;
    (offered(snapshot).is_some() || snapshot.status.restart_pending()).then_some(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cairn_model::job::Progress;
    use cairn_model::{DeploymentId, Health, SystemStatus, Verification};
    use std::sync::Arc;

    fn deployment(version: i64, running: bool, next: bool) -> Deployment {
        Deployment {
            id: DeploymentId::new(format!("os-{version}.0")).unwrap(),
            version: version.to_string(),
            title: None,
            name: None,
            timestamp: Some(version),
            checksum: version.to_string(),
            origin: None,
            running,
            next,
            staged: false,
            previous: false,
            kept: false,
            last_known_good: false,
            skipped: false,
            health: Health::Unknown,
            verification: Verification::Unknown,
            unique_bytes: None,
        }
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
            uid: 0,
            started: 0,
            problem,
        }
    }

    fn standing(snapshot: Snapshot) -> Standing {
        Standing::of(&Arc::new(Watched::Ready(snapshot)))
    }

    fn update() -> Update {
        let json = r#"{"version":"3","checksum":"c","origin":"o:b"}"#;
        serde_json::from_str(json).unwrap()
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
        assert!(matches!(standing(s), Standing::Available(_)));
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
}
