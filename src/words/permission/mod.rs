//! What an app may do, for people who never heard of sandboxes.
//!
//! - [`title`]: what it may do
//! - [`explanation`]: what that means, and how usual it is
//! - [`absent`]: what is worth saying when an app may not do something

mod absent;
mod bus;
mod explanation;
mod folder;
mod title;

pub use absent::{absent, keeps_to_itself, offline};
pub use explanation::explanation;
pub use title::title;

use cairn_model::app::Grade;
use gettextrs::gettext;

/// The word for a grade.
pub fn grade(grade: Grade) -> String {
    match grade {
        Grade::Private => gettext("Private"),
        Grade::Usual => gettext("Usual"),
        Grade::Unusual => gettext("Unusual"),
        Grade::Powerful => gettext("Powerful"),
    }
}
