//! Making a system the next start: the profile first, then the boot menu, by the system's own program. Where the second
//! fails the first is taken back, so that both always mean the same.

use super::generation::{self, PROFILE};
use super::nix::Nix;
use super::store::StorePath;
use super::{Nixos, status};
use cairn_host::Host;
use cairn_host::tool::Limits;
use cairn_model::Problem;
use std::time::Duration;

/// The installers of boot loaders copy kernels to slow file systems, for each generation.
const SWITCH: Duration = Duration::from_secs(20 * 60);

/// What is to start.
pub(super) enum Start<'a> {
    /// One that the profile has.
    Number(u64),
    /// One that gets a number.
    System(&'a StorePath),
}

/// Cannot be stopped, since the boot menu is written in it.
pub(super) async fn run(engine: &Nixos, start: Start<'_>) -> Result<(), Problem> {
    idle(engine)?;
    let (host, nix) = (&engine.host, Nix::of(engine));
    let before = Before::of(host);
    let system = match start {
        Start::Number(number) => {
            let number = number.to_string();
            nix.profile(PROFILE, &["--switch-generation", &number]).await?;
            current(engine)
        }
        Start::System(path) => {
            nix.profile(PROFILE, &["--set", &path.path()]).await?;
            current(engine).filter(|system| system == path)
        }
    };
    let result = match system {
        Some(system) => menu(engine, &system).await,
        None => Err(Problem::EngineFailed { detail: "the profile did not change".into() }),
    };
    if result.is_err() {
        before.put_back(engine).await;
    }
    result
}

/// The system that the profile says.
fn current(engine: &Nixos) -> Option<StorePath> {
    let number = generation::chosen(&engine.host)?;
    generation::all(&engine.host).into_iter().find(|g| g.number == number).map(|g| g.path)
}

/// Writes the boot menu for the profile as it is, with that system as the default.
pub(super) async fn menu(engine: &Nixos, system: &StorePath) -> Result<(), Problem> {
    let program = engine.host.program(&format!("{}/bin/switch-to-configuration", system.path()))?;
    program.run(&["boot"], Limits::within(SWITCH), std::future::pending::<()>()).await?;
    Ok(())
}

/// Writes the boot menu for what starts next anyway.
pub(super) async fn refresh(engine: &Nixos) -> Result<(), Problem> {
    match current(engine) {
        Some(system) => menu(engine, &system).await,
        None => Ok(()),
    }
}

/// What the profile had and said.
struct Before {
    chosen: Option<u64>,
    numbers: Vec<u64>,
}

impl Before {
    fn of(host: &Host) -> Self {
        let numbers = generation::all(host).into_iter().map(|g| g.number).collect();
        Self { chosen: generation::chosen(host), numbers }
    }

    /// As good as it goes: what failed before is what is said.
    async fn put_back(&self, engine: &Nixos) {
        let nix = Nix::of(engine);
        let now = generation::chosen(&engine.host);
        let Some(before) = self.chosen.filter(|number| Some(*number) != now) else { return };
        if nix.profile(PROFILE, &["--switch-generation", &before.to_string()]).await.is_err() {
            return;
        }
        if let Some(made) = now.filter(|number| !self.numbers.contains(number)) {
            let _ = nix.profile(PROFILE, &["--delete-generations", &made.to_string()]).await;
        }
        let _ = refresh(engine).await;
    }
}

/// # Errors
/// [`Problem::BusyElsewhere`] while another tool makes a system the next or the current one.
pub(super) fn idle(engine: &Nixos) -> Result<(), Problem> {
    if status::is_switching(engine) { Err(Problem::BusyElsewhere) } else { Ok(()) }
}
