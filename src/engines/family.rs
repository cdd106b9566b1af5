//! What is known of a family of atomic system, one row each. Where several are there, the highest score wins: whatever
//! manages a system above another tool must not be gone around, or what the person added with it is lost.

use crate::Engine;
use crate::sign::Sign;
use cairn_host::Host;
use cairn_model::Ability;
use std::sync::Arc;

/// Makes the engine.
type Build = fn(&Host) -> Arc<dyn Engine>;

/// A family of atomic system.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Family {
    /// The engine's word.
    pub(crate) word: &'static str,
    /// A proper name, which no language translates.
    pub(crate) name: &'static str,
    pub(crate) score: u8,
    /// All of them have to be there.
    pub(crate) signs: &'static [Sign],
    /// The most that its engine can do; a machine may lack what some of it takes.
    pub(crate) abilities: &'static [Ability],
    /// None where the family is only known, so that nothing else takes it for its own.
    pub(crate) build: Option<Build>,
}

/// Families without an engine.
pub(crate) const KNOWN: &[Family] = &[];
