//! System packages: what was added to the system, left out of it or replaced, and adding more.

mod sections;

use super::{Asked, Shown};
use crate::widgets::page;
use cairn_client::Client;
use cairn_model::package::{FoundPackage, PackageState};
use cairn_model::{Ability, Deployment, Package, Problem};
use cairn_words::problem as words;
use gettextrs::gettext;
use relm4::adw;
use relm4::gtk;
use relm4::gtk::prelude::*;
use relm4::prelude::*;
use sections::{Able, Add, Changed, Waiting};

#[derive(Debug)]
pub struct Packages {
    waiting: Waiting,
    changed: Changed,
    add: Add,
    shown: Shown,
    packages: Vec<Package>,
    /// The history and the versions with which the packages were read last.
    read: Option<(u64, Vec<Deployment>)>,
    /// Why they cannot be read.
    failed: adw::StatusPage,
}

#[derive(Debug)]
pub enum Input {
    Changed(Shown),
    /// The person typed a name or words and wants to see what there is.
    Searched(String),
    /// What could not be read is to be read again.
    Retried,
}

#[derive(Debug)]
pub enum Command {
    Read(Result<Vec<Package>, Problem>),
    Found(String, Result<Vec<FoundPackage>, Problem>),
}

impl Component for Packages {
    type Init = ();
    type Input = Input;
    type Output = Asked;
    type CommandOutput = Command;
    type Root = gtk::ScrolledWindow;
    type Widgets = ();

    fn init_root() -> Self::Root {
        gtk::ScrolledWindow::builder().hscrollbar_policy(gtk::PolicyType::Never).build()
    }

    fn init((): (), root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let column = page::column_in(&root);
        let (waiting, changed, add) = (Waiting::new(&sender), Changed::new(&sender), Add::new(&sender));
        let failed = failed(&sender);
        column.append(&failed);
        column.append(&waiting.group.widget);
        changed.add_to(&column, &add.widget);
        let shown = Shown::default();
        let model = Self { waiting, changed, add, shown, packages: Vec::new(), read: None, failed };
        ComponentParts { model, widgets: () }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, _: &Self::Root) {
        match input {
            Input::Changed(shown) => {
                self.shown = shown;
                self.read_again(&sender);
                self.show();
            }
            Input::Retried => {
                self.read = None;
                self.read_again(&sender);
            }
            Input::Searched(words) => {
                self.add.searching(&words);
                if words.is_empty() {
                    return self.show();
                }
                sender.oneshot_command(async move {
                    let found = find(&words).await;
                    Command::Found(words, found)
                });
            }
        }
    }

    fn update_cmd(&mut self, command: Command, _: ComponentSender<Self>, _: &Self::Root) {
        match command {
            Command::Read(Ok(packages)) => {
                self.packages = packages;
                self.failed.set_visible(false);
            }
            // It is read again with the next change, or when the person wants it.
            Command::Read(Err(problem)) => {
                self.read = None;
                self.failed.set_title(&words::heading(&problem));
                // A status page reads its description as markup.
                let advice = words::advice(&problem);
                self.failed.set_description(Some(&gtk::glib::markup_escape_text(&advice)));
                self.failed.set_visible(true);
            }
            Command::Found(words, found) => self.add.found(&words, found),
        }
        self.show();
    }
}

impl Packages {
    /// The end of a change and each change of the versions are reasons to read again.
    fn read_again(&mut self, sender: &ComponentSender<Self>) {
        let Some(snapshot) = self.shown.ready().filter(|s| s.status.can(Ability::PackageList)) else {
            return;
        };
        let now = (snapshot.history, snapshot.status.deployments.clone());
        if self.read.as_ref() != Some(&now) {
            self.read = Some(now);
            sender.oneshot_command(async { Command::Read(read().await) });
        }
    }

    fn show(&mut self) {
        let snapshot = self.shown.ready();
        let busy = snapshot.is_some_and(|s| s.running_job().is_some());
        let changes = snapshot.is_some_and(|s| s.status.can(Ability::Packages));
        let next = snapshot.and_then(|s| s.status.next());
        let live = next.is_some_and(|next| next.live);
        let packages: Vec<Package> = self.packages.iter().cloned().map(|p| used(p, live)).collect();
        let waits = snapshot.is_some_and(|s| s.status.restart_pending());
        self.waiting.show(waits && !live, busy);
        self.changed.show(&packages, (changes, busy), self.read.is_some());
        self.add.widget.set_visible(changes);
        let can = |ability| snapshot.is_some_and(|s| s.status.can(ability));
        let able = Able { search: can(Ability::PackageSearch), leave_out: can(Ability::Override), busy };
        self.add.show(&packages, able);
    }
}

/// As it is where the next version is in use already.
fn used(package: Package, live: bool) -> Package {
    match package.state {
        PackageState::Next if live => Package { state: PackageState::Running, ..package },
        _ => package,
    }
}

fn failed(sender: &ComponentSender<Packages>) -> adw::StatusPage {
    let again = gtk::Button::builder()
        .label(gettext("Try Again"))
        .halign(gtk::Align::Center)
        .css_classes(["pill"])
        .build();
    let pressed = sender.input_sender().clone();
    again.connect_clicked(move |_| {
        let _ = pressed.send(Input::Retried);
    });
    adw::StatusPage::builder().icon_name("cairn-warning-symbolic").child(&again).visible(false).build()
}

async fn read() -> Result<Vec<Package>, Problem> {
    Client::connect().await?.packages().await
}

async fn find(words: &str) -> Result<Vec<FoundPackage>, Problem> {
    Client::connect().await?.find_packages(words).await
}
