//! The repository that the tests install from: made once with flatpak's own tools, copied for each test, grown there.

use super::tool;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

pub struct Repository {
    pub path: PathBuf,
    template: PathBuf,
}

/// One commit to publish.
#[derive(Clone, Default)]
pub struct Part<'a> {
    pub id: &'a str,
    pub version: &'a str,
    /// Lines for the metadata beyond name and runtime.
    pub metadata: &'a str,
    /// Bytes that do not compress.
    pub payload: usize,
    pub end: Option<&'a str>,
    pub rebase: Option<&'a str>,
    /// Keeps what needs another runtime than the tests' own.
    pub runtime: Option<&'a str>,
}

const RUNTIME: &str = "org.test.Platform/x86_64/1";

/// A folder with the key and the repository at its beginning. It takes seconds to make, and stays in the target folder
/// for as long as this file is the same.
pub(super) fn template() -> PathBuf {
    let mut hasher = DefaultHasher::new();
    include_str!("repository.rs").hash(&mut hasher);
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let ready = target.join(format!("apps-{:016x}", hasher.finish()));
    if ready.exists() {
        return ready;
    }
    for old in fs::read_dir(target).unwrap().flatten() {
        if old.file_name().to_string_lossy().starts_with("apps-") {
            let _ = fs::remove_dir_all(old.path());
        }
    }
    // Another process may do the same; the first is the one.
    let place = make(target);
    let _ = fs::rename(place.keep(), &ready);
    ready
}

fn make(target: &Path) -> tempfile::TempDir {
    let place = tempfile::Builder::new().prefix("apps-").tempdir_in(target).unwrap();
    let key = place.path().join("gpg");
    fs::create_dir(&key).unwrap();
    tool(Command::new("chmod").arg("700").arg(&key));
    let gpg = |arguments: &[&str]| {
        tool(Command::new("gpg").args(["--batch", "--quiet", "--homedir"]).arg(&key).args(arguments))
    };
    gpg(&[
        "--passphrase",
        "",
        "--quick-generate-key",
        "tests <tests@cairn.invalid>",
        "ed25519",
        "sign",
        "never",
    ]);
    let public = place.path().join("key.gpg");
    gpg(&["--output", &public.to_string_lossy(), "--export"]);
    let repository = Repository::at(place.path().join("repo"), place.path().into());
    tool(Command::new("ostree").args(["init", "--mode=archive", "--repo"]).arg(&repository.path));
    repository.runtime("org.test.Platform", "1");
    for id in ["org.test.Hello", "org.test.Plain", "org.test.Wide", "org.test.Old", "org.test.New"] {
        repository.export(&Part { id, version: "1.0", payload: 20_000, ..Part::default() });
    }
    repository.extension("org.test.Hello.Extra", "org.test.Hello");
    repository.translations("org.test.Hello", "1.0");
    repository.export(&Part { id: "org.test.Big", version: "1.0", payload: 6_000_000, ..Part::default() });
    repository.update();
    // The agent would look for the key where the folder is now, not where it will be.
    tool(Command::new("gpgconf").arg("--homedir").arg(&key).args(["--kill", "all"]));
    place
}

impl Repository {
    pub fn at(path: PathBuf, template: PathBuf) -> Self {
        Self { path, template }
    }

    pub fn key(&self) -> String {
        self.template.join("key.gpg").to_string_lossy().into_owned()
    }

    /// A second repository with the same key.
    pub fn other(&self, path: PathBuf) -> Self {
        tool(Command::new("ostree").args(["init", "--mode=archive", "--repo"]).arg(&path));
        Self { path, template: self.template.clone() }
    }

    /// Publishes commits, and a summary that knows them.
    pub fn publish(&self, parts: &[Part<'_>]) {
        parts.iter().for_each(|part| self.export(part));
        self.update();
    }

    pub fn update(&self) {
        let mut command = Command::new("flatpak");
        command.args(["build-update-repo", "--prune-depth=-1"]);
        tool(self.sign(&mut command).arg(&self.path));
    }

    /// The newest commit of a ref.
    pub fn newest(&self, reference: &str) -> String {
        let commit =
            Command::new("ostree").args(["rev-parse", "--repo"]).arg(&self.path).arg(reference).output();
        String::from_utf8(commit.unwrap().stdout).unwrap().trim().to_owned()
    }

    fn export(&self, part: &Part<'_>) {
        let tree = tempfile::tempdir().unwrap();
        write_app(tree.path(), part);
        let mut command = Command::new("flatpak");
        command.args(["build-export", "--disable-fsync", "--no-update-summary", "--disable-sandbox"]);
        command.args(["--arch=x86_64", &format!("--subject=Release {}", part.version)]);
        command.args(part.end.map(|why| format!("--end-of-life={why}")));
        command.args(part.rebase.map(|id| format!("--end-of-life-rebase={id}")));
        tool(self.sign(&mut command).arg(&self.path).arg(tree.path()).arg("stable"));
    }

    pub fn runtime(&self, id: &str, branch: &str) {
        let tree = tempfile::tempdir().unwrap();
        let root = tree.path();
        let metadata =
            format!("[Runtime]\nname={id}\nruntime={id}/x86_64/{branch}\nsdk={id}/x86_64/{branch}\n");
        fs::write(root.join("metadata"), metadata).unwrap();
        programs(&root.join("files"));
        self.export_runtime(root, branch);
    }

    pub fn extension(&self, id: &str, of: &str) {
        let tree = tempfile::tempdir().unwrap();
        let metadata = format!("[Runtime]\nname={id}\n\n[ExtensionOf]\nref=app/{of}/x86_64/stable\n");
        fs::write(tree.path().join("metadata"), metadata).unwrap();
        fs::create_dir_all(tree.path().join("files")).unwrap();
        fs::write(tree.path().join("files/more"), noise(id, 5000)).unwrap();
        self.export_runtime(tree.path(), "stable");
    }

    /// Three languages of an app.
    pub fn translations(&self, of: &str, version: &str) {
        let tree = tempfile::tempdir().unwrap();
        let metadata = format!("[Runtime]\nname={of}.Locale\n\n[ExtensionOf]\nref=app/{of}/x86_64/stable\n");
        fs::write(tree.path().join("metadata"), metadata).unwrap();
        for language in ["de", "en", "fr"] {
            let folder = tree.path().join("files").join(language);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("words"), noise(&format!("{language}{version}"), 3000)).unwrap();
        }
        self.export_runtime(tree.path(), "stable");
    }

    fn export_runtime(&self, tree: &Path, branch: &str) {
        let mut command = Command::new("flatpak");
        command.args(["build-export", "--runtime", "--disable-fsync", "--no-update-summary"]);
        command.args(["--disable-sandbox", "--files=files", "--arch=x86_64"]);
        tool(self.sign(&mut command).arg(&self.path).arg(tree).arg(branch));
    }

    pub fn sign<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        let key = tool(
            Command::new("gpg")
                .args(["--batch", "--with-colons", "--list-keys", "--homedir"])
                .arg(self.template.join("gpg")),
        );
        let id = key.lines().find_map(|l| l.strip_prefix("fpr:")).unwrap().trim_matches(':').to_owned();
        let home = format!("--gpg-homedir={}", self.template.join("gpg").display());
        command.args([format!("--gpg-sign={id}"), home])
    }
}

fn write_app(root: &Path, part: &Part<'_>) {
    let id = part.id;
    let runtime = part.runtime.unwrap_or(RUNTIME);
    let mut metadata = format!(
        "[Application]\nname={id}\nruntime={runtime}\nsdk={runtime}\ncommand=app\n\n{}\n",
        part.metadata
    );
    if id == "org.test.Hello" {
        metadata +=
            "\n[Extension org.test.Hello.Extra]\ndirectory=extra\nno-autodownload=true\nversion=stable\n";
        metadata += "\n[Extension org.test.Hello.Locale]\ndirectory=share/runtime/locale\nautodelete=true\nlocale-subset=true\n";
    }
    fs::write(root.join("metadata"), metadata).unwrap();
    let files = root.join("files");
    for folder in ["bin", "share/metainfo", "share/app-info/xmls", "extra"] {
        fs::create_dir_all(files.join(folder)).unwrap();
    }
    fs::create_dir_all(root.join("export")).unwrap();
    fs::write(files.join("bin/app"), "#!/bin/sh\nexec sleep 600\n").unwrap();
    tool(Command::new("chmod").arg("755").arg(files.join("bin/app")));
    let version = part.version;
    // Many files, so that something can happen in the middle.
    for (at, size) in (0..part.payload).step_by(200_000).map(|at| (at, (part.payload - at).min(200_000))) {
        fs::write(files.join(format!("payload-{at}")), noise(&format!("{id} {version} {at}"), size)).unwrap();
    }
    let name = id.rsplit('.').next().unwrap();
    let component = format!(
        "<component type=\"desktop-application\"><id>{id}</id><name>{name}</name><summary>The {name} app</summary>\
         <releases><release version=\"{version}\" date=\"2026-01-01\"/></releases></component>"
    );
    fs::write(files.join(format!("share/metainfo/{id}.metainfo.xml")), &component).unwrap();
    let list = files.join(format!("share/app-info/xmls/{id}.xml"));
    fs::write(&list, format!("<components version=\"0.8\">{component}</components>")).unwrap();
    tool(Command::new("gzip").arg(&list));
}

/// A shell and what the apps run, with what they need.
fn programs(files: &Path) {
    for folder in ["bin", "lib64", "lib/x86_64-linux-gnu", "etc"] {
        fs::create_dir_all(files.join(folder)).unwrap();
    }
    for (from, to) in [
        ("/usr/bin/dash", "bin/sh"),
        ("/usr/bin/sleep", "bin/sleep"),
        ("/lib64/ld-linux-x86-64.so.2", "lib64/ld-linux-x86-64.so.2"),
        ("/usr/lib/x86_64-linux-gnu/libc.so.6", "lib/x86_64-linux-gnu/libc.so.6"),
    ] {
        fs::copy(from, files.join(to)).unwrap();
    }
}

/// Bytes that look random and are the same each time.
fn noise(seed: &str, size: usize) -> Vec<u8> {
    let mut state = seed
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    std::iter::repeat_with(next).take(size).collect()
}
