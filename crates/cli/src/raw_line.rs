//! The bytes of a line that has bytes that are not UTF-8, or NUL characters, and their places in its repaired text.

use glosser_text::TextError;
use std::ops::Range;

/// The bytes of a line, and where the parts of its text are in them.
#[derive(Clone, Debug)]
pub struct RawLine {
    bytes: Vec<u8>,
    /// Offsets in the text, each with that in the bytes, in ascending order: from one to the next, both grow alike.
    parts: Vec<(usize, usize)>,
}

impl RawLine {
    /// Finds the parts of a line whose text has U+FFFD for bytes that are not UTF-8, and no NUL.
    pub fn new(bytes: Vec<u8>) -> Self {
        let (mut parts, mut text, mut at) = (vec![(0, 0)], 0, 0);
        for chunk in bytes.utf8_chunks() {
            for (number, part) in chunk.valid().split('\0').enumerate() {
                if number > 0 {
                    parts.extend([(text, at), (text, at + 1)]);
                    at += 1;
                }
                text += part.len();
                at += part.len();
            }
            if !chunk.invalid().is_empty() {
                text += char::REPLACEMENT_CHARACTER.len_utf8();
                at += chunk.invalid().len();
                parts.push((text, at));
            }
        }
        Self { bytes, parts }
    }

    /// The byte for an offset in the text, before NUL characters that were there.
    pub fn before(&self, offset: usize) -> usize {
        let count = self.parts.partition_point(|(text, _)| *text < offset);
        match self.parts.get(count) {
            Some((text, byte)) if *text == offset => *byte,
            _ => self.byte(count, offset),
        }
    }

    /// The byte for an offset in the text, after NUL characters that were there.
    pub fn after(&self, offset: usize) -> usize {
        self.byte(self.parts.partition_point(|(text, _)| *text <= offset), offset)
    }

    /// The byte for an offset in the text that is in the last of the first `count` parts.
    fn byte(&self, count: usize, offset: usize) -> usize {
        self.parts[..count].last().map_or(0, |(text, byte)| byte + (offset - text))
    }

    /// The bytes of a range.
    pub fn bytes(&self, range: Range<usize>) -> &[u8] {
        &self.bytes[range]
    }

    /// The bytes to an offset in the text.
    pub fn start(&self, offset: usize) -> &[u8] {
        &self.bytes[..self.after(offset)]
    }

    /// The line with other bytes in some ranges of bytes, in ascending order.
    pub fn with(&self, replaced: &[(Range<usize>, String)]) -> Self {
        let (mut bytes, mut at) = (Vec::new(), 0);
        for (range, text) in replaced {
            bytes.extend(&self.bytes[at..range.start]);
            bytes.extend(text.as_bytes());
            at = range.end;
        }
        bytes.extend(&self.bytes[at..]);
        Self::new(bytes)
    }

    /// The faults of the line that are in a range of its bytes: a place in the line becomes that in the range.
    pub fn faults(&self, faults: &[TextError], range: &Range<usize>) -> Vec<TextError> {
        let inside = self.bytes(range.clone());
        let first = |bytes| std::str::from_utf8(bytes).err().map(|error| error.valid_up_to());
        let of_range = |fault: &TextError| match (fault, first(inside), first(&self.bytes)) {
            (TextError::NotUtf8 { file, line, column, guess, .. }, Some(at), Some(first)) => {
                let (column, byte) = (column + range.start + at - first, inside[at]);
                Some(TextError::NotUtf8 { file: file.clone(), line: *line, column, byte, guess })
            }
            (TextError::Nul { file, line }, ..) if inside.contains(&0) => {
                Some(TextError::Nul { file: file.clone(), line: *line })
            }
            _ => None,
        };
        faults.iter().filter_map(of_range).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_the_text_is_found_in_the_bytes() {
        // The text is `aé\u{FFFD}b\u{FFFD}\u{FFFD}c`.
        let bytes = [&b"\0a"[..], "é".as_bytes(), b"\xFF\0b\xE2\x82\xFF\0\0c\0"].concat();
        let line = RawLine::new(bytes.clone());
        let places: Vec<(usize, usize)> =
            [0, 1, 3, 6, 7, 10, 13, 14].map(|offset| (line.before(offset), line.after(offset))).to_vec();
        assert_eq!(places, [(0, 1), (2, 2), (4, 4), (5, 6), (7, 7), (9, 9), (10, 12), (13, 14)]);
        assert_eq!(line.start(14), bytes);
        assert_eq!(
            line.with(&[(1..2, "xyz".to_owned()), (13..14, String::new())]).bytes(1..6),
            [b"xyz", "é".as_bytes()].concat()
        );
    }
}
