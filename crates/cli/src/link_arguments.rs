//! Arguments of commands that print word links.

use crate::arguments::{from_zero, wrong_usage};
use crate::output::note;
use crate::words_argument::WordsArg;
use anyhow::Result;
use clap::{Args, ValueEnum};
use glosser_alignment::{Posteriors, Symmetrization};
use glosser_translator::{LinkReading, Scorer, Weighting};

/// The threshold of `--symmetrize agreement`.
#[derive(Args)]
pub struct ThresholdArg {
    /// Join by agreement: link words for which the product of the probabilities of both directions, 0 to 1, is above this;
    /// lower gives more links, and more wrong ones [default of agreement: 0.1; example: --threshold 0.3]
    #[arg(long, value_name = "P", value_parser = from_zero)]
    threshold: Option<f32>,
}

impl ThresholdArg {
    /// Refuses a threshold beside a method that has none.
    pub fn check(&self, asked: Option<LinkMethod>) -> Result<()> {
        match asked {
            Some(method) if method != LinkMethod::Agreement && self.threshold.is_some() => {
                Err(wrong_usage("--threshold is for --symmetrize agreement; leave one of the two out".to_owned()))
            }
            _ => Ok(()),
        }
    }

    /// Returns how the links of both directions are joined, and the threshold of `agreement`. Posteriors of statistics and
    /// weights of a model have their own defaults; a threshold alone means `agreement`.
    pub fn method(&self, asked: Option<LinkMethod>, of_statistics: bool) -> (LinkMethod, f32) {
        let default = if of_statistics && self.threshold.is_none() { LinkMethod::Mean } else { LinkMethod::Agreement };
        (asked.unwrap_or(default), self.threshold.unwrap_or(Posteriors::THRESHOLD))
    }
}

/// What word links are read from.
#[derive(Args)]
pub struct LinksArg {
    /// What links and their weights are read from [default: joint if the model has statistics, else aligner; example:
    /// --links attention]
    ///
    /// Statistics count the words by the model's definition. With another one (--words) the default is aligner.
    #[arg(id = "links", long, value_name = "READING")]
    from: Option<LinksFrom>,
}

impl LinksArg {
    /// Returns the reading that is asked for, or the best one of the model for these words.
    ///
    /// # Errors
    /// If the model does not have what links are read from.
    pub fn reading(&self, scorer: &Scorer, words: &WordsArg) -> Result<LinkReading> {
        LinksFrom::reading(self.from, scorer, words, Weighting::Aligner)
    }
}

/// The source of word links and weights.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LinksFrom {
    /// The statistics of the training pairs and the aligner together: the best links
    Joint,
    /// The statistics of the training pairs alone: which words translate each other, and how far words move
    /// (`align-statistical --load MODEL` gives the same links faster)
    Statistical,
    /// The aligner, which knows the target word; a model without an aligner uses the posterior
    Aligner,
    /// The posterior of the source position, given the target word: attention times the word's probability there; some
    /// five times slower than the others
    Posterior,
    /// The attention weights of the decoder, computed before the target word is known
    Attention,
}

impl LinksFrom {
    /// Returns the reading that is asked for. Without one: the statistics if the model has them and counts the same words,
    /// or else the weights `otherwise`.
    ///
    /// # Errors
    /// If the model does not have what links are read from.
    pub fn reading(
        asked: Option<Self>,
        scorer: &Scorer,
        words: &WordsArg,
        otherwise: Weighting,
    ) -> Result<LinkReading> {
        let are_own_words = words.are_of(scorer.tokenizers());
        let reading = match asked {
            Some(links) => links.into(),
            None if scorer.default_reading().needs_statistics() && are_own_words => scorer.default_reading(),
            None if scorer.default_reading().needs_statistics() => {
                note(
                    "links are read from the weights of the model, because its statistics count its own words, not those of --words",
                );
                LinkReading::Weights(otherwise)
            }
            None => LinkReading::Weights(otherwise),
        };
        scorer.check_reading(reading)?;
        if reading.needs_statistics() && !are_own_words {
            return Err(wrong_usage(
                "the statistics of the model count its own words, not those of --words; leave --words out, or use --links \
                 aligner, posterior or attention"
                    .to_owned(),
            ));
        }
        Ok(reading)
    }
}

impl From<LinksFrom> for LinkReading {
    fn from(links: LinksFrom) -> Self {
        match links {
            LinksFrom::Joint => Self::Joint,
            LinksFrom::Statistical => Self::Statistical,
            LinksFrom::Aligner => Self::Weights(Weighting::Aligner),
            LinksFrom::Posterior => Self::Weights(Weighting::Posterior),
            LinksFrom::Attention => Self::Weights(Weighting::Attention),
        }
    }
}

/// How the posteriors or links of two directions become one set of links.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LinkMethod {
    /// Words for which the mean of both posteriors is above one half
    Mean,
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
            Self::Mean | Self::Agreement | Self::Forward | Self::Reverse => None,
            Self::Intersection => Some(Symmetrization::Intersection),
            Self::Union => Some(Symmetrization::Union),
            Self::GrowDiag => Some(Symmetrization::GrowDiag),
            Self::GrowDiagFinal => Some(Symmetrization::GrowDiagFinal),
            Self::GrowDiagFinalAnd => Some(Symmetrization::GrowDiagFinalAnd),
        }
    }
}
