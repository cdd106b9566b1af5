//! What every engine must hold, whatever system it drives. An engine's own test brings a machine with an update on offer
//! and calls [`suite`]. What an engine is not able to do is not tried, only that it is refused.

// Each engine's test uses what its machine needs.
#![allow(dead_code)]

use async_trait::async_trait;
use cairn_engines::Engine;
use cairn_jobs::{CancelReason, Context};
use cairn_model::{
    Ability, ArgumentDelta, DeploymentId, ExtraId, KernelArgument, PackageDelta, PackageName, Plan, Problem,
    Step, SystemStatus, TargetId, Update, Wish,
};
use std::time::Duration;

/// A machine of the family, with an update on offer and a version to go back to.
#[async_trait]
pub trait Machine: Sync {
    fn engine(&self) -> &dyn Engine;

    /// Starts what starts next. False where that is not possible inside a test.
    async fn restart(&self) -> bool {
        false
    }

    /// Another tool changes the versions, and changes them back.
    async fn changed_by_another(&self);

    /// Makes long work so slow that it can be stopped in the middle, or quick again. False where the family cannot stop.
    async fn slow(&self, slow: bool) -> bool;

    /// There are two slots: preparing overwrites the version beside the running one from its first moment. What runs and
    /// what starts next stay all the same.
    fn overwrites(&self) -> bool {
        false
    }

    /// A package that can be added.
    fn package(&self) -> PackageName {
        PackageName::new("htop").unwrap()
    }

    /// A package of the base that can be left out.
    fn base_package(&self) -> PackageName {
        PackageName::new("firefox").unwrap()
    }
}

pub async fn suite(machine: &dyn Machine) {
    let engine = machine.engine();
    let before = status(engine).await;
    abilities_and_plans_agree(engine, &before).await;
    refusals_are_typed(engine, &before).await;
    let update = offered(engine).await;
    checking_changed_nothing(engine, &before).await;
    if let Some(update) = &update
        && machine.slow(true).await
    {
        cancelled_in_the_middle(machine, &before, update).await;
        machine.slow(false).await;
    }
    if can(engine, Ability::Pin) {
        kept_and_let_go(engine, &before).await;
    }
    told_of_changes_by_others(machine).await;
    match &update {
        Some(update) => {
            staged(engine, update).await;
            if machine.restart().await {
                runs_and_goes_back(machine, update).await;
            }
        }
        None if can(engine, Ability::Rollback) && machine.restart().await => goes_back(machine).await,
        None => {}
    }
    if can(engine, Ability::Packages) {
        packages(machine).await;
    }
    if can(engine, Ability::Rebase) {
        rebase(machine).await;
    }
    if can(engine, Ability::Cleanup) {
        cleanup(machine).await;
    }
}

pub fn can(engine: &dyn Engine, ability: Ability) -> bool {
    engine.abilities().contains(&ability)
}

/// Reads the status and holds it to the invariants.
pub async fn status(engine: &dyn Engine) -> SystemStatus {
    let status = engine.status().await.unwrap();
    invariants(engine, &status);
    status
}

pub fn invariants(engine: &dyn Engine, status: &SystemStatus) {
    let count = |f: fn(&cairn_model::Deployment) -> bool| status.deployments.iter().filter(|d| f(d)).count();
    assert_eq!(status.engine, engine.id());
    assert_eq!(count(|d| d.running), 1, "exactly one runs: {status:?}");
    assert_eq!(count(|d| d.next), 1, "exactly one starts next: {status:?}");
    assert!(count(|d| d.staged) <= 1 && count(|d| d.previous) <= 1, "{status:?}");
    assert!(!status.deployments.iter().any(|d| d.previous && d.running), "{status:?}");
    assert!(status.deployments.iter().all(|d| !d.version.is_empty()), "{status:?}");
    assert!(
        status.deployments.iter().all(|d| cairn_model::deployment::is_identity(&d.checksum)),
        "{status:?}"
    );
    let mut ids: Vec<_> = status.deployments.iter().map(|d| &d.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), status.deployments.len(), "ids are unique");
    assert_eq!(status.abilities, engine.abilities());
}

pub async fn plan(engine: &dyn Engine, wish: Wish, update: Option<&Update>) -> Result<Plan, Problem> {
    engine.plan(&wish, &status(engine).await, update).await
}

pub async fn run(engine: &dyn Engine, plan: &Plan) -> Result<(), Problem> {
    for step in plan.steps.iter().filter(|step| !step.is_memory()) {
        engine.run(step, &Context::default()).await?;
    }
    Ok(())
}

/// Plans it and does it.
pub async fn fulfil(engine: &dyn Engine, wish: Wish, update: Option<&Update>) {
    let plan = plan(engine, wish.clone(), update).await.unwrap_or_else(|p| panic!("{wish:?}: {p:?}"));
    run(engine, &plan).await.unwrap_or_else(|p| panic!("{wish:?}: {p:?}"));
}

pub async fn check(engine: &dyn Engine) -> Update {
    let update = engine.check(&Context::default()).await.unwrap().expect("an update is on offer");
    assert!(!update.version.is_empty() && !update.staged && !update.older, "{update:?}");
    assert!(cairn_model::deployment::is_identity(&update.checksum), "{update:?}");
    update
}

/// The update on offer; `None` for a family whose updates are not its engine's affair.
async fn offered(engine: &dyn Engine) -> Option<Update> {
    if can(engine, Ability::Check) {
        return Some(check(engine).await);
    }
    assert!(!can(engine, Ability::Stage), "nothing is prepared that nobody looked for");
    let refused = engine.check(&Context::default()).await.unwrap_err();
    assert_eq!(refused.code(), "not-supported");
    None
}

fn add(name: &PackageName) -> Wish {
    Wish::ChangePackages { delta: PackageDelta { add: vec![name.clone()], ..PackageDelta::default() } }
}

fn argument() -> ArgumentDelta {
    let add = vec![KernelArgument::new("cairn.conformance=1").unwrap()];
    ArgumentDelta { add, ..ArgumentDelta::default() }
}

fn remove(name: &PackageName) -> Wish {
    Wish::ChangePackages { delta: PackageDelta { remove: vec![name.clone()], ..PackageDelta::default() } }
}

/// What an engine says it can do gets a plan or a reason; what it does not say is "not supported".
async fn abilities_and_plans_agree(engine: &dyn Engine, status: &SystemStatus) {
    let id = status.running().unwrap().id.clone();
    let name = PackageName::new("nothing-of-that-name").unwrap();
    let exclude = PackageDelta { exclude: vec![name.clone()], ..PackageDelta::default() };
    let wishes = [
        (Ability::Stage, Wish::update()),
        (Ability::DropStaged, Wish::DropStaged {}),
        (Ability::Rollback, Wish::GoBack {}),
        (Ability::StartNext, Wish::StartNext { id: id.clone() }),
        (Ability::Pin, Wish::Keep { id: id.clone() }),
        (Ability::Delete, Wish::Remove { id }),
        (Ability::Packages, add(&name)),
        (Ability::Override, Wish::ChangePackages { delta: exclude }),
        (Ability::Rebase, Wish::Rebase { target: TargetId::new("nothing:of-that-name").unwrap() }),
        (Ability::Cleanup, Wish::Cleanup {}),
        (Ability::DownloadOnly, Wish::Download {}),
        (Ability::ApplyLive, Wish::ApplyNow {}),
        (Ability::Unlock, Wish::Unlock {}),
        (Ability::Snapshot, Wish::Snapshot { name: "Before the trip".into() }),
        (Ability::KernelArguments, Wish::ChangeArguments { delta: argument() }),
        (
            Ability::Extras,
            Wish::ChangeExtra { id: ExtraId::new("nothing-of-that-name").unwrap(), enabled: true },
        ),
    ];
    for (ability, wish) in wishes {
        let refused = matches!(plan(engine, wish.clone(), None).await, Err(Problem::NotSupported { .. }));
        assert_eq!(refused, !can(engine, ability), "{ability:?} {wish:?}");
    }
    let unable = |result: Result<(), Problem>| matches!(result, Err(Problem::NotSupported { .. }));
    assert_eq!(unable(engine.packages().await.map(|_| ())), !can(engine, Ability::PackageList));
    let found = engine.find_packages("htop", &Context::default()).await;
    assert_eq!(unable(found.map(|_| ())), !can(engine, Ability::PackageSearch));
    assert_eq!(unable(engine.arguments().await.map(|_| ())), !can(engine, Ability::KernelArguments));
    assert_eq!(unable(engine.extras().await.map(|_| ())), !can(engine, Ability::Extras));
    assert_eq!(unable(engine.follow(&Context::default()).await), !can(engine, Ability::Follow));
    let policies = status.automatic.as_ref().map_or(0, |automatic| automatic.choices.len());
    assert_eq!(policies > 0, can(engine, Ability::Automatic), "{:?}", status.automatic);
    assert_eq!(unable(engine.targets().await.map(|_| ())), !can(engine, Ability::Rebase));
}

async fn refusals_are_typed(engine: &dyn Engine, status: &SystemStatus) {
    let running = status.running().unwrap();
    let unknown = DeploymentId::new("nothing-0.0").unwrap();
    if can(engine, Ability::Stage) {
        assert_eq!(plan(engine, Wish::update(), None).await.unwrap_err(), Problem::NoUpdate);
    }
    if can(engine, Ability::DropStaged) {
        assert_eq!(plan(engine, Wish::DropStaged {}, None).await.unwrap_err(), Problem::NothingStaged);
    }
    if can(engine, Ability::StartNext) {
        let start = plan(engine, Wish::StartNext { id: unknown.clone() }, None).await;
        assert_eq!(start.unwrap_err().code(), "not-found");
    }
    if can(engine, Ability::Pin) {
        let keep = plan(engine, Wish::Keep { id: unknown.clone() }, None).await;
        assert_eq!(keep.unwrap_err().code(), "not-found");
        let pin = engine.run(&Step::Pin { id: unknown.clone() }, &Context::default()).await;
        assert_eq!(pin.unwrap_err().code(), "not-found");
    }
    if can(engine, Ability::Rebase) {
        let target = TargetId::new("nothing:of-that-name").unwrap();
        assert_eq!(plan(engine, Wish::Rebase { target }, None).await.unwrap_err().code(), "target-unknown");
    }
    if !can(engine, Ability::Delete) {
        return;
    }
    let remove = plan(engine, Wish::Remove { id: running.id.clone() }, None).await;
    assert_eq!(remove.unwrap_err(), Problem::IsRunning { version: running.version.clone() });
    // The step itself looks again, since another tool may have changed the system since the plan.
    let step = Step::Remove { id: running.id.clone() };
    assert_eq!(engine.run(&step, &Context::default()).await.unwrap_err().code(), "is-running");
    let mut known_good = status.clone();
    let other = known_good.deployments.iter_mut().find(|d| !d.running && !d.next).unwrap();
    other.last_known_good = true;
    let wish = Wish::Remove { id: other.id.clone() };
    assert_eq!(engine.plan(&wish, &known_good, None).await.unwrap_err().code(), "is-last-known-good");
}

async fn checking_changed_nothing(engine: &dyn Engine, before: &SystemStatus) {
    assert_eq!(status(engine).await.deployments, before.deployments);
}

async fn cancelled_in_the_middle(machine: &dyn Machine, before: &SystemStatus, update: &Update) {
    let engine = machine.engine();
    let plan = plan(engine, Wish::update(), Some(update)).await.unwrap();
    let ctx = Context::default();
    let token = ctx.cancel.clone();
    let mut progress = ctx.progress.subscribe();
    tokio::spawn(async move {
        let _ = progress.wait_for(|p| p.bytes_done > 0 || p.fraction.is_some_and(|f| f > 0.0)).await;
        token.cancel(CancelReason::Asked);
    });
    assert_eq!(engine.run(&plan.steps[0], &ctx).await.unwrap_err(), Problem::Cancelled);
    assert!(ctx.progress.now().fraction.unwrap_or(0.0) < 1.0);
    let after = status(engine).await;
    if machine.overwrites() {
        assert_eq!((after.running(), after.next()), (before.running(), before.next()));
    } else {
        assert_eq!(after.deployments, before.deployments);
    }
}

async fn kept_and_let_go(engine: &dyn Engine, before: &SystemStatus) {
    let other = before.deployments.iter().find(|d| !d.running && !d.next && !d.kept).unwrap();
    fulfil(engine, Wish::Keep { id: other.id.clone() }, None).await;
    assert!(status(engine).await.find(&other.id).unwrap().kept);
    let again = plan(engine, Wish::Keep { id: other.id.clone() }, None).await;
    assert_eq!(again.unwrap_err().code(), "is-kept");
    if can(engine, Ability::Delete) {
        let remove = Step::Remove { id: other.id.clone() };
        assert_eq!(engine.run(&remove, &Context::default()).await.unwrap_err().code(), "is-kept");
    }
    fulfil(engine, Wish::Unkeep { id: other.id.clone() }, None).await;
    assert_eq!(status(engine).await.deployments, before.deployments);
}

/// Prepared, dropped where that is possible, prepared again.
async fn staged(engine: &dyn Engine, update: &Update) {
    let before = status(engine).await;
    fulfil(engine, Wish::update(), Some(update)).await;
    let after = status(engine).await;
    let next = after.next().unwrap();
    assert_eq!((&next.version, &next.checksum), (&update.version, &update.checksum), "{after:?}");
    assert!(after.restart_pending(), "{after:?}");
    if can(engine, Ability::Pin) && next.staged {
        let pin = Step::Pin { id: next.id.clone() };
        assert_eq!(engine.run(&pin, &Context::default()).await.unwrap_err().code(), "is-staged");
    }
    if can(engine, Ability::DropStaged) {
        fulfil(engine, Wish::DropStaged {}, None).await;
        assert_eq!(status(engine).await.deployments, before.deployments, "as if nothing had been");
        let update = check(engine).await;
        fulfil(engine, Wish::update(), Some(&update)).await;
        assert!(status(engine).await.restart_pending());
    }
}

async fn runs_and_goes_back(machine: &dyn Machine, update: &Update) {
    let engine = machine.engine();
    let updated = status(engine).await;
    assert_eq!(updated.running().unwrap().checksum, update.checksum, "{updated:?}");
    assert!(!updated.restart_pending(), "{updated:?}");
    if !can(engine, Ability::Rollback) {
        return;
    }
    let target = updated.previous().expect("there is something to go back to").clone();
    fulfil(engine, Wish::GoBack {}, None).await;
    let gone_back = status(engine).await;
    assert_eq!(gone_back.next().unwrap().id, target.id, "{gone_back:?}");
    assert!(machine.restart().await);
    assert_eq!(status(engine).await.running().unwrap().checksum, target.checksum);
}

/// The same without an update. What starts may be a copy of what was gone back to.
async fn goes_back(machine: &dyn Machine) {
    let engine = machine.engine();
    let before = status(engine).await;
    let target = before.previous().expect("there is something to go back to").clone();
    fulfil(engine, Wish::GoBack {}, None).await;
    let gone_back = status(engine).await;
    assert_eq!(gone_back.next().unwrap().checksum, target.checksum, "{gone_back:?}");
    assert_eq!(gone_back.running().map(|d| &d.id), before.running().map(|d| &d.id));
    assert!(machine.restart().await);
    let after = status(engine).await;
    assert_eq!(after.running().unwrap().checksum, target.checksum);
    assert!(!after.restart_pending(), "{after:?}");
}

async fn packages(machine: &dyn Machine) {
    let (engine, name) = (machine.engine(), machine.package());
    let before = engine.packages().await.unwrap();
    assert!(!before.iter().any(|p| p.name == name), "{before:?}");
    let unknown = PackageName::new("nothing-of-that-name").unwrap();
    let refused = plan(engine, remove(&unknown), None).await.unwrap_err();
    assert_eq!(refused.code(), "package-unknown");
    if can(engine, Ability::PackageSearch) {
        let found = engine.find_packages(name.as_str(), &Context::default()).await.unwrap();
        assert!(found.iter().any(|p| p.name == name), "{found:?}");
    }
    fulfil(engine, add(&name), None).await;
    let added = engine.packages().await.unwrap();
    assert!(added.iter().any(|p| p.name == name), "{added:?}");
    machine.restart().await;
    let again = plan(engine, add(&name), None).await.unwrap_err();
    assert_eq!(again.code(), "package-present");
    fulfil(engine, remove(&name), None).await;
    machine.restart().await;
    assert!(!engine.packages().await.unwrap().iter().any(|p| p.name == name));
    status(engine).await;
    if can(engine, Ability::Override) {
        overrides(machine).await;
    }
}

async fn overrides(machine: &dyn Machine) {
    let (engine, name) = (machine.engine(), machine.base_package());
    let delta = PackageDelta { exclude: vec![name.clone()], ..PackageDelta::default() };
    fulfil(engine, Wish::ChangePackages { delta }, None).await;
    machine.restart().await;
    assert!(engine.packages().await.unwrap().iter().any(|p| p.name == name));
    let delta = PackageDelta { reset: vec![name.clone()], ..PackageDelta::default() };
    fulfil(engine, Wish::ChangePackages { delta }, None).await;
    machine.restart().await;
    assert!(!engine.packages().await.unwrap().iter().any(|p| p.name == name));
}

async fn rebase(machine: &dyn Machine) {
    let engine = machine.engine();
    let targets = engine.targets().await.unwrap();
    assert_eq!(targets.iter().filter(|t| t.current).count(), 1, "{targets:?}");
    let other = targets.iter().find(|t| !t.current).expect("there is another target").clone();
    fulfil(engine, Wish::Rebase { target: other.id.clone() }, None).await;
    machine.restart().await;
    let now = engine.targets().await.unwrap();
    assert!(now.iter().any(|t| t.current && t.id == other.id), "{now:?}");
    status(engine).await;
}

async fn cleanup(machine: &dyn Machine) {
    let engine = machine.engine();
    let before = status(engine).await;
    fulfil(engine, Wish::Cleanup {}, None).await;
    let after = status(engine).await;
    assert_eq!(after.running(), before.running());
    assert!(after.deployments.len() <= before.deployments.len());
}

async fn told_of_changes_by_others(machine: &dyn Machine) {
    use futures_util::StreamExt;
    let mut changes = machine.engine().watch().unwrap();
    // A watch over the bus is set up while it is first waited for.
    let first = tokio::time::timeout(Duration::from_millis(300), changes.next()).await;
    assert!(first != Ok(None), "watching ended at once");
    machine.changed_by_another().await;
    let told = tokio::time::timeout(Duration::from_secs(20), changes.next()).await;
    assert_eq!(told, Ok(Some(())), "a change was not noticed");
}
