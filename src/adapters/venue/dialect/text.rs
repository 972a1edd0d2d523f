//! Ids and names that a venue writes as text or as a number.

use std::borrow::Cow;

use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// The text of a field that may be text or a number; the digits of a number come as they were written.
pub(super) fn written<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Cow<'de, str>, D::Error> {
    let raw: &'de RawValue = Deserialize::deserialize(deserializer)?;
    let text = raw.get();
    match text.as_bytes().first() {
        Some(b'"') => serde_json::from_str::<String>(text)
            .map(Cow::Owned)
            .map_err(D::Error::custom),
        Some(b'-' | b'0'..=b'9') => Ok(Cow::Borrowed(text)),
        _ => Err(D::Error::custom("must be text or a number")),
    }
}

/// An id: 64 bits of digits or text, and always text to us.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text(pub String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(written(deserializer)?.into_owned()))
    }
}

impl Text {
    /// The text, when there is some.
    pub fn told(self) -> Option<String> {
        Some(self.0).filter(|text| !text.is_empty())
    }
}
