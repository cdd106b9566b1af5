//! Images that lie on this computer and are laid over the system (systemd-sysext(8)). They are only looked at.

use super::Sysupdate;
use cairn_host::tool::{Limits, Tool};
use cairn_model::extra::ExtraKind;
use cairn_model::{Extra, ExtraId, Problem, text};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::future::pending;
use std::path::Path;

const NAME: &str = "systemd-sysext";
/// More extensions than any system has.
const MOST: usize = 500;

#[derive(Deserialize)]
struct Row {
    name: String,
}

#[derive(Deserialize)]
struct Hierarchy {
    extensions: Merged,
}

/// The names, or the word "none".
#[derive(Deserialize)]
#[serde(untagged)]
enum Merged {
    Names(Vec<String>),
    Word(String),
}

/// The names of `list`. One that is no name in plain letters is left out, since nobody could speak of it.
///
/// # Errors
/// [`Problem::BadAnswer`].
pub fn list(json: &str) -> Result<BTreeSet<ExtraId>, Problem> {
    let rows: Vec<Row> = serde_json::from_str(json).map_err(|e| bad(&e.to_string()))?;
    if rows.len() > MOST {
        return Err(bad(&format!("{} extensions", rows.len())));
    }
    Ok(rows.into_iter().filter_map(|row| ExtraId::new(row.name).ok()).collect())
}

/// The names in `status` that are laid over something.
///
/// # Errors
/// [`Problem::BadAnswer`].
pub fn merged(json: &str) -> Result<BTreeSet<String>, Problem> {
    let rows: Vec<Hierarchy> = serde_json::from_str(json).map_err(|e| bad(&e.to_string()))?;
    let names = rows.into_iter().flat_map(|row| match row.extensions {
        Merged::Names(names) => names,
        // A single one is a word as well in some versions; "none" names no extension in any.
        Merged::Word(word) => vec![word],
    });
    Ok(names.filter(|name| name != "none").collect())
}

/// What there is; nothing where the program is missing.
pub(super) async fn all(engine: &Sysupdate) -> Result<Vec<Extra>, Problem> {
    let Ok(tool) = engine.host.tool(NAME) else { return Ok(Vec::new()) };
    let names = list(&ask(engine, &tool, "list").await?)?;
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let merged = merged(&ask(engine, &tool, "status").await?)?;
    Ok(names.into_iter().map(|id| extra(id, &merged)).collect())
}

fn extra(id: ExtraId, merged: &BTreeSet<String>) -> Extra {
    Extra {
        kind: ExtraKind::Extension,
        name: id.to_string(),
        summary: None,
        address: None,
        enabled: merged.contains(id.as_str()),
        changeable: false,
        id,
    }
}

async fn ask(engine: &Sysupdate, tool: &Tool, verb: &str) -> Result<String, Problem> {
    let root = &engine.host.root;
    let root = (root != Path::new("/")).then(|| format!("--root={}", root.display()));
    let words: Vec<&str> = ["--json=short"].into_iter().chain(root.as_deref()).chain([verb]).collect();
    let answer = tool.run(&words, Limits::within(engine.patience), pending::<()>()).await?;
    String::from_utf8(answer).map_err(|_| tool.bad("no UTF-8"))
}

fn bad(detail: &str) -> Problem {
    Problem::BadAnswer { tool: NAME.into(), detail: text::clean(detail, 200) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_are_told_by_name() {
        let json = r#"[{"name":"vim","type":"directory","path":"/var/lib/extensions/vim","time":1},{"name":"../x"}]"#;
        assert_eq!(list(json).unwrap().into_iter().map(String::from).collect::<Vec<_>>(), ["vim"]);
        assert!(list("[]").unwrap().is_empty());
        for json in ["", "{}", "null", "[1]", "[{}]", r#"[{"name":null}]"#] {
            assert_eq!(list(json).unwrap_err().code(), "bad-answer", "{json}");
        }
    }

    #[test]
    fn none_is_not_the_name_of_an_extension() {
        let of = |extensions: &str| merged(&format!(r#"[{{"hierarchy":"/usr","extensions":{extensions},"since":null}}]"#));
        assert!(of(r#""none""#).unwrap().is_empty());
        assert_eq!(of(r#"["vim","git"]"#).unwrap().len(), 2);
        assert!(of("null").is_err() && of("1").is_err() && merged("{}").is_err());
    }
}
