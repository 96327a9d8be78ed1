//! Divides a sentence that is too long for the model, or has too many placeholders, into pieces. No text is lost.

use crate::Translator;
use glosser_text::{Encoding, PLACEHOLDERS, closes_quotation, ends_sentence_without_space, placeholder_index};
use std::ops::Range;

/// The greatest number of source tokens that are translated together. Training has no longer sentences, and the time
/// for a sentence grows with the square of its length.
pub(crate) const LONGEST_PIECE: usize = 200;

/// The smallest number of tokens in a piece that ends at a sentence boundary.
const MIN_PIECE: usize = 8;

impl Translator {
    /// The byte ranges of the parts of a line that search works on one by one: its sentences, and of a sentence that is
    /// too long for the model its pieces.
    pub fn parts(&self, line: &str) -> Vec<Range<usize>> {
        let mut parts = Vec::new();
        for sentence in self.sentences(line) {
            // A token has at least one byte.
            if sentence.len() <= LONGEST_PIECE {
                parts.push(sentence);
                continue;
            }
            let source = self.source(&line[sentence.clone()]);
            if source.pieces.len() < 2 {
                parts.push(sentence);
                continue;
            }
            let offsets = &source.encoding.offsets;
            parts.extend(source.pieces.iter().filter_map(|piece| {
                let part = sentence.start + offsets[piece.start].start..sentence.start + offsets[piece.end - 1].end;
                let text = line.get(part.clone())?;
                let start = part.start + text.len() - text.trim_start().len();
                Some(start..start + text.trim().len())
            }));
        }
        parts
    }
}

/// The ranges of tokens that are translated one by one; `encoding` has the tokens of `text`.
///
/// Up to [`LONGEST_PIECE`] tokens with up to [`PLACEHOLDERS`] placeholders are one piece. Otherwise each sentence of at
/// least [`MIN_PIECE`] tokens is a piece; a piece has no further sentences, because a model that was trained on single
/// sentences drops some of several. A sentence that is itself too long ends at a space or after an East Asian comma, or
/// else between two characters. One with too many placeholders ends after a comma or the like, if there is one. Blank
/// pieces are left out.
pub(crate) fn pieces(text: &str, encoding: &Encoding) -> Vec<Range<usize>> {
    let Encoding { ids, offsets } = encoding;
    if longest_piece(ids) == ids.len() {
        return std::iter::once(0..ids.len()).collect();
    }
    let mut pieces = Vec::new();
    let mut start = 0;
    while start < ids.len() {
        let end = start + Gaps { text, ids: &ids[start..], offsets: &offsets[start..] }.first_end();
        pieces.push(start..end);
        start = end;
    }
    pieces.retain(|piece| !text[offsets[piece.start].start..offsets[piece.end - 1].end].trim().is_empty());
    pieces
}

/// The greatest number of the first tokens that can be translated together.
fn longest_piece(ids: &[u32]) -> usize {
    let ids = &ids[..ids.len().min(LONGEST_PIECE)];
    let mut placeholders = (0..ids.len()).filter(|at| placeholder_index(ids[*at]).is_some());
    placeholders.nth(PLACEHOLDERS).unwrap_or(ids.len())
}

/// The positions between the tokens of a text: position `at` is before token `at`.
struct Gaps<'a> {
    text: &'a str,
    ids: &'a [u32],
    offsets: &'a [Range<usize>],
}

impl Gaps<'_> {
    /// The end of the first piece.
    fn first_end(&self) -> usize {
        let (len, longest) = (self.ids.len(), longest_piece(self.ids));
        let sentence = (MIN_PIECE..len.min(longest + 1)).find(|at| self.ends_sentence(*at));
        if sentence.is_some() || longest == len {
            return sentence.unwrap_or(len);
        }
        let last = |is_end: fn(&Self, usize) -> bool| {
            (longest / 2..=longest).rev().find(|at| self.is_between_characters(*at) && is_end(self, *at))
        };
        let clause = if longest < LONGEST_PIECE { last(Self::is_after_comma) } else { None };
        clause.or_else(|| last(Self::is_between_words)).or_else(|| last(|_, _| true)).unwrap_or(longest)
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

    fn is_after_comma(&self, at: usize) -> bool {
        self.is_between_words(at)
            && self.before(at).trim_end().ends_with([',', ';', ':', '、', '，', '；', '：', '､', '،', '؛'])
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
    use glosser_text::{EOS, placeholder};
    use proptest::prelude::*;

    /// An encoding in which every character is a token, and each digit is a placeholder.
    fn characters(text: &str) -> Encoding {
        let id = |c: char| c.to_digit(10).map_or(EOS, |digit| placeholder(digit as usize % PLACEHOLDERS));
        let offsets = text.char_indices().map(|(at, c)| at..at + c.len_utf8()).collect();
        Encoding { ids: text.chars().map(id).collect(), offsets }
    }

    fn texts(text: &str) -> Vec<&str> {
        let encoding = characters(text);
        let bounds = |tokens: &[Range<usize>]| match tokens {
            [] => 0..0,
            [first, .., last] => first.start..last.end,
            [only] => only.clone(),
        };
        pieces(text, &encoding).into_iter().map(|piece| &text[bounds(&encoding.offsets[piece])]).collect()
    }

    #[test]
    fn short_lines_stay_whole() {
        assert_eq!(texts(""), [""]);
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
    fn a_line_with_too_many_placeholders_is_divided_after_a_comma_or_between_words() {
        assert_eq!(texts("a 0, 1, 2, 3, 4, 5, 6 and 7 run."), ["a 0, 1, 2, 3, 4, 5, 6 and 7 run."]);
        assert_eq!(texts("a 0, 1, 2, 3, 4, 5, 6, 7 and 8 run."), ["a 0, 1, 2, 3, 4, 5, 6, ", "7 and 8 run."]);
        assert_eq!(texts("a0 b1 c2 d3 e4 f5 g6 h7 i8 j9"), ["a0 b1 c2 d3 e4 f5 g6 h7 ", "i8 j9"]);
        assert_eq!(texts("0123456701234567"), ["01234567", "01234567"]);
        let sentences = "The dogs 1 and 2 run. The cats 3 and 4 sleep. The cows 5, 6 and 7 eat 8 and 9.";
        assert_eq!(texts(sentences)[0], "The dogs 1 and 2 run.");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn each_piece_has_few_placeholders_and_no_text_is_lost(text in "[0-9a,. 狗]{0,80}") {
            let parts = texts(&text);
            prop_assert!(parts.iter().all(|part| part.matches(|c: char| c.is_ascii_digit()).count() <= PLACEHOLDERS));
            let compact = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(compact(&parts.concat()), compact(&text));
        }
    }

    #[test]
    fn tokens_that_share_a_character_stay_together() {
        // Every byte is a token, with the byte range of its character.
        let text = "狗".repeat(300);
        let offsets: Vec<Range<usize>> =
            characters(&text).offsets.into_iter().flat_map(|range| vec![range.clone(); range.len()]).collect();
        let pieces = pieces(&text, &Encoding { ids: vec![EOS; offsets.len()], offsets });
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
