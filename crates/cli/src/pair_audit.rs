//! Scores of `glosser audit`: how much more probable the target of a pair is with its source than with other sources.

use crate::forced_decoding::is_too_long;
use crate::pair_arguments::PairArgs;
use crate::progress::Bar;
use anyhow::Result;
use glosser_text::{Corpus, Pair};
use glosser_translator::{Scorer, Weighting, WordView};
use serde::Serialize;

/// A source word is covered if the target words have at least this weight on it in total.
const COVERED: f32 = 0.2;

/// Number of other sources that the source of a target is compared with.
pub const OTHERS: usize = 3;

/// Distances from a pair to the pairs of the other sources, as fractions of the corpus; the last one makes wrong pairs.
/// They avoid neighbours, which may be similar, and simple fractions, at which a corpus may repeat itself.
const SHIFTS: [f64; OTHERS + 1] = [0.618, 0.382, 0.854, 0.236];

/// Maximum number of wrong pairs: enough to estimate the distribution of their scores.
pub const MAX_WRONG: usize = 2000;

/// A pair with its score.
#[derive(Serialize)]
pub struct Judged {
    /// Index of the pair in the corpus.
    #[serde(skip)]
    pub index: usize,
    /// Line of the pair, counted from 1.
    pub line: usize,
    /// Log probability of the target given its source minus that given other sources, over the root of the token count.
    pub score: f32,
    pub log_prob: f32,
    /// Number of target tokens, including the end of the sentence.
    #[serde(skip)]
    pub tokens: usize,
    /// Fraction of the source words that are covered.
    pub coverage: f32,
    /// Mean weight of the target words on the end of the source.
    pub eos_mass: f32,
    /// `None` without a cut.
    pub below_cut: Option<bool>,
    pub source: String,
    pub target: String,
}

/// A model that scores pairs.
pub struct Audit<'a> {
    pub scorer: &'a Scorer,
    pub pairs: &'a PairArgs,
    pub progress: &'a Bar,
}

impl Audit<'_> {
    /// Returns every pair that the model can score, and the indices of those that are too long, which get a warning
    /// that ends in `consequence`. The score itself is set by [`Audit::compare`].
    pub fn judge(&self, corpus: &Corpus, consequence: Option<&str>) -> Result<(Vec<Judged>, Vec<usize>)> {
        let mut judged = Vec::with_capacity(corpus.pairs.len());
        let mut too_long = Vec::new();
        let words = self.scorer.tokenizers().words();
        let bar = Some(self.progress);
        let forced = self.pairs.forced_decoding(corpus, Weighting::Aligner, consequence, bar);
        forced.each(self.scorer, |number, pair| {
            let (index, line) = (number - 1, corpus.line(number - 1));
            if is_too_long(pair) {
                too_long.push(index);
            }
            if !pair.token_log_probs.is_empty() {
                let view = pair.words_by(&words);
                judged.push(Judged {
                    index,
                    line,
                    score: 0.0,
                    log_prob: pair.log_prob,
                    tokens: pair.token_log_probs.len(),
                    coverage: coverage(&view),
                    eos_mass: view.attention.eos_mass().iter().sum::<f32>() / view.target.len() as f32,
                    below_cut: None,
                    source: pair.source.clone(),
                    target: pair.text.clone(),
                });
            }
            Ok(())
        })?;
        Ok((judged, too_long))
    }

    /// Sets the score of each pair, and returns the scores of pairs that are certainly wrong.
    ///
    /// The score is log p(target | source) minus the logarithm of the mean of p over other sources. This is the
    /// pointwise mutual information of Church and Hanks (1990), where the mean estimates p(target): a long or rare
    /// target is improbable with any source, and a loose translation is still more probable than with another source.
    /// The difference is a sum over tokens, which for a wrong source has mean zero. Division by the root of their
    /// number gives it the same spread for every length.
    pub fn compare(&self, judged: &mut [Judged]) -> Result<Vec<f64>> {
        let mut with_others = Vec::with_capacity(OTHERS);
        for shift in &SHIFTS[..OTHERS] {
            with_others.push(self.with_other_sources(judged, judged.len(), *shift)?);
        }
        let mean = |at: usize| {
            let highest = with_others.iter().map(|log_probs| log_probs[at]).fold(f32::NEG_INFINITY, f32::max);
            let sum: f32 = with_others.iter().map(|log_probs| (log_probs[at] - highest).exp()).sum();
            highest + (sum / OTHERS as f32).ln()
        };
        let score = |log_prob: f32, at: usize, tokens: usize| (log_prob - mean(at)) / (tokens as f32).sqrt();
        let wrong = self.with_other_sources(judged, MAX_WRONG, SHIFTS[OTHERS])?;
        let scored = |(at, log_prob): (usize, &f32)| f64::from(score(*log_prob, at, judged[at].tokens));
        let wrong = wrong.iter().enumerate().map(scored).collect();
        for (at, pair) in judged.iter_mut().enumerate() {
            pair.score = score(pair.log_prob, at, pair.tokens);
        }
        Ok(wrong)
    }

    /// Returns the log probability of each of the first `most` targets, `[targets]`, with the source that is `shift`
    /// of the corpus away.
    fn with_other_sources(&self, judged: &[Judged], most: usize, shift: f64) -> Result<Vec<f32>> {
        let shift = ((shift * judged.len() as f64) as usize).max(1);
        let pairs = judged.iter().enumerate().take(most).map(|(at, pair)| Pair {
            source: judged[(at + shift) % judged.len()].source.clone(),
            target: pair.target.clone(),
        });
        let others = Corpus { name: String::new(), pairs: pairs.collect(), lines: Vec::new(), notes: Vec::new() };
        let mut log_probs = Vec::with_capacity(others.pairs.len());
        let forced = self.pairs.forced_decoding(&others, Weighting::Attention, None, Some(self.progress));
        forced.each(self.scorer, |_, scored| {
            log_probs.push(scored.log_prob);
            Ok(())
        })?;
        Ok(log_probs)
    }
}

/// Fraction of the source words that are covered.
fn coverage(view: &WordView) -> f32 {
    let matrix = view.attention.matrix();
    let is_covered = |source: &usize| matrix.column(*source).sum::<f32>() >= COVERED;
    (0..view.source.len()).filter(is_covered).count() as f32 / view.source.len() as f32
}
