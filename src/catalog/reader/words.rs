//! The translated parts of a component.

use super::component::Component;
use super::locale::Rank;
use super::parser::Draft;
use super::xml::{Stop, Xml};
use super::{limits, markup};
use std::io::BufRead;

/// Reads the element if it is one of them, else `false`.
pub(super) fn read<R: BufRead>(xml: &mut Xml<'_, R>, rank: Rank, draft: &mut Draft) -> Result<bool, Stop> {
    let app = &mut draft.component;
    match xml.name() {
        "name" => {
            draft.names = draft.names.saturating_add(1);
            app.name.offer(rank, xml.line(limits::LINE)?);
        }
        "summary" => app.summary.offer(rank, xml.line(limits::LINE)?),
        "developer_name" => app.developer.offer(rank, xml.line(limits::LINE)?),
        "developer" => {
            while xml.child()? {
                match (xml.name(), xml.rank()) {
                    ("name", Some(rank)) => app.developer.offer(rank, xml.line(limits::LINE)?),
                    _ => xml.skip()?,
                }
            }
        }
        "description" if draft.description.is_none_or(|known| known < rank) => {
            let blocks = markup::description(xml, rank, limits::DESCRIPTION)?;
            if !blocks.is_empty() {
                app.description = blocks;
                draft.description = Some(rank);
            }
        }
        "keywords" => keywords(xml, rank, app)?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// Keywords with the language on the whole or on each.
fn keywords<R: BufRead>(xml: &mut Xml<'_, R>, whole: Rank, app: &mut Component) -> Result<(), Stop> {
    let mut found: Vec<(Rank, Vec<String>)> = Vec::new();
    while xml.child()? {
        let (true, Some(rank)) = (xml.name() == "keyword", xml.rank()) else {
            xml.skip()?;
            continue;
        };
        let (rank, word) = (rank.max(whole), xml.line(limits::WORD)?);
        let at = found.iter().position(|(known, _)| *known == rank).unwrap_or_else(|| {
            found.push((rank, Vec::new()));
            found.len() - 1
        });
        let list = &mut found[at].1;
        if !word.is_empty() && list.len() < limits::KEYWORDS {
            list.push(word);
        }
    }
    for (rank, list) in found {
        app.keywords.offer(rank, list);
    }
    Ok(())
}
