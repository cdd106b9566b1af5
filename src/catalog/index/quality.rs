//! How much speaks for an app before anything is asked. Catalogues do not say how many people use it; translations,
//! releases and care for its page are the nearest that they say, and our own tables name what many look for.

use super::terms;
use crate::reader::{Component, Kind};
use crate::search;
use cairn_model::Seconds;

const YEAR: Seconds = 365 * 86_400;

/// 0 to 100. `now` is when the index is built; a release of the future counts as none.
pub(super) fn quality(app: &Component, now: Seconds) -> u8 {
    if app.end_of_life || app.kind == Kind::AddOn {
        return 0;
    }
    let kind = match app.kind {
        Kind::Desktop => 12,
        Kind::Web => 6,
        Kind::Console | Kind::AddOn => 0,
    };
    // Twice as many languages are one step more; 64 are all six.
    let languages = (u32::from(app.languages) + 1).ilog2().min(6) * 6;
    let fresh = match app.released().map(|released| now - released) {
        Some(0..=YEAR) => 15,
        Some(age) if (0..=3 * YEAR).contains(&age) => 10,
        Some(age) if (0..=6 * YEAR).contains(&age) => 4,
        _ => 0,
    };
    let shown = if app.screenshots.is_empty() { 0 } else { 10 };
    let care = [!app.icon.is_empty(), !app.summary.best.is_empty(), !app.description.is_empty(), app.rated];
    let branded = if app.color_light.is_some() { 5 } else { 0 };
    let verified = if app.verified { 14 } else { 0 };
    let known = [app.name.plain.as_str(), terms::last_part(&app.id)]
        .iter()
        .any(|n| search::is_well_known(&terms::called(n)));
    let known = if known { 16 } else { 0 };
    let care = care.iter().filter(|c| **c).count() as u32 * 2;
    (kind + languages + fresh + shown + care + branded + verified + known).min(100) as u8
}
