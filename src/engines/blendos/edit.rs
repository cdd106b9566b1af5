//! Changes one value of `/system.yaml` and leaves every other line as the person wrote it. Whatever cannot be changed by
//! lines is refused, and so is a result that does not say exactly what it should.

use super::answer::{self, Node, Place, System, Value, invalid};
use cairn_model::{PackageDelta, PackageName, Problem};

/// The key of what pacman installs.
pub(super) const PACKAGES: &str = "packages";
const TRACK: &str = "track";

/// The text with those packages added and removed.
///
/// # Errors
/// [`Problem::ConfigInvalid`] if the list stands there in a way that only its author can change.
pub fn packages(text: &str, delta: &PackageDelta) -> Result<String, Problem> {
    let before = answer::system(text)?;
    let removed = |item: &str| delta.remove.iter().any(|name| name.as_str() == item);
    let mut wanted: Vec<String> = before.list(PACKAGES).into_iter().filter(|item| !removed(item)).collect();
    wanted.extend(delta.add.iter().map(ToString::to_string));
    let mut lines = Lines::of(text);
    let fresh: Vec<&str> = delta.add.iter().map(PackageName::as_str).collect();
    match before.value(PACKAGES) {
        None => lines.append(&fresh),
        Some(_) if before.count(PACKAGES) > 1 => return Err(by_hand()),
        Some(node) if node.anchored => return Err(by_hand()),
        Some(node) if node.is_nothing() => lines.begin(&before, &fresh)?,
        Some(Node { value: Value::List(items), start, end, .. }) => {
            if lines.at(start.line, start.column) == Some('[') {
                if start.line != end.line {
                    return Err(by_hand());
                }
                lines.inline(*start, items, &wanted)?;
            } else {
                lines.block(items, &fresh, &removed)?;
            }
        }
        Some(_) => return Err(by_hand()),
    }
    let text = lines.text();
    let after = answer::system(&text)?;
    let holds = after.list(PACKAGES) == wanted && same_but(&before, &after, PACKAGES);
    if holds { Ok(text) } else { Err(by_hand()) }
}

/// The text with another track.
///
/// # Errors
/// As [`packages`].
pub fn track(text: &str, track: &str) -> Result<String, Problem> {
    let before = answer::system(text)?;
    let node = before.value(TRACK).filter(|_| before.count(TRACK) == 1).ok_or_else(by_hand)?;
    if node.anchored || node.text().is_none() || node.start.line != node.end.line {
        return Err(by_hand());
    }
    let mut lines = Lines::of(text);
    lines.replace(node.start.line, node.start.column, &quoted(track))?;
    let text = lines.text();
    let after = answer::system(&text)?;
    let holds = after.track().as_deref() == Some(track) && same_but(&before, &after, TRACK);
    if holds { Ok(text) } else { Err(by_hand()) }
}

fn same_but(before: &System, after: &System, key: &str) -> bool {
    let others = |system: &System| -> Vec<(Node, Node)> {
        system.keys.iter().filter(|(name, _)| name.text() != Some(key)).cloned().collect()
    };
    let (before, after) = (others(before), others(after));
    before.len() == after.len() && before.iter().zip(&after).all(|(a, b)| a.0.says(&b.0) && a.1.says(&b.1))
}

fn by_hand() -> Problem {
    invalid("the list is written in a way that only its author can change")
}

fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "''"))
}

/// Lines with their ends; one that is gone is `None`.
struct Lines(Vec<Option<String>>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(text.split_inclusive('\n').map(|line| Some(line.to_owned())).collect())
    }

    fn text(self) -> String {
        self.0.into_iter().flatten().collect()
    }

    /// By the number that the parser gives it.
    fn line(&self, number: usize) -> Option<&str> {
        self.0.get(number.checked_sub(1)?)?.as_deref()
    }

    fn at(&self, line: usize, column: usize) -> Option<char> {
        self.line(line)?.chars().nth(column)
    }

    /// Puts entries with that indentation below a line.
    fn insert(&mut self, below: usize, indentation: &str, entries: &[&str]) {
        let ending = match self.line(below) {
            Some(line) if line.ends_with("\r\n") => "\r\n",
            _ => "\n",
        };
        if let Some(Some(line)) = below.checked_sub(1).and_then(|at| self.0.get_mut(at))
            && !line.ends_with('\n')
        {
            line.push_str(ending);
        }
        let entry = |name: &&str| Some(format!("{indentation}- {}{ending}", quoted(name)));
        let at = below.min(self.0.len());
        self.0.splice(at..at, entries.iter().map(entry));
    }

    /// Writes the key and its list at the end.
    fn append(&mut self, entries: &[&str]) {
        if entries.is_empty() {
            return;
        }
        if let Some(Some(last)) = self.0.last_mut()
            && !last.ends_with('\n')
        {
            last.push('\n');
        }
        self.0.push(Some(format!("\n{PACKAGES}:\n")));
        self.insert(self.0.len(), "    ", entries);
    }

    /// Writes the list of a key that has none.
    fn begin(&mut self, before: &System, entries: &[&str]) -> Result<(), Problem> {
        let key = before.keys.iter().map(|(name, _)| name).find(|name| name.text() == Some(PACKAGES));
        let key = key.ok_or_else(by_hand)?;
        let rest: String = self.line(key.end.line).unwrap_or_default().chars().skip(key.end.column).collect();
        let rest = rest.trim().strip_prefix(':').ok_or_else(by_hand)?.trim_start();
        if !(rest.is_empty() || rest.starts_with('#')) {
            return Err(by_hand());
        }
        self.insert(key.end.line, "    ", entries);
        Ok(())
    }

    /// A list with a line for each entry.
    fn block(
        &mut self,
        items: &[Node],
        fresh: &[&str],
        removed: &dyn Fn(&str) -> bool,
    ) -> Result<(), Problem> {
        let last = items.last().ok_or_else(by_hand)?;
        let indentation = self.indentation(last)?;
        let gone = items.iter().filter(|item| item.text().is_some_and(removed));
        let mut numbers = Vec::new();
        for item in gone {
            self.indentation(item)?;
            numbers.push(item.start.line);
        }
        for number in numbers {
            if let Some(line) = number.checked_sub(1).and_then(|at| self.0.get_mut(at)) {
                *line = None;
            }
        }
        self.insert(last.start.line, &indentation, fresh);
        Ok(())
    }

    /// What stands before the dash of an entry that has a line of its own.
    fn indentation(&self, item: &Node) -> Result<String, Problem> {
        let plain = !item.anchored && item.text().is_some() && item.start.line == item.end.line;
        let line = self.line(item.start.line).filter(|_| plain).ok_or_else(by_hand)?;
        let before: String = line.chars().take(item.start.column).collect();
        let behind: String =
            line.chars().skip(written(line, item.start.column).ok_or_else(by_hand)?).collect();
        let (indentation, rest) = before.split_once('-').ok_or_else(by_hand)?;
        let alone = indentation.trim().is_empty()
            && rest.trim().is_empty()
            && (behind.trim().is_empty() || behind.trim_start().starts_with('#'));
        if alone { Ok(indentation.to_owned()) } else { Err(by_hand()) }
    }

    /// A list between brackets, on one line.
    fn inline(&mut self, start: Place, items: &[Node], wanted: &[String]) -> Result<(), Problem> {
        if items.iter().any(|item| item.anchored || item.text().is_none()) {
            return Err(by_hand());
        }
        let all: Vec<String> = wanted.iter().map(|name| quoted(name)).collect();
        self.replace(start.line, start.column, &format!("[{}]", all.join(", ")))
    }

    /// Puts something in the place of the value that begins there.
    fn replace(&mut self, line: usize, from: usize, with: &str) -> Result<(), Problem> {
        let old = self.line(line).ok_or_else(by_hand)?;
        let to = written(old, from).ok_or_else(by_hand)?;
        let (before, behind): (String, String) =
            (old.chars().take(from).collect(), old.chars().skip(to).collect());
        let slot = line.checked_sub(1).and_then(|at| self.0.get_mut(at)).ok_or_else(by_hand)?;
        *slot = Some(format!("{before}{with}{behind}"));
        Ok(())
    }
}

/// Where a value ends that begins in that column, before a comment behind it. `None` where the line does not end it. (The
/// parser's own end of a value may lie behind the comment.)
fn written(line: &str, from: usize) -> Option<usize> {
    let rest: Vec<char> = line.trim_end_matches(['\r', '\n']).chars().skip(from).collect();
    let (first, inner) = rest.split_first()?;
    let length = match first {
        '\'' | '"' => quote(inner, *first)? + 1,
        '[' => {
            let mut at = 0;
            loop {
                match inner.get(at)? {
                    ']' => break at + 2,
                    mark @ ('\'' | '"') => at += quote(inner.get(at + 1..)?, *mark)? + 1,
                    _ => at += 1,
                }
            }
        }
        _ => {
            let comment = rest.windows(2).position(|pair| matches!(pair, [' ' | '\t', '#']));
            let value = rest.get(..comment.unwrap_or(rest.len()))?;
            value.iter().rposition(|c| !c.is_whitespace())? + 1
        }
    };
    Some(from + length)
}

/// How many characters of `inner` belong to a text that a quote mark began, with the mark that ends it.
fn quote(inner: &[char], mark: char) -> Option<usize> {
    let mut at = 0;
    loop {
        match inner.get(at)? {
            '\\' if mark == '"' => at += 2,
            c if *c != mark => at += 1,
            // In single quotes, two of them are one.
            _ if mark == '\'' && inner.get(at + 1) == Some(&mark) => at += 2,
            _ => return Some(at + 1),
        }
    }
}

#[cfg(test)]
mod tests;
