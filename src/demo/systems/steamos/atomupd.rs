//! `com.steampowered.Atomupd1`, the service of Steam that updates SteamOS.

use super::super::wire::{Dictionary, dictionary};
use super::super::{Mood, Stage};
use super::bootconf::{self, Config};
use super::state::{self, Build, CANCELLED, FAILED, IN_PROGRESS, Offers, PAUSED, SUCCESSFUL, SteamOs};
use futures_util::future::BoxFuture;
use std::collections::HashMap;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use zbus::names::ErrorName;
use zbus::zvariant::OwnedValue;
use zbus::{Connection, fdo};

const NAME: &str = "com.steampowered.Atomupd1";
const RETRY: &str = "com.steampowered.Atomupd1.Error.MaybeRetryError";
const PATH: &str = "/com/steampowered/Atomupd1";
/// What an update takes when nobody slows it down, in parts.
const PARTS: u32 = 20;
const PART: Duration = Duration::from_millis(4);

type Wire = HashMap<String, Dictionary>;

pub(super) fn serve(stage: Stage, connection: Connection) -> BoxFuture<'static, zbus::Result<()>> {
    Box::pin(async move {
        connection.object_server().at(PATH, Atomupd { stage }).await?;
        connection.request_name(NAME).await
    })
}

#[derive(Clone, Debug)]
struct Atomupd {
    stage: Stage,
}

impl Atomupd {
    fn state(&self) -> SteamOs {
        self.stage.state(state::NAME).unwrap_or_default()
    }

    fn change<R>(&self, change: impl FnOnce(&mut SteamOs) -> R) -> fdo::Result<R> {
        self.stage.change(state::NAME, change).map_err(failed)
    }

    /// From one status to another; refused from any other.
    async fn turn(&self, from: u32, to: u32, connection: &Connection) -> fdo::Result<()> {
        self.stage.enter(NAME).await?;
        let turned = |state: &mut SteamOs| {
            let fits = state.status == from && !state.stubborn;
            state.status = if fits { to } else { state.status };
            fits
        };
        if !self.change(turned)? {
            return Err(failed("There isn't an update in progress that can be paused or resumed"));
        }
        tell(connection).await.map_err(failed)
    }

    fn spoil(&self, image: &str) -> fdo::Result<()> {
        let config = bootconf::read(&self.stage, image).map_err(failed)?;
        bootconf::write(&self.stage, image, &Config { invalid: true, ..config }).map_err(failed)
    }
}

fn failed(error: impl ToString) -> fdo::Error {
    fdo::Error::Failed(error.to_string())
}

#[zbus::interface(name = "com.steampowered.Atomupd1")]
impl Atomupd {
    async fn check_for_updates(&self, options: HashMap<String, OwnedValue>) -> Result<(Wire, Wire), Refused> {
        self.stage.enter(NAME).await?;
        if let Some(key) = options.keys().find(|key| *key != "penultimate") {
            self.stage.unknown(&format!("{NAME} CheckForUpdates {key}"));
            return Err(failed("not a valid option").into());
        }
        if let Mood::Failing { error, words, .. } = self.stage.mood("server") {
            return Err(if error.is_empty() { failed(words).into() } else { Refused::Retry(words) });
        }
        self.change(SteamOs::check)?;
        Ok((wire(&self.state().available), Wire::new()))
    }

    async fn start_update(&self, id: String, #[zbus(connection)] connection: &Connection) -> fdo::Result<()> {
        self.stage.enter(NAME).await?;
        let state = self.state();
        if matches!(state.status, IN_PROGRESS | PAUSED) {
            return Err(failed("Failed to start a new update because one is already in progress"));
        }
        let version = state.available.get(&id).and_then(|facts| facts.get("version")?.as_str());
        let build = Build { id, version: version.unwrap_or_default().into() };
        self.spoil(&state.other())?;
        let number = self.change(|state| {
            state.images.remove(&state.other());
            (state.status, state.percent, state.ends, state.update) = (IN_PROGRESS, 0.0, 0, build);
            state.begun += 1;
            state.begun
        })?;
        tokio::spawn(install(self.clone(), connection.clone(), number, version.is_some()));
        Ok(())
    }

    async fn pause_update(&self, #[zbus(connection)] connection: &Connection) -> fdo::Result<()> {
        self.turn(IN_PROGRESS, PAUSED, connection).await
    }

    async fn resume_update(&self, #[zbus(connection)] connection: &Connection) -> fdo::Result<()> {
        self.turn(PAUSED, IN_PROGRESS, connection).await
    }

    async fn cancel_update(&self, #[zbus(connection)] connection: &Connection) -> fdo::Result<()> {
        self.stage.enter(NAME).await?;
        let going = |state: &mut SteamOs| {
            let going = matches!(state.status, IN_PROGRESS | PAUSED);
            state.status = if going { CANCELLED } else { state.status };
            going
        };
        if !self.change(going)? {
            return Err(failed("There isn't an update in progress that can be cancelled"));
        }
        tell(connection).await.map_err(failed)
    }

    async fn switch_to_variant(
        &self,
        variant: String,
        #[zbus(connection)] connection: &Connection,
    ) -> fdo::Result<()> {
        self.stage.enter(NAME).await?;
        self.change(|state| state.follow(Some(variant), None))?;
        tell(connection).await.map_err(failed)
    }

    async fn switch_to_branch(
        &self,
        branch: String,
        #[zbus(connection)] connection: &Connection,
    ) -> fdo::Result<()> {
        self.stage.enter(NAME).await?;
        self.change(|state| state.follow(None, Some(branch)))?;
        tell(connection).await.map_err(failed)
    }

    /// The first of the properties: whoever reads them waits here, if it is to wait.
    #[zbus(property)]
    async fn progress_percentage(&self) -> fdo::Result<f64> {
        self.stage.enter(NAME).await?;
        Ok(self.state().percent)
    }

    #[zbus(property)]
    fn estimated_completion_time(&self) -> u64 {
        self.state().ends
    }

    #[zbus(property)]
    fn update_status(&self) -> u32 {
        self.state().status
    }

    #[zbus(property, name = "UpdateBuildID")]
    fn update_build_id(&self) -> String {
        self.state().update.id
    }

    #[zbus(property)]
    fn update_version(&self) -> String {
        self.state().update.version
    }

    #[zbus(property)]
    fn variant(&self) -> String {
        self.state().variant
    }

    #[zbus(property)]
    fn branch(&self) -> String {
        self.state().branch
    }

    #[zbus(property)]
    fn failure_code(&self) -> String {
        self.state().failure
    }

    #[zbus(property)]
    fn failure_message(&self) -> String {
        self.state().failure_words
    }

    #[zbus(property)]
    fn updates_available(&self) -> Wire {
        wire(&self.state().available)
    }

    #[zbus(property)]
    fn current_version(&self) -> String {
        self.state().build().version
    }

    #[zbus(property, name = "CurrentBuildID")]
    fn current_build_id(&self) -> String {
        self.state().build().id
    }

    #[zbus(property)]
    fn known_variants(&self) -> Vec<String> {
        self.state().variants
    }

    #[zbus(property)]
    fn known_branches(&self) -> Vec<String> {
        self.state().branches
    }

    #[zbus(property)]
    fn known_dev_branches(&self) -> Vec<String> {
        self.state().dev_branches
    }
}

/// The service's own error beside those of D-Bus.
#[derive(Debug)]
enum Refused {
    Plain(fdo::Error),
    Retry(String),
}

impl From<fdo::Error> for Refused {
    fn from(error: fdo::Error) -> Self {
        Self::Plain(error)
    }
}

impl zbus::DBusError for Refused {
    fn create_reply(&self, call: &zbus::message::Header<'_>) -> zbus::Result<zbus::Message> {
        zbus::Message::error(call, self.name())?.build(&(self.description().unwrap_or_default(),))
    }

    fn name(&self) -> ErrorName<'_> {
        match self {
            Self::Plain(error) => error.name(),
            Self::Retry(_) => ErrorName::from_static_str_unchecked(RETRY),
        }
    }

    fn description(&self) -> Option<&str> {
        match self {
            Self::Plain(error) => error.description(),
            Self::Retry(words) => Some(words),
        }
    }
}

fn wire(offers: &Offers) -> Wire {
    offers.iter().map(|(id, facts)| (id.clone(), dictionary(facts))).collect()
}

/// Says that the properties changed which an update or another branch changes.
async fn tell(connection: &Connection) -> zbus::Result<()> {
    let interface = connection.object_server().interface::<_, Atomupd>(PATH).await?;
    let (service, emitter) = (interface.get().await, interface.signal_emitter());
    service.update_status_changed(emitter).await?;
    service.progress_percentage_changed(emitter).await?;
    service.estimated_completion_time_changed(emitter).await?;
    service.variant_changed(emitter).await?;
    service.branch_changed(emitter).await
}

/// Fills the other slot part by part, until somebody says stop, another update begins or it is to fail.
async fn install(service: Atomupd, connection: Connection, number: u64, offered: bool) {
    let (mut part, mut held) = (0, Duration::ZERO);
    let begun = Instant::now();
    while part < PARTS {
        let slow = match service.stage.mood(NAME) {
            Mood::Slow { millis } => Duration::from_millis(millis),
            _ => PART,
        };
        tokio::time::sleep(slow).await;
        let status = service.change(|state| {
            if state.begun != number {
                return CANCELLED;
            }
            if state.status == IN_PROGRESS {
                part += 1;
                advance(state, part, offered);
                state.ends = estimate(begun.elapsed().saturating_sub(held), part);
            } else {
                held += slow;
            }
            state.status
        });
        let _ = tell(&connection).await;
        if !status.is_ok_and(|status| matches!(status, IN_PROGRESS | PAUSED)) {
            return;
        }
    }
    let _ = complete(&service);
    let _ = tell(&connection).await;
}

/// When the parts that are left will be done, if they take as long as those before.
fn estimate(spent: Duration, part: u32) -> u64 {
    let left = spent / part.max(1) * PARTS.saturating_sub(part);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    (now + left).as_secs()
}

fn advance(state: &mut SteamOs, part: u32, offered: bool) {
    state.percent = f64::from(part) * 100.0 / f64::from(PARTS);
    let fails = if offered { state.fails.clone() } else { "org.freedesktop.DBus.Error".into() };
    if !fails.is_empty() && part > PARTS / 2 {
        (state.status, state.failure) = (FAILED, fails);
        state.failure_words = "the helper returned an error".into();
    }
}

fn complete(service: &Atomupd) -> fdo::Result<()> {
    let state = service.state();
    let (other, build) = (state.other(), state.update);
    let config = bootconf::read(&service.stage, &other).map_err(failed)?;
    bootconf::write(&service.stage, &other, &Config { invalid: false, ..config }).map_err(failed)?;
    bootconf::request(&service.stage, &other).map_err(failed)?;
    service.stage.write(super::PENDING, &format!("{}-{}\n", build.id, build.version)).map_err(failed)?;
    service.change(|state| {
        state.images.insert(other, build);
        state.status = SUCCESSFUL;
    })
}
