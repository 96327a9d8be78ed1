//! Plain text of several lines: taken apart, and put together from the translations of its lines.

use crate::{LineTranslation, SentenceRecord};
use glosser_text::WordSplitters;
use serde::{Serialize, Serializer};
use std::ops::Range;

/// Plain text with the ranges of its lines that are not blank, without the white space around them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlainText {
    text: String,
    lines: Vec<Range<usize>>,
}

/// A translated text.
#[derive(Debug, Default)]
pub struct TranslatedText {
    /// The best translation.
    pub text: String,
    /// Other translations, best first.
    pub alternatives: Vec<String>,
    /// The sentences, if they were wanted.
    pub sentences: AlignedSentences,
}

/// The sentences of a text with words, links and weights; serialised as a list of them.
#[derive(Debug)]
pub struct AlignedSentences {
    /// Lines, each with the characters of the text and of its translation before it.
    lines: Vec<(LineTranslation, usize, usize)>,
    words: WordSplitters,
}

/// No sentences.
impl Default for AlignedSentences {
    fn default() -> Self {
        Self { lines: Vec::new(), words: WordSplitters::WHITE_SPACE }
    }
}

impl Serialize for AlignedSentences {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.lines.iter().flat_map(|(line, source, target)| {
            line.records(&self.words).into_iter().map(move |record| SentenceRecord {
                source_start: source + record.source_start,
                target_start: target + record.target_start,
                ..record
            })
        }))
    }
}

/// What a translated text has beside its best translation.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// The greatest number of alternatives.
    pub alternatives: usize,
    /// Whether it has the alignment of its sentences.
    pub alignment: bool,
}

impl TranslatedText {
    /// A text that stays as it is.
    pub fn unchanged(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }
}

impl PlainText {
    /// Takes a text apart.
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), lines: lines(text) }
    }

    /// The lines to translate.
    pub fn lines(&self) -> Vec<&str> {
        self.lines.iter().map(|range| &self.text[range.clone()]).collect()
    }

    /// Puts the translations of its lines together; `words` are those of the model.
    pub fn translated(&self, found: &[LineTranslation], wanted: Wanted, words: &WordSplitters) -> TranslatedText {
        let text = self.with(found.iter().map(|line| line.text.as_str()));
        let alternatives = self.alternatives(found, wanted.alternatives, &text);
        let lines = if wanted.alignment { self.placed(found) } else { Vec::new() };
        TranslatedText { text, alternatives, sentences: AlignedSentences { lines, words: words.clone() } }
    }

    /// The text with other lines.
    fn with<'b>(&self, lines: impl Iterator<Item = &'b str>) -> String {
        let mut text = String::with_capacity(self.text.len());
        let mut end = 0;
        for (range, line) in self.lines.iter().zip(lines) {
            text.push_str(&self.text[end..range.start]);
            text.push_str(line);
            end = range.end;
        }
        text + &self.text[end..]
    }

    /// Other translations: each with the next best of every line that has one.
    fn alternatives(&self, found: &[LineTranslation], most: usize, best: &str) -> Vec<String> {
        if most == 0 {
            return Vec::new();
        }
        let texts = |line: &LineTranslation| {
            let found = line.clone().into_translations(most + 1);
            found.into_iter().map(|translation| translation.text).collect()
        };
        let of_lines: Vec<Vec<String>> = found.iter().map(texts).collect();
        let ranks = of_lines.iter().map(Vec::len).max().unwrap_or(0);
        let mut texts: Vec<String> = Vec::new();
        for rank in 1..ranks {
            let lines = of_lines.iter().map(|texts| texts.get(rank).or(texts.first()).map_or("", String::as_str));
            let text = self.with(lines);
            if text != best && !text.trim().is_empty() && !texts.contains(&text) {
                texts.push(text);
            }
        }
        texts.truncate(most);
        texts
    }

    /// The lines, with the characters of the text and of its translation before each.
    fn placed(&self, found: &[LineTranslation]) -> Vec<(LineTranslation, usize, usize)> {
        let (mut at, mut source, mut target) = (0, 0, 0);
        let placed = self.lines.iter().zip(found).map(|(range, line)| {
            let gap = self.text[at..range.start].chars().count();
            let before = (source + gap, target + gap);
            source = before.0 + line.source.chars().count();
            target = before.1 + line.text.chars().count();
            at = range.end;
            (line.clone(), before.0, before.1)
        });
        placed.collect()
    }
}

/// The lines of a text that are not blank, without the white space around them.
fn lines(text: &str) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let words = line.trim();
        if !words.is_empty() {
            let first = start + line.len() - line.trim_start().len();
            lines.push(first..first + words.len());
        }
        start += line.len();
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn translated(text: &str, of_line: impl Fn(&str) -> String) -> String {
        let source = PlainText::new(text);
        let line = |line: &str| LineTranslation { text: of_line(line), source: line.to_owned(), sentences: Vec::new() };
        let found: Vec<LineTranslation> = source.lines().into_iter().map(line).collect();
        let wanted = Wanted { alternatives: 0, alignment: false };
        source.translated(&found, wanted, &WordSplitters::WHITE_SPACE).text
    }

    #[test]
    fn all_white_space_around_lines_stays() {
        for (text, lines) in [
            ("", vec![]),
            (" \n\t\n", vec![]),
            ("a", vec!["a"]),
            ("  a b \r\n\r\n\tc\n", vec!["a b", "c"]),
            ("\u{a0}ä\u{2003}\n\nö", vec!["ä", "ö"]),
        ] {
            assert_eq!(PlainText::new(text).lines(), lines, "{text:?}");
            assert_eq!(translated(text, str::to_owned), text);
        }
        assert_eq!(translated(" a\r\n\n b \n", |line| line.repeat(3)), " aaa\r\n\n bbb \n");
    }
}
