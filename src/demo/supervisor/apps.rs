//! What is asked about flatpak's remote, done.

use crate::control::AppsRequest;
use crate::world::AppsWorld;
use crate::{Failure, Result};

pub(super) async fn obey(apps: &mut AppsWorld, ask: AppsRequest, say: &mut dyn FnMut(&str)) -> Result<()> {
    let when = |on: bool, failure: Failure| if on { failure } else { Failure::None };
    match ask {
        AppsRequest::Publish { id, widen } => {
            let version = apps.publish(&id, widen).await?;
            say(&format!("{id} {version} is there"));
        }
        AppsRequest::Rate { bytes } => apps.server().limit(bytes),
        AppsRequest::Network { up } => apps.fail(when(!up, Failure::Gone)),
        AppsRequest::Unsign { on } => apps.fail(when(on, Failure::Unsigned)),
        AppsRequest::Corrupt { on } => apps.fail(when(on, Failure::Corrupt)),
        AppsRequest::Broken { on } => apps.lack(on),
    }
    Ok(())
}
