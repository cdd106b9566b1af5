//! AppStream collection XML, read as a stream.
//!
//! The format: <https://www.freedesktop.org/software/appstream/docs/sect-AppStream-XML.html>. Whatever is wrong in it, the
//! reader ends: what was read before is used, and nothing that it gives out is longer than [`limits`] says or holds
//! what [`cairn_model::text`] removes.

mod address;
mod bounded;
mod component;
mod content;
mod date;
mod facts;
mod license;
mod limits;
mod locale;
mod markup;
mod parser;
mod picture;
mod release;
mod words;
mod xml;

pub(crate) use component::{Component, Kind};
pub(crate) use content::age;
pub(crate) use license::is_free;
pub(crate) use locale::Locale;
pub(crate) use parser::read;
