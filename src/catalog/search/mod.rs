//! From a query to apps, best first, while it is typed.
//!
//! - [`query`]: the words of a query
//! - [`word`]: what answers to one word, and how well
//! - [`typo`]: words that are nearly so
//! - [`intent`]: what people mean by everyday words
//! - [`rank`]: putting it together

mod intent;
mod query;
mod rank;
mod typo;
mod word;

pub(crate) use intent::is_well_known;
pub(crate) use rank::search;
