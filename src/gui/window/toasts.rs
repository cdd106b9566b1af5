//! The word at the bottom of the window: the newest at once, what can still be undone after it for as long as a person
//! thinks of it, and a sign of life while an answer takes long.

use super::Window;
use super::messages::Input;
use super::spell::Spell;
use crate::pages::Asked;
use cairn_model::Problem;
use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::gtk::{self, glib};
use relm4::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// An answer that takes longer than this is waited for knowingly.
const LONG: Duration = Duration::from_millis(600);

#[derive(Debug)]
pub(super) struct Toasts {
    pub overlay: adw::ToastOverlay,
    last: Rc<RefCell<Last>>,
    waiting: Rc<RefCell<Waiting>>,
}

/// What was shown last of each kind. A closed one stays here until the next; closing it again does nothing.
#[derive(Debug, Default)]
struct Last {
    word: Option<adw::Toast>,
    undo: Option<Offer>,
}

/// Something that can be undone.
#[derive(Debug)]
struct Offer {
    toast: adw::Toast,
    undo: Asked,
    spell: Spell,
}

/// How many answers are waited for, and how that is shown.
#[derive(Debug, Default)]
struct Waiting {
    answers: usize,
    timer: Option<glib::SourceId>,
    toast: Option<adw::Toast>,
}

impl Toasts {
    pub fn around(child: &impl IsA<gtk::Widget>) -> Self {
        let overlay = adw::ToastOverlay::new();
        overlay.set_child(Some(child));
        Self { overlay, last: Rc::default(), waiting: Rc::default() }
    }

    /// An answer is asked for. That is shown if it takes long; each call wants one of [`Self::waited`].
    pub fn wait(&self) {
        let mut waiting = self.waiting.borrow_mut();
        waiting.answers += 1;
        if waiting.answers > 1 {
            return;
        }
        let (overlay, shared) = (self.overlay.clone(), Rc::clone(&self.waiting));
        waiting.timer = Some(glib::timeout_add_local_once(LONG, move || {
            let title = gettext("Finding out what that would do…");
            let toast = adw::Toast::builder().use_markup(false).title(title).timeout(0).build();
            let mut waiting = shared.borrow_mut();
            waiting.timer = None;
            waiting.toast = Some(toast.clone());
            drop(waiting);
            overlay.add_toast(toast);
        }));
    }

    /// An answer came.
    pub fn waited(&self) {
        let mut waiting = self.waiting.borrow_mut();
        waiting.answers = waiting.answers.saturating_sub(1);
        if waiting.answers > 0 {
            return;
        }
        if let Some(timer) = waiting.timer.take() {
            timer.remove();
        }
        let toast = waiting.toast.take();
        drop(waiting);
        if let Some(toast) = toast {
            toast.dismiss();
        }
    }

    /// The newest is what the person waits for; one after the other they would come too late. Only an offer to undo
    /// waits behind it, only the newest offer, and only until it had its time.
    fn show(&self, toast: &adw::Toast, undo: Option<Asked>) {
        let now = Instant::now();
        let mut last = self.last.borrow_mut();
        let mut gone = vec![last.word.take()];
        if let Some(undo) = undo {
            let offer = Offer { toast: toast.clone(), undo, spell: Spell::new(now) };
            gone.push(last.undo.replace(offer).map(|o| o.toast));
        } else {
            last.word = Some(toast.clone());
            gone.push(last.undo.take_if(|offer| !offer.spell.is_hidden(now)).map(|o| o.toast));
            self.uncover(toast);
        }
        drop(last);
        toast.set_priority(adw::ToastPriority::High);
        self.overlay.add_toast(toast.clone());
        gone.iter().flatten().for_each(adw::Toast::dismiss);
    }

    /// Once these words are gone, the offer behind them is seen again, or it is too late for it.
    fn uncover(&self, words: &adw::Toast) {
        let last = Rc::downgrade(&self.last);
        words.connect_dismissed(move |words| {
            let Some(last) = last.upgrade() else { return };
            let mut last = last.borrow_mut();
            // Words that newer ones replaced uncover nothing.
            if last.word.take_if(|word| word == words).is_none() {
                return;
            }
            let late = last.undo.take_if(|offer| !offer.spell.is_back(Instant::now()));
            drop(last);
            if let Some(offer) = late {
                offer.toast.dismiss();
            }
        });
    }

    /// Takes back the offer to undo if it no longer makes sense.
    pub fn review(&self, stands: impl Fn(&Asked) -> bool) {
        let moot = self.last.borrow_mut().undo.take_if(|offer| !stands(&offer.undo));
        if let Some(offer) = moot {
            offer.toast.dismiss();
        }
    }
}

impl Window {
    /// Says something, and offers what would take it back.
    pub(super) fn toast(&self, words: &str, undo: Option<Asked>, sender: &ComponentSender<Self>) {
        let button = undo.clone().map(|undo| (gettext("Undo"), undo));
        self.toasts.show(&made(words, button, sender), undo);
    }

    /// Says why something was not done; what the person has chosen so needs no explanation.
    pub(super) fn complain(&self, problem: &Problem, sender: &ComponentSender<Self>) {
        let explained = Some(problem).filter(|p| !p.is_choice());
        self.say_failed(&cairn_words::problem::heading(problem), explained, sender);
    }

    pub(super) fn say_failed(&self, words: &str, problem: Option<&Problem>, sender: &ComponentSender<Self>) {
        let button = problem.map(|p| (gettext("Details"), Asked::Details(p.clone())));
        self.toasts.show(&made(words, button, sender), None);
    }
}

fn made(words: &str, button: Option<(String, Asked)>, sender: &ComponentSender<Window>) -> adw::Toast {
    let toast = adw::Toast::builder().use_markup(false).title(words).build();
    if let Some((label, asked)) = button {
        toast.set_button_label(Some(&label));
        let sender = sender.clone();
        toast.connect_button_clicked(move |_| sender.input(Input::Asked(asked.clone())));
    }
    toast
}
