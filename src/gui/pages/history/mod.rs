//! History: one list of everything that changed the system.

mod text;

use super::{Asked, Shown};
use crate::widgets::group::Group;
use crate::widgets::{page, row};
use cairn_client::{Client, Watched};
use cairn_model::history::{Outcome, Record};
use cairn_model::{DeploymentId, Problem, SystemStatus, Wish};
use cairn_words::problem as words;
use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::prelude::*;

/// Entries on the page; the command line shows more.
const SHOWN: u32 = 100;

#[derive(Debug)]
pub struct History {
    group: Group<(Record, Option<Wish>)>,
    empty: adw::StatusPage,
    copy: gtk::Button,
    records: Vec<Record>,
    status: SystemStatus,
    /// Which state of the history was read last.
    read: Option<u64>,
    /// Why it cannot be read.
    problem: Option<Problem>,
}

#[derive(Debug)]
pub enum Input {
    Changed(Shown),
    CopyPressed,
}

#[derive(Debug)]
pub enum Command {
    Read(Result<Vec<Record>, Problem>),
}

impl Component for History {
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
        let group = Group::new(&gettext("What was done"));
        let copy = gtk::Button::builder()
            .icon_name("cairn-copy-symbolic")
            .tooltip_text(gettext("Copy a report"))
            .css_classes(["flat"])
            .build();
        let pressed = sender.input_sender().clone();
        copy.connect_clicked(move |_| {
            let _ = pressed.send(Input::CopyPressed);
        });
        group.widget.set_header_suffix(Some(&copy));
        let empty = adw::StatusPage::builder().icon_name("cairn-history-symbolic").visible(false).build();
        column.append(&group.widget);
        column.append(&empty);
        let status = SystemStatus::default();
        let model = Self { group, empty, copy, records: Vec::new(), status, read: None, problem: None };
        ComponentParts { model, widgets: () }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, _: &Self::Root) {
        match input {
            Input::Changed(shown) => {
                let Some(snapshot) = shown.ready() else {
                    self.problem = match &*shown {
                        Watched::Failed(problem) => Some(problem.clone()),
                        _ => None,
                    };
                    return self.show(&sender);
                };
                self.problem = None;
                self.status = snapshot.status.clone();
                // The end of a job and each new entry are reasons to read again.
                if self.read != Some(snapshot.history) {
                    self.read = Some(snapshot.history);
                    sender.oneshot_command(async { Command::Read(read().await) });
                }
                self.show(&sender);
            }
            Input::CopyPressed => {
                self.copy.clipboard().set_text(&text::report(&self.status, &self.records));
                self.copy.set_tooltip_text(Some(&gettext("Copied")));
            }
        }
    }

    fn update_cmd(&mut self, Command::Read(read): Command, sender: ComponentSender<Self>, _: &Self::Root) {
        match read {
            Ok(records) => self.records = records,
            Err(problem) => {
                self.read = None;
                self.problem = Some(problem);
            }
        }
        self.show(&sender);
    }
}

impl History {
    fn show(&mut self, sender: &ComponentSender<Self>) {
        let items: Vec<_> = self
            .records
            .iter()
            .enumerate()
            .map(|(at, record)| (record.clone(), if at == 0 { undo(record, &self.status) } else { None }))
            .collect();
        let (title, body) = self.empty_words();
        self.empty.set_title(&title);
        // A status page reads its description as markup.
        self.empty.set_description(Some(&gtk::glib::markup_escape_text(&body)));
        self.empty.set_visible(items.is_empty() && (self.read.is_some() || self.problem.is_some()));
        let sender = sender.clone();
        self.group.show(items, |(record, undo)| line(&sender, record, undo.as_ref()).upcast());
    }
}

impl History {
    fn empty_words(&self) -> (String, String) {
        match &self.problem {
            Some(problem) => (words::heading(problem), words::advice(problem)),
            None => (
                gettext("Nothing has happened yet"),
                gettext("Updates, ways back and everything else that changes the system is listed here."),
            ),
        }
    }
}

async fn read() -> Result<Vec<Record>, Problem> {
    Client::connect().await?.history(SHOWN, 0).await
}

/// What takes the newest change back, where that is possible.
fn undo(record: &Record, status: &SystemStatus) -> Option<Wish> {
    if record.outcome != Outcome::Done {
        return None;
    }
    let id = DeploymentId::new(record.target_id.clone()).ok();
    match record.wish.as_str() {
        "update" if status.staged().is_some() => Some(Wish::DropStaged {}),
        "go-back" | "start-next" if status.restart_pending() => {
            Some(Wish::StartNext { id: status.running()?.id.clone() })
        }
        "keep" => Some(Wish::Unkeep { id: id.filter(|id| status.find(id).is_some_and(|d| d.kept))? }),
        "unkeep" => Some(Wish::Keep { id: id.filter(|id| status.find(id).is_some_and(|d| !d.kept))? }),
        _ => None,
    }
}

fn line(sender: &ComponentSender<History>, record: &Record, undo: Option<&Wish>) -> adw::ActionRow {
    let title = cairn_words::record::heading(record);
    let row = match undo {
        Some(undo) => {
            let (undo, sender) = (undo.clone(), sender.clone());
            row::with_button(text::icon(record), &title, &text::facts(record), &gettext("Undo"), move || {
                let _ = sender.output(Asked::Wish(undo.clone()));
            })
        }
        None => row::plain(text::icon(record), &title, &text::facts(record)),
    };
    if let Outcome::Failed { problem } = &record.outcome {
        let (problem, sender) = (problem.clone(), sender.clone());
        let button = gtk::Button::builder()
            .label(gettext("Details"))
            .valign(gtk::Align::Center)
            .css_classes(["flat"])
            .build();
        button.connect_clicked(move |_| {
            let _ = sender.output(Asked::Details(problem.clone()));
        });
        row.add_suffix(&button);
    }
    row
}
