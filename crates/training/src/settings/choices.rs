//! The values of settings that are one of several choices.

use super::schedule::Schedule;
use glosser_text::{ScriptCounts, WordRule};
use serde::{Deserialize, Serialize};

/// A choice of the definition of a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WordChoice {
    /// [`WordRule::Unicode`] if most letters are of scripts without spaces, else [`WordRule::WhiteSpace`].
    #[default]
    Auto,
    /// [`WordRule::WhiteSpace`].
    WhiteSpace,
    /// [`WordRule::Unicode`].
    Unicode,
    /// [`WordRule::SubWords`].
    SubWords,
}

impl WordChoice {
    /// Returns the rule for a text with these letters.
    pub(super) fn rule(self, letters: ScriptCounts) -> WordRule {
        match self {
            Self::Auto => letters.words(),
            Self::WhiteSpace => WordRule::WhiteSpace,
            Self::Unicode => WordRule::Unicode,
            Self::SubWords => WordRule::SubWords,
        }
    }
}

/// The validation metric that chooses the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Select {
    /// BLEU; chrF2 between validations that both have a BLEU below 5.
    Auto,
    /// BLEU.
    Bleu,
    /// chrF2.
    Chrf,
    /// The validation loss.
    Loss,
}

/// Where the links of guided alignment come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkSource {
    /// No links: neither aligner nor attention is guided.
    None,
    /// A statistical aligner learns them from the training pairs.
    Statistical,
    /// The caller gives them ([`Job::links`](crate::Job::links)).
    File,
}

/// Length of a training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Budget {
    /// Passes over the corpus.
    Epochs(usize),
    /// Training steps.
    Steps(usize),
    /// Training steps whose number was corrected in a run by minutes; this repeats it.
    Schedule(Schedule),
    /// Time of the whole training. The first steps are timed, then the number of steps is fixed. It is corrected if the
    /// machine becomes slower or faster.
    Minutes(f64),
}

impl From<Schedule> for Budget {
    fn from(schedule: Schedule) -> Self {
        if schedule.is_corrected() { Self::Schedule(schedule) } else { Self::Steps(schedule.steps()) }
    }
}
