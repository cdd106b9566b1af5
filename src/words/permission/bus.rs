//! Services that an app may talk to, by what they are for.

use crate::fill;
use gettextrs::gettext;

/// What talking to this name lets an app do.
pub fn title(name: &str, system: bool) -> String {
    let known = if system { of_the_system(name) } else { of_the_session(name) };
    known.unwrap_or_else(|| {
        let template = if system {
            gettext("Can talk to the system service {name}")
        } else {
            gettext("Can talk to the app or service {name}")
        };
        fill(&template, &[("name", name)])
    })
}

/// True if a name is `prefix` itself or below it.
fn below(name: &str, prefix: &str) -> bool {
    name.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn of_the_session(name: &str) -> Option<String> {
    Some(match name {
        "org.freedesktop.Notifications" => gettext("Shows notifications"),
        "org.freedesktop.FileManager1" => gettext("Can show files in the file manager"),
        "org.freedesktop.ScreenSaver"
        | "org.freedesktop.PowerManagement"
        | "org.freedesktop.PowerManagement.Inhibit"
        | "org.gnome.SessionManager"
        | "org.gnome.Mutter.IdleMonitor" => gettext("Can keep the screen on"),
        "ca.desrt.dconf" => gettext("Can change the settings of the desktop and of other apps"),
        "com.canonical.AppMenu.Registrar" => gettext("Shows its menu in the bar of the desktop"),
        "org.gnome.OnlineAccounts" => gettext("Can use your online accounts"),
        "org.gnome.SettingsDaemon.MediaKeys" => gettext("Reacts to the keys for music and video"),
        "org.gnome.SettingsDaemon.Color" => gettext("Can see the colour profiles of your screens"),
        _ if below(name, "org.gnome.Shell.Screencast") || below(name, "org.gnome.Shell.Screenshot") => {
            gettext("Can record the screen")
        }
        _ if below(name, "org.freedesktop.secrets") || name.starts_with("org.kde.kwalletd") => {
            gettext("Can use your saved passwords")
        }
        _ if below(name, "org.gtk.vfs") => gettext("Opens files on servers and phones"),
        _ if below(name, "org.a11y") => gettext("Works with screen readers"),
        _ if below(name, "org.mpris.MediaPlayer2") => gettext("Can control music and video players"),
        _ if below(name, "org.kde.StatusNotifierWatcher") || below(name, "org.kde.StatusNotifierItem") => {
            gettext("Shows an icon in the bar of the desktop")
        }
        _ if name.starts_with("org.gnome.evolution.dataserver") => {
            gettext("Can use your calendars and contacts")
        }
        _ if name.starts_with("org.freedesktop.Tracker")
            || name.starts_with("org.freedesktop.LocalSearch") =>
        {
            gettext("Can search your files")
        }
        _ => return None,
    })
}

fn of_the_system(name: &str) -> Option<String> {
    Some(match name {
        "org.freedesktop.login1" => gettext("Can keep the computer awake, or turn it off"),
        "org.freedesktop.UPower" => gettext("Can see the battery"),
        "org.freedesktop.UDisks2" => gettext("Can use and eject drives"),
        "org.freedesktop.NetworkManager" => gettext("Can see your network connections"),
        "org.freedesktop.Avahi" => gettext("Can find devices in your network"),
        "org.freedesktop.GeoClue2" => gettext("Can ask where you are"),
        "org.freedesktop.PackageKit" => gettext("Can ask to install programs"),
        "org.freedesktop.Accounts" | "org.freedesktop.Accounts.User" => {
            gettext("Can see who uses this computer")
        }
        "org.bluez" => gettext("Can use Bluetooth"),
        "org.cups.cupsd" => gettext("Can see your printers"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::title;

    #[test]
    fn a_name_counts_only_on_its_own_bus() {
        assert_eq!(title("org.freedesktop.UPower", true), "Can see the battery");
        assert_eq!(
            title("org.freedesktop.UPower", false),
            "Can talk to the app or service org.freedesktop.UPower"
        );
    }

    #[test]
    fn names_below_a_family_belong_to_it() {
        assert_eq!(title("org.gtk.vfs.Daemon", false), "Opens files on servers and phones");
        assert_eq!(title("org.gtk.vfs.*", false), "Opens files on servers and phones");
        assert!(title("org.gtk.vfsx", false).ends_with("org.gtk.vfsx"));
    }
}
