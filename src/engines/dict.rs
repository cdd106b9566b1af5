//! Dictionaries that services answer (`a{sv}`). What is there has the type that it should have, or the answer is bad; what
//! is not there is for the engine to judge, since services grow.

use cairn_model::{Problem, text};
use std::collections::HashMap;
use zbus::zvariant::{OwnedValue, Value};

/// As it comes over the bus.
pub type Dictionary = HashMap<String, OwnedValue>;

/// A dictionary and the service that answered it.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    pub service: &'a str,
    pub entries: &'a Dictionary,
}

impl Answer<'_> {
    /// An answer that makes no sense, and why.
    pub fn bad(&self, detail: &str) -> Problem {
        Problem::BadAnswer { tool: self.service.to_owned(), detail: text::clean(detail, 200) }
    }

    /// # Errors
    /// [`Problem::BadAnswer`] if there is something else than a string; the same for each type below.
    pub fn text(&self, key: &str) -> Result<Option<String>, Problem> {
        match self.look(key) {
            None => Ok(None),
            Some(Value::Str(words)) => Ok(Some(words.to_string())),
            Some(other) => Err(self.other(key, other)),
        }
    }

    /// [`Answer::text`] of what has to be there.
    ///
    /// # Errors
    /// [`Problem::BadAnswer`] also if it is not there.
    pub fn required(&self, key: &str) -> Result<String, Problem> {
        self.text(key)?.ok_or_else(|| self.bad(&format!("no {key}")))
    }

    /// Any type of integer, if it is not negative.
    pub fn number(&self, key: &str) -> Result<Option<u64>, Problem> {
        let Some(value) = self.look(key) else { return Ok(None) };
        let number = match value {
            Value::U8(n) => Some(u64::from(*n)),
            Value::U16(n) => Some(u64::from(*n)),
            Value::U32(n) => Some(u64::from(*n)),
            Value::U64(n) => Some(*n),
            Value::I16(n) => u64::try_from(*n).ok(),
            Value::I32(n) => u64::try_from(*n).ok(),
            Value::I64(n) => u64::try_from(*n).ok(),
            _ => None,
        };
        number.map(Some).ok_or_else(|| self.other(key, value))
    }

    pub fn fraction(&self, key: &str) -> Result<Option<f64>, Problem> {
        match self.look(key) {
            None => Ok(None),
            Some(Value::F64(number)) => Ok(Some(*number)),
            Some(other) => Err(self.other(key, other)),
        }
    }

    /// A list of strings; empty where there is none.
    pub fn list(&self, key: &str) -> Result<Vec<String>, Problem> {
        match self.look(key) {
            None => Ok(Vec::new()),
            Some(value @ Value::Array(items)) => {
                let word = |item: &Value<'_>| match bare(item) {
                    Value::Str(words) => Ok(words.to_string()),
                    _ => Err(self.other(key, value)),
                };
                items.iter().map(word).collect()
            }
            Some(other) => Err(self.other(key, other)),
        }
    }

    /// A dictionary in the dictionary.
    pub fn dictionary(&self, key: &str) -> Result<Option<Dictionary>, Problem> {
        let Some(value) = self.look(key) else { return Ok(None) };
        entries(value).map(Some).ok_or_else(|| self.other(key, value))
    }

    /// A list of dictionaries; empty where there is none.
    pub fn dictionaries(&self, key: &str) -> Result<Vec<Dictionary>, Problem> {
        match self.look(key) {
            None => Ok(Vec::new()),
            Some(value @ Value::Array(items)) => {
                items.iter().map(|item| entries(item).ok_or_else(|| self.other(key, value))).collect()
            }
            Some(other) => Err(self.other(key, other)),
        }
    }

    /// The number that a structure begins with.
    pub fn leading(&self, key: &str) -> Result<Option<i64>, Problem> {
        let Some(value) = self.look(key) else { return Ok(None) };
        let number = match value {
            Value::Structure(fields) => match fields.fields().first().map(bare) {
                Some(Value::I32(number)) => Some(i64::from(*number)),
                Some(Value::U32(number)) => Some(i64::from(*number)),
                Some(Value::I64(number)) => Some(*number),
                _ => None,
            },
            _ => None,
        };
        number.map(Some).ok_or_else(|| self.other(key, value))
    }

    fn look(&self, key: &str) -> Option<&Value<'static>> {
        self.entries.get(key).map(|value| bare(value))
    }

    fn other(&self, key: &str, value: &Value<'_>) -> Problem {
        self.bad(&format!("{key} is of the type {}", value.value_signature()))
    }
}

fn entries(value: &Value<'_>) -> Option<Dictionary> {
    let entry = |(key, item): (&Value<'_>, &Value<'_>)| match (bare(key), bare(item).try_to_owned()) {
        (Value::Str(key), Ok(item)) => Some((key.to_string(), item)),
        _ => None,
    };
    match bare(value) {
        Value::Dict(entries) => entries.iter().map(entry).collect(),
        _ => None,
    }
}

/// Some services wrap a variant into another one.
fn bare<'a, 'v>(value: &'a Value<'v>) -> &'a Value<'v> {
    match value {
        Value::Value(inner) => bare(inner),
        value => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(value: impl Into<Value<'static>>) -> OwnedValue {
        value.into().try_to_owned().unwrap()
    }

    #[test]
    fn what_is_there_has_its_type() {
        let inner = HashMap::from([("deep", Value::from("down"))]);
        let entries = Dictionary::from([
            ("word".into(), owned("yes")),
            ("count".into(), owned(7_u32)),
            ("less".into(), owned(-7_i32)),
            ("part".into(), owned(0.5_f64)),
            ("words".into(), owned(vec!["a", "b"])),
            ("numbers".into(), owned(vec![1_u32])),
            ("list".into(), owned(vec![inner.clone()])),
            ("triple".into(), owned((-3_i32, "words", 1_i32))),
            ("inner".into(), owned(Value::Value(Box::new(Value::from(inner))))),
        ]);
        let answer = Answer { service: "x", entries: &entries };
        assert_eq!(answer.required("word").unwrap(), "yes");
        assert_eq!(answer.number("count"), Ok(Some(7)));
        assert_eq!(answer.fraction("part"), Ok(Some(0.5)));
        assert_eq!(answer.list("words").unwrap(), ["a", "b"]);
        let inner = answer.dictionary("inner").unwrap().unwrap();
        assert_eq!(Answer { service: "x", entries: &inner }.text("deep").unwrap().as_deref(), Some("down"));
        assert_eq!((answer.text("none"), answer.list("none")), (Ok(None), Ok(Vec::new())));
        let code = |problem: Option<Problem>| assert_eq!(problem.unwrap().code(), "bad-answer");
        assert_eq!(answer.dictionaries("list").unwrap().len(), 1);
        assert_eq!(answer.leading("triple"), Ok(Some(-3)));
        code(answer.dictionaries("words").err());
        code(answer.leading("count").err());
        code(answer.text("count").err());
        code(answer.number("less").err());
        code(answer.number("word").err());
        code(answer.fraction("count").err());
        code(answer.list("numbers").err());
        code(answer.dictionary("words").err());
        code(answer.required("none").err());
    }
}
