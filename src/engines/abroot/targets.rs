//! The images that Vanilla OS publishes, and whatever is followed now.

use super::settings;
use crate::distro;
use cairn_host::Host;
use cairn_model::{Problem, Target, TargetId};


/// # Errors
/// As [`settings::source`]; [`Problem::BadAnswer`] if what is followed has a name that is none.
pub(super) fn all(host: &Host) -> Result<Vec<Target>, Problem> {
    let source = settings::source(host)?;
    let current = TargetId::new(source.image()).map_err(|_| Problem::BadAnswer {
        tool: "abroot".into(),
        detail: "the image has no legal name".into(),
    })?;
    // Systems of other makers that stand on ABRoot have images of their own, of which nothing may be known here.
    let maker = source.name.split('/').next().unwrap_or_default();
    let mut targets = Vec::new();
    for channel in distro::origin(maker).iter().flat_map(|origin| &origin.channels) {
        let id = TargetId::new(format!("{}/{}", source.registry, channel.id))?;
        let name = channel.name.clone().unwrap_or_else(|| channel.id.clone());
        targets.push(Target { current: id == current, id, name });
    }
    if !targets.iter().any(|target| target.current) {
        targets.insert(0, Target { name: current.to_string(), id: current, current: true });
    }
    Ok(targets)
}

/// The target of that id.
///
/// # Errors
/// [`Problem::TargetUnknown`]; else as [`all`].
pub(super) fn find(host: &Host, id: &TargetId) -> Result<Target, Problem> {
    all(host)?
        .into_iter()
        .find(|target| target.id == *id)
        .ok_or_else(|| Problem::TargetUnknown { target: id.to_string() })
}
