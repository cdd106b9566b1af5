//! The folders that `flatpak build-export` takes: one release of an app, its translations, its add-ons.

use super::metainfo;
use super::repository::{Facts, Kind, Repository};
use super::shop::{AddOn, App, Permissions, Release};
use super::{BRANCH, RUNTIME, picture};
use crate::Result;
use crate::build::payload::noise;
use crate::error::At;
use std::fmt::Write;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// Noise comes in files of this size, so that a release shares most of them with the one before.
const PIECE: usize = 256 << 10;

/// Commits a release with its translations; `icons` has the drawn icons.
pub(super) fn commit(
    repository: &Repository<'_>,
    place: &Path,
    icons: &Path,
    app: &App,
    release: &Release,
) -> Result<()> {
    let tree = place.join(&app.id);
    clear(&tree)?;
    write(&tree, icons, app, release)?;
    let facts = Facts {
        subject: format!("{} {}", app.english().name, release.version),
        date: release.date.clone(),
        end_of_life: release.end_of_life.clone(),
        rebase: release.rebase.clone(),
    };
    repository.export(&tree, Kind::App, BRANCH, &facts)?;
    let translations = place.join(format!("{}.Locale", app.id));
    clear(&translations)?;
    locale(&translations, app, release)?;
    let facts = Facts { rebase: facts.rebase.map(|id| format!("{id}.Locale")), ..facts };
    repository.export(&translations, Kind::Runtime, BRANCH, &facts)
}

/// Commits an add-on of an app.
pub(super) fn commit_add_on(
    repository: &Repository<'_>,
    place: &Path,
    app: &App,
    add_on: &AddOn,
) -> Result<()> {
    let id = format!("{}.Plugin.{}", app.id, add_on.part);
    let (tree, reference) = (place.join(&id), &app.id);
    clear(&tree)?;
    let metadata = format!("[Runtime]\nname={id}\n\n[ExtensionOf]\nref=app/{reference}/x86_64/{BRANCH}\n");
    put(&tree.join("metadata"), metadata.as_bytes(), 0o644)?;
    // An extension's files lie where an app's do, and not in `usr` as a runtime's.
    let files = tree.join("files");
    put(&files.join("data.bin"), &noise(&id, 0, add_on.payload << 10), 0o644)?;
    put_component(&files, &id, &metainfo::add_on(app, add_on, &id))?;
    let date = app.releases.last().map(|r| r.date.clone()).unwrap_or_default();
    let facts = Facts { subject: id.clone(), date, ..Facts::default() };
    repository.export(&tree, Kind::Runtime, BRANCH, &facts)
}

fn write(tree: &Path, icons: &Path, app: &App, release: &Release) -> Result<()> {
    let (word, files) = (app.word(), tree.join("files"));
    put(&tree.join("metadata"), metadata(app, release).as_bytes(), 0o644)?;
    put(&files.join("bin").join(&word), script(app, release).as_bytes(), 0o755)?;
    for index in 0..(app.payload << 10).div_ceil(PIECE) {
        // The last third is new in each release.
        let seed = if index % 3 == 2 { format!("{} {}", app.id, release.version) } else { app.id.clone() };
        let size = PIECE.min((app.payload << 10) - index * PIECE);
        put(&files.join(format!("share/{word}/{index:03}.bin")), &noise(&seed, index, size), 0o644)?;
    }
    // What the translations are mounted on.
    fs::create_dir_all(files.join("share/runtime/locale")).at(&files)?;
    if !app.add_ons.is_empty() {
        fs::create_dir_all(files.join("plugins")).at(&files)?;
    }
    put_component(&files, &app.id, &metainfo::app(app, release))?;
    let name = format!("{}.png", app.id);
    for size in picture::ICONS {
        let icon = icons.join(format!("{size}x{size}")).join(&name);
        let bytes = fs::read(&icon).at(&icon)?;
        put(&files.join(format!("share/app-info/icons/flatpak/{size}x{size}/{name}")), &bytes, 0o644)?;
        let export = format!("export/share/icons/hicolor/{size}x{size}/apps/{name}");
        put(&tree.join(export), &bytes, 0o644)?;
    }
    let entry = tree.join(format!("export/share/applications/{}.desktop", app.id));
    put(&entry, desktop(app).as_bytes(), 0o644)
}

fn metadata(app: &App, release: &Release) -> String {
    let (id, word) = (&app.id, app.word());
    let mut text = format!(
        "[Application]\nname={id}\nruntime={RUNTIME}/x86_64/1\nsdk={RUNTIME}/x86_64/1\ncommand={word}\n"
    );
    let permissions = app.permissions_of(release);
    let Permissions { shared, sockets, devices, features, filesystems, .. } = permissions;
    let context = [
        ("shared", shared),
        ("sockets", sockets),
        ("devices", devices),
        ("features", features),
        ("filesystems", filesystems),
    ];
    text.push_str("\n[Context]\n");
    for (key, value) in context.iter().filter(|(_, value)| !value.is_empty()) {
        let _ = writeln!(text, "{key}={value};");
    }
    let buses = [("Session", &permissions.talk), ("System", &permissions.system_talk)];
    for (bus, names) in buses.iter().filter(|(_, names)| !names.is_empty()) {
        let _ = writeln!(text, "\n[{bus} Bus Policy]");
        names.iter().for_each(|name| {
            let _ = writeln!(text, "{name}=talk");
        });
    }
    let _ = writeln!(
        text,
        "\n[Extension {id}.Locale]\ndirectory=share/runtime/locale\nautodelete=true\nlocale-subset=true"
    );
    if !app.add_ons.is_empty() {
        let _ = writeln!(
            text,
            "\n[Extension {id}.Plugin]\ndirectory=plugins\nsubdirectories=true\nno-autodownload=true\nautodelete=true"
        );
    }
    text
}

/// The app itself: it notes that it ran and stays until it is ended.
fn script(app: &App, release: &Release) -> String {
    format!(
        "#!/bin/sh\n# Notes that it ran, then stays as a window would.\nset -eu\n\
         echo '{} {}'\n[ \"${{1:-}}\" != --version ] || exit 0\n\
         mkdir -p \"$XDG_DATA_HOME\"\ndate >\"$XDG_DATA_HOME/started\"\nexec sleep 3600\n",
        app.english().name.replace('\'', ""),
        release.version
    )
}

fn desktop(app: &App) -> String {
    let mut text = String::from("[Desktop Entry]\nType=Application\n");
    for (language, words) in &app.text {
        let key = if language == "en" { String::new() } else { format!("[{language}]") };
        let _ = writeln!(text, "Name{key}={}\nComment{key}={}", words.name, words.summary);
    }
    let _ = writeln!(
        text,
        "Exec={}\nIcon={}\nTerminal=false\nCategories={};",
        app.word(),
        app.id,
        app.categories.join(";")
    );
    text
}

fn locale(tree: &Path, app: &App, release: &Release) -> Result<()> {
    let id = &app.id;
    let metadata = format!("[Runtime]\nname={id}.Locale\n\n[ExtensionOf]\nref=app/{id}/x86_64/{BRANCH}\n");
    put(&tree.join("metadata"), metadata.as_bytes(), 0o644)?;
    for language in app.languages() {
        // Flatpak chooses among folders of plain languages.
        let language = language.split('_').next().unwrap_or(language);
        let words = format!("{} {} ({language})\n", app.english().name, release.version);
        let path = format!("files/{language}/share/{language}/LC_MESSAGES/{}.txt", app.word());
        put(&tree.join(path), words.as_bytes(), 0o644)?;
    }
    Ok(())
}

/// Writes a component where flatpak looks for it when it makes the catalogue.
pub(super) fn put_component(files: &Path, id: &str, xml: &str) -> Result<()> {
    let path = files.join(format!("share/app-info/xmls/{id}.xml.gz"));
    put(&path, &gzip(xml.as_bytes())?, 0o644)
}

/// Without name and time, so that the same text makes the same bytes.
pub(super) fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut child =
        Command::new("gzip").args(["-n", "-c"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let input = child.stdin.take();
    std::thread::scope(|scope| {
        let writer = scope.spawn(move || input.map_or(Ok(()), |mut i| i.write_all(bytes)));
        let output = child.wait_with_output()?;
        writer.join().map_err(|_| std::io::Error::other("gzip"))??;
        Ok(output.stdout)
    })
}

/// Writes a file and the folders above it.
pub(super) fn put(path: &Path, bytes: &[u8], mode: u32) -> Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).at(parent)?;
    }
    fs::write(path, bytes).at(path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).at(path)
}

fn clear(tree: &Path) -> Result<()> {
    crate::build::remove(tree)?;
    fs::create_dir_all(tree).at(tree)
}
