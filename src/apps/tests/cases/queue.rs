//! Waiting, running, stopping.

use crate::world::{Mood, World, install, listed, world};
use cairn_model::app::{AppPlan, Task};
use cairn_model::job::{JobState, Stage};

/// Begins a change and waits until it is as wanted.
fn until(w: &World, plan: AppPlan, wanted: impl Fn(&Task) -> bool) -> u64 {
    let id = w.apps.apply(plan);
    w.shelf(|s| s.tasks.iter().any(|t| t.id == id && (wanted(t) || t.state.is_final())));
    let task = w.now().tasks.into_iter().find(|t| t.id == id).unwrap();
    assert!(!task.state.is_final(), "it ended too early: {task:?}");
    id
}

#[test]
fn one_after_the_other() {
    world("cases::queue::one_after_the_other", |w| {
        let (big, plain) = (w.plan(install("org.test.Big")), w.plan(install("org.test.Plain")));
        w.server.be(Mood::Slow(2_000_000));
        let first = until(&w, big, |t| t.progress.bytes_done > 0);
        let second = w.apps.apply(plain.clone());
        let third = w.apps.apply(plain);
        let shelf = w.now();
        let waiting = shelf.tasks.iter().find(|t| t.id == second).unwrap();
        assert_eq!((waiting.state, waiting.progress.stage), (JobState::Running, Stage::Waiting));
        w.apps.cancel(third);
        let cancelled = w.now().tasks.into_iter().find(|t| t.id == third).unwrap();
        assert_eq!((cancelled.state, cancelled.problem), (JobState::Cancelled, None));
        w.apps.forget(third);
        w.apps.forget(first);
        assert_eq!(w.now().tasks.iter().map(|t| t.id).collect::<Vec<_>>(), [first, second]);
        w.server.be(Mood::Well);
        // The runtime that both need came with the first.
        let second = w.wait(w.apps.wait(second)).unwrap();
        assert_eq!(second.state, JobState::Done, "{second:?}");
        assert_eq!(w.wait(w.apps.wait(first)).unwrap().state, JobState::Done);
        assert!(w.is_installed("org.test.Big") && w.is_installed("org.test.Plain"));
    });
}

#[test]
fn stopped_in_a_download_nothing_is_left() {
    world("cases::queue::stopped_in_a_download_nothing_is_left", |w| {
        let plan = w.plan(install("org.test.Big"));
        w.server.be(Mood::Slow(300_000));
        let id = until(&w, plan, |t| {
            t.progress.bytes_done > 0 && t.current.as_ref().is_some_and(|r| r.id.as_str() == "org.test.Big")
        });
        w.apps.cancel(id);
        let task = w.wait(w.apps.wait(id)).unwrap();
        assert_eq!((task.state, &task.problem), (JobState::Cancelled, &None), "{task:?}");
        assert!(!w.is_installed("org.test.Big"));
        assert!(listed("--user").iter().all(|(r, _)| !r.starts_with("org.test.Big")));
        w.server.be(Mood::Well);
        w.install("org.test.Big");
    });
}

#[test]
fn stopped_while_deploying_nothing_is_half() {
    world("cases::queue::stopped_while_deploying_nothing_is_half", |w| {
        let plan = w.plan(install("org.test.Big"));
        let id = w.apps.apply(plan);
        w.shelf(|s| {
            s.tasks.iter().any(|t| t.id == id && (t.progress.stage == Stage::Deploying || t.state.is_final()))
        });
        w.apps.cancel(id);
        let task = w.wait(w.apps.wait(id)).unwrap();
        let there = listed("--user").iter().any(|(r, _)| r.starts_with("org.test.Big"));
        assert_eq!(w.is_installed("org.test.Big"), there);
        assert_eq!(task.state == JobState::Done, there, "{task:?}");
        if !there {
            w.install("org.test.Big");
        }
        assert_eq!(w.installed("org.test.Big").version, "1.0");
    });
}

#[test]
fn progress_is_true_and_only_rises() {
    world("cases::queue::progress_is_true_and_only_rises", |w| {
        let plan = w.plan(install("org.test.Big"));
        let total = plan.download_bytes;
        w.server.be(Mood::Slow(3_000_000));
        let id = w.apps.apply(plan);
        let mut seen: Vec<(f64, u64, Stage)> = Vec::new();
        let task = w.wait(async {
            let mut shelf = w.apps.shelf();
            loop {
                let now = shelf
                    .borrow_and_update()
                    .shelf()
                    .and_then(|s| s.tasks.iter().find(|t| t.id == id).cloned());
                if let Some(task) = now {
                    seen.push((
                        task.progress.fraction.unwrap_or(0.0),
                        task.progress.bytes_done,
                        task.progress.stage,
                    ));
                    if task.state.is_final() {
                        return task;
                    }
                }
                shelf.changed().await.unwrap();
            }
        });
        assert_eq!(task.state, JobState::Done, "{task:?}");
        assert!(seen.windows(2).all(|p| p[0].0 <= p[1].0 && p[0].1 <= p[1].1), "{seen:?}");
        assert!(seen.iter().any(|s| s.1 > total / 10 && s.1 < total), "{total} {seen:?}");
        assert_eq!(seen.last().unwrap().1, total);
        for stage in [Stage::Downloading, Stage::Deploying] {
            assert!(seen.iter().any(|s| s.2 == stage), "{seen:?}");
        }
    });
}

#[test]
fn threads_end_with_the_last_handle() {
    world("cases::queue::threads_end_with_the_last_handle", |w| {
        let threads = || {
            let tasks = std::fs::read_dir("/proc/self/task").unwrap();
            let name = |t: std::io::Result<std::fs::DirEntry>| {
                std::fs::read_to_string(t.ok()?.path().join("comm")).ok()
            };
            tasks.filter_map(name).filter(|n| n.starts_with("cairn-apps")).count()
        };
        let until = |wanted: usize| {
            while threads() != wanted {
                std::thread::yield_now();
            }
        };
        until(3);
        let other = cairn_apps::Apps::start(crate::world::places(&w.place));
        let clone = other.clone();
        drop(other);
        until(6);
        drop(clone);
        until(3);
    });
}

/// Window and command line may both want something.
#[test]
fn another_process_of_ours_is_waited_for() {
    world("cases::queue::another_process_of_ours_is_waited_for", |w| {
        let plan = w.plan(install("org.test.Plain"));
        let lock = std::fs::File::create(w.place.join("data/user.lock")).unwrap();
        rustix::fs::flock(&lock, rustix::fs::FlockOperation::LockExclusive).unwrap();
        let (first, second) = (w.apps.apply(plan.clone()), w.apps.apply(plan));
        w.apps.cancel(first);
        assert_eq!(w.wait(w.apps.wait(first)).unwrap().state, JobState::Cancelled);
        let now = w.now().tasks.into_iter().find(|t| t.id == second).unwrap();
        assert_eq!((now.state, now.progress.stage), (JobState::Running, Stage::Waiting));
        assert!(!w.is_installed("org.test.Plain"));
        drop(lock);
        assert_eq!(w.wait(w.apps.wait(second)).unwrap().state, JobState::Done);
    });
}
