//! Which engine a machine needs, with the evidence.

use crate::Engine;
use crate::ostree::Ostree;
use cairn_host::Host;
use cairn_model::Problem;
use std::sync::Arc;

/// One reason for or against an engine, as `cairnctl engines --explain` would show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    pub engine: &'static str,
    /// 0 is "not here"; the highest wins.
    pub score: u8,
    pub why: String,
}

/// What each engine sees of itself on this machine.
pub fn evidence(host: &Host) -> Vec<Evidence> {
    vec![Ostree::evidence(host)]
}

/// The engine for this machine.
///
/// # Errors
/// [`Problem::NotAtomic`] where none finds anything.
pub fn detect(host: &Host) -> Result<Arc<dyn Engine>, Problem> {
    let best = evidence(host).into_iter().max_by_key(|e| e.score).filter(|e| e.score > 0);
    match best.map(|e| e.engine) {
        Some("ostree") => Ok(Arc::new(Ostree::new(host.clone()))),
        _ => Err(Problem::NotAtomic),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_system_is_not_atomic() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(detect(&Host::at(dir.path())).unwrap_err(), Problem::NotAtomic);
    }
}
