//! Parts beside the image: the makers' features, then extensions.

use super::upstream::Upstream;
use super::{Sysupdate, choose, extension, status};
use cairn_model::{Extra, ExtraId, Problem, SystemStatus};

/// An extension that has a feature's name came with that and is not named twice.
pub(super) async fn all(engine: &Sysupdate, upstream: &Upstream) -> Result<Vec<Extra>, Problem> {
    let mut all = upstream.features().await?;
    for extension in extension::all(engine).await? {
        if !all.iter().any(|extra| extra.id == extension.id) {
            all.push(extension);
        }
    }
    Ok(all)
}

/// The part of that name, if the person may change it.
///
/// # Errors
/// [`Problem::NotFound`], or [`Problem::NotSupported`] for what is only looked at.
pub(super) async fn changeable(
    engine: &Sysupdate,
    upstream: &Upstream,
    id: &ExtraId,
) -> Result<Extra, Problem> {
    let found = all(engine, upstream).await?.into_iter().find(|extra| extra.id == *id);
    let found = found.ok_or_else(|| Problem::NotFound { what: id.to_string() })?;
    if found.changeable { Ok(found) } else { Err(Problem::NotSupported { what: id.to_string() }) }
}

/// A feature that is turned on is missing in every version that is here, which makes all of them incomplete but the one
/// that runs: also the one that is prepared.
///
/// # Errors
/// [`Problem::RestartFirst`].
pub(super) fn may_turn(extra: &Extra, on: bool, status: &SystemStatus) -> Result<(), Problem> {
    if on && !extra.enabled && status.restart_pending() { Err(Problem::RestartFirst) } else { Ok(()) }
}

/// Turns a feature on or off. Its files come and go with the next update.
pub(super) async fn change(
    engine: &Sysupdate,
    upstream: &Upstream,
    id: &ExtraId,
    enabled: bool,
) -> Result<(), Problem> {
    let status = status::read(engine, upstream).await?;
    choose::not_busy(&status)?;
    let extra = changeable(engine, upstream, id).await?;
    may_turn(&extra, enabled, &status)?;
    if extra.enabled == enabled {
        return Ok(());
    }
    upstream.set_feature(id, enabled).await?;
    if upstream.feature(id).await?.enabled == enabled {
        return Ok(());
    }
    Err(Problem::EngineFailed { detail: format!("{id} is as it was") })
}
