//! What the system could follow: another branch, or another variant of the same branch.

use super::answer::{Atomupd, target};
use cairn_model::{Problem, Target};
use std::collections::BTreeSet;

/// Branches that may need keys of developers are left out, unless the system follows one.
pub(super) fn list(service: &Atomupd) -> Result<Vec<Target>, Problem> {
    let current = target(&service.variant, &service.branch)
        .ok_or_else(|| Problem::NoOrigin { detail: service.origin() })?;
    let branches = service.branches.iter().filter(|branch| !service.dev_branches.contains(branch));
    let branches = branches.filter_map(|branch| Some((target(&service.variant, branch)?, branch.clone())));
    let variants = service.variants.iter().filter(|variant| **variant != service.variant);
    let variants = variants.filter_map(|variant| {
        let id = target(variant, &service.branch)?;
        Some((id.clone(), id.to_string()))
    });
    let mut seen = BTreeSet::from([current.as_str().to_owned()]);
    let others = branches.chain(variants).filter(|(id, _)| seen.insert(id.as_str().to_owned()));
    let mut targets: Vec<Target> = others.map(|(id, name)| Target { id, name, current: false }).collect();
    targets.insert(0, Target { id: current, name: service.branch.clone(), current: true });
    Ok(targets)
}
