//! What goes on about apps in the background. Each command brings back one message.

use super::Window;
use super::messages::{Command, Supply};
use crate::pages::SourceAsked;
use cairn_apps::file::RepoFile;
use cairn_apps::{Apps, Places, Watched};
use cairn_catalog::Library;
use cairn_model::Problem;
use cairn_model::app::{AppId, AppUpdate, AppWish, CatalogSource, InstalledApp, Ref, Scope, Shelf, Task};
use cairn_words::fill;
use gettextrs::gettext;
use relm4::adw;
use relm4::gtk::{self, gio};
use relm4::prelude::*;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// Nobody reads sizes sooner after the start.
const COUNT_AFTER: Duration = Duration::from_millis(400);

const COUNT_WITHIN: Duration = Duration::from_secs(1);

/// The catalogue as it was last known, and of which sources it is.
pub type Opened = (Vec<CatalogSource>, Arc<Library>);

/// Begins to open what was known the last time. It takes less than the toolkit's start.
pub fn open_last() -> std::thread::JoinHandle<Opened> {
    std::thread::spawn(|| {
        let (sources, library) = Library::open_last(&folder(), &cairn_words::language::locale());
        (sources, Arc::new(library))
    })
}

/// Brings every change of what is known, and keeps the catalogue's index as new as the catalogue. What changes while an
/// index is built is told all the same.
pub async fn follow(apps: Apps, last: Opened, out: relm4::Sender<Command>) {
    let mut shelf = apps.shelf();
    let (mut of, mut library) = last;
    // What flatpak knows replaces what was remembered, and not before it is known.
    if shelf.wait_for(|watched| !matches!(**watched, Watched::Loading)).await.is_err() {
        return;
    }
    let (mut building, mut tried) = (None, false);
    loop {
        let watched = Arc::clone(&shelf.borrow_and_update());
        let sources = watched.shelf().map(|s| s.catalogs.clone()).unwrap_or_default();
        if sources != of {
            library = Arc::new(open(&sources).await);
            remember(&sources);
            (building, tried) = (None, false);
            of = sources;
        }
        // Once for each change: what cannot be built is not tried for ever.
        if !library.is_complete() && !std::mem::replace(&mut tried, true) {
            building = Some(Box::pin(rebuild(of.clone())));
        }
        if out.send(supply(&library, &watched)).is_err() {
            return;
        }
        tokio::select! {
            changed = shelf.changed() => if changed.is_err() { return },
            new = ended(&mut building) => if new { library = Arc::new(open(&of).await) },
        }
    }
}

/// The end of what is being built, or never.
async fn ended(building: &mut Option<Pin<Box<impl Future<Output = bool>>>>) -> bool {
    let Some(work) = building else { return std::future::pending().await };
    let new = work.await;
    *building = None;
    new
}

fn supply(library: &Arc<Library>, watched: &Watched) -> Command {
    let (shelf, known, problem) = match watched {
        Watched::Loading => (Shelf::default(), false, None),
        Watched::Ready(shelf) => (shelf.clone(), true, None),
        Watched::Failed(problem) => (Shelf::default(), true, Some(problem.clone())),
    };
    Command::Supplied(Box::new(Supply { library: Arc::clone(library), shelf, known, problem }))
}

async fn open(sources: &[CatalogSource]) -> Library {
    let (folder, sources, locale) = (folder(), sources.to_vec(), cairn_words::language::locale());
    let opened = tokio::task::spawn_blocking(move || Library::open(&folder, &sources, &locale)).await;
    // A worker that died leaves a window without a catalogue, not a dead window.
    opened.unwrap_or_else(|_| Library::open(&PathBuf::new(), &[], ""))
}

fn remember(sources: &[CatalogSource]) {
    let sources = sources.to_vec();
    relm4::spawn_blocking(move || Library::remember(&folder(), &sources));
}

async fn rebuild(sources: Vec<CatalogSource>) -> bool {
    let (folder, locale) = (folder(), cairn_words::language::locale());
    let built = tokio::task::spawn_blocking(move || Library::refresh(&folder, &sources, &locale)).await;
    match built {
        Ok(Ok(new)) => new,
        Ok(Err(problem)) => {
            tracing::warn!(cairn_problem = problem.code(), "a catalogue cannot be read: {problem:?}");
            // What could be built is there.
            true
        }
        Err(_) => false,
    }
}

fn folder() -> PathBuf {
    Places::session().catalog()
}

/// Counts the data of apps, one after the other; each count comes back with the shelf.
pub fn weigh(apps: &Apps, ids: Vec<AppId>) {
    let apps = apps.clone();
    relm4::spawn(async move {
        // Each count is told to every page; the first frame is not to wait for them.
        tokio::time::sleep(COUNT_AFTER).await;
        for id in ids {
            if let Err(problem) = apps.data_bytes(&id).await {
                tracing::debug!(cairn_problem = problem.code(), "the data of {id} cannot be counted");
            }
        }
    });
}

/// Counts the data of an app anew before it is asked about, as long as that takes no longer than a person waits gladly.
pub fn weigh_for_removal(sender: &ComponentSender<Window>, apps: &Apps, mut app: Box<InstalledApp>) {
    let apps = apps.clone();
    sender.oneshot_command(async move {
        let counted = tokio::time::timeout(COUNT_WITHIN, apps.data_bytes(&app.reference.id)).await;
        if let Ok(Ok(bytes)) = counted {
            app.data_bytes = Some(bytes);
        }
        Command::Weighed(app)
    });
}

pub fn plan(sender: &ComponentSender<Window>, apps: &Apps, wish: AppWish) {
    let apps = apps.clone();
    sender.oneshot_command(async move {
        let planned = apps.plan(&wish).await.map(Box::new);
        Command::AppPlanned(wish, planned)
    });
}

pub fn launch(sender: &ComponentSender<Window>, apps: &Apps, scope: Scope, reference: Ref) {
    let apps = apps.clone();
    sender.oneshot_command(async move { Command::Told(apps.launch(scope, &reference).await) });
}

pub fn versions(sender: &ComponentSender<Window>, apps: &Apps, scope: Scope, reference: Ref) {
    let apps = apps.clone();
    sender.oneshot_command(async move {
        let found = apps.versions(scope, &reference).await;
        Command::Versions((scope, reference), found)
    });
}

/// Looks for updates and catalogues; a source that does not answer is told where sources are listed.
pub fn check(sender: &ComponentSender<Window>, apps: &Apps) {
    let apps = apps.clone();
    sender.oneshot_command(async move {
        Command::Checked(match apps.check().await {
            Err(problem @ Problem::Network { .. }) => {
                tracing::info!("sources of apps are not reached: {problem:?}");
                Ok(())
            }
            other => other,
        })
    });
}

pub fn source(sender: &ComponentSender<Window>, apps: &Apps, asked: SourceAsked) {
    let apps = apps.clone();
    match asked {
        // It is asked for before, since it needs the window.
        SourceAsked::AddFile => {}
        SourceAsked::Add(scope, path, shown) => add_source(sender, &apps, scope, (path, *shown)),
        SourceAsked::AddFlathub(scope) => sender.oneshot_command(async move {
            let done = async {
                apps.add_flathub(scope).await?;
                fetch_catalogs(&apps).await;
                Ok(())
            };
            Command::SourceChanged(gettext("Apps of Flathub are offered now"), done.await)
        }),
        SourceAsked::Enable(scope, name, enabled) => sender.oneshot_command(async move {
            let done = apps.set_remote_enabled(scope, &name, enabled).await;
            if enabled && done.is_ok() {
                fetch_catalogs(&apps).await;
            }
            let words = match enabled {
                true => gettext("Apps of {source} are offered now"),
                false => gettext("Apps of {source} are no longer offered"),
            };
            Command::SourceChanged(fill(&words, &[("source", &name)]), done)
        }),
        SourceAsked::Remove(scope, name) => sender.oneshot_command(async move {
            let done = apps.remove_remote(scope, &name).await;
            Command::SourceChanged(fill(&gettext("{source} was removed"), &[("source", &name)]), done)
        }),
    }
}

pub fn choose_file(sender: &ComponentSender<Window>, window: &adw::ApplicationWindow) {
    let filter = gtk::FileFilter::new();
    filter.set_name(Some(&gettext("Sources and apps")));
    for suffix in ["flatpakrepo", "flatpakref", "flatpak"] {
        filter.add_suffix(suffix);
    }
    let filters = gio::ListStore::from_iter([filter]);
    let dialog = gtk::FileDialog::builder().title(gettext("Open a File")).filters(&filters).build();
    let sender = sender.clone();
    dialog.open(Some(window), gio::Cancellable::NONE, move |chosen| {
        use relm4::gtk::gio::prelude::FileExt;
        if let Some(path) = chosen.ok().and_then(|file| file.path()) {
            sender.input(super::Input::Opened(super::Opening::File(path)));
        }
    });
}

pub fn read_file(sender: &ComponentSender<Window>, apps: &Apps, path: PathBuf) {
    let apps = apps.clone();
    sender.oneshot_command(async move {
        let read = apps.read_file(&path).await;
        Command::Read(path, Box::new(read))
    });
}

/// The source is there; that another one does not answer is told where sources are listed.
async fn fetch_catalogs(apps: &Apps) {
    if let Err(problem) = apps.refresh_catalogs().await {
        tracing::info!(cairn_problem = problem.code(), "not every catalogue was fetched");
    }
}

fn add_source(
    sender: &ComponentSender<Window>,
    apps: &Apps,
    scope: Scope,
    (path, shown): (PathBuf, RepoFile),
) {
    let title = if shown.title.is_empty() { shown.url.clone() } else { shown.title.clone() };
    let apps = apps.clone();
    sender.oneshot_command(async move {
        let done = async {
            let bytes = tokio::fs::read(&path).await;
            let unread = |e: std::io::Error| Problem::InvalidArgument { what: e.to_string() };
            let bytes = bytes.map_err(unread)?;
            // What was shown is what is added, whatever happened to the file meanwhile.
            if cairn_apps::parse_flatpakrepo(&bytes)? != shown {
                return Err(Problem::PlanOutdated);
            }
            apps.add_remote(scope, bytes, None).await?;
            fetch_catalogs(&apps).await;
            Ok(())
        };
        let words = fill(&gettext("Apps of {source} are offered now"), &[("source", &title)]);
        Command::SourceChanged(words, done.await)
    });
}

/// What of a wish is not being done already. Everything, while some of it is being updated, means the rest.
pub fn not_under_way(wish: AppWish, shelf: &Shelf) -> Option<AppWish> {
    let under_way = || shelf.tasks.iter().filter(|t| !t.state.is_final());
    if under_way().any(|t| t.wish == wish) {
        return None;
    }
    let updating: Vec<_> = under_way().filter_map(updated).collect();
    match wish {
        AppWish::Update { refs, allow_permissions } if refs.is_empty() && !updating.is_empty() => {
            let is_waiting = |u: &&AppUpdate| {
                !u.runtime
                    && !updating.iter().any(|refs| {
                        refs.is_empty() || refs.iter().any(|(s, r)| *s == u.scope && *r == u.reference)
                    })
            };
            let rest = shelf.updates().filter(is_waiting);
            let refs: Vec<_> = rest.map(|u| (u.scope, u.reference.clone())).collect();
            (!refs.is_empty()).then_some(AppWish::Update { refs, allow_permissions })
        }
        wish => Some(wish),
    }
}

/// The refs that a task updates; none named means everything.
fn updated(task: &Task) -> Option<&Vec<(Scope, Ref)>> {
    match &task.wish {
        AppWish::Update { refs, .. } => Some(refs),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cairn_model::app::shelf::AppCheck;
    use cairn_model::job::{JobState, Progress};

    const SCOPE: Scope = Scope::User;

    fn reference(id: &str) -> Ref {
        format!("app/{id}/x86_64/stable").parse().unwrap()
    }

    fn update(ids: &[&str]) -> AppWish {
        let refs = ids.iter().map(|id| (SCOPE, reference(id))).collect();
        AppWish::Update { refs, allow_permissions: false }
    }

    fn shelf(waiting: &[&str], under_way: AppWish) -> Shelf {
        let update = |id: &&str| AppUpdate {
            reference: reference(id),
            scope: SCOPE,
            name: (*id).into(),
            version: String::new(),
            commit: "c".into(),
            download_bytes: 1,
            added: Vec::new(),
            runtime: false,
        };
        let updates = waiting.iter().map(update).collect();
        let task = Task {
            id: 1,
            wish: under_way,
            name: String::new(),
            state: JobState::Running,
            progress: Progress::default(),
            current: None,
            started: 0,
            outcomes: Vec::new(),
            problem: None,
        };
        let check = Some(AppCheck { updates, ..AppCheck::default() });
        Shelf { check, tasks: vec![task], ..Shelf::default() }
    }

    #[test]
    fn everything_means_what_is_not_under_way() {
        let both = ["org.a.Daybook", "org.a.Folio"];
        let some = shelf(&both, update(&["org.a.Folio"]));
        assert_eq!(not_under_way(update(&[]), &some), Some(update(&["org.a.Daybook"])));
        assert_eq!(not_under_way(update(&["org.a.Folio"]), &some), None, "a second press");
        assert_eq!(not_under_way(update(&[]), &shelf(&both, update(&both))), None);
        assert_eq!(not_under_way(update(&[]), &shelf(&both, update(&[]))), None);
        let other = shelf(&both, AppWish::RemoveUnused {});
        assert_eq!(not_under_way(update(&[]), &other), Some(update(&[])));
    }
}
