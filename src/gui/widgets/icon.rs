//! Icons of apps, from the files that their source brought.

use relm4::gtk::prelude::*;
use relm4::gtk::{self, gdk};
use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// An icon of 128 pixels takes 64 KiB as a texture, so this is at most 20 MiB, and much less as most have 64.
const KEPT: usize = 320;

thread_local! {
    static TEXTURES: RefCell<HashMap<PathBuf, gdk::Texture>> = RefCell::default();
}

/// An image of an app's icon that says nothing to those who listen: the name stands beside it.
pub fn image(size: i32) -> gtk::Image {
    gtk::Image::builder()
        .pixel_size(size)
        .icon_name(MISSING)
        .accessible_role(gtk::AccessibleRole::Presentation)
        .build()
}

/// For apps that have no icon, or one that cannot be read.
const MISSING: &str = "cairn-app-symbolic";

/// Shows the icon in this file.
pub fn show(image: &gtk::Image, path: Option<&Path>) {
    match path.and_then(texture) {
        Some(texture) => {
            image.set_paintable(Some(&texture));
            image.remove_css_class("missing-icon");
        }
        None => {
            image.set_icon_name(Some(MISSING));
            image.add_css_class("missing-icon");
        }
    }
}

fn texture(path: &Path) -> Option<gdk::Texture> {
    TEXTURES.with_borrow_mut(|textures| {
        if let Some(known) = textures.get(path) {
            return Some(known.clone());
        }
        // A file that is no picture says so; the app then has the icon of those that have none.
        let texture = gdk::Texture::from_filename(path).ok()?;
        if textures.len() >= KEPT {
            textures.clear();
        }
        textures.insert(path.to_owned(), texture.clone());
        Some(texture)
    })
}
