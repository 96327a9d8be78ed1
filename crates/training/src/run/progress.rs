//! How far a run is, and its best validation.

use crate::run::validation_metric::has_sense;
use crate::settings::{Schedule, Select};
use serde::{Deserialize, Serialize};

/// The scores of a validation, by which it is compared with others.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Scored {
    pub step: usize,
    pub bleu: f64,
    /// Zero in checkpoints of earlier versions, which compared by BLEU only.
    #[serde(default)]
    pub chrf: f64,
    pub loss: f64,
}

impl Scored {
    /// Compares by a metric, and then by the loss: early on BLEU is zero for a while.
    pub fn is_better_than(&self, other: &Self, select: Select) -> bool {
        (self.rank(select), -self.loss) > (other.rank(select), -other.loss)
    }

    /// Returns the part of the order before the loss. A score has two decimal places, as it is printed.
    ///
    /// With `Select::Auto` every validation with a sufficient BLEU is above all others, so the order is one order,
    /// although two metrics decide: a run in which BLEU passes the threshold forgets the validations before.
    fn rank(&self, select: Select) -> (bool, i64) {
        let printed = |score: f64| (score * 100.0).round() as i64;
        match select {
            Select::Bleu => (true, printed(self.bleu)),
            Select::Chrf => (true, printed(self.chrf)),
            Select::Loss => (true, 0),
            Select::Auto if has_sense(self.bleu) => (true, printed(self.bleu)),
            Select::Auto => (false, printed(self.chrf)),
        }
    }
}

/// The counters of a run.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct RunProgress {
    /// Steps done.
    pub step: usize,
    /// Steps of the whole run, once they are fixed.
    pub steps: Option<Schedule>,
    /// The loss of the last step, while its validation and its snapshot are still to be done.
    #[serde(alias = "unsettled")]
    pub pending_validation: Option<f64>,
    /// Validations done.
    pub round: usize,
    /// Validations since the last one that was the best or had the lowest loss.
    pub rounds_without_gain: usize,
    pub best: Option<Scored>,
    /// The lowest validation loss so far, which is not always the loss of the best validation.
    pub lowest_loss: Option<f64>,
}

impl RunProgress {
    /// Counts a validation, and returns whether it is the best so far.
    ///
    /// A lower loss is a gain, too: BLEU varies from one validation to the next, and can stagnate while the loss still
    /// falls.
    pub fn validated(&mut self, now: Scored, select: Select) -> bool {
        let is_best = self.best.is_none_or(|best| now.is_better_than(&best, select));
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
            let now = Scored { step: round, bleu, chrf: 0.0, loss };
            assert_eq!(progress.validated(now, Select::Auto), is_best, "round {round}");
            assert_eq!(progress.rounds_without_gain, without_gain, "round {round}");
        }
        assert_eq!((progress.round, progress.lowest_loss), (7, Some(1.89)));
    }

    #[test]
    fn each_metric_has_its_own_best_and_below_a_bleu_of_5_chrf_decides() {
        // BLEU, chrF2, loss.
        let rounds = [(0.0, 12.0, 5.0), (4.99, 20.0, 4.0), (0.5, 25.0, 3.0), (5.0, 24.0, 3.5), (4.98, 30.0, 3.2)];
        let rounds = [&rounds[..], &[(6.0, 23.0, 3.6), (5.996, 40.0, 3.4)]].concat();
        let best = |select, rounds: &[(f64, f64, f64)]| {
            let mut progress = RunProgress::default();
            for (step, (bleu, chrf, loss)) in rounds.iter().copied().enumerate() {
                progress.validated(Scored { step, bleu, chrf, loss }, select);
            }
            progress.best.map(|best| best.step)
        };
        assert_eq!(best(Select::Auto, &rounds[..3]), Some(2));
        assert_eq!(best(Select::Auto, &rounds[..5]), Some(3));
        assert_eq!(best(Select::Auto, &rounds), Some(6), "equal as printed, with a lower loss");
        assert_eq!(best(Select::Bleu, &rounds[..3]), Some(1));
        assert_eq!(best(Select::Chrf, &rounds[..6]), Some(4));
        assert_eq!(best(Select::Loss, &rounds), Some(2));
    }

    #[test]
    fn the_order_of_the_validations_does_not_change_which_one_is_best() {
        let all = [(4.0, 30.0), (5.5, 20.0), (4.9, 25.0), (9.0, 10.0), (0.0, 50.0)];
        let scored = all.map(|(bleu, chrf)| Scored { step: 0, bleu, chrf, loss: 1.0 });
        for (at, one) in scored.iter().enumerate() {
            assert!(!one.is_better_than(one, Select::Auto));
            for other in &scored[..at] {
                assert_ne!(one.is_better_than(other, Select::Auto), other.is_better_than(one, Select::Auto));
                let above = |third: &&Scored| third.is_better_than(one, Select::Auto);
                let third = scored.iter().filter(above).find(|third| other.is_better_than(third, Select::Auto));
                assert!(third.is_none() || other.is_better_than(one, Select::Auto), "the order is transitive");
            }
        }
    }
}
