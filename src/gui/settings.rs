//! What the window remembers. Without the installed schema it works and forgets.

use relm4::gtk::gio::prelude::*;
use relm4::gtk::{gio, glib};

const SCHEMA: &str = "io.github.cairndesktop.Cairn";

/// The person's settings, or nothing where the schema is not installed.
#[derive(Clone, Debug)]
pub struct Settings(Option<gio::Settings>);

impl Default for Settings {
    fn default() -> Self {
        Self::open()
    }
}

impl Settings {
    pub fn open() -> Self {
        let known = gio::SettingsSchemaSource::default().and_then(|s| s.lookup(SCHEMA, true));
        Self(known.map(|_| gio::Settings::new(SCHEMA)))
    }

    /// Keeps a property and a key the same.
    pub fn bind(&self, key: &str, object: &impl IsA<glib::Object>, property: &str) {
        if let Some(settings) = &self.0 {
            settings.bind(key, object, property).build();
        }
    }

    pub fn word(&self, key: &str) -> Option<String> {
        self.0.as_ref().map(|s| s.string(key).to_string())
    }

    pub fn set_word(&self, key: &str, word: &str) {
        if let Some(settings) = &self.0 {
            // A key that an administrator locked stays as it is.
            let _ = settings.set_string(key, word);
        }
    }

    /// A switch; `true` where nothing is remembered.
    pub fn flag(&self, key: &str) -> bool {
        self.0.as_ref().is_none_or(|s| s.boolean(key))
    }
}
