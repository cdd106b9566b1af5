//! What deserves a look before it is done.

use crate::{fill, permission};
use cairn_model::app::Permission;
use cairn_model::app::plan::AppWarning;
use gettextrs::gettext;

/// One sentence.
pub fn warning(warning: &AppWarning) -> String {
    match warning {
        AppWarning::Running { name, .. } => {
            fill(&gettext("{name} is open; it stays as it is until you close it."), &[("name", name)])
        }
        AppWarning::MorePermissions { name, added, .. } => {
            let template = gettext("The new version of {name} wants more than the one you have: {list}.");
            fill(&template, &[("name", name), ("list", &list(added))])
        }
        AppWarning::LeftOut { update } => {
            let template = gettext("{name} is not updated, because its new version wants more: {list}.");
            fill(&template, &[("name", &update.name), ("list", &list(&update.added))])
        }
        AppWarning::EndOfLife { reference, reason } if reason.is_empty() => {
            let template = gettext("Nobody looks after {app} any more; it gets no security updates.");
            fill(&template, &[("app", reference.id.as_str())])
        }
        AppWarning::EndOfLife { reference, reason } => {
            let values = [("app", reference.id.as_str()), ("reason", reason.as_str())];
            fill(&gettext("Nobody looks after {app} any more: {reason}"), &values)
        }
        AppWarning::NotSigned { remote } => {
            let template = gettext("{remote} does not sign its apps: nobody can tell who made them.");
            fill(&template, &[("remote", remote)])
        }
        AppWarning::NewRemote { name, url } => {
            let values = [("name", name.as_str()), ("url", url.as_str())];
            fill(&gettext("{name} becomes a source of apps on this computer ({url})."), &values)
        }
        AppWarning::Everybody => {
            gettext("It changes for everyone on this computer; an administrator’s password may be needed.")
        }
    }
}

fn list(permissions: &[Permission]) -> String {
    permissions.iter().map(permission::title).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted_is_named() {
        let reference: cairn_model::app::Ref = "app/org.kde.krita/x86_64/stable".parse().unwrap();
        let added = vec![Permission::Network, Permission::Home { write: true }];
        let more = AppWarning::MorePermissions { reference: reference.clone(), name: "Krita".into(), added };
        let words = warning(&more);
        assert!(
            words.contains("Krita") && words.contains("Uses the network, Can read and change"),
            "{words}"
        );
        let end = AppWarning::EndOfLife { reference, reason: String::new() };
        assert!(!warning(&end).contains(": "), "{}", warning(&end));
    }
}
