//! May they: polkit, asked for the caller's unique bus name with the plan's facts. Everything unclear means no.
//!
//! The question is open outside all locks; it ends when the person answers, the caller vanishes or time is up.

use crate::caller::Caller;
use cairn_model::{Plan, Problem};
use futures_util::StreamExt;
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use zbus::message::Header;
use zbus_polkit::policykit1::{AuthorityProxy, CheckAuthorizationFlags, Subject};

/// A password dialog that nobody answers is not kept open longer.
const PATIENCE: Duration = Duration::from_secs(120);

/// Asks polkit; keeps one question open for each caller at most.
#[derive(Debug, Default)]
pub struct Authority {
    asking: Mutex<HashSet<String>>,
}

impl Authority {
    pub fn is_asking(&self) -> bool {
        !self.asking.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Lets the caller do `action`, or says why not. Root needs no polkit, so that a system whose polkit is broken
    /// can still be repaired.
    pub async fn check(
        &self,
        connection: &zbus::Connection,
        header: &Header<'_>,
        caller: &Caller,
        action: &str,
        details: &HashMap<&str, &str>,
    ) -> Result<(), Problem> {
        if caller.uid == 0 {
            return Ok(());
        }
        let _asking = self.open(caller)?;
        let answer = ask(connection, header, caller, action, details).await;
        let result = answer.as_ref().map_or_else(Problem::code, |()| "yes");
        tracing::info!(
            cairn_action = action,
            cairn_sender = caller.name.as_str(),
            cairn_uid = caller.uid,
            cairn_result = result,
            "authorization"
        );
        answer
    }

    fn open(&self, caller: &Caller) -> Result<Asking<'_>, Problem> {
        let name = caller.name.to_string();
        let mut asking = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
        if !asking.insert(name.clone()) {
            return Err(Problem::TooMany);
        }
        Ok(Asking { authority: self, name })
    }
}

/// The open question of one caller.
#[derive(Debug)]
struct Asking<'a> {
    authority: &'a Authority,
    name: String,
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.authority.asking.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.name);
    }
}

async fn ask(
    connection: &zbus::Connection,
    header: &Header<'_>,
    caller: &Caller,
    action: &str,
    details: &HashMap<&str, &str>,
) -> Result<(), Problem> {
    let unavailable = |_| Problem::AuthUnavailable;
    let polkit = AuthorityProxy::new(connection).await.map_err(unavailable)?;
    let subject = Subject::new_for_message_header(header).map_err(|_| Problem::NotAuthorized)?;
    let flags = if caller.interactive {
        CheckAuthorizationFlags::AllowUserInteraction.into()
    } else {
        Default::default()
    };
    // Unique among our own questions, since one caller has one at most.
    let question = format!("cairn{}", caller.name);
    let check = polkit.check_authorization(&subject, action, details, flags, &question);
    let answer = tokio::select! {
        answer = check => answer.map_err(unavailable)?,
        () = vanished(connection, caller) => {
            let _ = polkit.cancel_check_authorization(&question).await;
            return Err(Problem::NotAuthorized);
        }
        () = tokio::time::sleep(PATIENCE) => {
            let _ = polkit.cancel_check_authorization(&question).await;
            return Err(Problem::AuthDismissed);
        }
    };
    if answer.is_authorized {
        Ok(())
    } else if answer.details.contains_key("polkit.dismissed") {
        Err(Problem::AuthDismissed)
    } else if answer.is_challenge && !caller.interactive {
        Err(Problem::AuthNeeded)
    } else {
        Err(Problem::NotAuthorized)
    }
}

/// Returns when the caller has left the bus; never if that cannot be watched, since the patience ends it then.
async fn vanished(connection: &zbus::Connection, caller: &Caller) {
    if let Ok(bus) = zbus::fdo::DBusProxy::new(connection).await
        && let Ok(mut changes) =
            bus.receive_name_owner_changed_with_args(&[(0, caller.name.as_str()), (2, "")]).await
    {
        changes.next().await;
        return;
    }
    std::future::pending().await
}

/// What a rule or a dialog of polkit can tell of a plan.
pub fn details(plan: &Plan) -> HashMap<&str, &str> {
    let mut details = HashMap::from([
        ("cairn.wish", plan.wish.word()),
        ("cairn.target", plan.target.as_str()),
        ("cairn.running", plan.running.as_str()),
    ]);
    if let Some(id) = &plan.target_id {
        details.insert("cairn.target_id", id.as_str());
    }
    details
}
