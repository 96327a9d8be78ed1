//! The metrics: names and signatures.

use crate::RESAMPLES;

/// A metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// [`Bleu`](crate::Bleu).
    Bleu,
    /// [`Chrf`](crate::Chrf).
    Chrf,
    /// [`Ter`](crate::Ter).
    Ter,
}

impl Metric {
    /// The name, as in sacreBLEU.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bleu => "BLEU",
            Self::Chrf => "chrF2",
            Self::Ter => "TER",
        }
    }

    /// Whether a lower score is better: TER counts edits.
    pub fn lower_is_better(self) -> bool {
        self == Self::Ter
    }

    /// The signature with all settings, as in sacreBLEU, with the version of this program.
    pub fn signature(self) -> String {
        format!("nrefs:1|{}", self.settings())
    }

    /// The signature of a score from [resampling](crate::paired_bootstrap) with `seed`.
    pub fn resampled_signature(self, seed: u64) -> String {
        format!("nrefs:1|bs:{RESAMPLES}|seed:{seed}|{}", self.settings())
    }

    fn settings(self) -> &'static str {
        match self {
            Self::Bleu => concat!("case:mixed|eff:no|tok:13a|smooth:exp|version:glosser-", env!("CARGO_PKG_VERSION")),
            Self::Chrf => concat!("case:mixed|eff:yes|nc:6|nw:0|space:no|version:glosser-", env!("CARGO_PKG_VERSION")),
            Self::Ter => {
                concat!("case:lc|tok:tercom|norm:no|punct:yes|asian:no|version:glosser-", env!("CARGO_PKG_VERSION"))
            }
        }
    }
}
