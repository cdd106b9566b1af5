//! The page of one app: what it is, what it may do, what it costs, and what can be done with it.

mod facts;
mod sections;

use super::Asked;
use crate::pictures::Pictures;
use crate::stock::Stocked;
use crate::widgets::page;
use cairn_apps::Apps;
use cairn_catalog::Entry;
use cairn_model::Problem;
use cairn_model::app::{Details, InstalledApp, Ref, Source};
use facts::Facts;
use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::prelude::*;
use sections::{Header, Rows, Screenshots, Story};

/// What the page is about, and what it needs to find out more.
#[derive(Debug)]
pub struct Start {
    pub id: String,
    pub apps: Apps,
    pub pictures: Pictures,
    pub stock: Stocked,
}

#[derive(Debug)]
pub struct AppPage {
    id: String,
    apps: Apps,
    stock: Stocked,
    header: Header,
    screenshots: Screenshots,
    rows: Rows,
    story: Story,
    body: gtk::Stack,
    /// What was asked of the source, and for which.
    facts: Facts,
    asked: Option<(Source, Ref)>,
}

#[derive(Debug)]
pub enum Input {
    Stocked(Stocked),
    /// The person chose another source for the installation.
    SourceChosen(usize),
}

#[derive(Debug)]
pub enum Found {
    /// What this source says.
    Facts((Source, Ref), Facts),
}

impl Component for AppPage {
    type Init = Start;
    type Input = Input;
    type Output = Asked;
    type CommandOutput = Found;
    type Root = adw::NavigationPage;
    type Widgets = ();

    fn init_root() -> Self::Root {
        adw::NavigationPage::builder().title(gettext("App")).build()
    }

    fn init(start: Start, root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let scrolled = gtk::ScrolledWindow::builder().hscrollbar_policy(gtk::PolicyType::Never).build();
        let column = page::column_in(&scrolled);
        let header = Header::new(&sender);
        let screenshots = Screenshots::new(start.pictures);
        let rows = Rows::new(&sender);
        let story = Story::new(&sender);
        column.append(&header.widget);
        column.append(&screenshots.widget);
        rows.add_to(&column);
        story.add_to(&column);
        let gone = adw::StatusPage::builder()
            .icon_name("cairn-search-symbolic")
            .title(gettext("This app is in no source here"))
            .description(gettext("Another source may have it. The preferences list the sources."))
            .build();
        let body = gtk::Stack::new();
        body.add_named(&scrolled, Some("app"));
        body.add_named(&gone, Some("gone"));
        let view = adw::ToolbarView::new();
        view.add_top_bar(&adw::HeaderBar::builder().show_title(false).build());
        view.set_content(Some(&body));
        root.set_child(Some(&view));
        let mut model = Self {
            id: start.id,
            apps: start.apps,
            stock: start.stock,
            header,
            screenshots,
            rows,
            story,
            body,
            facts: Facts::default(),
            asked: None,
        };
        model.show(&sender);
        root.set_title(&model.title());
        ComponentParts { model, widgets: () }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, root: &Self::Root) {
        match input {
            Input::Stocked(stock) => {
                let unanswered = matches!(self.facts.problem, Some(Problem::Network { .. }));
                if stock.online && !self.stock.online && unanswered {
                    self.asked = None;
                }
                self.stock = stock;
            }
            Input::SourceChosen(at) => self.header.choose(at),
        }
        self.show(&sender);
        root.set_title(&self.title());
    }

    fn update_cmd(&mut self, found: Found, sender: ComponentSender<Self>, _: &Self::Root) {
        let Found::Facts(of, facts) = found;
        if self.asked.as_ref() != Some(&of) {
            // Another source was chosen meanwhile.
            return;
        }
        self.facts = facts;
        self.show(&sender);
    }
}

impl AppPage {
    fn entry(&self) -> Option<Entry> {
        self.stock.library.find(&self.id)
    }

    fn title(&self) -> String {
        match (self.entry(), self.stock.shelf.find(&self.id)) {
            (Some(entry), _) => self.stock.library.name(entry).to_owned(),
            (None, Some(app)) => app.name.clone(),
            (None, None) => self.id.clone(),
        }
    }

    fn show(&mut self, sender: &ComponentSender<Self>) {
        let details = self.entry().map(|entry| self.stock.library.details(entry));
        let installed = self.stock.shelf.find(&self.id).cloned();
        if details.is_none() && installed.is_none() {
            // Before the first look nobody knows whether it is there.
            let reading = self.stock.library.is_empty() && !self.stock.shelf.catalogs.is_empty();
            self.body.set_visible(self.stock.known && !reading);
            self.body.set_visible_child_name("gone");
            return;
        }
        self.body.set_visible(true);
        self.body.set_visible_child_name("app");
        self.header.show(details.as_ref(), installed.as_ref(), &self.stock);
        self.ask(sender, details.as_ref(), installed.as_ref());
        self.screenshots.show(details.as_ref());
        let remotes = &self.stock.shelf.remotes;
        self.rows.show(details.as_ref(), installed.as_ref(), &self.facts, remotes);
        self.story.show(details.as_ref(), &self.stock);
    }

    /// Asks the source what the app costs and may do, once for each source that is chosen.
    fn ask(
        &mut self,
        sender: &ComponentSender<Self>,
        details: Option<&Details>,
        installed: Option<&InstalledApp>,
    ) {
        let wanted = match (installed, details) {
            (Some(_), _) | (None, None) => None,
            (None, Some(details)) => details.card.sources.get(self.header.chosen()).cloned(),
        };
        if self.asked == wanted {
            return;
        }
        self.asked.clone_from(&wanted);
        self.facts = Facts::default();
        if let Some((source, reference)) = wanted {
            let apps = self.apps.clone();
            sender.oneshot_command(async move {
                let of = (source.clone(), reference.clone());
                Found::Facts(of, Facts::ask(&apps, source, reference).await)
            });
        }
    }
}
