//! What asks or explains.

pub mod about;
pub mod app;
pub mod arguments;
pub mod changes;
pub mod details;
pub mod extras;
pub mod name;
pub mod picture;
pub mod preferences;
pub mod shortcuts;
pub mod target;
pub mod time;
pub mod yes;
