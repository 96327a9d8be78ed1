//! The one definition of a word of each side, which everything that speaks of words uses.

use std::ops::Range;

use icu_segmenter::WordSegmenter;
use icu_segmenter::options::WordBreakInvariantOptions;
use unicode_normalization::char::is_combining_mark;

use crate::tokenize::tokenizer::Tokenizer;
use crate::words::rule::WordRule;
use crate::words::split::{texts, words};

/// Splits the text of one side into words by a [`WordRule`].
///
/// ```
/// use glosser_text::WordSplitter;
///
/// assert_eq!(WordSplitter::WhiteSpace.texts("l'été: 1.5 km"), ["l'été:", "1.5", "km"]);
/// assert_eq!(WordSplitter::Unicode.texts("l'été: 1.5 km"), ["l'été", ":", "1.5", "km"]);
/// ```
#[derive(Clone, Debug)]
pub enum WordSplitter {
    /// [`WordRule::WhiteSpace`].
    WhiteSpace,
    /// [`WordRule::Unicode`].
    Unicode,
    /// [`WordRule::SubWords`] of this tokenizer.
    SubWords(Tokenizer),
    /// Each character except white space, for links to text whose sub-words are not known yet.
    Characters,
}

impl WordSplitter {
    /// Makes the splitter of a rule. The tokenizer is used by [`WordRule::SubWords`] only.
    pub fn new(rule: WordRule, tokenizer: &Tokenizer) -> Self {
        match rule {
            WordRule::WhiteSpace => Self::WhiteSpace,
            WordRule::Unicode => Self::Unicode,
            WordRule::SubWords => Self::SubWords(tokenizer.clone()),
        }
    }

    /// Returns the words of `text` as byte ranges, in order and without overlaps.
    pub fn words(&self, text: &str) -> Vec<Range<usize>> {
        match self {
            Self::WhiteSpace => words(text),
            Self::Unicode => segments(text),
            Self::SubWords(tokenizer) => sub_words(tokenizer, text),
            Self::Characters => {
                let characters = text.char_indices().filter(|(_, c)| !c.is_whitespace());
                characters.map(|(start, c)| start..start + c.len_utf8()).collect()
            }
        }
    }

    /// Returns the words of `text`.
    pub fn texts<'a>(&self, text: &'a str) -> Vec<&'a str> {
        texts(text, &self.words(text))
    }
}

/// The splitters of both sides.
#[derive(Clone, Debug)]
pub struct WordSplitters {
    /// The splitter of the source side.
    pub source: WordSplitter,
    /// The splitter of the target side.
    pub target: WordSplitter,
}

impl WordSplitters {
    /// White-space words on both sides.
    pub const WHITE_SPACE: Self = Self { source: WordSplitter::WhiteSpace, target: WordSplitter::WhiteSpace };
}

/// Returns the segments of UAX #29, with ICU's dictionaries for scripts without spaces if this crate has its feature
/// `dictionaries`. The dot between two Tibetan syllables belongs to the syllable before it.
fn segments(text: &str) -> Vec<Range<usize>> {
    const TSHEG: &str = "\u{0F0B}";
    let segmenter = if cfg!(feature = "dictionaries") {
        WordSegmenter::new_dictionary(WordBreakInvariantOptions::default())
    } else {
        WordSegmenter::new_for_non_complex_scripts(WordBreakInvariantOptions::default())
    };
    let mut words: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for end in segmenter.segment_str(text) {
        let segment = &text[start..end];
        match words.last_mut() {
            Some(word) if segment == TSHEG && word.end == start => word.end = end,
            _ if segment.trim().is_empty() => {}
            _ => words.push(start..end),
        }
        start = end;
    }
    words
}

/// Returns the tokens of a text without the white space around them. Tokens that share a character are one word, and so
/// are a letter and a mark that belongs to it.
fn sub_words(tokenizer: &Tokenizer, text: &str) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    for token in tokenizer.encode(text).offsets {
        let token = trimmed(text, token);
        if token.is_empty() {
            continue;
        }
        match words.last_mut() {
            Some(word) if token.start < word.end => word.end = word.end.max(token.end),
            Some(word) if token.start == word.end && text[token.start..].starts_with(is_combining_mark) => {
                word.end = token.end;
            }
            _ => words.push(token),
        }
    }
    words
}

/// Returns a part of a text without the white space around it.
fn trimmed(text: &str, part: Range<usize>) -> Range<usize> {
    let inner = &text[part.clone()];
    let start = part.start + inner.len() - inner.trim_start().len();
    start..start + inner.trim().len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cut(splitter: &WordSplitter, text: &str) -> String {
        splitter.texts(text).join("|")
    }

    fn sub_words() -> WordSplitter {
        let sentences =
            ["私は犬が好きです。", "彼は猫が好きです。", "私は１０時に寝る。", "彼は iPhone を持っている。"];
        WordSplitter::SubWords(Tokenizer::train(sentences.iter().cycle().take(40), 330).expect("a vocabulary"))
    }

    #[test]
    fn unicode_words_separate_punctuation_and_keep_marks_and_joined_letters() {
        let cut = |text| cut(&WordSplitter::Unicode, text);
        assert_eq!(cut("  «Ein\tHund», sagt  er…"), "«|Ein|Hund|»|,|sagt|er|…");
        assert_eq!(cut("ᏣᎳᎩ ე\u{301}l can't 👩‍👩‍👦"), "ᏣᎳᎩ|ე\u{301}l|can't|👩‍👩‍👦");
        assert!(cut(" \u{3000}\n").is_empty());
    }

    #[test]
    fn unicode_words_of_scripts_without_spaces_are_those_of_a_dictionary() {
        let cut = |text| cut(&WordSplitter::Unicode, text);
        assert_eq!(cut("彼女は日本語を勉強する。"), "彼女|は|日本語|を|勉強|する|。");
        assert_eq!(cut("今天天气很好，1.5元"), "今天|天气|很好|，|1.5|元");
        assert_eq!(cut("ฉันรักแมว 10 ตัว"), "ฉัน|รัก|แมว|10|ตัว");
        assert_eq!(cut("iPhone12を買う"), "iPhone12|を|買う");
        assert_eq!(cut("བོད་ཡིག"), "བོད་|ཡིག");
    }

    #[test]
    fn sub_words_are_whole_characters_between_spaces_and_punctuation() {
        let words = sub_words();
        assert!(cut(&words, "私は 猫が好きです。").starts_with("私は|猫"), "a space separates words");
        assert!(cut(&words, "私は 猫が好きです。").ends_with("|。"));
        assert_eq!(cut(&words, "１０時"), "１|０|時");
        assert_eq!(cut(&words, "鼠 は"), "鼠|は", "an unseen letter has three tokens");
        assert!(cut(&words, " \u{3000}").is_empty());
    }

    proptest! {
        #[test]
        fn words_are_in_order_and_have_every_character_except_white_space(text in "[私は犬が 　１9.。aก\u{0E49}\u{301}\t]{0,30}") {
            for splitter in [WordSplitter::WhiteSpace, WordSplitter::Unicode, sub_words(), WordSplitter::Characters] {
                let words = splitter.words(&text);
                prop_assert!(words.is_sorted_by(|a, b| a.end <= b.start) && words.iter().all(|word| !word.is_empty()));
                let joined: String = texts(&text, &words).concat();
                let solid = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
                prop_assert_eq!(solid(&joined), solid(&text));
            }
        }
    }
}
