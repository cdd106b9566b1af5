//! Optional features (sysupdate.features(5)): parts that the makers offer beside the image, which come with updates once
//! they are on.

use cairn_model::extra::ExtraKind;
use cairn_model::{Extra, ExtraId, Problem, text};
use serde::Deserialize;

const TOOL: &str = "systemd-sysupdate";
/// More features than any maker offers.
const MOST: usize = 200;

#[derive(Deserialize)]
struct List {
    features: Vec<String>,
}

/// One feature, as `features NAME` and the method `DescribeFeature` tell it (systemd: src/sysupdate/sysupdate.c).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Feature {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    description: Option<String>,
    enabled: bool,
    #[serde(default)]
    documentation_url: Option<String>,
}

/// The names of `features`.
///
/// # Errors
/// [`Problem::BadAnswer`].
pub fn list(json: &str) -> Result<Vec<ExtraId>, Problem> {
    let list: List = serde_json::from_str(json).map_err(|e| bad(&e.to_string()))?;
    names(list.features)
}

/// Names as they were told, each once. One that is no file's name in plain letters cannot be asked for and is left out.
///
/// # Errors
/// [`Problem::BadAnswer`] for too many.
pub fn names(all: Vec<String>) -> Result<Vec<ExtraId>, Problem> {
    if all.len() > MOST {
        return Err(bad(&format!("{} features", all.len())));
    }
    let mut names: Vec<ExtraId> = all.into_iter().filter_map(|name| ExtraId::new(name).ok()).collect();
    names.sort();
    names.dedup();
    Ok(names)
}

/// What is told of the feature that was asked about.
///
/// # Errors
/// [`Problem::BadAnswer`], also where the answer is about another feature.
pub fn described(asked: &ExtraId, json: &str, changeable: bool) -> Result<Extra, Problem> {
    let feature: Feature = serde_json::from_str(json).map_err(|e| bad(&e.to_string()))?;
    if let Some(name) = feature.name.filter(|name| name != asked.as_str()) {
        return Err(bad(&format!("asked about {asked} and told about {name}")));
    }
    let words = |words: Option<String>| words.map(|words| text::line(&words)).filter(|words| !words.is_empty());
    let web = |address: &String| address.starts_with("https://") || address.starts_with("http://");
    Ok(Extra {
        id: asked.clone(),
        kind: ExtraKind::Feature,
        name: asked.to_string(),
        summary: words(feature.description),
        address: words(feature.documentation_url).filter(web),
        enabled: feature.enabled,
        changeable,
    })
}

fn bad(detail: &str) -> Problem {
    Problem::BadAnswer { tool: TOOL.into(), detail: text::clean(detail, 200) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_cannot_be_asked_for_are_left_out() {
        let names = list(r#"{"features":["nvidia","devel","devel","../x","--help","a b"]}"#).unwrap();
        assert_eq!(names.iter().map(ExtraId::as_str).collect::<Vec<_>>(), ["devel", "nvidia"]);
        for json in ["", "{}", "[]", r#"{"features":null}"#, r#"{"features":[1]}"#] {
            assert_eq!(list(json).unwrap_err().code(), "bad-answer", "{json}");
        }
        assert!(names.len() <= MOST && super::names(vec!["x".into(); MOST + 1]).is_err());
    }

    #[test]
    fn what_decides_is_whether_it_is_on() {
        let id = ExtraId::new("devel").unwrap();
        let told = |rest: &str| described(&id, &format!(r#"{{"name":"devel"{rest}}}"#), true);
        let extra = told(r#","enabled":true,"description":"For \u001b[31mmakers","documentationUrl":"file:///x""#).unwrap();
        assert!(extra.enabled && extra.changeable && extra.address.is_none());
        assert!(!extra.summary.unwrap().contains('\u{1b}'));
        assert_eq!(told(r#","enabled":false,"description":null,"transfers":[]"#).unwrap().summary, None);
        for rest in ["", r#","enabled":"yes""#, r#","enabled":null"#] {
            assert_eq!(told(rest).unwrap_err().code(), "bad-answer", "{rest}");
        }
        assert!(described(&id, r#"{"name":"nvidia","enabled":true}"#, true).is_err());
    }
}
