//! Characters that some program takes for the end of a line, and texts without them.

use std::ops::Range;

use crate::Decoded;

/// Whether some program takes this character for the end of a line, or of the text: NUL, line feed, vertical tab, form
/// feed, carriage return, U+001C to U+001E, U+0085, U+2028 and U+2029.
///
/// Here only a line feed ends a line. What is written for others to read has none of them within a line: C programs end
/// at a NUL, and Python's `splitlines` at all the others.
pub fn is_line_end(c: char) -> bool {
    matches!(c, '\0' | '\n'..='\r' | '\u{1C}'..='\u{1E}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

impl Decoded {
    /// The same with a space for each character that [`is_line_end`], and how many these were.
    ///
    /// ```
    /// # let tokenizer = glosser_text::Tokenizer::train(["a"].iter(), 300)?;
    /// let (line, replaced) = tokenizer.decode_with_offsets(&tokenizer.encode("a\u{2028}b").ids).in_one_line();
    /// assert_eq!((line.text.as_str(), replaced), ("a b", 1));
    /// # Ok::<(), glosser_text::TextError>(())
    /// ```
    pub fn in_one_line(self) -> (Self, usize) {
        // For each of them its end in the old text, and how much shorter the new one is up to there.
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
    fn every_character_that_ends_a_line_somewhere_is_one_and_no_other() {
        let ends = "\0\n\u{B}\u{C}\r\u{1C}\u{1D}\u{1E}\u{85}\u{2028}\u{2029}";
        let found: String = (0..=0x10_FFFF).filter_map(char::from_u32).filter(|c| is_line_end(*c)).collect();
        assert_eq!(found, ends);
        let decoded = Decoded { text: "a\tb\u{1F}c\u{A0}".to_owned(), offsets: vec![] };
        assert_eq!(decoded.clone().in_one_line(), (decoded, 0));
    }
}
