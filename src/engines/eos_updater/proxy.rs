//! The client side of `com.endlessm.Updater`, as far as it is used. com.endlessm.Updater.xml beside this file has the same
//! names, and a test holds both together. Its properties are read all at once, in `answer`.

use std::collections::HashMap;
use zbus::zvariant::Value;

/// Every method returns once its work has begun; the state says when it has ended.
#[zbus::proxy(
    interface = "com.endlessm.Updater",
    default_service = "com.endlessm.Updater",
    default_path = "/com/endlessm/Updater",
    gen_blocking = false
)]
pub(super) trait Updater {
    fn poll(&self) -> zbus::Result<()>;

    /// With `force` it does not wait for a cheaper connection.
    fn fetch_full(&self, options: HashMap<&str, Value<'_>>) -> zbus::Result<()>;

    fn apply(&self) -> zbus::Result<()>;

    fn cancel(&self) -> zbus::Result<()>;

    #[zbus(signal)]
    fn state_changed(&self, state: u32) -> zbus::Result<()>;
}
