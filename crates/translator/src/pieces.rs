//! Lines too long for one sentence: taken apart where a sentence ends, never cut short.

use std::ops::Range;

/// Source tokens that are translated in one go. A model has seen nothing as long, and its work on a line grows with
/// the square of the length.
pub(crate) const LONGEST_PIECE: usize = 200;

/// Tokens of a piece from which on the next end of a sentence ends it.
const ENOUGH: usize = 8;

/// Ranges of tokens that are translated one by one: all of them, or of more than [`LONGEST_PIECE`] the sentences, each of
/// at least [`ENOUGH`] tokens. A sentence that is too long itself ends before a space or behind a comma that takes none,
/// else between two characters. What is blank is left out. `offsets` are the tokens' bytes in `text`.
///
/// A model gives two sentences for three when it was trained on single ones, so a piece is not as long as it may be.
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

/// The places between the tokens of a text, each named by the token behind it.
struct Gaps<'a> {
    text: &'a str,
    offsets: &'a [Range<usize>],
}

impl Gaps<'_> {
    /// Where the first piece ends.
    fn first_end(&self) -> usize {
        let sentence = (ENOUGH..self.offsets.len().min(LONGEST_PIECE + 1)).find(|at| self.ends_sentence(*at));
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

    fn behind(&self, at: usize) -> &str {
        &self.text[self.offsets[at].start..]
    }

    /// Tokens of a character that none of them is whole share its bytes.
    fn is_between_characters(&self, at: usize) -> bool {
        self.offsets[at - 1].end <= self.offsets[at].start
    }

    fn is_between_words(&self, at: usize) -> bool {
        let before = self.before(at);
        self.behind(at).starts_with(char::is_whitespace)
            || before.ends_with(char::is_whitespace)
            || before.ends_with(['、', '，', '；', '：', '､'])
    }

    /// Whether a sentence ends before `at`, its quotation marks and brackets included.
    fn ends_sentence(&self, at: usize) -> bool {
        if !self.is_between_characters(at) {
            return false;
        }
        let (before, behind) = (self.before(at), self.behind(at));
        // A run of brackets is looked at once, and not again from each of them.
        let mark = before.char_indices().rev().take(4).find(|(_, c)| !closes(*c));
        match mark {
            Some((at, '.')) => begins_sentence(behind) && !is_abbreviation(&before[..at]),
            Some((_, '!' | '?' | '…')) => begins_sentence(behind),
            Some((_, mark)) => ends_without_space(mark) && !behind.starts_with(|c| closes(c) || ends_without_space(c)),
            None => false,
        }
    }
}

/// Quotation marks and brackets behind the mark that ends a sentence.
fn closes(c: char) -> bool {
    matches!(c, '"' | '\'' | '”' | '“' | '’' | '»' | '«' | '›' | ')' | ']' | '」' | '』' | '）' | '】' | '》')
}

/// Full stops, question and exclamation marks that mean nothing else, so that no space need follow: of Chinese and
/// Japanese, Arabic and Urdu, Devanagari, Armenian, Ethiopic, Burmese, Khmer and Tibetan.
fn ends_without_space(c: char) -> bool {
    matches!(
        c,
        '。' | '｡'
            | '．'
            | '！'
            | '？'
            | '؟'
            | '۔'
            | '।'
            | '॥'
            | '։'
            | '።'
            | '፧'
            | '၊'
            | '။'
            | '។'
            | '៕'
            | '།'
    )
}

/// White space, and then no small letter.
fn begins_sentence(behind: &str) -> bool {
    behind.starts_with(char::is_whitespace) && !behind.trim_start().starts_with(char::is_lowercase)
}

/// Whether a full stop behind it is rather that of `Dr.`, `z. B.` or `3. Mai`: one or two letters or digits.
fn is_abbreviation(before: &str) -> bool {
    let letters = before.chars().rev().take_while(|c| c.is_alphanumeric()).take(3).count();
    (1..3).contains(&letters)
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
        assert!(texts(&sentences).iter().all(|piece| piece.trim() == "A dog runs over the grass."));
        let words = "grass ".repeat(80);
        assert!(texts(&words).iter().all(|piece| piece.split_whitespace().all(|word| word == "grass")));
        assert_eq!(
            texts(&"é".repeat(450)).iter().map(|piece| piece.chars().count()).collect::<Vec<_>>(),
            [200, 200, 50]
        );
    }

    /// What the sentence is parted into when it comes again and again.
    fn assert_parts_as(sentence: &str, parts: &[&str]) {
        let text = sentence.repeat(30);
        let found = texts(&text);
        assert_eq!(found[..parts.len()], *parts, "{sentence}");
        assert_eq!(found.concat().trim_end(), text.trim_end());
    }

    #[test]
    fn sentences_end_as_their_script_has_it() {
        assert_parts_as(
            "「我看见一只狗在草地上跑，它很大很快很黑很老。」",
            &["「我看见一只狗在草地上跑，它很大很快很黑很老。」"],
        );
        assert_parts_as(
            "一只狗在草地上跑，它很大很快很黑很老很好吗？！",
            &["一只狗在草地上跑，它很大很快很黑很老很好吗？！"],
        );
        let hindi = "एक कुत्ता घास पर दौड़ता है।";
        assert_parts_as(&format!("{hindi} "), &[hindi, &format!(" {hindi}")]);
        let arabic = "هل يركض الكلب على العشب؟";
        assert_parts_as(&format!("{arabic} "), &[arabic]);
        assert_parts_as("He said (in a low voice): “No dogs!” ", &["He said (in a low voice): “No dogs!”"]);
        assert_parts_as("一只狗在草地上跑，", &[&"一只狗在草地上跑，".repeat(22)]);
    }

    #[test]
    fn a_full_stop_within_a_sentence_does_not_end_it() {
        for sentence in [
            "We met the old Dr. Smith and Mr. Brown here.",
            "Es gibt viele z. B. Hunde am 3. Mai überall.",
            "The value of it all is 3.14 or example.org here.",
            "Das kostet bzw. kostete damals etwa drei Mark.",
        ] {
            assert_parts_as(&format!("{sentence} "), &[sentence, &format!(" {sentence}")]);
        }
    }

    #[test]
    fn tokens_that_share_a_character_stay_together() {
        // Every byte a token, with the bytes of its character.
        let text = "狗".repeat(300);
        let offsets: Vec<Range<usize>> =
            characters(&text).into_iter().flat_map(|range| vec![range.clone(); range.len()]).collect();
        let pieces = pieces(&text, &offsets);
        assert!(pieces.iter().all(|piece| piece.len() % 3 == 0 && piece.len() <= 200), "{pieces:?}");
        assert_eq!(pieces.iter().map(Range::len).sum::<usize>(), 900);
    }

    #[test]
    fn nothing_is_lost_but_blanks() {
        let text = "wort, ".repeat(333) + "ende.";
        assert_eq!(texts(&text).concat(), text);
        let spaces = format!("a{}b", " ".repeat(1_000_000));
        assert_eq!(texts(&spaces).iter().map(|piece| piece.trim()).collect::<Vec<_>>(), ["a", "b"]);
    }
}
