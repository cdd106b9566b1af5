//! One picture, as large as the window.

use crate::pictures::Pictures;
use cairn_model::app::details::Screenshot;
use gettextrs::gettext;
use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;

/// Wider than any window; the largest picture there is will do.
const LARGEST: i32 = 4000;

pub fn present(parent: &impl IsA<gtk::Widget>, screenshot: &Screenshot, pictures: &Pictures) {
    let picture = gtk::Picture::builder()
        .content_fit(gtk::ContentFit::Contain)
        .can_shrink(true)
        .vexpand(true)
        .hexpand(true)
        .margin_start(12)
        .margin_end(12)
        .margin_bottom(12)
        .build();
    picture.set_alternative_text(Some(&screenshot.caption));
    let missing = adw::StatusPage::builder()
        .icon_name("cairn-offline-symbolic")
        .title(gettext("The picture cannot be had right now"))
        .build();
    let stack = gtk::Stack::new();
    stack.add_named(&adw::Spinner::new(), Some("waiting"));
    stack.add_named(&picture, Some("picture"));
    stack.add_named(&missing, Some("missing"));
    let view = adw::ToolbarView::new();
    view.add_top_bar(&adw::HeaderBar::new());
    view.set_content(Some(&stack));
    let title =
        if screenshot.caption.is_empty() { gettext("Screenshot") } else { screenshot.caption.clone() };
    let dialog =
        adw::Dialog::builder().title(&title).content_width(1100).content_height(760).child(&view).build();
    pictures.get(screenshot, LARGEST, move |texture| {
        picture.set_paintable(texture.as_ref());
        stack.set_visible_child_name(if texture.is_some() { "picture" } else { "missing" });
    });
    dialog.present(Some(parent));
}
