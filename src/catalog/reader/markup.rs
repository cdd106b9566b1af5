//! Descriptions: paragraphs and lists. Emphasis is text here.

use super::limits;
use super::locale::Rank;
use super::xml::{Stop, Xml};
use cairn_model::app::details::Block;
use std::io::BufRead;

/// What a description may still take.
struct Budget {
    characters: usize,
    parts: usize,
}

/// Reads the element that is being read as a description. Both styles are understood: the language on the whole
/// description, and on each paragraph and item after its untranslated one. `whole` is the language of the description.
pub(super) fn description<R: BufRead>(
    xml: &mut Xml<'_, R>,
    whole: Rank,
    characters: usize,
) -> Result<Vec<Block>, Stop> {
    let mut budget = Budget { characters, parts: limits::PARTS };
    let mut blocks: Vec<Block> = Vec::new();
    let mut last = None;
    while xml.child()? {
        let rank = own_rank(xml, whole);
        match (xml.name(), rank) {
            ("p", Some(rank)) => {
                let replaces =
                    last.is_some_and(|l| rank > l) && matches!(blocks.last(), Some(Block::Paragraph(_)));
                let Some(line) = line(xml, &mut budget)? else { continue };
                if replaces {
                    blocks.pop();
                } else if last.is_some_and(|l| rank < l) && rank != whole {
                    continue;
                }
                blocks.push(Block::Paragraph(line));
                last = Some(rank);
            }
            (name @ ("ul" | "ol"), Some(_)) => {
                let numbered = name == "ol";
                let items = items(xml, whole, &mut budget)?;
                if !items.is_empty() {
                    blocks.push(if numbered { Block::Numbers(items) } else { Block::Bullets(items) });
                }
                last = None;
            }
            _ => xml.skip()?,
        }
    }
    Ok(blocks)
}

fn items<R: BufRead>(xml: &mut Xml<'_, R>, whole: Rank, budget: &mut Budget) -> Result<Vec<String>, Stop> {
    let mut items = Vec::new();
    let mut last = None;
    while xml.child()? {
        let rank = own_rank(xml, whole);
        let (true, Some(rank)) = (xml.name() == "li", rank) else {
            xml.skip()?;
            continue;
        };
        let Some(line) = line(xml, budget)? else { continue };
        if last.is_some_and(|l| rank > l) {
            items.pop();
        } else if last.is_some_and(|l| rank < l) && rank != whole {
            continue;
        }
        items.push(line);
        last = Some(rank);
    }
    Ok(items)
}

/// The language of a part: its own, or else that of the whole.
fn own_rank<R: BufRead>(xml: &Xml<'_, R>, whole: Rank) -> Option<Rank> {
    xml.rank().map(|own| own.max(whole))
}

/// A part's text; `None` if it has none or if there is no room any more.
fn line<R: BufRead>(xml: &mut Xml<'_, R>, budget: &mut Budget) -> Result<Option<String>, Stop> {
    if budget.parts == 0 || budget.characters == 0 {
        return xml.skip().map(|()| None);
    }
    let line = xml.line(budget.characters)?;
    budget.characters = budget.characters.saturating_sub(line.chars().count());
    budget.parts -= 1;
    Ok((!line.is_empty()).then_some(line))
}
