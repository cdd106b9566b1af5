//! What the programs of Nix answer. Pure; nothing in here panics, whatever it is given.

use super::store::StorePath;
use cairn_model::package::FoundPackage;
use cairn_model::{PackageName, Problem, text};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::HashMap;

/// A system that was evaluated, not built: the answer of `describe.nix`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluated {
    /// `system.nixos.label`, the name of the version.
    pub label: String,
    /// `system.nixos.version`, which names the revision of the sources.
    pub version: String,
    /// What has to be realised.
    pub derivation: StorePath,
    /// What it will be.
    pub system: StorePath,
    /// What our own module adds; `None` where the configuration does not import it.
    pub packages: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Description {
    Whole { label: String, version: String, drv: String, out: String, packages: Option<Vec<String>> },
    Unknown { missing: Vec<String> },
}

/// Reads the answer of `describe.nix`.
///
/// # Errors
/// [`Problem::PackageUnknown`] for a package that the sources have not, [`Problem::BadAnswer`] for anything else that
/// is no description.
pub fn evaluated(tool: &str, json: &str) -> Result<Evaluated, Problem> {
    let description: Description = parse(tool, json)?;
    let (label, version, drv, out, packages) = match description {
        Description::Whole { label, version, drv, out, packages } => (label, version, drv, out, packages),
        Description::Unknown { missing } => {
            let name = missing.first().map(|name| text::line(name)).unwrap_or_default();
            return Err(Problem::PackageUnknown { name });
        }
    };
    let derivation = store_path(tool, &drv)?;
    let system = store_path(tool, &out)?;
    if !derivation.name().ends_with(".drv") || text::line(&label).is_empty() {
        return Err(bad(tool, "no derivation or no label"));
    }
    Ok(Evaluated {
        label: text::clean(&label, 100),
        version: text::line(&version),
        derivation,
        system,
        packages,
    })
}

/// An answer that is one store path as a JSON string.
///
/// # Errors
/// [`Problem::BadAnswer`].
pub fn path(tool: &str, json: &str) -> Result<StorePath, Problem> {
    store_path(tool, &parse::<String>(tool, json)?)
}

fn store_path(tool: &str, path: &str) -> Result<StorePath, Problem> {
    StorePath::parse(path).ok_or_else(|| bad(tool, &format!("no store path: {path}")))
}

/// One path of `nix path-info --json`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Info {
    /// Bytes of its content.
    pub size: u64,
    pub references: Vec<StorePath>,
}

/// The paths of a store.
pub type Infos = HashMap<StorePath, Info>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawInfo {
    path: Option<String>,
    nar_size: u64,
    references: Vec<String>,
}

/// `nix path-info --json`: an object by path (since Nix 2.19), a list (before), or an object in `info` with names
/// instead of paths (`--json-format 2`). A path that is not valid is null or says so, and is left out.
///
/// # Errors
/// [`Problem::BadAnswer`].
pub fn infos(tool: &str, json: &str) -> Result<Infos, Problem> {
    let mut answer: Value = parse(tool, json)?;
    if let Some(inner) = answer.get_mut("info") {
        answer = inner.take();
    }
    let pairs: Vec<(Option<String>, Value)> = match answer {
        Value::Object(map) => map.into_iter().map(|(path, info)| (Some(path), info)).collect(),
        Value::Array(list) => list.into_iter().map(|info| (None, info)).collect(),
        _ => return Err(bad(tool, "neither list nor object")),
    };
    let mut infos = Infos::new();
    for (key, value) in pairs {
        if value.is_null() || value.get("valid") == Some(&Value::Bool(false)) {
            continue;
        }
        let raw: RawInfo = serde_json::from_value(value).map_err(|e| bad(tool, &e.to_string()))?;
        let path = key.or(raw.path).ok_or_else(|| bad(tool, "no path"))?;
        let any = |path: &str| {
            StorePath::parse(path)
                .or_else(|| StorePath::of_name(path))
                .ok_or_else(|| bad(tool, "no store path"))
        };
        let references = raw.references.iter().map(|path| any(path)).collect::<Result<_, _>>()?;
        infos.insert(any(&path)?, Info { size: raw.nar_size, references });
    }
    Ok(infos)
}

/// Store paths, a line each, as `nix-store --gc --print-dead` writes them.
///
/// # Errors
/// [`Problem::BadAnswer`].
pub fn paths(tool: &str, answer: &[u8]) -> Result<Vec<StorePath>, Problem> {
    let text = std::str::from_utf8(answer).map_err(|e| bad(tool, &e.to_string()))?;
    text.lines().map(|line| store_path(tool, line)).collect()
}

/// The names in our own list of packages.
///
/// # Errors
/// [`Problem::ConfigInvalid`]: somebody else wrote it.
pub fn names(json: &str) -> Result<Vec<PackageName>, Problem> {
    serde_json::from_str(json).map_err(|e| Problem::ConfigInvalid { detail: text::line(&e.to_string()) })
}

/// What `search.nix` found. A name that cannot stand in our own list is left out.
///
/// # Errors
/// [`Problem::BadAnswer`].
pub fn found(tool: &str, json: &str) -> Result<Vec<FoundPackage>, Problem> {
    #[derive(Deserialize)]
    struct Raw {
        name: String,
        version: String,
        summary: String,
    }
    let all: Vec<Raw> = parse(tool, json)?;
    let said = |words: &str| Some(text::line(words)).filter(|words| !words.is_empty());
    let package = |raw: Raw| {
        let name = PackageName::new(raw.name).ok()?;
        let (version, summary) = (said(&raw.version), said(&raw.summary));
        Some(FoundPackage { name, version, summary, repository: None, here: false })
    };
    Ok(all.into_iter().filter_map(package).collect())
}

/// One package of `nix-env --query --json --out-path`.
#[derive(Clone, Debug, Deserialize)]
pub struct Installed {
    pub pname: String,
    #[serde(default)]
    pub outputs: HashMap<String, Option<String>>,
}

/// What a profile has, whatever the keys are.
///
/// # Errors
/// [`Problem::BadAnswer`].
pub fn installed(tool: &str, json: &str) -> Result<Vec<Installed>, Problem> {
    let all: HashMap<String, Installed> = parse(tool, json)?;
    Ok(all.into_values().collect())
}

fn parse<T: DeserializeOwned>(tool: &str, json: &str) -> Result<T, Problem> {
    serde_json::from_str(json).map_err(|e| bad(tool, &e.to_string()))
}

fn bad(tool: &str, detail: &str) -> Problem {
    Problem::BadAnswer { tool: tool.into(), detail: text::clean(detail, 200) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "/nix/store/0123456789abcdfghijklmnpqrsvwxyz-a-1";
    const B: &str = "/nix/store/1123456789abcdfghijklmnpqrsvwxyz-b-1";

    fn bad_answer<T: std::fmt::Debug>(result: Result<T, Problem>) {
        assert!(matches!(result, Err(Problem::BadAnswer { .. })), "{result:?}");
    }

    #[test]
    fn each_form_of_path_info_is_read() {
        let name = |path: &str| path.trim_start_matches("/nix/store/").to_owned();
        let forms = [
            format!(r#"{{"{A}":{{"narSize":5,"references":["{B}"],"new":1}},"{B}":null}}"#),
            format!(r#"[{{"path":"{A}","narSize":5,"references":["{B}"]}},{{"path":"{B}","valid":false}}]"#),
            format!(
                r#"{{"version":2,"info":{{"{}":{{"narSize":5,"references":["{}"]}}}}}}"#,
                name(A),
                name(B)
            ),
        ];
        let expected = Info { size: 5, references: vec![StorePath::parse(B).unwrap()] };
        for form in forms {
            let infos = infos("nix", &form).unwrap();
            assert_eq!(infos, Infos::from([(StorePath::parse(A).unwrap(), expected.clone())]), "{form}");
        }
        bad_answer(infos("nix", "1"));
        bad_answer(infos("nix", r#"{"/etc/passwd":{"narSize":1,"references":[]}}"#));
        bad_answer(infos("nix", &format!(r#"{{"{A}":{{"narSize":-1,"references":[]}}}}"#)));
        bad_answer(infos("nix", &format!(r#"{{"{A}":{{"references":[]}}}}"#)));
    }

    #[test]
    fn a_system_needs_a_derivation() {
        let whole = format!(
            r#"{{"label":"26.05.2","version":"26.05.2","drv":"{A}.drv","out":"{B}","packages":null}}"#
        );
        assert_eq!(evaluated("nix", &whole).unwrap().system.path(), B);
        bad_answer(evaluated("nix", &whole.replace(".drv", "")));
        bad_answer(evaluated("nix", &whole.replace(B, "/etc")));
        bad_answer(evaluated("nix", "{}"));
        let missing = evaluated("nix", r#"{"missing":["nothing"]}"#).unwrap_err();
        assert_eq!(missing, Problem::PackageUnknown { name: "nothing".into() });
    }

    #[test]
    fn dead_paths_are_a_line_each() {
        let answer = format!("{A}\n{A}.lock\n{B}\n");
        assert_eq!(paths("nix-store", answer.as_bytes()).unwrap().len(), 3);
        bad_answer(paths("nix-store", b"finding garbage collector roots...\n"));
        bad_answer(paths("nix-store", b"\xff\n"));
    }
}
