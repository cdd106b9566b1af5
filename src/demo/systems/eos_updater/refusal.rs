//! Errors of the updater, by the names that upstream gives them.

#[derive(Debug, zbus::DBusError)]
#[zbus(prefix = "com.endlessm.Updater.Error")]
pub enum Refusal {
    #[zbus(error)]
    ZBus(zbus::Error),
    WrongState(String),
}

impl From<zbus::fdo::Error> for Refusal {
    fn from(error: zbus::fdo::Error) -> Self {
        Self::ZBus(zbus::Error::FDO(Box::new(error)))
    }
}

impl From<std::io::Error> for Refusal {
    fn from(error: std::io::Error) -> Self {
        Self::from(zbus::fdo::Error::Failed(error.to_string()))
    }
}
