//! The status as JSON, in the shape of bootc crates/lib/src/spec.rs.

use super::machine::{Entry, Machine};
use super::registry;
use serde_json::{Value, json};

pub fn status(machine: &Machine) -> String {
    let order = if machine.queued { "rollback" } else { "default" };
    let entry = |known: &Entry| without(entry(known, machine.same_kernel), &machine.lacks);
    let overlay = machine.open.then(|| json!({ "accessMode": "readWrite", "persistence": "transient" }));
    let state = json!({
        "staged": machine.staged.as_ref().map(entry),
        "booted": entry(&machine.booted),
        "rollback": machine.rollback.as_ref().map(entry),
        "otherDeployments": machine.others.iter().map(entry).collect::<Vec<_>>(),
        "rollbackQueued": machine.queued,
        "type": "bootcHost",
        "usrOverlay": overlay,
        "readOnly": false,
    });
    let answer = json!({
        "apiVersion": "org.containers.bootc/v1",
        "kind": "BootcHost",
        "metadata": { "name": "host" },
        "spec": { "image": reference(&machine.spec()), "bootOrder": order },
        "status": without(state, &machine.lacks),
    });
    answer.to_string()
}

/// As an older version of the program answers, before it had those keys.
fn without(mut object: Value, keys: &[String]) -> Value {
    if let Some(object) = object.as_object_mut() {
        object.retain(|key, _| !keys.contains(key));
    }
    object
}

fn entry(entry: &Entry, soft: bool) -> Value {
    json!({
        "image": image(&entry.image, &entry.version),
        "cachedUpdate": entry.noted.as_ref().map(|noted| image(&entry.image, noted)),
        "incompatible": false,
        "pinned": entry.pinned,
        "softRebootCapable": soft,
        "downloadOnly": entry.locked,
        "store": "ostreeContainer",
        "ostree": { "stateroot": "default", "checksum": entry.checksum(), "deploySerial": entry.serial },
        "composefs": null,
    })
}

fn image(image: &str, version: &str) -> Value {
    json!({
        "image": reference(image),
        "version": version,
        "timestamp": registry::built(version),
        "imageDigest": registry::digest(image, version),
        "architecture": "amd64",
    })
}

fn reference(image: &str) -> Value {
    json!({ "image": image, "transport": "registry", "signature": "containerPolicy" })
}
