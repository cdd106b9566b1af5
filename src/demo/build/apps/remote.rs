//! The remote with everything that can be installed, and the pictures of its catalogue.

use super::repository::Repository;
use super::shop::{App, Release};
use super::{TITLE, installation, picture, runtime, tree};
use crate::Result;
use crate::build::key::Key;
use crate::build::remove;
use crate::error::At;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders of the making.
struct Place<'a> {
    repository: Repository<'a>,
    trees: PathBuf,
    icons: PathBuf,
}

/// Makes repository, pictures and the ready-made installations in `folder`. Returns what the server shall lack, as
/// paths below the repository.
pub(super) fn make(folder: &Path, apps: &[App], key: &Key, say: &mut dyn FnMut(&str)) -> Result<Vec<String>> {
    let site = folder.join("site");
    let trees = folder.join("trees");
    for old in [&site.join("apps"), &site.join("pictures"), &folder.join("icons"), &trees] {
        remove(old)?;
    }
    let repository = Repository { path: site.join("apps"), key };
    let place = Place { repository, trees, icons: folder.join("icons") };
    say(&format!("icons and pictures of {} apps", apps.len()));
    pictures(apps, &place.icons, &site.join("pictures"))?;
    say("a runtime and the earlier releases");
    place.repository.init()?;
    for index in 0..2 {
        runtime::commit(&place.repository, &place.trees, index)?;
    }
    for app in apps {
        for release in app.releases.iter().skip(1).rev() {
            place.commit(app, release)?;
        }
        for add_on in &app.add_ons {
            tree::commit_add_on(&place.repository, &place.trees, app, add_on)?;
        }
    }
    place.update()?;
    say("installations with apps in earlier releases");
    let installations = installation::Installations::make(folder, &site)?;
    installations.install(apps, true)?;
    say("the newest releases");
    let mut broken = Vec::new();
    for app in apps {
        let Some(release) = app.releases.first() else { continue };
        let before = if release.broken { place.objects()? } else { BTreeSet::new() };
        place.commit(app, release)?;
        if release.broken {
            broken.extend(place.largest_new(&before)?);
        }
    }
    place.update()?;
    installations.install(apps, false)?;
    // Last: an installation would take the newest runtime along.
    for index in 2..runtime::COMMITS.len() {
        runtime::commit(&place.repository, &place.trees, index)?;
    }
    place.update()?;
    installations.finish(apps)?;
    remove(&place.trees)?;
    Ok(broken)
}

/// Draws everything, on two threads.
fn pictures(apps: &[App], icons: &Path, folder: &Path) -> Result<()> {
    let half = |which: usize| -> Result<()> {
        let drawings = icons.join(format!("drawing-{which}"));
        for app in apps.iter().skip(which).step_by(2) {
            picture::icons(app, &drawings, icons)?;
            picture::screenshots(app, folder)?;
        }
        remove(&drawings)
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(|| half(1));
        half(0)?;
        other.join().map_err(|_| std::io::Error::other("a thread that draws ended early"))?
    })
}

impl Place<'_> {
    fn commit(&self, app: &App, release: &Release) -> Result<()> {
        tree::commit(&self.repository, &self.trees, &self.icons, app, release)
    }

    fn update(&self) -> Result<()> {
        self.repository.update(TITLE, &["--comment=Apps made for this demo", "--default-branch=stable"])
    }

    /// The file objects, as paths below the repository.
    fn objects(&self) -> Result<BTreeSet<String>> {
        let objects = self.repository.path.join("objects");
        let mut found = BTreeSet::new();
        for folder in fs::read_dir(&objects).at(&objects)?.flatten() {
            for file in fs::read_dir(folder.path()).at(folder.path())?.flatten() {
                let (folder, name) = (folder.file_name(), file.file_name());
                let path = format!("objects/{}/{}", folder.to_string_lossy(), name.to_string_lossy());
                found.extend(path.ends_with(".filez").then_some(path));
            }
        }
        Ok(found)
    }

    fn largest_new(&self, before: &BTreeSet<String>) -> Result<Option<String>> {
        let size = |path: &String| fs::metadata(self.repository.path.join(path)).map_or(0, |m| m.len());
        Ok(self.objects()?.into_iter().filter(|path| !before.contains(path)).max_by_key(size))
    }
}
