//! Drawn pictures: the icon of each app in two sizes, and mock windows in its colours as screenshots.

use super::mock;
use super::shop::App;
use super::tree::put;
use crate::error::At;
use crate::{Result, tool};
use std::fs;
use std::path::Path;

/// Width and height of the icons.
pub(super) const ICONS: [u32; 2] = [64, 128];
/// Width and height of a screenshot and of its thumbnail.
pub(super) const LARGE: (u32, u32) = (1248, 780);
pub(super) const SMALL: (u32, u32) = (624, 390);

/// Draws the icons of an app to `icons/64x64` and `icons/128x128`; `place` is for what is needed meanwhile.
pub(super) fn icons(app: &App, place: &Path, icons: &Path) -> Result<()> {
    let drawing = place.join("icon.svg");
    put(&drawing, app.drawing.as_bytes(), 0o644)?;
    for size in ICONS {
        let folder = icons.join(format!("{size}x{size}"));
        fs::create_dir_all(&folder).at(&folder)?;
        draw(&drawing, size, &folder.join(format!("{}.png", app.id)))?;
    }
    Ok(())
}

/// Draws the screenshots of an app to `folder/ID/NUMBER.png` and `NUMBER-small.png`.
pub(super) fn screenshots(app: &App, folder: &Path) -> Result<()> {
    let Some(screen) = app.screen else { return Ok(()) };
    let folder = folder.join(&app.id);
    let drawing = folder.join("drawing.svg");
    for index in 0..app.english().captions.len() {
        put(&drawing, mock::window(app, screen, index).as_bytes(), 0o644)?;
        draw(&drawing, LARGE.0, &folder.join(format!("{index}.png")))?;
        draw(&drawing, SMALL.0, &folder.join(format!("{index}-small.png")))?;
    }
    fs::remove_file(&drawing).at(&drawing)
}

/// `size` is that of the longer side.
fn draw(drawing: &Path, size: u32, picture: &Path) -> Result<()> {
    let words = [&size.to_string(), drawing.to_string_lossy().as_ref(), picture.to_string_lossy().as_ref()]
        .map(str::to_owned);
    tool::call("gdk-pixbuf-thumbnailer", &["-s", &words[0], &words[1], &words[2]]).map(|_| ())
}
