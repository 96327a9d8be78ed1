//! Text in NFC with a mapping to the original text.

use std::ops::Range;

use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// A text in Unicode normalization form C, with a mapping to the original.
///
/// The tokenizer library could normalise too, but its tables are of an older Unicode version, and with two tables the
/// same word could have two forms.
pub(crate) struct Normalized {
    pub(crate) text: String,
    /// The beginnings of the pieces in both texts, and the two ends as the last entry; empty if nothing was changed.
    marks: Vec<Mark>,
}

#[derive(Clone, Copy)]
struct Mark {
    here: usize,
    origin: usize,
}

impl Normalized {
    pub(crate) fn new(original: &str) -> Self {
        if is_nfc_quick(original.chars()) == IsNormalized::Yes {
            return Self { text: original.to_owned(), marks: Vec::new() };
        }
        let mut normalized = Self { text: String::with_capacity(original.len()), marks: Vec::new() };
        let mut start = 0;
        for end in ends_of_pieces(original) {
            normalized.mark(start);
            normalized.text.extend(original[start..end].nfc());
            start = end;
        }
        normalized.mark(start);
        normalized
    }

    fn mark(&mut self, origin: usize) {
        self.marks.push(Mark { here: self.text.len(), origin });
    }

    /// Returns the part of the original that a part of this text came from. It is extended to whole characters, and to
    /// all characters that were composed or reordered together.
    pub(crate) fn origin(&self, range: Range<usize>) -> Range<usize> {
        if self.marks.is_empty() {
            return self.whole_characters(range);
        }
        let after_start = self.marks.partition_point(|mark| mark.here <= range.start);
        let at_end = self.marks.partition_point(|mark| mark.here < range.end);
        let start = self.marks[after_start.saturating_sub(1)].origin;
        start..self.marks[at_end.min(self.marks.len() - 1)].origin.max(start)
    }

    fn whole_characters(&self, Range { mut start, mut end }: Range<usize>) -> Range<usize> {
        while !self.text.is_char_boundary(start) {
            start -= 1;
        }
        while end < self.text.len() && !self.text.is_char_boundary(end) {
            end += 1;
        }
        start..end
    }
}

/// Returns the places where a text can be split without changing its normalisation (UAX #15, section 9.1).
fn ends_of_pieces(text: &str) -> impl Iterator<Item = usize> {
    let starts = text.char_indices().filter(|&(at, c)| at > 0 && starts_a_piece(c)).map(|(at, _)| at);
    starts.chain(std::iter::once(text.len()))
}

/// Returns whether normalisation never joins or reorders `c` with the character before it.
pub(crate) fn starts_a_piece(c: char) -> bool {
    canonical_combining_class(c) == 0 && is_nfc_quick(std::iter::once(c)) == IsNormalized::Yes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_composed_letter_maps_to_the_letter_and_its_mark() {
        let normalized = Normalized::new("bru\u{308}he");
        assert_eq!(normalized.text, "brühe");
        assert_eq!(normalized.origin(0..2), 0..2);
        assert_eq!(normalized.origin(2..4), 2..5);
        assert_eq!(normalized.origin(3..4), 2..5, "half of a letter maps to the whole letter");
        assert_eq!(normalized.origin(4..6), 5..7);
        assert_eq!(normalized.origin(0..6), 0..7);
        assert_eq!(normalized.origin(0..0), 0..0);
    }

    #[test]
    fn hangul_syllables_map_to_their_letters() {
        let normalized = Normalized::new("a\u{1112}\u{1161}\u{11AB}b");
        assert_eq!(normalized.text, "a한b");
        assert_eq!(normalized.origin(1..4), 1..10);
    }

    /// Letters, marks of several classes, jamo and singletons, which compose and reorder.
    fn composing() -> impl Strategy<Value = String> {
        let chars = [
            'a',
            'q',
            ' ',
            '\u{301}',
            '\u{323}',
            '\u{338}',
            '<',
            '\u{1100}',
            '\u{1161}',
            '\u{11A8}',
            '가',
            '\u{212B}',
            '\u{958}',
            '\u{9C7}',
            '\u{9BE}',
            '\u{344}',
            '\u{1D15E}',
            '狗',
        ];
        proptest::collection::vec(proptest::sample::select(chars.to_vec()), 0..12)
            .prop_map(|chars| chars.into_iter().collect())
    }

    proptest! {
        #[test]
        fn pieces_have_the_normalisation_of_the_whole(text in prop_oneof![any::<String>(), composing()]) {
            let normalized = Normalized::new(&text);
            prop_assert_eq!(&normalized.text, &text.nfc().collect::<String>());
            prop_assert_eq!(normalized.origin(0..normalized.text.len()), 0..text.len());
        }
    }
}
