//! API keys.

use std::fmt;
use std::num::NonZeroU32;
use subtle::ConstantTimeEq;
use thiserror::Error;

/// The keys that clients may send, with the number of texts per minute of each.
#[derive(Clone, Default)]
pub struct ApiKeys {
    keys: Vec<(String, Option<NonZeroU32>)>,
}

/// A line of a file of keys that cannot be read. It does not show the line, which may have a key.
#[derive(Debug, Error, PartialEq, Eq)]
#[error(
    "line {line}: {problem}; a line has a key of at least {} characters without spaces, and perhaps a number of texts \
         per minute",
    ApiKeys::SHORTEST
)]
pub struct KeyError {
    /// Number of the line, from 1.
    pub line: usize,
    problem: &'static str,
}

impl ApiKeys {
    /// The smallest number of characters of a key: shorter ones can be guessed.
    pub const SHORTEST: usize = 16;

    /// Reads keys, one per line, each perhaps followed by a space and a number of texts per minute. Blank lines and
    /// lines that begin with `#` are comments.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let mut keys: Vec<(String, Option<NonZeroU32>)> = Vec::new();
        for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let error = |problem| KeyError { line: number + 1, problem };
            let mut parts = line.split_whitespace();
            let Some(key) = parts.next().filter(|key| !key.starts_with('#')) else { continue };
            if key.chars().count() < Self::SHORTEST {
                return Err(error("the key is too short"));
            }
            if keys.iter().any(|(other, _)| other == key) {
                return Err(error("the key is there already"));
            }
            let limit = match parts.next().map(str::parse) {
                None => None,
                Some(Ok(limit)) => Some(limit),
                Some(Err(_)) => return Err(error("after the key there is no whole number from 1")),
            };
            if parts.next().is_some() {
                return Err(error("there is something after the number"));
            }
            keys.push((key.to_owned(), limit));
        }
        Ok(Self { keys })
    }

    /// Whether there are no keys.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Number of keys.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// The number of texts per minute of each key.
    pub fn limits(&self) -> impl Iterator<Item = Option<NonZeroU32>> {
        self.keys.iter().map(|(_, limit)| *limit)
    }

    /// The index of a key; `None` if it is wrong. The time does not tell how much of it is right.
    pub fn find(&self, key: &str) -> Option<usize> {
        let equal = self.keys.iter().map(|(known, _)| bool::from(known.as_bytes().ct_eq(key.as_bytes())));
        equal.enumerate().fold(None, |found, (number, is_equal)| if is_equal { Some(number) } else { found })
    }
}

/// Hides the keys.
impl fmt::Debug for ApiKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} keys", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_a_key_per_line_perhaps_with_a_number_of_texts_per_minute() {
        let keys = ApiKeys::parse("\u{feff}# office\n\n0123456789abcdef\r\nfedcba9876543210 120\n").expect("keys");
        assert_eq!(keys.limits().collect::<Vec<_>>(), [None, NonZeroU32::new(120)]);
        assert_eq!(keys.find("fedcba9876543210"), Some(1));
        assert_eq!(keys.find("fedcba987654321"), None);
        assert_eq!(keys.find(""), None);
        assert_eq!(format!("{keys:?}"), "2 keys");
    }

    #[test]
    fn a_wrong_line_is_named_without_its_key() {
        for (text, line) in [
            ("short", 1),
            ("# a\n0123456789abcdef 0", 2),
            ("0123456789abcdef x", 1),
            ("0123456789abcdef 3 4", 1),
            ("0123456789abcdef\n0123456789abcdef", 2),
        ] {
            let error = ApiKeys::parse(text).expect_err(text);
            assert_eq!(error.line, line, "{text}");
            assert!(!error.to_string().contains("abcdef"), "{error}");
        }
    }
}
