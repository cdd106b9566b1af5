//! What a button is called aloud, where its own word says too little without what stands beside it.

use relm4::gtk;
use relm4::gtk::prelude::*;

/// Names the button; the label inside it no longer does.
pub fn name(button: &gtk::Button, words: &str) {
    button.reset_relation(gtk::AccessibleRelation::LabelledBy);
    button.update_property(&[gtk::accessible::Property::Label(words)]);
}
