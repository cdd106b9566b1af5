//! What would be done, before it is.

use super::warning;
use crate::moment::plural;
use crate::update::join;
use crate::{amount, fill};
use cairn_model::app::plan::OperationKind;
use cairn_model::app::{AppPlan, AppWish, Operation};
use gettextrs::{gettext, ngettext};

/// `4 app updates`.
pub fn updates(count: usize) -> String {
    let words = ngettext("{n} app update", "{n} app updates", plural(count as u64));
    fill(&words, &[("n", &count.to_string())])
}

/// What the whole plan does: `Install Krita`, `Update 4 apps`.
pub fn plan_heading(plan: &AppPlan) -> String {
    let template = match &plan.wish {
        AppWish::Install { .. } | AppWish::InstallFile { .. } => gettext("Install {name}"),
        AppWish::Update { refs, .. } if refs.len() == 1 => gettext("Update {name}"),
        AppWish::Update { .. } => gettext("Update apps"),
        AppWish::Remove { .. } => gettext("Remove {name}"),
        AppWish::RemoveUnused {} => gettext("Remove what no app needs"),
        AppWish::GoBack { .. } => gettext("Go back with {name}"),
        AppWish::Hold { .. } => gettext("Stop updates of {name}"),
        AppWish::Release { .. } => gettext("Allow updates of {name}"),
        AppWish::Rebase { .. } => gettext("Replace {name} by its successor"),
        AppWish::ChangeSource { .. } => gettext("Change the source of {name}"),
        AppWish::Repair { .. } => gettext("Repair apps"),
    };
    fill(&template, &[("name", &name(plan))])
}

/// `Download 214 MB, 31 MB of it for Krita · uses 480 MB`.
pub fn plan_summary(plan: &AppPlan) -> String {
    match &plan.wish {
        AppWish::Hold { .. } => return gettext("It stays as it is until you allow updates again"),
        AppWish::Release { .. } => return gettext("The next update brings its newest version"),
        _ if plan.operations.is_empty() => return gettext("There is nothing to do"),
        _ => {}
    }
    join(&[download(plan), disk(plan.disk_bytes)])
}

/// What of the download other apps can use as well, in a sentence; empty if there is nothing of that.
pub fn size_shared(plan: &AppPlan) -> String {
    let shared = plan.download_bytes.saturating_sub(own_bytes(plan));
    if shared == 0 || own_bytes(plan) == 0 {
        return String::new();
    }
    let template = gettext("{size} of it are parts that other apps use as well.");
    fill(&template, &[("size", &amount::size(shared))])
}

/// One step: `Install org.kde.krita (stable) · 31 MB`.
pub fn operation(operation: &Operation) -> String {
    let template = match operation.kind {
        OperationKind::Install => gettext("Install {id} ({branch})"),
        OperationKind::Update => gettext("Update {id} ({branch})"),
        OperationKind::Remove => gettext("Remove {id} ({branch})"),
    };
    let reference = &operation.reference;
    let what = fill(&template, &[("id", reference.id.as_str()), ("branch", &reference.branch)]);
    let bytes =
        if operation.download_bytes > 0 { amount::size(operation.download_bytes) } else { String::new() };
    join(&[what, bytes])
}

/// All of it, line by line.
pub fn plan_lines(plan: &AppPlan) -> Vec<String> {
    let mut lines = vec![plan_heading(plan), format!("  {}", plan_summary(plan))];
    lines.extend(plan.operations.iter().map(|o| format!("  • {}", operation(o))));
    lines.extend(plan.warnings.iter().map(|w| format!("  ! {}", warning(w))));
    lines
}

fn name(plan: &AppPlan) -> String {
    let id = || plan.wish.refs().first().map(|r| r.id.to_string()).unwrap_or_default();
    if plan.name.is_empty() { id() } else { plan.name.clone() }
}

/// Bytes of what the wish names itself; the rest is what that needs.
fn own_bytes(plan: &AppPlan) -> u64 {
    let named = plan.wish.refs();
    plan.operations.iter().filter(|o| named.contains(&&o.reference)).map(|o| o.download_bytes).sum()
}

fn download(plan: &AppPlan) -> String {
    let (all, own) = (plan.download_bytes, own_bytes(plan));
    if all == 0 {
        return String::new();
    }
    let values = [("size", amount::size(all)), ("own", amount::size(own)), ("name", name(plan))];
    let template = if own > 0 && own < all && plan.wish.refs().len() == 1 {
        gettext("Download {size}, {own} of it for {name}")
    } else {
        gettext("Download {size}")
    };
    fill(&template, &values.each_ref().map(|(key, value)| (*key, value.as_str())))
}

fn disk(bytes: i64) -> String {
    let size = amount::size(bytes.unsigned_abs());
    match bytes {
        0 => String::new(),
        1.. => fill(&gettext("takes {size} more on the disk"), &[("size", &size)]),
        _ => fill(&gettext("{size} become free"), &[("size", &size)]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cairn_model::app::{Scope, Source};

    fn step(reference: &str, download_bytes: u64) -> Operation {
        Operation {
            kind: OperationKind::Install,
            reference: reference.parse().unwrap(),
            scope: Scope::User,
            remote: "flathub".into(),
            commit: "c".into(),
            download_bytes,
            installed_bytes: download_bytes * 3,
            before: Vec::new(),
            after: Vec::new(),
        }
    }

    fn install() -> AppPlan {
        let reference: cairn_model::app::Ref = "app/org.kde.krita/x86_64/stable".parse().unwrap();
        let source = Source { scope: Scope::User, remote: "flathub".into() };
        AppPlan {
            wish: AppWish::Install { source, reference: reference.clone() },
            name: "Krita".into(),
            operations: vec![
                step("runtime/org.kde.Platform/x86_64/6.9", 183_000_000),
                step(&reference.to_string(), 31_000_000),
            ],
            download_bytes: 214_000_000,
            disk_bytes: 480_000_000,
            warnings: Vec::new(),
        }
    }

    #[test]
    fn the_sum_says_what_is_the_apps_own() {
        let mut plan = install();
        let words = plan_summary(&plan);
        assert_eq!(words, "Download 214 MB, 31 MB of it for Krita · takes 480 MB more on the disk");
        assert_eq!(size_shared(&plan), "183 MB of it are parts that other apps use as well.");
        plan.operations.remove(0);
        plan.download_bytes = 31_000_000;
        plan.disk_bytes = 0;
        assert_eq!(plan_summary(&plan), "Download 31 MB");
        assert_eq!(size_shared(&plan), "");
    }

    #[test]
    fn a_removal_frees_and_an_empty_plan_says_so() {
        let mut plan = install();
        plan.download_bytes = 0;
        plan.disk_bytes = -95_000_000;
        assert_eq!(plan_summary(&plan), "95 MB become free");
        plan.operations.clear();
        assert_eq!(plan_summary(&plan), "There is nothing to do");
    }
}
