//! A training with progress on standard error, a bar in a terminal or else lines, which signals can interrupt.

use crate::internal_error;
use crate::interrupt::{Interrupted, install_signal_handler, is_to_stop, training_begins};
use crate::output::say;
use crate::progress::{Bar, is_possible};
use crate::progress_line::duration;
use anyhow::Result;
use glosser_text::counted;
use glosser_training::{
    Activity, Event, FEWEST_FITTED, Job, Observer, Outcome, Preparation, Progress, Schedule, Summary, Validation, train,
};
use glosser_translator::{DevMetric, FittedSearch};
use std::time::{Duration, Instant};

/// Time between lines if there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// BLEU below which no sample translation is shown: such a model writes its most frequent words, whatever the source.
const LOWEST_SHOWN: f64 = 1.0;

/// Bytes from which a validation sentence is long enough to be an example.
const SHORTEST_SHOWN: usize = 10;

/// A finished training, with the figures that its result depends on.
pub struct Trained {
    pub summary: Summary,
    /// Number of training pairs.
    pub pairs: usize,
    /// Number of validation pairs.
    pub dev_pairs: usize,
    /// A validation sentence.
    pub sentence: String,
    /// Advice on how to get a better model.
    pub advice: Vec<String>,
}

/// The end of a training.
pub enum Ended {
    Finished(Trained),
    /// The same training was finished before.
    AlreadyFinished,
    /// A signal has stopped it.
    Interrupted {
        interrupted: Interrupted,
        /// Number of training pairs.
        pairs: usize,
        /// Number of validation pairs.
        dev_pairs: usize,
    },
}

impl Ended {
    /// Returns the training; `None` if it was finished before.
    ///
    /// # Errors
    /// [`Interrupted`] after a signal.
    pub fn finished(self) -> Result<Option<Trained>> {
        match self {
            Self::Finished(trained) => Ok(Some(trained)),
            Self::AlreadyFinished => Ok(None),
            Self::Interrupted { interrupted, .. } => Err(interrupted.into()),
        }
    }
}

/// Trains and shows the progress, unless `quiet`.
///
/// # Errors
/// Every error of the training. A signal is none.
pub fn run(job: Job, quiet: bool) -> Result<Ended> {
    install_signal_handler()?;
    let model = job.directory.display().to_string();
    let mut display = Display::new(quiet);
    match train(job, &mut display)? {
        Outcome::Interrupted { step, steps } => {
            display.end();
            let Display { pairs, dev_pairs, .. } = display;
            Ok(Ended::Interrupted { interrupted: Interrupted { step, steps }, pairs, dev_pairs })
        }
        Outcome::AlreadyFinished(summary) => {
            display.line(&format!(
                "{model}: this training is already finished: {} in {}; best model at step {}, validation {} \
                 (--overwrite trains again, --from {model} with another --model continues)",
                counted(summary.steps, "step"),
                duration(summary.seconds),
                summary.best_step,
                summary.score()
            ));
            Ok(Ended::AlreadyFinished)
        }
        Outcome::Finished(summary) => {
            let Display { pairs, dev_pairs, sentence, advice, .. } = display;
            Ok(Ended::Finished(Trained { summary, pairs, dev_pairs, sentence, advice }))
        }
    }
}

/// Shows the events of a training.
struct Display {
    bar: Option<Bar>,
    last_line: Instant,
    quiet: bool,
    pairs: usize,
    /// Number of validation pairs that are used.
    dev_pairs: usize,
    /// Number of all validation pairs.
    validation_part: usize,
    /// Steps of the whole run, once they are fixed.
    steps: Option<usize>,
    /// A validation sentence.
    sentence: String,
    advice: Vec<String>,
}

impl Observer for Display {
    fn event(&mut self, event: &Event) {
        match event {
            Event::Prepared { pairs, dev_pairs, .. } => {
                (self.pairs, self.dev_pairs, self.validation_part) = (*pairs, *dev_pairs, *dev_pairs);
                training_begins();
            }
            Event::StepsFixed { validation_pairs, .. } | Event::Resumed { validation_pairs, .. } => {
                self.dev_pairs = validation_pairs.unwrap_or(self.validation_part);
            }
            Event::Validated(validation) => {
                let source = &validation.sample.source;
                // A short one, to be shown in a command.
                if self.sentence.is_empty() || (SHORTEST_SHOWN..self.sentence.len()).contains(&source.len()) {
                    self.sentence.clone_from(source);
                }
                internal_error::panic_on_demand("a validation");
            }
            Event::Advice(advice) => self.advice.push(advice.to_string()),
            _ => {}
        }
        self.show(event);
    }

    fn activity(&self, activity: &Activity) {
        let Some(bar) = &self.bar else { return };
        let percent = |share: f64| format!("{:.0} %", 100.0 * share);
        match activity {
            Activity::LearningLinks { pairs, iterations } => {
                bar.set_work(format!("{}, {}", aligning(*pairs), counted(*iterations, "iteration")));
            }
            Activity::Step { step, steps } => bar.set_step(*step, steps.is_some()),
            Activity::Validating { share } => bar.set_work(format!("validating, {}", percent(*share))),
            Activity::TimingSearch { share } => {
                bar.set_work(format!("timing the last validation and the search, {}", percent(*share)));
            }
            Activity::FittingSearch { share } => {
                bar.set_work(format!("choosing the length penalty, {}", percent(*share)));
            }
        }
    }

    fn should_stop(&self) -> bool {
        is_to_stop()
    }
}

impl Display {
    fn new(quiet: bool) -> Self {
        let bar = (!quiet && is_possible()).then(|| Bar::immediate("preparing the corpus"));
        let (pairs, dev_pairs, validation_part, steps, sentence, advice) = Default::default();
        Self { bar, last_line: Instant::now(), quiet, pairs, dev_pairs, validation_part, steps, sentence, advice }
    }

    fn show(&mut self, event: &Event) {
        match event {
            Event::Note { text } => self.line(&format!("note: {text}")),
            Event::Preparing(preparation) => self.preparing(preparation),
            Event::Prepared { pairs, dev_pairs, source_vocab, target_vocab, parameters, steps_per_epoch } => {
                let vocab = if source_vocab == target_vocab {
                    format!("{source_vocab}")
                } else {
                    format!("{source_vocab} and {target_vocab}")
                };
                self.line(&format!(
                    "{}, {}; {vocab} sub-words, {:.1} million weights, {} per epoch",
                    counted(*pairs, "training pair"),
                    counted(*dev_pairs, "validation pair"),
                    *parameters as f64 / 1e6,
                    counted(*steps_per_epoch, "step")
                ));
            }
            Event::Resumed { step, steps, .. } => {
                let of = steps.map_or_else(String::new, |steps| format!(" of {steps}"));
                let sample = self.sample();
                self.line(&format!("continuing at step {step}{of}, where this training was interrupted{sample}"));
                self.steps = *steps;
                steps.iter().for_each(|steps| self.set_length(*steps));
                self.bar.iter().for_each(|bar| bar.set_position(*step));
            }
            Event::StepsFixed { steps, schedule, .. } => self.steps_fixed(*steps, schedule.as_ref()),
            Event::Progress(progress) => self.progress(progress),
            Event::Validated(validation) => self.validated(validation),
            Event::Warning(warning) => self.line(&format!("warning: {warning}")),
            Event::RolledBack { step, what, back_to, learning_rate } => self.line(&format!(
                "warning: {what} is NaN or infinite at step {step}: training continues with the weights of step {back_to} and \
                 a learning rate of at most {learning_rate:e}"
            )),
            Event::Finished(summary) => self.finished(summary),
            Event::Advice(_) => {}
        }
    }

    fn steps_fixed(&mut self, steps: usize, schedule: Option<&Schedule>) {
        self.set_length(steps);
        let repeat = schedule.map_or_else(|| steps.to_string(), Schedule::to_string);
        let before = match self.steps.replace(steps) {
            Some(before) => format!(" instead of {before}, to end in time"),
            None => self.sample(),
        };
        self.line(&format!("training for {}{before} (--steps {repeat} repeats this run)", counted(steps, "step")));
    }

    /// Returns how many validation pairs are used, if they are not all.
    fn sample(&self) -> String {
        let (used, all) = (self.dev_pairs, self.validation_part);
        if used < all {
            format!(", validating on {used} of the {}", counted(all, "validation pair"))
        } else {
            String::new()
        }
    }

    fn preparing(&mut self, preparation: &Preparation) {
        let text = match preparation {
            Preparation::Reading { pairs } => format!("{} read", counted(*pairs, "pair")),
            Preparation::LearningSubwords { pairs } => format!("learning sub-words from {}", counted(*pairs, "pair")),
            Preparation::LearningLinks { pairs } => aligning(*pairs),
            Preparation::Tokenising { pairs, of } => format!("{pairs} of {} tokenised", counted(*of, "pair")),
        };
        // These two steps take long and send only one event.
        let is_learning =
            matches!(preparation, Preparation::LearningSubwords { .. } | Preparation::LearningLinks { .. });
        let is_due = is_learning || self.last_line.elapsed() >= LINE_EVERY;
        match &self.bar {
            Some(bar) => bar.set_work(text),
            None if is_due => {
                self.line(&text);
                self.last_line = Instant::now();
            }
            None => {}
        }
    }

    fn progress(&mut self, progress: &Progress) {
        let loss = format!("loss {:.3}", progress.loss);
        let speed = format!("{:.0} tokens/s", progress.tokens_per_second);
        match &self.bar {
            Some(bar) => {
                bar.set_position(progress.step);
                let step = progress.steps.is_none().then(|| format!("step {}", progress.step));
                bar.set_details(progress.seconds_left, step.into_iter().chain([loss, speed]).collect());
            }
            None if self.last_line.elapsed() >= LINE_EVERY => {
                let left = progress.seconds_left.map_or_else(String::new, |left| format!(", {} left", duration(left)));
                let text = format!("{loss}, {speed}{left}");
                let steps = progress.steps.map_or_else(String::new, |steps| format!("/{steps}"));
                self.line(&format!("step {}{steps}: {text}", progress.step));
                self.last_line = Instant::now();
            }
            None => {}
        }
    }

    fn validated(&mut self, validation: &Validation) {
        let Validation { epochs, dev_loss, metric, is_best, seconds, sample, .. } = validation;
        let best = if *is_best { ", best so far" } else { "" };
        // If the loss chooses the model, BLEU is still of interest.
        let metric = if *metric == DevMetric::Loss { DevMetric::Bleu } else { *metric };
        self.line(&format!(
            "epoch {epochs:.1}, {}: validation loss {dev_loss:.3}, {}{best}",
            duration(*seconds),
            metric.shown(validation.value(metric))
        ));
        if validation.dev_bleu < LOWEST_SHOWN {
            return;
        }
        self.line(&format!("    source       {}", sample.source));
        self.line(&format!("    reference    {}", sample.reference));
        self.line(&format!("    translation  {}", sample.translation));
    }

    fn set_length(&self, steps: usize) {
        if let Some(bar) = &self.bar {
            bar.set_length(steps, "step");
        }
    }

    /// Removes the bar.
    fn end(&mut self) {
        self.bar = None;
    }

    fn finished(&mut self, summary: &Summary) {
        self.end();
        let search = summary.search.as_ref().map_or_else(String::new, |search| {
            let FittedSearch { length_penalty, metric, .. } = search;
            let name = if *metric == summary.metric { String::new() } else { format!("{} ", metric.name()) };
            let standard = if self.dev_pairs < FEWEST_FITTED { "the standard " } else { "" };
            format!("; {name}{:.2} with beam search and {standard}length penalty {length_penalty}", search.score())
        });
        let early = if summary.stopped_early { ", stopped early because validation no longer improved" } else { "" };
        self.line(&format!(
            "trained {} in {} at {:.0} target tokens/s{early}; best model at step {}, validation {}{search}",
            counted(summary.steps, "step"),
            duration(summary.seconds),
            summary.tokens_per_second,
            summary.best_step,
            summary.score()
        ));
    }

    fn line(&self, text: &str) {
        if !self.quiet {
            say(text);
        }
    }
}

/// Names the work of the statistical aligner.
fn aligning(pairs: usize) -> String {
    format!("aligning the words of {}, for guided alignment", counted(pairs, "pair"))
}
