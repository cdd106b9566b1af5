//! What rpm-ostreed says of itself, read leniently: what is not known is left alone, what may be absent may be absent, and
//! what decides has to be right.
//!
//! - [`dict`]: one `a{sv}`
//! - [`deployment`]: one entry of `Deployments`; [`layers`]: what was done to its packages
//! - [`offer`]: the property `CachedUpdate`; [`advisory`]: the holes that it closes
//! - [`difference`]: what two versions differ in
//! - [`boot`]: how a version is started
//! - [`found`]: packages that were found
//! - [`signature`]: who made a version
//! - [`nevra`]: how rpm names a package
//!
//! The functions here take the bytes of a D-Bus value (little endian, from offset 0), as it comes from the bus.

pub mod advisory;
pub mod boot;
pub mod deployment;
pub mod dict;
pub mod difference;
pub mod found;
pub mod layers;
pub mod nevra;
pub mod offer;
pub mod signature;

use cairn_model::change::Changes;
use cairn_model::package::FoundPackage;
use cairn_model::{Problem, text};
use zbus::zvariant::serialized::{Context, Data};
use zbus::zvariant::{LE, OwnedValue, Value};

pub use deployment::Entry;
pub use offer::Offer;

/// An answer that makes no sense.
pub(super) fn bad(detail: &str) -> Problem {
    Problem::BadAnswer { tool: super::SERVICE.into(), detail: text::clean(detail, 200) }
}

/// The value of the property `Deployments`, as a variant.
///
/// # Errors
/// [`Problem::BadAnswer`], also for bytes that are no variant; [`Problem::NotAtomic`] where none is booted.
pub fn deployments(bytes: &[u8]) -> Result<Vec<Entry>, Problem> {
    deployment::entries(&*value(bytes)?)
}

/// The value of the property `CachedUpdate`, as a variant.
///
/// # Errors
/// [`Problem::BadAnswer`].
pub fn cached_update(bytes: &[u8]) -> Result<Option<Offer>, Problem> {
    offer::read(&*value(bytes)?)
}

/// What `Search` and `GetPackages` answer, as a variant.
///
/// # Errors
/// [`Problem::BadAnswer`].
pub fn packages(bytes: &[u8]) -> Result<Vec<FoundPackage>, Problem> {
    found::read(&*value(bytes)?)
}

/// What `GetDeploymentsRpmDiff` answers, as a variant.
///
/// # Errors
/// [`Problem::BadAnswer`].
pub fn differences(bytes: &[u8]) -> Result<Changes, Problem> {
    difference::between(&*value(bytes)?)
}

/// The arguments in what `GetDeploymentBootConfig` answers, as a variant.
///
/// # Errors
/// [`Problem::BadAnswer`].
pub fn arguments(bytes: &[u8]) -> Result<Vec<String>, Problem> {
    let line = boot::options(&*value(bytes)?).ok_or_else(|| bad("a version has no options"))?;
    Ok(boot::arguments(&line))
}

fn value(bytes: &[u8]) -> Result<OwnedValue, Problem> {
    let data = Data::new(bytes, Context::new_dbus(LE, 0));
    let (value, _) = data.deserialize::<Value<'_>>().map_err(|e| bad(&e.to_string()))?;
    value.try_to_owned().map_err(|e| bad(&e.to_string()))
}
