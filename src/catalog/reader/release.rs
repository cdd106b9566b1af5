//! Releases.

use super::locale::Rank;
use super::xml::{Stop, Xml};
use super::{address, date, limits, markup};
use cairn_model::app::details::{Block, Release};
use cairn_model::text;
use std::io::BufRead;

/// Reads `<releases>`, newest first.
pub(super) fn releases<R: BufRead>(xml: &mut Xml<'_, R>) -> Result<Vec<Release>, Stop> {
    let mut found: Vec<Release> = Vec::new();
    while xml.child()? {
        if xml.name() == "release" && found.len() < limits::RELEASES {
            found.push(release(xml)?);
        } else {
            xml.skip()?;
        }
    }
    // The sort keeps the order of those without a date.
    if found.iter().all(|r| r.date.is_some()) {
        found.sort_by_key(|r| std::cmp::Reverse(r.date));
    }
    Ok(found)
}

fn release<R: BufRead>(xml: &mut Xml<'_, R>) -> Result<Release, Stop> {
    let version = text::clean(&xml.attribute("version").unwrap_or_default(), limits::WORD);
    let date = date::seconds(xml.attribute("timestamp").as_deref(), xml.attribute("date").as_deref());
    let (mut notes, mut notes_rank, mut url): (Vec<Block>, Option<Rank>, _) = (Vec::new(), None, None);
    while xml.child()? {
        let rank = xml.rank();
        match (xml.name(), rank) {
            ("description", Some(rank)) if notes_rank.is_none_or(|known| known < rank) => {
                notes = markup::description(xml, rank, limits::NOTES)?;
                notes_rank = Some(rank);
            }
            ("url", _) => url = address::web(&xml.text(limits::ADDRESS * 2)?),
            _ => xml.skip()?,
        }
    }
    Ok(Release { version, date, notes, url })
}
