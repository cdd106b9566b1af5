//! Changing the system: always a plan first, then exactly that plan.

use super::{find, packages, start};
use crate::arguments::WishCommand;
use crate::bar::Bar;
use crate::output::Output;
use cairn_client::{Client, JobRef};
use cairn_model::system::HeldBack;
use cairn_model::{ArgumentDelta, ExtraId, PackageDelta, Plan, Problem, TargetId, Wish};
use cairn_words::{advisory, fill, plan as words, problem, update};
use gettextrs::gettext;
use serde_json::json;

pub async fn check(client: &Client, output: Output) -> Result<(), Problem> {
    look(client, output).await?;
    let found = client.update().await?;
    output.answer("update", &found, || match &found {
        None => vec![problem::heading(&Problem::NoUpdate)],
        Some(found) if found.staged => {
            vec![problem::line(&Problem::IsStaged { version: found.version.clone() })]
        }
        Some(found) if found.skipped => {
            vec![problem::line(&Problem::Skipped { version: found.version.clone() })]
        }
        Some(found) => {
            let mut lines = vec![update::summary(found)];
            lines.extend(found.downloaded.then(update::is_here));
            lines.push(update::trust(&found.verification));
            lines.extend(found.changes.as_ref().map(update::counts));
            let holes = found.changes.iter().flat_map(|changes| &changes.advisories);
            lines.extend(found.changes.as_ref().and_then(advisory::summary));
            lines.extend(holes.map(|hole| {
                format!("  {}", update::join(&[advisory::severity(hole.severity), advisory::line(hole)]))
            }));
            lines
        }
    })
}

async fn look(client: &Client, output: Output) -> Result<(), Problem> {
    let job = client.check().await?;
    follow(client, output, &job).await
}

pub async fn plan(client: &Client, output: Output, command: &WishCommand) -> Result<(), Problem> {
    let wish = resolve(client, command).await?;
    if matches!(wish, Wish::Update { .. }) {
        look(client, output).await?;
    }
    let (plan, _) = client.plan(&wish).await?;
    output.answer("plan", &plan, || words::lines(&plan))
}

pub async fn apply(client: &Client, output: Output, command: &WishCommand) -> Result<(), Problem> {
    let wish = resolve(client, command).await?;
    if matches!(wish, Wish::Update { .. }) {
        look(client, output).await?;
    }
    let planned = client.plan(&wish).await;
    let (plan, token) = match (&wish, planned) {
        // Asked for by a script each night, "already there" is the answer and no failure.
        (Wish::Update { .. }, Err(problem @ (Problem::NoUpdate | Problem::IsStaged { .. }))) => {
            return nothing(output, &problem);
        }
        (Wish::Update { .. }, Err(problem @ Problem::Skipped { .. })) => return nothing(output, &problem),
        (_, planned) => planned?,
    };
    if output.json {
        output.progress("plan", &plan);
    }
    for line in plan.warnings.iter().map(words::warning).chain(words::brings(&plan)) {
        if !output.json {
            eprintln!("{line}");
        }
    }
    let job = client.apply(token).await?;
    follow(client, output, &job).await?;
    output.answer("done", &plan, || done(&plan))
}

fn nothing(output: Output, problem: &Problem) -> Result<(), Problem> {
    output.answer("done", &json!({ "nothing": problem }), || vec![problem::line(problem)])
}

fn done(plan: &Plan) -> Vec<String> {
    let mut lines = vec![fill(&gettext("{what}."), &[("what", &words::done(plan))])];
    match plan.restart_needed {
        true if plan.target == plan.running => lines.push(gettext("Restart to use it.")),
        true => lines.push(fill(&gettext("Restart to use version {target}."), &[("target", &plan.target)])),
        false => {}
    }
    lines
}

/// Follows a job; ctrl+C asks it to stop and waits until it has.
async fn follow(client: &Client, output: Output, job: &JobRef) -> Result<(), Problem> {
    let mut bar = Bar::new(output);
    let work = client.follow(job, |info| bar.show(info));
    tokio::pin!(work);
    loop {
        tokio::select! {
            ended = &mut work => return ended.map(|_| ()),
            _ = tokio::signal::ctrl_c() => match client.cancel(job).await {
                // Leaving would look as if it had stopped.
                Err(Problem::NotSupported { .. }) => {
                    eprintln!("{}", gettext("It cannot be stopped any more; this waits until it is done."));
                }
                asked => asked?,
            },
        }
    }
}

pub async fn cancel(client: &Client, output: Output) -> Result<(), Problem> {
    let jobs = client.jobs().await?;
    for reference in jobs.iter().rev() {
        if !client.job(reference).await?.state.is_final() {
            client.cancel(reference).await?;
            // It has stopped when following it ends; that it was stopped is what was wanted.
            return match client.follow(reference, |_| {}).await {
                Err(Problem::Cancelled) => output.answer("done", &json!({}), || vec![gettext("Stopped.")]),
                Err(problem) => Err(problem),
                Ok(_) => output.answer("done", &json!({}), || vec![gettext("It was done already.")]),
            };
        }
    }
    output.answer("done", &json!({}), || vec![gettext("Nothing is under way.")])
}

/// Holds what is under way, or lets it go on.
pub async fn hold(client: &Client, output: Output, held: bool) -> Result<(), Problem> {
    for reference in client.jobs().await?.iter().rev() {
        if !client.job(reference).await?.state.is_final() {
            client.pause(reference, held).await?;
            let words = if held { gettext("Held.") } else { gettext("Going on.") };
            return output.answer("done", &json!({}), || vec![words]);
        }
    }
    output.answer("done", &json!({}), || vec![gettext("Nothing is under way.")])
}

fn change(delta: PackageDelta) -> Wish {
    Wish::ChangePackages { delta }
}

async fn resolve(client: &Client, command: &WishCommand) -> Result<Wish, Problem> {
    let status = client.status().await?;
    let id = |word: &str| find(&status, word).map(|d| d.id.clone());
    Ok(match command {
        WishCommand::Update(update) => {
            let (allow_older, try_again) = (update.allow_older, update.try_again);
            Wish::Update { allow_older, try_again, aside: packages::names(&update.without)? }
        }
        WishCommand::GoBack => Wish::GoBack {},
        WishCommand::StartNext { version } => Wish::StartNext { id: id(version)? },
        WishCommand::Keep { version } => Wish::Keep { id: id(version)? },
        WishCommand::Unkeep { version } => Wish::Unkeep { id: id(version)? },
        WishCommand::Name { version, name } => Wish::Name { id: id(version)?, name: name.clone() },
        WishCommand::Remove { version } => Wish::Remove { id: id(version)? },
        WishCommand::Drop => Wish::DropStaged {},
        WishCommand::Works => Wish::MarkGood {},
        WishCommand::AddPackage(add) => {
            change(PackageDelta { add: packages::names(&add.names)?, ..PackageDelta::default() })
        }
        WishCommand::RemovePackage(remove) => {
            change(PackageDelta { remove: packages::names(&remove.names)?, ..PackageDelta::default() })
        }
        WishCommand::ExcludePackage(exclude) => {
            change(PackageDelta { exclude: packages::names(&exclude.names)?, ..PackageDelta::default() })
        }
        WishCommand::ResetPackage(reset) => {
            change(PackageDelta { reset: packages::names(&reset.names)?, ..PackageDelta::default() })
        }
        WishCommand::Rebase { target } => Wish::Rebase { target: TargetId::new(target.clone())? },
        WishCommand::Cleanup => Wish::Cleanup {},
        WishCommand::ResetPackages => {
            let delta = PackageDelta::to_base(&client.packages().await?);
            change(delta.ok_or_else(|| Problem::NotFound { what: gettext("changed packages") })?)
        }
        WishCommand::Download => Wish::Download {},
        WishCommand::ApplyNow => Wish::ApplyNow {},
        WishCommand::Unlock => Wish::Unlock {},
        WishCommand::AddArgument(add) => {
            let add = start::words(&add.words)?;
            Wish::ChangeArguments { delta: ArgumentDelta { add, ..ArgumentDelta::default() } }
        }
        WishCommand::RemoveArgument(remove) => {
            let remove = start::words(&remove.words)?;
            Wish::ChangeArguments { delta: ArgumentDelta { remove, ..ArgumentDelta::default() } }
        }
        WishCommand::EnableExtra { name } => {
            Wish::ChangeExtra { id: ExtraId::new(name.clone())?, enabled: true }
        }
        WishCommand::DisableExtra { name } => {
            Wish::ChangeExtra { id: ExtraId::new(name.clone())?, enabled: false }
        }
        WishCommand::Snapshot { name } => Wish::Snapshot { name: name.clone() },
        WishCommand::Automatic { policy } => Wish::SetAutomatic { policy: start::policy(policy)? },
        WishCommand::Unskip { version } => {
            // The version may be gone from the disk; what is remembered of it is enough.
            let known = status.held_back.iter().find_map(|h| match h {
                HeldBack::Skipped { version: v, checksum }
                    if v == version || checksum.starts_with(version.as_str()) =>
                {
                    Some(checksum.clone())
                }
                _ => None,
            });
            Wish::Unskip { checksum: known.ok_or_else(|| Problem::NotFound { what: version.clone() })? }
        }
    })
}
