//! A page of its own for one shelf, or for everything.

use super::{AppAsked, Asked};
use crate::stock::Stocked;
use crate::widgets::grid::{LongGrid, Opened};
use cairn_model::app::Category;
use cairn_words::app;
use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::prelude::*;
use std::rc::Rc;

/// What it lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listing {
    All,
    Category(Category),
}

impl Listing {
    fn title(self) -> String {
        match self {
            Self::All => gettext("All Apps"),
            Self::Category(category) => app::category(category),
        }
    }
}

#[derive(Debug)]
pub struct ListingPage {
    listing: Listing,
    grid: LongGrid,
}

#[derive(Debug)]
pub enum Input {
    Stocked(Stocked),
}

impl SimpleComponent for ListingPage {
    type Init = (Listing, Stocked);
    type Input = Input;
    type Output = Asked;
    type Root = adw::NavigationPage;
    type Widgets = ();

    fn init_root() -> Self::Root {
        adw::NavigationPage::builder().title(gettext("Apps")).build()
    }

    fn init(
        (listing, stock): Self::Init,
        root: Self::Root,
        sender: ComponentSender<Self>,
    ) -> ComponentParts<Self> {
        root.set_title(&listing.title());
        let opened: Opened = Rc::new(move |id| {
            let _ = sender.output(Asked::App(AppAsked::Show(id)));
        });
        let grid = LongGrid::new(opened);
        let view = adw::ToolbarView::new();
        view.add_top_bar(&adw::HeaderBar::new());
        view.set_content(Some(&grid.widget));
        root.set_child(Some(&view));
        let mut model = Self { listing, grid };
        model.show(&stock);
        ComponentParts { model, widgets: () }
    }

    fn update(&mut self, Input::Stocked(stock): Input, _: ComponentSender<Self>) {
        self.show(&stock);
    }
}

impl ListingPage {
    fn show(&mut self, stock: &Stocked) {
        let entries = match self.listing {
            Listing::All => stock.library.all(),
            Listing::Category(category) => stock.library.category(category),
        };
        self.grid.show(stock, entries);
    }
}
