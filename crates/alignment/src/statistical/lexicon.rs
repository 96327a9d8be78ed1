//! Which word generates which: the translation table t(generated | generating).

use std::ops::Range;

use rayon::prelude::*;

use super::vocabulary::{EMPTY_WORD, Sentences, Vocabulary};

/// A table with a cell for each two words that stand in one pair, and for the empty word with every word.
///
/// The cells of one generating word lie side by side, ordered by the word generated.
pub(super) struct Lexicon {
    /// For each generating word the first of its cells, and at last the number of cells.
    bounds: Vec<usize>,
    generated: Vec<u32>,
    probabilities: Vec<f32>,
}

/// What a pair of words that never met is given, so that no sentence is impossible.
pub(super) const FLOOR: f32 = 1e-6;
/// The cell of words that never met.
pub(super) const NO_CELL: u32 = u32::MAX;

impl Lexicon {
    /// Every word generates all words beside it alike.
    pub(super) fn uniform(generating: (&Sentences, &Vocabulary), generated: (&Sentences, &Vocabulary)) -> Self {
        let sentences_of = sentences_of_each(generating.0, generating.1.size());
        let words = generated.1.size();
        let rows: Vec<Vec<u32>> = sentences_of
            .par_iter()
            .map_init(|| vec![false; words], |seen, sentences| distinct_words(generated.0, sentences, seen))
            .collect();
        let mut lexicon = Self { bounds: vec![0], generated: Vec::new(), probabilities: Vec::new() };
        lexicon.push_row((0..words as u32).collect());
        rows.into_iter().skip(EMPTY_WORD as usize + 1).for_each(|row| lexicon.push_row(row));
        lexicon
    }

    fn push_row(&mut self, generated: Vec<u32>) {
        let probability = 1.0 / generated.len().max(1) as f32;
        self.probabilities.extend(generated.iter().map(|_| probability));
        self.generated.extend(generated);
        self.bounds.push(self.generated.len());
    }

    /// Number of cells.
    pub(super) fn size(&self) -> usize {
        self.generated.len()
    }

    /// The cell of two words, or [`NO_CELL`].
    pub(super) fn cell(&self, generating: u32, generated: u32) -> u32 {
        if generating as usize >= self.bounds.len() - 1 {
            return NO_CELL;
        }
        let row = self.row(generating as usize);
        // Before a word there are at most as many as its number says, and frequent words have low numbers.
        let end = row.end.min(row.start.saturating_add(generated as usize + 1));
        let found = self.generated[row.start..end].binary_search(&generated);
        found.map_or(NO_CELL, |column| (row.start + column) as u32)
    }

    /// The probability in a cell.
    pub(super) fn probability(&self, cell: u32) -> f32 {
        self.probabilities.get(cell as usize).copied().unwrap_or(0.0).max(FLOOR)
    }

    /// The M-step: what each word was expected to generate, as shares. `counts` has one number for each cell.
    pub(super) fn estimate(&mut self, counts: &[f32]) {
        for generating in 0..self.bounds.len() - 1 {
            let row = self.row(generating);
            let total: f64 = counts[row.clone()].iter().map(|count| f64::from(*count)).sum();
            // A word that generated nothing has no counts to share out.
            let share = if total > 0.0 { (1.0 / total) as f32 } else { 0.0 };
            for cell in row {
                self.probabilities[cell] = counts[cell] * share;
            }
        }
    }

    fn row(&self, generating: usize) -> Range<usize> {
        self.bounds[generating]..self.bounds[generating + 1]
    }
}

/// For each word the sentences that it stands in, each once.
fn sentences_of_each(sentences: &Sentences, words: usize) -> Vec<Vec<u32>> {
    let mut sentences_of: Vec<Vec<u32>> = vec![Vec::new(); words];
    for index in 0..sentences.len() {
        for word in sentences.get(index) {
            let of_word = &mut sentences_of[*word as usize];
            if of_word.last() != Some(&(index as u32)) {
                of_word.push(index as u32);
            }
        }
    }
    sentences_of
}

/// The words of some sentences in order, each once; `seen` has a place for every word, and is left as it was.
fn distinct_words(all: &Sentences, sentences: &[u32], seen: &mut [bool]) -> Vec<u32> {
    let mut distinct = Vec::new();
    for word in sentences.iter().flat_map(|index| all.get(*index as usize)) {
        if !seen[*word as usize] {
            seen[*word as usize] = true;
            distinct.push(*word);
        }
    }
    distinct.iter().for_each(|word| seen[*word as usize] = false);
    distinct.sort_unstable();
    distinct
}
