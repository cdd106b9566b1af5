//! What there is right now: what runs, the other slot, and which of them starts next.

use super::Steamos;
use super::answer::Build;
use super::boot::{Other, Slots};
use super::look::Look;
use cairn_host::space;
use cairn_model::system::{HeldBack, Space};
use cairn_model::{Defect, Deployment, DeploymentId, Problem, SystemStatus, text};

pub(super) fn read(engine: &Steamos, look: &Look) -> Result<SystemStatus, Problem> {
    let room = space::room(&engine.host.path("/")).map_err(|e| super::failure::io(&e))?;
    let foreign = look.is_busy() && !engine.works();
    Ok(SystemStatus {
        engine: "steamos".into(),
        os_name: text::line(&engine.host.os_release("PRETTY_NAME").unwrap_or_default()),
        abilities: crate::Engine::abilities(engine),
        deployments: deployments(look)?,
        held_back: if foreign { vec![HeldBack::BusyElsewhere] } else { Vec::new() },
        space: Space { free: room.free, total: room.total, versions: None },
        ..SystemStatus::default()
    })
}

/// What starts next comes first. The other slot is what "Go back" means, unless it starts next anyway.
pub(super) fn deployments(look: &Look) -> Result<Vec<Deployment>, Problem> {
    let image = look.slots.as_ref().map(|slots| slots.this.as_str());
    let mut running = deployment(image, Some(&look.running))?;
    running.running = true;
    running.origin = look.service.as_ref().map(|service| service.origin());
    let Some(mut other) = other(look)? else {
        running.next = true;
        return Ok(vec![running]);
    };
    running.next = !other.next;
    if other.next {
        return Ok(vec![other, running]);
    }
    other.previous = other.defect.is_none();
    Ok(vec![running, other])
}

fn other(look: &Look) -> Result<Option<Deployment>, Problem> {
    let Some(slots) = &look.slots else {
        // Nobody tells of slots, but the service has filled one and asked the loader for it.
        let pending = look.pending().map(|build| deployment(None, Some(build))).transpose()?;
        return Ok(pending.map(|pending| Deployment { next: true, ..pending }));
    };
    match &slots.other {
        Some(other) => beside(look, slots, other).map(Some),
        None if slots.selected != slots.this => {
            let chosen = deployment(Some(&slots.selected), None)?;
            Ok(Some(Deployment { next: true, ..chosen }))
        }
        None => Ok(None),
    }
}

fn beside(look: &Look, slots: &Slots, other: &Other) -> Result<Deployment, Problem> {
    let spoilt = look.service.as_ref().is_some_and(|service| service.state.spoils());
    let noted = look.images.build(&other.image, other.config);
    let build = match look.pending() {
        Some(pending) => Some(pending.clone()),
        None => noted.filter(|_| !spoilt),
    };
    let mut deployment = deployment(Some(&other.image), build.as_ref())?;
    // Some third image may be chosen; it is none of the versions that are looked after.
    deployment.next = slots.selected != slots.this;
    deployment.defect = match (spoilt, other.config.invalid) {
        (true, _) => Some(Defect::Incomplete),
        (false, true) => Some(Defect::MarkedBad),
        (false, false) => None,
    };
    Ok(deployment)
}

/// Of an image with an unknown build nothing but its slot can be said.
fn deployment(image: Option<&str>, build: Option<&Build>) -> Result<Deployment, Problem> {
    let id = match (image, build) {
        (Some(image), Some(build)) => format!("{image}-{}", build.id),
        (None, Some(build)) => build.id.clone(),
        (Some(image), None) => image.to_owned(),
        (None, None) => "other".to_owned(),
    };
    // A build id may have a character that an id may not.
    let id = DeploymentId::new(id.replace([':', '+'], "_"))?;
    let Some(build) = build else {
        let word = id.to_string();
        return Ok(Deployment::new(id, &word, format!("image-{word}")));
    };
    Ok(Deployment { timestamp: build.made(), ..Deployment::new(id, build.name(), &build.id) })
}
