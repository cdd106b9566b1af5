//! The installed product in a container: the real unit, bus, polkit, logind and finalisation. Needs root.

#![allow(clippy::unwrap_used, clippy::panic)]

use cairn_testkit::product::image::{FIRST, UPDATE};
use cairn_testkit::product::{Answer, Container, Ending, Image, Site, nspawn};
use serde_json::Value;
use std::time::{Duration, Instant};

/// One machine with its update server; the image is held so that no other test runs meanwhile.
struct World {
    container: Container,
    image: Image,
    _site: Site,
}

impl World {
    /// A started machine, or nothing and a reason on standard output.
    fn start() -> Option<Self> {
        if let Some(reason) = nspawn::missing() {
            println!("skipped: {reason}");
            return None;
        }
        let image = Image::open().unwrap();
        let site = Site::open(&image).unwrap();
        let mut container = Container::create(&image, &site).unwrap();
        container.boot().unwrap();
        Some(Self { container, image, _site: site })
    }

    fn run(&self, script: &str) -> String {
        self.answer(script).good().unwrap_or_else(|e| panic!("{script}: {e}\n{}", self.journal()))
    }

    fn answer(&self, script: &str) -> Answer {
        self.container.run(script).unwrap()
    }

    /// What `cairnctl` answers to root.
    fn ask(&self, arguments: &str) -> Value {
        let answer = self.answer(&format!("cairnctl --json {arguments}"));
        assert_eq!(answer.status, 0, "cairnctl {arguments}: {}\n{}", answer.output, self.journal());
        answer.json().unwrap()
    }

    fn status(&self) -> Value {
        self.ask("status")["status"].take()
    }

    fn journal(&self) -> String {
        self.container
            .run("journalctl -b -n 60 --no-pager || true")
            .map_or_else(|e| e.to_string(), |a| a.output)
    }

    fn is_active(&self) -> bool {
        self.answer("systemctl is-active cairnd").output == "active"
    }

    /// Waits for the restart that was asked for and starts the machine again.
    fn restarted(&mut self, patience: u64) {
        assert_eq!(self.container.wait(Duration::from_secs(patience)).unwrap(), Ending::Restart);
        self.container.boot().unwrap();
    }

    /// Everybody agrees on what runs.
    fn assert_runs(&self, version: &str, commit: &str) {
        let status = self.status();
        assert_eq!(status["running"]["version"], version, "{status}");
        assert_eq!(status["running"]["checksum"], commit);
        assert_eq!(self.run("cat /usr/share/cairn-test/version"), version);
        let booted = self.run("ostree admin status | sed -n 's/^\\* [^ ]* //p'");
        assert!(booted.starts_with(commit), "{booted}");
    }
}

/// `Key=Value` lines of `systemctl show`.
fn property<'a>(shown: &'a str, name: &str) -> &'a str {
    shown.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('=')).unwrap_or_default()
}

#[test]
fn the_service_comes_when_called_is_confined_and_leaves_when_idle() {
    let Some(world) = World::start() else { return };
    assert!(!world.is_active(), "nobody has called yet");
    let start = Instant::now();
    assert_eq!(world.status()["running"]["version"], FIRST);
    println!("cold answer after {:.2} s", start.elapsed().as_secs_f32());

    let shown = world.run("systemctl show cairnd");
    for (name, value) in [
        ("ActiveState", "active"),
        ("SubState", "running"),
        ("Type", "dbus"),
        ("BusName", "io.github.cairndesktop.Cairn1"),
        ("ProtectSystem", "strict"),
        ("PrivateMounts", "yes"),
        ("ProtectHome", "yes"),
        ("NoNewPrivileges", "yes"),
        ("MemoryDenyWriteExecute", "yes"),
    ] {
        assert_eq!(property(&shown, name), value, "{name}");
    }
    let owner = "busctl --system call org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus \
        GetConnectionUnixProcessID s io.github.cairndesktop.Cairn1";
    assert_eq!(
        world.run(owner),
        format!("u {}", property(&shown, "MainPID")),
        "the unit's process has the name"
    );
    let bus = world.run("journalctl -b -o cat -u dbus.service");
    assert!(bus.contains("unit='cairnd.service'"), "the bus asked systemd: {bus}");

    // What the kernel says of the process, which the unit file only promises.
    let process = world.run(&format!("cat /proc/{}/status", property(&shown, "MainPID")));
    let field = |name: &str| process.lines().find_map(|l| l.strip_prefix(name)).unwrap_or_default().trim();
    assert_eq!((field("NoNewPrivs:"), field("Seccomp:")), ("1", "2"));
    let capabilities = u64::from_str_radix(field("CapBnd:"), 16).unwrap();
    for (number, name) in [(1, "DAC_OVERRIDE"), (21, "SYS_ADMIN")] {
        assert!(capabilities & (1 << number) != 0, "needs {name}");
    }
    for (number, name) in
        [(7, "SETUID"), (12, "NET_ADMIN"), (16, "SYS_MODULE"), (19, "SYS_PTRACE"), (22, "SYS_BOOT")]
    {
        assert!(capabilities & (1 << number) == 0, "has {name}");
    }
    let analysis = world.run("systemd-analyze security --no-pager cairnd.service");
    let overall = analysis.lines().find(|line| line.contains("Overall exposure level")).unwrap();
    let exposure: f32 = overall.split_whitespace().find_map(|word| word.parse().ok()).unwrap();
    println!("exposure {exposure}");
    assert!(exposure <= 3.0, "{analysis}");

    let start = Instant::now();
    // Looking at the process, not asking systemd, so that nobody connects to the bus meanwhile.
    let gone = format!("! test -d /proc/{}", property(&shown, "MainPID"));
    while world.answer(&gone).status != 0 {
        assert!(start.elapsed() < Duration::from_secs(100), "still there: {}", world.journal());
        std::thread::sleep(Duration::from_secs(1));
    }
    assert!(!world.is_active());
    println!("left after {:.0} s", start.elapsed().as_secs_f32());
    assert!(start.elapsed() > Duration::from_secs(50), "left too early");
    let shown = world.run("systemctl show cairnd");
    assert_eq!((property(&shown, "Result"), property(&shown, "ExecMainStatus")), ("success", "0"));
    assert_eq!(world.status()["running"]["version"], FIRST);
    assert!(world.is_active(), "called again");
}

#[test]
fn a_user_without_a_session_changes_nothing() {
    let Some(world) = World::start() else { return };
    world.ask("check");
    let deployments = "ostree admin status; cat /boot/loader/entries/*; ls /run/ostree";
    let before = (world.run(deployments), world.ask("history"));
    let as_user = |command: &str| world.container.run_as_user(&format!("cairnctl {command}")).unwrap();
    assert_eq!(as_user("status").status, 0, "looking is free");
    let wishes = ["update", "keep running", "name running mine", "works", "check"];
    let restarts =
        ["restart now", "restart now --anyway", "restart at 03:00", "restart tonight", "restart at-shutdown"];
    for command in wishes.iter().chain(&restarts) {
        let answer = as_user(command);
        assert_eq!(answer.status, 4, "{command}: {}", answer.output);
    }
    world.ask("update");
    world.ask("keep running");
    let staged = world.status();
    assert_eq!(staged["next"]["version"], UPDATE);
    let before_staged = (world.run(deployments), world.ask("history"));
    assert_ne!(before.0, before_staged.0, "root may");
    for command in ["drop", "unkeep running"] {
        let answer = as_user(command);
        assert_eq!(answer.status, 4, "{command}: {}", answer.output);
    }
    assert_eq!((world.run(deployments), world.ask("history")), before_staged);
    assert!(world.status()["restart"].is_null());
    let asked = world.run("journalctl -b -o json -u cairnd | grep -c '\"CAIRN_UID\":\"1000\"'");
    assert!(asked.parse::<u32>().unwrap() >= 10, "each refusal is in the journal: {asked}");
    assert_eq!(
        before.1["history"].as_array().unwrap().len() + 2,
        before_staged.1["history"].as_array().unwrap().len()
    );
}

/// A clock time of the machine that is at least half a minute ahead, as a person would type it, and how long until then.
fn soon(world: &World) -> (String, u64) {
    let now: u64 = world.run("date +%s").parse().unwrap();
    let due = (now + 30).div_ceil(60) * 60;
    (world.run(&format!("date -d @{due} +%H:%M")), due - now)
}

#[test]
fn an_update_restarts_on_schedule_and_the_way_back_holds() {
    let Some(mut world) = World::start() else { return };
    let (first, update) = (world.image.first.clone(), world.image.update.clone());
    world.assert_runs(FIRST, &first);
    let machine = world.run("cat /etc/machine-id");
    world.run("echo mine >/etc/of-the-person; echo kept >/var/lib/of-the-person");

    let done = world.ask("update");
    assert_eq!(done["done"]["target"], UPDATE, "{done}");
    assert_eq!(done["done"]["verification"]["kind"], "signed", "{done}");
    let status = world.status();
    assert_eq!(
        (&status["next"]["version"], &status["next"]["staged"]),
        (&UPDATE.into(), &true.into()),
        "{status}"
    );
    let (time, left) = soon(&world);
    world.ask(&format!("restart at {time}"));
    let planned = world.status()["restart"].take();
    assert_eq!(planned["when"]["kind"], "at", "{planned}");

    // The schedule outlives its keeper.
    world.run("systemctl kill -s KILL cairnd");
    let start = Instant::now();
    // systemd brings it back; nobody calls it meanwhile.
    while world.run("systemctl show cairnd -p NRestarts --value") != "1" || !world.is_active() {
        assert!(start.elapsed() < Duration::from_secs(20), "{}", world.journal());
        std::thread::sleep(Duration::from_millis(200));
    }
    assert_eq!(world.status()["restart"], planned);

    world.restarted(left + 30);
    world.assert_runs(UPDATE, &update);
    let log = world.run("journalctl -b -1 -o cat -u ostree-finalize-staged -u systemd-logind -u cairnd");
    for line in ["Finalized deployment", "The system will reboot now!", "restarting"] {
        assert!(log.contains(line), "{line} is not in {log}");
    }
    assert_eq!(world.run("cat /etc/of-the-person /etc/cairn-test.conf"), format!("mine\nedition={UPDATE}"));
    assert_eq!(world.run("cat /var/lib/of-the-person /etc/machine-id"), format!("kept\n{machine}"));
    let status = world.status();
    assert!(status["restart"].is_null(), "a schedule is for one restart: {status}");
    assert_eq!(
        (&status["running"]["health"]["kind"], &status["previous"]["version"]),
        (&"trial".into(), &FIRST.into())
    );

    let refused = |world: &World, command: &str| {
        let answer = world.container.run_as_user(&format!("cairnctl {command}")).unwrap();
        assert_eq!(answer.status, 4, "{command}: {}", answer.output);
    };
    let deployments = world.run("ostree admin status; cat /boot/loader/entries/*");
    refused(&world, "go-back");
    refused(&world, &format!("start-next {FIRST}"));
    assert_eq!(world.run("ostree admin status; cat /boot/loader/entries/*"), deployments);
    let done = world.ask("go-back");
    assert_eq!(done["done"]["target"], FIRST, "{done}");
    world.ask("restart now");
    world.restarted(60);
    world.assert_runs(FIRST, &first);
    assert_eq!(world.run("cat /etc/of-the-person /etc/cairn-test.conf"), format!("mine\nedition={FIRST}"));
    assert_eq!(world.run("cat /var/lib/of-the-person"), "kept");

    let found = world.ask("check");
    assert_eq!(
        (&found["update"]["version"], &found["update"]["skipped"]),
        (&UPDATE.into(), &true.into()),
        "{found}"
    );
    assert_eq!(world.ask("update")["done"]["nothing"]["code"], "skipped");
    let status = world.status();
    assert_eq!(status["held_back"][0]["version"], UPDATE, "{status}");
    assert_eq!(status["restart_pending"], false, "{status}");
    refused(&world, &format!("remove {UPDATE}"));
    world.ask(&format!("remove {UPDATE}"));
    assert_eq!(world.run("ostree admin status | grep -c Version:"), "1");
    let history = world.ask("history");
    let told: Vec<String> = history["history"].as_array().unwrap().iter().rev().map(entry).collect();
    let wanted = [
        format!("update {UPDATE} done 0"),
        format!("started {UPDATE} done 0"),
        format!("go-back {FIRST} done 0"),
        format!("started {FIRST} done 0"),
        format!("remove {UPDATE} done 0"),
    ];
    assert_eq!(told, wanted, "{history}");
}

fn entry(record: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (wish, target, outcome) = (&record["wish"], &record["target"], &record["outcome"]["kind"]);
    format!("{} {} {} {}", text(wish), text(target), text(outcome), record["uid"])
}
