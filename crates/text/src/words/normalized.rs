//! Text in Unicode normalization form C.

use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::words::mapped::{ChangedText, MappedText};

/// Returns a text in normalization form C, with a mapping to the original.
///
/// The tokenizer library could normalise too, but its tables are of an older Unicode version, and with two tables the
/// same word could have two forms.
pub(crate) fn nfc(original: &str) -> MappedText {
    MappedText::unchanged(original).changed(|text| {
        if is_nfc_quick(text.chars()) == IsNormalized::Yes {
            return None;
        }
        let mut changed = ChangedText::default();
        let mut start = 0;
        for end in ends_of_pieces(text) {
            changed.push(start, &text[start..end].nfc().collect::<String>());
            start = end;
        }
        Some(changed)
    })
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
        let normalized = nfc("bru\u{308}he");
        assert_eq!(normalized.text(), "brühe");
        assert_eq!(normalized.origin(0..2), 0..2);
        assert_eq!(normalized.origin(2..4), 2..5);
        assert_eq!(normalized.origin(3..4), 2..5, "half of a letter maps to the whole letter");
        assert_eq!(normalized.origin(4..6), 5..7);
        assert_eq!(normalized.origin(0..6), 0..7);
        assert_eq!(normalized.origin(0..0), 0..0);
    }

    #[test]
    fn hangul_syllables_map_to_their_letters() {
        let normalized = nfc("a\u{1112}\u{1161}\u{11AB}b");
        assert_eq!(normalized.text(), "a한b");
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
            let normalized = nfc(&text);
            prop_assert_eq!(normalized.text(), &text.nfc().collect::<String>());
            prop_assert_eq!(normalized.origin(0..normalized.text().len()), 0..text.len());
        }
    }
}
