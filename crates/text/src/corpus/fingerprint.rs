//! Fingerprints that identify a text in whatever file it is.

use std::fmt;

use crate::corpus::pair::Pair;
use crate::hash;

/// A hash that identifies pairs or other text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint(u64);

/// A byte that no text contains. It separates sides and pairs.
const END: u8 = 0xFF;

impl Fingerprint {
    /// Returns the fingerprint of pairs, in their order.
    pub fn of<'a>(pairs: impl IntoIterator<Item = &'a Pair>) -> Self {
        let mut fingerprint = Self::default();
        pairs.into_iter().for_each(|pair| fingerprint.add(pair));
        fingerprint
    }

    /// Adds a pair.
    pub fn add(&mut self, pair: &Pair) {
        for side in [&pair.source, &pair.target] {
            self.add_bytes(side.as_bytes());
            self.add_bytes(&[END]);
        }
    }

    /// Adds bytes.
    pub fn add_bytes(&mut self, bytes: &[u8]) {
        self.0 = hash::continued(self.0, bytes.iter().copied());
    }
}

impl Default for Fingerprint {
    fn default() -> Self {
        Self(hash::EMPTY)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> String {
        let pair =
            |(source, target): &(&str, &str)| Pair { source: (*source).to_owned(), target: (*target).to_owned() };
        Fingerprint::of(&pairs.iter().map(pair).collect::<Vec<_>>()).to_string()
    }

    #[test]
    fn a_fingerprint_is_the_fnv_1a_hash_in_hexadecimal() {
        let mut fingerprint = Fingerprint::default();
        fingerprint.add_bytes(b"foobar");
        assert_eq!(fingerprint.to_string(), "85944171f73967e8");
    }

    #[test]
    fn the_order_and_the_boundaries_of_texts_change_the_fingerprint() {
        let all = [
            of(&[]),
            of(&[("", "")]),
            of(&[("ab", "c")]),
            of(&[("a", "bc")]),
            of(&[("c", "ab")]),
            of(&[("ab", "c"), ("a", "bc")]),
            of(&[("a", "bc"), ("ab", "c")]),
        ];
        for (at, one) in all.iter().enumerate() {
            assert!(!all[..at].contains(one), "{at}");
        }
    }
}
