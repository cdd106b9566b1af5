//! What the boot script needs on disk: the bus, its services, polkit's folders, and the kernel's words.

use super::{BINARIES, Config, Entry, Polkit};
use crate::error::At;
use crate::{Error, Result};
use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

const NAME: &str = "io.github.cairndesktop.Cairn1";
const APP_ID: &str = "io.github.cairndesktop.Cairn";

const RULES: &str = r#"// The demo's own rule: root and the demo user may do everything of Cairn without a password.
polkit.addRule(function (action, subject) {
  if (action.id.indexOf("io.github.cairndesktop.cairn.") == 0 &&
      (subject.user == "root" || subject.user == "demo")) {
    return polkit.Result.YES;
  }
});
"#;

const SYSTEMCTL: &str = "#!/bin/sh\n# No init here: libostree's start of ostree-finalize-staged.service succeeds.\n\
    [ \"$1\" != start ] || exit 0\necho \"systemctl $*: no init in the demo world\" >&2\nexit 1\n";

const OWN_POLICY: &str = "<busconfig><policy user=\"root\"><allow own=\"io.github.cairndesktop.Cairn1\"/></policy>\
    <policy context=\"default\"><allow send_destination=\"io.github.cairndesktop.Cairn1\"/></policy></busconfig>\n";

const DEMO_POLICY: &str = "<busconfig><policy user=\"root\"><allow own=\"io.github.cairndesktop.Demo1\"/></policy>\
    <policy context=\"default\"><allow send_interface=\"io.github.cairndesktop.Demo1\"/></policy></busconfig>\n";

/// A played system's stand-ins may have any name, and everybody may talk to them: who may do what is the business of each.
const PLAYED_POLICY: &str = "<busconfig><policy user=\"root\"><allow own=\"*\"/><allow send_destination=\"*\"/></policy>\
    </busconfig>\n";

// No servicehelper: the daemon starts services itself, as root. No system service folders: nothing else starts.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=/run/dbus/system_bus_socket</listen>
  <auth>EXTERNAL</auth>
  <servicedir>/run/cairn-demo/services</servicedir>
  <policy context="default">
    <allow user="*"/>
    <deny own="*"/>
    <deny send_type="method_call"/>
    <allow send_type="signal"/>
    <allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/>
    <allow receive_type="method_return"/>
    <allow receive_type="error"/>
    <allow receive_type="signal"/>
    <allow send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus"/>
    <allow send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus.Introspectable"/>
    <allow send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus.Properties"/>
  </policy>
  <policy user="root">
    <allow send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus.Monitoring"/>
    <allow send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus.Debug.Stats"/>
  </policy>
  <includedir>/usr/share/dbus-1/system.d</includedir>
  <includedir>/etc/dbus-1/system.d</includedir>
  <includedir>/run/cairn-demo/policy</includedir>
</busconfig>
"#;

/// Writes it all to `boot/` in the work folder, anew for each boot.
pub(super) fn configure(work: &Path, config: &Config, entry: &Entry) -> Result<()> {
    let boot = work.join("boot");
    for name in ["actions", "rules", "services", "policy"] {
        let folder = boot.join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder).at(&folder)?;
        }
        fs::create_dir_all(&folder).at(&folder)?;
    }
    let put = |name: &str, text: &str| fs::write(boot.join(name), text).at(boot.join(name));
    match config.system {
        // The words that name a deployment would tell another story.
        Some(_) => put("cmdline", "quiet splash\n")?,
        None => put("cmdline", &format!("{}\n", entry.options))?,
    }
    put("boot_id", &fresh_boot_id()?)?;
    put("bus.conf", BUS)?;
    put("systemctl", SYSTEMCTL)?;
    fs::set_permissions(boot.join("systemctl"), fs::Permissions::from_mode(0o755)).at(&boot)?;
    put("policy/demo.conf", DEMO_POLICY)?;
    if config.system.is_some() {
        put("policy/played.conf", PLAYED_POLICY)?;
    }
    put(
        &format!("services/{NAME}.service"),
        &format!("[D-BUS Service]\nName={NAME}\nExec={BINARIES}/cairnd\nUser=root\n"),
    )?;
    copy(&entry.deployment.join("usr/share/polkit-1/actions"), &boot.join("actions"), "policy")?;
    let mut policies = 0;
    if let Some(data) = &config.data {
        policies = copy(&data.join("dbus"), &boot.join("policy"), "conf")?;
        copy(&data.join("polkit"), &boot.join("actions"), "policy")?;
    }
    if policies == 0 {
        put("policy/cairn.conf", OWN_POLICY)?;
    }
    let rules = match &config.polkit {
        Polkit::Friendly => RULES.to_owned(),
        Polkit::Rules(path) => fs::read_to_string(path).at(path)?,
    };
    put("rules/10-cairn-demo.rules", &rules)
}

/// Copies the files with that ending; a missing folder has none. Templates of the build (`.in`) are filled in, so that
/// the source tree's own data folder can be used.
fn copy(from: &Path, to: &Path, ending: &str) -> Result<usize> {
    let mut count = 0;
    for file in fs::read_dir(from).into_iter().flatten().flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        let plain = name.trim_end_matches(".in");
        if Path::new(plain).extension().is_some_and(|e| e == ending) {
            let text = fs::read_to_string(file.path()).at(file.path())?;
            fs::write(to.join(plain), text.replace("@APP_ID@", APP_ID)).at(to.join(plain))?;
            count += 1;
        }
    }
    Ok(count)
}

fn fresh_boot_id() -> Result<String> {
    let path = Path::new("/proc/sys/kernel/random/uuid");
    let mut id = String::new();
    fs::File::open(path).and_then(|mut f| f.read_to_string(&mut id)).at(path)?;
    Ok(id)
}

/// Waits until the bus takes connections.
pub(super) async fn wait(socket: &Path) -> Result<()> {
    while tokio::net::UnixStream::connect(socket).await.is_err() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}

/// Waits until polkit has its name.
pub(super) async fn wait_for_polkit(connection: &zbus::Connection) -> Result<()> {
    let bus = zbus::fdo::DBusProxy::new(connection).await?;
    let name = zbus::names::BusName::try_from("org.freedesktop.PolicyKit1")
        .map_err(|e| Error::NotUp(e.to_string()))?;
    while !bus.name_has_owner(name.clone()).await.map_err(zbus::Error::from)? {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}
