//! The language that the person reads, for texts that do not come out of our own translations.

use std::env;

/// `de_AT`, `de` or, where nothing but the original is wanted, an empty string. The variables are those of
/// gettext: `LANGUAGE` comes first, but counts only where a language is set at all.
pub fn locale() -> String {
    let variable = |name: &str| env::var(name).ok().filter(|v| !v.is_empty());
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(variable).unwrap_or_default();
    choose(&set, variable("LANGUAGE").as_deref())
}

fn choose(set: &str, preferred: Option<&str>) -> String {
    // Only the encoding says nothing about which texts are right; `@latin` does.
    let name = |value: &str| {
        let (name, modifier) = value.split_once('@').map_or((value, ""), |(n, _)| (n, &value[n.len()..]));
        format!("{}{modifier}", name.split('.').next().unwrap_or_default())
    };
    let set = name(set);
    if matches!(set.as_str(), "" | "C" | "POSIX") {
        return String::new();
    }
    preferred.and_then(|list| list.split(':').find(|l| !l.is_empty())).map_or(set, name)
}

#[cfg(test)]
mod tests {
    use super::choose;

    #[test]
    fn the_first_wish_counts_where_there_is_a_language() {
        assert_eq!(choose("de_AT.UTF-8", None), "de_AT");
        assert_eq!(choose("de_AT.UTF-8", Some("fr:de")), "fr");
        assert_eq!(choose("sr_RS.UTF-8@latin", None), "sr_RS@latin");
        assert_eq!(choose("C.UTF-8", Some("fr")), "");
        assert_eq!(choose("", None), "");
    }
}
