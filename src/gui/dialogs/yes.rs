//! Ask before something that cannot be undone, or that has a side effect. The safe answer is the default.

use cairn_model::{Deployment, PackageDelta, Plan, Step, Wish};
use cairn_words::{amount, fill, plan as words, version};
use gettextrs::gettext;
use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;

/// Asks whether to remove a version.
pub fn remove(parent: &impl IsA<gtk::Widget>, deployment: &Deployment, yes: impl Fn() + 'static) {
    let heading = fill(&gettext("Remove version {version}?"), &[("version", &version::title(deployment))]);
    let body = gettext("You cannot go back to it any more. Your files and settings are kept.");
    ask(parent, &heading, &body, &gettext("Remove"), adw::ResponseAppearance::Destructive, yes);
}

/// Asks whether to do a plan that has a side effect.
pub fn plan(parent: &impl IsA<gtk::Widget>, plan: &Plan, yes: impl Fn() + 'static) {
    let heading = fill(&gettext("{what}?"), &[("what", &words::heading(plan))]);
    let mut body: Vec<String> = about(plan);
    body.extend(plan.warnings.iter().map(words::warning));
    body.push(gettext("Your files are not affected."));
    let button = match plan.wish.word() {
        "go-back" => gettext("Go Back"),
        "rebase" => gettext("Change Over"),
        "cleanup" => gettext("Free Space"),
        "change-packages" => package_button(plan),
        "change-arguments" | "change-extra" => gettext("Change"),
        "unlock" => gettext("Open"),
        _ => gettext("Continue"),
    };
    ask(parent, &heading, &body.join("\n\n"), &button, adw::ResponseAppearance::Suggested, yes);
}

/// What a plan does whose heading does not say it all.
fn about(plan: &Plan) -> Vec<String> {
    let mut lines: Vec<String> = match &plan.wish {
        Wish::ChangePackages { delta } if kinds(delta) == 1 => Vec::new(),
        Wish::ChangePackages { .. } | Wish::ChangeArguments { .. } | Wish::Unlock {} => {
            plan.steps.iter().filter(|s| says_more(s)).map(words::step).collect()
        }
        _ => Vec::new(),
    };
    lines.extend(words::brings(plan));
    if let Some(bytes) = plan.frees {
        lines.push(match bytes {
            0 => gettext("Nothing is there that could go."),
            _ => fill(&gettext("About {size} become free."), &[("size", &amount::size(bytes))]),
        });
    }
    if plan.restart_needed {
        lines.push(gettext("It is in effect after the next restart. Until then nothing you use changes."));
    }
    lines
}

/// How many kinds of change there are; the heading names a single one in full.
fn kinds(delta: &PackageDelta) -> usize {
    delta.lists().into_iter().filter(|list| !list.is_empty()).count()
}

fn package_button(plan: &Plan) -> String {
    let Wish::ChangePackages { delta } = &plan.wish else { return gettext("Change") };
    match delta.lists().map(Vec::is_empty) {
        [false, true, true, true] => gettext("Add"),
        [true, false, true, true] => gettext("Remove"),
        [true, true, false, true] => gettext("Leave Out"),
        _ => gettext("Change"),
    }
}

fn says_more(step: &Step) -> bool {
    matches!(step, Step::Packages { .. } | Step::Arguments { .. } | Step::Unlock)
}

/// Asks whether to remove a source of apps.
pub fn remove_source(parent: &impl IsA<gtk::Widget>, source: &str, yes: impl Fn() + 'static) {
    let heading = fill(&gettext("Remove {source}?"), &[("source", source)]);
    let body = gettext("Its apps are no longer offered. To have it again you need its address or its file.");
    ask(parent, &heading, &body, &gettext("Remove"), adw::ResponseAppearance::Destructive, yes);
}

/// Asks whether to restart although a program asks not to.
pub fn restart_anyway(parent: &impl IsA<gtk::Widget>, who: &str, why: &str, yes: impl Fn() + 'static) {
    let heading = fill(&gettext("Restart although {who} asks not to?"), &[("who", who)]);
    let body = fill(&gettext("Its reason: {why}"), &[("why", why)]);
    ask(parent, &heading, &body, &gettext("Restart Anyway"), adw::ResponseAppearance::Destructive, yes);
}

fn ask(
    parent: &impl IsA<gtk::Widget>,
    heading: &str,
    body: &str,
    button: &str,
    appearance: adw::ResponseAppearance,
    yes: impl Fn() + 'static,
) {
    let dialog = adw::AlertDialog::builder()
        .heading(heading)
        .body(body)
        .body_use_markup(false)
        .close_response("cancel")
        .default_response("cancel")
        .build();
    dialog.add_responses(&[("cancel", &gettext("Cancel")), ("yes", button)]);
    dialog.set_response_appearance("yes", appearance);
    dialog.connect_response(Some("yes"), move |_, _| yes());
    dialog.present(Some(parent));
}
