//! The events of a training run.

use crate::events::diagnostic::{Advice, Warning};
use crate::settings::Schedule;
use glosser_translator::{DevMetric, FittedSearch};
use serde::{Deserialize, Serialize};

/// Steps between two [`Event::Progress`].
pub(crate) const REPORT_EVERY: usize = 20;

/// An event of a training run. The event log has one event per line, as a JSON object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// A note about the input, for the user.
    Note {
        /// One sentence.
        text: String,
    },
    /// A large corpus is being prepared. (A small one takes no time.)
    Preparing(Preparation),
    /// The preparation is done; the first step follows.
    Prepared {
        /// Training pairs.
        pairs: usize,
        /// Validation pairs.
        dev_pairs: usize,
        /// Tokens of the source vocabulary.
        source_vocab: usize,
        /// Tokens of the target vocabulary.
        target_vocab: usize,
        /// Weights of the model.
        parameters: usize,
        /// Steps in which every training pair is read once.
        steps_per_epoch: usize,
    },
    /// The number of steps is fixed: before the first step, or once enough steps of a time budget have been timed.
    ///
    /// A run by minutes reports it again if it corrects the number to end in time.
    StepsFixed {
        /// Steps of the whole run.
        steps: usize,
        /// The schedule, if the number was corrected: it repeats the run, which the number alone does not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        schedule: Option<Schedule>,
        /// Validation pairs that are used, if the validation part is larger.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        validation_pairs: Option<usize>,
    },
    /// An interrupted run continues.
    Resumed {
        /// Steps done.
        step: usize,
        /// Steps of the whole run, once they are fixed.
        steps: Option<usize>,
        /// Validation pairs that are used, if the validation part is larger.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        validation_pairs: Option<usize>,
    },
    /// A report after every twenty steps.
    Progress(Progress),
    /// A validation is done.
    Validated(Validation),
    /// The losses or the translations show that something goes wrong.
    Warning(Warning),
    /// A loss or a gradient was NaN or infinite: training continues from an earlier snapshot, with half the learning
    /// rate.
    RolledBack {
        /// The step at which it was found. It is counted, but has changed no weight.
        step: usize,
        /// The name of the value that was NaN or infinite.
        what: String,
        /// The step of the snapshot; zero is the state before the first step.
        back_to: usize,
        /// The new highest learning rate.
        learning_rate: f64,
    },
    /// Training is finished.
    Finished(Summary),
    /// After the end: how to get a better model from this corpus.
    Advice(Advice),
}

/// A stage of the preparation of a corpus.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "doing", rename_all = "kebab-case")]
pub enum Preparation {
    /// Lines are read and checked.
    Reading {
        /// Pairs read so far.
        pairs: usize,
    },
    /// A tokenizer is trained.
    LearningSubwords {
        /// Pairs that it is trained on.
        pairs: usize,
    },
    /// The statistical aligner is trained, whose links guide the alignment.
    LearningLinks {
        /// Pairs that it is trained on.
        pairs: usize,
    },
    /// Pairs are encoded as token ids.
    Tokenising {
        /// Pairs done.
        pairs: usize,
        /// Pairs of the corpus.
        of: usize,
    },
}

/// A report on the training steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Steps done.
    pub step: usize,
    /// Steps of the whole run, once they are fixed.
    pub steps: Option<usize>,
    /// Mean training loss per target token since the last report, in nats, with label smoothing.
    pub loss: f64,
    /// Norm of the last gradient, before clipping.
    pub gradient_norm: f32,
    /// Learning rate of the last step.
    pub learning_rate: f32,
    /// Target tokens per second since the last report, without validations.
    pub tokens_per_second: f64,
    /// Seconds since the first step.
    pub seconds: f64,
    /// Estimated seconds to the end, with validations, once the number of steps is fixed.
    pub seconds_left: Option<f64>,
}

/// The scores of a validation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Validation {
    /// Steps done.
    pub step: usize,
    /// Passes over the corpus.
    pub epochs: f64,
    /// Cross-entropy per target token, in nats.
    pub dev_loss: f64,
    /// BLEU of greedy translations, with the tokeniser that suits the script of the references.
    pub dev_bleu: f64,
    /// chrF2 of the same translations. (`None` in logs of earlier versions.)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dev_chrf: Option<f64>,
    /// The metric that compared it with the best validation before it.
    #[serde(default, skip_serializing_if = "DevMetric::is_default")]
    pub metric: DevMetric,
    /// Whether it is the best so far; the best model is the one that is saved.
    pub is_best: bool,
    /// Seconds since the first step.
    pub seconds: f64,
    /// Number of distinct translations. (Zero in logs of earlier versions.)
    #[serde(default)]
    pub distinct_translations: usize,
    /// Number of distinct references. (Zero in logs of earlier versions.)
    #[serde(default)]
    pub distinct_references: usize,
    /// One validation sentence, another one at each validation.
    pub sample: Sample,
}

impl Validation {
    /// Returns the value of a metric.
    pub fn value(&self, metric: DevMetric) -> f64 {
        metric.of(self.dev_bleu, self.dev_chrf, self.dev_loss)
    }
}

/// A validation sentence, with its reference and its translation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// The source.
    pub source: String,
    /// The reference translation.
    pub reference: String,
    /// The translation by the model.
    pub translation: String,
}

/// The result of a finished training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Steps done.
    pub steps: usize,
    /// The step of the saved model.
    pub best_step: usize,
    /// BLEU of its greedy translations of the validation sentences.
    pub dev_bleu: f64,
    /// chrF2 of the same translations. (`None` in logs of earlier versions.)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dev_chrf: Option<f64>,
    /// The metric that chose it.
    #[serde(default, skip_serializing_if = "DevMetric::is_default")]
    pub metric: DevMetric,
    /// Its validation loss.
    pub dev_loss: f64,
    /// The length penalty that suits it. (`None` in logs of earlier versions.)
    #[serde(default)]
    pub search: Option<FittedSearch>,
    /// Whether training stopped before the last step, because `training.patience` validations were no better.
    pub stopped_early: bool,
    /// Target tokens per second over the whole run, without validations.
    pub tokens_per_second: f64,
    /// Seconds of the whole run, with validations.
    pub seconds: f64,
}

impl Summary {
    /// Returns the value of a metric.
    pub fn value(&self, metric: DevMetric) -> f64 {
        metric.of(self.dev_bleu, self.dev_chrf, self.dev_loss)
    }

    /// Returns the score that chose the model, with its name, as "BLEU 34.50".
    pub fn score(&self) -> String {
        self.metric.shown(self.value(self.metric))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One line of each kind of event, as earlier versions wrote it, and some as this version writes them.
    const LINES: [&str; 19] = [
        r#"{"event":"note","text":"3 of the pairs are held out"}"#,
        r#"{"event":"preparing","doing":"reading","pairs":100000}"#,
        r#"{"event":"preparing","doing":"learning-subwords","pairs":100000}"#,
        r#"{"event":"preparing","doing":"learning-links","pairs":100000}"#,
        r#"{"event":"preparing","doing":"tokenising","pairs":100000,"of":200000}"#,
        r#"{"event":"prepared","pairs":57,"dev_pairs":3,"source_vocab":280,"target_vocab":280,"parameters":9,"steps_per_epoch":4}"#,
        r#"{"event":"steps-fixed","steps":25}"#,
        r#"{"event":"steps-fixed","steps":24,"schedule":"25,24@20","validation_pairs":200}"#,
        r#"{"event":"resumed","step":3,"steps":25}"#,
        r#"{"event":"resumed","step":3,"steps":25,"validation_pairs":200}"#,
        r#"{"event":"progress","step":20,"steps":25,"loss":5.5,"gradient_norm":1.5,"learning_rate":0.25,"tokens_per_second":9.5,"seconds":1.5,"seconds_left":0.5}"#,
        r#"{"event":"validated","step":20,"epochs":5.0,"dev_loss":5.5,"dev_bleu":0.5,"is_best":true,"seconds":1.5,"distinct_translations":1,"distinct_references":3,"sample":{"source":"a","reference":"b","translation":"c"}}"#,
        r#"{"event":"warning","warning":"loss-rising","loss":3.5,"lowest":2.5,"learning_rate":0.25}"#,
        r#"{"event":"warning","warning":"overfitting","validations":3,"dev_loss_before":2.5,"dev_loss":3.5}"#,
        r#"{"event":"rolled-back","step":7,"what":"the loss","back_to":0,"learning_rate":0.25}"#,
        r#"{"event":"finished","steps":25,"best_step":20,"dev_bleu":0.5,"dev_loss":5.5,"search":{"length_penalty":1.0,"dev_bleu":0.5},"stopped_early":false,"tokens_per_second":9.5,"seconds":1.5}"#,
        r#"{"event":"validated","step":20,"epochs":5.0,"dev_loss":5.5,"dev_bleu":0.5,"dev_chrf":12.5,"metric":"chrF2","is_best":true,"seconds":1.5,"distinct_translations":1,"distinct_references":3,"sample":{"source":"a","reference":"b","translation":"c"}}"#,
        r#"{"event":"finished","steps":25,"best_step":20,"dev_bleu":9.5,"dev_chrf":22.5,"metric":"BLEU-zh","dev_loss":5.5,"search":{"length_penalty":1.0,"dev_bleu":9.5,"dev_chrf":22.5,"metric":"BLEU-zh"},"stopped_early":false,"tokens_per_second":9.5,"seconds":1.5}"#,
        r#"{"event":"advice","advice":"more-pairs","train_loss":1.5,"dev_loss":2.5,"dropout":0.5}"#,
    ];

    #[test]
    fn lines_of_earlier_versions_are_read_and_written_unchanged() {
        for line in LINES {
            let event: Event = serde_json::from_str(line).expect(line);
            assert_eq!(serde_json::to_string(&event).expect("JSON"), line);
        }
    }
}
