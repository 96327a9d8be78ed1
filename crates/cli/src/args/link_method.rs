use clap::ValueEnum;
use glosser_alignment::Symmetrization;

/// Which words are linked, by what two directions say of them.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LinkMethod {
    /// Words whose posteriors of both directions have a product above the threshold
    Agreement,
    /// Each target word with its most probable source word, if any
    Forward,
    /// Each source word with its most probable target word, if any
    Reverse,
    /// Links of both forward and reverse
    Intersection,
    /// Links of either
    Union,
    /// As `symmetrize` does it
    GrowDiag,
    /// As `symmetrize` does it
    GrowDiagFinal,
    /// As `symmetrize` does it
    GrowDiagFinalAnd,
}

impl LinkMethod {
    /// How links of both directions are joined, for those methods that do that.
    pub fn symmetrization(self) -> Option<Symmetrization> {
        match self {
            Self::Agreement | Self::Forward | Self::Reverse => None,
            Self::Intersection => Some(Symmetrization::Intersection),
            Self::Union => Some(Symmetrization::Union),
            Self::GrowDiag => Some(Symmetrization::GrowDiag),
            Self::GrowDiagFinal => Some(Symmetrization::GrowDiagFinal),
            Self::GrowDiagFinalAnd => Some(Symmetrization::GrowDiagFinalAnd),
        }
    }
}
