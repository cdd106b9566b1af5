//! `cairn-demo run` from outside: what a command sees, and that nothing is left when it ends.

// What cannot be prepared fails the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output};

fn run(arguments: &[&str], script: &str) -> Option<(Output, String)> {
    if !rustix::process::geteuid().is_root() {
        println!("skipped: needs root (./dev test)");
        return None;
    }
    let place = tempfile::Builder::new().prefix("cairn-test-").tempdir_in("/var/tmp").unwrap();
    let path = place.path().join("script");
    write!(std::fs::File::create(&path).unwrap(), "set -eu\n{script}").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_cairn-demo"));
    command.arg("run").arg("--work").arg(place.path().join("world")).args(arguments);
    command.arg("--").arg("sh").arg(&path).env("PLACE", place.path());
    let output = command.output().unwrap();
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(!place.path().join("world").exists(), "{text}");
    assert_eq!(processes(place.path()), Vec::<String>::new(), "{text}");
    Some((output, text))
}

/// Command lines and environments of processes that mention the place.
fn processes(place: &Path) -> Vec<String> {
    let place = place.to_string_lossy().into_owned();
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let texts = entries.map(|e| {
        let read = |name: &str| std::fs::read(e.path().join(name)).unwrap_or_default();
        String::from_utf8_lossy(&[read("cmdline"), read("environ"), read("mounts")].concat()).into_owned()
    });
    texts.filter(|t| t.contains(&place)).collect()
}

#[test]
fn a_command_steers_the_world_and_outlives_restarts() {
    let script = r#"
        cairn-demo exec ostree admin status | grep -A1 '^\*' | grep 'Version: 44.1'
        ostree admin --sysroot="$CAIRN_DEMO_SYSROOT" status | grep 'Version: 43.4'
        busctl --address="$DBUS_SYSTEM_BUS_ADDRESS" list --no-pager | grep PolicyKit1
        cairn-demo network down
        ! cairn-demo exec ostree admin upgrade --stage
        cairn-demo network up; cairn-demo corrupt on
        ! cairn-demo exec ostree admin upgrade --stage
        cairn-demo corrupt off; cairn-demo rate unlimited
        ! cairn-demo publish 99
        cairn-demo publish 44.4
        cairn-demo inhibit Burner 'a disc is being written'
        login='org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager'
        busctl --address="$DBUS_SYSTEM_BUS_ADDRESS" call $login ListInhibitors | grep Burner
        cairn-demo inhibit none
        cairn-demo sleep
        cairn-demo exec ostree admin upgrade --stage
        cairn-demo restart
        cairn-demo exec cat /etc/os-release | grep '44.4'
        sleep 1000 &
        exit 7"#;
    let Some((output, text)) = run(&[], script) else { return };
    assert_eq!(output.status.code(), Some(7), "{text}");
}

#[test]
fn a_reboot_over_the_bus_restarts_the_window_but_not_the_command() {
    let script = r#"
        login='org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager'
        until [ "$(cat $PLACE/starts 2>/dev/null | wc -l)" = 1 ]; do sleep 0.05; done
        busctl --address="$DBUS_SYSTEM_BUS_ADDRESS" call $login RebootWithFlags t 1
        until [ "$(wc -l <$PLACE/starts)" = 2 ]; do sleep 0.05; done
        cairn-demo power-cut
        until [ "$(wc -l <$PLACE/starts)" = 3 ]; do sleep 0.05; done"#;
    let window = ["--window", "sh", "-c", "echo start >>$PLACE/starts; sleep 1000"];
    let Some((output, text)) = run(&window, script) else { return };
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert_eq!(text.matches("restarted in").count(), 2, "{text}");
}

#[test]
fn apps_are_the_worlds_own_and_the_remote_is_steered() {
    let script = r#"
        case $HOME$FLATPAK_SYSTEM_DIR$FLATPAK_USER_DIR in $CAIRN_DEMO_WORK/*$CAIRN_DEMO_WORK/*$CAIRN_DEMO_WORK/*) ;; *) exit 1 ;; esac
        flatpak list --columns=application,version | grep -P 'org.cairn.apps.Tidepool\t1.4'
        id=org.cairn.apps.Attic
        cairn-demo apps network down
        ! flatpak install --system --noninteractive cairn-apps $id
        cairn-demo apps network up; cairn-demo apps unsign on
        ! flatpak install --system --noninteractive cairn-apps $id
        cairn-demo apps unsign off; cairn-demo apps rate 4000000
        flatpak install --system --noninteractive cairn-apps $id
        flatpak run --command=sh $id -c 'echo here >"$XDG_DATA_HOME/note"'
        grep here $HOME/.var/app/$id/data/note
        cairn-demo apps publish $id --widen
        flatpak update --system --noninteractive $id
        flatpak info --show-permissions $id | grep -w home
        cairn-demo apps broken off; cairn-demo apps corrupt on; cairn-demo apps corrupt off
        ! cairn-demo apps publish org.cairn.apps.Nothing
        flatpak uninstall --system --noninteractive $id
        ! flatpak info $id
        dbus-run-session -- flatpak run org.cairn.apps.Tidepool >/dev/null &
        until flatpak ps --columns=application | grep Tidepool; do sleep 0.05; done"#;
    let Some((output, text)) = run(&[], script) else { return };
    assert_eq!(output.status.code(), Some(0), "{text}");
}

#[test]
fn a_signal_ends_everything() {
    let script = "kill -TERM $(cat /proc/$$/status | sed -n 's/^PPid:\\s*//p'); sleep 1000";
    let Some((output, text)) = run(&[], script) else { return };
    assert_eq!(output.status.code(), Some(143), "{text}");
}
