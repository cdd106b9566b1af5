//! Folders as people call them. The names are those of flatpak-metadata(5), `filesystems`.

use crate::fill;
use gettextrs::gettext;

/// `Can see the folder Documents`, `Can read and change drives that you plug in`.
pub fn title(path: &str, write: bool) -> String {
    let place = place(path);
    let template = if write { gettext("Can read and change {place}") } else { gettext("Can see {place}") };
    fill(&template, &[("place", &place)])
}

/// What the path is about, fitting into a sentence after “see” and “change”.
fn place(path: &str) -> String {
    let path = path.trim_end_matches('/');
    if let Some(place) = special(path) {
        return place;
    }
    let (first, rest) = path.split_once('/').unwrap_or((path, ""));
    let named = |template: &str, name: &str| fill(template, &[("name", name)]);
    match first {
        "xdg-config" => named(&gettext("the settings “{name}”"), rest),
        "xdg-data" => named(&gettext("the data “{name}” of other apps"), rest),
        "xdg-cache" => named(&gettext("the temporary data “{name}” of other apps"), rest),
        "xdg-run" => named(&gettext("the connection “{name}” to a running service"), rest),
        _ => {
            let folder = known(first).unwrap_or_else(|| first.to_owned());
            let whole = if rest.is_empty() { folder } else { format!("{folder}/{rest}") };
            named(&gettext("the folder {name}"), &whole)
        }
    }
}

/// Places that are more, or other, than a folder.
fn special(path: &str) -> Option<String> {
    Some(match path {
        "/media" | "/run/media" | "/mnt" => gettext("drives that you plug in"),
        "/tmp" | "/var/tmp" => gettext("temporary files of all apps"),
        "host-os" | "/usr" => gettext("the programs of the system"),
        "host-etc" | "/etc" => gettext("the settings of the system"),
        "host-root" | "/" => gettext("everything on the disk"),
        "xdg-config" | "~/.config" => gettext("the settings of all your apps"),
        "xdg-data" | "~/.local/share" | "~/.var/app" => gettext("the data of all your apps"),
        "xdg-cache" | "~/.cache" => gettext("the temporary data of all your apps"),
        "xdg-run" => gettext("the connections to running services"),
        "xdg-run/gvfs" | "xdg-run/gvfsd" => gettext("files on servers and phones that are connected"),
        "xdg-run/pipewire-0" => gettext("all sound and video, with camera and screen"),
        "xdg-config/kdeglobals" => gettext("the colours and fonts of the desktop"),
        "xdg-config/autostart" => gettext("what starts when you log in"),
        "xdg-data/applications" => gettext("the list of your apps"),
        "xdg-data/fonts" | "~/.fonts" => gettext("your fonts"),
        "~/.ssh" => gettext("your keys for other computers"),
        "~/.gnupg" => gettext("your keys for encryption"),
        _ => return None,
    })
}

/// The person's usual folders, as the desktop names them (user-dirs).
fn known(name: &str) -> Option<String> {
    Some(match name {
        "xdg-desktop" => gettext("Desktop"),
        "xdg-documents" => gettext("Documents"),
        "xdg-download" => gettext("Downloads"),
        "xdg-music" => gettext("Music"),
        "xdg-pictures" => gettext("Pictures"),
        "xdg-public-share" => gettext("Public"),
        "xdg-videos" => gettext("Videos"),
        "xdg-templates" => gettext("Templates"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::title;

    #[test]
    fn folders_are_called_as_people_do() {
        let cases = [
            ("xdg-documents", false, "Can see the folder Documents"),
            ("xdg-music/Records", true, "Can read and change the folder Music/Records"),
            ("~/Games", true, "Can read and change the folder ~/Games"),
            ("/run/media", true, "Can read and change drives that you plug in"),
            ("xdg-config/kdeglobals", false, "Can see the colours and fonts of the desktop"),
            ("xdg-config/gtk-3.0", false, "Can see the settings “gtk-3.0”"),
            ("xdg-config", true, "Can read and change the settings of all your apps"),
        ];
        for (path, write, words) in cases {
            assert_eq!(title(path, write), words, "{path}");
        }
    }
}
