//! The validation pairs of a job: given, or held out of the corpus.

use crate::data::examples::{Examples, encode};
use crate::data::hold_out::{Draw, HeldOut};
use crate::data::preparation::Selection;
use crate::error::{Result, TrainingError};
use crate::events::event_log::EventLog;
use crate::run::validation::ValidationSet;
use glosser_text::Pair;
use glosser_translator::Tokenizers;

/// The validation pairs, before the tokenizers are known.
pub(crate) enum ValidationPairs {
    Given(Vec<Pair>),
    HeldOut(Draw, HeldOut),
}

impl ValidationPairs {
    /// Takes the given pairs, or holds some of the selection out.
    ///
    /// # Errors
    /// If the corpus is too small, or cannot be read.
    pub fn choose(given: Option<Vec<Pair>>, selection: &mut Selection, seed: u64) -> Result<Self> {
        match given {
            Some(pairs) => Ok(Self::Given(pairs)),
            None => selection.hold_out(seed).map(|(draw, held_out)| Self::HeldOut(draw, held_out)),
        }
    }

    /// Returns the pairs. Those that are held out are short enough to be trained on, if the corpus has enough such pairs.
    ///
    /// # Errors
    /// If the corpus cannot be read.
    pub fn pairs(
        self,
        selection: &mut Selection,
        tokenizers: &Tokenizers,
        longest: usize,
        events: &mut EventLog,
    ) -> Result<Vec<Pair>> {
        match self {
            Self::Given(pairs) => Ok(pairs),
            Self::HeldOut(draw, held_out) => {
                let held_out = selection.hold_out_shorter((draw, held_out), tokenizers, longest)?;
                events.note(held_out.note())?;
                Ok(held_out.pairs.into_iter().map(|(_, pair)| pair).collect())
            }
        }
    }
}

/// Encodes validation pairs, and reports a note if BLEU does not have its usual tokenisation.
///
/// # Errors
/// If all pairs are longer than `longest`.
pub(crate) fn encode_validation_pairs(
    pairs: Vec<Pair>,
    tokenizers: &Tokenizers,
    longest: usize,
    events: &mut EventLog,
) -> Result<ValidationSet> {
    let examples = Examples::from_ids(encode(&pairs, tokenizers, longest));
    if examples.is_empty() {
        let problem = format!("no pair is short enough to validate on (training.longest is {longest})");
        return Err(TrainingError::unusable("the validation pairs", problem));
    }
    let validation = ValidationSet::new(pairs, examples);
    validation.note().into_iter().try_for_each(|note| events.note(note))?;
    Ok(validation)
}
