//! Small pieces that several pages use.

pub mod group;
pub mod page;
pub mod pill;
pub mod row;
