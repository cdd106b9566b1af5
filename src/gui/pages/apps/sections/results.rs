//! What a search finds, best first, while it is typed.

use crate::pages::apps::AppsPage;
use crate::pages::{AppAsked, Asked, SourceAsked};
use crate::stock::Stocked;
use crate::widgets::grid::{LongGrid, Opened};
use cairn_model::app::Scope;
use cairn_words::fill;
use gettextrs::{gettext, ngettext};
use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::prelude::*;
use std::rc::Rc;

/// Nobody looks further down than this; whoever does types another letter.
const MOST: usize = 60;

#[derive(Debug)]
pub struct Results {
    pub widget: gtk::Stack,
    grid: LongGrid,
    nothing: adw::StatusPage,
    flathub: gtk::Button,
    words: String,
}

impl Results {
    pub fn new(sender: &ComponentSender<AppsPage>, opened: &Opened) -> Self {
        let grid = LongGrid::new(Rc::clone(opened));
        let flathub = gtk::Button::builder()
            .label(gettext("Add Flathub"))
            .css_classes(["pill"])
            .halign(gtk::Align::Center)
            .build();
        let asks = sender.clone();
        flathub.connect_clicked(move |_| {
            let _ = asks.output(Asked::App(AppAsked::Source(SourceAsked::AddFlathub(Scope::User))));
        });
        let nothing = adw::StatusPage::builder().icon_name("cairn-search-symbolic").child(&flathub).build();
        let widget = gtk::Stack::new();
        widget.add_named(&grid.widget, Some("found"));
        widget.add_named(&nothing, Some("nothing"));
        Self { widget, grid, nothing, flathub, words: String::new() }
    }

    pub fn show(&mut self, stock: &Stocked, words: &str) {
        let found = stock.library.search(words, MOST);
        if found.is_empty() {
            self.nothing.set_title(&gettext("Nothing found"));
            let body = gettext("No source here has anything for “{words}”. Try another word for it.");
            self.nothing.set_description(Some(&markup_free(&fill(&body, &[("words", words)]))));
            let has_flathub = stock.shelf.remotes.iter().any(|r| r.enabled && r.url.contains("flathub.org"));
            self.flathub.set_visible(stock.known && !has_flathub);
            self.widget.set_visible_child_name("nothing");
        } else {
            self.widget.set_visible_child_name("found");
        }
        if self.words != words {
            self.words = words.to_owned();
            self.tell(found.len());
        }
        self.grid.show(stock, found);
    }

    fn tell(&self, count: usize) {
        let number = u32::try_from(count).unwrap_or(u32::MAX);
        let told = ngettext("{n} app found", "{n} apps found", number);
        let told = fill(&told, &[("n", &count.to_string())]);
        self.widget.announce(&told, gtk::AccessibleAnnouncementPriority::Low);
    }
}

/// A status page reads its description as markup and offers no way to switch that off.
fn markup_free(text: &str) -> String {
    gtk::glib::markup_escape_text(text).to_string()
}
