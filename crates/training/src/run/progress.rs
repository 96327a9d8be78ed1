//! How far a run is, and its best validation.

use serde::{Deserialize, Serialize};

/// The best validation so far.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Best {
    pub step: usize,
    pub bleu: f64,
    pub loss: f64,
}

impl Best {
    /// Compares BLEU with two decimal places, as it is printed, and then the loss: early on BLEU is zero for a while.
    pub fn is_better_than(&self, other: &Self) -> bool {
        let printed = |bleu: f64| (bleu * 100.0).round() as i64;
        (printed(self.bleu), -self.loss) > (printed(other.bleu), -other.loss)
    }
}

/// The counters of a run.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct RunProgress {
    /// Steps done.
    pub step: usize,
    /// Steps of the whole run, once they are fixed.
    pub steps: Option<usize>,
    /// The loss of the last step, while its validation and its snapshot are still to be done.
    #[serde(alias = "unsettled")]
    pub pending_validation: Option<f64>,
    /// Validations done.
    pub round: usize,
    /// Validations since the last one with the best BLEU or the lowest loss.
    pub rounds_without_gain: usize,
    pub best: Option<Best>,
    /// The lowest validation loss so far, which is not always the loss of the best validation.
    pub lowest_loss: Option<f64>,
}

impl RunProgress {
    /// Counts a validation, and returns whether it is the best so far.
    ///
    /// A lower loss is a gain, too: BLEU varies from one validation to the next, and can stagnate while the loss still
    /// falls.
    pub fn validated(&mut self, now: Best) -> bool {
        let is_best = self.best.is_none_or(|best| now.is_better_than(&best));
        let is_lowest = self.lowest_loss.is_none_or(|lowest| now.loss < lowest);
        if is_best {
            self.best = Some(now);
        }
        if is_lowest {
            self.lowest_loss = Some(now.loss);
        }
        self.round += 1;
        self.rounds_without_gain = if is_best || is_lowest { 0 } else { self.rounds_without_gain + 1 };
        is_best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gain_is_more_bleu_or_a_lower_loss() {
        // BLEU, loss; whether it is the best, and the rounds without gain after it.
        let rounds = [
            (20.0, 2.0, true, 0),
            (19.0, 1.9, false, 0),
            (19.5, 1.95, false, 1),
            (20.001, 1.91, true, 0),
            (19.9, 1.9, false, 1),
            (19.9, 1.95, false, 2),
            (20.0, 1.89, true, 0),
        ];
        let mut progress = RunProgress::default();
        for (round, (bleu, loss, is_best, without_gain)) in rounds.into_iter().enumerate() {
            let now = Best { step: round, bleu, loss };
            assert_eq!(progress.validated(now), is_best, "round {round}");
            assert_eq!(progress.rounds_without_gain, without_gain, "round {round}");
        }
        assert_eq!((progress.round, progress.lowest_loss), (7, Some(1.89)));
    }
}
