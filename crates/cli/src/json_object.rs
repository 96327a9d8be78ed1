//! A JSON object of the input: its fields as they are written, and its strings as text.

use glosser_text::TextError;
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// The fields of a JSON object in their order, with their values as they are written.
pub struct Object<'a>(pub Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Fields)
    }
}

struct Fields;

impl<'de> Visitor<'de> for Fields {
    type Value = Object<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Object(fields))
    }
}

/// A fault that was repaired in a JSON string.
pub enum Repair {
    /// A NUL was removed; the key of the string.
    Nul(String),
    /// Half of a surrogate pair was replaced; the key of the string.
    HalfCharacter(String),
}

impl Repair {
    /// The fault with its place.
    pub fn at(self, file: &str, line: usize) -> TextError {
        let file = file.to_owned();
        match self {
            Self::Nul(key) => TextError::EscapedNul { file, line, key },
            Self::HalfCharacter(key) => TextError::HalfCharacter { file, line, key },
        }
    }
}

/// Decodes the JSON string of a key as a line of a text is read: NUL is removed, and what is no character becomes
/// U+FFFD. Returns `None` for any other value.
pub fn string(key: &str, json: &str, repairs: &mut Vec<Repair>) -> Option<String> {
    let mut text: String = match serde_json::from_str(json) {
        Ok(text) => text,
        Err(_) => {
            let Bytes(bytes) = serde_json::from_str(json).ok()?;
            repairs.push(Repair::HalfCharacter(key.to_owned()));
            with_replacements(&bytes)
        }
    };
    if text.contains('\0') {
        text.retain(|c| c != '\0');
        repairs.push(Repair::Nul(key.to_owned()));
    }
    Some(text)
}

/// UTF-8 with halves of surrogate pairs as text. Such a half is three bytes, of which only the first one is 0xED.
fn with_replacements(bytes: &[u8]) -> String {
    let replaced = |invalid: &[u8]| if invalid.first() == Some(&0xED) { "\u{FFFD}" } else { "" };
    bytes.utf8_chunks().flat_map(|part| [part.valid(), replaced(part.invalid())]).collect()
}

/// The bytes of a JSON string, which may have half of a surrogate pair.
struct Bytes(Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(StringBytes)
    }
}

struct StringBytes;

impl Visitor<'_> for StringBytes {
    type Value = Bytes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a string")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Bytes, E> {
        Ok(Bytes(bytes.to_vec()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_is_decoded_and_what_is_no_text_is_repaired() {
        for (json, expected, count) in [
            (r#""a\u0048\n\ud83d\udc15""#, Some("aH\n🐕"), 0),
            (r#""a\ud83d b\udc15""#, Some("a\u{FFFD} b\u{FFFD}"), 1),
            ("\"\\ud83d\u{D55C}\"", Some("\u{FFFD}\u{D55C}"), 1),
            (r#""a\u0000b\ud83d""#, Some("ab\u{FFFD}"), 2),
            ("1", None, 0),
            ("[97]", None, 0),
            ("null", None, 0),
        ] {
            let mut repairs = Vec::new();
            assert_eq!(string("text", json, &mut repairs).as_deref(), expected, "{json}");
            assert_eq!(repairs.len(), count, "{json}");
        }
    }
}
