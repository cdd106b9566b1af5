//! Small pieces that several pages use.

pub mod grid;
pub mod group;
pub mod icon;
pub mod page;
pub mod pill;
pub mod prose;
pub mod row;
pub mod spoken;
pub mod tasks;
pub mod tile;
