//! What it costs, what it may do, and under which terms.

use crate::pages::app::AppPage;
use crate::pages::app::facts::{Cost, Facts};
use crate::widgets::group::Group;
use crate::widgets::{pill, row};
use cairn_apps::permissions;
use cairn_model::Problem;
use cairn_model::app::{Details, Grade, InstalledApp, Permission, Remote, Source};
use cairn_words::update::join;
use cairn_words::{amount, app, fill, permission, problem};
use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::prelude::*;

/// A fact, its grade if it has one, and what repeats that in colour.
#[derive(Clone, Debug, PartialEq)]
struct Line {
    icon: &'static str,
    title: String,
    subtitle: String,
    mark: Option<(&'static str, String)>,
}

#[derive(Debug)]
pub struct Rows {
    notice: Group<Line>,
    cost: Group<Line>,
    may: Group<Line>,
    terms: Group<Line>,
}

impl Rows {
    pub fn new(_: &ComponentSender<AppPage>) -> Self {
        Self {
            notice: Group::new(""),
            cost: Group::new(""),
            may: Group::new(&gettext("What it may do")),
            terms: Group::new(&gettext("Terms")),
        }
    }

    pub fn add_to(&self, column: &gtk::Box) {
        for group in [&self.notice, &self.cost, &self.may, &self.terms] {
            column.append(&group.widget);
        }
    }

    pub fn show(
        &mut self,
        details: Option<&Details>,
        installed: Option<&InstalledApp>,
        facts: &Facts,
        remotes: &[Remote],
    ) {
        self.notice.show(notices(details, installed), line);
        self.cost.show(costs(details, installed, facts), line);
        let categories = details.map(|d| d.categories.clone()).unwrap_or_default();
        let known = installed.map(|a| &a.permissions).or(facts.permissions.as_ref());
        self.may.show(known.map(|p| may(p, &categories)).unwrap_or_default(), line);
        self.terms.show(details.map(|d| terms(d, installed, remotes)).unwrap_or_default(), line);
    }
}

fn line(line: &Line) -> gtk::Widget {
    let row = row::plain(line.icon, &line.title, &line.subtitle);
    if let Some((class, word)) = &line.mark {
        row.add_suffix(&pill::word(class, word));
    }
    row.upcast()
}

fn plain(icon: &'static str, (title, subtitle): (String, String)) -> Line {
    Line { icon, title, subtitle, mark: None }
}

fn notices(details: Option<&Details>, installed: Option<&InstalledApp>) -> Vec<Line> {
    let mut lines = Vec::new();
    let abandoned = installed.and_then(|a| a.end_of_life.clone());
    if abandoned.is_some() || details.is_some_and(|d| d.card.end_of_life) {
        let title = gettext("Nobody looks after this app any more");
        lines.push(plain("cairn-warning-symbolic", (title, abandoned.unwrap_or_default())));
    }
    if installed.is_none() && details.is_some_and(|d| d.card.sources.is_empty()) {
        let title = gettext("Only to look at");
        let body = gettext("Its source describes the app, but has no download for this kind of system.");
        lines.push(plain("cairn-package-symbolic", (title, body)));
    }
    lines
}

fn costs(details: Option<&Details>, installed: Option<&InstalledApp>, facts: &Facts) -> Vec<Line> {
    let mut lines = Vec::new();
    if let Some(app) = installed {
        let title = fill(&gettext("Version {version}"), &[("version", &app.version)]);
        let title = if app.version.is_empty() { gettext("Installed") } else { title };
        let data = app.data_bytes.filter(|b| *b > 0);
        let data = data.map(|b| fill(&gettext("{size} of your data"), &[("size", &amount::size(b))]));
        let place = app::scope(app.scope);
        let subtitle = join(&[amount::size(app.installed_bytes), data.unwrap_or_default(), place]);
        lines.push(plain("cairn-disk-symbolic", (title, subtitle)));
        if let Some(hold) = &app.held {
            lines.push(plain("cairn-kept-symbolic", (gettext("It stays at this version"), app::hold(hold))));
        }
    } else if details.is_some_and(|d| !d.card.sources.is_empty()) {
        lines.push(match (&facts.cost, &facts.problem) {
            (Some(cost), _) => plain("cairn-download-symbolic", download(cost, details)),
            (None, Some(problem)) => plain("cairn-download-symbolic", unknown(problem)),
            (None, None) => plain(
                "cairn-download-symbolic",
                (gettext("Download"), gettext("Asking the source how large it is…")),
            ),
        });
    }
    lines
}

fn download(cost: &Cost, details: Option<&Details>) -> (String, String) {
    let title = fill(&gettext("Download {size}"), &[("size", &amount::size(cost.download))]);
    let name = details.map(|d| d.card.name.as_str()).unwrap_or_default();
    let subtitle = if cost.own < cost.download {
        let words = gettext("{size} for {name}, the rest is shared with other apps");
        fill(&words, &[("size", &amount::size(cost.own)), ("name", name)])
    } else {
        gettext("Everything else that it needs is here already")
    };
    (title, subtitle)
}

fn unknown(problem: &Problem) -> (String, String) {
    match problem {
        Problem::Network { .. } => {
            (gettext("Size not known"), gettext("Its source cannot be reached right now."))
        }
        other => (problem::heading(other), problem::advice(other)),
    }
}

/// Everything it may do, the most powerful first, and what is reassuring about what it may not.
fn may(permissions: &[Permission], categories: &[String]) -> Vec<Line> {
    let mut graded: Vec<(Grade, &Permission)> =
        permissions.iter().map(|p| (permissions::grade(p, categories), p)).collect();
    graded.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    let mut lines: Vec<Line> = graded
        .into_iter()
        .map(|(grade, p)| Line {
            icon: icon(p),
            title: permission::title(p),
            subtitle: permission::explanation(p, grade),
            mark: Some((class(grade), permission::grade(grade))),
        })
        .collect();
    let has = |wanted: fn(&Permission) -> bool| permissions.iter().any(wanted);
    let escapes = has(|p| matches!(p, Permission::Escape | Permission::WholeBus { .. }));
    let mut reassure = |icon, (title, subtitle): (String, String)| {
        let mark = Some((class(Grade::Private), permission::grade(Grade::Private)));
        lines.push(Line { icon, title, subtitle, mark });
    };
    if !escapes && !has(|p| matches!(p, Permission::Network)) {
        reassure("cairn-offline-symbolic", permission::offline());
    }
    let files = |p: &Permission| {
        matches!(p, Permission::Home { .. } | Permission::Host { .. } | Permission::Folder { .. })
    };
    if !escapes && !has(files) {
        reassure("cairn-folder-symbolic", permission::keeps_to_itself());
    }
    lines
}

fn class(grade: Grade) -> &'static str {
    match grade {
        Grade::Private => "success",
        Grade::Usual => "neutral",
        Grade::Unusual => "warning",
        Grade::Powerful => "error",
    }
}

fn icon(permission: &Permission) -> &'static str {
    match permission {
        Permission::Network => "cairn-network-symbolic",
        Permission::Home { .. } | Permission::Host { .. } | Permission::Folder { .. } => {
            "cairn-folder-symbolic"
        }
        Permission::Devices | Permission::Input | Permission::Graphics | Permission::Printing => {
            "cairn-device-symbolic"
        }
        Permission::Sound => "cairn-sound-symbolic",
        Permission::LegacyWindows => "cairn-screen-symbolic",
        Permission::Keys { .. } => "cairn-key-symbolic",
        Permission::Escape | Permission::WholeBus { .. } => "cairn-warning-symbolic",
        Permission::Talk { .. } | Permission::Feature { .. } | Permission::Other { .. } => {
            "cairn-service-symbolic"
        }
    }
}

fn terms(details: &Details, installed: Option<&InstalledApp>, remotes: &[Remote]) -> Vec<Line> {
    let mut lines = vec![plain("cairn-license-symbolic", app::license(&details.license, details.card.free))];
    lines.extend(app::age(details.age, &details.content).map(|words| plain("cairn-age-symbolic", words)));
    let from = installed
        .filter(|a| !a.remote.is_empty())
        .map(|a| Source { scope: a.scope, remote: a.remote.clone() })
        .or_else(|| details.card.sources.first().map(|(source, _)| source.clone()));
    if let Some(source) = from {
        let known = remotes.iter().find(|r| r.name == source.remote && r.scope == source.scope);
        let name = known.map(|r| r.title.as_str()).filter(|t| !t.is_empty()).unwrap_or(&source.remote);
        let title = fill(&gettext("From {source}"), &[("source", name)]);
        let signed = match known {
            Some(remote) if remote.signed => gettext("Its signatures are checked"),
            Some(_) => gettext("Its signatures are not checked"),
            None => String::new(),
        };
        lines.push(plain("cairn-package-symbolic", (title, signed)));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_powerful_comes_first_and_reassurance_is_never_false() {
        let lines = may(&[Permission::Network, Permission::Escape], &[]);
        assert_eq!(lines[0].title, permission::title(&Permission::Escape));
        assert_eq!(lines.len(), 2, "one that may do everything is not said to keep off files: {lines:?}");
        let lines = may(&[], &[]);
        assert_eq!(lines.len(), 2);
        assert!(lines.iter().all(|l| l.mark.as_ref().is_some_and(|(class, _)| *class == "success")));
    }
}
