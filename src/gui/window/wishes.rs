//! What is asked of the service, from the press to the answer: once, however often it is pressed meanwhile.

use super::messages::{Answer, Input, Planned, Question};
use super::{Window, commands, undo};
use crate::dialogs;
use crate::pages::Asked;
use cairn_model::{Problem, Wish};
use relm4::prelude::*;

/// What was asked and has no answer yet.
#[derive(Debug, Default)]
pub(super) struct Open {
    wishes: Vec<Wish>,
    questions: Vec<Question>,
    /// The wishes that take something back: the press was the answer to whether it is meant.
    undoing: Vec<Wish>,
    /// The person looks for updates of apps alone, so that no headline tells that it was done.
    pub app_check: bool,
}

impl Window {
    /// Has a wish planned. A second press while that goes on is the same wish.
    pub(super) fn wish(&mut self, wish: Wish, sender: &ComponentSender<Self>) {
        if self.open.wishes.contains(&wish) {
            return;
        }
        self.open.wishes.push(wish.clone());
        self.toasts.wait();
        commands::plan(sender, wish);
    }

    /// Takes back what was done, without asking what was asked before.
    pub(super) fn undo(&mut self, wish: Wish, sender: &ComponentSender<Self>) {
        self.open.undoing.push(wish.clone());
        self.wish(wish, sender);
    }

    /// Asks for something to look at or to choose from.
    pub(super) fn question(&mut self, question: Question, sender: &ComponentSender<Self>) {
        if self.open.questions.contains(&question) {
            return;
        }
        self.open.questions.push(question.clone());
        self.toasts.wait();
        commands::ask(sender, self.shown.ready(), question);
    }

    pub(super) fn planned(
        &mut self,
        wish: &Wish,
        planned: Result<Box<Planned>, Problem>,
        sender: &ComponentSender<Self>,
    ) {
        self.open.wishes.retain(|open| open != wish);
        let undoing = self.open.undoing.contains(wish);
        self.open.undoing.retain(|open| open != wish);
        self.toasts.waited();
        match planned {
            Ok(planned) => self.settle(*planned, undoing, sender),
            Err(problem) => self.complain(&problem, sender),
        }
    }

    /// A plan with side effects is shown first; what can be undone with one press is simply done.
    pub(super) fn settle(&self, mut planned: Planned, undoing: bool, sender: &ComponentSender<Self>) {
        let before = self.shown.ready().map(|s| &s.status);
        planned.undo = before.and_then(|status| undo::of(&planned.plan.wish, status));
        let asked = match undoing {
            true => undo::has_side_effect(&planned.plan, before),
            false => undo::is_asked_about(&planned.plan, before),
        };
        if !asked {
            return commands::apply(sender, planned);
        }
        let (sender, plan) = (sender.clone(), planned.plan.clone());
        dialogs::yes::plan(&self.root, &plan, move || sender.input(Input::Agreed(Box::new(planned.clone()))));
    }

    pub(super) fn answered(
        &mut self,
        question: &Question,
        answer: Result<Answer, Problem>,
        sender: &ComponentSender<Self>,
    ) {
        self.open.questions.retain(|open| open != question);
        self.toasts.waited();
        let sender = sender.clone();
        let answer = match answer {
            Ok(answer) => answer,
            Err(problem) => return self.complain(&problem, &sender),
        };
        let wishes = move |wish| sender.input(Input::Asked(Asked::Wish(wish)));
        match answer {
            Answer::Changes { title, changes } => dialogs::changes::present(&self.root, &title, &changes),
            Answer::Targets(targets) => {
                dialogs::target::present(&self.root, &targets, move |target| wishes(Wish::Rebase { target }));
            }
            Answer::Arguments(arguments) => dialogs::arguments::present(&self.root, &arguments, wishes),
            Answer::Extras(extras) => dialogs::extras::present(&self.root, &extras, wishes),
        }
    }
}
