use crate::Pair;
use std::fmt;

/// By which a text is known again, in whatever file it lies: FNV-1a over 64 bits. Against chance, not against malice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint(u64);

/// No byte of a text, so that sides and pairs do not run into each other.
const END: u8 = 0xFF;

impl Default for Fingerprint {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fingerprint {
    /// Of some pairs, in their order.
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

    /// Adds bytes of whatever else.
    pub fn add_bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
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
    fn is_fnv_1a() {
        let mut fingerprint = Fingerprint::default();
        fingerprint.add_bytes(b"foobar");
        assert_eq!(fingerprint.to_string(), "85944171f73967e8");
    }

    #[test]
    fn order_and_ends_count() {
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
