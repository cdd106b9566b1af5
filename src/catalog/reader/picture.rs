//! Screenshots.

use super::component::Translated;
use super::xml::{Stop, Xml};
use super::{address, limits};
use cairn_model::app::details::{Picture, Screenshot};
use std::io::BufRead;

/// Reads `<screenshots>`; the default one comes first. What is no picture of the web is left out.
pub(super) fn screenshots<R: BufRead>(
    xml: &mut Xml<'_, R>,
    base: Option<&str>,
) -> Result<Vec<Screenshot>, Stop> {
    let mut found = Vec::new();
    while xml.child()? {
        if xml.name() != "screenshot" || found.len() >= limits::SCREENSHOTS {
            xml.skip()?;
            continue;
        }
        let is_default = xml.attribute("type").is_some_and(|t| t == "default");
        let screenshot = screenshot(xml, base)?;
        if screenshot.images.is_empty() {
            continue;
        }
        found.insert(if is_default { 0 } else { found.len() }, screenshot);
    }
    Ok(found)
}

fn screenshot<R: BufRead>(xml: &mut Xml<'_, R>, base: Option<&str>) -> Result<Screenshot, Stop> {
    let mut caption = Translated::<String>::default();
    let mut images = Vec::new();
    while xml.child()? {
        let rank = xml.rank();
        match (xml.name(), rank) {
            ("caption", Some(rank)) if caption.wants(rank) => {
                caption.offer(rank, xml.line(limits::LINE)?);
            }
            ("image", Some(rank)) if images.len() < limits::IMAGES * 2 => {
                let (width, height) = (pixels(xml, "width"), pixels(xml, "height"));
                let scaled = xml.attribute("scale").is_some_and(|s| s != "1");
                let url = address::media(&xml.text(limits::ADDRESS * 2)?, base);
                images.extend(url.filter(|_| !scaled).map(|url| (rank, Picture { url, width, height })));
            }
            _ => xml.skip()?,
        }
    }
    let best = images.iter().map(|(rank, _)| *rank).max();
    let mut images: Vec<Picture> =
        images.into_iter().filter(|(rank, _)| Some(*rank) == best).map(|(_, picture)| picture).collect();
    // One whose size is not told is the original.
    images.sort_by_key(|p| (p.width == 0, p.width));
    images.dedup_by(|a, b| a.url == b.url);
    images.truncate(limits::IMAGES);
    Ok(Screenshot { caption: caption.best, images })
}

/// A side of a picture; what no screen has is not believed.
fn pixels<R: BufRead>(xml: &Xml<'_, R>, name: &str) -> u32 {
    let number = xml.attribute(name).and_then(|n| n.parse::<u32>().ok());
    number.filter(|n| *n <= 32_768).unwrap_or(0)
}
