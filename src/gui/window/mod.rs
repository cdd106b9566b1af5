//! The window: navigation, toasts and wishes. It knows what pages ask for and nothing of their insides.

mod all;
mod commands;
mod consent;
mod contents;
mod messages;
mod navigation;
mod notification;
mod offer;
mod retry;
mod shop;
mod shopping;
mod spell;
mod toasts;
mod undo;
mod wishes;

use crate::actions;
use crate::dialogs;
use crate::frame::Curtain;
use crate::pages::{self, Asked, Shown, updates};
use crate::settings::Settings;
use crate::stock::Stock;
use cairn_apps::Apps;
use cairn_client::{Snapshot, Watched};
use cairn_model::{Ability, Problem, Wish};
use cairn_words::moment;
use contents::Contents;
use navigation::Navigation;
use relm4::adw::prelude::*;
use relm4::gtk::gio;
use relm4::prelude::*;
use shop::Shop;
use std::cell::OnceCell;
use std::sync::Arc;
use toasts::Toasts;
use tokio::sync::watch;
use wishes::Open;

use messages::Question;
pub use messages::{Command, Dialog, Input, Opening};
pub use shopping::{Opened, open_last};

/// Looking for updates by itself when the window opens happens at most this often, in seconds.
const LOOK_AGAIN: i64 = 3600;

#[derive(Debug)]
pub struct Window {
    root: adw::ApplicationWindow,
    settings: Settings,
    navigation: Navigation,
    toasts: Toasts,
    open: Open,
    contents: Contents,
    shop: Shop,
    /// Asked for the first time after the first frame: finding out takes milliseconds.
    network: OnceCell<gio::NetworkMonitor>,
    shown: Shown,
    /// In front of what only takes the processor from the first look.
    curtain: Curtain,
    looked: bool,
    looked_for_apps: bool,
}

/// What runs beside the window and is there before it, and the page to begin with.
#[derive(Debug)]
pub struct Start {
    pub system: watch::Receiver<Watched<Snapshot>>,
    pub apps: Apps,
    pub last: Opened,
    pub page: usize,
    /// Lifted with the first frame that shows something true.
    pub curtain: Curtain,
}

impl Component for Window {
    type Init = Start;
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
        Start { system: mut receiver, apps: engine, last, page, curtain }: Self::Init,
        root: Self::Root,
        sender: ComponentSender<Self>,
    ) -> ComponentParts<Self> {
        let shop = Shop::new(engine, Arc::clone(&last.1));
        let mut contents = Contents::new(Arc::clone(&shop.stock));
        contents.make(page, &sender);
        let (leaves, wants) = (sender.clone(), sender.clone());
        let navigation = Navigation::new(
            &root,
            &contents.places(),
            move |page| leaves.input(Input::Left(page.clone())),
            move |page| wants.input(Input::Wanted(page)),
        );
        let toasts = Toasts::around(&navigation.split);
        root.set_content(Some(&toasts.overlay));
        actions::install(&root, &sender);
        crate::opening::connect(&sender);
        let settings = Settings::open();
        settings.bind("window-width", &root, "default-width");
        settings.bind("window-height", &root, "default-height");
        settings.bind("window-maximized", &root, "maximized");
        navigation.select(page);
        if page == pages::position("apps") {
            curtain.lift_after(&root);
        }
        if let Some(class) = crate::ID.ends_with(".Devel").then_some("devel") {
            root.add_css_class(class);
        }
        // What is known before the first frame is in the first frame.
        let first: Shown = Arc::new(receiver.borrow_and_update().clone());
        sender.input(Input::Changed(first));
        sender.command(move |out, shutdown| {
            shutdown.register(commands::follow(receiver, out)).drop_on_shutdown()
        });
        let model = Self {
            root,
            settings,
            navigation,
            toasts,
            open: Open::default(),
            contents,
            shop,
            network: OnceCell::new(),
            shown: Shown::default(),
            curtain,
            looked: false,
            looked_for_apps: false,
        };
        model.background(last, &sender);
        model.outlast_closing(&sender);
        ComponentParts { model, widgets: () }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, _: &Self::Root) {
        match input {
            Input::Changed(shown) => self.changed(shown, &sender),
            Input::Asked(Asked::App(asked)) => self.app_asked(asked, &sender),
            Input::Asked(asked) => self.asked(asked, &sender),
            Input::Settled(planned) => self.settle(*planned, false, &sender),
            Input::Agreed(planned) => commands::apply(&sender, *planned),
            Input::AppAgreed(plan) => self.app_agreed(*plan),
            Input::Allowed(wish, wants) => {
                self.shop.allowed.extend(wants);
                self.plan_once(wish, &sender);
            }
            Input::Wanted(page) => self.contents.make(page, &sender),
            Input::Left(page) => self.shop.closed(&page),
            Input::Online(online) => self.went_online(online, &sender),
            Input::Closed => self.end_if_closed(),
            Input::AppSettled(plan) => self.app_settled(*plan, &sender),
            Input::Opened(opening) => self.opened(opening, &sender),
            Input::PageAsked(place) => self.navigation.select_visible(place),
            Input::CheckAsked => self.asked(Asked::Check, &sender),
            Input::DialogAsked(dialog) => self.dialog(dialog, &sender),
            Input::CloseAsked => self.root.close(),
        }
    }

    fn update_cmd(&mut self, command: Command, sender: ComponentSender<Self>, _: &Self::Root) {
        match command {
            Command::Changed(shown) => self.changed(shown, &sender),
            Command::Supplied(supply) => self.restock(Some(*supply), &sender),
            Command::AppPlanned(wish, planned) => {
                self.shop.planning.retain(|w| *w != wish);
                match planned {
                    Ok(plan) => self.app_planned(*plan, &sender),
                    Err(Problem::NoUpdate) => {
                        self.replace_failed(&wish);
                        self.toast(&gettextrs::gettext("Nothing to update"), None, &sender)
                    }
                    Err(problem) => self.complain(&problem, &sender),
                }
            }
            Command::AllPlanned(system, apps) => self.all_planned(system, apps, &sender),
            Command::Versions(of, found) => self.versions_found(&of, found, &sender),
            Command::Read(path, read) => self.file_read(path, *read, &sender),
            Command::Planned(wish, planned) => self.planned(&wish, planned, &sender),
            Command::Done(plan, undo, Ok(())) => {
                self.toast(&cairn_words::plan::done(&plan), undo.map(Asked::Undo), &sender);
            }
            // The headline of the page of updates says what became of an update.
            Command::Done(plan, _, Err(_)) if plan.wish.word() == "update" => {}
            Command::Done(_, _, Err(problem)) => self.complain(&problem, &sender),
            Command::Weighed(app) => self.removal_weighed(&app, &sender),
            Command::Checked(checked) => {
                self.apps_checked(&sender);
                let asked = std::mem::take(&mut self.open.app_check);
                if let Err(problem) = checked {
                    self.complain(&problem, &sender);
                } else if asked {
                    self.toast(&gettextrs::gettext("Looked for app updates"), None, &sender);
                }
            }
            Command::Told(Ok(())) => {}
            Command::SourceChanged(words, done) => {
                self.apps_checked(&sender);
                match done {
                    Ok(()) => self.toast(&words, None, &sender),
                    Err(problem) => self.complain(&problem, &sender),
                }
            }
            Command::Told(Err(Problem::RestartBlocked { who, why })) => {
                let sender = sender.clone();
                dialogs::yes::restart_anyway(&self.root, &who, &why, move || {
                    let when =
                        cairn_model::restart::RestartWhen::Now { ignore_inhibitors: true, soft: false };
                    sender.input(Input::Asked(Asked::Restart(when)));
                });
            }
            Command::Told(Err(problem)) => self.complain(&problem, &sender),
            Command::Answered(question, answer) => self.answered(&question, answer, &sender),
        }
    }

    fn shutdown(&mut self, _: &mut (), _: relm4::Sender<()>) {
        if let Some(page) = pages::ALL.get(self.navigation.selected()) {
            self.settings.set_word("last-page", page.id);
        }
    }
}

/// Tells each change of the connection.
fn watch_network(sender: &ComponentSender<Window>) -> gio::NetworkMonitor {
    use relm4::gtk::gio::prelude::NetworkMonitorExt;
    let network = gio::NetworkMonitor::default();
    let tells = sender.input_sender().clone();
    network.connect_network_changed(move |_, available| {
        // The window may be closing.
        let _ = tells.send(Input::Online(available));
    });
    network
}

impl Window {
    fn changed(&mut self, shown: Shown, sender: &ComponentSender<Self>) {
        if self.settings.flag("notify") && !self.root.is_active() {
            notification::tell(&self.shown, &shown);
        }
        self.shown = Arc::clone(&shown);
        self.frame();
        self.contents.changed(&shown);
        self.look_once(&shown, sender);
    }

    /// Brings badge and banner up to date.
    fn frame(&self) {
        self.navigation.badge(updates::badge(&self.shown, &self.shop.stock));
        let problem = match &*self.shown {
            Watched::Failed(problem @ Problem::ServiceMissing { .. }) => Some(problem),
            _ => None,
        };
        self.navigation.banner(problem, self.shop.stock.online);
        let status = self.shown.ready().map(|snapshot| &snapshot.status);
        self.navigation.offer(status.is_some(), |ability| status.is_some_and(|s| s.can(ability)));
    }

    /// Takes in what is known of apps; without anything new only the connection is looked at again.
    fn restock(&mut self, supply: Option<messages::Supply>, sender: &ComponentSender<Self>) {
        let stock = match supply {
            Some(messages::Supply { library, shelf, known, problem }) => {
                Stock { library, shelf, known, problem, online: true, checking: false }
            }
            None => self.shop.stock.while_so(true, false),
        };
        let network = self.network.get_or_init(|| watch_network(sender));
        let online = network.is_network_available() && !stock.all_unreachable();
        let stock = stock.while_so(online, self.shop.checks > 0);
        let ended = self.shop.restock(stock);
        let unknown = self.shop.unweighed();
        if !unknown.is_empty() {
            shopping::weigh(&self.shop.apps, unknown);
        }
        self.frame();
        self.contents.stocked(&self.shop.stock);
        self.tell_ended(ended, sender);
        self.look_for_apps_once(sender);
    }

    fn opened(&mut self, opening: Opening, sender: &ComponentSender<Self>) {
        self.root.present();
        match opening {
            Opening::Page(id) => self.navigation.select(pages::position(&id)),
            Opening::App(id) => {
                self.navigation.select(pages::position("apps"));
                self.app_asked(pages::AppAsked::Show(id), sender);
            }
            Opening::File(path) => {
                // What becomes of it is shown there.
                self.navigation.select(pages::position("apps"));
                shopping::read_file(sender, &self.shop.apps, path);
            }
        }
    }

    /// Lets the person choose; what is chosen is asked for as every other wish.
    fn dialog(&self, dialog: Dialog, sender: &ComponentSender<Self>) {
        match dialog {
            Dialog::Preferences => {
                let sender = sender.clone();
                let remotes = &self.shop.stock.shelf.remotes;
                let automatic = self.shown.ready().and_then(|s| s.status.automatic.as_ref());
                dialogs::preferences::present(&self.root, &self.settings, automatic, remotes, move |asked| {
                    sender.input(Input::Asked(asked));
                });
            }
            Dialog::Shortcuts => dialogs::shortcuts::present(&self.root),
            Dialog::About => dialogs::about::present(&self.root),
        }
    }

    pub(super) fn check_apps(&mut self, sender: &ComponentSender<Self>) {
        self.shop.checks += 1;
        shopping::check(sender, &self.shop.apps);
        self.restock(None, sender);
    }

    fn apps_checked(&mut self, sender: &ComponentSender<Self>) {
        self.shop.checks = self.shop.checks.saturating_sub(1);
        self.restock(None, sender);
    }

    /// Looks for updates when the window opens, if nobody has for a while.
    fn look_once(&mut self, shown: &Shown, sender: &ComponentSender<Self>) {
        let Some(snapshot) = shown.ready().filter(|_| !self.looked) else { return };
        self.looked = true;
        self.curtain.lift_after(&self.root);
        crate::frame::tell(&self.root, "content is shown");
        let long_ago = snapshot.status.last_check.is_none_or(|t| moment::now() - t > LOOK_AGAIN);
        let resting = snapshot.running_job().is_none() && !snapshot.status.restart_pending();
        let can = snapshot.status.running().is_some() && snapshot.status.can(Ability::Check);
        if long_ago && resting && can && self.settings.flag("check-on-open") {
            commands::check(sender);
        }
    }

    /// A connection that came back is used for what could not be asked without it.
    fn went_online(&mut self, online: bool, sender: &ComponentSender<Self>) {
        self.restock(None, sender);
        let stock = &self.shop.stock;
        let unanswered = stock.shelf.check.as_ref().is_none_or(|c| !c.failed.is_empty());
        if online && stock.known && unanswered && self.settings.flag("check-on-open") {
            self.check_apps(sender);
        }
    }

    /// The same for apps, whose sources are others.
    fn look_for_apps_once(&mut self, sender: &ComponentSender<Self>) {
        if !self.shop.stock.known || std::mem::replace(&mut self.looked_for_apps, true) {
            return;
        }
        let checked = self.shop.stock.shelf.check.as_ref().map(|c| c.time);
        let silent = self.shop.stock.shelf.check.as_ref().is_some_and(|c| !c.failed.is_empty());
        let long_ago = silent || checked.is_none_or(|t| moment::now() - t > LOOK_AGAIN);
        let any_source = self.shop.stock.shelf.remotes.iter().any(|r| r.enabled);
        if long_ago && any_source && self.settings.flag("check-on-open") {
            self.check_apps(sender);
        }
    }

    fn asked(&mut self, asked: Asked, sender: &ComponentSender<Self>) {
        match asked {
            Asked::UpdateAll => self.update_all(sender),
            Asked::App(asked) => self.app_asked(asked, sender),
            Asked::SearchApps => {
                self.navigation.select(pages::position("apps"));
                self.contents.search_apps(sender);
            }
            Asked::Wish(wish) => self.wish(wish, sender),
            Asked::Undo(wish) => self.undo(wish, sender),
            Asked::Check => {
                if self.shown.ready().is_none_or(|s| s.status.can(Ability::Check)) {
                    commands::check(sender);
                } else {
                    self.open.app_check = true;
                }
                self.check_apps(sender);
            }
            Asked::Cancel => commands::cancel(sender, self.shown.ready().and_then(Snapshot::running_job)),
            Asked::Restart(when) => commands::restart(sender, when),
            Asked::CancelRestart => commands::cancel_restart(sender),
            Asked::Changes { title, changes } => dialogs::changes::present(&self.root, &title, &changes),
            Asked::Diff { from, to } => self.question(Question::Diff { from, to }, sender),
            Asked::Choose(choice) => self.question(Question::Choice(choice), sender),
            Asked::Hold(held) => {
                commands::hold(sender, self.shown.ready().and_then(Snapshot::running_job), held)
            }
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
            Asked::Save => {
                let sender = sender.clone();
                dialogs::name::save(&self.root, move |name| {
                    sender.input(Input::Asked(Asked::Wish(Wish::Snapshot { name })));
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
}
