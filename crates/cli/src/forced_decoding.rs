//! Forced decoding of a corpus: given pairs are passed through a model, with a warning for each pair that is too long.

use crate::output::warn;
use crate::progress::Bar;
use anyhow::Result;
use glosser_alignment::statistical::StatisticalAligner;
use glosser_text::{Corpus, WordSplitters};
use glosser_translator::{LinkReading, Scorer, Translation, Weighting};

/// Number of batches that are sorted by length together: more need less padding, but delay the output.
pub const BATCHES_AT_ONCE: usize = 16;

/// A corpus and how it is passed through a model.
pub struct ForcedDecoding<'a> {
    pub corpus: &'a Corpus,
    pub batch_size: usize,
    pub weighting: Weighting,
    /// The words of statistics that links are read from, if they are.
    pub counted_words: Option<CountedWords<'a>>,
    /// The end of the warning about a pair that is too long, such as "not scored"; `None` prints no warning.
    pub consequence: Option<&'a str>,
    /// Counts the pairs.
    pub progress: Option<&'a Bar>,
}

/// The words that statistics count. They align a pair that is too long for the model.
#[derive(Clone, Copy)]
pub struct CountedWords<'a> {
    words: &'a WordSplitters,
    /// Whether links are read from statistics alone, and not from weights, too.
    are_alone: bool,
}

impl<'a> CountedWords<'a> {
    /// The words of the statistics, if this reading needs them.
    pub fn of(reading: LinkReading, words: &'a WordSplitters) -> Option<Self> {
        let are_alone = reading == LinkReading::Statistical;
        reading.needs_statistics().then_some(Self { words, are_alone })
    }

    /// Whether the statistics can align the pair.
    pub fn can_align(&self, pair: &Translation) -> bool {
        let (source, target) = (self.words.source.words(&pair.source), self.words.target.words(&pair.text));
        StatisticalAligner::can_align(source.len(), target.len())
    }
}

impl ForcedDecoding<'_> {
    /// Gives each scored pair to `take` with its number, counted from 1, in the order of the corpus. Returns the
    /// number of pairs that are too long.
    pub fn each(&self, scorer: &Scorer, mut take: impl FnMut(usize, &Translation) -> Result<()>) -> Result<usize> {
        let (mut number, mut too_long) = (0, 0);
        self.in_chunks(|pairs| {
            for scored in scorer.score(pairs, self.batch_size, self.weighting)? {
                number += 1;
                too_long += usize::from(has_no_result(&scored, self.counted_words));
                self.warn_if_too_long(number, &scored);
                take(number, &scored)?;
            }
            Ok(())
        })?;
        Ok(too_long)
    }

    /// Passes each pair through models of both directions. Returns the number of pairs that are too long.
    pub fn both(
        &self,
        [forward, reverse]: [&Scorer; 2],
        mut take: impl FnMut(usize, &Translation, &Translation) -> Result<()>,
    ) -> Result<usize> {
        let (mut number, mut too_long) = (0, 0);
        self.in_chunks(|pairs| {
            let swapped: Vec<(&str, &str)> = pairs.iter().map(|(source, target)| (*target, *source)).collect();
            let forward = forward.score(pairs, self.batch_size, self.weighting)?;
            let reverse = reverse.score(&swapped, self.batch_size, self.weighting)?;
            for (forward, reverse) in forward.iter().zip(&reverse) {
                number += 1;
                too_long += usize::from(has_no_result(forward, self.counted_words));
                self.warn_if_too_long(number, forward);
                take(number, forward, reverse)?;
            }
            Ok(())
        })?;
        Ok(too_long)
    }

    /// Gives sources and targets to `take`, in chunks that are sorted by length together.
    fn in_chunks(&self, mut take: impl FnMut(&[(&str, &str)]) -> Result<()>) -> Result<()> {
        for pairs in self.corpus.pairs.chunks(self.batch_size.saturating_mul(BATCHES_AT_ONCE)) {
            let pairs: Vec<(&str, &str)> = pairs.iter().map(|p| (p.source.as_str(), p.target.as_str())).collect();
            take(&pairs)?;
            self.progress.iter().for_each(|bar| bar.inc(pairs.len()));
        }
        Ok(())
    }

    fn warn_if_too_long(&self, number: usize, pair: &Translation) {
        let Some(consequence) = self.consequence else { return };
        let place = || format!("{}:{}", self.corpus.name, self.corpus.line(number - 1));
        if has_no_result(pair, self.counted_words) {
            warn(&format!("{}: {}; {consequence}", place(), too_long(pair)));
        } else if !is_blank(pair) && self.counted_words.is_some_and(|words| !words.can_align(pair)) {
            warn(&format!("{}: {}; its links are those of the weights alone", place(), too_many_words()));
        }
    }
}

/// Warns about a pair that has text on both sides but is too long for the model.
pub fn warn_if_too_long(file: &str, line: usize, pair: &Translation, consequence: &str) {
    if is_too_long(pair) {
        warn(&format!("{file}:{line}: {}; {consequence}", too_long(pair)));
    }
}

/// Whether the pair has no result although it has text on both sides. A side of invisible characters, which has no
/// result either, is no longer than the model can read: a sub-word has at least one byte.
pub fn is_too_long(pair: &Translation) -> bool {
    let longest = pair.source.len().max(pair.text.len());
    pair.target_tokens.is_empty() && !is_blank(pair) && longest > Scorer::MAX_TOKENS
}

/// Whether the pair is too long for what its result is read from: the model, statistics, or both.
pub fn has_no_result(pair: &Translation, counted_words: Option<CountedWords>) -> bool {
    match counted_words {
        Some(words) if words.are_alone => !is_blank(pair) && !words.can_align(pair),
        Some(words) => is_too_long(pair) && !words.can_align(pair),
        None => is_too_long(pair),
    }
}

/// The reason why a pair has no result.
pub fn too_long(pair: &Translation) -> String {
    if is_too_long(pair) { too_many_sub_words() } else { too_many_words() }
}

/// The reason why the model cannot read a pair.
pub fn too_many_sub_words() -> String {
    format!("more than {} sub-words on a side", Scorer::MAX_TOKENS)
}

fn too_many_words() -> String {
    format!("more than {} words on a side", StatisticalAligner::MAX_WORDS)
}

/// Whether a side of the pair is empty or white space.
pub fn is_blank(pair: &Translation) -> bool {
    pair.source.trim().is_empty() || pair.text.trim().is_empty()
}
