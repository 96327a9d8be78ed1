//! Divides a sentence that is too long for the model into pieces, at sentence boundaries. No text is lost.

use glosser_text::{closes_quotation, ends_sentence_without_space};
use std::ops::Range;

/// The greatest number of source tokens that are translated together. Training has no longer sentences, and the time
/// for a sentence grows with the square of its length.
pub(crate) const LONGEST_PIECE: usize = 200;

/// The smallest number of tokens in a piece that ends at a sentence boundary.
const MIN_PIECE: usize = 8;

/// The ranges of tokens that are translated one by one; `offsets` are the byte ranges of the tokens in `text`.
///
/// Up to [`LONGEST_PIECE`] tokens are one piece. Otherwise each sentence of at least [`MIN_PIECE`] tokens is a piece; a
/// piece has no further sentences, because a model that was trained on single sentences drops some of several. A
/// sentence that is itself too long ends at a space or after an East Asian comma, or else between two characters. Blank
/// pieces are left out.
pub(crate) fn pieces(text: &str, offsets: &[Range<usize>]) -> Vec<Range<usize>> {
    if offsets.len() <= LONGEST_PIECE {
        return std::iter::once(0..offsets.len()).collect();
    }
    let mut pieces = Vec::new();
    let mut start = 0;
    while start < offsets.len() {
        let end = start + Gaps { text, offsets: &offsets[start..] }.first_end();
        pieces.push(start..end);
        start = end;
    }
    pieces.retain(|piece| !text[offsets[piece.start].start..offsets[piece.end - 1].end].trim().is_empty());
    pieces
}

/// The positions between the tokens of a text: position `at` is before token `at`.
struct Gaps<'a> {
    text: &'a str,
    offsets: &'a [Range<usize>],
}

impl Gaps<'_> {
    /// The end of the first piece.
    fn first_end(&self) -> usize {
        let sentence = (MIN_PIECE..self.offsets.len().min(LONGEST_PIECE + 1)).find(|at| self.ends_sentence(*at));
        if sentence.is_some() || self.offsets.len() <= LONGEST_PIECE {
            return sentence.unwrap_or(self.offsets.len());
        }
        let last = |is_end: fn(&Self, usize) -> bool| {
            (LONGEST_PIECE / 2..=LONGEST_PIECE).rev().find(|at| self.is_between_characters(*at) && is_end(self, *at))
        };
        last(Self::is_between_words).or_else(|| last(|_, _| true)).unwrap_or(LONGEST_PIECE)
    }

    fn before(&self, at: usize) -> &str {
        &self.text[..self.offsets[at - 1].end]
    }

    fn after(&self, at: usize) -> &str {
        &self.text[self.offsets[at].start..]
    }

    /// Tokens that are parts of one character have the same byte range.
    fn is_between_characters(&self, at: usize) -> bool {
        self.offsets[at - 1].end <= self.offsets[at].start
    }

    fn is_between_words(&self, at: usize) -> bool {
        let before = self.before(at);
        self.after(at).starts_with(char::is_whitespace)
            || before.ends_with(char::is_whitespace)
            || before.ends_with(['、', '，', '；', '：', '､'])
    }

    /// Whether a sentence ends at `at`, after its closing quotation marks and brackets.
    fn ends_sentence(&self, at: usize) -> bool {
        if !self.is_between_characters(at) {
            return false;
        }
        let (before, after) = (self.before(at), self.after(at));
        // At most three closing characters, so that a long run of brackets does not take quadratic time.
        let mark = before.char_indices().rev().take(4).find(|(_, c)| !closes_quotation(*c));
        match mark {
            Some((at, '.')) => begins_sentence(after) && !is_abbreviation(&before[..at]),
            Some((_, '!' | '?' | '…')) => begins_sentence(after),
            Some((_, mark)) => {
                ends_sentence_without_space(mark)
                    && !after.starts_with(|c| closes_quotation(c) || ends_sentence_without_space(c))
            }
            None => false,
        }
    }
}

/// Whether a sentence may begin here: white space, and then no lower-case letter.
fn begins_sentence(after: &str) -> bool {
    after.starts_with(char::is_whitespace) && !after.trim_start().starts_with(char::is_lowercase)
}

/// Whether a full stop after this text belongs to an abbreviation or number: `Dr.`, `z. B.`, `3. Mai`. These have one
/// or two letters or digits.
fn is_abbreviation(before: &str) -> bool {
    let letters = before.chars().rev().take_while(|c| c.is_alphanumeric()).take(3).count();
    (1..3).contains(&letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The offsets of a text in which every character is a token.
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
    fn long_lines_are_divided_at_a_sentence_boundary_or_a_space_or_anywhere() {
        let sentences = "A dog runs over the grass. ".repeat(20);
        assert!(texts(&sentences).iter().all(|piece| piece.trim() == "A dog runs over the grass."));
        let words = "grass ".repeat(80);
        assert!(texts(&words).iter().all(|piece| piece.split_whitespace().all(|word| word == "grass")));
        assert_eq!(
            texts(&"é".repeat(450)).iter().map(|piece| piece.chars().count()).collect::<Vec<_>>(),
            [200, 200, 50]
        );
    }

    /// Fails unless 30 repetitions of the sentence begin with these pieces.
    #[track_caller]
    fn assert_pieces(sentence: &str, parts: &[&str]) {
        let text = sentence.repeat(30);
        let found = texts(&text);
        assert_eq!(found[..parts.len()], *parts, "{sentence}");
        assert_eq!(found.concat().trim_end(), text.trim_end());
    }

    #[test]
    fn sentences_end_at_the_marks_of_their_script() {
        assert_pieces(
            "「我看见一只狗在草地上跑，它很大很快很黑很老。」",
            &["「我看见一只狗在草地上跑，它很大很快很黑很老。」"],
        );
        assert_pieces(
            "一只狗在草地上跑，它很大很快很黑很老很好吗？！",
            &["一只狗在草地上跑，它很大很快很黑很老很好吗？！"],
        );
        let hindi = "एक कुत्ता घास पर दौड़ता है।";
        assert_pieces(&format!("{hindi} "), &[hindi, &format!(" {hindi}")]);
        let arabic = "هل يركض الكلب على العشب؟";
        assert_pieces(&format!("{arabic} "), &[arabic]);
        assert_pieces("He said (in a low voice): “No dogs!” ", &["He said (in a low voice): “No dogs!”"]);
        assert_pieces("一只狗在草地上跑，", &[&"一只狗在草地上跑，".repeat(22)]);
    }

    #[test]
    fn a_full_stop_within_a_sentence_does_not_end_it() {
        for sentence in [
            "We met the old Dr. Smith and Mr. Brown here.",
            "Es gibt viele z. B. Hunde am 3. Mai überall.",
            "The value of it all is 3.14 or example.org here.",
            "Das kostet bzw. kostete damals etwa drei Mark.",
        ] {
            assert_pieces(&format!("{sentence} "), &[sentence, &format!(" {sentence}")]);
        }
    }

    #[test]
    fn tokens_that_share_a_character_stay_together() {
        // Every byte is a token, with the byte range of its character.
        let text = "狗".repeat(300);
        let offsets: Vec<Range<usize>> =
            characters(&text).into_iter().flat_map(|range| vec![range.clone(); range.len()]).collect();
        let pieces = pieces(&text, &offsets);
        assert!(pieces.iter().all(|piece| piece.len() % 3 == 0 && piece.len() <= 200), "{pieces:?}");
        assert_eq!(pieces.iter().map(Range::len).sum::<usize>(), 900);
    }

    #[test]
    fn only_blanks_are_lost() {
        let text = "wort, ".repeat(333) + "ende.";
        assert_eq!(texts(&text).concat(), text);
        let spaces = format!("a{}b", " ".repeat(1_000_000));
        assert_eq!(texts(&spaces).iter().map(|piece| piece.trim()).collect::<Vec<_>>(), ["a", "b"]);
    }
}
