//! JSON, as rpm-ostree prints it, becomes D-Bus values, as its daemon sends them.
//!
//! What is of the wrong type in the JSON is of the wrong type on the bus, too.

use serde_json::{Map, Value as Json};
use std::collections::HashMap;
use zbus::zvariant::{Array, OwnedValue, Signature, StructureBuilder, Value};

/// An `a{sv}`; what JSON calls null is left out.
pub fn dict(map: &Map<String, Json>) -> HashMap<String, OwnedValue> {
    let entries = map.iter().filter(|(_, json)| !json.is_null());
    entries.filter_map(|(key, json)| Some((key.clone(), value(key, json).try_to_owned().ok()?))).collect()
}

/// One entry of `Deployments`, which does not have what only the boot loader and the list of its packages know.
pub fn deployment(known: &Map<String, Json>) -> HashMap<String, OwnedValue> {
    let mut told = known.clone();
    told.remove(super::arguments::KEY);
    told.remove(super::state::PACKED);
    dict(&told)
}

/// How the elements of a list are to be taken.
enum List {
    /// Variants of structures.
    Any,
    /// Structures whose parts are made after this pattern.
    Of(&'static str),
}

/// The signatures are those of rpm-ostree: src/daemon/org.projectatomic.rpmostree1.xml.
fn list(key: &str) -> Option<List> {
    Some(match key {
        "signatures" | "base-removals" => List::Any,
        "base-local-replacements" => List::Of("(vv)"),
        "requested-base-remote-replacements" => List::Of("(sas)"),
        "upgraded" | "downgraded" => List::Of("(us(ss)(ss))"),
        "removed" | "added" => List::Of("(usss)"),
        "advisories" => List::Of("(suuasa{sv})"),
        "cve_references" => List::Of("(ss)"),
        _ => return None,
    })
}

fn value(key: &str, json: &Json) -> Value<'static> {
    match json {
        Json::Null => Value::from(""),
        Json::Bool(flag) => Value::from(*flag),
        Json::String(text) => Value::from(text.clone()),
        Json::Number(number) => match (key, number.as_u64(), number.as_i64()) {
            ("serial", _, Some(serial)) => Value::from(i32::try_from(serial).unwrap_or(i32::MAX)),
            (_, Some(number), _) => Value::from(number),
            (_, None, number) => Value::from(number.unwrap_or_default()),
        },
        Json::Object(map) => Value::from(dict(map)),
        Json::Array(_) if ["PreviousPackage", "NewPackage", "custom-origin"].contains(&key) => structure(json),
        Json::Array(items) => match list(key) {
            Some(List::Any) => array("v", items.iter().map(|item| Value::Value(Box::new(structure(item))))),
            Some(List::Of(pattern)) => array(pattern, items.iter().map(|item| shaped(pattern, item))),
            None if items.iter().all(Json::is_string) => array("s", items.iter().map(|item| value("", item))),
            None => array("v", items.iter().map(|item| Value::Value(Box::new(value("", item))))),
        },
    }
}

fn array(signature: &str, items: impl Iterator<Item = Value<'static>>) -> Value<'static> {
    let signature = Signature::try_from(signature).unwrap_or(Signature::Variant);
    let mut array = Array::new(&signature);
    for item in items {
        // What does not fit is not sent.
        let _ = array.append(item);
    }
    Value::Array(array)
}

/// A structure whose parts have the types that they have in JSON.
fn structure(json: &Json) -> Value<'static> {
    let Json::Array(parts) = json else { return value("", json) };
    let builder = parts.iter().fold(StructureBuilder::new(), |builder, part| {
        let part = if part.is_array() { structure(part) } else { value("", part) };
        builder.append_field(part)
    });
    builder.build().map_or_else(|_| Value::from(""), Value::Structure)
}

/// A value of exactly that signature, as far as the JSON has it.
fn shaped(signature: &str, json: &Json) -> Value<'static> {
    match (Signature::try_from(signature), json) {
        (Ok(signature), json) => typed(&signature, json),
        (Err(_), json) => value("", json),
    }
}

fn typed(signature: &Signature, json: &Json) -> Value<'static> {
    match (signature, json) {
        (Signature::U32, json) => Value::from(u32::try_from(json.as_u64().unwrap_or(0)).unwrap_or(u32::MAX)),
        (Signature::Variant, json) => Value::Value(Box::new(structure(json))),
        (Signature::Array(child), Json::Array(items)) => {
            let child = child.signature();
            array(&child.to_string(), items.iter().map(|item| typed(child, item)))
        }
        (Signature::Structure(fields), Json::Array(items)) => {
            let parts = fields.iter().zip(items);
            let builder = parts.fold(StructureBuilder::new(), |builder, (signature, item)| {
                builder.append_field(typed(signature, item))
            });
            builder.build().map_or_else(|_| Value::from(""), Value::Structure)
        }
        (_, json) => value("", json),
    }
}
