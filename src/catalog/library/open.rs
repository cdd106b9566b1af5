//! Finding, building and opening the files of a library.

use super::merge::Merged;
use super::{Library, Shelf};
use crate::index::{self, Index, Key};
use cairn_model::app::CatalogSource;
use cairn_model::{Problem, Seconds, text};
use flate2::bufread::MultiGzDecoder;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// Bytes read at once; fewer calls than with the usual 8 KiB, and still inside the processor's cache.
const BUFFER: usize = 128 << 10;
/// More sources than anybody has; their numbers have 16 bits.
const SOURCES: usize = 1000;

impl Library {
    /// Opens the indexes in `folder` that are there and right. Never builds and never fails.
    pub fn open(folder: &Path, sources: &[CatalogSource], locale: &str) -> Self {
        let shelves = sources.iter().take(SOURCES).filter_map(|source| {
            let key = Key { commit: &source.commit, locale };
            let index = Index::open(&path(folder, source, key), key)?;
            Some(Shelf { source: source.source.clone(), icons: source.icons.clone(), index })
        });
        let shelves: Vec<Shelf> = shelves.collect();
        let complete = shelves.len() == sources.len();
        Self::of(shelves, locale, complete)
    }

    /// Opens indexes that are in memory, each with its source; what is damaged is left out.
    pub fn of_bytes(indexes: Vec<(CatalogSource, Vec<u8>)>, locale: &str) -> Self {
        let count = indexes.len();
        let shelves = indexes.into_iter().take(SOURCES).filter_map(|(source, bytes)| {
            Some(Shelf { source: source.source, icons: source.icons, index: Index::from_bytes(bytes)? })
        });
        let shelves: Vec<Shelf> = shelves.collect();
        let complete = shelves.len() == count;
        Self::of(shelves, locale, complete)
    }

    fn of(shelves: Vec<Shelf>, locale: &str, complete: bool) -> Self {
        Self { entries: Merged::new(&shelves), shelves, locale: locale.to_owned(), complete }
    }

    /// Builds what is missing, stale or damaged, and removes what nobody needs any more. `true` if something is new.
    /// For a worker's thread.
    ///
    /// # Errors
    /// [`Problem::Corrupt`] for a catalogue that cannot be read, [`Problem::EngineFailed`] for files that cannot be
    /// read or written. The other sources are built all the same; the problem is told only if nothing is new.
    pub fn refresh(folder: &Path, sources: &[CatalogSource], locale: &str) -> Result<bool, Problem> {
        let (mut new, mut problem) = (false, None);
        let mut names = Vec::new();
        for source in sources {
            let key = Key { commit: &source.commit, locale };
            let name = key.file(source.source.scope, &source.source.remote);
            if Index::open(&folder.join(&name), key).is_none() {
                match read(source).and_then(|xml| build(xml, key, now())) {
                    Ok(bytes) => match index::write(folder, &name, &bytes) {
                        Ok(()) => new = true,
                        Err(failed) => problem = Some(failed),
                    },
                    Err(failed) => problem = Some(failed),
                }
            }
            names.push(name);
        }
        index::clean(folder, &names);
        match problem {
            Some(problem) if !new => Err(problem),
            Some(problem) => {
                tracing::warn!(%problem, "a catalogue could not be built");
                Ok(true)
            }
            None => Ok(new),
        }
    }
}

/// The bytes of an index: one unit of work, as [`Library::refresh`] does it. `now` is the time at which it is built.
///
/// # Errors
/// [`Problem::Corrupt`] if the catalogue cannot be read at all.
pub fn build(xml: impl BufRead + Send, key: Key<'_>, now: Seconds) -> Result<Vec<u8>, Problem> {
    index::build(xml, key, now)
}

fn path(folder: &Path, source: &CatalogSource, key: Key<'_>) -> PathBuf {
    folder.join(key.file(source.source.scope, &source.source.remote))
}

/// The catalogue's XML. It is read and not mapped, since it is somebody else's file and may be cut while we read it.
fn read(source: &CatalogSource) -> Result<Box<dyn BufRead + Send>, Problem> {
    let mut packed = source.xml.clone().into_os_string();
    packed.push(".gz");
    let file = File::open(&source.xml).or_else(|error| File::open(&packed).map_err(|_| error));
    let failed = |error: io::Error| Problem::EngineFailed {
        detail: text::line(&format!("{}: {error}", source.xml.display())),
    };
    let mut file = BufReader::with_capacity(BUFFER, file.map_err(failed)?);
    // The first two bytes of every gzip file (RFC 1952).
    let is_packed = file.fill_buf().map_err(failed)?.starts_with(&[0x1f, 0x8b]);
    Ok(if is_packed {
        Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(file)))
    } else {
        Box::new(file)
    })
}

fn now() -> Seconds {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
    Seconds::try_from(now).unwrap_or(Seconds::MAX)
}
