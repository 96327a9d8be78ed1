//! The translation of a line, sentence by sentence.

use crate::Translation;
use crate::lines::{join_parts, join_sentences, join_texts};
use std::ops::Range;

/// A line with the translations of each of its sentences.
#[derive(Clone, Debug, PartialEq)]
pub struct LineTranslation {
    /// The line.
    pub source: String,
    /// Its translation: the best translations of its sentences, joined.
    pub text: String,
    /// Its sentences, in order; none if the line is blank.
    pub sentences: Vec<SentenceTranslation>,
}

/// A sentence of a line with its translations.
#[derive(Clone, Debug, PartialEq)]
pub struct SentenceTranslation {
    /// Its byte range in the line.
    pub source: Range<usize>,
    /// The byte range of its best translation in the text of the line.
    pub target: Range<usize>,
    /// Its translations, best first, at least one.
    pub translations: Vec<Translation>,
}

impl SentenceTranslation {
    /// The best translation.
    pub fn best(&self) -> &Translation {
        &self.translations[0]
    }
}

impl LineTranslation {
    /// Joins the translations of the sentences of a line, `[sentences][translations, best first]`.
    pub(crate) fn new(line: &str, ranges: &[Range<usize>], found: Vec<Vec<Translation>>) -> Self {
        let texts: Vec<&str> = found.iter().map(|found| found[0].text.as_str()).collect();
        let (text, starts) = join_texts(line, ranges, &texts);
        let sentences = ranges.iter().zip(starts).zip(found);
        let sentences = sentences.map(|((source, start), translations)| SentenceTranslation {
            source: source.clone(),
            target: start..start + translations[0].text.len(),
            translations,
        });
        Self { source: line.to_owned(), sentences: sentences.collect(), text }
    }

    /// Joins the translations of parts of a line, such as its [sentences](crate::Translator::sentences), which were
    /// translated as lines of their own: each with its byte range in the line, in order.
    pub fn joined(line: &str, parts: Vec<(Range<usize>, Self)>) -> Self {
        let (mut ranges, mut found) = (Vec::new(), Vec::new());
        for (part, translated) in parts {
            for sentence in translated.sentences {
                ranges.push(part.start + sentence.source.start..part.start + sentence.source.end);
                found.push(sentence.translations);
            }
        }
        Self::new(line, &ranges, found)
    }

    /// The best translation of the whole line, with words and attention of all sentences. Its text is
    /// [`LineTranslation::text`].
    pub fn translation(&self) -> Translation {
        let parts: Vec<&Translation> = self.sentences.iter().map(SentenceTranslation::best).collect();
        join_parts(&self.source, &self.ranges(), &parts)
    }

    /// Up to `n_best` translations of the whole line, best first, at least one.
    pub fn into_translations(self, n_best: usize) -> Vec<Translation> {
        let ranges = self.ranges();
        let found = self.sentences.into_iter().map(|sentence| sentence.translations).collect();
        join_sentences(&self.source, &ranges, found, n_best)
    }

    fn ranges(&self) -> Vec<Range<usize>> {
        self.sentences.iter().map(|sentence| sentence.source.clone()).collect()
    }
}
