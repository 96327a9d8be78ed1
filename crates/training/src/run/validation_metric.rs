//! The metric that chooses the model, and the scores that it may use.

use crate::settings::Select;
use glosser_evaluation::{Bleu, Chrf, EvaluationError, Tokenization};
use glosser_translator::DevMetric;

/// The lowest BLEU by which validations are compared if no metric is set. Below it hardly any sentence has a match of four
/// words, so chance and smoothing decide; chrF2 counts characters, which match much more often.
const LOWEST_BLEU: f64 = 5.0;

/// Returns whether a BLEU is high enough to compare models by it.
pub(crate) fn has_sense(bleu: f64) -> bool {
    bleu >= LOWEST_BLEU
}

/// The scores of translations of the validation pairs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scores {
    pub bleu: f64,
    pub chrf: f64,
}

impl Scores {
    /// Scores translations, `[sentences]`, by one reference each.
    pub fn new(
        translations: &[impl AsRef<str>],
        references: &[&str],
        tokenization: Tokenization,
    ) -> Result<Self, EvaluationError> {
        Ok(Self {
            bleu: Bleu::compute(translations, references, tokenization)?.score,
            chrf: Chrf::compute(translations, references)?.score,
        })
    }
}

/// Returns the metric that compares validations, of which the best has this BLEU.
pub(crate) fn metric(select: Select, best_bleu: f64, tokenization: Tokenization) -> DevMetric {
    match select {
        Select::Loss => DevMetric::Loss,
        Select::Chrf => DevMetric::Chrf,
        Select::Auto if !has_sense(best_bleu) => DevMetric::Chrf,
        Select::Auto | Select::Bleu => match tokenization {
            Tokenization::Zh => DevMetric::BleuZh,
            Tokenization::Char => DevMetric::BleuChar,
            _ => DevMetric::Bleu,
        },
    }
}

/// Returns the metric that chooses the length penalty: the loss does not depend on it.
pub(crate) fn search_metric(select: Select, best_bleu: f64, tokenization: Tokenization) -> DevMetric {
    let select = if select == Select::Loss { Select::Auto } else { select };
    metric(select, best_bleu, tokenization)
}
