//! The elements of an answer in XML, with what stands above them. Nothing that is declared in the answer is looked up.

use cairn_model::{Problem, text};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, escape};

/// More than the largest update has.
const MOST: usize = 200_000;
/// zypper: every answer is one of these.
const TOP: &str = "stream";

/// One element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    pub name: String,
    /// The element that it stands in.
    pub above: String,
    attributes: Vec<(String, String)>,
}

impl Element {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// An answer of zypper that makes no sense, and why.
pub fn bad(detail: &str) -> Problem {
    Problem::BadAnswer { tool: super::ZYPPER.into(), detail: text::clean(detail, 200) }
}

/// All elements of a whole answer, in their order.
///
/// # Errors
/// [`Problem::BadAnswer`] if it is not well-formed, is cut off or is nothing that zypper says.
pub fn elements(answer: &[u8]) -> Result<Vec<Element>, Problem> {
    let answer = std::str::from_utf8(answer).map_err(|e| bad(&e.to_string()))?;
    let mut reader = Reader::from_str(answer);
    // Words between elements are not read, whatever they hold.
    reader.config_mut().allow_dangling_amp = true;
    let (mut found, mut path, mut ended): (Vec<Element>, Vec<String>, bool) = (Vec::new(), Vec::new(), false);
    loop {
        let event = reader.read_event().map_err(|e| bad(&e.to_string()))?;
        let (start, empty) = match event {
            Event::Start(start) => (start, false),
            Event::Empty(start) => (start, true),
            Event::End(_) => {
                path.pop();
                ended = path.is_empty();
                continue;
            }
            Event::DocType(_) => return Err(bad("a document type")),
            Event::Eof if ended && path.is_empty() => return Ok(found),
            Event::Eof => return Err(bad("the answer is cut off")),
            _ => continue,
        };
        let above = path.last().cloned().unwrap_or_default();
        let element = element(&start, above)?;
        if path.is_empty() && (element.name != TOP || ended) {
            return Err(bad(&format!("the answer begins with {}", element.name)));
        }
        if !empty {
            path.push(element.name.clone());
        }
        found.push(element);
        if found.len() > MOST {
            return Err(bad("too many elements"));
        }
    }
}

fn element(start: &BytesStart<'_>, above: String) -> Result<Element, Problem> {
    let name = start.name().as_ref().to_owned();
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|e| bad(&e.to_string()))?;
        let value = escape::unescape(&attribute.value).map_err(|e| bad(&e.to_string()))?;
        attributes.push((attribute.key.as_ref().to_owned(), value.into_owned()));
    }
    Ok(Element { name, above, attributes })
}
