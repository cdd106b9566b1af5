//! The folder where bundles are put for this system. RAUC itself has no server to ask.

use super::answer::{Bundle, bundle};
use super::proxy::SERVICE;
use super::{Rauc, look};
use crate::bus::within;
use crate::packages;
use cairn_jobs::Context;
use cairn_model::Problem;
use std::cmp::Ordering;
use std::collections::HashMap;

/// Whoever may write here decides what is offered; what is installed the keyring decides.
pub(super) const FOLDER: &str = "/var/lib/cairn/bundles";
const ENDING: &str = ".raucb";
/// More than anybody keeps; each is read as a whole.
const MOST: usize = 16;

/// A bundle and where it lies.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) path: String,
    pub(super) bundle: Bundle,
}

/// What lies there for this system, the newest first, and the first problem with what could not be looked at.
pub(super) async fn list(engine: &Rauc, ctx: &Context) -> Result<(Vec<Found>, Option<Problem>), Problem> {
    let compatible = look::service(engine).await?.compatible;
    let (mut found, mut problem) = (Vec::new(), None);
    let names = engine.host.list(FOLDER);
    for name in names.iter().rev().filter(|name| name.ends_with(ENDING)).take(MOST) {
        ctx.checkpoint()?;
        match inspect(engine, name).await {
            Ok(bundle) => found.extend(Some(bundle).filter(|found| found.bundle.compatible == compatible)),
            Err(hung @ (Problem::ToolHung { .. } | Problem::ToolMissing { .. })) => return Err(hung),
            Err(other) => problem = problem.or(Some(other)),
        }
    }
    found.sort_by(|a, b| newer(&a.bundle, &b.bundle).then_with(|| a.path.cmp(&b.path)));
    Ok((found, problem))
}

/// [`Ordering::Less`] for the newer one.
fn newer(a: &Bundle, b: &Bundle) -> Ordering {
    packages::order(&b.version, &a.version).then_with(|| packages::order(&b.build, &a.build))
}

async fn inspect(engine: &Rauc, name: &str) -> Result<Found, Problem> {
    let place = engine.host.path(&format!("{FOLDER}/{name}"));
    let path = place.to_str().ok_or_else(|| Problem::NotFound { what: name.to_owned() })?.to_owned();
    let proxy = look::proxy(engine).await?;
    let answer = within(SERVICE, engine.patience, proxy.inspect_bundle(&path, HashMap::new())).await?;
    Ok(Found { bundle: bundle(&answer)?, path })
}
