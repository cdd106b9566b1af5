//! Whether a licence leaves people free, by its SPDX expression (SPDX 2.3, annex D).

/// Licences with an SPDX id that forbid some use or some change; everything else on SPDX's list that catalogues name
/// is accepted by the FSF, the OSI or Debian.
const NOT_FREE: [&str; 8] =
    ["busl-", "sspl-", "elastic-", "polyform-", "aladdin", "proprietary", "noassertion", "none"];

/// An expression of nothing but free licences, or one that offers them as a choice. Nothing said is not free.
pub(crate) fn is_free(expression: &str) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ");
    // Each open parenthesis is a level: what `OR` has seen so far, and what `AND` has since the last `OR`.
    let mut levels: Vec<(bool, Option<bool>)> = vec![(false, None)];
    let mut words = spaced.split_whitespace().peekable();
    while let Some(word) = words.next() {
        match word {
            "(" => levels.push((false, None)),
            ")" => {
                let inner = levels.pop().is_some_and(result);
                and(&mut levels, inner);
            }
            _ if word.eq_ignore_ascii_case("with") => {
                words.next();
            }
            _ if word.eq_ignore_ascii_case("and") => {}
            _ if word.eq_ignore_ascii_case("or") => {
                if let Some(level) = levels.last_mut() {
                    *level = (result(*level), None);
                }
            }
            _ => and(&mut levels, single(word)),
        }
    }
    // One that is left open or closed too often is no expression.
    levels.len() == 1 && levels.pop().is_some_and(result)
}

fn result((before, since): (bool, Option<bool>)) -> bool {
    before || since == Some(true)
}

fn and(levels: &mut [(bool, Option<bool>)], value: bool) {
    if let Some((_, since)) = levels.last_mut() {
        *since = Some(since.unwrap_or(true) && value);
    }
}

fn single(id: &str) -> bool {
    let id = id.to_ascii_lowercase();
    if let Some(own) = id.strip_prefix("licenseref-") {
        return own.starts_with("free") || own.starts_with("public-domain");
    }
    let commons = id.starts_with("cc-") && (id.contains("-nc") || id.contains("-nd"));
    !commons && !NOT_FREE.iter().any(|start| id.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_weighed() {
        for free in [
            "GPL-3.0-or-later",
            "MIT AND Apache-2.0",
            "GPL-2.0-only WITH Classpath-exception-2.0",
            "LicenseRef-proprietary OR MIT",
            "(MIT OR LicenseRef-proprietary=x) AND CC0-1.0",
        ] {
            assert!(is_free(free), "{free}");
        }
        for not in [
            "",
            "LicenseRef-proprietary=https://x.org",
            "MIT AND LicenseRef-proprietary",
            "CC-BY-NC-SA-4.0",
            "BUSL-1.1",
            "(MIT",
            "MIT)",
            "AND",
            "(((",
            "MIT AND (LicenseRef-x OR SSPL-1.0)",
        ] {
            assert!(!is_free(not), "{not}");
        }
    }
}
