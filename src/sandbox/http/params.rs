//! Parameters of a call, in the order they came, with PHP's idea of truth and numbers.

use std::{borrow::Cow, fmt};

use indexmap::IndexMap;
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};
use serde_json::{Number, Value};

/// One parameter, as JSON or a form brought it.
#[derive(Debug, Clone, PartialEq)]
pub enum Param {
    /// `null`; a form cannot say it.
    Null,
    /// `true` or `false`; a form cannot say it.
    Bool(bool),
    /// A number; a form cannot say it.
    Number(Number),
    /// A text; everything in a form is one.
    Text(String),
    /// A list, or a form's keys 0, 1, 2…
    List(Vec<Param>),
    /// Names and values in the order they came.
    Map(Params),
}

/// Named parameters in the order they came.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Params(pub IndexMap<String, Param>);

impl Param {
    /// PHP's truth: everything but null, false, 0, "", "0" and an empty list.
    pub fn truthy(&self) -> bool {
        match self {
            Param::Null => false,
            Param::Bool(flag) => *flag,
            Param::Number(number) => number.as_f64() != Some(0.0),
            Param::Text(text) => !text.is_empty() && text != "0",
            Param::List(items) => !items.is_empty(),
            Param::Map(params) => !params.0.is_empty(),
        }
    }

    /// Returns a scalar as PHP turns it into a text; none for lists, maps and null.
    pub fn text(&self) -> Option<Cow<'_, str>> {
        match self {
            Param::Text(text) => Some(Cow::Borrowed(text)),
            Param::Number(number) => Some(Cow::Owned(number.to_string())),
            Param::Bool(true) => Some(Cow::Borrowed("1")),
            Param::Bool(false) => Some(Cow::Borrowed("")),
            Param::Null | Param::List(_) | Param::Map(_) => None,
        }
    }

    /// Returns a whole number; leading digits of a text count, as PHP's `(int)` does it.
    pub fn int(&self) -> Option<i64> {
        match self {
            Param::Number(number) => number.as_i64().or_else(|| {
                #[expect(clippy::cast_possible_truncation, reason = "PHP truncates as well")]
                number.as_f64().map(|float| float as i64)
            }),
            Param::Text(text) => leading_int(text.trim_start()),
            Param::Bool(flag) => Some(i64::from(*flag)),
            _ => None,
        }
    }

    /// Returns an id: a positive whole number.
    pub fn id(&self) -> Option<u64> {
        self.int().and_then(|number| u64::try_from(number).ok()).filter(|number| *number > 0)
    }

    /// Returns the values of a list or map, or the scalar itself.
    pub fn items(&self) -> Vec<&Param> {
        match self {
            Param::List(items) => items.iter().collect(),
            Param::Map(params) => params.0.values().collect(),
            Param::Null => Vec::new(),
            scalar => vec![scalar],
        }
    }

    /// Returns the ids of a list, or of a single value.
    pub fn ids(&self) -> Vec<u64> {
        self.items().into_iter().filter_map(Param::id).collect()
    }

    /// Returns the map, if it is one. PHP cannot tell an empty map from an empty list.
    pub fn map(&self) -> Option<Cow<'_, Params>> {
        match self {
            Param::Map(params) => Some(Cow::Borrowed(params)),
            Param::List(items) => {
                let named = items.iter().enumerate().map(|(at, item)| (at.to_string(), item.clone()));
                Some(Cow::Owned(Params(named.collect())))
            }
            _ => None,
        }
    }

    /// Copies the parameter into JSON.
    pub fn to_value(&self) -> Value {
        match self {
            Param::Null => Value::Null,
            Param::Bool(flag) => Value::Bool(*flag),
            Param::Number(number) => Value::Number(number.clone()),
            Param::Text(text) => Value::String(text.clone()),
            Param::List(items) => items.iter().map(Param::to_value).collect(),
            Param::Map(params) => params.to_value(),
        }
    }
}

fn leading_int(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    text[..text.len() - digits.len() + end].parse().ok()
}

impl Params {
    /// Returns a parameter by its exact name.
    pub fn get(&self, name: &str) -> Option<&Param> {
        self.0.get(name)
    }

    /// Returns a parameter by its name in any case; the exact one first.
    pub fn any_case(&self, name: &str) -> Option<&Param> {
        self.get(name).or_else(|| {
            self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
        })
    }

    /// Returns a text, if the parameter is a filled scalar.
    pub fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        self.get(name).and_then(Param::text).filter(|text| !text.is_empty())
    }

    /// Returns a parameter's id.
    pub fn id(&self, name: &str) -> Option<u64> {
        self.get(name).and_then(Param::id)
    }

    /// Returns the map under a name in any case, or an empty one.
    pub fn map_or_empty(&self, name: &str) -> Params {
        self.any_case(name).and_then(Param::map).map(Cow::into_owned).unwrap_or_default()
    }

    /// Copies the parameters into JSON.
    pub fn to_value(&self) -> Value {
        Value::Object(self.0.iter().map(|(name, value)| (name.clone(), value.to_value())).collect())
    }

    /// Reads a JSON object; anything else is no parameters at all, as the portal does it.
    pub fn from_json(body: &[u8]) -> Option<Params> {
        match serde_json::from_slice::<Param>(body) {
            Ok(Param::Map(params)) => Some(params),
            Ok(Param::List(items)) if items.is_empty() => Some(Params::default()),
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for Param {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Param, D::Error> {
        deserializer.deserialize_any(ParamVisitor)
    }
}

struct ParamVisitor;

impl<'de> Visitor<'de> for ParamVisitor {
    type Value = Param;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Param, E> {
        Ok(Param::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Param, E> {
        Ok(Param::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Param, E> {
        Ok(Param::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Param, E> {
        Ok(Param::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Param, E> {
        Ok(Number::from_f64(number).map_or(Param::Null, Param::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Param, E> {
        Ok(Param::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Param, E> {
        Ok(Param::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Param, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Param::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Param, A::Error> {
        let mut params = IndexMap::new();
        while let Some((name, value)) = map.next_entry()? {
            params.insert(name, value);
        }
        Ok(Param::Map(Params(params)))
    }
}

impl From<&Value> for Param {
    fn from(value: &Value) -> Param {
        match value {
            Value::Null => Param::Null,
            Value::Bool(flag) => Param::Bool(*flag),
            Value::Number(number) => Param::Number(number.clone()),
            Value::String(text) => Param::Text(text.clone()),
            Value::Array(items) => Param::List(items.iter().map(Param::from).collect()),
            Value::Object(map) => {
                Param::Map(Params(map.iter().map(|(name, value)| (name.clone(), value.into())).collect()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn truth_is_that_of_php() {
        let truthy = |text: &str| Param::Text(text.to_owned()).truthy();
        assert!(truthy("false") && truthy("N") && truthy(" "));
        assert!(!truthy("") && !truthy("0"));
        assert!(!Param::Bool(false).truthy() && !Param::Null.truthy() && !Param::List(Vec::new()).truthy());
    }

    #[test]
    fn numbers_are_those_of_php() {
        let int = |text: &str| Param::Text(text.to_owned()).int();
        assert_eq!((int("12abc"), int("-3"), int("abc"), int("")), (Some(12), Some(-3), None, None));
    }

    #[test]
    fn json_keeps_its_order() {
        let params = Params::from_json(br#"{"b": 1, "a": {"z": null, "c": [true]}}"#).unwrap();
        assert_eq!(params.0.keys().collect::<Vec<_>>(), ["b", "a"]);
        assert_eq!(Params::from_json(b"{\"b\": 1"), None);
        assert_eq!(Params::from_json(b"5"), None);
    }
}
