//! Install: one press for the usual choice, a menu where there is more than one place to take it from or put it to.

use crate::pages::app::{AppPage, Input};
use crate::pages::{AppAsked, Asked};
use cairn_model::app::{AppWish, Ref, Remote, Source};
use cairn_words::{app, fill};
use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::gtk::{self, gio};
use relm4::prelude::*;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// An app as one source has it.
type Offer = (Source, Ref);

#[derive(Debug)]
pub struct InstallButton {
    pub widget: gtk::Box,
    split: adw::SplitButton,
    plain: gtk::Button,
    note: gtk::Label,
    chosen: Rc<Cell<usize>>,
    offers: Rc<RefCell<Vec<Offer>>>,
    choose: gio::SimpleAction,
}

impl InstallButton {
    pub fn new(sender: &ComponentSender<AppPage>) -> Self {
        let offers: Rc<RefCell<Vec<Offer>>> = Rc::default();
        let chosen: Rc<Cell<usize>> = Rc::default();
        let split = adw::SplitButton::builder()
            .label(gettext("Install"))
            .dropdown_tooltip(gettext("For whom, and from which source"))
            .css_classes(["suggested-action"])
            .build();
        let plain =
            gtk::Button::builder().label(gettext("Install")).css_classes(["suggested-action"]).build();
        let press = {
            let (asks, offers, chosen) = (sender.clone(), Rc::clone(&offers), Rc::clone(&chosen));
            Rc::new(move || {
                let offer = offers.borrow().get(chosen.get()).cloned();
                if let Some((source, reference)) = offer {
                    let wish = AppWish::Install { source, reference };
                    let _ = asks.output(Asked::App(AppAsked::Wish(wish)));
                }
            })
        };
        let pressed = Rc::clone(&press);
        split.connect_clicked(move |_| pressed());
        plain.connect_clicked(move |_| press());
        let choose =
            gio::SimpleAction::new_stateful("choose", Some(gtk::glib::VariantTy::INT32), &0_i32.to_variant());
        let messages = sender.input_sender().clone();
        choose.connect_activate(move |action, value| {
            let Some(at) = value.and_then(gtk::glib::Variant::get::<i32>) else { return };
            action.set_state(&at.to_variant());
            // The page gets its own messages as long as it is there.
            let _ = messages.send(Input::SourceChosen(usize::try_from(at).unwrap_or_default()));
        });
        let group = gio::SimpleActionGroup::new();
        group.add_action(&choose);
        let note = gtk::Label::builder()
            .css_classes(["caption", "dim-label"])
            .wrap(true)
            .xalign(0.0)
            .valign(gtk::Align::Center)
            .build();
        let widget = gtk::Box::builder().spacing(12).build();
        widget.insert_action_group("source", Some(&group));
        widget.append(&split);
        widget.append(&plain);
        widget.append(&note);
        Self { widget, split, plain, note, chosen, offers, choose }
    }

    pub fn chosen(&self) -> usize {
        self.chosen.get()
    }

    pub fn choose(&mut self, at: usize) {
        self.chosen.set(at);
    }

    /// Shows what can be chosen; without an offer it hides itself.
    pub fn show(&self, offers: &[Offer], remotes: &[Remote]) {
        self.widget.set_visible(!offers.is_empty());
        if self.chosen.get() >= offers.len() {
            self.chosen.set(0);
            self.choose.set_state(&0_i32.to_variant());
        }
        self.split.set_visible(offers.len() > 1);
        self.plain.set_visible(offers.len() == 1);
        if let Some((source, _)) = offers.get(self.chosen.get()) {
            self.note.set_label(&words(source, remotes));
        }
        if *self.offers.borrow() == offers {
            return;
        }
        let menu = gio::Menu::new();
        for (at, (source, _)) in offers.iter().enumerate() {
            // An underscore would be taken for the mark of a key.
            let item = gio::MenuItem::new(Some(&words(source, remotes).replace('_', "__")), None);
            let target = i32::try_from(at).unwrap_or_default().to_variant();
            item.set_action_and_target_value(Some("source.choose"), Some(&target));
            menu.append_item(&item);
        }
        self.split.set_menu_model(Some(&menu));
        self.offers.replace(offers.to_vec());
    }
}

fn words(source: &Source, remotes: &[Remote]) -> String {
    let known = remotes.iter().find(|r| r.name == source.remote && r.scope == source.scope);
    let title = known.map(|r| r.title.as_str()).filter(|t| !t.is_empty()).unwrap_or(&source.remote);
    let words = gettext("{whom}, from {source}");
    fill(&words, &[("whom", &app::scope(source.scope)), ("source", title)])
}
