//! What else can be done with an installed app.

use crate::pages::app::AppPage;
use crate::pages::{AppAsked, Asked};
use crate::stock::Stock;
use cairn_model::app::installed::Hold;
use cairn_model::app::{AppWish, InstalledApp};
use cairn_words::fill;
use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::gtk::{self, gio};
use relm4::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;

/// A row of the menu and what it asks for.
type Choice = (String, AppAsked);

#[derive(Debug)]
pub struct ManageMenu {
    pub widget: gtk::MenuButton,
    choices: Rc<RefCell<Vec<Choice>>>,
    labels: RefCell<Vec<String>>,
}

impl ManageMenu {
    pub fn new(sender: &ComponentSender<AppPage>) -> Self {
        let choices: Rc<RefCell<Vec<Choice>>> = Rc::default();
        let widget = gtk::MenuButton::builder()
            .icon_name("cairn-more-symbolic")
            .tooltip_text(gettext("More"))
            .visible(false)
            .build();
        let action = gio::SimpleAction::new("do", Some(gtk::glib::VariantTy::INT32));
        let (asks, chosen) = (sender.clone(), Rc::clone(&choices));
        action.connect_activate(move |_, value| {
            let at = value.and_then(gtk::glib::Variant::get::<i32>).and_then(|at| usize::try_from(at).ok());
            let asked = at.and_then(|at| chosen.borrow().get(at).map(|(_, asked)| asked.clone()));
            if let Some(asked) = asked {
                let _ = asks.output(Asked::App(asked));
            }
        });
        let group = gio::SimpleActionGroup::new();
        group.add_action(&action);
        widget.insert_action_group("manage", Some(&group));
        Self { widget, choices, labels: RefCell::default() }
    }

    pub fn show(&self, installed: Option<&InstalledApp>, stock: &Stock) {
        let choices = installed.map(|app| choices(app, stock)).unwrap_or_default();
        self.widget.set_visible(!choices.is_empty());
        let labels: Vec<String> = choices.iter().map(|(label, _)| label.clone()).collect();
        self.choices.replace(choices);
        // A menu that is replaced while it is open would close under the finger.
        if *self.labels.borrow() == labels {
            return;
        }
        let menu = gio::Menu::new();
        for (at, label) in labels.iter().enumerate() {
            // An underscore would be taken for the mark of a key.
            let item = gio::MenuItem::new(Some(&label.replace('_', "__")), None);
            let target = i32::try_from(at).unwrap_or_default().to_variant();
            item.set_action_and_target_value(Some("manage.do"), Some(&target));
            menu.append_item(&item);
        }
        self.widget.set_menu_model(Some(&menu));
        self.labels.replace(labels);
    }
}

fn choices(app: &InstalledApp, stock: &Stock) -> Vec<Choice> {
    let (scope, reference) = (app.scope, app.reference.clone());
    let mut choices = vec![(gettext("Versions…"), AppAsked::Versions(scope, reference.clone()))];
    match app.held {
        None => choices.push((
            gettext("Do Not Update"),
            AppAsked::Wish(AppWish::Hold { scope, reference: reference.clone() }),
        )),
        Some(Hold::Masked) => {}
        Some(_) => choices.push((
            gettext("Update Again"),
            AppAsked::Wish(AppWish::Release { scope, reference: reference.clone() }),
        )),
    }
    if let Some(newer) = &app.end_of_life_rebase {
        let label = fill(&gettext("Replace with {id}…"), &[("id", newer.id.as_str())]);
        choices.push((label, AppAsked::Wish(AppWish::Rebase { scope, reference: reference.clone() })));
    }
    let other = stock.library.find(reference.id.as_str()).map(|e| stock.library.card(e).sources);
    for (source, offered) in other.into_iter().flatten() {
        if source.scope == scope && source.remote != app.remote && offered == reference {
            let label = fill(&gettext("Get It from {source}"), &[("source", &source.remote)]);
            let wish =
                AppWish::ChangeSource { scope, reference: reference.clone(), remote: source.remote.clone() };
            choices.push((label, AppAsked::Wish(wish)));
        }
    }
    choices.push((gettext("Remove…"), AppAsked::Remove(Box::new(app.clone()))));
    choices
}
