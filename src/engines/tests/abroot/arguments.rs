//! What the kernel is told, and building a root that is told something else.

use super::*;
use cairn_model::argument::ArgumentState;
use cairn_model::{ArgumentDelta, KernelArgument};

const RECORD: &str = "/etc/abroot/kargs";
const AS_IT_COMES: &str = "quiet splash bgrt_disable $vt_handoff lsm=integrity";

fn delta(add: &[&str], remove: &[&str]) -> ArgumentDelta {
    let list = |words: &[&str]| words.iter().map(|word| KernelArgument::new(*word).unwrap()).collect();
    ArgumentDelta { add: list(add), remove: list(remove) }
}

async fn state(vanilla: &Vanilla, text: &str) -> Option<(ArgumentState, bool)> {
    let all = vanilla.engine.arguments().await.unwrap();
    all.into_iter().find(|one| one.text == text).map(|one| (one.state, one.changeable))
}

#[tokio::test]
async fn arguments_are_those_of_the_next_root() {
    let vanilla = Vanilla::new().await;
    assert_eq!(state(&vanilla, "quiet").await, Some((ArgumentState::Running, true)));
    assert_eq!(state(&vanilla, "$vt_handoff").await, None);
    let before = vanilla.status().await;
    let wish = Wish::ChangeArguments { delta: delta(&["mitigations=off"], &["splash"]) };
    conformance::fulfil(&vanilla.engine, wish.clone(), None).await;
    assert_eq!(vanilla.read(RECORD), "quiet bgrt_disable $vt_handoff lsm=integrity mitigations=off");
    assert_eq!(state(&vanilla, "mitigations=off").await, Some((ArgumentState::Next, true)));
    assert_eq!(state(&vanilla, "splash").await, Some((ArgumentState::Going, false)));
    let after = vanilla.status().await;
    assert!(
        after.restart_pending() && after.running().unwrap().id == before.running().unwrap().id,
        "{after:?}"
    );
    assert_eq!(vanilla.plan(wish).await.unwrap_err(), Problem::RestartFirst);
    let again = vanilla.run(Step::Arguments { delta: delta(&["nosmt"], &[]), checksum: None }).await;
    assert_eq!(again, Err(Problem::RestartFirst));
    vanilla.played.restart();
    assert_eq!(state(&vanilla, "mitigations=off").await, Some((ArgumentState::Running, true)));
    assert_eq!(state(&vanilla, "splash").await, None);
    vanilla.played.nothing_unknown();
}

/// A build takes the newest image along, and builds where there is none.
#[tokio::test]
async fn a_root_is_built_also_where_nothing_is_newer() {
    let vanilla = Vanilla::new().await;
    let update = conformance::check(&vanilla.engine).await;
    let wish = Wish::ChangeArguments { delta: delta(&["nosmt"], &[]) };
    let plan = conformance::plan(&vanilla.engine, wish, Some(&update)).await.unwrap();
    assert_eq!((plan.target, plan.restart_needed, plan.space.len()), (update.version.clone(), true, 1));
    vanilla.change(|state| {
        let digest = state.running().digest;
        state.registry.values_mut().for_each(|offered| offered.digest.clone_from(&digest));
    });
    let running = vanilla.status().await.running().unwrap().checksum.clone();
    let outdated = vanilla.run(plan.steps[0].clone()).await;
    assert_eq!(outdated, Err(Problem::PlanOutdated), "it would bring something else than was said");
    let wish = Wish::ChangeArguments { delta: delta(&["nosmt"], &[]) };
    let plan = conformance::plan(&vanilla.engine, wish, Some(&update)).await.unwrap();
    assert_eq!(plan.target, plan.running);
    vanilla.run(plan.steps[0].clone()).await.unwrap();
    let now = vanilla.status().await;
    assert_eq!(now.next().map(|next| (&next.checksum, next.running)), Some((&running, false)));
}

#[tokio::test]
async fn what_does_not_fit_the_record_is_refused() {
    let vanilla = Vanilla::new().await;
    for (delta, code) in [
        (delta(&["quiet"], &[]), "argument-present"),
        (delta(&[], &["nosmt"]), "not-found"),
        (ArgumentDelta::default(), "invalid-argument"),
    ] {
        let refused = vanilla.plan(Wish::ChangeArguments { delta: delta.clone() }).await;
        assert_eq!(refused.unwrap_err().code(), code, "{delta:?}");
        assert_eq!(vanilla.run(Step::Arguments { delta, checksum: None }).await.unwrap_err().code(), code);
    }
    assert_eq!(vanilla.read(RECORD), AS_IT_COMES);
}

#[tokio::test]
async fn the_record_of_what_was_not_built_is_put_back() {
    let vanilla = Vanilla::new().await;
    let wish = Wish::ChangeArguments { delta: delta(&["nosmt"], &["quiet"]) };
    let step = vanilla.plan(wish).await.unwrap().steps[0].clone();
    vanilla.change(|state| state.offline = true);
    assert_eq!(vanilla.run(step.clone()).await.unwrap_err().code(), "tool-failed");
    assert_eq!(vanilla.read(RECORD), AS_IT_COMES);
    vanilla.change(|state| state.offline = false);
    vanilla.played.mood("abroot", Mood::Slow { millis: 300 });
    let ctx = Context::default();
    let (token, record) = (ctx.cancel.clone(), vanilla.played.stage.path(RECORD));
    tokio::spawn(async move {
        while !std::fs::read_to_string(&record).unwrap_or_default().contains("nosmt") {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        token.cancel(CancelReason::Asked);
    });
    assert_eq!(vanilla.engine.run(&step, &ctx).await, Err(Problem::Cancelled));
    assert_eq!(vanilla.read(RECORD), AS_IT_COMES);
    vanilla.played.mood("abroot", Mood::Well);
    assert!(!vanilla.status().await.restart_pending());
}

#[tokio::test]
async fn without_a_record_nothing_is_claimed() {
    let vanilla = Vanilla::new().await;
    let answer = r#"{"present":"vos-a","future":"vos-b","abimage":{"digest":"sha256:01"},"pkgMngStatus":0}"#;
    vanilla.played.mood("abroot", Mood::Saying { answer: answer.into() });
    assert!(!vanilla.status().await.can(Ability::KernelArguments));
    assert_eq!(vanilla.engine.arguments().await.unwrap_err().code(), "not-supported");
    let step = Step::Arguments { delta: delta(&["nosmt"], &[]), checksum: None };
    assert_eq!(vanilla.run(step).await.unwrap_err().code(), "not-supported");
    let refused = vanilla.plan(Wish::ChangeArguments { delta: delta(&["nosmt"], &[]) }).await;
    assert_eq!(refused.unwrap_err().code(), "not-supported");
}
