//! What makes this system different from its base.

use super::add_one;
use crate::pages::Asked;
use crate::pages::packages::Packages;
use crate::widgets::group::Group;
use crate::widgets::{row, spoken};
use cairn_model::package::{PackageRole, PackageState};
use cairn_model::{Package, PackageDelta, PackageName, Wish};
use cairn_words::{fill, package};
use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;

/// Whether packages can be changed, and whether something else is under way so that nothing can be asked for.
type Moment = (bool, bool);
type Item = (Package, Moment);

#[derive(Debug)]
pub struct Changed {
    sender: ComponentSender<Packages>,
    added: Group<Item>,
    aside: Group<Item>,
    base: Group<Item>,
    declared: Group<Item>,
    empty: adw::StatusPage,
    /// The way back to what the makers built.
    base_again: gtk::Button,
    wish: Rc<RefCell<Option<Wish>>>,
}

impl Changed {
    pub fn new(sender: &ComponentSender<Packages>) -> Self {
        let added = Group::new(&gettext("Added to your system"));
        added.widget.set_description(Some(&gettext(
            "Each update puts them in anew. One that does not fit the update holds it back; apps never do.",
        )));
        let aside = Group::new(&gettext("Taken out for now"));
        aside.widget.set_description(Some(&gettext(
            "They did not fit an update. After the next one they may fit again.",
        )));
        let empty = adw::StatusPage::builder()
            .icon_name("cairn-package-symbolic")
            .title(gettext("Your system is as its makers built it"))
            .description(gettext(
                "What you add to the system itself is listed here. Apps need not be added here.",
            ))
            .visible(false)
            .build();
        let base_again = gtk::Button::builder()
            .label(gettext("Back to the Original System…"))
            .css_classes(["pill"])
            .halign(gtk::Align::Center)
            .visible(false)
            .build();
        let wish: Rc<RefCell<Option<Wish>>> = Rc::default();
        let (asks, wanted) = (sender.clone(), Rc::clone(&wish));
        base_again.connect_clicked(move |_| {
            if let Some(wish) = wanted.borrow().clone() {
                let _ = asks.output(Asked::Wish(wish));
            }
        });
        Self {
            base_again,
            wish,
            sender: sender.clone(),
            added,
            aside,
            base: Group::new(&gettext("Left out or replaced")),
            declared: Group::new(&gettext("Written in the system’s configuration")),
            empty,
        }
    }

    /// `add` stands above what is only to be read, which may be long.
    pub fn add_to(&self, column: &gtk::Box, add: &adw::PreferencesGroup) {
        column.append(&self.empty);
        for group in [&self.aside, &self.added, &self.base] {
            column.append(&group.widget);
        }
        column.append(&self.base_again);
        column.append(add);
        column.append(&self.declared.widget);
    }

    pub fn show(&mut self, packages: &[Package], (changes, busy): Moment, known: bool) {
        let sender = self.sender.clone();
        let of = |fits: fn(&Package) -> bool| -> Vec<Item> {
            packages.iter().filter(|p| fits(p)).map(|p| (p.clone(), (changes, busy))).collect()
        };
        let is_aside = |p: &Package| p.state == PackageState::Aside;
        self.aside.show(of(is_aside), |item| line(&sender, item));
        let added = of(|p| {
            matches!(p.role, PackageRole::Added | PackageRole::AddedFile) && p.state != PackageState::Aside
        });
        self.added.show(added, |item| line(&sender, item));
        let base = of(|p| matches!(p.role, PackageRole::Excluded | PackageRole::Replaced));
        self.base.show(base, |item| line(&sender, item));
        let why = (!changes).then(|| gettext("What stands there is changed there."));
        self.declared.widget.set_description(why.as_deref());
        self.declared.show(of(|p| p.role == PackageRole::Declared), |item| line(&sender, item));
        self.empty.set_visible(known && packages.is_empty());
        let delta = PackageDelta::to_base(packages);
        // One that was changed has a button of its own.
        let several = delta.as_ref().is_some_and(|d| d.lists().into_iter().flatten().count() > 1);
        self.base_again.set_visible(several && changes);
        self.base_again.set_sensitive(!busy);
        self.wish.replace(delta.map(|delta| Wish::ChangePackages { delta }));
    }
}

/// What can be done about a package: each button's word, what it is called aloud, and the wish.
fn actions(package: &Package) -> Vec<(String, String, Wish)> {
    let names = vec![package.name.clone()];
    let name = [("name", package.name.as_str())];
    match (package.role, package.state) {
        (_, PackageState::Going) | (PackageRole::Declared, _) => Vec::new(),
        (_, PackageState::Aside) => {
            let again = fill(&gettext("Add {name} again"), &name);
            vec![(gettext("Add Again"), again, add_one(&package.name)), remove(&package.name)]
        }
        (PackageRole::Added | PackageRole::AddedFile, _) => {
            vec![remove(&package.name)]
        }
        (PackageRole::Excluded | PackageRole::Replaced, _) => {
            let delta = PackageDelta { reset: names, ..PackageDelta::default() };
            let wish = Wish::ChangePackages { delta };
            vec![(gettext("Put Back"), fill(&gettext("Put {name} back as the system has it"), &name), wish)]
        }
    }
}

fn remove(name: &PackageName) -> (String, String, Wish) {
    let delta = PackageDelta { remove: vec![name.clone()], ..PackageDelta::default() };
    let words = fill(&gettext("Remove {name}"), &[("name", name.as_str())]);
    (gettext("Remove"), words, Wish::ChangePackages { delta })
}

fn line(sender: &ComponentSender<Packages>, (package, (changes, busy)): &Item) -> gtk::Widget {
    // What is declared stands below a title that says so.
    let facts = match package.role {
        PackageRole::Declared => package.version.clone().unwrap_or_default(),
        _ => package::facts(package),
    };
    let subtitle = match &package.summary {
        Some(summary) => format!("{summary}\n{facts}"),
        None => facts,
    };
    let row = row::plain("cairn-package-symbolic", package.name.as_str(), &subtitle);
    for (label, words, wish) in actions(package).into_iter().filter(|_| *changes) {
        let button = gtk::Button::builder()
            .label(label)
            .valign(gtk::Align::Center)
            .css_classes(["flat"])
            .sensitive(!busy)
            .build();
        spoken::name(&button, &words);
        let sender = sender.clone();
        button.connect_clicked(move |_| {
            let _ = sender.output(Asked::Wish(wish.clone()));
        });
        row.add_suffix(&button);
    }
    row.upcast()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_done_fits_what_it_is() {
        let package = |role, state| Package::new(PackageName::new("vim").unwrap(), role, state);
        let labels = |role, state| -> Vec<String> {
            actions(&package(role, state)).into_iter().map(|(label, ..)| label).collect()
        };
        assert_eq!(labels(PackageRole::Added, PackageState::Running), ["Remove"]);
        assert_eq!(labels(PackageRole::Added, PackageState::Aside), ["Add Again", "Remove"]);
        assert_eq!(labels(PackageRole::Excluded, PackageState::Running), ["Put Back"]);
        assert!(labels(PackageRole::Added, PackageState::Going).is_empty());
        assert!(labels(PackageRole::Declared, PackageState::Running).is_empty());
    }
}
