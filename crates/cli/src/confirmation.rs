//! A second opinion on a line shift: a trained model compares the pairs with and without the shift.

use anyhow::Result;
use glosser_corpus_check::{Input, Suspect, lines};
use glosser_text::{counted, running_words};
use glosser_translator::{Scorer, Weighting};
use serde::Serialize;

/// Number of lines to read before the first and after the last possible line of the shift.
const MARGIN: usize = 16;

/// Maximum number of possible lines: without distinctive lines, the model would otherwise read half the corpus.
const MAX_LINES: usize = 200;

const BATCH: usize = 32;

/// Log probabilities around a possible line shift, and the line where the model finds it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Confirmation {
    /// The line, counted from 1, from which shifted pairs are more probable.
    pub line: usize,
    /// Number of pairs from that line on that were compared.
    pub pairs: usize,
    /// Log probability per target word of those pairs without the shift.
    pub straight: f64,
    /// Log probability per target word with the target shifted.
    pub shifted: f64,
    /// Whether the model finds the shift.
    pub is_confirmed: bool,
}

/// A source line with its target and with the shifted target.
#[derive(Debug, Clone, Copy, Default)]
struct Compared {
    straight: Option<Likelihood>,
    shifted: Option<Likelihood>,
}

#[derive(Debug, Clone, Copy)]
struct Likelihood {
    log_prob: f64,
    words: usize,
}

impl Confirmation {
    /// Compares the pairs around the suspect; `None` if the model can score none of them.
    pub fn new(scorer: &Scorer, input: &Input, suspect: &Suspect) -> Result<Option<Self>> {
        let first = suspect.first.max(suspect.line.saturating_sub(MAX_LINES / 2)).saturating_sub(MARGIN).max(1);
        let last = suspect.last.min(suspect.line + MAX_LINES / 2) + MARGIN;
        let last = suspect.until.map_or(last, |until| last.min(until - 1));
        let compared = compare(scorer, input, first, last, suspect.shift)?;
        Ok(judge(&compared, first, suspect.shift))
    }
}

fn compare(scorer: &Scorer, input: &Input, first: usize, last: usize, shift: i64) -> Result<Vec<Compared>> {
    let distance = shift.unsigned_abs() as usize;
    let start = first.saturating_sub(distance).max(1);
    let [source, target] = lines(input, start, last + distance)?;
    let at = |side: &[String], line: i64| {
        usize::try_from(line - start as i64).ok().and_then(|index| side.get(index)).cloned().unwrap_or_default()
    };
    let paired = |line: i64, shift: i64| (at(&source, line), at(&target, line + shift));
    let lines = first as i64..=last as i64;
    let pairs: Vec<(String, String)> = lines.flat_map(|line| [paired(line, 0), paired(line, shift)]).collect();
    let scored = scorer.score(&pairs, BATCH, Weighting::Attention)?;
    let likelihoods: Vec<Option<Likelihood>> = scored
        .iter()
        .map(|scored| {
            let log_prob = scored.token_log_probs.iter().map(|p| f64::from(*p)).sum();
            let words = running_words(&scored.text);
            (!scored.token_log_probs.is_empty()).then_some(Likelihood { log_prob, words })
        })
        .collect();
    Ok(likelihoods.chunks(2).map(|both| Compared { straight: both[0], shifted: both[1] }).collect())
}

/// Finds the line from which the shifted pairs gain most. `None` if no line has both probabilities.
fn judge(compared: &[Compared], first: usize, shift: i64) -> Option<Confirmation> {
    let log_prob = |likelihood: Option<Likelihood>| likelihood.map_or(0.0, |likelihood| likelihood.log_prob);
    // If lines are missing in the target, the same number of source lines have no partner.
    let skipped = usize::try_from(-shift).unwrap_or(0);
    // A line without both probabilities counts as no gain.
    let gain = |index: usize| {
        let shifted = compared.get(index + skipped).and_then(|line| line.shifted);
        compared[index].straight.zip(shifted).map_or(0.0, |(straight, shifted)| shifted.log_prob - straight.log_prob)
    };
    let mut below = 0.0;
    let mut best = (f64::NEG_INFINITY, 0);
    for index in (0..compared.len().saturating_sub(skipped)).rev() {
        below += gain(index);
        if below > best.0 {
            best = (below, index);
        }
    }
    let after = compared.get(best.1 + skipped..)?;
    let both: Vec<&Compared> = after.iter().filter(|line| line.straight.is_some() && line.shifted.is_some()).collect();
    let per_word = |side: fn(&Compared) -> Option<Likelihood>| {
        let sum: f64 = both.iter().map(|line| log_prob(side(line))).sum();
        let words: usize = both.iter().filter_map(|line| side(line)).map(|likelihood| likelihood.words).sum();
        sum / words.max(1) as f64
    };
    if both.is_empty() {
        return None;
    }
    let (straight, shifted) = (per_word(|line| line.straight), per_word(|line| line.shifted));
    let line = first + best.1;
    Some(Confirmation { line, pairs: both.len(), straight, shifted, is_confirmed: best.0 > 0.0 && shifted > straight })
}

impl std::fmt::Display for Confirmation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { line, pairs, straight, shifted, is_confirmed } = self;
        let verdict = if *is_confirmed { format!("agrees, from line {line} on") } else { "does not agree".to_owned() };
        write!(
            f,
            "the model {verdict}: {shifted:.2} per word shifted, {straight:.2} not shifted, over {}",
            counted(*pairs, "pair")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(straight: f64, shifted: f64) -> Compared {
        let likelihood = |log_prob| Some(Likelihood { log_prob, words: 2 });
        Compared { straight: likelihood(straight), shifted: likelihood(shifted) }
    }

    #[test]
    fn the_line_of_the_shift_is_where_shifted_pairs_become_more_probable() {
        let good = vec![compared(-2.0, -20.0); 5];
        let bad = vec![compared(-18.0, -4.0); 3];
        let confirmation = judge(&[good.clone(), bad.clone()].concat(), 100, 1).expect("a result");
        let expected = Confirmation { line: 105, pairs: 3, straight: -9.0, shifted: -2.0, is_confirmed: true };
        assert_eq!(confirmation, expected);
        // The first bad line has no partner.
        let alone = vec![compared(-18.0, -18.0)];
        let confirmation = judge(&[good.clone(), alone, bad].concat(), 100, -1).expect("a result");
        assert_eq!(confirmation, Confirmation { line: 105, ..expected });
        assert!(!judge(&good, 100, 1).expect("a result").is_confirmed);
        assert_eq!(judge(&[Compared::default()], 1, 1), None);
    }
}
