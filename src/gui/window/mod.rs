//! The window: navigation, toasts and wishes. It knows what pages ask for and nothing of their insides.

mod commands;
mod messages;
mod navigation;
mod notification;
mod undo;

use crate::actions;
use crate::dialogs;
use crate::pages::{self, Asked, Shown, history, updates, versions};
use crate::settings::Settings;
use cairn_client::{Snapshot, Watched};
use cairn_model::{Problem, Wish};
use cairn_words::moment;
use navigation::Navigation;
use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::prelude::*;
use std::sync::Arc;
use tokio::sync::watch;

pub use messages::{Command, Input};

/// Looking for updates by itself when the window opens happens at most this often, in seconds.
const LOOK_AGAIN: i64 = 3600;

/// Longer than a frame, shorter than anybody needs to change the page.
const AFTER_THE_FRAME: std::time::Duration = std::time::Duration::from_millis(50);

#[derive(Debug)]
pub struct Window {
    root: adw::ApplicationWindow,
    settings: Settings,
    navigation: Navigation,
    toasts: adw::ToastOverlay,
    updates: Controller<updates::Updates>,
    versions: Controller<versions::Versions>,
    history: Controller<history::History>,
    shown: Shown,
    looked: bool,
}

impl Component for Window {
    type Init = watch::Receiver<Watched<Snapshot>>;
    type Input = Input;
    type Output = ();
    type CommandOutput = Command;
    type Root = adw::ApplicationWindow;
    type Widgets = ();

    fn init_root() -> Self::Root {
        adw::ApplicationWindow::builder()
            .title("Cairn")
            .default_width(980)
            .default_height(720)
            .width_request(360)
            .height_request(294)
            .build()
    }

    fn init(
        mut receiver: Self::Init,
        root: Self::Root,
        sender: ComponentSender<Self>,
    ) -> ComponentParts<Self> {
        let asked = |asked: Asked| Input::Asked(asked);
        let updates = updates::Updates::builder().launch(()).forward(sender.input_sender(), asked);
        let versions = versions::Versions::builder().launch(()).forward(sender.input_sender(), asked);
        let history = history::History::builder().launch(()).forward(sender.input_sender(), asked);
        let pages: [gtk::Widget; 3] = [
            updates.widget().clone().upcast(),
            versions.widget().clone().upcast(),
            history.widget().clone().upcast(),
        ];
        let navigation = Navigation::new(&root, &pages);
        let toasts = adw::ToastOverlay::new();
        toasts.set_child(Some(&navigation.split));
        root.set_content(Some(&toasts));
        actions::install(&root, &sender);
        let settings = Settings::open();
        settings.bind("window-width", &root, "default-width");
        settings.bind("window-height", &root, "default-height");
        settings.bind("window-maximized", &root, "maximized");
        let page = settings.word("last-page").and_then(|id| pages::ALL.iter().position(|p| p.id == id));
        navigation.select(page.unwrap_or(0));
        if let Some(class) = crate::ID.ends_with(".Devel").then_some("devel") {
            root.add_css_class(class);
        }
        // What is known before the first frame is in the first frame.
        let first: Shown = Arc::new(receiver.borrow_and_update().clone());
        sender.input(Input::Changed(first));
        sender.command(move |out, shutdown| {
            shutdown.register(commands::follow(receiver, out)).drop_on_shutdown()
        });
        let shown = Shown::default();
        let model =
            Self { root, settings, navigation, toasts, updates, versions, history, shown, looked: false };
        ComponentParts { model, widgets: () }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, _: &Self::Root) {
        match input {
            Input::Changed(shown) => self.changed(shown, &sender),
            Input::Asked(asked) => self.asked(asked, &sender),
            Input::Agreed(planned) => commands::apply(&sender, *planned),
            Input::PageAsked(page) => self.navigation.select(page),
            Input::CheckAsked => self.asked(Asked::Check, &sender),
            Input::PreferencesAsked => dialogs::preferences::present(&self.root, &self.settings),
            Input::ShortcutsAsked => dialogs::shortcuts::present(&self.root),
            Input::AboutAsked => dialogs::about::present(&self.root),
            Input::CloseAsked => self.root.close(),
        }
    }

    fn update_cmd(&mut self, command: Command, sender: ComponentSender<Self>, _: &Self::Root) {
        match command {
            Command::Changed(shown) => self.changed(shown, &sender),
            Command::Planned(Ok(planned)) => self.planned(*planned, &sender),
            Command::Planned(Err(problem)) => self.complain(&problem, &sender),
            Command::Done(plan, undo, Ok(())) => self.toast(&cairn_words::plan::done(&plan), undo, &sender),
            // The headline of the page of updates says what became of an update.
            Command::Done(plan, _, Err(_)) if plan.wish.word() == "update" => {}
            Command::Done(_, _, Err(problem)) => self.complain(&problem, &sender),
            Command::Told(Ok(())) => {}
            Command::Told(Err(Problem::RestartBlocked { who, why })) => {
                let sender = sender.clone();
                dialogs::yes::restart_anyway(&self.root, &who, &why, move || {
                    let when = cairn_model::restart::RestartWhen::Now { ignore_inhibitors: true };
                    sender.input(Input::Asked(Asked::Restart(when)));
                });
            }
            Command::Told(Err(problem)) => self.complain(&problem, &sender),
            Command::Differs(title, Ok(changes)) => dialogs::changes::present(&self.root, &title, &changes),
            Command::Differs(_, Err(problem)) => self.complain(&problem, &sender),
        }
    }

    fn shutdown(&mut self, _: &mut (), _: relm4::Sender<()>) {
        if let Some(page) = pages::ALL.get(self.navigation.selected()) {
            self.settings.set_word("last-page", page.id);
        }
    }
}

/// Says in the log when the next frame is on the screen, for benchmarks.
pub fn tell_first_frame(window: &adw::ApplicationWindow) {
    window.add_tick_callback(|widget, clock| {
        let told = std::cell::Cell::new(false);
        clock.connect_after_paint(move |_| {
            if !told.replace(true) {
                tracing::debug!("content is shown");
            }
        });
        widget.queue_draw();
        gtk::glib::ControlFlow::Break
    });
}

impl Window {
    fn changed(&mut self, shown: Shown, sender: &ComponentSender<Self>) {
        if self.settings.flag("notify") && !self.root.is_active() {
            notification::tell(&self.shown, &shown);
        }
        self.shown = Arc::clone(&shown);
        self.navigation.badge(updates::badge(&shown));
        self.navigation.banner(match &*shown {
            Watched::Failed(problem @ Problem::ServiceMissing { .. }) => Some(problem),
            _ => None,
        });
        self.updates.emit(updates::Input::Changed(Arc::clone(&shown)));
        self.tell_the_rest(Arc::clone(&shown));
        self.look_once(&shown, sender);
    }

    /// Pages that nobody sees are told when the frame is drawn, so that theirs is not waited for.
    fn tell_the_rest(&self, shown: Shown) {
        let (versions, history) = (self.versions.sender().clone(), self.history.sender().clone());
        let tell = move || {
            // They live as long as the window.
            let _ = versions.send(versions::Input::Changed(Arc::clone(&shown)));
            let _ = history.send(history::Input::Changed(shown));
        };
        if self.navigation.selected() == 0 {
            gtk::glib::timeout_add_local_once(AFTER_THE_FRAME, tell);
        } else {
            tell();
        }
    }

    /// Looks for updates when the window opens, if nobody has for a while.
    fn look_once(&mut self, shown: &Shown, sender: &ComponentSender<Self>) {
        let Some(snapshot) = shown.ready().filter(|_| !self.looked) else { return };
        self.looked = true;
        tell_first_frame(&self.root);
        let long_ago = snapshot.status.last_check.is_none_or(|t| moment::now() - t > LOOK_AGAIN);
        let resting = snapshot.running_job().is_none() && !snapshot.status.restart_pending();
        if long_ago && resting && snapshot.status.running().is_some() && self.settings.flag("check-on-open") {
            commands::check(sender);
        }
    }

    fn asked(&self, asked: Asked, sender: &ComponentSender<Self>) {
        match asked {
            Asked::Wish(wish) => commands::plan(sender, wish),
            Asked::Check => commands::check(sender),
            Asked::Cancel => commands::cancel(sender, self.shown.ready().and_then(Snapshot::running_job)),
            Asked::Restart(when) => commands::restart(sender, when),
            Asked::CancelRestart => commands::cancel_restart(sender),
            Asked::Changes { title, changes } => dialogs::changes::present(&self.root, &title, &changes),
            Asked::Diff { from, to } => commands::diff(sender, self.shown.ready(), from, to),
            Asked::Details(problem) => dialogs::details::present(&self.root, &problem),
            Asked::PickTime => {
                let sender = sender.clone();
                dialogs::time::present(&self.root, move |time| {
                    let when = cairn_model::restart::RestartWhen::At { time };
                    sender.input(Input::Asked(Asked::Restart(when)));
                });
            }
            Asked::Name(deployment) => {
                let (sender, id) = (sender.clone(), deployment.id.clone());
                dialogs::name::present(&self.root, &deployment, move |name| {
                    sender.input(Input::Asked(Asked::Wish(Wish::Name { id: id.clone(), name })));
                });
            }
            Asked::Remove(deployment) => {
                let (sender, id) = (sender.clone(), deployment.id.clone());
                dialogs::yes::remove(&self.root, &deployment, move || {
                    sender.input(Input::Asked(Asked::Wish(Wish::Remove { id: id.clone() })));
                });
            }
        }
    }

    /// A plan with side effects is shown first; what can be undone with one press is simply done.
    fn planned(&self, mut planned: messages::Planned, sender: &ComponentSender<Self>) {
        planned.undo = self.shown.ready().and_then(|s| undo::of(&planned.plan.wish, &s.status));
        let side_effects = planned.plan.warnings.iter().any(undo::is_side_effect);
        if !side_effects {
            return commands::apply(sender, planned);
        }
        let (sender, plan) = (sender.clone(), planned.plan.clone());
        dialogs::yes::plan(&self.root, &plan, move || sender.input(Input::Agreed(Box::new(planned.clone()))));
    }

    fn toast(&self, words: &str, undo: Option<Wish>, sender: &ComponentSender<Self>) {
        let toast = adw::Toast::builder().use_markup(false).title(words).build();
        if let Some(undo) = undo {
            toast.set_button_label(Some(&gettextrs::gettext("Undo")));
            let sender = sender.clone();
            toast.connect_button_clicked(move |_| sender.input(Input::Asked(Asked::Wish(undo.clone()))));
        }
        self.toasts.add_toast(toast);
    }

    fn complain(&self, problem: &Problem, sender: &ComponentSender<Self>) {
        let toast =
            adw::Toast::builder().use_markup(false).title(cairn_words::problem::heading(problem)).build();
        if !problem.is_choice() {
            toast.set_button_label(Some(&gettextrs::gettext("Details")));
            let (sender, problem) = (sender.clone(), problem.clone());
            toast
                .connect_button_clicked(move |_| sender.input(Input::Asked(Asked::Details(problem.clone()))));
        }
        self.toasts.add_toast(toast);
    }
}
