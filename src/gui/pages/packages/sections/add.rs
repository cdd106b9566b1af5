//! Adding a package: by words where the system can search, else by its exact name.

use super::add_one;
use crate::pages::Asked;
use crate::pages::packages::{Input, Packages};
use crate::widgets::{row, spoken};
use cairn_model::package::FoundPackage;
use cairn_model::{Package, PackageDelta, PackageName, Problem, Wish};
use cairn_words::update::join;
use cairn_words::{fill, problem};
use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::prelude::*;
use std::cell::Cell;
use std::rc::Rc;

/// What stands below the entry.
#[derive(Clone, Debug, Default, PartialEq)]
enum Answer {
    #[default]
    Nothing,
    Searching(String),
    Found(Vec<FoundPackage>),
    Failed(Problem),
}

/// What can be asked for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Able {
    pub search: bool,
    /// Packages of the base can be left out.
    pub leave_out: bool,
    /// Something else is under way.
    pub busy: bool,
}

#[derive(Debug)]
pub struct Add {
    pub widget: adw::PreferencesGroup,
    entry: adw::EntryRow,
    rows: Vec<gtk::Widget>,
    answer: Answer,
    /// What the rows were made from.
    made_from: Option<(Answer, Vec<Package>, Able)>,
    searches: Rc<Cell<bool>>,
    sender: ComponentSender<Packages>,
}

impl Add {
    pub fn new(sender: &ComponentSender<Packages>) -> Self {
        let widget = adw::PreferencesGroup::builder().title(gettext("Add a Package")).build();
        let entry = adw::EntryRow::builder().show_apply_button(true).build();
        let searches = Rc::new(Cell::new(false));
        let (asks, can_search) = (sender.clone(), Rc::clone(&searches));
        entry.connect_apply(move |entry| wanted(entry, can_search.get(), &asks));
        let clears = sender.input_sender().clone();
        entry.connect_changed(move |entry| {
            if entry.text().is_empty() {
                let _ = clears.send(Input::Searched(String::new()));
            }
        });
        widget.add(&entry);
        Self {
            widget,
            entry,
            rows: Vec::new(),
            answer: Answer::Nothing,
            made_from: None,
            searches,
            sender: sender.clone(),
        }
    }

    pub fn searching(&mut self, words: &str) {
        self.answer = match words {
            "" => Answer::Nothing,
            _ => Answer::Searching(words.to_owned()),
        };
    }

    /// An answer to other words than the last ones is too late.
    pub fn found(&mut self, words: &str, found: Result<Vec<FoundPackage>, Problem>) {
        if self.answer == Answer::Searching(words.to_owned()) {
            self.answer = found.map_or_else(Answer::Failed, Answer::Found);
        }
    }

    pub fn show(&mut self, packages: &[Package], able: Able) {
        self.searches.set(able.search);
        let title = if able.search { gettext("Search for packages") } else { gettext("Name of a package") };
        self.entry.set_title(&title);
        self.entry.set_sensitive(able.search || !able.busy);
        let from = (self.answer.clone(), packages.to_vec(), able);
        if self.made_from.as_ref() == Some(&from) {
            return;
        }
        for old in self.rows.drain(..) {
            self.widget.remove(&old);
        }
        for row in rows(&self.sender, &self.answer, packages, able) {
            self.widget.add(&row);
            self.rows.push(row);
        }
        self.made_from = Some(from);
    }
}

fn wanted(entry: &adw::EntryRow, searches: bool, sender: &ComponentSender<Packages>) {
    let words = cairn_model::text::clean(&entry.text(), PackageName::MAX);
    if words.is_empty() {
        return;
    }
    if searches {
        sender.input(Input::Searched(words));
        return;
    }
    let asked = match PackageName::new(words.clone()) {
        Ok(name) => Asked::Wish(add_one(&name)),
        Err(_) => Asked::Details(Problem::PackageUnknown { name: words }),
    };
    let _ = sender.output(asked);
}

fn rows(
    sender: &ComponentSender<Packages>,
    answer: &Answer,
    packages: &[Package],
    able: Able,
) -> Vec<gtk::Widget> {
    match answer {
        Answer::Nothing => Vec::new(),
        Answer::Searching(words) => {
            let title = fill(&gettext("Searching for “{words}”…"), &[("words", words)]);
            let row = row::unmarked(&title, "");
            row.add_prefix(&adw::Spinner::new());
            vec![row.upcast()]
        }
        Answer::Failed(problem) => {
            let row =
                row::plain("cairn-warning-symbolic", &problem::heading(problem), &problem::advice(problem));
            vec![row.upcast()]
        }
        Answer::Found(found) if found.is_empty() => {
            let advice = gettext("Check the spelling, or use other words.");
            vec![row::plain("cairn-search-symbolic", &gettext("Nothing was found"), &advice).upcast()]
        }
        Answer::Found(found) => found.iter().map(|f| line(sender, f, packages, able)).collect(),
    }
}

fn line(
    sender: &ComponentSender<Packages>,
    found: &FoundPackage,
    packages: &[Package],
    able: Able,
) -> gtk::Widget {
    let facts =
        join(&[found.version.clone().unwrap_or_default(), found.repository.clone().unwrap_or_default()]);
    let subtitle = [found.summary.clone().unwrap_or_default(), facts].join("\n");
    let row = row::plain("cairn-package-symbolic", found.name.as_str(), subtitle.trim());
    let changed = packages.iter().any(|p| p.name == found.name);
    if found.here && !changed && able.leave_out {
        let spoken = fill(&gettext("Leave {name} out of the system"), &[("name", found.name.as_str())]);
        let delta = PackageDelta { exclude: vec![found.name.clone()], ..PackageDelta::default() };
        let wish = Wish::ChangePackages { delta };
        row.add_suffix(&button(sender, &gettext("Leave Out"), &spoken, wish, able));
        return row.upcast();
    }
    if found.here || changed {
        let label = if changed { gettext("Listed above") } else { gettext("Part of the system") };
        row.add_suffix(&gtk::Label::builder().label(label).css_classes(["dim-label"]).build());
        return row.upcast();
    }
    let spoken = fill(&gettext("Add {name}"), &[("name", found.name.as_str())]);
    row.add_suffix(&button(sender, &gettext("Add"), &spoken, add_one(&found.name), able));
    row.upcast()
}

fn button(
    sender: &ComponentSender<Packages>,
    label: &str,
    words: &str,
    wish: Wish,
    able: Able,
) -> gtk::Button {
    let button = gtk::Button::builder()
        .label(label)
        .valign(gtk::Align::Center)
        .css_classes(["flat"])
        .sensitive(!able.busy)
        .build();
    spoken::name(&button, words);
    let sender = sender.clone();
    button.connect_clicked(move |_| {
        let _ = sender.output(Asked::Wish(wish.clone()));
    });
    button
}
