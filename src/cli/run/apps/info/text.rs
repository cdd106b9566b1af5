//! The page of one app on a terminal.

use super::super::offer::scope_flag;
use super::Info;
use cairn_model::app::details::Block;
use cairn_model::app::{Card, Details, Grade, InstalledApp, Permission, Ref, Source};
use cairn_words::update::join;
use cairn_words::{amount, app as words, fill, moment, permission, problem};
use gettextrs::gettext;

pub fn lines(info: &Info) -> Vec<String> {
    let mut lines = header(info);
    let mut row = |label: String, value: String| {
        if !value.is_empty() {
            lines.push(format!("{label:<18} {value}"));
        }
    };
    if let Some(app) = &info.installed {
        let held = app.held.as_ref().map(words::hold).unwrap_or_default();
        row(
            gettext("Installed"),
            join(&[app.version.clone(), words::scope(app.scope), app.remote.clone(), held]),
        );
    }
    row(gettext("Size"), size(info));
    if let Some(details) = &info.details {
        row(gettext("Newest version"), newest(details));
        row(gettext("Licence"), pair(words::license(&details.license, details.card.free)));
        row(gettext("Age"), words::age(details.age, &details.content).map(pair).unwrap_or_default());
        row(gettext("Runs on"), details.runtime.clone().unwrap_or_default());
        for (at, source) in details.card.sources.iter().enumerate() {
            row(if at == 0 { gettext("Offered by") } else { String::new() }, offered_by(source));
        }
        for link in &details.links {
            row(words::link(link.kind), link.url.clone());
        }
        for add_on in &details.add_ons {
            row(gettext("Add-on"), join(&[add_on.name.clone(), add_on.reference.to_string()]));
        }
    }
    lines.extend(may(info));
    lines
}

fn header(info: &Info) -> Vec<String> {
    let details = info.details.as_ref();
    let here = info.installed.as_ref();
    let card: Option<&Card> = details.map(|d| &d.card);
    let pick = |theirs: fn(&Card) -> &str, ours: fn(&InstalledApp) -> &str| {
        card.map(theirs).or(here.map(ours)).unwrap_or_default().to_owned()
    };
    let verified = card.filter(|c| c.verified).map(|_| gettext("Verified")).unwrap_or_default();
    let developer = card.map(|c| c.developer.clone()).unwrap_or_default();
    let id = pick(|c| c.id.as_str(), |a| a.reference.id.as_str());
    let mut lines = vec![
        pick(|c| &c.name, |a| &a.name),
        pick(|c| &c.summary, |a| &a.summary),
        join(&[id, developer, verified]),
    ];
    if let Some(reason) = here.and_then(|a| a.end_of_life.as_ref()) {
        lines.push(fill(&gettext("Nobody looks after it any more: {reason}"), &[("reason", reason)]));
    } else if card.is_some_and(|c| c.end_of_life) {
        lines.push(gettext("Nobody looks after it any more."));
    }
    lines.push(String::new());
    let paragraph = details.and_then(|d| {
        d.description
            .iter()
            .find_map(|b| if let Block::Paragraph(text) = b { Some(text.clone()) } else { None })
    });
    if let Some(text) = paragraph {
        lines.extend([text, String::new()]);
    }
    lines
}

fn pair((heading, details): (String, String)) -> String {
    join(&[heading, details])
}

fn offered_by((source, reference): &(Source, Ref)) -> String {
    join(&[
        source.remote.clone(),
        reference.branch.clone(),
        words::scope(source.scope),
        scope_flag(source.scope).into(),
    ])
}

fn newest(details: &Details) -> String {
    let Some(release) = details.releases.first() else { return String::new() };
    let date = release.date.map(|d| moment::date(d, moment::now())).unwrap_or_default();
    join(&[release.version.clone(), date])
}

fn size(info: &Info) -> String {
    let part = |bytes: Option<u64>, template: String| {
        bytes.map(|b| fill(&template, &[("size", &amount::size(b))])).unwrap_or_default()
    };
    join(&[
        part(info.download_bytes, gettext("{size} to download")),
        part(info.installed_bytes, gettext("{size} on the disk")),
        part(info.data_bytes.filter(|b| *b > 0), gettext("{size} of your data")),
    ])
}

/// What it may do, and what it may not.
fn may(info: &Info) -> Vec<String> {
    let mut lines = vec![String::new(), gettext("What it may do")];
    let Some(graded) = &info.permissions else {
        let why = info.problem.as_ref().map(problem::line);
        lines.push(format!("  {}", why.unwrap_or_else(|| gettext("Not known"))));
        return lines;
    };
    for one in graded {
        let label = permission::grade(one.grade);
        lines.push(format!("  {label:<10} {}", permission::title(&one.permission)));
        lines.push(format!("  {:<10} {}", "", permission::explanation(&one.permission, one.grade)));
    }
    let all: Vec<Permission> = graded.iter().map(|g| g.permission.clone()).collect();
    for (heading, sentence) in permission::absent(&all) {
        lines.push(format!("  {:<10} {}", permission::grade(Grade::Private), join(&[heading, sentence])));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::super::super::find::tests::app;
    use super::super::Graded;
    use super::*;
    use cairn_model::app::Scope;

    #[test]
    fn what_is_here_is_told_without_a_catalogue() {
        let mut krita = app("app/org.kde.krita/x86_64/stable", "Krita", Scope::User);
        krita.end_of_life = Some("It moved".into());
        let info = Info { installed: Some(krita), installed_bytes: Some(1_000_000), ..Info::default() };
        let lines = lines(&info);
        assert_eq!(lines[0], "Krita");
        assert!(lines.contains(&"Nobody looks after it any more: It moved".to_owned()), "{lines:#?}");
        assert!(lines.contains(&"Installed          1.0 · Only for you · flathub".to_owned()), "{lines:#?}");
        assert!(lines.contains(&"Size               1.0 MB on the disk".to_owned()), "{lines:#?}");
        assert_eq!(lines.last().unwrap(), "  Not known");
    }

    #[test]
    fn what_runs_free_is_not_praised() {
        let escape = Graded { permission: Permission::Escape, grade: Grade::Powerful };
        let words = may(&Info { permissions: Some(vec![escape]), ..Info::default() });
        assert!(words[2].starts_with("  Powerful   Can run anything outside its sandbox"), "{words:#?}");
        assert!(!words.iter().any(|l| l.contains("Works offline")), "{words:#?}");
        let nothing = may(&Info { permissions: Some(Vec::new()), ..Info::default() });
        assert!(
            nothing.iter().any(|l| l.starts_with("  Private") && l.contains("Works offline")),
            "{nothing:#?}"
        );
    }
}
