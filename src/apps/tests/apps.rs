//! The engine of apps with a real flatpak, in temporary folders.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod cases;
mod world;
