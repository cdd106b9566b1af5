//! How a version is started: what `GetDeploymentBootConfig` answers, an `a{sv}` whose `options` are the kernel's in one line.

use super::dict::Facts;
use zbus::zvariant::Value;

/// More than any boot loader takes.
const LONGEST: usize = 1 << 16;

/// The line; `None` where there is none, or one that no boot loader would take.
pub fn options(value: &Value<'_>) -> Option<String> {
    let line = Facts::of(value).ok()?.text("options")?;
    Some(line.to_owned()).filter(|line| line.len() <= LONGEST && !line.contains(['\n', '\0']))
}

/// The arguments of a line, split where a space stands outside of quotes (kernel: lib/cmdline.c). Which of its own folders a
/// version starts in is not among them: libostree writes that for each anew.
pub fn arguments(line: &str) -> Vec<String> {
    let mut quoted = false;
    let words = line.split(|c: char| {
        quoted ^= c == '"';
        c.is_ascii_whitespace() && !quoted
    });
    words.filter(|word| !word.is_empty() && !word.starts_with("ostree=")).map(ToOwned::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hold_an_argument_together() {
        let line = " rw  quiet ostree=/ostree/boot.1/x dyndbg=\"file a +p; file b\"\t\"a b\" open=\"x y";
        assert_eq!(arguments(line), ["rw", "quiet", "dyndbg=\"file a +p; file b\"", "\"a b\"", "open=\"x y"]);
    }

    #[test]
    fn only_a_line_is_taken() {
        let answer = |line: &'static str| options(&std::collections::HashMap::from([("options", Value::from(line))]).into());
        assert_eq!(answer("rw quiet").as_deref(), Some("rw quiet"));
        for none in ["", "a\nb"] {
            assert_eq!(answer(none), None);
        }
        assert_eq!(options(&Value::from("rw")), None);
    }
}
