//! Always a plan first, then exactly that plan, followed until it has ended.

use super::session::Session;
use crate::arguments::apps::DryRun;
use crate::bar::Bar;
use cairn_model::Problem;
use cairn_model::app::{AppPlan, AppWish, Task};
use cairn_model::job::{JobState, Stage};
use cairn_words::{app as words, fill, problem};
use gettextrs::gettext;
use serde_json::json;
use std::time::Duration;

/// How long a task may wait for its turn before that is said.
const PATIENCE: Duration = Duration::from_millis(500);

/// Plans a wish and shows the plan, or does it.
pub async fn apply(session: &Session, wish: AppWish, plan: DryRun) -> Result<(), Problem> {
    apply_as(session, wish, String::new(), plan).await
}

/// The same for something whose name is known better than flatpak knows it; empty if not.
pub async fn apply_as(session: &Session, wish: AppWish, name: String, plan: DryRun) -> Result<(), Problem> {
    let planned = session.stoppable(session.apps.plan(&wish)).await;
    let mut made = match planned {
        // Asked for by a script each night, "already there" is the answer and no failure.
        Err(Problem::NoUpdate) => return nothing(session, &Problem::NoUpdate, up_to_date(&wish)),
        Err(problem @ Problem::AppInstalled { .. }) => {
            return nothing(session, &problem, problem::line(&problem));
        }
        planned => planned?,
    };
    if !name.is_empty() {
        made.name = name;
    }
    if plan.dry_run {
        return session.output.answer("plan", &made, || words::plan_lines(&made));
    }
    if session.output.json {
        session.output.progress("plan", &made);
    }
    for warning in &made.warnings {
        session.warn(&words::warning(warning));
    }
    if is_empty(&made) {
        let line = if made.warnings.is_empty() {
            up_to_date(&wish)
        } else {
            gettext("There is nothing else to do.")
        };
        return nothing(session, &Problem::NoUpdate, line);
    }
    if made.download_bytes > 0 {
        session.warn(&words::plan_summary(&made));
    }
    let task = follow(session, made).await?;
    session.output.answer("done", &task, || vec![fill(&gettext("{what}."), &[("what", &words::done(&task))])])
}

fn up_to_date(wish: &AppWish) -> String {
    match wish {
        AppWish::Update { .. } => gettext("All apps are up to date."),
        AppWish::RemoveUnused {} => gettext("Everything that is installed is needed."),
        AppWish::Repair { .. } => gettext("Nothing is damaged."),
        _ => gettext("There is nothing to do."),
    }
}

/// Nothing would be done: no step, and nothing to remember either.
fn is_empty(plan: &AppPlan) -> bool {
    let steps_are_all =
        matches!(plan.wish, AppWish::Update { .. } | AppWish::RemoveUnused {} | AppWish::Repair { .. });
    steps_are_all && plan.operations.is_empty()
}

fn nothing(session: &Session, problem: &Problem, line: String) -> Result<(), Problem> {
    session.output.answer("done", &json!({ "nothing": problem }), || vec![line])
}

/// Follows a task; ctrl+C asks it to stop and waits until it has.
async fn follow(session: &Session, plan: AppPlan) -> Result<Task, Problem> {
    let mut bar = Bar::new(session.output);
    let mut shelf = session.apps.shelf();
    let mut interrupt = session.interrupt.clone();
    let id = session.apps.apply(plan);
    let end = session.apps.wait(id);
    tokio::pin!(end);
    let patience = tokio::time::sleep(PATIENCE);
    tokio::pin!(patience);
    let mut shown = None;
    let task = loop {
        let seen = shelf.borrow_and_update().clone();
        let task = seen.shelf().and_then(|s| s.tasks.iter().find(|t| t.id == id));
        let waits = |t: &Task| t.progress.stage == Stage::Waiting && t.state == JobState::Running;
        // Everything waits for a moment; only who waits longer is told.
        let worth_saying = |t: &&Task| session.output.json || !waits(t) || patience.is_elapsed();
        if let Some(task) = task.filter(worth_saying).filter(|t| shown.as_ref() != Some(*t)) {
            bar.show_task(task);
            shown = Some(task.clone());
        }
        tokio::select! {
            biased;
            ended = &mut end => break ended,
            () = interrupt.pressed() => session.apps.cancel(id),
            changed = shelf.changed() => changed.map_err(|_| Problem::EngineFailed { detail: String::new() })?,
            () = &mut patience, if !patience.is_elapsed() => {}
        }
    };
    // One that was stopped while it waited is gone and leaves no task behind.
    let task = task.ok_or(Problem::Cancelled)?;
    if shown.as_ref() != Some(&task) {
        bar.show_task(&task);
    }
    outcome(session, task)
}

fn outcome(session: &Session, task: Task) -> Result<Task, Problem> {
    for (part, why) in task.failures() {
        let name = if part.name.is_empty() { part.reference.id.as_str() } else { &part.name };
        session.warn(&format!("{name}: {}", problem::line(why)));
    }
    match task.state {
        JobState::Done => Ok(task),
        JobState::Cancelled => Err(Problem::Cancelled),
        _ => {
            session.warn(&fill(&gettext("{what}."), &[("what", &words::task(&task))]));
            Err(task.problem.unwrap_or(Problem::EngineFailed { detail: String::new() }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cairn_model::app::Scope;

    #[test]
    fn a_hold_has_no_steps_and_is_still_something() {
        let reference: cairn_model::app::Ref = "app/org.kde.krita/x86_64/stable".parse().unwrap();
        let plan = |wish| AppPlan {
            wish,
            name: String::new(),
            operations: Vec::new(),
            download_bytes: 0,
            disk_bytes: 0,
            warnings: Vec::new(),
        };
        assert!(!is_empty(&plan(AppWish::Hold { scope: Scope::User, reference })));
        assert!(is_empty(&plan(AppWish::Update { refs: Vec::new(), allow_permissions: false })));
    }
}
