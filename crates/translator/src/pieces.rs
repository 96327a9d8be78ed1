//! Lines too long for one sentence: taken apart where a sentence ends, never cut short.

use std::ops::Range;

/// Source tokens that are translated in one go. A model has seen nothing as long, and its work on a line grows with
/// the square of the length.
pub(crate) const LONGEST_PIECE: usize = 200;

/// Ranges of tokens, each of at most [`LONGEST_PIECE`]: ended behind a sentence where one ends in the second half of a
/// piece, else before a space, else anywhere. `offsets` are the tokens' bytes in `text`.
pub(crate) fn pieces(text: &str, offsets: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    while offsets.len() - start > LONGEST_PIECE {
        let possible = || (start + LONGEST_PIECE / 2..=start + LONGEST_PIECE).rev();
        let end = possible()
            .find(|at| begins_word(text, &offsets[*at]) && ends_sentence(text, &offsets[at - 1]))
            .or_else(|| possible().find(|at| begins_word(text, &offsets[*at])))
            .unwrap_or(start + LONGEST_PIECE);
        pieces.push(start..end);
        start = end;
    }
    pieces.push(start..offsets.len());
    pieces
}

/// Whether white space stands before or at the beginning of a token.
fn begins_word(text: &str, token: &Range<usize>) -> bool {
    text[token.clone()].starts_with(char::is_whitespace) || text[..token.start].ends_with(char::is_whitespace)
}

fn ends_sentence(text: &str, token: &Range<usize>) -> bool {
    text[..token.end].trim_end().ends_with(['.', '!', '?', '…', '。', '！', '？', '।', '።', '؟', '"', '”', '»'])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every character a token.
    fn characters(text: &str) -> Vec<Range<usize>> {
        text.char_indices().map(|(at, c)| at..at + c.len_utf8()).collect()
    }

    fn texts(text: &str) -> Vec<&str> {
        let offsets = characters(text);
        pieces(text, &offsets).iter().map(|p| &text[offsets[p.start].start..offsets[p.end - 1].end]).collect()
    }

    #[test]
    fn short_lines_stay_whole() {
        assert_eq!(texts("A dog runs."), ["A dog runs."]);
        assert_eq!(texts(&"a".repeat(200)), ["a".repeat(200)]);
    }

    #[test]
    fn long_lines_part_at_the_end_of_a_sentence_then_at_a_space_then_anywhere() {
        let sentences = "A dog runs over the grass. ".repeat(20);
        assert!(texts(&sentences).iter().rev().skip(1).all(|piece| piece.trim_end().ends_with('.')));
        let words = "grass ".repeat(80);
        assert!(texts(&words).iter().all(|piece| piece.split_whitespace().all(|word| word == "grass")));
        assert_eq!(
            texts(&"é".repeat(450)).iter().map(|piece| piece.chars().count()).collect::<Vec<_>>(),
            [200, 200, 50]
        );
    }

    #[test]
    fn nothing_is_lost() {
        let text = "wort, ".repeat(333) + "ende.";
        assert_eq!(texts(&text).concat(), text);
    }
}
