//! `/etc/rpm-ostreed.conf` (rpm-ostree: man/rpm-ostreed.conf.xml), a key file of GLib's: what is not asked about stays as it is,
//! byte for byte.

/// Where it lies.
pub const FILE: &str = "/etc/rpm-ostreed.conf";
const GROUP: &str = "Daemon";
const KEY: &str = "AutomaticUpdatePolicy";
const LOCK: &str = "LockLayering";

/// What the file says the service does by itself.
pub fn policy(text: &str) -> Option<&str> {
    told(text, KEY)
}

/// Whether the file says that no packages are added and none left out. Anything but a yes is a no, as upstream reads it.
pub fn locks_layering(text: &str) -> bool {
    // A yes of a key file is one of these two (GLib: `g_key_file_get_boolean`).
    told(text, LOCK).is_some_and(|word| word == "true" || word == "1")
}

/// Where a key stands twice, the last one holds.
fn told<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let mut inside = false;
    let mut found = None;
    for line in text.lines() {
        inside = group(line).map_or(inside, |name| name == GROUP);
        if let Some(at) = value(line, key).filter(|_| inside) {
            found = line.get(at..).map(str::trim_end);
        }
    }
    found
}

/// The same file with that word. It is to be one word.
pub fn with_policy(text: &str, word: &str) -> String {
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut new = String::with_capacity(text.len() + KEY.len() + GROUP.len() + word.len() + 8);
    let (mut inside, mut replaced, mut place) = (false, false, None);
    for line in text.split_inclusive('\n') {
        let content = line.trim_end_matches(['\n', '\r']);
        inside = group(content).map_or(inside, |name| name == GROUP);
        match value(content, KEY).filter(|_| inside) {
            Some(at) => {
                new += content.get(..at).unwrap_or_default();
                new += word;
                new += line.get(content.len()..).unwrap_or_default();
                replaced = true;
            }
            None => new += line,
        }
        if inside && place.is_none() {
            place = Some(new.len());
        }
    }
    if replaced {
        return new;
    }
    if !new.is_empty() && !new.ends_with('\n') {
        new += end;
    }
    match place {
        Some(place) => new.insert_str(place.max(line_end(&new, place)), &format!("{KEY}={word}{end}")),
        None => new += &format!("[{GROUP}]{end}{KEY}={word}{end}"),
    }
    new
}

/// Where the next line begins: the header may have had no end before.
fn line_end(text: &str, place: usize) -> usize {
    if text.get(..place).is_some_and(|before| before.ends_with('\n')) { place } else { text.len() }
}

fn group(line: &str) -> Option<&str> {
    line.trim().strip_prefix('[')?.strip_suffix(']')
}

/// Where the value of the key begins, in a line that sets it.
fn value(line: &str, wanted: &str) -> Option<usize> {
    let (key, value) = line.split_once('=')?;
    (key.trim() == wanted).then(|| line.len() - value.trim_start().len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_else_stays_as_it_is() {
        let file = "# a\n\n[Other]\nAutomaticUpdatePolicy=x\n [Daemon] \n#AutomaticUpdatePolicy=none\n\tLockLayering = true\n";
        let new = with_policy(file, "stage");
        assert_eq!(new, file.replace("[Daemon] \n", "[Daemon] \nAutomaticUpdatePolicy=stage\n"));
        assert_eq!((policy(file), policy(&new)), (None, Some("stage")));
        let again = with_policy(&new, "none");
        assert_eq!(again, new.replace("=stage", "=none"));
        assert_eq!(with_policy(&again, "none"), again);
    }

    #[test]
    fn only_a_yes_of_its_own_group_locks() {
        for yes in ["[Daemon]\nLockLayering=true", "[A]\nx=1\n[Daemon]\n LockLayering = 1 \n[B]\n"] {
            assert!(locks_layering(yes), "{yes:?}");
        }
        for no in ["", "LockLayering=true", "[Daemon]\n#LockLayering=true", "[Daemon]\nLockLayering=false", "[A]\nLockLayering=true", "[Daemon]\nLockLayering=true\nLockLayering=false"] {
            assert!(!locks_layering(no), "{no:?}");
        }
    }

    #[test]
    fn odd_files_are_understood() {
        for (file, new) in [
            ("", "[Daemon]\nAutomaticUpdatePolicy=check\n"),
            ("[Daemon]", "[Daemon]\nAutomaticUpdatePolicy=check\n"),
            ("[A]\nB=1", "[A]\nB=1\n[Daemon]\nAutomaticUpdatePolicy=check\n"),
            ("[Daemon]\r\nX=1\r\n", "[Daemon]\r\nAutomaticUpdatePolicy=check\r\nX=1\r\n"),
            ("[Daemon]\r\n AutomaticUpdatePolicy = \r\n", "[Daemon]\r\n AutomaticUpdatePolicy = check\r\n"),
            (
                "[Daemon]\nAutomaticUpdatePolicy=stage\nAutomaticUpdatePolicy= none",
                "[Daemon]\nAutomaticUpdatePolicy=check\nAutomaticUpdatePolicy= check",
            ),
        ] {
            assert_eq!(with_policy(file, "check"), *new, "{file:?}");
            assert_eq!(policy(new), Some("check"), "{file:?}");
        }
    }
}
