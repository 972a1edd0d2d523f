//! The parameters of a request by name, wherever a dialect puts them: query, form or JSON.

use std::collections::BTreeMap;
use std::str::FromStr;

use actix_web::web::Query;
use serde_json::{Map, Value};

/// A parameter that is not there, or not what it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WrongField {
    /// What was sent could not be read at all.
    Unreadable,
    /// It is not there.
    Missing(String),
    /// It is not what it must be.
    Malformed(String),
    /// It is there twice.
    Twice(String),
}

/// Parameters by name. Numbers and booleans of JSON are kept as they were written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(BTreeMap<String, String>);

impl Fields {
    /// From a query or a form. A name that stands there twice is wrong.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn of_query(query: &str) -> Result<Self, WrongField> {
        let pairs = Query::<Vec<(String, String)>>::from_query(query).map_err(|_| WrongField::Unreadable)?;
        let mut fields = Self::default();
        for (name, value) in pairs.into_inner() {
            fields.add(name, value)?;
        }
        Ok(fields)
    }

    /// From one object.
    pub fn of_object(object: &Map<String, Value>) -> Self {
        let text = |value: &Value| match value {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        };
        Self(object.iter().map(|(name, value)| (name.clone(), text(value))).collect())
    }

    /// From a JSON body: one object, or an array of them. An empty body is an empty object.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn of_json(body: &str) -> Result<Vec<Self>, WrongField> {
        if body.is_empty() {
            return Ok(vec![Self::default()]);
        }
        let objects: Vec<Map<String, Value>> = if body.trim_start().starts_with('[') {
            serde_json::from_str(body).map_err(|_| WrongField::Unreadable)?
        } else {
            vec![serde_json::from_str(body).map_err(|_| WrongField::Unreadable)?]
        };
        Ok(objects.iter().map(Self::of_object).collect())
    }

    /// From a query and a form together.
    ///
    /// # Errors
    /// When one cannot be read, or a name stands there twice.
    pub fn of_both(query: &str, form: &str) -> Result<Self, WrongField> {
        let mut fields = Self::of_query(query)?;
        for (name, value) in Self::of_query(form)?.0 {
            fields.add(name, value)?;
        }
        Ok(fields)
    }

    /// Adds one.
    ///
    /// # Errors
    /// When the name is there already.
    pub fn add(&mut self, name: String, value: String) -> Result<(), WrongField> {
        match self.0.insert(name.clone(), value) {
            Some(_) => Err(WrongField::Twice(name)),
            None => Ok(()),
        }
    }

    /// A parameter that is there and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Whether it is there and not empty.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// A parameter that must be there.
    ///
    /// # Errors
    /// When it is not.
    pub fn need(&self, name: &str) -> Result<&str, WrongField> {
        self.get(name).ok_or_else(|| WrongField::Missing(name.to_owned()))
    }

    /// A parameter that is read, when it is there.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read_as<T: FromStr>(&self, name: &str) -> Result<Option<T>, WrongField> {
        self.get(name).map(str::parse).transpose().map_err(|_| malformed(name))
    }

    /// A parameter that is read, and must be there.
    ///
    /// # Errors
    /// When it is not, or cannot be read.
    pub fn need_as<T: FromStr>(&self, name: &str) -> Result<T, WrongField> {
        self.need(name)?.parse().map_err(|_| malformed(name))
    }

    /// `true` or `false`, in any case; false when it is not there.
    ///
    /// # Errors
    /// When it is another word.
    pub fn flag(&self, name: &str) -> Result<bool, WrongField> {
        match self.get(name) {
            None => Ok(false),
            Some(value) if value.eq_ignore_ascii_case("true") => Ok(true),
            Some(value) if value.eq_ignore_ascii_case("false") => Ok(false),
            Some(_) => Err(malformed(name)),
        }
    }

    /// How many records are asked for with `limit`: the usual number where it is not told, and no more than the most.
    ///
    /// # Errors
    /// When it is no number, or below one.
    pub fn limit(&self, usual: usize, most: usize) -> Result<usize, WrongField> {
        match self.read_as::<usize>("limit")? {
            None => Ok(usual),
            Some(0) => Err(malformed("limit")),
            Some(limit) => Ok(limit.min(most)),
        }
    }
}

/// Decimal places that a step has.
pub fn decimals(step: &str) -> usize {
    step.split_once('.').map_or(0, |(_, places)| places.len())
}

/// Decimal places of a number that are not zeros at the end.
pub fn places(text: &str) -> usize {
    text.split_once('.')
        .map_or(0, |(_, places)| places.trim_end_matches('0').len())
}

fn malformed(name: &str) -> WrongField {
    WrongField::Malformed(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_stand_twice_and_bodies_that_are_no_objects_are_wrong() {
        assert_eq!(Fields::of_query("a=1&a=2"), Err(WrongField::Twice("a".to_owned())));
        assert_eq!(Fields::of_json("[1]"), Err(WrongField::Unreadable));
        assert_eq!(Fields::of_json("").map(|all| all.len()), Ok(1));
        let both = Fields::of_json(r#"[{"a":"1"},{"a":2,"b":true,"c":null}]"#).unwrap();
        assert_eq!((both[0].get("a"), both[1].get("a")), (Some("1"), Some("2")));
        assert_eq!((both[1].flag("b"), both[1].has("c")), (Ok(true), false));
    }

    #[test]
    fn a_limit_is_held_to_the_most() {
        let limit = |query: &str| Fields::of_query(query).unwrap().limit(50, 100);
        assert_eq!(
            (limit(""), limit("limit=70"), limit("limit=700")),
            (Ok(50), Ok(70), Ok(100))
        );
        assert_eq!(
            (limit("limit=0"), limit("limit=-1")),
            (Err(malformed("limit")), Err(malformed("limit")))
        );
    }
}
