//! Splits long texts into parts that can be encoded separately.

use std::iter::from_fn;
use std::ops::Range;

use crate::words::normalized::starts_a_piece;

/// Returns the parts of `text`, in order and without gaps. Each has at most `longest` bytes, except that a piece of
/// normalisation is never split. An empty text has no parts.
///
/// A part ends before white space, where a piece of the tokenizer ends too, so the parts have the same tokens as the
/// whole text. It ends elsewhere only if there is no white space within `longest` bytes.
pub(crate) fn spans(text: &str, longest: usize) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    from_fn(move || {
        let end = start + first_end(&text[start..], longest);
        let span = start..end;
        start = end;
        (!span.is_empty()).then_some(span)
    })
}

fn first_end(text: &str, longest: usize) -> usize {
    if text.len() <= longest {
        return text.len();
    }
    let limit = (0..=longest).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    // The character after the limit is checked too: the part may end just before it.
    let next = text[limit..].chars().next().map_or(0, char::len_utf8);
    let last = |is_next: fn(char) -> bool| text[..limit + next].rfind(is_next).filter(|at| *at > 0);
    let beyond = || text[limit + next..].find(starts_a_piece).map(|at| limit + next + at);
    last(char::is_whitespace).or_else(|| last(starts_a_piece)).or_else(beyond).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokenize::tokenizer::Tokenizer;
    use crate::words::normalized::nfc;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    static TRAINED: LazyLock<Tokenizer> = LazyLock::new(|| {
        let corpus = ["ein hund läuft über die straße", "ein hund bellt, und 2 hunde laufen."];
        Tokenizer::train(corpus.iter().cycle().take(30), 320).expect("a vocabulary")
    });

    fn parts(text: &str, longest: usize) -> Vec<&str> {
        spans(text, longest).map(|span| &text[span]).collect()
    }

    #[test]
    fn parts_end_before_white_space_or_else_before_a_letter_but_never_before_a_mark() {
        assert_eq!(parts("", 4), [""; 0]);
        assert_eq!(parts("ab c", 4), ["ab c"]);
        assert_eq!(parts("abcéfg", 4), ["abc", "éfg"]);
        assert_eq!(parts("ab cd ef", 6), ["ab cd", " ef"]);
        assert_eq!(parts("abcdéfgh", 5), ["abcd", "éfgh"]);
        assert_eq!(parts("ae\u{301}\u{323}\u{301}bc", 3), ["a", "e\u{301}\u{323}\u{301}", "bc"]);
        assert_eq!(parts("\u{301}\u{301}\u{301}", 2), ["\u{301}\u{301}\u{301}"]);
    }

    proptest! {
        #[test]
        fn parts_have_the_same_tokens_as_the_whole(
            words in proptest::collection::vec("[a-zäöü0-9.,'\u{301}\u{3000}🐕-]{0,5}", 1..20),
            longest in 24usize..60,
        ) {
            let text = words.join(" ");
            let ids = |text: &str| {
                TRAINED.library().encode(text, false).expect("tokens").get_ids().to_vec()
            };
            let normalized = |part: &str| nfc(part).text().to_owned();
            let whole = ids(&normalized(&text));
            let found: Vec<u32> = parts(&text, longest).iter().flat_map(|part| ids(&normalized(part))).collect();
            prop_assert_eq!(parts(&text, longest).concat(), text);
            prop_assert_eq!(found, whole);
        }
    }
}
