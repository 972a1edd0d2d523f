//! One of a few words, or a list of them.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, DeserializeOwned, Deserializer, IntoDeserializer, SeqAccess, Visitor};

/// Reads one word; the error lists the words that are known.
pub(in crate::config) fn deserialize<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let word = <String as serde::Deserialize>::deserialize(deserializer)?;
    from_word(&word)
}

/// Reads a list of words, or one text with commas between them, as variables have it.
pub(in crate::config) fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    deserializer.deserialize_any(Words(PhantomData))
}

fn from_word<T: DeserializeOwned, E: de::Error>(word: &str) -> Result<T, E> {
    let word: de::value::StrDeserializer<'_, de::value::Error> = word.into_deserializer();
    T::deserialize(word).map_err(E::custom)
}

struct Words<T>(PhantomData<T>);

impl<'de, T: DeserializeOwned> Visitor<'de> for Words<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of words")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Vec<T>, E> {
        text.split(',').map(|word| from_word(word.trim())).collect()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
        let mut words = Vec::new();
        while let Some(word) = list.next_element::<String>()? {
            words.push(from_word(&word)?);
        }
        Ok(words)
    }
}
