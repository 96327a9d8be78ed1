use serde::{Deserialize, Serialize};
use std::fmt;

/// Something that goes wrong, with the figures that show it. As text it is a sentence with the remedy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "warning", rename_all = "kebab-case")]
pub enum Warning {
    /// Whatever it is given, the model writes almost the same.
    OneOutput {
        /// Different translations of the validation pairs.
        distinct_translations: usize,
        /// Different references.
        distinct_references: usize,
    },
    /// The training loss is that of a model worse than one that has learnt nothing.
    WorseThanGuessing {
        /// Training loss over the last reports.
        loss: f64,
        /// Loss of giving every token of the vocabulary the same probability.
        guessing: f64,
        /// The highest learning rate.
        learning_rate: f64,
    },
    /// The training loss rises.
    LossRising {
        /// Training loss over the last reports.
        loss: f64,
        /// The lowest it was.
        lowest: f64,
        /// The highest learning rate.
        learning_rate: f64,
    },
    /// The training loss stays high.
    LossStuck {
        /// Training loss over the last reports.
        loss: f64,
        /// Over the reports before them.
        before: f64,
        /// The highest learning rate.
        learning_rate: f64,
    },
    /// The training loss falls while the validation loss rises.
    Overfitting {
        /// Validations in a row that were worse than the one before.
        validations: usize,
        /// The validation loss before them.
        dev_loss_before: f64,
        /// The validation loss now.
        dev_loss: f64,
    },
}

/// The default of `training.learning_rate`, near which these models learn: a rate above it is rather too high, one below
/// rather too low.
const USUAL_RATE: f64 = 1e-3;

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
            Self::WorseThanGuessing { loss, guessing, learning_rate } => write!(
                f,
                "the training loss is {loss:.3}, and guessing would have {guessing:.3}: training.learning_rate \
                 ({learning_rate}) is too high, {USUAL_RATE} is usual"
            ),
            Self::LossRising { loss, lowest, learning_rate } => write!(
                f,
                "the training loss rises: {loss:.3}, after {lowest:.3}; training.learning_rate ({learning_rate}) is too \
                 high, try half"
            ),
            Self::LossStuck { loss, before, learning_rate } => write!(
                f,
                "the training loss does not fall: {loss:.3}, before {before:.3}; training.learning_rate \
                 ({learning_rate}) may be too {}, {USUAL_RATE} is usual",
                if *learning_rate < USUAL_RATE { "low" } else { "high" }
            ),
            Self::Overfitting { validations, dev_loss_before, dev_loss } => write!(
                f,
                "validation loss has risen {validations} times in a row, from {dev_loss_before:.3} to {dev_loss:.3}, \
                 while training loss falls: the pairs are being learnt by heart; more pairs or a higher training.dropout \
                 help"
            ),
        }
    }
}

const ONE_OUTPUT: &str = "the model does not look at the source; are source and target lines translations of each \
                          other, and is training.learning_rate not too high?";

/// What would make a better model of this corpus. As text it is a sentence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "advice", rename_all = "kebab-case")]
pub enum Advice {
    /// It was still getting better.
    MoreTime {
        /// A time budget of twice what was taken.
        minutes: u64,
    },
    /// Patience ran out.
    StoppedEarly {
        /// The step of the last validation.
        step: usize,
        /// The step of the best one.
        best_step: usize,
    },
    /// The model is better on the pairs that it was trained on than on others.
    MorePairs {
        /// Training loss at the end, with the smoothing and the dropout on it.
        train_loss: f64,
        /// Validation loss at the end.
        dev_loss: f64,
        /// `training.dropout`.
        dropout: f64,
    },
    /// The loss went wrong and has not recovered.
    OtherRate {
        /// `training.learning_rate`.
        learning_rate: f64,
    },
    /// The model that training went on from is better on these validation pairs.
    NoBetterThanBefore {
        /// Its BLEU.
        before: f64,
        /// The new model's.
        dev_bleu: f64,
    },
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MoreTime { minutes } => write!(
                f,
                "the best model is that of the last step, and validation was still getting better: more time would help, \
                 --minutes {minutes}"
            ),
            Self::StoppedEarly { step, best_step } => write!(
                f,
                "training stopped early, at step {step}: validation did not get better after step {best_step}, so more \
                 time would not help"
            ),
            Self::MorePairs { train_loss, dev_loss, dropout } => write!(
                f,
                "the training loss ({train_loss:.3}) is below the validation loss ({dev_loss:.3}): the pairs are known \
                 by heart; more pairs, or a higher training.dropout than {dropout}, would help"
            ),
            Self::OtherRate { learning_rate } => write!(
                f,
                "the training loss went wrong and stayed so: train again with another training.learning_rate than \
                 {learning_rate}; {USUAL_RATE} is usual"
            ),
            Self::NoBetterThanBefore { before, dev_bleu } => write!(
                f,
                "the model that training went on from has a BLEU of {before:.2} on these validation pairs, the new one \
                 {dev_bleu:.2}: a lower training.learning_rate, or more pairs, would help"
            ),
        }
    }
}
