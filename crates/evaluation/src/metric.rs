//! The metrics: their names, and the signature of a score.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::{RESAMPLES, Tokenization};

/// A metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// [`Bleu`](crate::Bleu).
    Bleu,
    /// [`Chrf`](crate::Chrf) of characters.
    Chrf,
    /// [`Chrf`](crate::Chrf) of characters and words (chrF++).
    ChrfPlusPlus,
    /// [`Ter`](crate::Ter).
    Ter,
}

impl Metric {
    /// The name, as in sacreBLEU.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bleu => "BLEU",
            Self::Chrf => "chrF2",
            Self::ChrfPlusPlus => "chrF2++",
            Self::Ter => "TER",
        }
    }

    /// Whether a lower score is better: TER counts edits.
    pub fn lower_is_better(self) -> bool {
        self == Self::Ter
    }
}

/// All settings of a score. Two scores can be compared only if their signatures are equal (Post 2018).
///
/// Displayed as in sacreBLEU, with the version of this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    /// The metric.
    pub metric: Metric,
    /// Number of references per sentence.
    pub references: usize,
    /// The tokenisation for BLEU; the other metrics do not use it.
    pub tokenization: Tokenization,
    /// Whether it is the score of one sentence. BLEU then uses the orders that the sentence has (effective order).
    pub is_of_sentence: bool,
    /// Seed of the resampled test sets, if the score has an interval ([`paired_bootstrap`](crate::paired_bootstrap)).
    pub seed: Option<u64>,
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "nrefs:{}|", self.references)?;
        if let Some(seed) = self.seed {
            write!(f, "bs:{RESAMPLES}|seed:{seed}|")?;
        }
        match self.metric {
            Metric::Bleu => {
                let effective = if self.is_of_sentence { "yes" } else { "no" };
                write!(f, "case:mixed|eff:{effective}|tok:{}|smooth:exp", self.tokenization.name())?;
            }
            Metric::Chrf => write!(f, "case:mixed|eff:yes|nc:6|nw:0|space:no")?,
            Metric::ChrfPlusPlus => write!(f, "case:mixed|eff:yes|nc:6|nw:2|space:no")?,
            Metric::Ter => write!(f, "case:lc|tok:tercom|norm:no|punct:yes|asian:no")?,
        }
        write!(f, "|version:glosser-{}", env!("CARGO_PKG_VERSION"))
    }
}

impl Serialize for Signature {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
