//! Token ids as text again, with the place of every token in it.

use std::ops::Range;
use std::sync::OnceLock;

/// A text made from tokens.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decoded {
    /// The text.
    pub text: String,
    /// For each token its bytes of the text, on character boundaries, in order. A control token has an empty range;
    /// tokens that share a character have overlapping ones.
    pub offsets: Vec<Range<usize>>,
}

impl Decoded {
    /// Joins byte-level tokens, takes away the one space that encoding put before them, and shows bytes that are not
    /// UTF-8 as U+FFFD.
    pub(crate) fn join<'a>(tokens: impl Iterator<Item = &'a str>) -> Self {
        let mut bytes = Vec::new();
        let mut ends = Vec::new();
        for token in tokens {
            bytes.extend(token.chars().map(byte_of));
            ends.push(bytes.len());
        }
        let skipped = usize::from(bytes.first() == Some(&b' '));
        let (text, places) = lossy(&bytes[skipped..]);
        let mut start = 0;
        let offsets = ends.into_iter().map(|end| {
            let (from, to) = (start.max(skipped) - skipped, end.max(skipped) - skipped);
            start = end;
            if from == to { places[from].start..places[from].start } else { places[from].start..places[to - 1].end }
        });
        let offsets = offsets.collect();
        Self { text, offsets }
    }
}

/// The text, and for each byte given the character that it went into; one more place stands for the end.
fn lossy(bytes: &[u8]) -> (String, Vec<Range<usize>>) {
    let mut text = String::with_capacity(bytes.len());
    let mut places = Vec::with_capacity(bytes.len() + 1);
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            let start = text.len();
            text.push(c);
            places.extend((0..c.len_utf8()).map(|_| start..text.len()));
        }
        if !chunk.invalid().is_empty() {
            let start = text.len();
            text.push(char::REPLACEMENT_CHARACTER);
            places.extend(chunk.invalid().iter().map(|_| start..text.len()));
        }
    }
    places.push(text.len()..text.len());
    (text, places)
}

/// The byte that a character of a byte-level token stands for: printable Latin-1 characters stand for themselves, the
/// other bytes for the characters from U+0100 on, in order (Radford et al. 2019, as the tokenizers library does it).
fn byte_of(c: char) -> u8 {
    static OTHERS: OnceLock<Vec<u8>> = OnceLock::new();
    let stands_for_itself = |byte: &u8| matches!(byte, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF);
    let others = OTHERS.get_or_init(|| (0..=255).filter(|byte| !stands_for_itself(byte)).collect());
    match u32::from(c).checked_sub(256) {
        None => c as u32 as u8,
        Some(at) => others.get(at as usize).copied().unwrap_or(b'?'),
    }
}
