//! Identifies the language of a text, among the languages of given texts.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use crate::language::ngram_model::NgramModel;
use crate::words::ngrams::letters;
use crate::words::placeholders::tags::tags;
use crate::words::profile::TextProfile;
use crate::words::script::is_unspaced;
use crate::words::training_words::{TrainingWords, alphanumeric_words};

/// The most characters of a text that are looked at. Its language is certain long before.
const MOST_CHARACTERS: usize = 2000;

// Natural logarithms: how much more probable an observation is in a text of the language than in one of another
// language with the same script. From captions, news and parliament in eight languages (docs/experiments.md, section
// "Language of a text"): of the words of further text in a language, 70 to 99 % are known, of those of another language
// 7 to 30 %; of runs of four characters, 88 to 99 % and 40 to 80 %.

/// A known word of three letters or more; less for a shorter one.
const KNOWN_WORD: f64 = 2.2;
const UNKNOWN_WORD: f64 = -2.2;
/// A known run of four characters.
const KNOWN_RUN: f64 = 0.67;
const UNKNOWN_RUN: f64 = -3.2;
/// A letter that the language hardly ever has.
const UNKNOWN_LETTER: f64 = -5.7;
/// A known letter of a script without spaces, in which no words are known.
const KNOWN_SIGN: f64 = 1.0;

/// The weight of the probability of letters beside words and runs. A higher one is a little better on text like that of
/// training, and worse on other text.
const NGRAM_WEIGHT: f64 = 0.4;

/// The part of these values that becomes confidence: words, runs and n-grams overlap, so they count several times.
const INDEPENDENT: f64 = 0.3;

/// The knowledge of the source language of a model, by which texts in this language are recognised.
#[derive(Clone, Debug)]
pub struct LanguageProfile {
    words: Arc<TrainingWords>,
    /// In lower case. Empty in models of the first versions.
    letters: HashSet<char>,
    /// `None` in models of earlier versions.
    ngrams: Option<NgramModel>,
}

impl LanguageProfile {
    /// Takes the words and the profile of the source side of a model's training text.
    pub fn new(words: Arc<TrainingWords>, profile: &TextProfile) -> Self {
        let letters = profile.source.writing.as_ref().map(|writing| writing.characters.letters()).unwrap_or_default();
        Self { words, letters, ngrams: NgramModel::new(&profile.source_ngrams) }
    }

    /// Returns the evidence for this language and against all others.
    fn evidence(&self, text: &Observed) -> f64 {
        let words: f64 = text.words.iter().map(|word| self.evidence_of_word(word)).sum();
        let is_unknown = |c: &&char| !self.letters.is_empty() && **c != ' ' && !self.letters.contains(*c);
        let unknown = text.letters.iter().filter(is_unknown).count();
        let is_known_sign = |c: &&char| is_unspaced(**c) && self.letters.contains(*c);
        let signs = text.letters.iter().filter(is_known_sign).count();
        words + UNKNOWN_LETTER * unknown as f64 + KNOWN_SIGN * signs as f64
    }

    fn evidence_of_word(&self, word: &ObservedWord) -> f64 {
        if word.may_go_on && word.length < 3 {
            return 0.0;
        }
        let whole = match (self.words.contains(&word.text), word.may_go_on) {
            (true, _) => KNOWN_WORD * (word.length as f64 / 3.0).min(1.0),
            (false, true) => 0.0,
            (false, false) => UNKNOWN_WORD,
        };
        let unknown = self.words.strangeness(&word.text);
        whole + word.length.saturating_sub(1).max(1) as f64 * (unknown * UNKNOWN_RUN + (1.0 - unknown) * KNOWN_RUN)
    }
}

/// The parts of a text that show its language.
struct Observed {
    words: Vec<ObservedWord>,
    /// As from [`letters`].
    letters: Vec<char>,
}

struct ObservedWord {
    text: String,
    /// Its number of characters.
    length: usize,
    /// Whether it ends the text, so that more of it may be typed.
    may_go_on: bool,
}

impl Observed {
    /// Leaves out markup and addresses.
    fn new(text: &str) -> Self {
        let end = text.char_indices().nth(MOST_CHARACTERS).map_or(text.len(), |(at, _)| at);
        let text = without(&text[..end]);
        let words = alphanumeric_words(&text).into_iter().filter_map(|range| {
            let word = &text[range.clone()];
            word.contains(char::is_alphabetic).then(|| ObservedWord {
                text: word.to_owned(),
                length: word.chars().count(),
                may_go_on: range.end == text.len(),
            })
        });
        Self { words: words.collect(), letters: letters(&text) }
    }

    fn has_letters(&self) -> bool {
        self.letters.iter().any(|c| *c != ' ')
    }
}

/// Returns the text without markup and addresses.
fn without(text: &str) -> String {
    let is_address = |word: &str| word.contains("://") || word.contains('@') || word.starts_with("www.");
    let mut parts: Vec<Range<usize>> = tags(text);
    let start = |word: &str| word.as_ptr() as usize - text.as_ptr() as usize;
    let addresses = text.split_whitespace().filter(|word| word.is_ascii() && is_address(word));
    parts.extend(addresses.map(|word| start(word)..start(word) + word.len()));
    parts.sort_by_key(|part| part.start);
    let (mut kept, mut at) = (String::with_capacity(text.len()), 0);
    for part in parts.into_iter().filter(|part| !part.is_empty()) {
        if part.start >= at {
            kept.push_str(&text[at..part.start]);
            kept.push(' ');
        }
        at = at.max(part.end);
    }
    kept.push_str(&text[at..]);
    kept
}

/// Identifies the language of a text among those of several profiles. It knows no other languages, but a text may be in
/// none of them.
#[derive(Clone, Debug)]
pub struct LanguageIdentifier {
    profiles: Vec<LanguageProfile>,
}

impl LanguageIdentifier {
    /// An identifier of these languages. Each should be there once: two models of one language would share its
    /// confidence.
    pub fn new(profiles: impl IntoIterator<Item = LanguageProfile>) -> Self {
        Self { profiles: profiles.into_iter().collect() }
    }

    /// Returns the index of each profile with the confidence, from 0 to 1, that the text is in its language, the highest
    /// first. Together with the confidence that it is in none of them, they sum to 1. They are 0 for a text without
    /// letters.
    pub fn identify(&self, text: &str) -> Vec<(usize, f64)> {
        let text = Observed::new(text);
        let mut evidence: Vec<f64> = self.profiles.iter().map(|profile| profile.evidence(&text)).collect();
        // The evidence for no language.
        let mut none = 0.0;
        let models: Option<Vec<&NgramModel>> = self.profiles.iter().map(|profile| profile.ngrams.as_ref()).collect();
        // If a profile has no n-grams, the others are compared with it without them.
        if let Some(models) = models {
            let unordered = models.iter().map(|model| model.unordered_log_prob(&text.letters));
            none = NGRAM_WEIGHT * unordered.fold(f64::NEG_INFINITY, f64::max);
            for (evidence, model) in evidence.iter_mut().zip(models) {
                *evidence += NGRAM_WEIGHT * model.log_prob(&text.letters);
            }
        }
        let highest = evidence.iter().copied().fold(none, f64::max);
        let share = |evidence: f64| (INDEPENDENT * (evidence - highest)).exp();
        let sum = share(none) + evidence.iter().copied().map(share).sum::<f64>();
        let confidence = |evidence: f64| if text.has_letters() { share(evidence) / sum } else { 0.0 };
        let mut all: Vec<(usize, f64)> = evidence.into_iter().map(confidence).enumerate().collect();
        all.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        all
    }
}

#[cfg(test)]
#[path = "identifier_tests.rs"]
mod tests;
