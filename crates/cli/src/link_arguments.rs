//! Arguments of commands that print word links.

use crate::arguments::from_zero;
use clap::{Args, ValueEnum};
use glosser_alignment::{Posteriors, Symmetrization};
use glosser_translator::Weighting;

/// The threshold of `--symmetrize agreement`.
#[derive(Args)]
pub struct ThresholdArg {
    /// Minimum product of both posteriors for a link, with agreement: lower gives more links, and more wrong ones
    /// [example: --threshold 0.3]
    #[arg(long, value_name = "P", default_value_t = Posteriors::THRESHOLD, value_parser = from_zero)]
    pub threshold: f32,
}

/// The source of word links and weights.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LinksFrom {
    /// The aligner, which knows the target word; a model without an aligner uses the posterior
    Aligner,
    /// The posterior of the source position, given the target word: attention times the word's probability there
    Posterior,
    /// The attention weights of the decoder, computed before the target word is known
    Attention,
}

impl From<LinksFrom> for Weighting {
    fn from(links: LinksFrom) -> Self {
        match links {
            LinksFrom::Aligner => Self::Aligner,
            LinksFrom::Posterior => Self::Posterior,
            LinksFrom::Attention => Self::Attention,
        }
    }
}

/// How the posteriors or links of two directions become one set of links.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LinkMethod {
    /// Words for which the product of both posteriors is above the threshold
    Agreement,
    /// Each target word and its most probable source word, if there is one
    Forward,
    /// Each source word and its most probable target word, if there is one
    Reverse,
    /// Links that are in both directions
    Intersection,
    /// Links that are in at least one direction
    Union,
    /// As `symmetrize --method grow-diag`
    GrowDiag,
    /// As `symmetrize --method grow-diag-final`
    GrowDiagFinal,
    /// As `symmetrize --method grow-diag-final-and`
    GrowDiagFinalAnd,
}

impl LinkMethod {
    /// Returns the heuristic that joins the links of both directions, for the methods that use one.
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
