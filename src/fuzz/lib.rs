//! Targets for fuzzing: each takes any bytes, and a panic, a hang or a broken promise is a finding.
//!
//! The same functions run under libFuzzer (README.md) and, over the corpus and a few thousand changes of it, in an
//! ordinary test. A target for another reader is a module here, a binary in `targets` and a folder in `corpus`.

mod answers;
mod appstream;
mod flatpak_files;
mod index;
mod promise;

pub use answers::answers;
pub use appstream::appstream;
pub use flatpak_files::flatpak_files;
pub use index::index;
