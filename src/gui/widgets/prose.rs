//! Text in paragraphs and lists. It comes from outside and is never read as markup.

use cairn_model::app::details::Block;
use relm4::gtk;
use relm4::gtk::prelude::*;

/// Puts the text into an empty or filled box.
pub fn show(into: &gtk::Box, blocks: &[Block]) {
    while let Some(child) = into.first_child() {
        into.remove(&child);
    }
    for block in blocks {
        match block {
            Block::Paragraph(text) => into.append(&label(text)),
            Block::Bullets(items) => {
                for item in items {
                    into.append(&item_of("•", item));
                }
            }
            Block::Numbers(items) => {
                for (at, item) in items.iter().enumerate() {
                    into.append(&item_of(&format!("{}.", at + 1), item));
                }
            }
        }
    }
}

fn item_of(mark: &str, text: &str) -> gtk::Box {
    let row = gtk::Box::builder().spacing(9).margin_start(9).build();
    row.append(
        &gtk::Label::builder().label(mark).valign(gtk::Align::Start).css_classes(["dim-label"]).build(),
    );
    row.append(&label(text));
    row
}

fn label(text: &str) -> gtk::Label {
    gtk::Label::builder()
        .label(text)
        .xalign(0.0)
        .hexpand(true)
        .wrap(true)
        .wrap_mode(gtk::pango::WrapMode::WordChar)
        .selectable(true)
        .build()
}
