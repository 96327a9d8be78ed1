//! The translation table t(generated | generating) (Brown et al. 1993), and its entries for one pair.

use std::ops::Range;

use rayon::prelude::*;

use super::storage::{Reader, StatisticsError, Writer};
use super::vocabulary::{EMPTY_WORD, Sentences, Vocabulary};

/// A sparse table with one cell for each two words that occur in one pair, and for the empty word with every word.
///
/// The cells of one generating word are contiguous and sorted by the generated word.
pub(super) struct TranslationTable {
    /// For each generating word the index of its first cell; then the number of cells, `[generating words + 1]`.
    bounds: Vec<usize>,
    /// The generated word of each cell, `[cells]`.
    generated: Vec<u32>,
    /// `[cells]`
    probabilities: Vec<f32>,
}

/// The minimum probability, also of words that never occur in one pair: no sentence is impossible.
const MIN_PROBABILITY: f32 = 1e-6;
/// The minimum probability that is stored.
const MIN_STORED: f32 = 1e-4;
/// Replaces the index of a cell for words that never occur in one pair.
pub(super) const NO_CELL: u32 = u32::MAX;

impl TranslationTable {
    /// The initial table: each word generates all words that occur with it with equal probability.
    pub(super) fn uniform(generating: (&Sentences, &Vocabulary), generated: (&Sentences, &Vocabulary)) -> Self {
        let sentences_of = sentences_of_each(generating.0, generating.1.size());
        let words = generated.1.size();
        let rows: Vec<Vec<u32>> = sentences_of
            .par_iter()
            .map_init(|| vec![false; words], |seen, sentences| distinct_words(generated.0, sentences, seen))
            .collect();
        let mut table = Self { bounds: vec![0], generated: Vec::new(), probabilities: Vec::new() };
        table.push_row((0..words as u32).collect());
        rows.into_iter().skip(EMPTY_WORD as usize + 1).for_each(|row| table.push_row(row));
        table
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

    /// The index of the cell of two words, or [`NO_CELL`].
    pub(super) fn cell(&self, generating: u32, generated: u32) -> u32 {
        if generating as usize >= self.bounds.len() - 1 {
            return NO_CELL;
        }
        let row = self.row(generating as usize);
        // A row holds at most `generated` smaller ids. Frequent words have small ids, so this makes the search shorter.
        let end = row.end.min(row.start.saturating_add(generated as usize + 1));
        let found = self.generated[row.start..end].binary_search(&generated);
        found.map_or(NO_CELL, |column| (row.start + column) as u32)
    }

    /// The probability in a cell.
    pub(super) fn probability(&self, cell: u32) -> f32 {
        self.probabilities.get(cell as usize).copied().unwrap_or(0.0).max(MIN_PROBABILITY)
    }

    /// The M-step: normalises the expected counts, `[cells]`, of each generating word to probabilities.
    pub(super) fn estimate(&mut self, counts: &[f32]) {
        for generating in 0..self.bounds.len() - 1 {
            let row = self.row(generating);
            let total: f64 = counts[row.clone()].iter().map(|count| f64::from(*count)).sum();
            // The counts of a word that generated nothing are all zero.
            let share = if total > 0.0 { (1.0 / total) as f32 } else { 0.0 };
            for cell in row {
                self.probabilities[cell] = counts[cell] * share;
            }
        }
    }

    /// Writes all cells that are not tiny.
    pub(super) fn write(&self, writer: &mut Writer) {
        for generating in 0..self.bounds.len() - 1 {
            let kept: Vec<usize> = self.row(generating).filter(|cell| self.probabilities[*cell] >= MIN_STORED).collect();
            writer.number(kept.len() as u64);
            let mut last = 0;
            for cell in kept {
                writer.number(u64::from(self.generated[cell] - last));
                last = self.generated[cell];
                writer.probability(self.probabilities[cell]);
            }
        }
    }

    /// Reads the rows of `generating` words, with words below `generated` in their cells.
    pub(super) fn read(reader: &mut Reader, generating: usize, generated: usize) -> Result<Self, StatisticsError> {
        let mut table = Self { bounds: vec![0], generated: Vec::new(), probabilities: Vec::new() };
        for _ in 0..generating {
            let mut last = 0u64;
            for cell in 0..reader.count()? {
                let difference = reader.number()?;
                last = last.saturating_add(difference);
                if last >= generated as u64 || (cell > 0 && difference == 0) {
                    return Err(StatisticsError::Damaged);
                }
                table.generated.push(last as u32);
                table.probabilities.push(reader.probability()?);
            }
            table.bounds.push(table.generated.len());
        }
        Ok(table)
    }

    fn row(&self, generating: usize) -> Range<usize> {
        self.bounds[generating]..self.bounds[generating + 1]
    }
}

/// The entries of the table for the words of one pair. State 0 is the empty word; state i is the i-th generating word,
/// counted from 1.
pub(super) struct Emissions {
    /// Number of states: generating words and the empty word.
    pub(super) states: usize,
    /// Indices of cells, `[generated][states]`.
    pub(super) cells: Vec<u32>,
    /// The probabilities of the cells, `[generated][states]`.
    probabilities: Vec<f32>,
}

impl Emissions {
    /// Looks up the words of one pair, given as ids, `[generating words]` and `[generated words]`.
    pub(super) fn new(table: &TranslationTable, generating: &[u32], generated: &[u32]) -> Self {
        let states = [EMPTY_WORD].into_iter().chain(generating.iter().copied());
        let cells: Vec<u32> =
            generated.iter().flat_map(|word| states.clone().map(move |state| table.cell(state, *word))).collect();
        let probabilities = cells.iter().map(|cell| table.probability(*cell)).collect();
        Self { states: generating.len() + 1, cells, probabilities }
    }

    /// Multiplies each probability by its factor, `[generated][states]`.
    pub(super) fn multiply(&mut self, factors: &[f32]) {
        self.probabilities.iter_mut().zip(factors).for_each(|(probability, factor)| *probability *= factor);
    }

    /// Number of generated words.
    pub(super) fn generated_len(&self) -> usize {
        self.cells.len() / self.states
    }

    /// The probability that each state generates one generated word, `[states]`.
    pub(super) fn row(&self, generated: usize) -> &[f32] {
        &self.probabilities[generated * self.states..][..self.states]
    }
}

/// For each word the indices of the sentences that contain it, ascending and without duplicates, `[words][sentences]`.
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

/// The distinct words of some sentences, sorted. `seen`, `[words]`, must be all `false`, and is so again on return.
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
