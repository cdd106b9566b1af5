//! What the systems of the field answer their engines. The first byte says which reader; the rest is the answer.

use crate::promise;
use cairn_engines::{
    abroot, blendos, bootc, eos_updater, nixos, ostree, rauc, rpm_ostree, snapper, steamos, sysupdate, tukit,
};
use cairn_model::{ExtraId, PackageDelta, PackageName, Problem, text};
use std::collections::HashMap;
use std::str::from_utf8;
use zbus::zvariant::serialized::{Context, Data};
use zbus::zvariant::{LE, OwnedValue};

/// Readers, by what upstream answers in.
const READERS: [fn(&[u8]); 6] = [json, words, files, variants, dictionaries, places];

/// Reads the answer. Whatever it is: a value or a typed problem, never a panic.
pub fn answers(data: &[u8]) {
    let Some((which, answer)) = data.split_first() else { return };
    READERS[usize::from(*which) % READERS.len()](answer);
}

/// A problem's detail goes to the screen.
fn clean<T>(read: Result<T, Problem>) -> Option<T> {
    let problem = match read {
        Ok(value) => return Some(value),
        Err(problem) => problem,
    };
    if let Some(detail) = problem.detail() {
        promise::keeps(text::clean(detail, 5000) == detail, "a detail is clean");
    }
    None
}

fn json(answer: &[u8]) {
    if let Some(Some(machine)) = clean(bootc::answer::status(answer)) {
        machine.entries().into_iter().for_each(|entry| drop((clean(entry.id()), entry.version())));
    }
    clean(abroot::answer::status(answer));
    clean(abroot::answer::check(answer));
    clean(abroot::answer::settings(answer));
    clean(abroot::answer::images(answer));
    clean(abroot::answer::built(answer, 0));
    clean(abroot::answer::layers(answer));
    let Ok(answer) = from_utf8(answer) else { return };
    clean(bootc::progress::line(answer));
    clean(nixos::answer::evaluated("nix", answer));
    clean(nixos::answer::path("nix", answer));
    clean(nixos::answer::infos("nix", answer));
    clean(nixos::answer::names(answer));
    clean(nixos::answer::found("nix-instantiate", answer));
    clean(nixos::answer::installed("nix", answer));
    clean(sysupdate::answer::list(answer));
    clean(sysupdate::answer::described("1", answer));
    clean(sysupdate::answer::new(answer));
    clean(sysupdate::loader::entries(answer));
    clean(sysupdate::bless::verdict(answer));
    clean(sysupdate::feature::list(answer));
    if let Ok(id) = ExtraId::new("devel") {
        clean(sysupdate::feature::described(&id, answer, true));
    }
    clean(sysupdate::extension::list(answer));
    clean(sysupdate::extension::merged(answer));
    steamos::images::parse(answer);
    nixos::system::label(answer);
}

fn words(answer: &[u8]) {
    let text = String::from_utf8_lossy(answer);
    let _ = bootc::timer::policy(text.lines());
    text.lines().for_each(|line| {
        let _ = bootc::mounts::mount(line, "/usr");
    });
    clean(nixos::answer::paths("nix", answer));
    clean(tukit::answer::offer(answer));
    clean(tukit::answer::found(answer));
    clean(tukit::answer::installed(answer));
    clean(tukit::xml::elements(answer));
    let Ok(answer) = from_utf8(answer) else { return };
    let mut meter = nixos::event::Meter::default();
    for line in answer.lines() {
        meter.hear(line);
    }
    clean(steamos::answer::image(answer));
    steamos::answer::boot_config(answer);
    snapper::answer::unescape(answer);
}

/// Configurations, some of which are written back.
fn files(answer: &[u8]) {
    let Ok(answer) = from_utf8(answer) else { return };
    rauc::configuration::parse(answer);
    let written = rpm_ostree::configuration::with_policy(answer, "stage");
    promise::keeps(rpm_ostree::configuration::policy(&written) == Some("stage"), "what was written is read");
    blendos::answer::size(answer);
    let Some(system) = clean(blendos::answer::system(answer)) else { return };
    let Ok(name) = PackageName::new("htop") else { return };
    if system.list("packages").iter().any(|package| package == name.as_str()) {
        return;
    }
    let delta = PackageDelta { add: vec![name], ..PackageDelta::default() };
    let Some(changed) = clean(blendos::edit::packages(answer, &delta)) else { return };
    let after = blendos::answer::system(&changed).map(|system| system.list("packages"));
    promise::keeps(after.is_ok_and(|list| list.iter().any(|p| p == "htop")), "what was added is there");
}

/// What lies on a disk or is told by the kernel, a line each or as words.
fn places(text: &[u8]) {
    rpm_ostree::image::digest(text);
    ostree::commit::listed_in(text);
    let text = &*String::from_utf8_lossy(text);
    for key in ["ID", "PRETTY_NAME", "IMAGE_VERSION"] {
        cairn_host::files::os_release_field(text, key);
    }
    nixos::boot::default(text);
    promise::keeps(nixos::boot::started(text).all(|path| path.path().len() < 300), "a path has its length");
    if let Some(channel) = nixos::channel::Channel::listed_in(text) {
        let list = channel.list_with(text);
        promise::keeps(
            nixos::channel::Channel::listed_in(&list) == Some(channel),
            "what was written is followed",
        );
    }
    let mut transfers = sysupdate::transfers::Transfers::default();
    transfers.add(text);
    let versions: Vec<String> = text.lines().map(ToOwned::to_owned).collect();
    let entries = sysupdate::entries::Entries::named(versions.iter().cloned());
    versions.iter().take(5).for_each(|version| {
        nixos::boot::number(version);
        entries.defect(version, version, &versions);
    });
    snapper::layout::snapshot_of(text);
    snapper::layout::names_subvolume(text);
    let (running, recorded) = text.split_once('\n').unwrap_or((text, ""));
    abroot::arguments::told_apart(running, recorded);
    tukit::zypper::method_in(text);
}

fn variants(answer: &[u8]) {
    clean(rpm_ostree::answer::deployments(answer));
    clean(rpm_ostree::answer::cached_update(answer));
    clean(rpm_ostree::answer::arguments(answer));
    clean(rpm_ostree::answer::packages(answer));
    clean(rpm_ostree::answer::differences(answer));
}

fn dictionaries(answer: &[u8]) {
    let data = Data::new(answer, Context::new_dbus(LE, 0));
    if let Ok((rows, _)) = data.deserialize::<Vec<snapper::proxy::Row>>() {
        clean(snapper::answer::snapshots(rows));
    }
    if let Ok((slots, _)) = data.deserialize::<Vec<(String, HashMap<String, OwnedValue>)>>() {
        clean(rauc::answer::slots(&slots));
    }
    let Ok((entries, _)) = data.deserialize::<HashMap<String, OwnedValue>>() else { return };
    clean(rauc::answer::service(&entries));
    clean(rauc::answer::bundle(&entries));
    clean(steamos::answer::properties(&entries));
    clean(steamos::answer::offers(&entries));
    clean(eos_updater::answer::told(&entries));
}
