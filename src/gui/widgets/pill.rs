//! A short word about a row's state.

use cairn_words::version::Label;
use relm4::gtk;

/// A label whose colour only repeats what its word says.
pub fn label(kind: Label, word: &str) -> gtk::Label {
    let class = match kind {
        Label::Running => "accent",
        Label::Next => "success",
        Label::Bad => "warning",
        Label::Previous | Label::Kept => "neutral",
    };
    gtk::Label::builder().label(word).css_classes(["pill-label", class]).valign(gtk::Align::Center).build()
}

/// The same for words of other kinds; `class` is success, accent, warning or neutral.
pub fn word(class: &str, word: &str) -> gtk::Label {
    gtk::Label::builder().label(word).css_classes(["pill-label", class]).valign(gtk::Align::Center).build()
}
