//! The settings of a search, and the limits that follow from them for one sentence.

use super::extension::{Limits, placeholders};
use super::hypothesis::Hypothesis;

/// The settings of a search.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SearchOptions {
    /// Number of hypotheses that are followed at the same time; 1 is greedy search.
    pub beam_size: usize,
    /// Hypotheses are ordered by `log_prob / length^length_penalty`: a greater value favours longer translations.
    pub length_penalty: f32,
    /// The greatest number of tokens of a translation, which always has room for its placeholders. `None` is twice the
    /// number of source tokens plus 20.
    pub max_length: Option<usize>,
    /// Number of sentences that are translated together. It changes speed and memory, never the translation.
    pub batch_size: usize,
    /// Whether each sentence has a short list of output words, if the model has such lists: probabilities are then those
    /// among the words of the list. Otherwise, and where a beginning is given, they are those among the whole vocabulary.
    pub short_list: bool,
}

impl SearchOptions {
    /// Greedy search, used for validation.
    pub const GREEDY: Self = Self { beam_size: 1, batch_size: 64, ..Self::STANDARD };
    /// The default of `translate`.
    pub const STANDARD: Self =
        Self { beam_size: 5, length_penalty: 1.0, max_length: None, batch_size: 32, short_list: true };

    /// The limits of the search for a sentence of these source tokens, EOS included.
    pub(crate) fn limits(&self, source: &[u32]) -> Limits {
        let placeholders = placeholders(source);
        let min_length = placeholders.count_ones().max(1) as usize;
        let max_length = self.max_length.unwrap_or(2 * source.len() + 20).max(min_length);
        Limits {
            beam_size: self.beam_size.max(1),
            length_penalty: self.length_penalty,
            max_length,
            placeholders,
            may_repeat: true,
            may_have_tabs: false,
        }
    }

    /// Whether a beam search is worth a second run without repetitions: it reached the default length without finding
    /// an end, because a model that does not end a sentence repeats itself. Greedy search stays as it is.
    pub(crate) fn should_retry(&self, found: &[Hypothesis]) -> bool {
        self.beam_size > 1 && self.max_length.is_none() && !has_end(found)
    }
}

/// Whether the model itself ended the best of some hypotheses.
pub(crate) fn has_end(found: &[Hypothesis]) -> bool {
    found.first().is_some_and(|best| !best.truncated)
}
