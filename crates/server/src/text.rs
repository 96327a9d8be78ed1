//! A text on its way through the queue: taken apart into lines, and put together from their translations.

use crate::error::ApiError;
use glosser_documents::{Document, Format, TranslatedSegment};
use glosser_text::WordSplitters;
use glosser_translator::{LineTranslation, SentenceRecord};
use serde::{Serialize, Serializer};
use std::ops::Range;

/// The format of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextFormat {
    /// Plain text.
    Plain,
    /// HTML.
    Html,
}

impl TextFormat {
    /// The format of a parameter; plain text if it is absent.
    pub fn parse(text: Option<&str>) -> Result<Self, ApiError> {
        match text {
            None | Some("text") => Ok(Self::Plain),
            Some("html") => Ok(Self::Html),
            Some(other) => Err(ApiError::UnknownFormat(other.to_owned())),
        }
    }
}

/// A text to translate.
#[derive(Debug)]
pub enum SourceText {
    /// Plain text, with the ranges of its lines that are not blank, without the white space around them.
    Plain {
        /// The text.
        text: String,
        /// The lines.
        lines: Vec<Range<usize>>,
    },
    /// A document, whose segments are translated.
    Document(Document),
}

/// A translated text.
#[derive(Debug, Default)]
pub struct TargetText {
    /// The best translation.
    pub text: String,
    /// Other translations, best first.
    pub alternatives: Vec<String>,
    /// The sentences of plain text, if they were wanted.
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

impl SourceText {
    /// Takes a text apart.
    pub fn new(text: &str, format: TextFormat) -> Result<Self, ApiError> {
        match format {
            TextFormat::Plain => Ok(Self::Plain { text: text.to_owned(), lines: lines(text) }),
            TextFormat::Html => Self::document(Format::Html, text),
        }
    }

    /// Takes a document apart.
    pub fn document(format: Format, text: &str) -> Result<Self, ApiError> {
        Document::read(format, text).map(Self::Document).map_err(|error| ApiError::Invalid(error.to_string()))
    }

    /// The lines to translate.
    pub fn lines(&self) -> Vec<String> {
        match self {
            Self::Plain { text, lines } => lines.iter().map(|range| text[range.clone()].to_owned()).collect(),
            Self::Document(document) => document.segments().iter().map(|segment| segment.text.clone()).collect(),
        }
    }

    /// Puts the translations of its lines together; `words` are those of the model.
    pub fn translated(&self, found: &[LineTranslation], wanted: Wanted, words: &WordSplitters) -> TargetText {
        match self {
            Self::Plain { text, lines } => {
                let plain = Plain { text, lines };
                let best = plain.with(found.iter().map(|line| line.text.as_str()));
                let alternatives = plain.alternatives(found, wanted.alternatives, &best);
                let lines = if wanted.alignment { plain.placed(found) } else { Vec::new() };
                let sentences = AlignedSentences { lines, words: words.clone() };
                TargetText { text: best, alternatives, sentences }
            }
            Self::Document(document) => {
                let segments = document.segments().iter().zip(found).map(|(segment, line)| {
                    let marks: Vec<_> = segment.marks.iter().map(|mark| (mark.at, mark.attachment)).collect();
                    let best = line.translation();
                    TranslatedSegment { marks: best.mark_places(&marks), text: best.text }
                });
                TargetText { text: document.write(&segments.collect::<Vec<_>>()), ..TargetText::default() }
            }
        }
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

/// Plain text with its lines.
struct Plain<'a> {
    text: &'a str,
    lines: &'a [Range<usize>],
}

impl Plain<'_> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn translated(text: &str, of_line: impl Fn(&str) -> String) -> String {
        let source = SourceText::new(text, TextFormat::Plain).expect("plain text");
        let line = |line: String| LineTranslation { text: of_line(&line), source: line, sentences: Vec::new() };
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
            assert_eq!(SourceText::new(text, TextFormat::Plain).expect("plain text").lines(), lines, "{text:?}");
            assert_eq!(translated(text, str::to_owned), text);
        }
        assert_eq!(translated(" a\r\n\n b \n", |line| line.repeat(3)), " aaa\r\n\n bbb \n");
    }

    #[test]
    fn a_format_that_is_not_known_is_named() {
        assert_eq!(TextFormat::parse(None).expect("the default"), TextFormat::Plain);
        assert_eq!(TextFormat::parse(Some("html")).expect("HTML"), TextFormat::Html);
        let error = TextFormat::parse(Some("xml")).expect_err("unknown").to_string();
        assert_eq!(error, "xml format is not supported");
    }
}
