//! `de.pengutronix.rauc`, the service of RAUC.

use std::path::{Path, PathBuf};
use super::super::wire::{Dictionary, dictionary};
use super::super::{Mood, Stage};
use super::state::{self, Device};
use futures_util::future::BoxFuture;
use serde::Deserialize;
use std::collections::HashMap;
use std::time::Duration;
use zbus::names::ErrorName;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{OwnedValue, Value};
use zbus::{Connection, fdo};

const NAME: &str = "de.pengutronix.rauc";
const PATH: &str = "/";
/// What installing takes when nobody slows it down, in parts.
const PARTS: i32 = 20;
const PART: Duration = Duration::from_millis(4);
/// GIO's `G_IO_ERROR_FAILED_HANDLED`, under which RAUC says everything.
const HANDLED: &str = "org.gtk.GDBus.UnmappedGError.Quark._g_2dio_2derror_2dquark.Code30";

pub(super) fn serve(stage: Stage, connection: Connection) -> BoxFuture<'static, zbus::Result<()>> {
    Box::pin(async move {
        connection.object_server().at(PATH, Installer { stage }).await?;
        connection.request_name(NAME).await
    })
}

/// RAUC's only error.
#[derive(Debug)]
struct Handled(String);

impl zbus::DBusError for Handled {
    fn create_reply(&self, call: &zbus::message::Header<'_>) -> zbus::Result<zbus::Message> {
        zbus::Message::error(call, self.name())?.build(&(&self.0,))
    }

    fn name(&self) -> ErrorName<'_> {
        ErrorName::from_static_str_unchecked(HANDLED)
    }

    fn description(&self) -> Option<&str> {
        Some(&self.0)
    }
}

impl From<std::io::Error> for Handled {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<fdo::Error> for Handled {
    fn from(error: fdo::Error) -> Self {
        Self(error.to_string())
    }
}

/// A bundle that is played.
#[derive(Clone, Debug, Deserialize)]
struct Bundle {
    compatible: String,
    version: String,
    build: String,
    hash: String,
    trusted: bool,
    sizes: Vec<u64>,
}

impl Bundle {
    /// `path` is one of the machine that asks, which may see another root than this process.
    fn read(stage: &Stage, path: &str) -> Result<Self, Handled> {
        let inside = Path::new(path).starts_with(stage.root());
        let path = if inside { PathBuf::from(path) } else { stage.path(path) };
        let words = std::fs::read_to_string(path)?;
        let bundle: Self =
            serde_json::from_str(&words).map_err(|_| Handled("Invalid bundle format".into()))?;
        if !bundle.trusted {
            return Err(Handled(
                "signature verification failed: Verify error: self-signed certificate".into(),
            ));
        }
        Ok(bundle)
    }
}

#[derive(Clone, Debug)]
struct Installer {
    stage: Stage,
}

impl Installer {
    fn device(&self) -> Device {
        self.stage.state(state::NAME).unwrap_or_default()
    }

    fn change<R>(&self, change: impl FnOnce(&mut Device) -> R) -> Result<R, Handled> {
        Ok(self.stage.change(state::NAME, change)?)
    }

    async fn idle(&self) -> Result<(), Handled> {
        self.stage.enter(NAME).await?;
        if self.device().operation == "idle" {
            return Ok(());
        }
        Err(Handled("already processing a different method".into()))
    }
}

#[zbus::interface(name = "de.pengutronix.rauc.Installer")]
impl Installer {
    async fn install_bundle(
        &self,
        source: String,
        options: HashMap<String, OwnedValue>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<(), Handled> {
        self.idle().await?;
        let known = if self.device().old { "" } else { "require-manifest-hash" };
        if let Some(key) = options.keys().find(|key| *key != known) {
            return Err(Handled(format!("Unsupported key: {key}")));
        }
        let required = options.get(known).and_then(|hash| hash.downcast_ref::<String>().ok());
        self.change(Device::begin)?;
        tokio::spawn(install(self.clone(), connection.clone(), source, required));
        Ok(())
    }

    async fn inspect_bundle(
        &self,
        source: String,
        options: HashMap<String, OwnedValue>,
    ) -> Result<Dictionary, Handled> {
        self.idle().await?;
        if let Some(key) = options.keys().next() {
            return Err(Handled(format!("Unsupported key: {key}")));
        }
        described(&Bundle::read(&self.stage, &source)?).map_err(|e| Handled(e.to_string()))
    }

    async fn mark(&self, state: String, slot: String) -> Result<(String, String), Handled> {
        self.idle().await?;
        let name = match slot.as_str() {
            "booted" => self.device().booted(),
            "other" => self.device().other(),
            _ => slot,
        };
        if !matches!(state.as_str(), "good" | "bad" | "active") || !self.change(|d| d.mark(&state, &name))? {
            return Err(Handled(format!("No slot with class and name {name} found")));
        }
        self.device().note(&self.stage)?;
        Ok((name.clone(), format!("marked slot {name} as {state}")))
    }

    async fn get_slot_status(&self) -> Result<Vec<(String, Dictionary)>, Handled> {
        self.idle().await?;
        let slots = self.device().slots;
        Ok(slots.iter().map(|(name, facts)| (name.clone(), dictionary(facts))).collect())
    }

    async fn get_primary(&self) -> Result<String, Handled> {
        self.idle().await?;
        let primary = self.device().primary;
        if primary.is_empty() {
            return Err(Handled("Failed getting primary slot".into()));
        }
        Ok(primary)
    }

    /// The first of the properties: whoever reads them waits here, if it is to wait.
    #[zbus(property)]
    async fn last_error(&self) -> fdo::Result<String> {
        self.stage.enter(NAME).await?;
        Ok(self.device().last_error)
    }

    #[zbus(property)]
    fn operation(&self) -> String {
        self.device().operation
    }

    #[zbus(property)]
    fn progress(&self) -> (i32, String, i32) {
        (self.device().percent, "Copying image to rootfs".into(), 2)
    }

    #[zbus(property)]
    fn compatible(&self) -> String {
        self.device().compatible
    }

    #[zbus(signal)]
    async fn completed(emitter: &SignalEmitter<'_>, result: i32) -> zbus::Result<()>;
}

/// As RAUC wraps it: groups are variants in variants.
fn described(bundle: &Bundle) -> zbus::Result<Dictionary> {
    let group = |facts: HashMap<&str, Value<'_>>| Value::Value(Box::new(Value::from(facts))).try_to_owned();
    let update = HashMap::from([
        ("compatible", Value::from(bundle.compatible.as_str())),
        ("version", Value::from(bundle.version.as_str())),
        ("build", Value::from(bundle.build.as_str())),
    ]);
    let image =
        |size: &u64| HashMap::from([("slot-class", Value::from("rootfs")), ("size", Value::from(*size))]);
    let images: Vec<_> = bundle.sizes.iter().map(image).collect();
    Ok(Dictionary::from([
        ("manifest-hash".into(), Value::from(bundle.hash.as_str()).try_to_owned()?),
        ("update".into(), group(update)?),
        ("bundle".into(), group(HashMap::from([("format", Value::from("verity"))]))?),
        ("images".into(), Value::Value(Box::new(Value::from(images))).try_to_owned()?),
    ]))
}

/// Says that the properties changed which installing changes.
async fn tell(connection: &Connection, result: Option<i32>) -> zbus::Result<()> {
    let interface = connection.object_server().interface::<_, Installer>(PATH).await?;
    let (service, emitter) = (interface.get().await, interface.signal_emitter());
    service.progress_changed(emitter).await?;
    service.operation_changed(emitter).await?;
    if let Some(result) = result {
        Installer::completed(emitter, result).await?;
    }
    Ok(())
}

/// Fills the other slot part by part; nobody can stop it.
async fn install(service: Installer, connection: Connection, source: String, required: Option<String>) {
    for part in 1..=PARTS {
        let slow = match service.stage.mood(NAME) {
            Mood::Slow { millis } => Duration::from_millis(millis),
            _ => PART,
        };
        tokio::time::sleep(slow).await;
        let going = service.change(|device| {
            device.percent = part * 100 / PARTS;
            device.operation != "idle" && (device.fails.is_empty() || part < PARTS / 2)
        });
        let _ = tell(&connection, None).await;
        if !going.unwrap_or(false) {
            break;
        }
    }
    let failed = fill(&service, &source, required.as_deref());
    let result = i32::from(failed.is_err());
    let _ = service.change(|device| {
        device.last_error = failed.err().map(|Handled(words)| words).unwrap_or_default();
        device.operation = "idle".into();
    });
    let _ = service.device().note(&service.stage);
    let _ = tell(&connection, Some(result)).await;
}

fn fill(service: &Installer, source: &str, required: Option<&str>) -> Result<(), Handled> {
    let (device, bundle) = (service.device(), Bundle::read(&service.stage, source)?);
    if !device.fails.is_empty() {
        return Err(Handled(device.fails));
    }
    if device.compatible != bundle.compatible || required.is_some_and(|hash| hash != bundle.hash) {
        return Err(Handled("the bundle does not fit".into()));
    }
    service.change(|device| device.complete(&bundle.version, &bundle.build, &bundle.hash))
}
