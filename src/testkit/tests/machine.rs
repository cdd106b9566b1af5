//! The installed product on an emulated machine: a real start through GRUB, kernel and initramfs, and a power cut in the
//! middle of an update. Needs root.

#![allow(clippy::unwrap_used, clippy::panic)]

use cairn_testkit::product::image::{FIRST, UPDATE};
use cairn_testkit::product::{Image, Machine, Site, image, machine};
use serde_json::Value;
use std::time::{Duration, Instant};

/// The machine and what it should run.
struct World {
    machine: Machine,
    image: Image,
}

impl World {
    fn run(&mut self, script: &str) -> String {
        let answer = self.machine.run(script).unwrap();
        answer.good().unwrap_or_else(|e| panic!("{script}: {e}\n{}", self.journal()))
    }

    fn ask(&mut self, arguments: &str) -> Value {
        let answer = self.machine.run(&format!("cairnctl --json {arguments}")).unwrap();
        assert_eq!(answer.status, 0, "cairnctl {arguments}: {}\n{}", answer.output, self.journal());
        answer.json().unwrap()
    }

    fn status(&mut self) -> Value {
        self.ask("status")["status"].take()
    }

    fn journal(&mut self) -> String {
        self.machine
            .run("journalctl -b -n 60 --no-pager || true")
            .map_or_else(|e| e.to_string(), |a| a.output)
    }

    /// Everybody agrees on what runs, down to the kernel's command line.
    fn assert_runs(&mut self, version: &str) -> Value {
        let commit = if version == FIRST { self.image.first.clone() } else { self.image.update.clone() };
        let status = self.status();
        assert_eq!(status["running"]["version"], version, "{status}");
        assert_eq!(status["running"]["checksum"], commit.as_str());
        assert_eq!(self.run("cat /usr/share/cairn-test/version"), version);
        let booted = self.run("grep -o 'ostree=[^ ]*' /proc/cmdline | cut -d= -f2 | xargs realpath");
        assert!(booted.contains(&commit), "{booted}");
        status
    }

    /// The address goes into the disk's configuration, which is read-only for all but libostree.
    fn use_site(&mut self, site: &Site) {
        let (remote, url) = (image::REMOTE, site.url_for_machine());
        self.run(&format!(
            "unshare --mount sh -ec 'mount -o remount,bind,rw /sysroot
            ostree config --repo=/sysroot/ostree/repo --group=\"remote \\\"{remote}\\\"\" set url {url}'; sync"
        ));
    }
}

#[test]
fn a_power_cut_an_update_and_the_way_back() {
    if let Some(reason) = machine::missing() {
        println!("skipped: {reason}");
        return;
    }
    let image = Image::open().unwrap();
    let site = Site::open(&image).unwrap();
    let start = Instant::now();
    let say = |what: &str| println!("[{:5.1} s] {what}", start.elapsed().as_secs_f32());
    let mut world = World { machine: Machine::create(&image).unwrap(), image };
    world.machine.start().unwrap();
    say("up");
    world.assert_runs(FIRST);
    assert_eq!(world.run("findmnt -no OPTIONS /sysroot | cut -d, -f1"), "ro", "as on current systems");
    world.use_site(&site);

    world
        .machine
        .run_until("cairnctl --json update", |line| line.contains("\"stage\":\"deploying\""))
        .unwrap();
    // It takes more than a second; history tells below that it was not over.
    std::thread::sleep(Duration::from_millis(300));
    world.machine.kill();
    say("power cut while the new version was written");
    world.machine.start().unwrap();
    say("up");
    let status = world.assert_runs(FIRST);
    assert_eq!(status["next"]["version"], FIRST, "{status}");
    assert_eq!(status["notices"][0]["kind"], "interrupted", "{status}");
    assert_eq!(status["notices"][0]["wish"], "update", "{status}");
    let history = world.ask("history");
    let outcome = &history["history"][0]["outcome"];
    assert_eq!((&outcome["kind"], &outcome["step"]), (&"interrupted".into(), &"stage".into()), "{history}");

    world.use_site(&site);
    let done = world.ask("update");
    assert_eq!(done["done"]["target"], UPDATE, "{done}");
    assert!(world.status()["notices"].as_array().is_none_or(Vec::is_empty), "the update went well after all");
    say("updated");
    world.machine.restart_by("cairnctl restart now").unwrap();
    say("up");
    world.assert_runs(UPDATE);
    let log = world.run("journalctl -b -1 -o cat -u ostree-finalize-staged -u systemd-logind");
    for line in ["Finalized deployment", "The system will reboot now!"] {
        assert!(log.contains(line), "{line} is not in {log}");
    }

    world.ask("go-back");
    world.machine.restart_by("cairnctl restart now").unwrap();
    say("up");
    let status = world.assert_runs(FIRST);
    assert_eq!(status["held_back"][0]["version"], UPDATE, "{status}");
    world.run("ostree fsck -q");
    say("repository sound");
}
