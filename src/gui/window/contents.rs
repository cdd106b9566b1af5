//! What the pages of the sidebar show. The first page is made with the window, the others when somebody wants to see them:
//! the first frame waits for none, and nobody pays for a page that is never looked at.

use super::Window;
use crate::pages::{self, Asked, Shown, apps, history, packages, updates, versions};
use crate::stock::Stocked;
use crate::window::Input;
use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::prelude::*;
use std::sync::Arc;

/// A page with the place where it will be.
struct Late<C: Component> {
    place: adw::Bin,
    page: Option<Controller<C>>,
}

impl<C: Component> std::fmt::Debug for Late<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Late").field("made", &self.page.is_some()).finish_non_exhaustive()
    }
}

impl<C> Late<C>
where
    C: Component<Output = Asked>,
    C::Root: IsA<gtk::Widget> + AsRef<gtk::Widget>,
{
    fn new() -> Self {
        Self { place: adw::Bin::new(), page: None }
    }

    /// Makes it, unless it is there; true if it was made.
    fn make(&mut self, init: C::Init, sender: &ComponentSender<Window>) -> bool {
        if self.page.is_some() {
            return false;
        }
        let page = C::builder().launch(init).forward(sender.input_sender(), Input::Asked);
        self.place.set_child(Some(page.widget()));
        self.page = Some(page);
        true
    }

    /// Tells it, if it is there.
    fn tell(&self, input: C::Input) {
        if let Some(page) = &self.page {
            page.emit(input);
        }
    }
}

/// All pages, in the order of [`pages::ALL`].
#[derive(Debug)]
pub struct Contents {
    updates: Late<updates::Updates>,
    versions: Late<versions::Versions>,
    apps: Late<apps::AppsPage>,
    packages: Late<packages::Packages>,
    history: Late<history::History>,
    shown: Shown,
    stock: Stocked,
}

impl Contents {
    pub fn new(stock: Stocked) -> Self {
        Self {
            updates: Late::new(),
            versions: Late::new(),
            apps: Late::new(),
            packages: Late::new(),
            history: Late::new(),
            shown: Shown::default(),
            stock,
        }
    }

    pub fn places(&self) -> [gtk::Widget; 5] {
        [
            &self.updates.place,
            &self.versions.place,
            &self.apps.place,
            &self.packages.place,
            &self.history.place,
        ]
        .map(|place| place.clone().upcast())
    }

    /// Makes a page that is wanted now.
    pub fn make(&mut self, page: usize, sender: &ComponentSender<Window>) {
        let shown = || Arc::clone(&self.shown);
        match pages::ALL.get(page).map(|page| page.id) {
            Some("updates") if self.updates.make((), sender) => {
                self.updates.tell(updates::Input::Stocked(Arc::clone(&self.stock)));
                self.updates.tell(updates::Input::Changed(shown()));
            }
            Some("versions") if self.versions.make((), sender) => {
                self.versions.tell(versions::Input::Changed(shown()));
            }
            Some("apps") => {
                self.apps.make(Arc::clone(&self.stock), sender);
            }
            Some("packages") if self.packages.make((), sender) => {
                self.packages.tell(packages::Input::Changed(shown()));
            }
            Some("history") if self.history.make((), sender) => {
                self.history.tell(history::Input::Changed(shown()));
            }
            _ => {}
        }
    }

    /// Tells every page what is known of the system.
    pub fn changed(&mut self, shown: &Shown) {
        self.shown = Arc::clone(shown);
        self.updates.tell(updates::Input::Changed(Arc::clone(shown)));
        self.versions.tell(versions::Input::Changed(Arc::clone(shown)));
        self.packages.tell(packages::Input::Changed(Arc::clone(shown)));
        self.history.tell(history::Input::Changed(Arc::clone(shown)));
    }

    /// Tells every page what is known of apps.
    pub fn stocked(&mut self, stock: &Stocked) {
        self.stock = Arc::clone(stock);
        self.updates.tell(updates::Input::Stocked(Arc::clone(stock)));
        self.apps.tell(apps::Input::Stocked(Arc::clone(stock)));
    }

    pub fn search_apps(&mut self, sender: &ComponentSender<Window>) {
        self.make(pages::position("apps"), sender);
        self.apps.tell(apps::Input::SearchAsked);
    }
}
