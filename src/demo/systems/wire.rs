//! What stand-ins know, as it goes over the bus.

use serde_json::Value as Json;
use std::collections::{BTreeMap, HashMap};
use zbus::zvariant::{OwnedValue, Value};

/// `a{sv}`
pub type Dictionary = HashMap<String, OwnedValue>;

/// Facts of one thing; what JSON has and the bus has not is left out.
pub fn dictionary(facts: &BTreeMap<String, Json>) -> Dictionary {
    facts.iter().filter_map(|(key, fact)| Some((key.clone(), variant(fact)?))).collect()
}

/// Numbers are `t`, or `d` with a fraction.
pub fn variant(fact: &Json) -> Option<OwnedValue> {
    let value = match fact {
        Json::String(words) => Value::from(words.clone()),
        Json::Bool(yes) => Value::from(*yes),
        Json::Number(number) => {
            number.as_u64().map(Value::from).or_else(|| number.as_f64().map(Value::from))?
        }
        _ => return None,
    };
    value.try_to_owned().ok()
}
