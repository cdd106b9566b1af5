//! Adding a package: by words where the system can search, else by its exact name.

use super::add_one;
use crate::pages::Asked;
use crate::pages::packages::{Input, Packages};
use crate::widgets::{row, spoken};
use cairn_model::package::FoundPackage;
use cairn_model::{Package, PackageName, Problem};
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

#[derive(Debug)]
pub struct Add {
    pub widget: adw::PreferencesGroup,
    entry: adw::EntryRow,
    rows: Vec<gtk::Widget>,
    answer: Answer,
    /// What the rows were made from.
    made_from: Option<(Answer, Vec<Package>, bool)>,
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
        self.answer = Answer::Searching(words.to_owned());
    }

    /// An answer to other words than the last ones is too late.
    pub fn found(&mut self, words: &str, found: Result<Vec<FoundPackage>, Problem>) {
        if self.answer == Answer::Searching(words.to_owned()) {
            self.answer = found.map_or_else(Answer::Failed, Answer::Found);
        }
    }

    pub fn show(&mut self, packages: &[Package], searches: bool, busy: bool) {
        self.searches.set(searches);
        let title = if searches { gettext("Search for packages") } else { gettext("Name of a package") };
        self.entry.set_title(&title);
        self.entry.set_sensitive(searches || !busy);
        let from = (self.answer.clone(), packages.to_vec(), busy);
        if self.made_from.as_ref() == Some(&from) {
            return;
        }
        for old in self.rows.drain(..) {
            self.widget.remove(&old);
        }
        for row in rows(&self.sender, &self.answer, packages, busy) {
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
    busy: bool,
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
        Answer::Found(found) => found.iter().map(|f| line(sender, f, packages, busy)).collect(),
    }
}

fn line(
    sender: &ComponentSender<Packages>,
    found: &FoundPackage,
    packages: &[Package],
    busy: bool,
) -> gtk::Widget {
    let facts =
        join(&[found.version.clone().unwrap_or_default(), found.repository.clone().unwrap_or_default()]);
    let subtitle = [found.summary.clone().unwrap_or_default(), facts].join("\n");
    let row = row::plain("cairn-package-symbolic", found.name.as_str(), subtitle.trim());
    if found.here || packages.iter().any(|p| p.name == found.name) {
        let word =
            gtk::Label::builder().label(gettext("Part of the system")).css_classes(["dim-label"]).build();
        row.add_suffix(&word);
        return row.upcast();
    }
    let button = gtk::Button::builder()
        .label(gettext("Add"))
        .valign(gtk::Align::Center)
        .css_classes(["flat"])
        .sensitive(!busy)
        .build();
    spoken::name(&button, &fill(&gettext("Add {name}"), &[("name", found.name.as_str())]));
    let (sender, name) = (sender.clone(), found.name.clone());
    button.connect_clicked(move |_| {
        let _ = sender.output(Asked::Wish(add_one(&name)));
    });
    row.add_suffix(&button);
    row.upcast()
}
