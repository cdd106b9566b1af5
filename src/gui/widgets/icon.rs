//! Icons of apps, from the files that their source brought.

use crate::pictures;
use relm4::gtk::prelude::*;
use relm4::gtk::{self, gdk, glib};
use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

/// An icon of 48 pixels takes 9 KiB, on a screen of twice the density 36 KiB; so all of them take 9 MiB at most.
const KEPT: usize = 240;

/// The side of a tile's icon, in pixels.
pub const TILE: u32 = 48;

thread_local! {
    static TEXTURES: RefCell<HashMap<(PathBuf, u32), gdk::Texture>> = RefCell::default();
}

/// An image of an app's icon that says nothing to those who listen: the name stands beside it.
pub fn image(size: i32) -> gtk::Image {
    gtk::Image::builder()
        .pixel_size(size)
        .icon_name(MISSING)
        .accessible_role(gtk::AccessibleRole::Presentation)
        .build()
}

/// For apps that have no icon, or one that cannot be read.
const MISSING: &str = "cairn-app-symbolic";

/// Shows the icon in this file.
pub fn show(image: &gtk::Image, path: Option<&Path>) {
    let side = u32::try_from(image.pixel_size() * image.scale_factor()).unwrap_or(0);
    match path.and_then(|path| texture(path, side)) {
        Some(texture) => {
            image.set_paintable(Some(&texture));
            image.remove_css_class("missing-icon");
        }
        None => {
            image.set_icon_name(Some(MISSING));
            image.add_css_class("missing-icon");
        }
    }
}

fn texture(path: &Path, side: u32) -> Option<gdk::Texture> {
    TEXTURES.with_borrow_mut(|textures| {
        let key = (path.to_owned(), side);
        if let Some(known) = textures.get(&key) {
            return Some(known.clone());
        }
        for (key, pixels) in prepared() {
            textures.extend(pixels.texture().map(|texture| (key, texture)));
        }
        if let Some(ready) = textures.get(&key) {
            return Some(ready.clone());
        }
        // A file that is no picture says so; the app then has the icon of those that have none.
        let texture = read(path, side)?.texture()?;
        if textures.len() >= KEPT {
            textures.clear();
        }
        textures.insert(key, texture.clone());
        Some(texture)
    })
}

/// The icon as large as it is shown, in the form in which it is drawn: neither is worked out again at each frame.
fn read(path: &Path, side: u32) -> Option<Pixels> {
    let (width, height, mut pixels) = pictures::decode(&std::fs::read(path).ok()?)?;
    let (bytes, rest) = pixels.as_chunks_mut::<4>();
    debug_assert!(rest.is_empty());
    for pixel in bytes {
        let [red, green, blue, opacity] = *pixel;
        let seen = |colour: u8| ((u16::from(colour) * u16::from(opacity) + 127) / 255) as u8;
        *pixel = [seen(blue), seen(green), seen(red), opacity];
    }
    let mut picture = image::RgbaImage::from_raw(width, height, pixels)?;
    if side > 0 && width.max(height) > side {
        let of = |length: u32| (u64::from(length) * u64::from(side) / u64::from(width.max(height))).max(1);
        let (width, height) = (u32::try_from(of(width)).ok()?, u32::try_from(of(height)).ok()?);
        picture = image::imageops::resize(&picture, width, height, image::imageops::FilterType::Triangle);
    }
    Some(Pixels { width: picture.width(), height: picture.height(), bytes: picture.into_raw() })
}

/// A decoded icon.
#[derive(Debug)]
struct Pixels {
    width: u32,
    height: u32,
    bytes: Vec<u8>,
}

impl Pixels {
    fn texture(self) -> Option<gdk::Texture> {
        let bytes = glib::Bytes::from_owned(self.bytes);
        let format = gdk::MemoryFormat::B8g8r8a8Premultiplied;
        let (columns, rows) = (i32::try_from(self.width).ok()?, i32::try_from(self.height).ok()?);
        let stride = usize::try_from(self.width).ok()? * 4;
        Some(gdk::MemoryTexture::new(columns, rows, format, &bytes, stride).upcast())
    }
}

/// What is decoded beside the toolkit's start.
type Prepared = JoinHandle<Vec<((PathBuf, u32), Pixels)>>;
static PREPARED: Mutex<Option<Prepared>> = Mutex::new(None);

/// Begins to decode these, for a screen of the usual density, so that the first frame need not wait for it.
pub fn prepare(paths: Vec<PathBuf>) {
    let read_all = move || {
        let read = |path: PathBuf| read(&path, TILE).map(|pixels| ((path, TILE), pixels));
        paths.into_iter().filter_map(read).collect()
    };
    *PREPARED.lock().unwrap_or_else(PoisonError::into_inner) = Some(std::thread::spawn(read_all));
}

/// What was prepared, once.
fn prepared() -> Vec<((PathBuf, u32), Pixels)> {
    let handle = PREPARED.lock().unwrap_or_else(PoisonError::into_inner).take();
    handle.and_then(|handle| handle.join().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_icon_is_kept_as_large_as_it_is_shown() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("icon.png");
        image::RgbaImage::from_pixel(128, 64, image::Rgba([200, 100, 50, 128])).save(&file).unwrap();
        let texture = read(&file, 48).unwrap().texture().unwrap();
        assert_eq!((texture.width(), texture.height()), (48, 24));
        assert_eq!(read(&file, 500).unwrap().width, 128);
        let mut pixels = vec![0; 48 * 24 * 4];
        texture.download(&mut pixels, 48 * 4);
        assert_eq!(pixels[..4], [25, 50, 100, 128]);
        std::fs::write(&file, "no picture").unwrap();
        assert!(read(&file, 48).is_none());
    }
}
