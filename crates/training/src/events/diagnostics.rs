//! Diagnostics: warnings during a run, and advice after it, from its losses and validations.
//!
//! They observe the events and answer with further events. Training does not depend on them.

use crate::events::diagnostic::{Advice, FEW_PAIRS, Warning};
use crate::events::event::{Event, Progress, REPORT_EVERY, Summary, Validation};
use crate::settings::TrainingSettings;
use glosser_translator::DevMetric;
use std::collections::VecDeque;

/// The training loss is the mean of this many reports. A report covers 20 batches, whose losses differ with the
/// lengths of their sentences; the mean of ten reports varies by a percent or two if nothing is learnt.
const WINDOW: usize = 10;

/// A training loss above that of a uniform distribution by this factor is a problem. New weights have about the loss
/// of a uniform distribution, and after one window, in the warm-up, it was 0.7 to 0.9 of it.
const WORSE: f64 = 1.2;

/// A loss above the lowest by this factor is rising: in good runs it was never more than two percent above.
const RISEN: f64 = 1.1;

/// Within this factor of the lowest, it is no longer rising.
const BACK: f64 = 1.02;

/// A loss that falls by a smaller share from one window to the next is stuck. A model that learns gains several
/// percent.
const STUCK: f64 = 0.01;

/// A loss that falls by this share is no longer stuck.
const MOVING: f64 = 0.03;

/// A loss below this share of that of a uniform distribution is not stuck: a model that translates has such a loss
/// after a few hundred steps, and it may be as low as it can get.
const KNOWS_FREQUENCIES: f64 = 0.6;

/// A model with fewer than one distinct translation for this many distinct references ignores the source. A model that
/// has learnt a little repeats translations, but less often.
const REFERENCES_PER_OUTPUT: usize = 20;

/// With fewer distinct references there is no such warning.
const FEWEST_REFERENCES: usize = 3;

/// Validations in a row with a higher loss that are overfitting: by chance, three in a row have a probability of an
/// eighth.
const WORSE_VALIDATIONS: usize = 3;

/// Share by which the loss must rise over these validations: less is chance.
const WORSE_BY: f64 = 0.01;

/// Points of BLEU or chrF2 gained in the last quarter of a run that is still improving. The learning rate is almost zero
/// at the end of every run, so the last model is nearly always the best; half a point on a thousand sentences is chance.
const STILL_GAINING: f64 = 1.0;

/// Validation pairs from which [`STILL_GAINING`] is more than chance, which grows with the square root of a smaller
/// number.
const ENOUGH_VALIDATION_PAIRS: f64 = 500.0;

/// Share of the validation loss by which the training loss of a model that has memorised its pairs is lower. Both vary by
/// a percent or two, and in a good run the training loss is higher, because label smoothing and dropout raise it.
const MEMORISED: f64 = 0.1;

/// Share of the highest learning rate from which a loss should fall. At the end of a run the rate is almost zero, and
/// no loss falls any more.
const LEARNING: f64 = 0.1;

/// BLEU from which most sentences can be understood, so that the pairs were enough.
const UNDERSTOOD: f64 = 30.0;

/// The state of a problem: a warning is given once, and again only after the problem has been over.
#[derive(Default)]
struct Alarm {
    is_on: bool,
}

impl Alarm {
    /// Returns whether to warn now.
    fn update(&mut self, is_bad: bool, is_good: bool) -> bool {
        let is_new = is_bad && !self.is_on;
        self.is_on = is_bad || self.is_on && !is_good;
        is_new
    }
}

/// Watches the events of a run.
pub(crate) struct Diagnostics {
    settings: TrainingSettings,
    /// The default of `training.learning_rate` for this run.
    default_rate: f64,
    /// Training pairs.
    pairs: usize,
    dev_pairs: usize,
    /// The present highest learning rate.
    learning_rate: f64,
    /// The loss of a uniform distribution over the vocabulary, in nats.
    guessing: f64,
    /// Training losses of the last reports, the latest first, two windows at most.
    losses: VecDeque<f64>,
    /// The lowest mean of a window.
    lowest: f64,
    validations: Vec<Validated>,
    /// The validation of the parent model.
    before: Option<Validation>,
    worse_than_guessing: Alarm,
    rising: Alarm,
    stuck: Alarm,
    one_output: Alarm,
    overfitting: Alarm,
}

/// A validation, with the training loss before it.
struct Validated {
    validation: Validation,
    train_loss: f64,
}

impl Diagnostics {
    pub fn new(settings: TrainingSettings, default_rate: f64) -> Self {
        Self {
            learning_rate: settings.learning_rate,
            settings,
            default_rate,
            pairs: usize::MAX,
            dev_pairs: 0,
            guessing: f64::INFINITY,
            losses: VecDeque::new(),
            lowest: f64::INFINITY,
            validations: Vec::new(),
            before: None,
            worse_than_guessing: Alarm::default(),
            rising: Alarm::default(),
            stuck: Alarm::default(),
            one_output: Alarm::default(),
            overfitting: Alarm::default(),
        }
    }

    /// Returns the warnings or the advice that follow an event.
    pub fn observe(&mut self, event: &Event) -> Vec<Event> {
        match event {
            Event::Prepared { pairs, dev_pairs, target_vocab, .. } => {
                self.guessing = (*target_vocab as f64).ln();
                (self.pairs, self.dev_pairs) = (*pairs, *dev_pairs);
            }
            Event::Progress(progress) => return self.progress(progress).map(Event::Warning).into_iter().collect(),
            Event::Validated(validation) => return self.validated(validation).map(Event::Warning).collect(),
            Event::RolledBack { learning_rate, .. } => {
                self.learning_rate = *learning_rate;
                self.losses.clear();
            }
            Event::Finished(summary) => return self.advice(summary).map(Event::Advice).collect(),
            _ => {}
        }
        Vec::new()
    }

    fn progress(&mut self, progress: &Progress) -> Option<Warning> {
        self.losses.push_front(progress.loss);
        self.losses.truncate(2 * WINDOW);
        let loss = self.train_loss(0)?;
        self.lowest = self.lowest.min(loss);
        let (guessing, lowest, learning_rate) = (self.guessing, self.lowest, self.learning_rate);
        let default_rate = self.default_rate;
        if self.worse_than_guessing.update(loss > WORSE * guessing, loss < guessing) {
            return Some(Warning::WorseThanGuessing { loss, guessing, learning_rate, default_rate });
        }
        // One warning for one problem.
        let is_guessing = self.worse_than_guessing.is_on;
        if self.rising.update(!is_guessing && loss > RISEN * lowest, loss < BACK * lowest) {
            return Some(Warning::LossRising { loss, lowest, learning_rate });
        }
        // During the warm-up and at the end the learning rate is low on purpose.
        let is_warm = progress.step >= self.settings.warmup_steps + 2 * WINDOW * REPORT_EVERY
            && f64::from(progress.learning_rate) >= LEARNING * learning_rate;
        let before = self.train_loss(1).filter(|_| is_warm)?;
        let is_high = loss > KNOWS_FREQUENCIES * guessing;
        let is_stuck = is_high && !is_guessing && !self.rising.is_on && loss > (1.0 - STUCK) * before;
        let stuck = self.stuck.update(is_stuck, !is_high || loss < (1.0 - MOVING) * before);
        stuck.then_some(Warning::LossStuck { loss, before, learning_rate, default_rate })
    }

    /// Returns the mean loss of a window, counted from the latest, or `None` if it is not full.
    fn train_loss(&self, windows_ago: usize) -> Option<f64> {
        let of_window = || self.losses.iter().skip(windows_ago * WINDOW).take(WINDOW);
        (of_window().count() == WINDOW).then(|| of_window().sum::<f64>() / WINDOW as f64)
    }

    fn validated(&mut self, validation: &Validation) -> impl Iterator<Item = Warning> {
        let &Validation { step, dev_loss, distinct_translations, distinct_references, .. } = validation;
        if step == 0 {
            self.before = Some(validation.clone());
        }
        // The last report, if the epochs are too short for a window.
        let train_loss = self.train_loss(0).or(self.losses.front().copied()).unwrap_or(f64::INFINITY);
        self.validations.push(Validated { validation: validation.clone(), train_loss });

        let fewest = (distinct_references / REFERENCES_PER_OUTPUT).max(1);
        // Models begin by writing the most frequent words, whatever the source; after twice the warm-up that is over.
        let is_past_that = self.validations.len() > 1 && step >= 2 * self.settings.warmup_steps;
        let is_one_output = is_past_that && distinct_references >= FEWEST_REFERENCES && distinct_translations <= fewest;
        let one_output = self.one_output.update(is_one_output, distinct_translations > 2 * fewest);
        let one_output = one_output.then_some(Warning::OneOutput { distinct_translations, distinct_references });

        let dev_loss_before = self.risen_from();
        let is_lowest = self.validations.iter().all(|before| dev_loss <= before.validation.dev_loss);
        let overfitting = self.overfitting.update(dev_loss_before.is_some(), is_lowest);
        let overfitting = dev_loss_before.filter(|_| overfitting);
        let overfitting = overfitting.map(|dev_loss_before| Warning::Overfitting {
            validations: WORSE_VALIDATIONS,
            dev_loss_before,
            dev_loss,
        });
        one_output.into_iter().chain(overfitting)
    }

    /// Returns the validation loss before it began to rise, if the training loss fell meanwhile. A rising loss is no
    /// problem while the metric that chooses the model improves.
    fn risen_from(&self) -> Option<f64> {
        let last = self.validations.last_chunk::<{ WORSE_VALIDATIONS + 1 }>()?;
        let [first, .., now] = last;
        let loss = |validated: &Validated| validated.validation.dev_loss;
        let has_risen = last.is_sorted_by(|one, next| loss(one) < loss(next))
            && loss(now) > (1.0 + WORSE_BY) * loss(first)
            && now.train_loss < first.train_loss
            && self.has_learnt(now.train_loss)
            && !last[1..].iter().any(|validated| validated.validation.is_best);
        has_risen.then_some(loss(first))
    }

    fn advice(&self, summary: &Summary) -> impl Iterator<Item = Advice> + use<> {
        let learning_rate = self.settings.learning_rate;
        let metric = summary.metric;
        let now = summary.value(metric);
        let no_better = self.before.as_ref().map(|before| before.value(metric));
        let no_better =
            no_better.filter(|before| if metric == DevMetric::Loss { *before < now } else { *before > now });
        let (default_rate, warmup_steps) = (self.default_rate, self.settings.warmup_steps);
        // A parent model was trained on more, and a very narrow subject needs less.
        let is_small = self.pairs < FEW_PAIRS && self.before.is_none() && summary.dev_bleu < UNDERSTOOD;
        let about_time = if self.worse_than_guessing.is_on || self.rising.is_on || self.stuck.is_on {
            Some(Advice::OtherRate { learning_rate, default_rate })
        } else if let Some(before) = no_better {
            Some(Advice::NoBetterThanBefore { before, now, metric })
        } else if is_small {
            None
        } else if summary.stopped_early {
            Some(Advice::StoppedEarly { step: summary.steps, best_step: summary.best_step })
        } else if summary.steps <= warmup_steps {
            Some(Advice::EndedInWarmUp { steps: summary.steps, warmup_steps })
        } else {
            let minutes = (2.0 * summary.seconds / 60.0).ceil() as u64;
            self.was_still_gaining(summary).then_some(Advice::MoreTime { minutes })
        };
        let about_pairs = match about_time {
            // Whatever the pairs are, nothing was learnt from them.
            Some(Advice::OtherRate { .. }) => None,
            _ if is_small => Some(Advice::FewPairs { pairs: self.pairs }),
            _ => self.memorised(summary),
        };
        about_time.into_iter().chain(about_pairs)
    }

    /// Returns the last validation before the last quarter of the run.
    fn at_three_quarters(&self, summary: &Summary) -> Option<&Validation> {
        let mut validations = self.validations.iter().rev().map(|validated| &validated.validation);
        validations.find(|validation| 4 * validation.step <= 3 * summary.steps)
    }

    /// Returns whether the last model is the best, and clearly better than after three quarters of the run.
    fn was_still_gaining(&self, summary: &Summary) -> bool {
        // A difference of losses has no such scale.
        let metric = if summary.metric == DevMetric::Loss { DevMetric::Bleu } else { summary.metric };
        let gain = STILL_GAINING * (ENOUGH_VALIDATION_PAIRS / self.dev_pairs.max(1) as f64).sqrt().max(1.0);
        summary.best_step == summary.steps
            && self.at_three_quarters(summary).is_some_and(|then| summary.value(metric) >= then.value(metric) + gain)
    }

    /// Returns whether a training loss shows that the model has learnt something. Without that, it cannot have
    /// memorised anything.
    fn has_learnt(&self, train_loss: f64) -> bool {
        train_loss < KNOWS_FREQUENCIES * self.guessing
    }

    /// Returns advice if the training loss is far below the validation loss, and the validation loss did not fall in the
    /// last quarter of the run. Label smoothing and dropout raise the training loss only, so the true difference is larger.
    fn memorised(&self, summary: &Summary) -> Option<Advice> {
        let &Validated { validation: Validation { dev_loss, .. }, train_loss } = self.validations.last()?;
        let has_fallen = self.at_three_quarters(summary).is_none_or(|then| dev_loss < (1.0 - WORSE_BY) * then.dev_loss);
        let is_far_below = train_loss < (1.0 - MEMORISED) * dev_loss;
        (is_far_below && !has_fallen && self.has_learnt(train_loss)).then_some(Advice::MorePairs {
            train_loss,
            dev_loss,
            dropout: self.settings.dropout,
        })
    }
}

#[cfg(test)]
#[path = "diagnostics_tests.rs"]
mod tests;
