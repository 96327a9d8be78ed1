//! What the words of one pair have to do with each other by the lexicon alone.

use super::lexicon::Lexicon;
use super::vocabulary::EMPTY_WORD;

/// For each generated word, with which probability each state generates it. State 0 is the empty word, state i the
/// i-th generating word, counted from one.
pub(super) struct Emissions {
    pub(super) states: usize,
    /// Cells of the lexicon, `[generated][states]`.
    pub(super) cells: Vec<u32>,
    /// What is in them, `[generated][states]`.
    probabilities: Vec<f32>,
}

impl Emissions {
    pub(super) fn new(lexicon: &Lexicon, generating: &[u32], generated: &[u32]) -> Self {
        let states = [EMPTY_WORD].into_iter().chain(generating.iter().copied());
        let cells: Vec<u32> =
            generated.iter().flat_map(|word| states.clone().map(move |state| lexicon.cell(state, *word))).collect();
        let probabilities = cells.iter().map(|cell| lexicon.probability(*cell)).collect();
        Self { states: generating.len() + 1, cells, probabilities }
    }

    /// Number of generated words.
    pub(super) fn generated_len(&self) -> usize {
        self.cells.len() / self.states
    }

    /// For one generated word the probability of each state, `[states]`.
    pub(super) fn of(&self, generated: usize) -> &[f32] {
        &self.probabilities[generated * self.states..][..self.states]
    }
}
