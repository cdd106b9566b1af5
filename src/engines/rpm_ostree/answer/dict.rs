//! One `a{sv}` whose keys come and go with upstream's versions.

use super::bad;
use cairn_model::{Problem, Seconds};
use zbus::zvariant::{Dict, Value};

/// A dictionary that is asked by key.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a>(&'a Dict<'a, 'a>);

/// What is inside of variants, however many there are around it.
pub fn plain<'a>(value: &'a Value<'a>) -> &'a Value<'a> {
    let mut value = value;
    while let Value::Value(inner) = value {
        value = inner;
    }
    value
}

/// A text, or `None` where it is something else.
pub fn text_of<'a>(value: &'a Value<'a>) -> Option<&'a str> {
    match plain(value) {
        Value::Str(text) => Some(text.as_str()),
        _ => None,
    }
}

/// The elements of an array, none where it is something else.
pub fn items<'a>(value: &'a Value<'a>) -> &'a [Value<'a>] {
    match plain(value) {
        Value::Array(array) => array.inner(),
        _ => &[],
    }
}

/// The fields of a structure, none where it is something else.
pub fn fields<'a>(value: &'a Value<'a>) -> &'a [Value<'a>] {
    match plain(value) {
        Value::Structure(structure) => structure.fields(),
        _ => &[],
    }
}

/// A whole number that is not negative.
pub fn number_of(value: &Value<'_>) -> Option<u64> {
    match plain(value) {
        Value::U8(n) => Some((*n).into()),
        Value::U16(n) => Some((*n).into()),
        Value::U32(n) => Some((*n).into()),
        Value::U64(n) => Some(*n),
        Value::I16(n) => (*n).try_into().ok(),
        Value::I32(n) => (*n).try_into().ok(),
        Value::I64(n) => (*n).try_into().ok(),
        _ => None,
    }
}

impl<'a> Facts<'a> {
    /// # Errors
    /// [`Problem::BadAnswer`] for what is no dictionary.
    pub fn of(value: &'a Value<'a>) -> Result<Self, Problem> {
        match plain(value) {
            Value::Dict(dict) => Ok(Self(dict)),
            other => Err(bad(&format!("{} where a{{sv}} belongs", other.value_signature()))),
        }
    }

    pub fn is_empty(self) -> bool {
        self.0.iter().next().is_none()
    }

    pub fn get(self, key: &str) -> Option<&'a Value<'a>> {
        self.0.iter().find(|(k, _)| text_of(k) == Some(key)).map(|(_, value)| plain(value))
    }

    /// Keys with their values.
    pub fn pairs(self) -> impl Iterator<Item = (&'a str, &'a Value<'a>)> {
        self.0.iter().filter_map(|(key, value)| Some((text_of(key)?, plain(value))))
    }

    /// A text that says something.
    pub fn text(self, key: &str) -> Option<&'a str> {
        self.get(key).and_then(text_of).filter(|text| !text.is_empty())
    }

    pub fn number(self, key: &str) -> Option<u64> {
        self.get(key).and_then(number_of)
    }

    /// A moment; 0 is none.
    pub fn seconds(self, key: &str) -> Option<Seconds> {
        self.number(key).and_then(|time| time.try_into().ok()).filter(|time| *time > 0)
    }

    /// The texts of a list; what is none is left out.
    pub fn texts(self, key: &str) -> Vec<String> {
        let list = self.get(key).map(items).unwrap_or_default();
        list.iter().filter_map(text_of).map(ToOwned::to_owned).collect()
    }

    /// A flag on which something depends: absent means no.
    ///
    /// # Errors
    /// [`Problem::BadAnswer`] for anything but a boolean.
    pub fn flag(self, key: &str) -> Result<bool, Problem> {
        match self.get(key) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(bad(&format!("{key} is no boolean"))),
        }
    }
}
