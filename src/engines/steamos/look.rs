//! Everything that is known at one moment.

use super::answer::{Atomupd, Build, State, properties};
use super::boot::{self, Slots};
use super::images::Images;
use super::proxy::{PATH, SERVICE};
use super::{Steamos, failure};
use cairn_model::{Problem, text};

/// What the service, the loader and the notes say.
#[derive(Clone, Debug)]
pub(super) struct Look {
    /// `None` on images from before the service.
    pub(super) service: Option<Atomupd>,
    pub(super) slots: Option<Slots>,
    pub(super) images: Images,
    pub(super) running: Build,
}

impl Look {
    /// The build that waits for the restart.
    pub(super) fn pending(&self) -> Option<&Build> {
        self.service.as_ref()?.pending().filter(|build| build.id != self.running.id)
    }

    /// Somebody changes the slots right now.
    pub(super) fn is_busy(&self) -> bool {
        self.service.as_ref().is_some_and(|service| service.state.is_busy())
    }

    /// Somebody began to change them and holds that.
    pub(super) fn is_held(&self) -> bool {
        self.service.as_ref().is_some_and(|service| service.state == State::Paused)
    }
}

pub(super) async fn read(engine: &Steamos) -> Result<Look, Problem> {
    let service = if engine.has_service() { Some(self::service(engine).await?) } else { None };
    let slots = boot::slots(engine).await?;
    let running = match service.as_ref().and_then(|service| service.running.clone()) {
        Some(running) => running,
        None => of_os_release(engine)?,
    };
    Ok(Look { service, slots, images: Images::read(engine), running })
}

/// Asks the service.
pub(super) async fn service(engine: &Steamos) -> Result<Atomupd, Problem> {
    if !engine.has_service() {
        return Err(Problem::NotSupported { what: "atomupd".into() });
    }
    let answer = engine.bus.properties(SERVICE, PATH, SERVICE, engine.patience).await;
    properties(&answer.map_err(failure::of)?)
}

fn of_os_release(engine: &Steamos) -> Result<Build, Problem> {
    let field = |key: &str| engine.host.os_release(key).unwrap_or_default();
    let id = field("BUILD_ID");
    Build::new(&id, &field("VERSION_ID")).map_err(|_| Problem::BadAnswer {
        tool: "os-release".into(),
        detail: text::clean(&format!("no build id: {id}"), 200),
    })
}
