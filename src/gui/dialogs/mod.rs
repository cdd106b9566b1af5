//! What asks or explains.

pub mod about;
pub mod changes;
pub mod details;
pub mod name;
pub mod preferences;
pub mod shortcuts;
pub mod time;
pub mod yes;
