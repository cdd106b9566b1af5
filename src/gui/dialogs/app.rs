//! Questions about apps. The safe answer is the default; nothing is asked that can simply be undone.

use crate::widgets::row;
use cairn_apps::AppFile;
use cairn_model::app::wish::DataFate;
use cairn_model::app::{AppPlan, InstalledApp, PastVersion, Permission, Scope};
use cairn_words::{amount, app, fill, permission};
use gettextrs::gettext;
use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;
use std::rc::Rc;

/// An update that wants more than the app may do now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wants {
    pub name: String,
    pub added: Vec<Permission>,
}

/// Asks whether to remove an app, and what is to become of its data.
pub fn remove(parent: &impl IsA<gtk::Widget>, installed: &InstalledApp, yes: impl Fn(DataFate) + 'static) {
    let heading = fill(&gettext("Remove {name}?"), &[("name", &installed.name)]);
    let mut body = vec![match installed.scope {
        Scope::User => gettext("You can install it again at any time."),
        Scope::System => gettext("Nobody on this computer can use it then. It can be installed again."),
    }];
    if installed.running {
        body.push(gettext("It is running now. Close it first if something in it is not saved."));
    }
    let dialog = question(&heading, &body.join("\n\n"));
    if installed.data_bytes != Some(0) {
        let keep = gettext("Remove, Keep My Data");
        // What takes long to count is much, and no reason to leave it behind unasked.
        let trash = match installed.data_bytes {
            Some(data) => fill(&gettext("Remove with My Data ({size})"), &[("size", &amount::size(data))]),
            None => gettext("Remove with My Data"),
        };
        dialog.add_responses(&[("cancel", &gettext("Cancel")), ("keep", &keep), ("trash", &trash)]);
        dialog.set_response_appearance("trash", adw::ResponseAppearance::Destructive);
    } else {
        dialog.add_responses(&[("cancel", &gettext("Cancel")), ("keep", &gettext("Remove"))]);
        dialog.set_response_appearance("keep", adw::ResponseAppearance::Destructive);
    }
    dialog.connect_response(None, move |_, response| match response {
        "keep" => yes(DataFate::Keep),
        "trash" => yes(DataFate::Trash),
        _ => {}
    });
    dialog.present(Some(parent));
}

/// Asks whether to do a plan that has something worth knowing.
pub fn plan(parent: &impl IsA<gtk::Widget>, plan: &AppPlan, yes: impl Fn() + 'static) {
    let heading = fill(&gettext("{what}?"), &[("what", &app::plan_heading(plan))]);
    let body: Vec<String> = plan.warnings.iter().map(app::warning).collect();
    let dialog = question(&heading, &body.join("\n\n"));
    dialog.add_responses(&[("cancel", &gettext("Cancel")), ("yes", &gettext("Continue"))]);
    dialog.set_response_appearance("yes", adw::ResponseAppearance::Suggested);
    dialog.connect_response(Some("yes"), move |_, _| yes());
    dialog.present(Some(parent));
}

/// Says which updates want more than their apps may do now.
pub fn permissions(
    parent: &impl IsA<gtk::Widget>,
    wants: &[Wants],
    others: bool,
    all: impl Fn() + 'static,
    without: impl Fn() + 'static,
) {
    let heading = match wants {
        [one] => fill(&gettext("{name} wants to do more"), &[("name", &one.name)]),
        _ => gettext("Some apps want to do more"),
    };
    let body =
        gettext("The new version may do what the present one may not. You can stay with the present one.");
    let dialog = question(&heading, &body);
    let list = gtk::Box::builder().orientation(gtk::Orientation::Vertical).spacing(12).build();
    for wants in wants {
        let group = adw::PreferencesGroup::builder().build();
        group.set_title(&gtk::glib::markup_escape_text(&wants.name));
        for added in &wants.added {
            group.add(&row::plain("cairn-added-symbolic", &permission::title(added), ""));
        }
        list.append(&group);
    }
    dialog.set_extra_child(Some(&list));
    dialog.add_responses(&[("cancel", &gettext("Cancel"))]);
    if others {
        dialog.add_responses(&[("without", &gettext("Update the Others"))]);
    }
    dialog.add_responses(&[("all", &gettext("Allow and Update"))]);
    dialog.connect_response(None, move |_, response| match response {
        "all" => all(),
        "without" => without(),
        _ => {}
    });
    dialog.present(Some(parent));
}

/// What a press in the list of versions asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// The newest there is.
    Update,
    /// This commit, and no newer one by itself.
    Commit(String),
}

/// Lists the versions of an app, the newest first; one press changes to another.
/// Where the app is held, the newest comes by updating it again.
pub fn versions(
    parent: &impl IsA<gtk::Widget>,
    versions: &[PastVersion],
    held: bool,
    chosen: impl Fn(Chosen) + 'static,
) {
    let group = adw::PreferencesGroup::builder()
        .description(gettext("After going back, the app is not updated to the version that you left."))
        .build();
    let page = adw::PreferencesPage::new();
    page.add(&group);
    let view = adw::ToolbarView::new();
    view.add_top_bar(&adw::HeaderBar::new());
    view.set_content(Some(&page));
    let dialog = adw::Dialog::builder()
        .title(gettext("Versions"))
        .content_width(480)
        .content_height(520)
        .child(&view)
        .build();
    let chosen = Rc::new(chosen);
    let current = versions.iter().position(|v| v.current).unwrap_or_default();
    for (at, version) in versions.iter().enumerate() {
        let newest = if held { gettext("Update Again") } else { gettext("Update") };
        let (label, choice) = match at {
            0 => (newest, Chosen::Update),
            at if at < current => (gettext("Use This"), Chosen::Commit(version.commit.clone())),
            _ => (gettext("Go Back"), Chosen::Commit(version.commit.clone())),
        };
        group.add(&version_row(version, at < current, (label, choice), &dialog, &chosen));
    }
    dialog.present(Some(parent));
}

fn version_row(
    version: &PastVersion,
    newer: bool,
    (label, choice): (String, Chosen),
    dialog: &adw::Dialog,
    chosen: &Rc<impl Fn(Chosen) + 'static>,
) -> adw::ActionRow {
    let words = app::version(version);
    // Where nobody wrote the version down, the commit's own words stand for it already.
    let subject = if words.starts_with(&version.subject) { "" } else { version.subject.as_str() };
    if version.current {
        return row::plain("cairn-ok-symbolic", &words, subject);
    }
    let icon = if newer { "cairn-newer-symbolic" } else { "cairn-went-back-symbolic" };
    // The dialog holds the row, so the row must not hold the dialog.
    let (chosen, dialog) = (Rc::clone(chosen), dialog.downgrade());
    row::with_button(icon, &words, subject, &label, move || {
        if let Some(dialog) = dialog.upgrade() {
            dialog.close();
        }
        chosen(choice.clone());
    })
}

/// Asks what to do with a file that was opened, and for whom.
pub fn file(parent: &impl IsA<gtk::Widget>, file: &AppFile, yes: impl Fn(Scope) + 'static) {
    let (heading, body) = match file {
        AppFile::Ref(app) => (
            fill(&gettext("Install {name}?"), &[("name", title(&app.title, app.id.as_str()))]),
            fill(&gettext("It comes from {url}"), &[("url", &app.url)]),
        ),
        AppFile::Repo(source) => (
            fill(&gettext("Add the source {name}?"), &[("name", title(&source.title, &source.url))]),
            fill(
                &gettext("Its apps come from {url}. Add only sources that you trust."),
                &[("url", &source.url)],
            ),
        ),
        AppFile::Bundle(app) => (
            fill(&gettext("Install {name}?"), &[("name", app.reference.id.as_str())]),
            match &app.origin {
                Some(url) => fill(&gettext("Updates come from {url}"), &[("url", url)]),
                None => gettext("It comes out of this file and gets no updates."),
            },
        ),
    };
    let dialog = question(&heading, &body);
    dialog.add_responses(&[
        ("cancel", &gettext("Cancel")),
        ("system", &gettext("For Everyone")),
        ("user", &gettext("Only for Me")),
    ]);
    dialog.set_response_appearance("user", adw::ResponseAppearance::Suggested);
    dialog.connect_response(None, move |_, response| match response {
        "user" => yes(Scope::User),
        "system" => yes(Scope::System),
        _ => {}
    });
    dialog.present(Some(parent));
}

/// What it is called, or what stands for that.
fn title<'a>(title: &'a str, other: &'a str) -> &'a str {
    if title.is_empty() { other } else { title }
}

fn question(heading: &str, body: &str) -> adw::AlertDialog {
    adw::AlertDialog::builder()
        .heading(heading)
        .body(body)
        .body_use_markup(false)
        .close_response("cancel")
        .default_response("cancel")
        .build()
}
