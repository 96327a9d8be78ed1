//! A translation as plain data for other programs, such as JSON.

use crate::{Choice, LineTranslation, Translation, WordView};
use glosser_alignment::entropy;
use glosser_text::WordSplitters;
use serde::Serialize;
use std::ops::Range;

/// A translation with its words, links and weights: the keys of a line of `glosser translate --format jsonl`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Record<'a> {
    /// The source sentence.
    pub source: &'a str,
    /// Its translation.
    pub translation: &'a str,
    /// Natural logarithm of its probability.
    pub log_prob: f32,
    /// `log_prob`, normalized by length.
    pub score: f32,
    /// Words of the source.
    pub source_words: Vec<&'a str>,
    /// Range of characters of each word, counted from 0, end exclusive.
    pub source_offsets: Vec<[usize; 2]>,
    /// Words of the translation.
    pub target_words: Vec<&'a str>,
    /// Range of characters of each word, counted from 0, end exclusive.
    pub target_offsets: Vec<[usize; 2]>,
    /// Word links, counted from 0, source first.
    pub links: String,
    /// `[target word][source word]`.
    pub weights: Vec<Vec<f32>>,
    /// Weight of each target word on the end of the source.
    pub eos_mass: Vec<f32>,
    /// Entropy of each target word in nats, over its weights and its `eos_mass`.
    pub entropy: Vec<f32>,
}

/// A sentence of a text with its translations.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SentenceRecord<'a> {
    /// The best translation.
    #[serde(flatten)]
    pub best: Record<'a>,
    /// log p of each target word.
    pub word_log_probs: Vec<f32>,
    /// Words of the source that training never saw, each once.
    pub unknown: Vec<&'a str>,
    /// Number of characters of the whole text before the sentence.
    pub source_start: usize,
    /// Number of characters of the whole translation before that of the sentence.
    pub target_start: usize,
    /// The texts of the other translations, best first.
    pub alternatives: Vec<&'a str>,
}

/// A word that may follow the beginning of a translation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ChoiceRecord {
    /// The word; blank for the end of the sentence.
    pub word: String,
    /// Its probability after this beginning, 0 to 1.
    pub probability: f64,
    /// The best translation that goes on with it.
    pub translation: String,
}

impl From<Choice> for ChoiceRecord {
    fn from(Choice { word, probability, translation }: Choice) -> Self {
        Self { word, probability: probability.into(), translation: translation.text }
    }
}

impl<'a> Record<'a> {
    /// Describes a translation; `view` has its words.
    pub fn new(translation: &'a Translation, view: &WordView<'a>) -> Self {
        Self {
            source: &translation.source,
            translation: &translation.text,
            log_prob: translation.log_prob,
            score: translation.score,
            source_words: view.source.clone(),
            source_offsets: character_ranges(&translation.source, &view.source_ranges),
            target_words: view.target.clone(),
            target_offsets: character_ranges(&translation.text, &view.target_ranges),
            links: view.links().to_string(),
            weights: view.attention.matrix().rows().map(<[f32]>::to_vec).collect(),
            eos_mass: view.attention.eos_mass().to_vec(),
            entropy: view.rows().iter().map(|row| entropy(row)).collect(),
        }
    }
}

impl<'a> SentenceRecord<'a> {
    /// Describes a sentence that is the whole text, from its best translation and the other ones.
    pub fn new(best: &'a Translation, others: &'a [Translation], words: &WordSplitters) -> Self {
        let word_log_probs = best.word_log_probs(&words.target);
        Self {
            best: Record::new(best, &best.words_by(words)),
            word_log_probs: word_log_probs.into_iter().map(|(_, log_prob)| log_prob).collect(),
            unknown: best.different_unknown_words(),
            source_start: 0,
            target_start: 0,
            alternatives: others.iter().map(|other| other.text.as_str()).collect(),
        }
    }
}

impl LineTranslation {
    /// Describes each sentence of the line.
    pub fn records(&self, words: &WordSplitters) -> Vec<SentenceRecord<'_>> {
        let starts = |text: &str, ranges: Vec<Range<usize>>| -> Vec<usize> {
            character_ranges(text, &ranges).into_iter().map(|[start, _]| start).collect()
        };
        let sources = starts(&self.source, self.sentences.iter().map(|one| one.source.clone()).collect());
        let targets = starts(&self.text, self.sentences.iter().map(|one| one.target.clone()).collect());
        let sentences = self.sentences.iter().zip(sources).zip(targets);
        let record = sentences.map(|((sentence, source_start), target_start)| SentenceRecord {
            source_start,
            target_start,
            ..SentenceRecord::new(sentence.best(), &sentence.translations[1..], words)
        });
        record.collect()
    }
}

/// Converts sorted ranges of bytes to ranges of characters (Unicode scalar values).
pub fn character_ranges(text: &str, ranges: &[Range<usize>]) -> Vec<[usize; 2]> {
    let (mut byte, mut character) = (0, 0);
    let mut character_at = |at: usize| {
        character += text[byte..at].chars().count();
        byte = at;
        character
    };
    ranges.iter().map(|range| [character_at(range.start), character_at(range.end)]).collect()
}
