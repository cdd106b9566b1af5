//! What its makers tell: the description, what is new, what makes it more, and where to read on.

use crate::pages::app::AppPage;
use crate::pages::{AppAsked, Asked};
use crate::stock::Stock;
use crate::widgets::group::Group;
use crate::widgets::{prose, row};
use cairn_model::app::details::{AddOn, Link, LinkKind, Release};
use cairn_model::app::wish::DataFate;
use cairn_model::app::{AppWish, Details, Source};
use cairn_words::{app, fill, moment};
use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::prelude::*;

/// Older releases are on the project's own pages.
const RELEASES: usize = 5;

#[derive(Debug)]
pub struct Story {
    text: gtk::Box,
    shown: Option<Vec<cairn_model::app::details::Block>>,
    news: Group<Release>,
    add_ons: Group<(AddOn, Option<AppWish>)>,
    links: Group<Link>,
    sender: ComponentSender<AppPage>,
}

impl Story {
    pub fn new(sender: &ComponentSender<AppPage>) -> Self {
        let text = gtk::Box::builder().orientation(gtk::Orientation::Vertical).spacing(12).build();
        Self {
            text,
            shown: None,
            news: Group::new(&gettext("What’s new")),
            add_ons: Group::new(&gettext("Add-ons")),
            links: Group::new(&gettext("Read on")),
            sender: sender.clone(),
        }
    }

    pub fn add_to(&self, column: &gtk::Box) {
        column.append(&self.text);
        column.append(&self.news.widget);
        column.append(&self.add_ons.widget);
        column.append(&self.links.widget);
    }

    pub fn show(&mut self, details: Option<&Details>, stock: &Stock) {
        let description = details.map(|d| d.description.clone());
        if self.shown != description {
            prose::show(&self.text, description.as_deref().unwrap_or_default());
            self.text.set_visible(description.as_ref().is_some_and(|d| !d.is_empty()));
            self.shown = description;
        }
        let releases = details.map(|d| d.releases.iter().take(RELEASES).cloned().collect());
        self.news.show(releases.unwrap_or_default(), release);
        let add_ons = details.map(|d| add_ons(d, stock)).unwrap_or_default();
        let sender = self.sender.clone();
        self.add_ons.show(add_ons, |(add_on, wish)| extra(&sender, add_on, wish.clone()));
        let links = details.map(|d| d.links.clone()).unwrap_or_default();
        self.links.show(links, link);
    }
}

/// The newest is open; each older one opens when asked.
fn release(release: &Release) -> gtk::Widget {
    let title = if release.version.is_empty() {
        gettext("A new version")
    } else {
        fill(&gettext("Version {version}"), &[("version", &release.version)])
    };
    let date = release.date.map(|at| moment::date(at, moment::now())).unwrap_or_default();
    if release.notes.is_empty() {
        return row::plain("cairn-newer-symbolic", &title, &date).upcast();
    }
    let row = adw::ExpanderRow::builder().use_markup(false).build();
    row.set_title(&title);
    row.set_subtitle(&date);
    let notes = gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .spacing(6)
        .margin_top(12)
        .margin_bottom(12)
        .margin_start(12)
        .margin_end(12)
        .build();
    prose::show(&notes, &release.notes);
    row.add_row(&adw::PreferencesRow::builder().child(&notes).activatable(false).build());
    row.upcast()
}

/// Each add-on, with what can be done about it.
fn add_ons(details: &Details, stock: &Stock) -> Vec<(AddOn, Option<AppWish>)> {
    let app = stock.shelf.find(details.card.id.as_str());
    details
        .add_ons
        .iter()
        .map(|add_on| {
            let present = stock.shelf.installed.iter().find(|a| a.reference == add_on.reference);
            let wish = match (present, app) {
                (Some(present), _) => Some(AppWish::Remove {
                    scope: present.scope,
                    reference: present.reference.clone(),
                    data: DataFate::Keep,
                }),
                (None, Some(app)) if !app.remote.is_empty() => Some(AppWish::Install {
                    source: Source { scope: app.scope, remote: app.remote.clone() },
                    reference: add_on.reference.clone(),
                }),
                _ => None,
            };
            (add_on.clone(), wish)
        })
        .collect()
}

fn extra(sender: &ComponentSender<AppPage>, add_on: &AddOn, wish: Option<AppWish>) -> gtk::Widget {
    let Some(wish) = wish else {
        return row::plain("cairn-addon-symbolic", &add_on.name, &add_on.summary).upcast();
    };
    let label = if matches!(wish, AppWish::Remove { .. }) { gettext("Remove") } else { gettext("Add") };
    let sender = sender.clone();
    row::with_button("cairn-addon-symbolic", &add_on.name, &add_on.summary, &label, move || {
        let _ = sender.output(Asked::App(AppAsked::Wish(wish.clone())));
    })
    .upcast()
}

fn link(link: &Link) -> gtk::Widget {
    let row = row::plain(icon(link.kind), &app::link(link.kind), &link.url);
    row.set_subtitle_lines(1);
    row.set_activatable(true);
    let arrow = gtk::Image::builder()
        .icon_name("cairn-outside-symbolic")
        .accessible_role(gtk::AccessibleRole::Presentation)
        .build();
    row.add_suffix(&arrow);
    let url = link.url.clone();
    row.connect_activated(move |row| {
        let window = row.root().and_downcast::<gtk::Window>();
        gtk::UriLauncher::new(&url).launch(window.as_ref(), gtk::gio::Cancellable::NONE, |_| {});
    });
    row.upcast()
}

fn icon(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Homepage => "cairn-network-symbolic",
        LinkKind::Help => "cairn-help-symbolic",
        LinkKind::Bugs => "cairn-warning-symbolic",
        LinkKind::Donate => "cairn-kept-symbolic",
        LinkKind::Translate | LinkKind::Source | LinkKind::Contact => "cairn-edit-symbolic",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cairn_model::app::Scope;

    #[test]
    fn an_add_on_is_offered_only_beside_its_app() {
        let json = serde_json::json!({
            "card": {"id": "org.a.B", "name": "B", "summary": "", "developer": "", "icon": null, "sources": [],
                     "verified": false, "free": true, "end_of_life": false},
            "description": [], "releases": [], "screenshots": [], "links": [], "license": "", "categories": [],
            "keywords": [], "content": [], "age": null, "color_light": null, "color_dark": null, "runtime": null,
            "add_ons": [{"id": "org.a.B.Plus", "name": "Plus", "summary": "",
                         "reference": "runtime/org.a.B.Plus/x86_64/1"}],
        });
        let details: Details = serde_json::from_value(json).unwrap();
        assert_eq!(add_ons(&details, &Stock::default())[0].1, None);
        let app = serde_json::json!({
            "reference": "app/org.a.B/x86_64/1", "scope": "system", "remote": "r", "name": "B", "summary": "",
            "version": "", "commit": "c", "installed_bytes": 1, "permissions": [], "running": false,
        });
        let mut stock = Stock::default();
        stock.shelf.installed = vec![serde_json::from_value(app).unwrap()];
        let wish = add_ons(&details, &stock)[0].1.clone().unwrap();
        assert!(matches!(wish, AppWish::Install { source, .. } if source.scope == Scope::System));
    }
}
