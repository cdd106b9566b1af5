//! What differs between two versions, with a search.

use cairn_model::change::{ChangeKind, Changes};
use cairn_words::{advisory as holes_in_words, update as words};
use gettextrs::gettext;
use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk::{self, gio, glib};

/// One line: its icon, its name, what changed.
#[derive(Clone, Debug)]
struct Line {
    icon: &'static str,
    kind: String,
    name: String,
    change: String,
}

pub fn present(parent: &impl IsA<gtk::Widget>, title: &str, changes: &Changes) {
    let store = gio::ListStore::new::<glib::BoxedAnyObject>();
    for line in lines(changes) {
        store.append(&glib::BoxedAnyObject::new(line));
    }
    let search = gtk::SearchEntry::builder().placeholder_text(gettext("Search")).hexpand(true).build();
    search.update_property(&[gtk::accessible::Property::Label(&gettext("Search the changes"))]);
    let filter = gtk::CustomFilter::new({
        let search = search.downgrade();
        move |item| {
            let wanted = search.upgrade().map(|s| s.text().to_lowercase()).unwrap_or_default();
            item.downcast_ref::<glib::BoxedAnyObject>()
                .is_some_and(|b| b.borrow::<Line>().name.to_lowercase().contains(&wanted))
        }
    });
    let model = gtk::FilterListModel::new(Some(store), Some(filter.clone()));
    search.connect_search_changed(move |_| filter.changed(gtk::FilterChange::Different));
    let list = gtk::ListView::builder()
        .model(&gtk::NoSelection::new(Some(model)))
        .factory(&factory())
        .css_classes(["background"])
        .build();
    let summary = gtk::Label::builder()
        .label(words::counts(changes))
        .css_classes(["dim-label"])
        .wrap(true)
        .margin_bottom(6)
        .build();
    let top = gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .spacing(6)
        .margin_start(12)
        .margin_end(12)
        .build();
    top.append(&summary);
    top.append(&search);
    let header = adw::HeaderBar::new();
    let view = adw::ToolbarView::new();
    view.add_top_bar(&header);
    view.add_top_bar(&top);
    let scrolled = gtk::ScrolledWindow::builder().child(&list).vexpand(true).build();
    let child: gtk::Widget = if changes.is_empty() {
        search.set_visible(false);
        adw::StatusPage::builder()
            .icon_name("cairn-ok-symbolic")
            .title(gettext("Nothing differs"))
            .build()
            .upcast()
    } else {
        scrolled.upcast()
    };
    view.set_content(Some(&child));
    let dialog =
        adw::Dialog::builder().title(title).content_width(560).content_height(640).child(&view).build();
    // The key that leaves a search leaves the dialog, as everywhere else.
    search.connect_stop_search({
        let dialog = dialog.downgrade();
        move |_| {
            if let Some(dialog) = dialog.upgrade() {
                dialog.close();
            }
        }
    });
    dialog.present(Some(parent));
}

fn lines(changes: &Changes) -> Vec<Line> {
    let line = |kind, name: &str, change: String| Line {
        icon: icon(kind),
        kind: words::kind(kind),
        name: name.to_owned(),
        change,
    };
    let packages = changes.packages.iter().map(|p| line(p.kind, &p.name, words::package(p)));
    let files = changes.files.iter().map(|f| line(f.kind, &f.path, words::kind(f.kind)));
    // Why somebody should not wait comes before what else there is.
    let holes = changes.advisories.iter().map(|advisory| Line {
        icon: "cairn-warning-symbolic",
        kind: holes_in_words::severity(advisory.severity),
        name: words::join(&[holes_in_words::severity(advisory.severity), advisory.id.clone()]),
        change: holes_in_words::line(advisory),
    });
    if changes.by_package { holes.chain(packages).collect() } else { holes.chain(files).collect() }
}

fn icon(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Added => "cairn-added-symbolic",
        ChangeKind::Removed => "cairn-removed-symbolic",
        ChangeKind::Upgraded => "cairn-newer-symbolic",
        ChangeKind::Downgraded => "cairn-older-symbolic",
        ChangeKind::Modified => "cairn-edit-symbolic",
    }
}

fn factory() -> gtk::SignalListItemFactory {
    let factory = gtk::SignalListItemFactory::new();
    factory.connect_setup(|_, item| {
        let Some(item) = item.downcast_ref::<gtk::ListItem>() else { return };
        let label = || gtk::Label::builder().xalign(0.0).wrap(true).wrap_mode(gtk::pango::WrapMode::WordChar);
        let text = gtk::Box::builder().orientation(gtk::Orientation::Vertical).build();
        text.append(&label().build());
        text.append(&label().css_classes(["caption", "dim-label"]).build());
        let row = gtk::Box::builder()
            .spacing(12)
            .margin_top(6)
            .margin_bottom(6)
            .margin_start(6)
            .margin_end(6)
            .build();
        row.append(&gtk::Image::new());
        row.append(&text);
        item.set_child(Some(&row));
    });
    factory.connect_bind(|_, item| {
        let Some(item) = item.downcast_ref::<gtk::ListItem>() else { return };
        let Some(line) = item.item().and_downcast::<glib::BoxedAnyObject>() else { return };
        let line = line.borrow::<Line>();
        let Some(row) = item.child() else { return };
        if let Some(image) = row.first_child().and_downcast::<gtk::Image>() {
            image.set_icon_name(Some(line.icon));
            image.update_property(&[gtk::accessible::Property::Label(&line.kind)]);
        }
        let text = row.last_child();
        if let Some(name) = text.as_ref().and_then(gtk::Widget::first_child).and_downcast::<gtk::Label>() {
            name.set_label(&line.name);
        }
        if let Some(change) = text.as_ref().and_then(gtk::Widget::last_child).and_downcast::<gtk::Label>() {
            change.set_label(&line.change);
        }
    });
    factory
}
