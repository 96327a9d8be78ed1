//! Diagnostics of a run, as data and as sentences for the user.

use crate::settings::DEFAULT_LEARNING_RATE;
use glosser_text::counted;
use glosser_translator::DevMetric;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::fmt;

/// A problem of a run, with the figures that show it. As text it is a sentence with the remedy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "warning", rename_all = "kebab-case")]
pub enum Warning {
    /// The model gives almost the same translation to every sentence.
    OneOutput {
        /// Number of distinct translations of the validation sentences.
        distinct_translations: usize,
        /// Number of distinct references.
        distinct_references: usize,
    },
    /// The training loss is higher than that of a uniform distribution over the vocabulary.
    WorseThanGuessing {
        /// Mean training loss of the last reports.
        loss: f64,
        /// The loss of a uniform distribution.
        guessing: f64,
        /// The present highest learning rate.
        learning_rate: f64,
        /// The default of `training.learning_rate` for this run.
        #[serde(default = "default_rate", skip_serializing_if = "is_default_rate")]
        default_rate: f64,
    },
    /// The training loss rises.
    LossRising {
        /// Mean training loss of the last reports.
        loss: f64,
        /// The lowest mean before.
        lowest: f64,
        /// The present highest learning rate.
        learning_rate: f64,
    },
    /// The training loss stays high.
    LossStuck {
        /// Mean training loss of the last reports.
        loss: f64,
        /// The mean of the reports before them.
        before: f64,
        /// The present highest learning rate.
        learning_rate: f64,
        /// The default of `training.learning_rate` for this run.
        #[serde(default = "default_rate", skip_serializing_if = "is_default_rate")]
        default_rate: f64,
    },
    /// Validation pairs are training pairs too.
    ValidationPairsInTraining {
        /// Number of validation pairs that are training pairs.
        pairs: usize,
        /// Number of other validation pairs whose source is in a training pair.
        sources: usize,
        /// Number of validation pairs.
        of: usize,
    },
    /// The training loss falls while the validation loss rises.
    Overfitting {
        /// Number of validations in a row with a higher loss than the one before.
        validations: usize,
        /// The validation loss before them.
        dev_loss_before: f64,
        /// The validation loss now.
        dev_loss: f64,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OneOutput { distinct_translations: 1, .. } => {
                write!(f, "all validation sentences get the same translation: {ONE_OUTPUT}")
            }
            Self::OneOutput { distinct_translations: found, distinct_references: wanted } => write!(
                f,
                "the validation sentences get {found} different translations where the references are {wanted}: \
                 {ONE_OUTPUT}"
            ),
            Self::WorseThanGuessing { loss, guessing, learning_rate, default_rate } => {
                write!(f, "the training loss is {loss:.3}, and a uniform distribution has {guessing:.3}: ")?;
                write!(f, "training.learning_rate ({learning_rate}) is too high; ")?;
                if learning_rate > default_rate {
                    write!(f, "the default is {default_rate}")
                } else {
                    write!(f, "{HALF}")
                }
            }
            Self::LossRising { loss, lowest, learning_rate } => write!(
                f,
                "the training loss rises: {loss:.3}, after {lowest:.3}; training.learning_rate ({learning_rate}) is too \
                 high; {HALF}"
            ),
            Self::LossStuck { loss, before, learning_rate, default_rate } => {
                write!(f, "the training loss does not fall: {loss:.3}, before {before:.3}; ")?;
                write_other_rate(f, *learning_rate, *default_rate)
            }
            Self::ValidationPairsInTraining { pairs, sources, of } => write_overlap(f, *pairs, *sources, *of),
            Self::Overfitting { validations, dev_loss_before, dev_loss } => write!(
                f,
                "validation loss has risen {validations} times in a row, from {dev_loss_before:.3} to {dev_loss:.3}, \
                 while training loss falls: the model memorises the training pairs; more pairs or a higher training.dropout \
                 help"
            ),
        }
    }
}

/// Writes how many validation pairs are training pairs, and the remedy.
fn write_overlap(f: &mut fmt::Formatter<'_>, pairs: usize, sources: usize, of: usize) -> fmt::Result {
    let of = counted(of, "validation pair");
    let are = |count: usize| if count == 1 { "is" } else { "are" };
    let source = |count: usize| if count == 1 { "source" } else { "sources" };
    if pairs > 0 {
        write!(f, "{pairs} of {of} {} also in the training pairs", are(pairs))?;
    }
    if pairs > 0 && sources > 0 {
        write!(f, ", and so {} the {} of {sources} more", are(sources), source(sources))?;
    } else if sources > 0 {
        let (are, source) = (are(sources), source(sources));
        write!(f, "the {source} of {sources} of {of} {are} also in the training pairs")?;
    }
    write!(f, ": {SEEN_BEFORE}")
}

/// Writes what may be wrong with the learning rate of a run that learns nothing.
fn write_other_rate(f: &mut fmt::Formatter<'_>, rate: f64, default_rate: f64) -> fmt::Result {
    match rate.total_cmp(&default_rate) {
        Ordering::Less => write!(f, "training.learning_rate ({rate}) may be too low; the default is {default_rate}"),
        Ordering::Greater => {
            write!(f, "training.learning_rate ({rate}) may be too high; the default is {default_rate}")
        }
        Ordering::Equal => write!(
            f,
            "check that source and target lines are translations of each other (`glosser check`); if they are, \
             training.learning_rate ({rate}) may be too high: {HALF}"
        ),
    }
}

const ONE_OUTPUT: &str = "the model ignores the source; check that source and target lines are translations of each \
                          other, and try a lower training.learning_rate; with a few hundred pairs, only more pairs help";

const HALF: &str = "try half of it";

fn default_rate() -> f64 {
    DEFAULT_LEARNING_RATE
}

fn is_default_rate(rate: &f64) -> bool {
    *rate == DEFAULT_LEARNING_RATE
}

const SEEN_BEFORE: &str = "validation BLEU will be too good, and the best weights are chosen by it; remove these pairs \
                           from the training pairs (`glosser check` with --dev names their lines), or validate on others";

/// Advice on how to get a better model from this corpus. As text it is a sentence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "advice", rename_all = "kebab-case")]
pub enum Advice {
    /// The model was still improving.
    MoreTime {
        /// A time budget of twice the time of the run.
        minutes: u64,
    },
    /// The last step was in the warm-up, where the learning rate is still low.
    EndedInWarmUp {
        /// Steps of the run.
        steps: usize,
        /// `training.warmup_steps`.
        warmup_steps: usize,
    },
    /// There are too few training pairs for a translator.
    FewPairs {
        /// Training pairs.
        pairs: usize,
    },
    /// Training stopped early.
    StoppedEarly {
        /// The step of the last validation.
        step: usize,
        /// The step of the best validation.
        best_step: usize,
    },
    /// The model is much better on the training pairs than on the validation pairs, whose loss no longer falls.
    MorePairs {
        /// Training loss at the end, with label smoothing and dropout.
        train_loss: f64,
        /// Validation loss at the end.
        dev_loss: f64,
        /// `training.dropout`.
        dropout: f64,
    },
    /// The training loss rose or did not fall, until the end.
    OtherRate {
        /// `training.learning_rate`.
        learning_rate: f64,
        /// The default of `training.learning_rate` for this run.
        #[serde(default = "default_rate", skip_serializing_if = "is_default_rate")]
        default_rate: f64,
    },
    /// The parent model is better on these validation pairs.
    NoBetterThanBefore {
        /// Score of the parent model.
        before: f64,
        /// Score of the new model.
        #[serde(alias = "dev_bleu")]
        now: f64,
        /// The metric of both.
        #[serde(default)]
        metric: DevMetric,
    },
}

/// Warm-ups of a run that is long enough to use the highest learning rate.
const LONGER_THAN_WARM_UP: usize = 10;

/// Training pairs below which a corpus is too small for a translator: a vocabulary of a few hundred words occurs once or
/// twice in them.
pub(crate) const FEW_PAIRS: usize = 500;

/// From docs/experiments.md: 34 BLEU with 5,000 captions, 17 with 12,000 pairs of several subjects.
const USEFUL_PAIRS: &str =
    "a useful model of short sentences on one subject needs about 5,000, and of mixed text far more";

/// Returns what to expect from a corpus of few pairs, before training.
pub(crate) fn note_on_few_pairs(pairs: usize) -> Option<String> {
    (pairs < FEW_PAIRS).then(|| {
        format!(
            "{} are enough to try the commands, but not to learn a translator from: expect a few frequent words, \
             repeated; {USEFUL_PAIRS}",
            counted(pairs, "training pair")
        )
    })
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MoreTime { minutes } => write!(
                f,
                "the best model is that of the last step, and validation was still improving: train again for longer, \
                 for example with --minutes {minutes} --overwrite"
            ),
            Self::EndedInWarmUp { steps, warmup_steps } => write!(
                f,
                "training ended at step {steps}, but the learning rate rises until step {warmup_steps}: train again for \
                 longer, for example with --steps {} --overwrite",
                LONGER_THAN_WARM_UP * warmup_steps
            ),
            Self::FewPairs { pairs } => write!(
                f,
                "{} are too few to learn a translator from: more pairs help, and nothing else does; {USEFUL_PAIRS}",
                counted(*pairs, "training pair")
            ),
            Self::StoppedEarly { step, best_step } => write!(
                f,
                "training stopped early, at step {step}: validation did not improve after step {best_step}; more time \
                 alone would not change that, more pairs would"
            ),
            Self::MorePairs { train_loss, dev_loss, dropout } => write!(
                f,
                "the training loss ({train_loss:.3}) is far below the validation loss ({dev_loss:.3}), which no longer \
                 falls: the model has memorised the training pairs; more pairs, or a higher training.dropout than \
                 {dropout}, would help"
            ),
            Self::OtherRate { learning_rate, default_rate } => {
                write!(f, "the training loss did not recover: train again with another training.learning_rate; ")?;
                if learning_rate == default_rate {
                    write!(f, "it is {learning_rate}, {HALF}")
                } else {
                    write!(f, "it is {learning_rate}, the default is {default_rate}")
                }
            }
            Self::NoBetterThanBefore { before, now, metric } => write!(
                f,
                "the model that training continued from has {} on these validation pairs, the new one {}: a lower \
                 training.learning_rate, or more pairs, would help",
                metric.shown(*before),
                metric.shown(*now)
            ),
        }
    }
}
