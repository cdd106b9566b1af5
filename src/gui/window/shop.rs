//! The window's side of apps: pages that lie above the others, and what is asked of the engine of apps.

use super::messages::{Command, Input};
use super::retry::Retry;
use super::{Window, consent, notification, offer, shopping};
use crate::dialogs::{self, app as dialog};
use crate::pages::app::{self, AppPage};
use crate::pages::listing::{self, Listing, ListingPage};
use crate::pages::{AppAsked, Asked, SourceAsked};
use crate::pictures::Pictures;
use crate::stock::{Stock, Stocked};
use cairn_apps::{AppFile, Apps};
use cairn_catalog::Library;
use cairn_model::Problem;
use cairn_model::app::installed::Hold;
use cairn_model::app::{AppId, AppPlan, AppWish, InstalledApp, Task};
use cairn_model::job::JobState;
use relm4::adw::prelude::*;
use relm4::prelude::*;
use relm4::{adw, gtk};
use std::cell::Cell;
use std::collections::HashSet;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

/// A page above the others.
#[derive(Debug)]
enum Above {
    App(Controller<AppPage>),
    Listing(Controller<ListingPage>),
}

impl Above {
    fn widget(&self) -> &adw::NavigationPage {
        match self {
            Self::App(page) => page.widget(),
            Self::Listing(page) => page.widget(),
        }
    }

    fn tell(&self, stock: &Stocked) {
        match self {
            Self::App(page) => page.emit(app::Input::Stocked(Arc::clone(stock))),
            Self::Listing(page) => page.emit(listing::Input::Stocked(Arc::clone(stock))),
        }
    }
}

#[derive(Debug)]
pub struct Shop {
    pub apps: Apps,
    pub stock: Stocked,
    pictures: Pictures,
    above: Vec<Above>,
    /// Apps whose data was counted, so that it is counted once.
    weighed: HashSet<AppId>,
    /// Wishes that are being planned.
    pub planning: Vec<AppWish>,
    /// What is tried again and has not begun yet.
    retries: Vec<Retry>,
    /// Both halves of updating everything are being planned.
    pub planning_all: bool,
    /// How many times the sources are being asked right now.
    pub checks: u32,
    /// What the person was shown of new permissions and said yes to.
    pub allowed: Vec<dialog::Wants>,
    /// The window was closed while something was under way.
    closed: Rc<Cell<bool>>,
}

impl Shop {
    /// Knows nothing but the catalogue of the last time.
    pub fn new(apps: Apps, library: Arc<Library>) -> Self {
        let stock = Arc::new(Stock { library, ..Stock::default() });
        let pictures = Pictures::default();
        Self {
            apps,
            stock,
            pictures,
            above: Vec::new(),
            weighed: HashSet::new(),
            planning: Vec::new(),
            retries: Vec::new(),
            planning_all: false,
            checks: 0,
            allowed: Vec::new(),
            closed: Rc::default(),
        }
    }

    /// Installed apps whose data nobody has counted yet.
    pub fn unweighed(&mut self) -> Vec<AppId> {
        let ids = self.stock.apps().filter(|a| a.data_bytes.is_none()).map(|a| a.reference.id.clone());
        let new: Vec<AppId> = ids.filter(|id| !self.weighed.contains(id)).collect();
        self.weighed.extend(new.iter().cloned());
        new
    }

    /// Takes in what is known now and returns what ended since.
    pub fn restock(&mut self, mut stock: Stock) -> Vec<Task> {
        stock.name_tasks();
        let ended = ended(&self.stock.shelf.tasks, &stock.shelf.tasks);
        self.stock = Arc::new(stock);
        for page in &self.above {
            page.tell(&self.stock);
        }
        ended
    }

    /// Drops what was closed, so that nothing is told to a page that nobody sees again.
    pub fn closed(&mut self, page: &adw::NavigationPage) {
        self.above.retain(|above| above.widget() != page);
    }

    fn open_app(&mut self, id: String, sender: &ComponentSender<Window>) -> adw::NavigationPage {
        let (apps, pictures) = (self.apps.clone(), self.pictures.clone());
        let start = app::Start { id, apps, pictures, stock: Arc::clone(&self.stock) };
        let page = AppPage::builder().launch(start).forward(sender.input_sender(), Input::Asked);
        let widget = page.widget().clone();
        self.above.push(Above::App(page));
        widget
    }

    fn open_listing(&mut self, listing: Listing, sender: &ComponentSender<Window>) -> adw::NavigationPage {
        let start = (listing, Arc::clone(&self.stock));
        let page = ListingPage::builder().launch(start).forward(sender.input_sender(), Input::Asked);
        let widget = page.widget().clone();
        self.above.push(Above::Listing(page));
        widget
    }
}

/// Whether a change of apps runs or waits right now; what the pages know may be a moment older.
fn is_busy(apps: &Apps) -> bool {
    let shelf = apps.shelf();
    let watched = shelf.borrow();
    watched.shelf().is_some_and(|s| s.tasks.iter().any(|t| !t.state.is_final()))
}

/// Tasks that were under way, or not yet known, and are over.
fn ended(before: &[Task], now: &[Task]) -> Vec<Task> {
    let was_over = |id| before.iter().any(|t| t.id == id && t.state.is_final());
    now.iter().filter(|t| t.state.is_final() && !was_over(t.id)).cloned().collect()
}

impl Window {
    pub(super) fn app_asked(&mut self, asked: AppAsked, sender: &ComponentSender<Self>) {
        match asked {
            AppAsked::Show(id) => {
                let page = self.shop.open_app(id, sender);
                self.navigation.push(&page);
            }
            AppAsked::List(listing) => {
                let page = self.shop.open_listing(listing, sender);
                self.navigation.push(&page);
            }
            AppAsked::Wish(wish) => {
                // Asked for by itself it is a wish of its own, and no answer to what failed.
                self.shop.retries.retain(|retry| !retry.is_for(&wish));
                self.plan_once(wish, sender);
            }
            AppAsked::Again(task) => self.try_again(task, sender),
            AppAsked::Cancel(task) => self.shop.apps.cancel(task),
            AppAsked::Forget(task) => self.shop.apps.forget(task),
            AppAsked::Launch(scope, reference) => shopping::launch(sender, &self.shop.apps, scope, reference),
            AppAsked::Versions(scope, reference) => {
                shopping::versions(sender, &self.shop.apps, scope, reference);
            }
            AppAsked::Remove(app) => shopping::weigh_for_removal(sender, &self.shop.apps, app),
            AppAsked::Source(SourceAsked::AddFile) => shopping::choose_file(sender, &self.root),
            AppAsked::Source(asked) => {
                // Its catalogue is fetched as well, which the pages show as they show every look at the sources.
                self.shop.checks += 1;
                self.restock(None, sender);
                shopping::source(sender, &self.shop.apps, asked);
            }
            AppAsked::Check => self.check_apps(sender),
        }
    }

    /// Asks whether to remove an app whose data was just counted.
    pub(super) fn removal_weighed(&self, app: &InstalledApp, sender: &ComponentSender<Self>) {
        let sender = sender.clone();
        let (scope, reference) = (app.scope, app.reference.clone());
        dialog::remove(&self.root, app, move |data| {
            let wish = AppWish::Remove { scope, reference: reference.clone(), data };
            sender.input(Input::Asked(Asked::App(AppAsked::Wish(wish))));
        });
    }

    /// Tries again what failed of a task. Its card tells of it until something newer is under way.
    fn try_again(&mut self, task: u64, sender: &ComponentSender<Self>) {
        let shelf = &self.shop.stock.shelf;
        let Some(task) = shelf.tasks.iter().find(|t| t.id == task) else { return };
        let retry = Retry::of(task, shelf);
        self.shop.retries.retain(|other| other.task != retry.task);
        self.shop.retries.push(retry.clone());
        self.plan_once(retry.wish, sender);
    }

    /// Takes away the card of what failed, once it was tried again or nothing is left of it to do.
    pub(super) fn replace_failed(&mut self, wish: &AppWish) {
        for retry in self.shop.retries.extract_if(.., |retry| retry.is_for(wish)) {
            self.shop.apps.forget(retry.task);
        }
    }

    /// A second press while the first is still being planned, or carried out, is the same wish.
    pub(super) fn plan_once(&mut self, wish: AppWish, sender: &ComponentSender<Self>) {
        let Some(wish) = shopping::not_under_way(wish, &self.shop.stock.shelf) else { return };
        if self.shop.planning.contains(&wish) {
            return;
        }
        self.shop.planning.push(wish.clone());
        shopping::plan(sender, &self.shop.apps, wish);
    }

    /// What is planned is done at once unless the person should know something first.
    pub(super) fn app_planned(&mut self, mut plan: AppPlan, sender: &ComponentSender<Self>) {
        if let Some(id) = plan.wish.refs().first().map(|r| r.id.to_string()).filter(|id| *id == plan.name) {
            plan.name = self.shop.stock.name_of(&id);
        }
        let wants = consent::wants_more(&plan, &self.shop.allowed);
        if wants.is_empty() {
            return self.app_settled(plan, sender);
        }
        let (all, without) = (sender.clone(), sender.clone());
        let (wish, refused) = (consent::allowing(&plan.wish), consent::refusing(&plan.wish));
        let others = !plan.operations.is_empty();
        let shown = wants.clone();
        dialogs::app::permissions(
            &self.root,
            &wants,
            others,
            move || all.input(Input::Allowed(wish.clone(), shown.clone())),
            move || match &refused {
                Some(wish) => without.input(Input::Allowed(wish.clone(), Vec::new())),
                None => without.input(Input::AppSettled(Box::new(plan.clone()))),
            },
        );
    }

    /// Does a plan about whose permissions nothing has to be asked any more, after whatever else has to be.
    pub(super) fn app_settled(&mut self, plan: AppPlan, sender: &ComponentSender<Self>) {
        if !plan.warnings.iter().any(|warning| consent::wants_a_yes(&plan.wish, warning)) {
            return self.app_agreed(plan);
        }
        let sender = sender.clone();
        let asked = plan.clone();
        dialog::plan(&self.root, &asked, move || sender.input(Input::AppAgreed(Box::new(plan.clone()))));
    }

    pub(super) fn app_agreed(&mut self, plan: AppPlan) {
        let wish = plan.wish.clone();
        // What is changed now is no longer as it was when undoing was offered.
        self.toasts.review(|undo| !offer::concerns(&plan, undo));
        if self.shop.apps.apply(plan) != 0 {
            self.replace_failed(&wish);
        }
    }

    /// Says what ended, once, and lets go of what went well.
    pub(super) fn tell_ended(&self, ended: Vec<Task>, sender: &ComponentSender<Self>) {
        self.toasts.review(|undo| offer::still_undoes(undo, &self.shop.stock.shelf));
        for task in ended {
            if !self.root.is_active() && self.settings.flag("notify") {
                notification::tell_task(&task);
            }
            match task.state {
                JobState::Done => {
                    let words = cairn_words::app::done(&task);
                    let undo = offer::undo(&task, &self.shop.stock).map(AppAsked::Wish);
                    self.toast(&words, undo.map(Asked::App), sender);
                    self.shop.apps.forget(task.id);
                }
                JobState::Cancelled => self.shop.apps.forget(task.id),
                // It stays in the lists with its reason until it is dismissed or tried again.
                _ => self.say_failed(&cairn_words::app::failed(&task), task.problem.as_ref(), sender),
            }
        }
        self.end_if_closed();
    }

    pub(super) fn versions_found(
        &self,
        of: &(cairn_model::app::Scope, cairn_model::app::Ref),
        found: Result<Vec<cairn_model::app::PastVersion>, Problem>,
        sender: &ComponentSender<Self>,
    ) {
        let (scope, reference) = of.clone();
        match found {
            Ok(versions) => {
                let sender = sender.clone();
                // What is held is not updated, also when it is named: its newest version comes by letting it go.
                let held = self.shop.stock.shelf.installed.iter().any(|a| {
                    let ours = matches!(a.held, Some(Hold::Released | Hold::NewerThan { .. }));
                    a.scope == scope && a.reference == reference && ours
                });
                dialog::versions(&self.root, &versions, held, move |chosen| {
                    let reference = reference.clone();
                    let asked = match chosen {
                        dialog::Chosen::Update if held => {
                            AppAsked::Wish(AppWish::Release { scope, reference })
                        }
                        dialog::Chosen::Update => AppAsked::update(vec![(scope, reference)]),
                        dialog::Chosen::Commit(commit) => {
                            AppAsked::Wish(AppWish::GoBack { scope, reference, commit })
                        }
                    };
                    sender.input(Input::Asked(Asked::App(asked)));
                });
            }
            Err(problem) => self.complain(&problem, sender),
        }
    }

    /// Says what a file is and asks whether, and for whom, it is wanted.
    pub(super) fn file_read(
        &self,
        path: PathBuf,
        read: Result<AppFile, Problem>,
        sender: &ComponentSender<Self>,
    ) {
        let file = match read {
            Ok(file) => file,
            Err(problem) => return self.complain(&problem, sender),
        };
        let source = match &file {
            AppFile::Repo(source) => Some(source.clone()),
            _ => None,
        };
        let sender = sender.clone();
        dialog::file(&self.root, &file, move |scope| {
            if let Some(source) = &source {
                let added = SourceAsked::Add(scope, path.clone(), Box::new(source.clone()));
                sender.input(Input::Asked(Asked::App(AppAsked::Source(added))));
            } else {
                let wish = AppWish::InstallFile { path: path.clone(), scope };
                sender.input(Input::Asked(Asked::App(AppAsked::Wish(wish))));
            }
        });
    }

    /// A window that is closed while apps are changed goes on unseen until that is done.
    pub(super) fn outlast_closing(&self, sender: &ComponentSender<Self>) {
        let (sender, apps) = (sender.clone(), self.shop.apps.clone());
        let opened = Rc::clone(&self.shop.closed);
        self.root.connect_show(move |_| opened.set(false));
        let closed = Rc::clone(&self.shop.closed);
        self.root.connect_close_request(move |window| {
            if !is_busy(&apps) {
                return gtk::glib::Propagation::Proceed;
            }
            window.set_visible(false);
            closed.set(true);
            // It may have ended in this very moment.
            sender.input(Input::Closed);
            gtk::glib::Propagation::Stop
        });
    }

    /// Ends what goes on unseen once there is nothing left to do.
    pub(super) fn end_if_closed(&self) {
        if self.shop.closed.get() && !is_busy(&self.shop.apps) {
            self.root.destroy();
        }
    }

    /// Follows what changes from now on.
    pub(super) fn background(&self, last: shopping::Opened, sender: &ComponentSender<Self>) {
        let apps = self.shop.apps.clone();
        sender.command(move |out: relm4::Sender<Command>, shutdown| {
            shutdown.register(shopping::follow(apps, last, out)).drop_on_shutdown()
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cairn_model::job::Progress;

    fn task(id: u64, state: JobState) -> Task {
        Task {
            id,
            wish: AppWish::RemoveUnused {},
            name: String::new(),
            state,
            progress: Progress::default(),
            current: None,
            started: 0,
            outcomes: Vec::new(),
            problem: None,
        }
    }

    #[test]
    fn an_end_is_told_once() {
        let running = [task(1, JobState::Running)];
        let done = [task(1, JobState::Done), task(2, JobState::Failed)];
        assert_eq!(ended(&running, &done).len(), 2);
        assert!(ended(&done, &done).is_empty());
    }
}
