//! What asks or explains.

pub mod about;
pub mod app;
pub mod changes;
pub mod details;
pub mod name;
pub mod picture;
pub mod preferences;
pub mod shortcuts;
pub mod target;
pub mod time;
pub mod yes;
