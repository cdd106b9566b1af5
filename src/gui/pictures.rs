//! Pictures from the network: fetched once, kept on disk within a limit, decoded off the window's thread.
//!
//! Decoders of images are a favourite way in. These are written in a language that checks its bounds, and what they may
//! read and make is limited before they begin.

use cairn_model::app::details::Screenshot;
use relm4::gtk::prelude::*;
use relm4::gtk::{gdk, gio, glib};
use soup::prelude::*;
use std::hash::{Hash, Hasher};
use std::io::Cursor;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, SystemTime};

/// Larger than any screenshot that a store takes.
const LARGEST_FILE: usize = 16 << 20;
/// Pixels of a side; four times a usual screen.
const LARGEST_SIDE: u32 = 8192;
/// What all kept pictures may take on disk.
const KEPT: u64 = 64 << 20;
/// Seconds after which a silent server is given up.
const PATIENCE: u32 = 20;

/// Cheap to clone; all clones share the connections.
#[derive(Clone, Debug)]
pub struct Pictures {
    session: Rc<soup::Session>,
    folder: PathBuf,
}

impl Default for Pictures {
    fn default() -> Self {
        let session = soup::Session::builder().timeout(PATIENCE).max_conns_per_host(4).build();
        let folder = glib::user_cache_dir().join("cairn/pictures");
        Self { session: Rc::new(session), folder }
    }
}

impl Pictures {
    /// Brings the smallest picture that is `width` pixels wide or more, else the largest; nothing if it cannot be had.
    pub fn get(
        &self,
        screenshot: &Screenshot,
        width: i32,
        ready: impl FnOnce(Option<gdk::Texture>) + 'static,
    ) {
        let pictures = self.clone();
        let url = choose(screenshot, width);
        glib::spawn_future_local(async move {
            let texture = match url {
                Some(url) => pictures.fetch(&url).await,
                None => None,
            };
            ready(texture);
        });
    }

    async fn fetch(&self, url: &str) -> Option<gdk::Texture> {
        let file = self.folder.join(name(url));
        let known = file.clone();
        let kept = gio::spawn_blocking(move || std::fs::read(known).ok()).await.ok().flatten();
        let (bytes, new) = match kept {
            Some(bytes) => (bytes, false),
            None => (self.download(url).await?, true),
        };
        let (folder, url) = (self.folder.clone(), url.to_owned());
        let decoded = gio::spawn_blocking(move || {
            let decoded = decode(&bytes);
            if new && decoded.is_some() {
                keep(&folder, &file, &bytes);
            }
            decoded
        });
        let decoded = decoded.await.ok().flatten();
        if decoded.is_none() {
            tracing::debug!("no picture at {url}");
        }
        let (width, height, pixels) = decoded?;
        let stride = usize::try_from(width).ok()? * 4;
        let (width, height) = (i32::try_from(width).ok()?, i32::try_from(height).ok()?);
        let bytes = glib::Bytes::from_owned(pixels);
        Some(gdk::MemoryTexture::new(width, height, gdk::MemoryFormat::R8g8b8a8, &bytes, stride).upcast())
    }

    async fn download(&self, url: &str) -> Option<Vec<u8>> {
        let message = soup::Message::new("GET", url).ok()?;
        let stream = self.session.send_future(&message, glib::Priority::LOW).await.ok()?;
        if message.status() != soup::Status::Ok {
            return None;
        }
        let mut bytes = Vec::new();
        loop {
            let part = stream.read_bytes_future(64 << 10, glib::Priority::LOW).await.ok()?;
            if part.is_empty() {
                return Some(bytes);
            }
            bytes.extend_from_slice(&part);
            if bytes.len() > LARGEST_FILE {
                return None;
            }
        }
    }
}

fn choose(screenshot: &Screenshot, width: i32) -> Option<String> {
    let wide = |p: &&cairn_model::app::details::Picture| i64::from(p.width) >= i64::from(width);
    let images = &screenshot.images;
    images.iter().find(wide).or(images.last()).map(|p| p.url.clone())
}

/// The name of the kept file; equal addresses have equal names in every run.
fn name(url: &str) -> String {
    let mut hash = std::hash::DefaultHasher::new();
    url.hash(&mut hash);
    format!("{:016x}", hash.finish())
}

/// Width, height and pixels in red, green, blue and opacity.
pub(crate) fn decode(bytes: &[u8]) -> Option<(u32, u32, Vec<u8>)> {
    let mut reader = image::ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(LARGEST_SIDE);
    limits.max_image_height = Some(LARGEST_SIDE);
    reader.limits(limits);
    let picture = reader.decode().ok()?.into_rgba8();
    Some((picture.width(), picture.height(), picture.into_raw()))
}

/// Writes the picture down, and takes the oldest away when there are too many.
fn keep(folder: &PathBuf, file: &PathBuf, bytes: &[u8]) {
    let part = file.with_extension("part");
    let written = std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&part, bytes))
        .and_then(|()| std::fs::rename(&part, file));
    if let Err(error) = written {
        tracing::debug!("a picture is not kept: {error}");
        return;
    }
    let mut kept: Vec<(SystemTime, u64, PathBuf)> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|e| {
            let facts = e.metadata().ok()?;
            Some((facts.modified().ok()?, facts.len(), e.path()))
        })
        .collect();
    kept.sort();
    let mut total: u64 = kept.iter().map(|(_, size, _)| size).sum();
    for (time, size, path) in kept {
        // A second program may be writing the newest ones right now.
        let fresh = time.elapsed().is_ok_and(|age| age < Duration::from_secs(60));
        if total <= KEPT || fresh {
            break;
        }
        if std::fs::remove_file(path).is_ok() {
            total -= size;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cairn_model::app::details::Picture;

    #[test]
    fn the_smallest_that_is_large_enough_is_taken() {
        let picture = |width: u32| Picture { url: width.to_string(), width, height: 0 };
        let screenshot =
            Screenshot { caption: String::new(), images: vec![picture(200), picture(600), picture(1200)] };
        assert_eq!(choose(&screenshot, 320).unwrap(), "600");
        assert_eq!(choose(&screenshot, 4000).unwrap(), "1200");
        assert_eq!(choose(&Screenshot { caption: String::new(), images: Vec::new() }, 1), None);
    }

    #[test]
    fn what_is_no_picture_is_none() {
        assert!(decode(b"<html>not found</html>").is_none());
        assert!(
            decode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xff\xff\xff\xff\xff\xff\xff\x08\x06\0\0\0").is_none()
        );
    }
}
