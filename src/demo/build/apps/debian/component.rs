//! Reads a catalogue as `appstreamcli convert` writes it, one component at a time: an element a line, two blanks a level.

use std::io::{BufRead, Lines};

/// The components of a catalogue, each as its lines.
#[derive(Debug)]
pub(in crate::build::apps) struct Components<R>(Lines<R>);

impl<R: BufRead> Components<R> {
    pub(in crate::build::apps) fn new(reader: R) -> Self {
        Self(reader.lines())
    }
}

impl<R: BufRead> Iterator for Components<R> {
    type Item = std::io::Result<Vec<String>>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut component: Vec<String> = Vec::new();
        for line in self.0.by_ref() {
            let line = match line {
                Ok(line) => line,
                Err(error) => return Some(Err(error)),
            };
            if component.is_empty() && !(line.starts_with("  <component ") || line == "  <component>") {
                continue;
            }
            let ends = line == "  </component>";
            component.push(line);
            if ends {
                return Some(Ok(component));
            }
        }
        None
    }
}

/// The text of an element of the first level, if the line is one.
pub(in crate::build::apps) fn text<'a>(line: &'a str, element: &str) -> Option<&'a str> {
    let rest = line.strip_prefix("    <")?.strip_prefix(element)?;
    rest.strip_prefix('>')?.split('<').next()
}

#[cfg(test)]
mod tests {
    #[test]
    fn components_come_one_by_one() {
        let xml = "<?xml?>\n<components>\n  <component type=\"font\">\n    <id>a.b.C</id>\n  </component>\n\
                   \n  <component>\n    <id>d</id>\n    <provides>\n      <id>e</id>\n    </provides>\n  </component>\n";
        let all: Vec<_> = super::Components::new(xml.as_bytes()).map(Result::unwrap_or_default).collect();
        assert_eq!(all.len(), 2);
        let ids: Vec<_> = all.iter().flatten().filter_map(|l| super::text(l, "id")).collect();
        assert_eq!(ids, ["a.b.C", "d"]);
    }
}
