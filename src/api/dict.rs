//! How the model travels: as `a{sv}` with the keys of its JSON form.
//!
//! Objects become `a{sv}`, lists `av`, whole numbers `t` or `x` when negative, other numbers `d`. What is null is left
//! out. Docs of the keys are those of the model's fields.

use cairn_model::Problem;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Number, Value as Json};
use std::collections::HashMap;
use zbus::zvariant::{Array, OwnedValue, Value};

/// `a{sv}`.
pub type Dict = HashMap<String, OwnedValue>;

/// Deeper than anything in the model; what is deeper is not ours.
const MAX_DEPTH: usize = 12;

/// # Errors
/// [`Problem::EngineFailed`] if the value is no object or cannot travel.
pub fn to_dict<T: Serialize>(value: &T) -> Result<Dict, Problem> {
    let json = serde_json::to_value(value).map_err(|e| broken(&e.to_string()))?;
    let Json::Object(map) = json else { return Err(broken("not an object")) };
    let mut dict = Dict::new();
    for (key, value) in map {
        if let Some(value) = to_value(value)? {
            dict.insert(key, OwnedValue::try_from(value).map_err(|e| broken(&e.to_string()))?);
        }
    }
    Ok(dict)
}

/// [`to_dict`] of each.
///
/// # Errors
/// As [`to_dict`].
pub fn to_dicts<T: Serialize>(values: &[T]) -> Result<Vec<Dict>, Problem> {
    values.iter().map(to_dict).collect()
}

/// # Errors
/// [`Problem::InvalidArgument`] for a key, a type or a depth that the model does not know.
pub fn from_dict<T: DeserializeOwned>(dict: &Dict) -> Result<T, Problem> {
    let mut map = Map::new();
    for (key, value) in dict {
        map.insert(key.clone(), to_json(value, 0)?);
    }
    serde_json::from_value(Json::Object(map)).map_err(|e| invalid(&e.to_string()))
}

/// [`from_dict`] of each.
///
/// # Errors
/// As [`from_dict`].
pub fn from_dicts<T: DeserializeOwned>(dicts: &[Dict]) -> Result<Vec<T>, Problem> {
    dicts.iter().map(from_dict).collect()
}

fn to_value(json: Json) -> Result<Option<Value<'static>>, Problem> {
    Ok(Some(match json {
        Json::Null => return Ok(None),
        Json::Bool(b) => Value::Bool(b),
        Json::Number(n) => number(&n)?,
        Json::String(s) => Value::from(s),
        Json::Array(items) => {
            let mut array = Array::new(&zbus::zvariant::Signature::Variant);
            for item in items {
                if let Some(value) = to_value(item)? {
                    array.append(Value::Value(Box::new(value))).map_err(|e| broken(&e.to_string()))?;
                }
            }
            Value::Array(array)
        }
        Json::Object(map) => {
            let mut dict = HashMap::<String, Value<'static>>::new();
            for (key, value) in map {
                if let Some(value) = to_value(value)? {
                    dict.insert(key, value);
                }
            }
            Value::from(dict)
        }
    }))
}

fn number(n: &Number) -> Result<Value<'static>, Problem> {
    n.as_u64()
        .map(Value::from)
        .or_else(|| n.as_i64().map(Value::from))
        .or_else(|| n.as_f64().map(Value::from))
        .ok_or_else(|| broken("number"))
}

fn to_json(value: &Value<'_>, depth: usize) -> Result<Json, Problem> {
    if depth > MAX_DEPTH {
        return Err(invalid("too deep"));
    }
    Ok(match value {
        Value::Bool(b) => Json::Bool(*b),
        Value::U8(n) => Json::from(*n),
        Value::U16(n) => Json::from(*n),
        Value::U32(n) => Json::from(*n),
        Value::U64(n) => Json::from(*n),
        Value::I16(n) => Json::from(*n),
        Value::I32(n) => Json::from(*n),
        Value::I64(n) => Json::from(*n),
        Value::F64(n) => Number::from_f64(*n).map(Json::Number).ok_or_else(|| invalid("number"))?,
        Value::Str(s) => Json::from(s.as_str()),
        Value::Value(inner) => to_json(inner, depth + 1)?,
        Value::Array(items) => {
            Json::Array(items.iter().map(|v| to_json(v, depth + 1)).collect::<Result<_, _>>()?)
        }
        Value::Dict(entries) => {
            let mut map = Map::new();
            for (key, value) in entries.iter() {
                let Value::Str(key) = key else { return Err(invalid("key")) };
                map.insert(key.to_string(), to_json(value, depth + 1)?);
            }
            Json::Object(map)
        }
        _ => return Err(invalid("type")),
    })
}

fn invalid(what: &str) -> Problem {
    Problem::InvalidArgument { what: cairn_model::text::line(what) }
}

fn broken(detail: &str) -> Problem {
    Problem::EngineFailed { detail: detail.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cairn_model::plan::{Plan, SpaceNeed, Warning};
    use cairn_model::{DeploymentId, Step, Wish};

    #[test]
    fn a_plan_survives_the_journey() {
        let id = DeploymentId::new("os-ab.0").unwrap();
        let mut plan = Plan::new(Wish::StartNext { id: id.clone() }, "1", "2");
        plan.steps = vec![Step::DropStaged, Step::SetDefault { id }];
        plan.space = vec![SpaceNeed { mount: "/".into(), needed: u64::MAX, free: 0 }];
        plan.target_timestamp = Some(-5);
        plan.warnings = vec![Warning::EtcChangesStay { count: 3 }];
        let dict = to_dict(&plan).unwrap();
        assert!(!dict.contains_key("download"), "what is unknown is absent");
        assert_eq!(from_dict::<Plan>(&dict).unwrap(), plan);
    }

    #[test]
    fn what_the_model_does_not_know_is_refused() {
        let dict = |pairs: &[(&str, Value<'static>)]| -> Dict {
            pairs.iter().map(|(k, v)| ((*k).to_owned(), v.try_to_owned().unwrap())).collect()
        };
        let word = |w: &'static str| Value::from(w);
        assert!(from_dict::<Wish>(&dict(&[("kind", word("go-back"))])).is_ok());
        assert!(from_dict::<Wish>(&dict(&[("kind", word("go-back")), ("path", word("/etc"))])).is_err());
        assert!(from_dict::<Wish>(&dict(&[("kind", Value::from(3_u32))])).is_err());
        assert!(from_dict::<Wish>(&dict(&[])).is_err());
        let mut deep = Value::from(1_u32);
        for _ in 0..20 {
            deep = Value::Value(Box::new(deep));
        }
        assert!(from_dict::<Wish>(&dict(&[("kind", deep)])).is_err());
    }
}
