//! Decoded text, with the position of every token in it.

use std::ops::Range;
use std::sync::OnceLock;

use crate::io::lines::is_line_end;
use crate::words::placeholders::spacing::{Neighbour, PlacedItem, is_spaced};
use crate::words::script::is_unspaced;

/// A text decoded from tokens.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decoded {
    /// The text.
    pub text: String,
    /// The bytes of each token in the text, on character boundaries, in order. A control token has an empty range;
    /// tokens that share a character have overlapping ranges.
    pub offsets: Vec<Range<usize>>,
}

/// The decoded form of an id.
pub(crate) enum Part<'a> {
    /// A control token.
    Nothing,
    /// A byte-level token.
    Token(String),
    /// The item of a placeholder.
    Item(&'a PlacedItem<'a>),
}

impl Decoded {
    /// Joins the parts, removes the space that encoding adds at the beginning, and replaces bytes that are not UTF-8 by
    /// U+FFFD.
    pub(crate) fn join<'a>(parts: impl Iterator<Item = Part<'a>>) -> Self {
        let mut bytes = Vec::new();
        let mut ends = Vec::new();
        // The item at the end of the bytes.
        let mut last: Option<&PlacedItem> = None;
        for part in parts {
            match part {
                Part::Nothing => {}
                Part::Token(token) => {
                    let token: Vec<u8> = bytes_of(&token).collect();
                    let is_space = push_token(&mut bytes, &token, last);
                    last = last.filter(|_| is_space);
                }
                Part::Item(item) => {
                    if has_space_before(&bytes, item, last) {
                        bytes.push(b' ');
                    }
                    bytes.extend(item.text.bytes());
                    last = Some(item);
                }
            }
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

    /// Replaces each character that [`is_line_end`] by a space. Returns the text and the number of replacements.
    ///
    /// ```
    /// # let tokenizer = glosser_text::Tokenizer::train(["a"].iter(), 300)?;
    /// let (line, replaced) = tokenizer.decode_with_offsets(&tokenizer.encode("a\u{2028}b").ids).in_one_line();
    /// assert_eq!((line.text.as_str(), replaced), ("a b", 1));
    /// # Ok::<(), glosser_text::TextError>(())
    /// ```
    pub fn in_one_line(self) -> (Self, usize) {
        // For each replacement: its end in the old text, and the number of bytes saved up to there.
        let mut shorter = vec![(0, 0)];
        for (at, c) in self.text.char_indices().filter(|(_, c)| is_line_end(*c)) {
            let so_far = shorter.last().map_or(0, |(_, so_far)| *so_far);
            shorter.push((at + c.len_utf8(), so_far + c.len_utf8() - 1));
        }
        let replaced = shorter.len() - 1;
        if replaced == 0 {
            return (self, 0);
        }
        let place = |old: usize| old - shorter[shorter.partition_point(|(end, _)| *end <= old) - 1].1;
        let offsets = self.offsets.iter().map(|Range { start, end }| place(*start)..place(*end)).collect();
        (Self { text: self.text.replace(is_line_end, " "), offsets }, replaced)
    }
}

/// Appends a token to a text that ends with the item `last`, if there is one. Returns whether the text still ends with
/// it, because a space was left out.
fn push_token(bytes: &mut Vec<u8>, token: &[u8], last: Option<&PlacedItem>) -> bool {
    let Some(last) = last else {
        bytes.extend(token);
        return false;
    };
    let word = token.strip_prefix(b" ").unwrap_or(token);
    let first = first_char(word);
    let begins_word = first.is_some_and(is_spaced);
    // An incomplete character is a part of a letter: punctuation is nearly always a whole token.
    if last.after == Neighbour::Letter && (begins_word || first.is_none()) {
        bytes.extend(word);
        return word.is_empty();
    }
    // The next word would change the item: `42` and `7`.
    if begins_word && word.len() == token.len() {
        bytes.push(b' ');
    }
    bytes.extend(token);
    false
}

/// Returns whether there is a space between a text and an item after it. `last` is the item at the end of the text, if
/// there is one.
fn has_space_before(bytes: &[u8], item: &PlacedItem, last: Option<&PlacedItem>) -> bool {
    let is_beside = match (item.before, last, last_char(bytes)) {
        (Neighbour::Item, Some(last), _) => last.index + 1 == item.index,
        (Neighbour::Letter, None, Some(c)) => is_spaced(c),
        (Neighbour::Sign(sign), None, Some(c)) => sign == c,
        _ => false,
    };
    !is_beside && !opens(bytes)
}

/// Returns the first character, if it is complete.
fn first_char(bytes: &[u8]) -> Option<char> {
    bytes.utf8_chunks().next()?.valid().chars().next()
}

/// Returns the last character; U+FFFD if it is incomplete.
fn last_char(bytes: &[u8]) -> Option<char> {
    String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(4)..]).chars().next_back()
}

/// Returns whether a word after this text needs no space before it: after an opening bracket or quotation mark, a
/// hyphen or slash within a word, or a letter or sign of a script without spaces. A placeholder token does not record
/// whether there is a space before it.
fn opens(bytes: &[u8]) -> bool {
    // Enough for the last two characters.
    let text = String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(8)..]);
    let mut chars = text.chars().rev();
    let Some(last) = chars.next() else { return false };
    let before = chars.next().filter(|c| !c.is_whitespace());
    match last {
        '(' | '[' | '{' | '“' | '„' | '‘' | '‚' | '«' | '‹' | '¿' | '¡' | '「' | '『' | '（' => true,
        '"' | '\'' => before.is_none(),
        '-' | '/' => before.is_some_and(char::is_alphanumeric),
        '\u{3000}'..='\u{303F}' | '\u{FF00}'..='\u{FF0F}' => true,
        _ => last.is_whitespace() || is_unspaced(last),
    }
}

/// Decodes bytes. Returns the text, and for each byte the range of its character; the last range is the end of the
/// text.
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

/// Returns the bytes of a byte-level token.
pub(crate) fn bytes_of(token: &str) -> impl Iterator<Item = u8> {
    token.chars().map(byte_of)
}

/// Returns the byte of a character of a byte-level token. Printable Latin-1 characters represent themselves; the other
/// bytes are represented by the characters from U+0100 on, in order (Radford et al. 2019, as in the tokenizers
/// library).
fn byte_of(c: char) -> u8 {
    static OTHERS: OnceLock<Vec<u8>> = OnceLock::new();
    let represents_itself = |byte: &u8| matches!(byte, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF);
    let others = OTHERS.get_or_init(|| (0..=255).filter(|byte| !represents_itself(byte)).collect());
    match u32::from(c).checked_sub(256) {
        None => c as u32 as u8,
        Some(at) => others.get(at as usize).copied().unwrap_or(b'?'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_move_with_the_text() {
        let text = "é\u{2028}b\0\u{85}c".to_owned();
        let offsets = vec![0..2, 0..5, 2..5, 5..5, 5..6, 6..7, 7..9, 9..10, 10..10];
        let parts = |decoded: &Decoded| -> Vec<String> {
            decoded.offsets.iter().map(|range| decoded.text[range.clone()].to_owned()).collect()
        };
        let decoded = Decoded { text, offsets };
        let before = parts(&decoded);
        let (line, replaced) = decoded.in_one_line();
        assert_eq!((line.text.as_str(), replaced), ("é b  c", 3));
        let expected: Vec<String> = before.iter().map(|part| part.replace(is_line_end, " ")).collect();
        assert_eq!(parts(&line), expected);
    }

    #[test]
    fn a_text_without_line_ends_stays_unchanged() {
        let decoded = Decoded { text: "a\tb\u{1F}c\u{A0}".to_owned(), offsets: vec![] };
        assert_eq!(decoded.clone().in_one_line(), (decoded, 0));
    }
}
