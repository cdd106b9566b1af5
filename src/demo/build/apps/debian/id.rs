//! Ids that flatpak would take, out of those that Debian has (`0ad.desktop`, `org.kde.kate`).

/// The valid id nearest to this one: three parts or more of letters, digits and `_`, none beginning with a digit.
pub(super) fn valid(id: &str) -> String {
    let plain = id.strip_suffix(".desktop").unwrap_or(id);
    let parts: Vec<String> = plain.split('.').filter(|p| !p.is_empty()).map(part).collect();
    if parts.len() >= 3 && plain.len() < 200 {
        return parts.join(".");
    }
    format!("org.debian.packages.{}", parts.join("_"))
}

fn part(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    if clean.starts_with(|c: char| c.is_ascii_digit()) { format!("_{clean}") } else { clean }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_id_becomes_one_that_flatpak_takes() {
        for (id, wanted) in [
            ("0ad.desktop", "org.debian.packages._0ad"),
            ("org.kde.kate", "org.kde.kate"),
            ("org.kde.kate.desktop", "org.kde.kate"),
            ("io.github.a-b.3D", "io.github.a_b._3D"),
            ("sound-juicer", "org.debian.packages.sound_juicer"),
            ("im.riot", "org.debian.packages.im_riot"),
        ] {
            assert_eq!(super::valid(id), wanted);
        }
    }
}
