//! Addresses of the web.

use super::limits;

/// The address if it is one of http or https and has nothing in it that a person could be misled by.
pub(super) fn web(text: &str) -> Option<String> {
    let text = text.trim();
    let known = ["https://", "http://"]
        .iter()
        .any(|s| text.get(..s.len()).is_some_and(|t| t.eq_ignore_ascii_case(s)));
    let clean =
        cairn_model::text::clean(text, limits::ADDRESS) == text && !text.contains([' ', '<', '>', '"']);
    (known && clean).then(|| text.to_owned())
}

/// The same for one that may be relative to the catalogue's own place for pictures.
pub(super) fn media(text: &str, base: Option<&str>) -> Option<String> {
    let text = text.trim();
    if text.contains("://") {
        return web(text);
    }
    let safe = !text.is_empty() && !text.starts_with('/') && !text.split('/').any(|part| part == "..");
    let base = base.filter(|_| safe && !text.contains(':'))?;
    web(&format!("{}/{text}", base.trim_end_matches('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_web_passes() {
        assert_eq!(web(" https://example.org/a?b=c ").as_deref(), Some("https://example.org/a?b=c"));
        assert!(web("HTTP://example.org").is_some());
        for bad in
            ["file:///etc/passwd", "javascript:alert(1)", "", "https://a b", "https://a\u{202e}b", "ftp://x"]
        {
            assert_eq!(web(bad), None, "{bad}");
        }
        assert_eq!(web(&format!("https://{}", "a".repeat(5000))), None);
        assert_eq!(media("a/b.png", Some("https://m.org/x/")).as_deref(), Some("https://m.org/x/a/b.png"));
        for bad in ["a.png", "/etc/x", "../a", "data:image/png"] {
            assert_eq!(media(bad, None), None);
        }
        assert_eq!(media("../a", Some("https://m.org")), None);
    }
}
