//! `org.opensuse.Snapper` as far as it is used, with upstream's errors.

use super::disk::{Disk, SINGLE, STATE, Snapshot};
use crate::systems::{Mood, Stage};
use futures_util::future::BoxFuture;
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;
use zbus::message::Header;
use zbus::names::ErrorName;
use zbus::object_server::SignalEmitter;
use zbus::{Message, interface};

pub(crate) const NAME: &str = "org.opensuse.Snapper";
const PATH: &str = "/org/opensuse/Snapper";
/// Bits of snapper/File.h.
const CREATED: u32 = 1;
const DELETED: u32 = 2;

type Row = (u32, u16, u32, i64, u32, String, String, HashMap<String, String>);
type Config = (String, String, HashMap<String, String>);

/// Claims the name and answers until the connection ends.
pub(crate) fn serve(stage: Stage, connection: zbus::Connection) -> BoxFuture<'static, zbus::Result<()>> {
    Box::pin(async move {
        connection.object_server().at(PATH, Snapperd { stage }).await?;
        connection.request_name(NAME).await
    })
}

struct Snapperd {
    stage: Stage,
}

/// An error of upstream: its name has two elements and its words are none.
#[derive(Debug)]
struct Trouble(String, String);

impl Trouble {
    fn new(name: &str) -> Self {
        Self(format!("error.{name}"), "org.freedesktop.DBus.Error.Failed".into())
    }
}

impl From<std::io::Error> for Trouble {
    fn from(error: std::io::Error) -> Self {
        Self("error.io_error".into(), error.to_string())
    }
}

impl zbus::DBusError for Trouble {
    fn create_reply(&self, call: &Header<'_>) -> zbus::Result<Message> {
        Message::error(call, self.name())?.build(&(&self.1,))
    }
    fn name(&self) -> ErrorName<'_> {
        let known = ErrorName::try_from(self.0.as_str());
        known.unwrap_or_else(|_| ErrorName::from_static_str_unchecked("error.something"))
    }
    fn description(&self) -> Option<&str> {
        Some(&self.1)
    }
}

impl Snapperd {
    /// Waits and fails as the mood says, or because this version does not have the method.
    async fn enter(&self, method: &str, config: Option<&str>) -> Result<(), Trouble> {
        if let Mood::Failing { error, words, .. } = self.stage.mood(NAME) {
            return Err(Trouble(error, words));
        }
        let gone = |e: zbus::fdo::Error| Trouble("org.freedesktop.DBus.Error.NoReply".into(), e.to_string());
        self.stage.enter(NAME).await.map_err(gone)?;
        let disk = self.disk()?;
        if disk.lacks.contains(method) {
            return Err(Trouble::new("unknown_method"));
        }
        match config {
            Some(config) if !disk.configs.contains_key(config) => Err(Trouble::new("unknown_config")),
            _ => Ok(()),
        }
    }

    fn disk(&self) -> Result<Disk, Trouble> {
        Ok(self.stage.state(STATE)?)
    }

    fn change<R>(&self, change: impl FnOnce(&mut Disk) -> Result<R, Trouble>) -> Result<R, Trouble> {
        self.stage.change(STATE, change)?
    }
}

/// Number 0 is what is no snapshot; then the timeline, then the others.
fn rows(disk: &Disk) -> Vec<Row> {
    let current = Snapshot { date: -1, description: "current".into(), ..Snapshot::default() };
    let hour = |n: u32| Snapshot {
        number: 100_000 + n,
        date: 1_780_000_000 + i64::from(n) * 3600,
        description: "timeline".into(),
        cleanup: "timeline".into(),
        ..Snapshot::default()
    };
    let all =
        std::iter::once(current).chain((0..disk.timeline).map(hour)).chain(disk.snapshots.iter().cloned());
    all.map(|s| {
        let userdata = s.userdata.into_iter().collect();
        (s.number, s.kind, s.pre, s.date, 0, s.description, s.cleanup, userdata)
    })
    .collect()
}

fn plain(userdata: HashMap<String, String>) -> Result<BTreeMap<String, String>, Trouble> {
    let bad = |text: &String| text.contains([',', '=']);
    if userdata.iter().any(|(key, value)| key.is_empty() || bad(key) || bad(value)) {
        return Err(Trouble::new("invalid_userdata"));
    }
    Ok(userdata.into_iter().collect())
}

#[interface(name = "org.opensuse.Snapper")]
impl Snapperd {
    #[zbus(out_args("configs"))]
    async fn list_configs(&self) -> Result<Vec<Config>, Trouble> {
        self.enter("ListConfigs", None).await?;
        Ok(self.disk()?.configs.into_iter().map(|(name, at)| (name, at, HashMap::new())).collect())
    }

    #[zbus(out_args("snapshots"))]
    async fn list_snapshots(&self, config: &str) -> Result<Vec<Row>, Trouble> {
        self.enter("ListSnapshots", Some(config)).await?;
        Ok(rows(&self.disk()?))
    }

    // The signature is upstream's.
    #[allow(clippy::too_many_arguments)]
    async fn set_snapshot(
        &self,
        config: &str,
        number: u32,
        description: String,
        cleanup: String,
        userdata: HashMap<String, String>,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) -> Result<(), Trouble> {
        self.enter("SetSnapshot", Some(config)).await?;
        let userdata = plain(userdata)?;
        self.change(|disk| {
            let found = disk.find(number).ok_or_else(|| Trouble::new("illegal_snapshot"))?;
            (found.description, found.cleanup, found.userdata) = (description, cleanup, userdata);
            Ok(())
        })?;
        let _ = Self::snapshot_modified(&emitter, config, number).await;
        Ok(())
    }

    #[zbus(out_args("number"))]
    async fn create_single_snapshot(
        &self,
        config: &str,
        description: String,
        cleanup: String,
        userdata: HashMap<String, String>,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) -> Result<u32, Trouble> {
        self.enter("CreateSingleSnapshot", Some(config)).await?;
        let userdata = plain(userdata)?;
        let made = Snapshot { kind: SINGLE, description, cleanup, userdata, ..Snapshot::default() };
        let number = self.change(|disk| Ok(disk.make(made)))?;
        let _ = Self::snapshot_created(&emitter, config, number).await;
        Ok(number)
    }

    async fn delete_snapshots(
        &self,
        config: &str,
        numbers: Vec<u32>,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) -> Result<(), Trouble> {
        self.enter("DeleteSnapshots", Some(config)).await?;
        if let Mood::Slow { millis } = self.stage.mood(NAME) {
            tokio::time::sleep(Duration::from_millis(millis)).await;
        }
        self.change(|disk| {
            if !disk.compared.is_empty() {
                return Err(Trouble::new("config_in_use"));
            }
            let special = [Some(0), disk.active, disk.default];
            let legal =
                |n: &u32| !special.contains(&Some(*n)) && disk.snapshots.iter().any(|s| s.number == *n);
            if !numbers.iter().all(legal) {
                return Err(Trouble::new("illegal_snapshot"));
            }
            disk.snapshots.retain(|s| !numbers.contains(&s.number));
            Ok(())
        })?;
        let _ = Self::snapshots_deleted(&emitter, config, numbers).await;
        Ok(())
    }

    #[zbus(out_args("valid", "number"))]
    async fn get_default_snapshot(&self, config: &str) -> Result<(bool, u32), Trouble> {
        self.enter("GetDefaultSnapshot", Some(config)).await?;
        let number = self.disk()?.default;
        Ok((number.is_some(), number.unwrap_or(0)))
    }

    #[zbus(out_args("valid", "number"))]
    async fn get_active_snapshot(&self, config: &str) -> Result<(bool, u32), Trouble> {
        self.enter("GetActiveSnapshot", Some(config)).await?;
        let number = self.disk()?.active;
        Ok((number.is_some(), number.unwrap_or(0)))
    }

    async fn calculate_used_space(&self, config: &str) -> Result<(), Trouble> {
        self.enter("CalculateUsedSpace", Some(config)).await?;
        if self.disk()?.no_quota { Err(Trouble::new("quota")) } else { Ok(()) }
    }

    #[zbus(out_args("bytes"))]
    async fn get_used_space(&self, config: &str, number: u32) -> Result<u64, Trouble> {
        self.enter("GetUsedSpace", Some(config)).await?;
        let known = self.disk()?.find(number).is_some();
        if known { Ok(u64::from(number % 97 + 3) << 20) } else { Err(Trouble::new("illegal_snapshot")) }
    }

    #[zbus(out_args("size", "used"))]
    async fn query_quota(&self, config: &str) -> Result<(u64, u64), Trouble> {
        self.enter("QueryQuota", Some(config)).await?;
        Ok((64 << 30, 5 << 30))
    }

    #[zbus(out_args("count"))]
    async fn create_comparison(&self, config: &str, from: u32, to: u32) -> Result<u32, Trouble> {
        self.enter("CreateComparison", Some(config)).await?;
        self.change(|disk| {
            if [from, to].iter().any(|n| *n != 0 && disk.find(*n).is_none()) {
                return Err(Trouble::new("illegal_snapshot"));
            }
            disk.compared.insert((from, to));
            u32::try_from(disk.files.len()).map_err(|_| Trouble::new("something"))
        })
    }

    async fn delete_comparison(&self, config: &str, from: u32, to: u32) -> Result<(), Trouble> {
        self.enter("DeleteComparison", Some(config)).await?;
        let found = self.change(|disk| Ok(disk.compared.remove(&(from, to))))?;
        if found { Ok(()) } else { Err(Trouble::new("no_comparisons")) }
    }

    #[zbus(out_args("files"))]
    async fn get_files(&self, config: &str, from: u32, to: u32) -> Result<Vec<(String, u32)>, Trouble> {
        self.enter("GetFiles", Some(config)).await?;
        let disk = self.disk()?;
        if !disk.compared.contains(&(from, to)) {
            return Err(Trouble::new("no_comparisons"));
        }
        let seen = |bits| match bits {
            CREATED if from > to => DELETED,
            DELETED if from > to => CREATED,
            bits => bits,
        };
        Ok(disk.files.into_iter().map(|(path, bits)| (path, seen(bits))).collect())
    }

    #[zbus(signal)]
    async fn snapshot_created(emitter: &SignalEmitter<'_>, config: &str, number: u32) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn snapshot_modified(emitter: &SignalEmitter<'_>, config: &str, number: u32) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn snapshots_deleted(
        emitter: &SignalEmitter<'_>,
        config: &str,
        numbers: Vec<u32>,
    ) -> zbus::Result<()>;
}
