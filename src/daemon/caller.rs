//! Who asks: the unique bus name of the message, and the user behind it for the record.

use cairn_model::Problem;
use zbus::message::Header;
use zbus::names::{BusName, OwnedUniqueName};

/// A caller, as the bus vouches for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    pub name: OwnedUniqueName,
    /// From the bus daemon, never from the caller or from /proc.
    pub uid: u32,
    /// The caller allows that a person is asked for a password.
    pub interactive: bool,
}

impl Caller {
    /// # Errors
    /// [`Problem::NotAuthorized`] if the message has no sender or its sender is gone: an error is never root.
    pub async fn of(header: &Header<'_>, connection: &zbus::Connection) -> Result<Self, Problem> {
        let sender = header.sender().ok_or(Problem::NotAuthorized)?.to_owned();
        let bus = zbus::fdo::DBusProxy::new(connection).await.map_err(|_| Problem::NotAuthorized)?;
        let uid = bus
            .get_connection_unix_user(BusName::from(sender.clone()))
            .await
            .map_err(|_| Problem::NotAuthorized)?;
        let interactive = header.primary().flags().contains(zbus::message::Flags::AllowInteractiveAuth);
        Ok(Self { name: sender.into(), uid, interactive })
    }
}
