//! Facts in, translated sentences out. Window and command line say the same because both ask here.
//!
//! - [`fill`](fill()): named placeholders
//! - [`amount`], [`moment`]: sizes, rates, dates, times left
//! - [`language`]: which one the person reads
//! - [`problem`]: what went wrong and what to do next
//! - [`app`], [`permission`]: apps, what is done about them and what they may do
//! - [`advisory`], [`automatic`]: holes that are closed, what the system does by itself
//! - [`update`], [`version`], [`package`], [`plan`], [`job`], [`record`], [`restart`]: the model's nouns

pub mod advisory;
pub mod amount;
pub mod app;
pub mod automatic;
pub mod fill;
pub mod job;
pub mod language;
pub mod moment;
pub mod package;
pub mod permission;
pub mod plan;
pub mod problem;
pub mod record;
pub mod restart;
pub mod update;
pub mod version;

pub use fill::fill;

/// The gettext domain, which is also the name of the translation files.
pub const DOMAIN: &str = "cairn";

/// Sets the person's language up. Without translations everything stays English. Call it first in `main`, before any
/// other thread exists.
///
/// Translations lie in `built`, the folder of the installation, unless the environment names another.
#[allow(unsafe_code)]
pub fn start(built: Option<&str>) {
    // SAFETY: setlocale(3) races only with other threads, and there are none yet.
    unsafe { gettextrs::setlocale(gettextrs::LocaleCategory::LcAll, "") };
    // A missing folder only means that nothing is translated.
    let named = std::env::var("CAIRN_LOCALEDIR").ok();
    let folder = named.as_deref().or(built).unwrap_or("/usr/share/locale");
    let _ = gettextrs::bindtextdomain(DOMAIN, folder);
    let _ = gettextrs::bind_textdomain_codeset(DOMAIN, "UTF-8");
    let _ = gettextrs::textdomain(DOMAIN);
}
