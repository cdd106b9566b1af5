//! Showing apps: found ones and installed ones; and starting one.

use super::find::installed;
use super::session::Session;
use cairn_model::Problem;
use cairn_model::app::{Card, InstalledApp, Scope, Shelf};
use cairn_words::update::join;
use cairn_words::{amount, app as words, fill};
use gettextrs::gettext;
use serde_json::json;

pub async fn search(session: &Session, query: &str, limit: usize) -> Result<(), Problem> {
    let library = session.library().await?;
    let shelf = session.shelf().await?;
    let cards: Vec<Card> = library.search(query, limit).into_iter().map(|e| library.card(e)).collect();
    session.output.answer("apps", &cards, || {
        if shelf.remotes.iter().all(|r| !r.enabled) {
            return vec![gettext(
                "No source of apps is in use. `cairnctl apps remotes add flathub` adds the largest one.",
            )];
        }
        match cards.is_empty() {
            true => vec![gettext("Nothing answers to that.")],
            false => cards.iter().flat_map(|c| card(c, &shelf)).collect(),
        }
    })
}

fn card(card: &Card, shelf: &Shelf) -> [String; 3] {
    let here = shelf.find(card.id.as_str()).is_some();
    let mut labels = Vec::new();
    if here {
        labels.push(gettext("Installed"));
    }
    if card.verified {
        labels.push(gettext("Verified"));
    }
    if card.end_of_life {
        labels.push(words::abandoned());
    }
    if card.sources.is_empty() && !here {
        labels.push(words::only_described());
    }
    let mark = if here { "*" } else { " " };
    [
        format!("{mark} {}{}", card.name, bracket(&labels)),
        format!("    {}", card.summary),
        format!("    {}", card.id),
    ]
}

fn bracket(labels: &[String]) -> String {
    if labels.is_empty() { String::new() } else { format!("  [{}]", labels.join(", ")) }
}

pub async fn list(session: &Session) -> Result<(), Problem> {
    let shelf = session.shelf().await?;
    session.output.answer("installed", &shelf.installed, || match shelf.installed.is_empty() {
        true => vec![gettext("No apps are installed.")],
        false => shelf.installed.iter().flat_map(|a| here(a, &shelf)).collect(),
    })
}

fn here(app: &InstalledApp, shelf: &Shelf) -> Vec<String> {
    let mut labels = Vec::new();
    if app.running {
        labels.push(gettext("Open"));
    }
    if shelf.updates().any(|u| u.reference == app.reference && u.scope == app.scope) {
        labels.push(gettext("Update"));
    }
    let facts = [
        app.version.clone(),
        amount::size(app.installed_bytes),
        words::scope(app.scope),
        app.remote.clone(),
        app.held.as_ref().map(words::hold).unwrap_or_default(),
    ];
    let mark = if app.running { "*" } else { " " };
    let mut lines = vec![
        format!("{mark} {}{}", app.name, bracket(&labels)),
        format!("    {}", join(&facts)),
        format!("    {}", app.reference),
    ];
    if let Some(reason) = &app.end_of_life {
        lines.push(format!(
            "    {}",
            fill(&gettext("Nobody looks after it any more: {reason}"), &[("reason", reason)])
        ));
    }
    lines
}

pub async fn open(session: &Session, word: &str, scope: Option<Scope>) -> Result<(), Problem> {
    let shelf = session.shelf().await?;
    let app = installed(&shelf, word, scope)?;
    session.stoppable(session.apps.launch(app.scope, &app.reference)).await?;
    let reference = json!({ "reference": app.reference, "scope": app.scope });
    session
        .output
        .answer("done", &reference, || vec![fill(&gettext("{name} starts."), &[("name", &app.name)])])
}

#[cfg(test)]
mod tests {
    use super::super::find::tests::app;
    use super::super::offer::tests::krita;
    use super::*;
    use cairn_model::app::installed::Hold;

    fn shelf() -> Shelf {
        let mut held = app("app/org.kde.krita/x86_64/stable", "Krita", Scope::User);
        held.held = Some(Hold::Released);
        held.running = true;
        Shelf { installed: vec![held], ..Shelf::default() }
    }

    #[test]
    fn an_app_is_three_lines() {
        let words = ["* Krita  [Installed, Verified]", "    A word about it", "    org.kde.krita"];
        assert_eq!(card(&krita(), &shelf()), words);
        assert_eq!(card(&krita(), &Shelf::default())[0], "  Krita  [Verified]");
        let mut described = krita();
        described.sources.clear();
        described.end_of_life = true;
        let marks = "  Krita  [Verified, No longer looked after, Only to look at]";
        assert_eq!(card(&described, &Shelf::default())[0], marks);
        let facts = "    1.0 · 1.0 MB · Only for you · flathub · Not updated until you allow it again";
        let lines = here(&shelf().installed[0], &shelf());
        assert_eq!(lines, ["* Krita  [Open]", facts, "    app/org.kde.krita/x86_64/stable"]);
    }
}
