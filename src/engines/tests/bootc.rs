//! The bootc engine on a played Bluefin, on recorded answers, and with a real repository of libostree below it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "bootc/abilities.rs"]
mod abilities;
mod conformance;
#[path = "bootc/held.rs"]
mod held;
#[path = "bootc/libostree.rs"]
mod libostree;
mod played;

use cairn_demo::systems::Mood;
use cairn_demo::systems::bootc::{Entry, Machine, STATE};
use cairn_engines::bootc::{Bootc, answer, progress};
use cairn_engines::{Engine, detect};
use cairn_jobs::{CancelReason, Context};
use cairn_model::job::Stage;
use cairn_model::plan::Warning;
use cairn_model::system::HeldBack;
use cairn_model::{Ability, Problem, Step, TargetId, Update, Wish};
use conformance::{check, fulfil, plan, run, status};
use played::{Played, recorded};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

const STABLE: &str = "ghcr.io/ublue-os/bluefin:stable";

struct Bluefin {
    played: Played,
    engine: Bootc,
}

impl Bluefin {
    async fn new() -> Self {
        let played = Played::new("bluefin").await;
        let engine = Bootc::new(played.host()).patience(Duration::from_secs(30));
        Self { played, engine }
    }

    fn set(&self, change: impl FnOnce(&mut Machine)) {
        self.played.stage.change(STATE, change).unwrap();
    }

    /// As a person would in a terminal.
    fn bootc(&self, arguments: &[&str]) {
        let mut command = Command::new(self.played.stage.path("/usr/bin/bootc"));
        let status =
            command.env("CAIRN_ROOT", self.played.stage.root()).args(arguments).output().unwrap().status;
        assert!(status.success(), "{arguments:?}");
    }

    /// Ends whatever this test has started in this very root.
    fn kill_children(&self) {
        let root = format!("CAIRN_ROOT={}", self.played.stage.root().display());
        for process in std::fs::read_dir("/proc").unwrap().flatten() {
            let environment = std::fs::read(process.path().join("environ")).unwrap_or_default();
            let id = process.file_name().to_str().and_then(|id| id.parse().ok());
            if let Some(id) = id.and_then(rustix::process::Pid::from_raw)
                && String::from_utf8_lossy(&environment).contains(&root)
            {
                rustix::process::kill_process(id, rustix::process::Signal::KILL).unwrap();
            }
        }
    }

    async fn step(&self, update: &Update) -> Result<(), Problem> {
        let (origin, checksum) = (update.origin.clone(), update.checksum.clone());
        self.engine.run(&Step::Stage { origin, checksum }, &Context::default()).await
    }
}

#[async_trait::async_trait]
impl conformance::Machine for Bluefin {
    fn engine(&self) -> &dyn Engine {
        &self.engine
    }

    async fn restart(&self) -> bool {
        self.played.restart();
        true
    }

    async fn changed_by_another(&self) {
        self.bootc(&["rollback"]);
        self.bootc(&["rollback"]);
    }

    async fn slow(&self, slow: bool) -> bool {
        self.played.mood("bootc", if slow { Mood::Slow { millis: 100 } } else { Mood::Well });
        true
    }
}

#[tokio::test]
async fn conforms() {
    let machine = Bluefin::new().await;
    assert_eq!(detect(&machine.played.host()).unwrap().id(), "bootc");
    conformance::suite(&machine).await;
    machine.played.nothing_unknown();
}

#[tokio::test]
async fn a_program_that_misbehaves_is_survived() {
    let machine = Bluefin::new().await;
    let engine = Bootc::new(machine.played.host()).patience(Duration::from_millis(1500));
    recorded::mischief(&machine.played, &engine, "bootc").await;
    machine.played.nothing_unknown();
}

#[tokio::test]
async fn recorded_answers_are_understood() {
    recorded::all("bootc", |host| Arc::new(Bootc::new(host.clone()))).await;
}

#[tokio::test]
async fn what_is_shown_is_what_the_image_says() {
    let machine = Bluefin::new().await;
    let now = status(&machine.engine).await;
    let running = now.running().unwrap();
    assert_eq!((now.os_name.as_str(), running.version.as_str()), ("Bluefin", "stable-43.20261103"));
    assert_eq!(running.origin.as_deref(), Some(STABLE));
    assert_eq!((running.timestamp, running.title.as_deref()), (Some(1_793_681_232), Some("Bluefin")));
    assert!(running.checksum.starts_with("sha256:") && now.space.total > 0, "{now:?}");
    assert_eq!(now.previous().unwrap().version, "stable-43.20261020");
    let update = check(&machine.engine).await;
    assert_eq!((update.version.as_str(), update.origin.as_str()), ("stable-43.20261117", STABLE));
    let plan = plan(&machine.engine, Wish::update(), Some(&update)).await.unwrap();
    assert_eq!(plan.warnings, [Warning::SizeUnknown]);
}

#[tokio::test]
async fn nothing_newer_is_no_update() {
    let machine = Bluefin::new().await;
    machine.set(|m| drop(m.published.insert(STABLE.into(), "stable-43.20261103".into())));
    assert_eq!(machine.engine.check(&Context::default()).await, Ok(None));
}

/// Another version is published between the question and the download: it is never what runs next.
#[tokio::test]
async fn a_tag_that_moves_makes_the_plan_outdated() {
    let machine = Bluefin::new().await;
    let update = check(&machine.engine).await;
    let before = status(&machine.engine).await;
    let newer = |m: &mut Machine| drop(m.published_next.insert(STABLE.into(), "stable-43.20261124".into()));
    machine.set(newer);
    machine.played.mood("bootc", Mood::Slow { millis: 200 });
    assert_eq!(machine.step(&update).await, Err(Problem::PlanOutdated));
    assert_eq!(status(&machine.engine).await.deployments, before.deployments);
    // It moved for good: now the question before the download finds out.
    assert_eq!(machine.step(&update).await, Err(Problem::PlanOutdated));
    assert_eq!(status(&machine.engine).await.deployments, before.deployments);
    let newest = check(&machine.engine).await;
    assert_eq!(newest.version, "stable-43.20261124");
    machine.step(&newest).await.unwrap();
}

/// Without progress nobody sees what is being fetched, so what was staged is compared.
#[tokio::test]
async fn another_version_than_planned_is_no_success() {
    let machine = Bluefin::new().await;
    let update = check(&machine.engine).await;
    machine.set(|m| {
        m.lacks.push("--progress-fd".into());
        m.published_next.insert(STABLE.into(), "stable-43.20261124".into());
    });
    assert_eq!(machine.step(&update).await, Err(Problem::PlanOutdated));
}

#[tokio::test]
async fn older_versions_of_the_program_do() {
    let machine = Bluefin::new().await;
    machine.set(|m| m.lacks = vec!["--format-version=1".into(), "--progress-fd".into()]);
    let update = check(&machine.engine).await;
    fulfil(&machine.engine, Wish::update(), Some(&update)).await;
    assert_eq!(status(&machine.engine).await.next().unwrap().checksum, update.checksum);
    machine.played.nothing_unknown();
}

/// While the new version is being made the program is left alone, and what was asked too late is done.
#[tokio::test]
async fn staging_is_not_cut_off() {
    let machine = Bluefin::new().await;
    let update = check(&machine.engine).await;
    machine.played.mood("bootc", Mood::Slow { millis: 60 });
    let ctx = Context::default();
    let (token, mut progress) = (ctx.cancel.clone(), ctx.progress.subscribe());
    tokio::spawn(async move {
        let _ = progress.wait_for(|p| p.stage == Stage::Writing).await;
        token.cancel(CancelReason::Asked);
    });
    let step = Step::Stage { origin: update.origin.clone(), checksum: update.checksum.clone() };
    assert_eq!(machine.engine.run(&step, &ctx).await, Ok(()));
    assert!(ctx.cancel.is_cancelled(), "it was asked in the middle");
    assert_eq!(status(&machine.engine).await.next().unwrap().checksum, update.checksum);
}

/// What runs may be read while the program works, although it keeps its lock.
#[tokio::test]
async fn the_status_does_not_wait_for_an_update() {
    let machine = Bluefin::new().await;
    let update = check(&machine.engine).await;
    let before = status(&machine.engine).await;
    let ctx = Context::default();
    let mut progress = ctx.progress.subscribe();
    machine.played.mood("bootc", Mood::Slow { millis: 60 });
    let step = Step::Stage { origin: update.origin.clone(), checksum: update.checksum.clone() };
    let look = async {
        let _ = progress.wait_for(|p| p.bytes_done > 0).await;
        machine
            .played
            .mood("bootc", Mood::Failing { status: 1, error: String::new(), words: "locked".into() });
        let seen = status(&machine.engine).await;
        machine.played.mood("bootc", Mood::Well);
        seen
    };
    let (done, seen) = tokio::join!(machine.engine.run(&step, &ctx), look);
    assert_eq!((done, seen.deployments), (Ok(()), before.deployments));
}

#[tokio::test]
async fn going_back_drops_what_is_staged_and_is_not_taken_back() {
    let machine = Bluefin::new().await;
    let update = check(&machine.engine).await;
    fulfil(&machine.engine, Wish::update(), Some(&update)).await;
    let back = plan(&machine.engine, Wish::GoBack {}, None).await.unwrap();
    assert!(back.warnings.contains(&Warning::StagedDropped { version: update.version.clone() }), "{back:?}");
    run(&machine.engine, &back).await.unwrap();
    let now = status(&machine.engine).await;
    assert!(now.staged().is_none(), "{now:?}");
    assert_eq!(now.next().unwrap().version, "stable-43.20261020");
    // The command turns the order around each time; the step does not.
    run(&machine.engine, &back).await.unwrap();
    assert_eq!(status(&machine.engine).await.next().unwrap().version, "stable-43.20261020");
    assert_eq!(plan(&machine.engine, Wish::GoBack {}, None).await.unwrap_err(), Problem::NothingPrevious);
    let running = now.running().unwrap().id.clone();
    machine.engine.run(&Step::SetDefault { id: running.clone() }, &Context::default()).await.unwrap();
    assert_eq!(status(&machine.engine).await.next().unwrap().id, running);
}

/// The version that was left is the newest that was fetched: what is newer still is noted with that one.
#[tokio::test]
async fn a_version_that_was_left_can_be_had_again() {
    let machine = Bluefin::new().await;
    let update = check(&machine.engine).await;
    fulfil(&machine.engine, Wish::update(), Some(&update)).await;
    machine.played.restart();
    fulfil(&machine.engine, Wish::GoBack {}, None).await;
    machine.played.restart();
    let again = check(&machine.engine).await;
    assert_eq!(again.checksum, update.checksum);
    fulfil(&machine.engine, Wish::update(), Some(&again)).await;
    assert_eq!(status(&machine.engine).await.next().unwrap().checksum, update.checksum);
    machine.set(|m| drop(m.published.insert(STABLE.into(), "stable-43.20261124".into())));
    let newer = check(&machine.engine).await;
    assert_eq!(newer.version, "stable-43.20261124");
    let plan = plan(&machine.engine, Wish::update(), Some(&newer)).await.unwrap();
    assert!(plan.warnings.contains(&Warning::StagedDropped { version: update.version }), "{plan:?}");
    run(&machine.engine, &plan).await.unwrap();
    assert_eq!(status(&machine.engine).await.next().unwrap().checksum, newer.checksum);
}

#[tokio::test]
async fn only_the_version_of_the_command_can_be_gone_back_to() {
    let machine = Bluefin::new().await;
    machine.set(|m| {
        let others = ["stable-43.20261006", "stable-43.20260922"];
        m.others = others.map(|v| Entry { version: v.into(), pinned: true, ..Entry::default() }).into();
    });
    let mut now = status(&machine.engine).await;
    assert_eq!(now.deployments.iter().filter(|d| d.kept).count(), 2);
    // The service leaves out what is bad and chooses the one after it.
    for deployment in &mut now.deployments {
        deployment.previous = deployment.version == "stable-43.20261006";
    }
    let refused = machine.engine.plan(&Wish::GoBack {}, &now, None).await.unwrap_err();
    assert_eq!(refused, Problem::NotSupported { what: "go-back".into() });
    let step = Step::SetDefault { id: now.previous().unwrap().id.clone() };
    assert_eq!(machine.engine.run(&step, &Context::default()).await, Err(Problem::PlanOutdated));
}

#[tokio::test]
async fn another_tag_is_followed_and_left_again() {
    let machine = Bluefin::new().await;
    let targets = machine.engine.targets().await.unwrap();
    let ids: Vec<&str> = targets.iter().map(|t| t.id.as_str()).collect();
    let of = |tag: &str| format!("ghcr.io/ublue-os/bluefin:{tag}");
    assert_eq!(ids, [of("stable"), of("latest"), of("gts")]);
    assert_eq!((targets[0].name.as_str(), targets[0].current), ("Bluefin stable", true));
    let to = |tag: &str| Wish::Rebase { target: TargetId::new(of(tag)).unwrap() };
    assert_eq!(plan(&machine.engine, to("stable"), None).await.unwrap_err().code(), "is-next");
    fulfil(&machine.engine, to("latest"), None).await;
    let now = status(&machine.engine).await;
    assert_eq!(now.next().unwrap().origin, Some(of("latest")));
    // Updates are those of the image that is followed after the restart.
    assert_eq!(machine.engine.check(&Context::default()).await, Ok(None));
    let update = Update { origin: of("stable"), ..an_update() };
    assert_eq!(
        plan(&machine.engine, Wish::update(), Some(&update)).await.unwrap_err(),
        Problem::RestartFirst
    );
    assert_eq!(machine.step(&update).await, Err(Problem::PlanOutdated));
    fulfil(&machine.engine, to("stable"), None).await;
    machine.played.restart();
    let targets = machine.engine.targets().await.unwrap();
    assert!(targets.iter().all(|t| t.current == (t.id.as_str() == of("stable"))), "{targets:?}");
    machine.played.nothing_unknown();
}

#[tokio::test]
async fn what_cannot_be_reached_is_told_with_its_words() {
    let machine = Bluefin::new().await;
    let update = check(&machine.engine).await;
    let words = "error: \u{1b}[31mnetwork".to_owned();
    machine.played.mood("bootc", Mood::Failing { status: 1, error: String::new(), words });
    let failed = Problem::ToolFailed { tool: "bootc".into(), status: 1, detail: "error: [31mnetwork".into() };
    assert_eq!(machine.engine.check(&Context::default()).await, Err(failed.clone()));
    assert_eq!(machine.step(&update).await, Err(failed));
    machine.played.mood("bootc", Mood::Well);
    std::fs::remove_file(machine.played.stage.path("/usr/bin/bootc")).unwrap();
    assert_eq!(machine.engine.status().await.unwrap_err(), Problem::ToolMissing { tool: "bootc".into() });
}

/// Ended by somebody else while it fetches: nothing has changed, and the next try works.
#[tokio::test]
async fn a_program_that_is_killed_in_the_middle_leaves_the_old_state() {
    let machine = Bluefin::new().await;
    let update = check(&machine.engine).await;
    let before = status(&machine.engine).await;
    machine.played.mood("bootc", Mood::Slow { millis: 60 });
    let ctx = Context::default();
    let mut progress = ctx.progress.subscribe();
    let step = Step::Stage { origin: update.origin.clone(), checksum: update.checksum.clone() };
    let kill = async {
        let _ = progress.wait_for(|p| p.bytes_done > 0).await;
        machine.kill_children();
    };
    let (done, ()) = tokio::join!(machine.engine.run(&step, &ctx), kill);
    let killed = Problem::ToolFailed { tool: "bootc".into(), status: 137, detail: String::new() };
    assert_eq!(done, Err(killed));
    assert_eq!(status(&machine.engine).await.deployments, before.deployments);
    machine.step(&update).await.unwrap();
}

/// Nothing that anybody writes may end the service.
#[test]
fn answers_that_are_cut_or_bent_are_only_bad() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded/bootc");
    for name in ["staged-rollback.toml", "composefs.toml"] {
        let case: toml::Table = toml::from_str(&std::fs::read_to_string(folder.join(name)).unwrap()).unwrap();
        let whole = case["answers"]["bootc"].as_str().unwrap().trim().as_bytes();
        assert!(answer::status(whole).unwrap().is_some());
        for at in 0..whole.len() {
            let cut = answer::status(&whole[..at]);
            assert_eq!(cut.unwrap_err().code(), "bad-answer", "{name} cut at {at}");
            for byte in [0, b'"', b'9', b'{', 0xff] {
                let mut bent = whole.to_vec();
                bent[at] = byte;
                if let Ok(Some(machine)) = answer::status(&bent) {
                    assert!(machine.entries().iter().all(|entry| entry.id().is_ok()));
                }
                let _ = progress::line(&String::from_utf8_lossy(&bent));
            }
        }
    }
}

fn an_update() -> Update {
    Update {
        version: "9".into(),
        checksum: "sha256:99".into(),
        origin: STABLE.into(),
        timestamp: None,
        download: None,
        installed: None,
        changes: None,
        verification: cairn_model::Verification::Unknown,
        older: false,
        skipped: false,
        staged: false,
        downloaded: false,
    }
}

/// What cannot be changed refuses every change, and is shown all the same.
#[tokio::test]
async fn abilities_are_those_of_the_machine() {
    let answer = |name: &str| {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded/bootc").join(name);
        let case: toml::Table = toml::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        case["answers"]["bootc"].as_str().unwrap().to_owned()
    };
    let cases: [(&str, &[Ability]); 4] = [
        ("read-only.toml", &[]),
        ("layered.toml", &[Ability::Rollback, Ability::Unlock, Ability::Automatic]),
        ("composefs.toml", &[Ability::Rollback, Ability::Rebase, Ability::Unlock]),
        ("from-a-ref.toml", &[Ability::Rollback, Ability::Unlock, Ability::Automatic]),
    ];
    for (name, abilities) in cases {
        let machine = Bluefin::new().await;
        machine.played.mood("bootc", Mood::Saying { answer: answer(name) });
        let now = status(&machine.engine).await;
        assert_eq!(now.abilities, abilities, "{name}");
        for (ability, wish) in [
            (Ability::Stage, Wish::update()),
            (Ability::Rollback, Wish::GoBack {}),
            (Ability::Rebase, Wish::Rebase { target: TargetId::new(STABLE).unwrap() }),
        ] {
            let refused = plan(&machine.engine, wish, Some(&an_update())).await.map_err(|p| p.code());
            assert_eq!(refused == Err("not-supported"), !abilities.contains(&ability), "{name} {ability:?}");
        }
        let step = Step::Stage { origin: STABLE.into(), checksum: "sha256:99".into() };
        let refused = machine.engine.run(&step, &Context::default()).await;
        assert_eq!(refused.unwrap_err().code(), "not-supported", "{name}");
    }
}
