//! What differs between two versions: the packages in their closures, by the names that the store has for them.

use super::answer::Infos;
use super::nix::Nix;
use super::store::{self, StorePath};
use super::{Nixos, status};
use crate::packages::{self, PackageList};
use cairn_model::change::Changes;
use cairn_model::{DeploymentId, Problem};

pub(super) async fn versions(
    engine: &Nixos,
    from: &DeploymentId,
    to: &DeploymentId,
) -> Result<Changes, Problem> {
    let (from, to) = (status::find(engine, from)?.path, status::find(engine, to)?.path);
    let nix = Nix::of(engine);
    let before = nix.infos(std::slice::from_ref(&from), true).await?;
    let after = nix.infos(std::slice::from_ref(&to), true).await?;
    let packages = packages::compare(&list(&before, &from), &list(&after, &to));
    Ok(Changes { by_package: true, packages, ..Changes::default() })
}

/// The system itself is none of its packages.
fn list(infos: &Infos, system: &StorePath) -> PackageList {
    store::packages(infos.keys().filter(|path| *path != system && !path.name().ends_with(".drv")))
}
