//! A look at the figures of a run, as one who has seen many would give it.
//!
//! The coach hears the events that everyone hears and answers with more of them. It changes nothing: the weights of a run
//! do not depend on it.

use crate::events::diagnostic::{Advice, Warning};
use crate::events::event::{Event, Progress, Summary, Validation};
use crate::run::training_loop::REPORT_EVERY;
use crate::settings::TrainingSettings;
use std::collections::VecDeque;

/// Reports whose mean is the training loss. A report covers 20 batches, which differ by their sentences' lengths; ten of
/// them, 200 steps, differ from the next ten by a percent or two where nothing is learnt.
const WINDOW: usize = 10;

/// Above the loss of guessing by this factor, a model is worse than one that has learnt nothing: new weights have about the
/// loss of guessing, and after one window, in the warm-up, it was 0.7 to 0.9 of it.
const WORSE: f64 = 1.2;

/// A loss is rising when it is above the lowest by this factor: in runs that went well it was never above by more than two
/// percent.
const RISEN: f64 = 1.1;

/// It is no longer rising when it is back within this factor.
const BACK: f64 = 1.02;

/// A loss is stuck that falls by less than this share from one window to the next. Learning, above the floor that is
/// meant here, is several percent.
const STUCK: f64 = 0.01;

/// It is no longer stuck when it falls by this share.
const MOVING: f64 = 0.03;

/// Losses below this share of the loss of guessing are not called stuck: a model that translates has such a loss after a
/// few hundred steps, and may well be as good as it can be.
const KNOWS_FREQUENCIES: f64 = 0.6;

/// Different translations for each different reference, below which the model is said not to look at its source: one in
/// twenty. A model that has learnt a little repeats itself, but not so often.
const REFERENCES_PER_OUTPUT: usize = 20;

/// Fewer different references say nothing.
const FEWEST_REFERENCES: usize = 3;

/// Validations in a row that must be worse: by chance alone it happens once in eight times with three.
const WORSE_VALIDATIONS: usize = 3;

/// Share by which they must have become worse altogether: less is noise.
const WORSE_BY: f64 = 0.01;

/// BLEU points gained over the last quarter of a run that say that it was still learning. The learning rate is near
/// zero at the end of any run, so that the last model is nearly always the best; half a point on a thousand sentences
/// is chance.
const STILL_GAINING: f64 = 1.0;

/// A warning is given once, and again only after all was well in between.
#[derive(Default)]
struct Alarm {
    is_on: bool,
}

impl Alarm {
    /// Whether to warn now.
    fn hear(&mut self, is_bad: bool, is_well: bool) -> bool {
        let is_new = is_bad && !self.is_on;
        self.is_on = is_bad || self.is_on && !is_well;
        is_new
    }
}

pub(crate) struct Diagnostics {
    settings: TrainingSettings,
    /// The highest learning rate, as it is now.
    learning_rate: f64,
    /// Loss of giving every token the same probability.
    guessing: f64,
    /// Training losses of the last reports, two windows at most.
    losses: VecDeque<f64>,
    /// The lowest mean of a window.
    lowest: f64,
    validations: Vec<Validated>,
    /// BLEU of the model that training went on from.
    before: Option<f64>,
    worse_than_guessing: Alarm,
    rising: Alarm,
    stuck: Alarm,
    one_output: Alarm,
    overfitting: Alarm,
}

/// What is kept of a validation.
struct Validated {
    step: usize,
    dev_loss: f64,
    dev_bleu: f64,
    train_loss: f64,
    is_best: bool,
}

impl Diagnostics {
    pub fn new(settings: TrainingSettings) -> Self {
        Self {
            learning_rate: settings.learning_rate,
            settings,
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

    /// What to say after an event.
    pub fn hear(&mut self, event: &Event) -> Vec<Event> {
        match event {
            Event::Prepared { target_vocab, .. } => self.guessing = (*target_vocab as f64).ln(),
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
        if self.worse_than_guessing.hear(loss > WORSE * guessing, loss < guessing) {
            return Some(Warning::WorseThanGuessing { loss, guessing, learning_rate });
        }
        // One sentence about one trouble.
        let is_guessing = self.worse_than_guessing.is_on;
        if self.rising.hear(!is_guessing && loss > RISEN * lowest, loss < BACK * lowest) {
            return Some(Warning::LossRising { loss, lowest, learning_rate });
        }
        // While the rate rises it is too low, as it should be.
        let is_warm = progress.step >= self.settings.warmup_steps + 2 * WINDOW * REPORT_EVERY;
        let before = self.train_loss(1).filter(|_| is_warm)?;
        let is_high = loss > KNOWS_FREQUENCIES * guessing;
        let is_stuck = is_high && !is_guessing && !self.rising.is_on && loss > (1.0 - STUCK) * before;
        let stuck = self.stuck.hear(is_stuck, !is_high || loss < (1.0 - MOVING) * before);
        stuck.then_some(Warning::LossStuck { loss, before, learning_rate })
    }

    /// The mean of a window, the last or one before it; none if it is not full.
    fn train_loss(&self, windows_ago: usize) -> Option<f64> {
        let of_window = || self.losses.iter().skip(windows_ago * WINDOW).take(WINDOW);
        (of_window().count() == WINDOW).then(|| of_window().sum::<f64>() / WINDOW as f64)
    }

    fn validated(&mut self, validation: &Validation) -> impl Iterator<Item = Warning> {
        let &Validation { step, dev_loss, dev_bleu, is_best, distinct_translations, distinct_references, .. } =
            validation;
        if step == 0 {
            self.before = Some(dev_bleu);
        }
        // The last report, where epochs are too short for a window.
        let train_loss = self.train_loss(0).or(self.losses.front().copied()).unwrap_or(f64::INFINITY);
        self.validations.push(Validated { step, dev_loss, dev_bleu, train_loss, is_best });

        let fewest = (distinct_references / REFERENCES_PER_OUTPUT).max(1);
        // Models begin by writing the commonest words, whatever they read; after twice the warm-up that is over.
        let is_past_that = self.validations.len() > 1 && step >= 2 * self.settings.warmup_steps;
        let is_one_output = is_past_that && distinct_references >= FEWEST_REFERENCES && distinct_translations <= fewest;
        let one_output = self.one_output.hear(is_one_output, distinct_translations > 2 * fewest);
        let one_output = one_output.then_some(Warning::OneOutput { distinct_translations, distinct_references });

        let dev_loss_before = self.risen_from();
        let is_lowest = self.validations.iter().all(|validation| dev_loss <= validation.dev_loss);
        let overfitting = self.overfitting.hear(dev_loss_before.is_some(), is_lowest);
        let overfitting = dev_loss_before.filter(|_| overfitting);
        let overfitting = overfitting.map(|dev_loss_before| Warning::Overfitting {
            validations: WORSE_VALIDATIONS,
            dev_loss_before,
            dev_loss,
        });
        one_output.into_iter().chain(overfitting)
    }

    /// The validation loss from which it has risen ever since, while the training loss fell. As long as BLEU gets better,
    /// which chooses the model, that is no fault.
    fn risen_from(&self) -> Option<f64> {
        let last = self.validations.last_chunk::<{ WORSE_VALIDATIONS + 1 }>()?;
        let [first, .., now] = last;
        let has_risen = last.is_sorted_by(|one, next| one.dev_loss < next.dev_loss)
            && now.dev_loss > (1.0 + WORSE_BY) * first.dev_loss
            && now.train_loss < first.train_loss
            && !last[1..].iter().any(|validation| validation.is_best);
        has_risen.then_some(first.dev_loss)
    }

    fn advice(&self, summary: &Summary) -> impl Iterator<Item = Advice> + use<> {
        let learning_rate = self.settings.learning_rate;
        let no_better = self.before.filter(|before| *before > summary.dev_bleu);
        let about_time = if self.worse_than_guessing.is_on || self.rising.is_on || self.stuck.is_on {
            Some(Advice::OtherRate { learning_rate })
        } else if let Some(before) = no_better {
            Some(Advice::NoBetterThanBefore { before, dev_bleu: summary.dev_bleu })
        } else if summary.stopped_early {
            Some(Advice::StoppedEarly { step: summary.steps, best_step: summary.best_step })
        } else {
            let minutes = (2.0 * summary.seconds / 60.0).ceil() as u64;
            self.was_still_gaining(summary).then_some(Advice::MoreTime { minutes })
        };
        about_time.into_iter().chain(self.by_heart())
    }

    /// Whether the last model is the best, and clearly better than that of three quarters of the run.
    fn was_still_gaining(&self, summary: &Summary) -> bool {
        let at_three_quarters =
            self.validations.iter().rev().find(|validation| 4 * validation.step <= 3 * summary.steps);
        summary.best_step == summary.steps
            && at_three_quarters.is_some_and(|then| summary.dev_bleu >= then.dev_bleu + STILL_GAINING)
    }

    /// Smoothing and dropout only raise the training loss, and the validation loss has neither: where the training loss
    /// is the lower one all the same, the true difference is large.
    fn by_heart(&self) -> Option<Advice> {
        let Validated { dev_loss, train_loss, .. } = *self.validations.last()?;
        (train_loss < dev_loss).then_some(Advice::MorePairs { train_loss, dev_loss, dropout: self.settings.dropout })
    }
}

#[cfg(test)]
#[path = "diagnostics_tests.rs"]
mod tests;
