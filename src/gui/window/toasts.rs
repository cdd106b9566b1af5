//! The word at the bottom of the window: the newest at once, what can still be undone after it, and a sign of life while an
//! answer takes long.

use super::Window;
use super::messages::Input;
use crate::pages::Asked;
use cairn_model::Problem;
use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::gtk::{self, glib};
use relm4::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

/// An answer that takes longer than this is waited for knowingly.
const LONG: Duration = Duration::from_millis(600);

#[derive(Debug)]
pub(super) struct Toasts {
    pub overlay: adw::ToastOverlay,
    last: RefCell<Last>,
    waiting: Rc<RefCell<Waiting>>,
}

/// What was shown last of each kind. A closed one stays here until the next; closing it again does nothing.
#[derive(Debug, Default)]
struct Last {
    word: Option<adw::Toast>,
    undo: Option<adw::Toast>,
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
        Self { overlay, last: RefCell::default(), waiting: Rc::default() }
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
    /// waits behind it, and only the newest offer.
    fn show(&self, toast: adw::Toast, undoes: bool) {
        let mut last = self.last.borrow_mut();
        toast.set_priority(adw::ToastPriority::High);
        self.overlay.add_toast(toast.clone());
        let replaced = if undoes {
            [last.word.take(), last.undo.replace(toast)]
        } else {
            [last.word.replace(toast), None]
        };
        drop(last);
        replaced.iter().flatten().for_each(adw::Toast::dismiss);
    }
}

impl Window {
    /// Says something, and offers what would take it back.
    pub(super) fn toast(&self, words: &str, undo: Option<Asked>, sender: &ComponentSender<Self>) {
        let undoes = undo.is_some();
        let button = undo.map(|undo| (gettext("Undo"), undo));
        self.toasts.show(made(words, button, sender), undoes);
    }

    /// Says why something was not done; what the person has chosen so needs no explanation.
    pub(super) fn complain(&self, problem: &Problem, sender: &ComponentSender<Self>) {
        let explained = Some(problem).filter(|p| !p.is_choice());
        self.say_failed(&cairn_words::problem::heading(problem), explained, sender);
    }

    pub(super) fn say_failed(&self, words: &str, problem: Option<&Problem>, sender: &ComponentSender<Self>) {
        let button = problem.map(|p| (gettext("Details"), Asked::Details(p.clone())));
        self.toasts.show(made(words, button, sender), false);
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
