//! `nix-instantiate`: fetches a channel, unpacks it, and evaluates a system.

use super::edition::{self, EDITIONS};
use super::store::{self, Recipe, STATE, Store};
use crate::systems::{Call, Reply, Stage};
use serde_json::json;
use std::io;

pub(super) fn play(stage: &Stage, call: &Call) -> Reply {
    let words = super::own_words(call);
    let ["--eval", "--json", "--strict", "--read-write-mode", "--expr", expression, rest @ ..] = words.as_slice()
    else {
        return Reply::unknown(stage, call);
    };
    let answer = match rest {
        ["--option", "tarball-ttl", "0", "--argstr", "url", url] => fetch(stage, url),
        ["--argstr", "name", name, "--argstr", "src", source] => unpack(stage, name, source),
        ["-I", _, "-I", ..] if expression.contains("{ words = ") => Ok(search(expression)),
        ["-I", nixpkgs, "-I", ..] => describe(stage, nixpkgs, rest),
        _ => return Reply::unknown(stage, call),
    };
    answer.unwrap_or_else(|error| Reply::failed(1, format!("error: {error}")))
}

fn fetch(stage: &Stage, url: &str) -> io::Result<Reply> {
    let channel = url.rsplit('/').nth(1).unwrap_or_default();
    let Some(newest) = store::newest(channel) else {
        return Ok(Reply::failed(1, format!("error: unable to download '{url}': HTTP error 404")));
    };
    let path = store::path(newest.channel, "nixexprs.tar.xz");
    stage.write(&path, newest.channel)?;
    stage.change(STATE, |store: &mut Store| {
        store.paths.entry(path.clone()).or_insert(store::Entry { size: 28 << 20, references: Vec::new() });
    })?;
    Ok(Reply::answer(json!(path).to_string()))
}

fn unpack(stage: &Stage, name: &str, source: &str) -> io::Result<Reply> {
    let path = channel(stage, name, source)?;
    Ok(Reply::answer(json!(path).to_string()))
}

/// The unpacked channel; its sources' version lies in it.
pub(super) fn channel(stage: &Stage, name: &str, source: &str) -> io::Result<String> {
    let version = stage.read(source)?;
    let path = store::path(&format!("{name} {source}"), name);
    stage.write(&format!("{path}/nixos/.version"), &version)?;
    stage.change(STATE, |store: &mut Store| {
        store.paths.entry(path.clone()).or_insert(store::Entry { size: 310 << 20, references: Vec::new() });
    })?;
    Ok(path)
}

/// The packages with all words in their names; the words stand in the expression, as JSON in a string of Nix.
fn search(expression: &str) -> Reply {
    let words = expression.rsplit_once("{ words = ").and_then(|(_, rest)| rest.rsplit_once("; }"));
    let list = words.and_then(|(words, _)| serde_json::from_str::<String>(&words.replace("\\$", "$")).ok());
    let Some(words) = list.and_then(|list| serde_json::from_str::<Vec<String>>(&list).ok()) else {
        return Reply::failed(1, "error: no words");
    };
    let fits = |name: &&str| words.iter().all(|word| name.contains(word.as_str()));
    let found = edition::names().filter(fits).map(|name| {
        json!({ "name": name, "version": edition::version(name), "summary": format!("What {name} is for") })
    });
    Reply::answer(json!(found.collect::<Vec<_>>()).to_string())
}

fn describe(stage: &Stage, nixpkgs: &str, rest: &[&str]) -> io::Result<Reply> {
    // Places on the real machine, also below.
    let sources = nixpkgs.strip_prefix("nixpkgs=").unwrap_or_default();
    let version = std::fs::read_to_string(format!("{sources}/.version"))?;
    let tried = rest.iter().find_map(|word| word.strip_prefix("cairn-packages="));
    let list = match tried {
        Some(place) => Some(std::fs::read_to_string(place)?),
        None => stage.read("/etc/nixos/cairn-packages.json").ok(),
    };
    answer(stage, &version, list)
}

/// What an evaluation says, with the list of packages where the configuration imports it.
pub(super) fn answer(stage: &Stage, version: &str, list: Option<String>) -> io::Result<Reply> {
    let configuration = stage.read("/etc/nixos/configuration.nix")?;
    if configuration.contains("syntax error") {
        return Ok(Reply::failed(1, "error: syntax error, unexpected end of file"));
    }
    let imported = configuration.contains("./cairn-packages.nix");
    let packages: Option<Vec<String>> =
        if imported { Some(serde_json::from_str(&list.unwrap_or_else(|| "[]".into()))?) } else { None };
    let missing: Vec<&String> = packages.iter().flatten().filter(|name| !edition::has(name)).collect();
    if !missing.is_empty() {
        return Ok(Reply::answer(json!({ "missing": missing }).to_string()));
    }
    debug_assert!(EDITIONS.iter().any(|e| e.channel == version || e.flake == version));
    let recipe = Recipe { version: version.to_owned(), packages };
    let (drv, out) = (recipe.derivation(), recipe.system());
    let said = json!({
        "label": version, "version": version, "drv": drv, "out": out, "packages": recipe.packages,
    });
    stage.change(STATE, |store: &mut Store| store.derivations.insert(drv, recipe))?;
    Ok(Reply::answer(said.to_string()))
}
