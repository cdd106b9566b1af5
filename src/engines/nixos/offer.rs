//! What the last check found, exactly: the sources and what the configuration makes of them. It is kept in a file, so
//! that what is planned is what is built, also after the service was ended in between.

use super::answer::Evaluated;
use super::channel::Channel;
use super::keep::ROOTS;
use super::nix::Nix;
use super::origin::Origin;
use super::store::StorePath;
use super::{Nixos, channel, failure};
use cairn_model::Problem;
use serde::{Deserialize, Serialize};

const FILE: &str = "/var/lib/cairn/nixos/offer.json";
const ROOT: &str = "offer";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Offer {
    origin: String,
    /// The hash of the system.
    checksum: String,
    sources: Sources,
}

/// Sources that cannot change any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Sources {
    /// A path of the store.
    Channel(String),
    /// The text of a lock file.
    Flake(String),
}

/// What the origin has now, and the system that the configuration makes of it.
pub(super) async fn ask(nix: &Nix<'_>, origin: &Origin) -> Result<(Sources, Evaluated), Problem> {
    let sources = match origin {
        Origin::Channel(channel) => {
            let source = channel.fetch(nix).await?;
            hold(nix.engine(), &source)?;
            Sources::Channel(source.path())
        }
        Origin::Flake(flake) => Sources::Flake(flake.lock(nix).await?),
    };
    let system = evaluate(nix, origin, &sources).await?;
    Ok((sources, system))
}

/// The system that the configuration makes of these sources.
pub(super) async fn evaluate(
    nix: &Nix<'_>,
    origin: &Origin,
    sources: &Sources,
) -> Result<Evaluated, Problem> {
    match (origin, sources) {
        (Origin::Channel(channel), Sources::Channel(path)) => {
            let source = source(path)?;
            if !nix.engine().host.exists(path) {
                return Err(Problem::PlanOutdated);
            }
            channel.evaluate(nix, &source, None).await
        }
        (Origin::Flake(flake), Sources::Flake(lock)) => flake.evaluate(nix, lock).await,
        _ => Err(Problem::PlanOutdated),
    }
}

fn source(path: &str) -> Result<StorePath, Problem> {
    StorePath::parse(path).ok_or(Problem::PlanOutdated)
}

/// Keeps the garbage collector from the sources until they are built from or others come.
fn hold(engine: &Nixos, source: &StorePath) -> Result<(), Problem> {
    engine.host.link(&format!("{ROOTS}/{ROOT}"), &source.path()).map_err(|e| failure::io(&e))
}

pub(super) fn remember(
    engine: &Nixos,
    origin: &Origin,
    system: &Evaluated,
    sources: Sources,
) -> Result<(), Problem> {
    let offer = Offer { origin: origin.word(), checksum: system.system.hash().to_owned(), sources };
    let json = serde_json::to_string(&offer).map_err(|e| Problem::EngineFailed { detail: e.to_string() })?;
    engine.host.write(FILE, &json).map_err(|e| failure::io(&e))
}

/// The sources of an offer that was planned.
///
/// # Errors
/// [`Problem::PlanOutdated`] if another one was found since.
pub(super) fn recall(engine: &Nixos, origin: &str, checksum: &str) -> Result<Sources, Problem> {
    let json = engine.host.read(FILE).map_err(|e| failure::io(&e))?.unwrap_or_default();
    let offer: Offer = serde_json::from_str(&json).map_err(|_| Problem::PlanOutdated)?;
    let same = offer.origin == origin && offer.checksum == checksum;
    if same { Ok(offer.sources) } else { Err(Problem::PlanOutdated) }
}

/// What is built from now on is made of these sources. Gives the way back.
pub(super) async fn adopt(engine: &Nixos, origin: &Origin, sources: &Sources) -> Result<Adopted, Problem> {
    match (origin, sources) {
        (Origin::Channel(channel), Sources::Channel(path)) => {
            Ok(Adopted::Channel(Channel::adopt(channel, engine, &source(path)?).await?))
        }
        (Origin::Flake(flake), Sources::Flake(lock)) => {
            Ok(Adopted::Flake(flake.clone(), flake.adopt(engine, lock)?))
        }
        _ => Err(Problem::PlanOutdated),
    }
}

/// What was adopted, until the system that was made of it is in place.
pub(super) enum Adopted {
    Channel(channel::Before),
    Flake(super::flake::Flake, Option<String>),
}

impl Adopted {
    pub(super) async fn put_back(&self, engine: &Nixos) {
        match self {
            Self::Channel(before) => before.put_back(engine).await,
            Self::Flake(flake, before) => flake.put_back(engine, before.as_deref()),
        }
    }
}
