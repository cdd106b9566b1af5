//! For whom an app's content is made.

use super::oars;
use crate::fill;
use crate::moment::plural;
use cairn_model::app::details::Intensity;
use gettextrs::{gettext, ngettext};

/// Heading and details; `None` where nothing is said. `age` is the youngest age that it suits, `content` the OARS
/// attributes (<https://hughsie.github.io/oars/>) with how much of each.
pub fn age(age: Option<u8>, content: &[(String, Intensity)]) -> Option<(String, String)> {
    let age = age?;
    let heading = if age == 0 {
        gettext("For everyone")
    } else {
        let words = ngettext("From {n} year", "From {n} years", plural(u64::from(age)));
        fill(&words, &[("n", &age.to_string())])
    };
    let mut present: Vec<&(String, Intensity)> =
        content.iter().filter(|(_, much)| *much != Intensity::None).collect();
    present.sort_by_key(|(_, much)| std::cmp::Reverse(*much));
    let parts: Vec<String> = present.into_iter().map(|(id, much)| oars::attribute(id, *much)).collect();
    let details = match (parts.is_empty(), age) {
        (false, _) => capital(&parts.join(", ")),
        (true, 0) => gettext("Nothing in it is unsuitable for children"),
        (true, _) => String::new(),
    };
    Some((heading, details))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_comes_first() {
        let content = [
            ("language-humor".to_owned(), Intensity::None),
            ("violence-cartoon".to_owned(), Intensity::Mild),
            ("violence-realistic".to_owned(), Intensity::Intense),
            ("social-chat".to_owned(), Intensity::Mild),
        ];
        let (heading, details) = age(Some(16), &content).unwrap();
        assert_eq!(heading, "From 16 years");
        assert_eq!(
            details,
            "Realistic violence (strong), violence among cartoon figures (mild), chat with other people"
        );
    }

    #[test]
    fn silence_is_not_innocence() {
        assert_eq!(age(None, &[("violence-cartoon".to_owned(), Intensity::Mild)]), None);
        let harmless = age(Some(0), &[("drugs-alcohol".to_owned(), Intensity::None)]).unwrap();
        assert_eq!(harmless, ("For everyone".into(), "Nothing in it is unsuitable for children".into()));
    }
}
