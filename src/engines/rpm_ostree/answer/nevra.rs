//! How rpm names a package: name, epoch, version, release, architecture.

use cairn_model::{PackageName, text};

/// Name and version of `name-[epoch:]version-release.arch`; `None` for what is not spelled so.
pub fn split(nevra: &str) -> Option<(&str, &str)> {
    let (rest, _arch) = nevra.rsplit_once('.')?;
    let (upper, _release) = rest.rsplit_once('-')?;
    let (name, _version) = upper.rsplit_once('-')?;
    let version = rest.get(name.len() + 1..)?;
    Some((name, version)).filter(|(name, version)| !name.is_empty() && !version.is_empty())
}

/// The package of that spelling, where it is one that has a plain name.
pub fn package(nevra: &str) -> Option<(PackageName, String)> {
    let (name, version) = split(nevra)?;
    Some((PackageName::new(name).ok()?, text::line(version)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_in_names_stay_there() {
        assert_eq!(split("google-chrome-stable-1:131.0-1.x86_64"), Some(("google-chrome-stable", "1:131.0-1")));
        for none in ["", "vim", "vim.x86_64", "vim-9.x86_64", "-1-1.noarch", "\u{fc}.-"] {
            assert_eq!(split(none), None, "{none}");
        }
    }
}
