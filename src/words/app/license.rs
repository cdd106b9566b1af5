//! What a licence means for the person.

use gettextrs::gettext;

/// Heading and details. `license` is an SPDX expression, empty if nothing is said; `free` as the catalogue judges it.
pub fn license(license: &str, free: bool) -> (String, String) {
    match (license.is_empty(), free) {
        (_, true) => (gettext("Free software"), free_details(license)),
        (true, false) => (gettext("Licence not known"), gettext("Nobody says what may be done with it")),
        (false, false) => (gettext("Proprietary"), gettext("Its maker alone decides what it does")),
    }
}

/// A licence outside the SPDX list is an address or a word for programs, nothing to show.
fn free_details(license: &str) -> String {
    if license.is_empty() || license.starts_with("LicenseRef") {
        gettext("Everyone may use, study, share and improve it")
    } else {
        license.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::license;

    #[test]
    fn only_names_that_people_can_look_up_are_shown() {
        assert_eq!(license("GPL-3.0-or-later", true), ("Free software".into(), "GPL-3.0-or-later".into()));
        assert!(!license("LicenseRef-free=https://example.org", true).1.contains("example"));
        assert_eq!(license("LicenseRef-proprietary", false).0, "Proprietary");
        assert_eq!(license("", false).0, "Licence not known");
    }
}
