//! Sidebar and content, side by side or one after the other.

use crate::actions;
use crate::pages;
use cairn_model::{Ability, Problem};
use cairn_words::{fill, problem as words};
use gettextrs::{gettext, ngettext};
use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;

#[derive(Debug)]
pub struct Navigation {
    pub split: adw::NavigationSplitView,
    view: adw::NavigationView,
    list: gtk::ListBox,
    badge: gtk::Label,
    banner: adw::Banner,
}

impl Navigation {
    /// `left` is told of each page above the others that was left, `wanted` of each page that is chosen.
    pub fn new(
        window: &adw::ApplicationWindow,
        contents: &[gtk::Widget],
        left: impl Fn(&adw::NavigationPage) + 'static,
        wanted: impl Fn(usize) + 'static,
    ) -> Self {
        let (stack, badge) = (stack(), badge());
        let list = page_list(&badge);
        let banner = adw::Banner::builder().use_markup(false).build();
        let bars = adw::ToolbarView::new();
        bars.add_top_bar(&adw::HeaderBar::new());
        bars.add_top_bar(&banner);
        bars.set_content(Some(&stack));
        let first = adw::NavigationPage::builder().title((pages::ALL[0].title)()).child(&bars).build();
        let view = adw::NavigationView::new();
        view.add(&first);
        view.connect_popped(move |_, page| left(page));
        let content = adw::NavigationPage::builder().title((pages::ALL[0].title)()).child(&view).build();
        let split = adw::NavigationSplitView::builder()
            .sidebar(&sidebar(&list))
            .content(&content)
            .min_sidebar_width(180.0)
            .max_sidebar_width(230.0)
            .build();
        collapse_in(window, &split);
        let (later, all) = (stack.clone(), contents.to_vec());
        let contents = contents.to_vec();
        list.connect_row_selected({
            let view = view.clone();
            move |_, row| {
                let at = row.and_then(|row| usize::try_from(row.index()).ok());
                if let Some((at, page)) = at.and_then(|at| Some((at, pages::ALL.get(at)?))) {
                    wanted(at);
                    add(&stack, page, &contents);
                    stack.set_visible_child_name(page.id);
                    first.set_title(&(page.title)());
                    content.set_title(&(page.title)());
                    view.pop_to_page(&first);
                }
            }
        });
        // The pages that nobody sees yet are put in when the first frame is drawn, which need not wait for them.
        gtk::glib::timeout_add_local_once(crate::frame::AFTER_THE_FRAME, move || {
            pages::ALL.iter().for_each(|page| add(&later, page, &all));
        });
        list.connect_row_activated({
            let (split, view) = (split.clone(), view.clone());
            move |_, _| {
                split.set_show_content(true);
                uncover(&view);
            }
        });
        Self { split, view, list, badge, banner }
    }

    /// Shows the pages for which the system has what they need. As long as nobody knows what it has, nobody is led away.
    pub fn offer(&self, known: bool, can: impl Fn(Ability) -> bool) {
        for (at, page) in pages::ALL.iter().enumerate() {
            if let Some(row) = i32::try_from(at).ok().and_then(|at| self.list.row_at_index(at)) {
                row.set_visible(page.needs.is_none_or(&can));
            }
        }
        let selected = self.list.selected_row();
        if known && selected.is_some_and(|row| !row.is_visible()) {
            self.select(0);
        }
    }

    /// Selects one of the pages that are there, counted from the top.
    pub fn select_visible(&self, place: usize) {
        let rows = (0..).map_while(|at| self.list.row_at_index(at));
        if let Some(row) = rows.filter(WidgetExt::is_visible).nth(place) {
            self.select(usize::try_from(row.index()).unwrap_or_default());
        }
    }

    pub fn select(&self, page: usize) {
        let row = i32::try_from(page).ok().and_then(|page| self.list.row_at_index(page));
        self.list.select_row(row.as_ref());
        if let Some(row) = row.filter(|_| self.list.focus_child().is_some()) {
            // A focus that was on the list stays on what is chosen.
            row.grab_focus();
        }
        self.split.set_show_content(true);
        uncover(&self.view);
    }

    pub fn selected(&self) -> usize {
        self.list.selected_row().and_then(|row| usize::try_from(row.index()).ok()).unwrap_or(0)
    }

    /// Lays a page above the others; leaving it shows what was there before.
    pub fn push(&self, page: &adw::NavigationPage) {
        self.view.push(page);
        self.split.set_show_content(true);
    }

    pub fn badge(&self, count: Option<u32>) {
        self.badge.set_visible(count.is_some());
        let Some(row) = self.list.row_at_index(0) else { return };
        let mut spoken = (pages::ALL[0].title)();
        if let Some(count) = count {
            self.badge.set_label(&count.to_string());
            let words = ngettext("{page}, {n} update", "{page}, {n} updates", count);
            spoken = fill(&words, &[("page", &spoken), ("n", &count.to_string())]);
        }
        row.update_property(&[gtk::accessible::Property::Label(&spoken)]);
    }

    /// Says above every page that the service cannot be had (the page of updates says it in full), or what waits for
    /// a connection.
    pub fn banner(&self, problem: Option<&Problem>, online: bool) {
        self.banner.set_revealed(problem.is_some() || !online);
        if let Some(problem) = problem {
            self.banner.set_title(&words::heading(problem));
        } else if !online {
            self.banner
                .set_title(&gettext("No connection. Nothing can be installed or updated until it is back."));
        }
    }
}

/// Puts a page in its place unless it is there.
fn add(stack: &gtk::Stack, page: &pages::Page, contents: &[gtk::Widget]) {
    let content = pages::ALL.iter().position(|p| p.id == page.id).and_then(|at| contents.get(at));
    if let Some(content) = content.filter(|c| c.parent().is_none()) {
        stack.add_named(content, Some(page.id));
    }
}

/// Leaves what lies above the pages: a page that is chosen again is shown, although it was chosen already.
fn uncover(view: &adw::NavigationView) {
    if let Some(first) = view.navigation_stack().item(0).and_downcast::<adw::NavigationPage>() {
        view.pop_to_page(&first);
    }
}

/// Only what is seen is measured: the other pages cost nothing before they are chosen.
fn stack() -> gtk::Stack {
    gtk::Stack::builder()
        .transition_type(gtk::StackTransitionType::Crossfade)
        .hhomogeneous(false)
        .vhomogeneous(false)
        .build()
}

fn badge() -> gtk::Label {
    gtk::Label::builder()
        .css_classes(["pill-label", "accent"])
        .valign(gtk::Align::Center)
        .visible(false)
        .build()
}

/// All pages; those that need something are hidden until it is known to be there.
fn page_list(badge: &gtk::Label) -> gtk::ListBox {
    let list = gtk::ListBox::builder().css_classes(["navigation-sidebar"]).build();
    list.update_property(&[gtk::accessible::Property::Label(&gettext("Pages"))]);
    for (at, page) in pages::ALL.iter().enumerate() {
        let row = row(page, (at == 0).then_some(badge));
        row.set_visible(page.needs.is_none());
        list.append(&row);
    }
    list
}

/// A narrow window shows the sidebar or the content.
fn collapse_in(window: &adw::ApplicationWindow, split: &adw::NavigationSplitView) {
    if let Ok(condition) = adw::BreakpointCondition::parse("max-width: 560sp") {
        let breakpoint = adw::Breakpoint::new(condition);
        breakpoint.add_setter(split, "collapsed", Some(&true.to_value()));
        window.add_breakpoint(breakpoint);
    }
}

fn sidebar(list: &gtk::ListBox) -> adw::NavigationPage {
    let menu = gtk::MenuButton::builder()
        .icon_name("cairn-menu-symbolic")
        .primary(true)
        .tooltip_text(gettext("Main Menu"))
        .build();
    // Nobody opens it in the first frame, so its entries are made when somebody does.
    menu.set_create_popup_func(|menu| {
        if menu.popover().is_none() {
            menu.set_menu_model(Some(&actions::menu()));
        }
    });
    let header = adw::HeaderBar::new();
    header.pack_end(&menu);
    let view = adw::ToolbarView::new();
    view.add_top_bar(&header);
    view.set_content(Some(&gtk::ScrolledWindow::builder().child(list).vexpand(true).build()));
    adw::NavigationPage::builder().title("Cairn").child(&view).build()
}

fn row(page: &pages::Page, badge: Option<&gtk::Label>) -> gtk::ListBoxRow {
    let content = gtk::Box::builder().spacing(12).margin_top(3).margin_bottom(3).build();
    let icon =
        gtk::Image::builder().icon_name(page.icon).accessible_role(gtk::AccessibleRole::Presentation).build();
    content.append(&icon);
    content.append(&gtk::Label::builder().label((page.title)()).xalign(0.0).hexpand(true).build());
    if let Some(badge) = badge {
        content.append(badge);
    }
    let row = gtk::ListBoxRow::builder().child(&content).build();
    row.update_property(&[gtk::accessible::Property::Label(&(page.title)())]);
    row
}
