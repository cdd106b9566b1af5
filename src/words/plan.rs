//! What will be done, before it is.

use crate::moment::plural;
use crate::{amount, automatic, fill, update};
use cairn_model::plan::{Plan, Step, Warning};
use cairn_model::{ArgumentDelta, KernelArgument, PackageDelta, PackageName, Wish};
use gettextrs::{gettext, ngettext};

/// What the whole plan does.
pub fn heading(plan: &Plan) -> String {
    match &plan.wish {
        Wish::ChangePackages { delta } => return package_change(delta),
        Wish::Update { aside, .. } if !aside.is_empty() => {
            let words = gettext("Update to version {target} without {names}");
            return fill(&words, &[("target", &plan.target), ("names", &names(aside))]);
        }
        _ => {}
    }
    let template = match plan.wish.word() {
        "update" => gettext("Update to version {target}"),
        "go-back" => gettext("Go back to version {target}"),
        "start-next" => gettext("Start version {target} next"),
        "keep" => gettext("Keep version {target}"),
        "unkeep" => gettext("Stop keeping version {target}"),
        "name" => gettext("Name version {target}"),
        "remove" => gettext("Remove version {target}"),
        "drop-staged" => gettext("Drop the prepared version {target}"),
        "mark-good" => gettext("Version {target} works"),
        "rebase" => gettext("Change over to {target}"),
        "cleanup" => gettext("Free the space of what nothing needs any more"),
        "download" => gettext("Download version {target}"),
        "apply-now" => gettext("Use version {target} now"),
        "unlock" => gettext("Open version {target} for changes until the next restart"),
        "change-arguments" => gettext("Change what the kernel is told"),
        "change-extra" => gettext("Change the part {target}"),
        "set-automatic" => gettext("Change what {target} does by itself"),
        "snapshot" => gettext("Save the system as it is now"),
        _ => gettext("Offer version {target} again"),
    };
    fill(&template, &[("target", &plan.target)])
}

/// Where it is one kind of change, what that is.
fn package_change(delta: &PackageDelta) -> String {
    let template = match delta.lists().map(Vec::is_empty) {
        [false, true, true, true] => gettext("Add {names}"),
        [true, false, true, true] => gettext("Remove {names}"),
        [true, true, false, true] => gettext("Leave {names} out of the system"),
        [true, true, true, false] => gettext("Put {names} back as the system has it"),
        _ => return gettext("Change the packages of the system"),
    };
    fill(&template, &[("names", &delta.lists().map(|list| names(list)).concat())])
}

/// What was done, for a moment on the screen.
pub fn done(plan: &Plan) -> String {
    if let Wish::ChangePackages { delta } = &plan.wish {
        return packages_done(plan, delta);
    }
    let template = match plan.wish.word() {
        "update" => gettext("Version {target} is ready"),
        "go-back" | "start-next" => gettext("Version {target} starts next"),
        "keep" => gettext("Version {target} is kept"),
        "unkeep" => gettext("Version {target} is no longer kept"),
        "name" => gettext("Version {target} was named"),
        "remove" => gettext("Version {target} was removed"),
        "drop-staged" => gettext("The update to {target} was undone"),
        "mark-good" => gettext("Version {target} is known to work"),
        "rebase" => gettext("{target} is ready for the next start"),
        "cleanup" => gettext("Space was freed"),
        "download" => gettext("Version {target} is downloaded"),
        "apply-now" => gettext("Version {target} is in use"),
        "unlock" => gettext("Version {target} is open for changes until the next restart"),
        "change-arguments" => gettext("The kernel is told so from the next start on"),
        "change-extra" => gettext("{target} was changed"),
        "set-automatic" => gettext("Saved"),
        "snapshot" => gettext("The system was saved as it is now"),
        _ => gettext("Version {target} may be offered again"),
    };
    fill(&template, &[("target", &plan.target)])
}

fn packages_done(plan: &Plan, delta: &PackageDelta) -> String {
    let n = plural(delta.lists().iter().map(|list| list.len() as u64).sum());
    let template = match delta.lists().map(Vec::is_empty) {
        // What was only waited for is given up at once.
        _ if !plan.restart_needed => gettext("Done"),
        [false, true, true, true] => {
            ngettext("{names} is added at the next start", "{names} are added at the next start", n)
        }
        [true, false, true, true] => {
            ngettext("{names} is removed at the next start", "{names} are removed at the next start", n)
        }
        [true, true, false, true] => {
            ngettext("{names} is left out at the next start", "{names} are left out at the next start", n)
        }
        _ => gettext("The packages are ready for the next start"),
    };
    fill(&template, &[("names", &delta.lists().map(|list| names(list)).concat())])
}

/// One step.
pub fn step(step: &Step) -> String {
    match step {
        Step::Pull { bytes: Some(bytes), .. } => {
            fill(&gettext("Download {size}"), &[("size", &amount::size(*bytes))])
        }
        Step::Pull { .. } => gettext("Download it"),
        Step::Stage { .. } => gettext("Prepare it beside the running version"),
        Step::SetDefault { .. } => gettext("Make it the next start"),
        Step::Pin { .. } => gettext("Keep the version that is known to work"),
        Step::Unpin { .. } => gettext("Stop keeping it"),
        Step::Remove { .. } => gettext("Remove it"),
        Step::DropStaged => gettext("Drop the prepared update"),
        Step::Name { name, .. } if name.is_empty() => gettext("Take its name away"),
        Step::Name { name, .. } => fill(&gettext("Call it “{name}”"), &[("name", name)]),
        Step::MarkGood { .. } => gettext("Remember that it works"),
        Step::Skip { version, .. } => {
            fill(&gettext("Do not offer version {version} again"), &[("version", version)])
        }
        Step::Unskip { .. } => gettext("Offer it again"),
        Step::Packages { delta, .. } => changes(delta),
        Step::Rebase { target } => fill(&gettext("Prepare {target}"), &[("target", target.as_str())]),
        Step::Cleanup => gettext("Remove what nothing needs any more"),
        Step::Download { .. } => gettext("Download it and leave it until you ask for it"),
        Step::ApplyLive { .. } => gettext("Use what is prepared, without a restart"),
        Step::Unlock => gettext("Open the running version; the next start forgets what was changed"),
        Step::Arguments { delta, .. } => arguments(delta),
        Step::Extra { id, enabled: true } => fill(&gettext("Turn {name} on"), &[("name", id.as_str())]),
        Step::Extra { id, enabled: false } => fill(&gettext("Turn {name} off"), &[("name", id.as_str())]),
        Step::Automatic { policy } => automatic::policy(*policy),
        Step::Snapshot { name } if name.is_empty() => gettext("Save it without a name"),
        Step::Snapshot { name } => fill(&gettext("Save it as “{name}”"), &[("name", name)]),
        Step::PutAside { packages } => {
            fill(&gettext("Remember to add {names} again"), &[("names", &names(packages))])
        }
        Step::TakeBack { packages } => {
            fill(&gettext("No longer wait to add {names}"), &[("names", &names(packages))])
        }
    }
}

/// Add a, b; remove c.
fn changes(delta: &PackageDelta) -> String {
    let parts = [
        (&delta.add, gettext("add {names}")),
        (&delta.remove, gettext("remove {names}")),
        (&delta.exclude, gettext("leave out {names}")),
        (&delta.reset, gettext("put {names} back as the system has it")),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(packages, _)| !packages.is_empty())
        .map(|(packages, words)| fill(&words, &[("names", &names(packages))]))
        .collect();
    fill(&gettext("Packages: {changes}"), &[("changes", &parts.join("; "))])
}

/// Add a, b; remove c.
fn arguments(delta: &ArgumentDelta) -> String {
    let parts = [(&delta.add, gettext("add {names}")), (&delta.remove, gettext("remove {names}"))];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(arguments, _)| !arguments.is_empty())
        .map(|(arguments, words)| {
            let names: Vec<&str> = arguments.iter().map(KernelArgument::as_str).collect();
            fill(&words, &[("names", &names.join(", "))])
        })
        .collect();
    fill(&gettext("Arguments: {changes}"), &[("changes", &parts.join("; "))])
}

fn names(packages: &[PackageName]) -> String {
    packages.iter().map(PackageName::as_str).collect::<Vec<_>>().join(", ")
}

/// Something to know before saying yes.
pub fn warning(warning: &Warning) -> String {
    match warning {
        Warning::EtcChangesStay { count } => {
            let words = ngettext(
                "{n} system setting that was changed stays with the version you are using.",
                "{n} system settings that were changed stay with the version you are using.",
                plural(*count),
            );
            fill(&words, &[("n", &count.to_string())])
        }
        Warning::StagedDropped { version } => {
            fill(&gettext("The prepared version {version} is dropped."), &[("version", version)])
        }
        Warning::Older { version } => {
            fill(&gettext("Version {version} is older than the one you are using."), &[("version", version)])
        }
        Warning::SizeUnknown => gettext("The size of the download is not published."),
        Warning::NotSigned => gettext("Updates of this system are not signed."),
        Warning::CannotStop => gettext("Once it has begun it cannot be stopped."),
        Warning::PutAside { packages } => {
            let words = ngettext(
                "{names} is taken out for now and stays on the list, to be added again.",
                "{names} are taken out for now and stay on the list, to be added again.",
                plural(packages.len() as u64),
            );
            fill(&words, &[("names", &names(packages))])
        }
        Warning::PackagesToo { packages } => fill(
            &gettext("What was added or removed is undone as well: {names}."),
            &[("names", &names(packages))],
        ),
        Warning::ReplacesNow { version } => fill(
            &gettext(
                "Version {version} makes room for the new one at once. Until that is ready there is no way back.",
            ),
            &[("version", version)],
        ),
        Warning::NoWayBack { version } => {
            fill(&gettext("Afterwards there is no going back to version {version}."), &[("version", version)])
        }
        Warning::ChangesLive => {
            gettext("Programs that are open may notice that the system changes below them.")
        }
        Warning::SpaceUnknown => gettext("Nobody can say how much space it needs."),
    }
}

/// The other version that a change brings along: some systems can only be changed by building their newest.
pub fn brings(plan: &Plan) -> Option<String> {
    let changes = matches!(plan.wish, Wish::ChangePackages { .. } | Wish::ChangeArguments { .. });
    let other = changes && !plan.target.is_empty() && plan.target != plan.running;
    other.then(|| {
        fill(&gettext("This brings version {version} of the system along."), &[("version", &plan.target)])
    })
}

/// All of it, line by line.
pub fn lines(plan: &Plan) -> Vec<String> {
    let mut lines = vec![heading(plan)];
    lines.extend(plan.steps.iter().map(|s| format!("  • {}", step(s))));
    for need in &plan.space {
        let (needed, free) = (amount::size(need.needed), amount::size(need.free));
        let values = [("needed", needed.as_str()), ("mount", &need.mount), ("free", &free)];
        lines.push(format!("  {}", fill(&gettext("{needed} needed on {mount}, {free} free"), &values)));
    }
    if let Some(bytes) = plan.frees {
        lines.push(format!("  {}", fill(&gettext("{size} become free."), &[("size", &amount::size(bytes))])));
    }
    lines.extend(brings(plan).map(|line| format!("  ! {line}")));
    if plan.wish.word() == "update" {
        lines.push(format!("  {}", update::trust(&plan.verification)));
    }
    lines.extend(plan.warnings.iter().map(|w| format!("  ! {}", warning(w))));
    if plan.restart_needed {
        lines.push(format!(
            "  {}",
            gettext("It is in effect after the next restart. Your files are not affected.")
        ));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_kind_of_change_is_named_and_several_are_not() {
        let names = |names: &[&str]| names.iter().map(|n| PackageName::new(*n).unwrap()).collect::<Vec<_>>();
        let of = |delta: PackageDelta| {
            let plan = Plan { restart_needed: true, ..Plan::new(Wish::ChangePackages { delta }, "1", "1") };
            (heading(&plan), done(&plan))
        };
        let (what, after) = of(PackageDelta { add: names(&["vim", "htop"]), ..PackageDelta::default() });
        assert_eq!(what, "Add vim, htop");
        assert!(after.contains("vim, htop"), "{after}");
        let several =
            PackageDelta { add: names(&["vim"]), remove: names(&["nano"]), ..PackageDelta::default() };
        assert_eq!(of(several).0, "Change the packages of the system");
    }
}
