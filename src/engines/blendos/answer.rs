//! What stands in `/system.yaml` and in pacman's list of what is installed.
//!
//! YAML is read by its events: an alias is never followed, so that a small file cannot become a large one.

use crate::packages::PackageList;
use cairn_model::{Problem, text};
use saphyr_parser::{Event, Parser, ScalarStyle, Span};

/// More than any configuration nests, and has.
const DEEPEST: usize = 32;
const MOST: usize = 20_000;
/// What akshara takes for a track that stands for itself.
const CUSTOM: &str = "custom";

/// A place in the text: lines from 1, columns from 0, in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub line: usize,
    pub column: usize,
}

/// A value and where it stands.
#[derive(Clone, Debug)]
pub struct Node {
    pub value: Value,
    /// Other places may refer to it.
    pub anchored: bool,
    pub start: Place,
    /// Behind its last character.
    pub end: Place,
}

#[derive(Clone, Debug)]
pub enum Value {
    /// `plain` has no quotes, and may be something else than text.
    Scalar {
        text: String,
        plain: bool,
    },
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
    Alias,
}

impl Node {
    /// Its text, where it is one.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar { text, .. } if !self.is_nothing() => Some(text),
            _ => None,
        }
    }

    /// YAML 1.1, "null": what is written without quotes and stands for nothing.
    pub fn is_nothing(&self) -> bool {
        matches!(&self.value, Value::Scalar { text, plain: true }
            if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// Whether they say the same, wherever they stand.
    pub fn says(&self, other: &Self) -> bool {
        let all = |a: &[Self], b: &[Self]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.says(b));
        self.anchored == other.anchored
            && match (&self.value, &other.value) {
                (Value::Scalar { text: a, plain: p }, Value::Scalar { text: b, plain: q }) => {
                    a == b && p == q
                }
                (Value::List(a), Value::List(b)) => all(a, b),
                (Value::Map(a), Value::Map(b)) => {
                    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.0.says(&b.0) && a.1.says(&b.1))
                }
                (Value::Alias, Value::Alias) => true,
                _ => false,
            }
    }
}

/// akshara: system.yaml.sample.
#[derive(Clone, Debug)]
pub struct System {
    pub keys: Vec<(Node, Node)>,
}

impl System {
    /// The value of a key; of the last one where it stands twice, as akshara's library has it.
    pub fn value(&self, key: &str) -> Option<&Node> {
        self.keys.iter().rev().find(|(name, _)| name.text() == Some(key)).map(|(_, value)| value)
    }

    /// How often a key stands there.
    pub fn count(&self, key: &str) -> usize {
        self.keys.iter().filter(|(name, _)| name.text() == Some(key)).count()
    }

    fn word(&self, key: &str) -> Option<String> {
        self.value(key).and_then(Node::text).map(text::line).filter(|word| !word.is_empty())
    }

    /// What it follows: `gnome`, or `custom` for one that stands for itself.
    pub fn track(&self) -> Option<String> {
        self.word("track")
    }

    /// Where tracks come from.
    pub fn publisher(&self) -> Option<String> {
        self.word("impl")
    }

    /// Where its updates come from: the track's address, else the repository's.
    pub fn origin(&self) -> Option<String> {
        let track = self.track().filter(|track| track != CUSTOM);
        let followed =
            self.publisher().zip(track).map(|(at, track)| format!("{}/{track}", at.trim_end_matches('/')));
        followed.or_else(|| self.word("repo"))
    }

    /// The texts of a list; none where it is another kind of value, which akshara passes over as well.
    pub fn list(&self, key: &str) -> Vec<String> {
        match self.value(key).map(|node| &node.value) {
            Some(Value::List(items)) => items.iter().filter_map(Node::text).map(ToOwned::to_owned).collect(),
            _ => Vec::new(),
        }
    }
}

/// Reads `/system.yaml`.
///
/// # Errors
/// [`Problem::ConfigInvalid`] for what is no single mapping of YAML.
pub fn system(text: &str) -> Result<System, Problem> {
    let mut reader = Reader { parser: Parser::new_from_str(text), left: MOST };
    let mut system = None;
    loop {
        match reader.next()? {
            (Event::StreamEnd, _) => break,
            (Event::DocumentStart(_), _) if system.is_some() => {
                return Err(invalid("more than one document"));
            }
            (Event::DocumentStart(_), _) => {
                let event = reader.next()?;
                system = Some(reader.node(event, 0)?);
            }
            _ => {}
        }
    }
    match system.map(|node| node.value) {
        Some(Value::Map(keys)) => Ok(System { keys }),
        _ => Err(invalid("no mapping")),
    }
}

struct Reader<'a> {
    parser: Parser<'a, saphyr_parser::StrInput<'a>>,
    left: usize,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Span), Problem> {
        self.left = self.left.checked_sub(1).ok_or_else(|| invalid("too long"))?;
        match self.parser.next() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => Err(invalid(&error.to_string())),
            None => Err(invalid("it ends too early")),
        }
    }

    fn node(&mut self, (event, span): (Event<'a>, Span), depth: usize) -> Result<Node, Problem> {
        if depth > DEEPEST {
            return Err(invalid("nested too deep"));
        }
        let (start, mut end) = (place(span.start), place(span.end));
        let (value, anchor) = match event {
            Event::Scalar(words, style, anchor, _) => {
                (Value::Scalar { text: words.into_owned(), plain: style == ScalarStyle::Plain }, anchor)
            }
            Event::Alias(_) => (Value::Alias, 0),
            Event::SequenceStart(anchor, _) => {
                let mut items = Vec::new();
                end = loop {
                    match self.next()? {
                        (Event::SequenceEnd, span) => break place(span.end),
                        event => items.push(self.node(event, depth + 1)?),
                    }
                };
                (Value::List(items), anchor)
            }
            Event::MappingStart(anchor, _) => {
                let mut keys = Vec::new();
                end = loop {
                    match self.next()? {
                        (Event::MappingEnd, span) => break place(span.end),
                        event => {
                            let key = self.node(event, depth + 1)?;
                            let value = self.next()?;
                            keys.push((key, self.node(value, depth + 1)?));
                        }
                    }
                };
                (Value::Map(keys), anchor)
            }
            _ => return Err(invalid("a value is missing")),
        };
        Ok(Node { value, anchored: anchor != 0, start, end })
    }
}

fn place(mark: saphyr_parser::Marker) -> Place {
    Place { line: mark.line(), column: mark.col() }
}

/// The packages that are installed, by the names of pacman's folders, `NAME-VERSION-RELEASE` (pacman:
/// lib/libalpm/be_local.c). What is no such name is passed over.
pub fn installed<'a>(folders: impl IntoIterator<Item = &'a str>) -> PackageList {
    let split = |folder: &str| {
        let (rest, release) = folder.rsplit_once('-')?;
        let (name, version) = rest.rsplit_once('-')?;
        (!name.is_empty()).then(|| (name.to_owned(), format!("{version}-{release}")))
    };
    folders.into_iter().filter_map(split).collect()
}

/// The installed size in bytes that a `desc` of pacman says, below `%SIZE%`.
pub fn size(desc: &str) -> Option<u64> {
    let mut lines = desc.lines().skip_while(|line| line.trim() != "%SIZE%");
    lines.nth(1)?.trim().parse().ok()
}

pub(super) fn invalid(detail: &str) -> Problem {
    Problem::ConfigInvalid { detail: text::clean(&format!("/system.yaml: {detail}"), 200) }
}
