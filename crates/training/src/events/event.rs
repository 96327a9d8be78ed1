use crate::events::diagnostic::{Advice, Warning};
use glosser_translator::FittedSearch;
use serde::{Deserialize, Serialize};

/// What happens during training, in order. The library only tells; the program prints, and the log keeps each as a
/// line of JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// Something the person should know of the corpus.
    Note {
        /// One sentence.
        text: String,
    },
    /// A large corpus is on its way to token ids; a small one is there before anyone asks.
    Preparing(Preparation),
    /// Everything is ready for the first step.
    Prepared {
        /// Training pairs.
        pairs: usize,
        /// Validation pairs.
        dev_pairs: usize,
        /// Tokens of the source vocabulary.
        source_vocab: usize,
        /// Tokens of the target vocabulary.
        target_vocab: usize,
        /// Numbers to learn.
        parameters: usize,
        /// Steps that read the corpus once.
        steps_per_epoch: usize,
    },
    /// The number of steps is known: at once, or after a time budget has timed the first ones.
    StepsFixed {
        /// Steps of the whole run.
        steps: usize,
    },
    /// A run that was interrupted goes on.
    Resumed {
        /// Steps done.
        step: usize,
        /// Steps of the whole run, once known.
        steps: Option<usize>,
    },
    /// Some steps later.
    Progress(Progress),
    /// The validation pairs have been scored.
    Validated(Validation),
    /// Something goes wrong, by the look of the figures.
    Warning(Warning),
    /// A loss or a gradient was no number: training goes on from an earlier state, with half the learning rate.
    RolledBack {
        /// The step at which that was found. It is counted, and has changed nothing.
        step: usize,
        /// What was no number.
        what: String,
        /// The step after which the weights and moments were kept; zero is the start.
        back_to: usize,
        /// The highest learning rate from now on.
        learning_rate: f64,
    },
    /// The end.
    Finished(Summary),
    /// What would make a better model of this corpus, after the end.
    Advice(Advice),
}

/// Where the preparation of a corpus stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "doing", rename_all = "kebab-case")]
pub enum Preparation {
    /// Every line is checked.
    Reading {
        /// Pairs read so far.
        pairs: usize,
    },
    /// The tokenizer is trained.
    LearningSubwords {
        /// Pairs that it learns from.
        pairs: usize,
    },
    /// The statistical aligner learns the links that guide the attention.
    LearningLinks {
        /// Pairs that it learns from.
        pairs: usize,
    },
    /// Pairs become token ids.
    Tokenising {
        /// Pairs done.
        pairs: usize,
        /// All of them.
        of: usize,
    },
}

/// Where training stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Steps done.
    pub step: usize,
    /// Steps of the whole run, once known.
    pub steps: Option<usize>,
    /// Smoothed training loss per target token since the last report, in nats.
    pub loss: f64,
    /// Norm of the last gradient, before clipping.
    pub gradient_norm: f32,
    /// Learning rate of the last step.
    pub learning_rate: f32,
    /// Target tokens trained on a second, since the last report; validation not counted.
    pub tokens_per_second: f64,
    /// Seconds since the first step.
    pub seconds: f64,
    /// Seconds to the end, validation included, once the number of steps is known.
    pub seconds_left: Option<f64>,
}

/// How good the model is now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Validation {
    /// Steps done.
    pub step: usize,
    /// How many times the corpus has been read.
    pub epochs: f64,
    /// Cross-entropy per target token, in nats.
    pub dev_loss: f64,
    /// BLEU of greedy translations.
    pub dev_bleu: f64,
    /// Whether it is the best so far, and thus the saved model.
    pub is_best: bool,
    /// Seconds since the first step.
    pub seconds: f64,
    /// Different translations among those of the validation pairs. (Zero in logs of earlier versions.)
    #[serde(default)]
    pub distinct_translations: usize,
    /// Different reference translations among them.
    #[serde(default)]
    pub distinct_references: usize,
    /// One sentence, to look at.
    pub sample: Sample,
}

/// A validation sentence with its translations.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// The source.
    pub source: String,
    /// The given translation.
    pub reference: String,
    /// The model's.
    pub translation: String,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Steps done.
    pub steps: usize,
    /// The step of the saved model.
    pub best_step: usize,
    /// BLEU of its greedy translations of the validation pairs.
    pub dev_bleu: f64,
    /// Its loss on them.
    pub dev_loss: f64,
    /// How it translates best. (None in logs of earlier versions.)
    #[serde(default)]
    pub search: Option<FittedSearch>,
    /// Whether patience ran out before the last step.
    pub stopped_early: bool,
    /// Target tokens trained on a second, each reading of one, over the whole run; validation not counted.
    pub tokens_per_second: f64,
    /// Seconds of the whole run, validation included.
    pub seconds: f64,
}
