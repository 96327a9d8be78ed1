//! The bytes of every token, for a search whose text is given in part.

use crate::tokenize::decoded::bytes_of;
use crate::tokenize::tokenizer::Tokenizer;
use crate::tokenize::vocabulary::CONTROL;

/// The bytes that each token of a vocabulary writes. Every single byte is a token, so that any text can be written.
///
/// ```
/// use glosser_text::{EOS, TokenBytes, Tokenizer};
///
/// let tokenizer = Tokenizer::train(["ein Hund"].iter(), 270)?;
/// let bytes = TokenBytes::new(&tokenizer);
/// let written: Vec<u8> = tokenizer.encode("ein ß").ids.iter().flat_map(|id| bytes.of(*id)).copied().collect();
/// assert_eq!(written, " ein ß".as_bytes());
/// assert!(bytes.of(EOS).is_empty());
/// # Ok::<(), glosser_text::TextError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct TokenBytes {
    bytes: Vec<u8>,
    /// The end of each token in `bytes`.
    ends: Vec<usize>,
}

impl TokenBytes {
    /// Looks up the bytes of every token.
    pub fn new(tokenizer: &Tokenizer) -> Self {
        let (mut bytes, mut ends) = (Vec::new(), Vec::with_capacity(tokenizer.vocab_size()));
        for id in 0..tokenizer.vocab_size() {
            if id >= CONTROL.len() {
                bytes.extend(bytes_of(&tokenizer.library().id_to_token(id as u32).unwrap_or_default()));
            }
            ends.push(bytes.len());
        }
        Self { bytes, ends }
    }

    /// Returns the bytes of each token, in the order of ids.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.ends.len()).map(|id| self.of(id as u32))
    }

    /// Returns the bytes of a token; none for a control token and beyond the vocabulary.
    pub fn of(&self, id: u32) -> &[u8] {
        let id = id as usize;
        let start = id.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied());
        match (start, self.ends.get(id)) {
            (Some(start), Some(end)) => &self.bytes[start..*end],
            _ => &[],
        }
    }
}
