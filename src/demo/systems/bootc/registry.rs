//! What the image's makers have published, and what follows from a version: digests, times, sizes.

/// Image → the version that it has now.
const PUBLISHED: [(&str, &str); 3] = [
    ("ghcr.io/ublue-os/bluefin:stable", "stable-43.20261117"),
    ("ghcr.io/ublue-os/bluefin:latest", "latest-43.20261118"),
    ("ghcr.io/ublue-os/bluefin:gts", "gts-42.20261115"),
];
/// Of an update, in bytes; a week's worth of changed layers.
pub const DOWNLOAD: u64 = 734_003_200;
pub const LAYERS: u64 = 8;

/// What that image is now, if there is one.
pub fn offers(image: &str) -> Option<&'static str> {
    PUBLISHED.iter().find(|(known, _)| *known == image).map(|(_, version)| *version)
}

/// The digest of a version's manifest.
pub fn digest(image: &str, version: &str) -> String {
    format!("sha256:{}", hex("manifest", image, version))
}

/// The checksum of its merge commit.
pub fn checksum(image: &str, version: &str) -> String {
    hex("commit", image, version)
}

/// Images are built in the early morning of the day that their version names.
pub fn built(version: &str) -> String {
    let day = version.rsplit('.').next().unwrap_or_default();
    match (day.get(..4), day.get(4..6), day.get(6..8)) {
        (Some(year), Some(month), Some(day)) => format!("{year}-{month}-{day}T04:47:12Z"),
        _ => "2026-01-01T00:00:00Z".to_owned(),
    }
}

/// 64 digits that look as if a hash had made them, always the same for the same words.
fn hex(kind: &str, image: &str, version: &str) -> String {
    let part = |salt: u64| {
        let mut sum = 0xcbf2_9ce4_8422_2325 ^ salt.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for byte in [kind, image, version].join(" ").bytes() {
            sum = (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            sum ^= sum >> 29;
        }
        format!("{sum:016x}")
    };
    (1..=4).map(part).collect()
}
