//! The names of the metrics, and the settings that are part of every figure.

use crate::RESAMPLES;

/// One of the metrics.
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
    /// As sacreBLEU writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bleu => "BLEU",
            Self::Chrf => "chrF2",
            Self::Ter => "TER",
        }
    }

    /// Whether a lower score is the better one: TER counts faults.
    pub fn lower_is_better(self) -> bool {
        self == Self::Ter
    }

    /// The settings as sacreBLEU writes them, with the version of this program.
    pub fn signature(self) -> String {
        format!("nrefs:1|{}", self.settings())
    }

    /// The same for figures that come from [resampling](crate::paired_bootstrap).
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
