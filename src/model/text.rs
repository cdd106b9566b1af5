//! Strings from outside, cleaned once at the border.

/// Longest line that is shown anywhere, in characters.
pub const LINE: usize = 300;

/// Removes what could mislead a reader or a terminal and cuts after `max` characters.
///
/// Control characters (escape sequences, line breaks), bidirectional overrides and isolates (the class of
/// CVE-2023-28101 and of "trojan source") and byte-order marks go; runs of white space become one space.
pub fn clean(text: &str, max: usize) -> String {
    let mut out = String::new();
    let mut count = 0;
    let mut space = false;
    for c in text.chars() {
        if c.is_whitespace() {
            space = count > 0;
            continue;
        }
        if misleads(c) {
            continue;
        }
        if count + usize::from(space) >= max {
            out.push('…');
            break;
        }
        if std::mem::take(&mut space) {
            out.push(' ');
            count += 1;
        }
        out.push(c);
        count += 1;
    }
    out
}

/// [`clean`] with the usual limit.
pub fn line(text: &str) -> String {
    clean(text, LINE)
}

fn misleads(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_misleading_passes() {
        assert_eq!(line("plain 44.3"), "plain 44.3");
        assert_eq!(line(" a\n\tb\u{1b}[31mred "), "a b[31mred");
        assert_eq!(line("ab\u{202e}cd\u{2066}ef"), "abcdef");
        assert_eq!(clean(&"x".repeat(10), 4), "xxxx…");
        assert_eq!(line("\u{1b}\u{7}\r\n"), "");
        assert_eq!(line("größer 大 🙂"), "größer 大 🙂");
    }
}
