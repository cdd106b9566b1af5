//! One version of the system, in a line.

use crate::update::join;
use crate::{amount, fill, moment};
use cairn_model::{Defect, Deployment, Health, Seconds};
use gettextrs::gettext;

/// The name that the person gave it, or the version.
pub fn title(deployment: &Deployment) -> String {
    deployment.name.clone().unwrap_or_else(|| deployment.version.clone())
}

/// Date, space and what else is worth knowing.
pub fn facts(deployment: &Deployment, now: Seconds) -> String {
    let mut parts = Vec::new();
    if deployment.name.is_some() {
        parts.push(deployment.version.clone());
    }
    parts.extend(deployment.description.clone());
    parts.extend(deployment.timestamp.map(|t| moment::date(t, now)));
    match &deployment.health {
        Health::Bad { check, .. } => {
            parts.push(fill(&gettext("problem with: {check}"), &[("check", check)]));
        }
        _ if deployment.defect.is_some() => parts.extend(deployment.defect.map(defect)),
        _ if deployment.skipped => parts.push(gettext("you went back from it")),
        Health::Good if deployment.last_known_good => parts.push(gettext("known to work")),
        _ => {}
    }
    if let Some(bytes) = deployment.unique_bytes.filter(|b| *b > 0) {
        parts.push(fill(&gettext("{size} of its own"), &[("size", &amount::size(bytes))]));
    }
    join(&parts)
}

/// Why it cannot be started.
pub fn defect(defect: Defect) -> String {
    match defect {
        Defect::NoBootEntry => gettext("The boot menu has no entry for it."),
        Defect::Incomplete => gettext("Its preparation did not finish."),
        Defect::MarkedBad => gettext("The system has marked it as bad."),
    }
}

/// What a small label says of it; the most important first. `replaced` says that another one is in use without having
/// been started.
pub fn labels(deployment: &Deployment, replaced: bool) -> Vec<(Label, String)> {
    let mut labels = Vec::new();
    if deployment.running {
        labels.push((Label::Running, if replaced { gettext("Started") } else { gettext("Now") }));
    }
    if deployment.next && !deployment.running {
        labels.push((Label::Next, gettext("Next start")));
    }
    if matches!(deployment.health, Health::Bad { .. }) {
        labels.push((Label::Bad, gettext("Did not work")));
    } else if deployment.skipped {
        labels.push((Label::Bad, gettext("Skipped")));
    }
    if deployment.previous && !deployment.next {
        labels.push((Label::Previous, gettext("Previous")));
    }
    if deployment.live {
        labels.push((Label::Running, gettext("In use")));
    }
    if deployment.held {
        labels.push((Label::Previous, gettext("Downloaded")));
    }
    if deployment.unlocked {
        labels.push((Label::Bad, gettext("Open for changes")));
    }
    if deployment.kept {
        labels.push((Label::Kept, gettext("Kept")));
    }
    labels
}

/// What a label is about; it decides its colour, never alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    Running,
    Next,
    Previous,
    Kept,
    Bad,
}
