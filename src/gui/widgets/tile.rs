//! An app in a grid of apps: icon, name, one line about it, and whether it is installed or can be.

use super::icon;
use cairn_model::app::Card;
use cairn_words::app;
use cairn_words::update::join;
use gettextrs::gettext;
use relm4::gtk;
use relm4::gtk::prelude::*;

/// The parts of a tile. They never hold the tile itself: a list keeps them in it, and would keep both for ever.
#[derive(Debug)]
pub struct Tile {
    icon: gtk::Image,
    name: gtk::Label,
    summary: gtk::Label,
}

impl Tile {
    /// The tile and its parts.
    pub fn new() -> (gtk::Box, Self) {
        let widget = gtk::Box::builder().spacing(12).css_classes(["card", "tile"]).build();
        let icon = icon::image(48);
        icon.set_valign(gtk::Align::Center);
        let name = line(&["heading"]);
        let summary = line(&["caption", "dim-label"]);
        let text = gtk::Box::builder()
            .orientation(gtk::Orientation::Vertical)
            .spacing(3)
            .valign(gtk::Align::Center)
            .hexpand(true)
            .build();
        text.append(&name);
        text.append(&summary);
        widget.append(&icon);
        widget.append(&text);
        (widget, Self { icon, name, summary })
    }

    /// The parts of a tile that is there; `None` for anything else.
    pub fn of(widget: &gtk::Box) -> Option<Self> {
        let icon = widget.first_child().and_downcast::<gtk::Image>()?;
        let text = icon.next_sibling()?;
        let name = text.first_child().and_downcast::<gtk::Label>()?;
        let summary = text.last_child().and_downcast::<gtk::Label>()?;
        Some(Self { icon, name, summary })
    }

    pub fn show(&self, card: &Card, installed: bool) {
        icon::show(&self.icon, card.icon.as_deref());
        self.name.set_label(&card.name);
        // The line is cut off at its end, so what counts stands first.
        let about = join(&[only_described(card, installed), card.summary.clone()]);
        self.summary.set_label(&about);
        self.summary.set_visible(!about.is_empty());
        let Some(tile) = self.icon.parent().and_downcast::<gtk::Box>() else { return };
        // The mark is made for the few that need it.
        let mark = tile.last_child().and_downcast::<gtk::Image>().filter(|mark| *mark != self.icon);
        match mark {
            Some(mark) => mark.set_visible(installed),
            None if installed => tile.append(&installed_mark()),
            None => {}
        }
    }
}

fn installed_mark() -> gtk::Image {
    gtk::Image::builder()
        .icon_name("cairn-ok-symbolic")
        .css_classes(["success"])
        .tooltip_text(gettext("Installed"))
        .valign(gtk::Align::Center)
        .build()
}

/// What a screen reader says of the whole tile.
pub fn spoken(card: &Card, installed: bool) -> String {
    let state = if installed { gettext("Installed") } else { only_described(card, installed) };
    join(&[card.name.clone(), card.summary.clone(), state])
}

/// Said of what no source has to install; what is here already needs none.
fn only_described(card: &Card, installed: bool) -> String {
    if card.sources.is_empty() && !installed { app::only_described() } else { String::new() }
}

fn line(classes: &[&str]) -> gtk::Label {
    gtk::Label::builder()
        .xalign(0.0)
        .ellipsize(gtk::pango::EllipsizeMode::End)
        .single_line_mode(true)
        // What is said in full on the app's page must not make the tiles as wide as its longest sentence.
        .max_width_chars(18)
        .hexpand(true)
        .css_classes(classes.to_vec())
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use cairn_model::app::{AppId, Scope, Source};

    #[test]
    fn a_tile_says_what_cannot_be_installed() {
        let mut card = Card {
            id: AppId::new("org.a.Lumen").unwrap(),
            name: "Lumen".into(),
            summary: "Edit photos".into(),
            developer: String::new(),
            icon: None,
            sources: Vec::new(),
            verified: false,
            free: true,
            end_of_life: false,
        };
        assert_eq!(only_described(&card, false), "Only to look at");
        assert_eq!(spoken(&card, false), "Lumen · Edit photos · Only to look at");
        assert_eq!(spoken(&card, true), "Lumen · Edit photos · Installed");
        let source = Source { scope: Scope::User, remote: "shop".into() };
        card.sources.push((source, "app/org.a.Lumen/x86_64/stable".parse().unwrap()));
        assert_eq!(
            (spoken(&card, false), only_described(&card, false)),
            ("Lumen · Edit photos".into(), String::new())
        );
    }
}
