//! The translation table t(generated | generating) (Brown et al. 1993), and its entries for one pair.
//!
//! The table has three levels. A form learns from its own counts, and as far as these are few, from its group: forms that
//! begin with the same three letters. A group learns from its counts, and from words that are spelt alike. So a rare form is
//! translated as its relatives are (hierarchical smoothing: MacKay and Peto 1995, *A hierarchical Dirichlet language model*).

use std::ops::Range;

use rayon::prelude::*;

use super::cognates::Scratch;
use super::groups::Groups;
use super::storage::{Reader, StatisticsError, Writer};
use super::vocabulary::{EMPTY_WORD, Sentences, UNKNOWN, Vocabulary, Word};

/// A sparse table with one cell for each two forms that occur in one pair, and for the empty word with every form.
///
/// The cells of one generating form are contiguous and sorted by the generated form.
pub(super) struct TranslationTable {
    /// For each generating form the index of its first cell; then the number of cells, `[generating forms + 1]`.
    bounds: Vec<usize>,
    /// The generated form of each cell, `[cells]`.
    generated: Vec<u32>,
    /// `[cells]`
    probabilities: Vec<f32>,
    /// The expected counts that the probabilities were estimated from; empty before and while they are counted, `[cells]`.
    counts: Vec<f32>,
    groups: Groups,
    /// The share of each generated form in its group, `[generated forms]`.
    shares: Vec<f32>,
    /// The part of the probability of each generating form that its group distributes, `[generating forms]`.
    held_back: Vec<f32>,
}

/// The minimum probability, also of words that never occur in one pair: no sentence is impossible.
const MIN_PROBABILITY: f32 = 1e-6;
/// The minimum probability of words that never occur in one pair, if the generating word is as unknown as can be: it generates
/// any word rather than known words do.
const UNSEEN_PROBABILITY: f32 = 1e-4;
/// Counts of a generating form that its group is worth.
const GROUP_WEIGHT: f32 = 8.0;
/// The minimum count that is stored.
const MIN_STORED: f32 = 0.02;
/// Replaces the index of a cell for words that never occur in one pair.
pub(super) const NO_CELL: u32 = u32::MAX;

impl TranslationTable {
    /// The table before training: each word of a sentence generates a word with equal probability, and the empty word hardly.
    /// `known` is a table with counts of earlier pairs, whose cells are kept.
    pub(super) fn new(
        generating: (&Sentences, &Vocabulary),
        generated: (&Sentences, &Vocabulary),
        known: Option<&Self>,
    ) -> Self {
        let sentences_of = sentences_of_each(generating.0, generating.1.size());
        let forms = generated.1.size();
        let rows: Vec<Vec<u32>> = sentences_of
            .par_iter()
            .enumerate()
            .map_init(
                || vec![false; forms],
                |seen, (form, sentences)| {
                    let known = known.map_or(&[][..], |known| known.generated_of(form));
                    distinct_words(generated.0, sentences, known, seen)
                },
            )
            .collect();
        let (mut bounds, mut cells) = (vec![0], (0..forms as u32).collect::<Vec<u32>>());
        bounds.push(cells.len());
        for row in rows.into_iter().skip(EMPTY_WORD as usize + 1) {
            cells.extend(row);
            bounds.push(cells.len());
        }
        Self::of_cells(bounds, cells, generating.1, generated.1)
    }

    /// The table with these cells before training.
    fn of_cells(bounds: Vec<usize>, generated: Vec<u32>, generating: &Vocabulary, of: &Vocabulary) -> Self {
        let mut probabilities = vec![1.0; generated.len()];
        probabilities[..of.size()].copy_from_slice(&of.shares());
        let groups = Groups::new(&bounds, &generated, generating, of);
        let shares = (0..of.size() as u32).map(|form| of.share_of_group(form)).collect();
        Self {
            bounds,
            generated,
            probabilities,
            counts: Vec::new(),
            groups,
            shares,
            held_back: vec![1.0; generating.size()],
        }
    }

    /// The forms that occur with a form; none if it is new.
    fn generated_of(&self, generating: usize) -> &[u32] {
        if generating + 1 < self.bounds.len() { &self.generated[self.row(generating)] } else { &[] }
    }

    /// Number of cells.
    pub(super) fn size(&self) -> usize {
        self.generated.len()
    }

    /// The index of the cell of two forms, or [`NO_CELL`].
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

    /// The probability of two words that may be new. `cognate` is the probability that they are cognates, if one is new.
    fn probability_of(&self, generating: &Word, generated: &Word, cognate: impl FnOnce() -> f32) -> f32 {
        let cell = self.cell(generating.form, generated.form);
        if cell != NO_CELL || generating.form == EMPTY_WORD {
            return self.probability(cell);
        }
        let held_back = self.held_back.get(generating.form as usize).copied().unwrap_or(1.0);
        let share = match self.shares.get(generated.form as usize) {
            Some(share) => *share,
            None => self.groups.share_of_new_form(generated.group),
        };
        let of_group = self.groups.probability(generating.group, generated.group, cognate);
        (held_back * share * of_group).max(held_back * UNSEEN_PROBABILITY).max(MIN_PROBABILITY)
    }

    /// The counts to begin an iteration with: those of the earlier pairs of `known`, else zeros, `[cells]`.
    pub(super) fn first_counts(&mut self, known: Option<&Self>) -> Vec<f32> {
        let mut counts = std::mem::take(&mut self.counts);
        counts.clear();
        counts.resize(self.size(), 0.0);
        for generating in 0..known.map_or(0, |known| known.bounds.len() - 1) {
            let Some(known) = known else { break };
            for cell in known.row(generating) {
                let own = self.cell(generating as u32, known.generated[cell]);
                if own != NO_CELL {
                    counts[own as usize] = known.counts[cell];
                }
            }
        }
        counts
    }

    /// The expected counts of all pairs of forms: generating, generated, count. Without the empty word.
    pub(super) fn counted_pairs(&self, counts: &[f32], min_count: f32) -> Vec<(u32, u32, f32)> {
        let rows = (1..self.bounds.len() - 1).map(|generating| (generating as u32, self.row(generating)));
        rows.flat_map(|(generating, row)| row.map(move |cell| (generating, self.generated[cell], counts[cell])))
            .filter(|(_, _, count)| *count > min_count)
            .collect()
    }

    /// Tells the groups which of their words are spelt alike. `alike` is given a generating and a generated form.
    pub(super) fn set_cognates(&mut self, alike: impl Fn(u32, u32, &mut Scratch) -> f32 + Sync) {
        let rows: Vec<Vec<f32>> = (1..self.bounds.len() - 1)
            .into_par_iter()
            .map_init(Scratch::default, |scratch, generating| {
                let cells = &self.generated[self.row(generating)];
                let mut row: Vec<f32> = cells.iter().map(|cell| alike(generating as u32, *cell, scratch)).collect();
                // A word is a cognate of one word, not of many.
                let sum: f32 = row.iter().sum();
                if sum > 1.0 {
                    row.iter_mut().for_each(|probability| *probability /= sum);
                }
                row
            })
            .collect();
        self.groups.set_cognates(rows.into_iter().flatten());
    }

    /// The M-step: probabilities from the expected counts, `[cells]`.
    pub(super) fn estimate(&mut self, counts: Vec<f32>) {
        self.groups.estimate(&counts);
        for generating in 0..self.bounds.len() - 1 {
            let row = self.row(generating);
            let total = counts[row.clone()].iter().map(|count| f64::from(*count)).sum::<f64>() as f32;
            if generating == EMPTY_WORD as usize {
                // Counts of zero give no probabilities.
                let share = if total > 0.0 { 1.0 / total } else { 0.0 };
                row.for_each(|cell| self.probabilities[cell] = counts[cell] * share);
                continue;
            }
            let scale = 1.0 / (total + GROUP_WEIGHT);
            self.held_back[generating] = GROUP_WEIGHT * scale;
            for cell in row {
                let of_group = self.groups.cell_probability(cell) * self.shares[self.generated[cell] as usize];
                self.probabilities[cell] = (counts[cell] + GROUP_WEIGHT * of_group) * scale;
            }
        }
        self.counts = counts;
    }

    /// Writes the counts that are not tiny.
    pub(super) fn write(&self, writer: &mut Writer) {
        for generating in 0..self.bounds.len() - 1 {
            let kept: Vec<usize> = self.row(generating).filter(|cell| self.counts[*cell] >= MIN_STORED).collect();
            writer.number(kept.len() as u64);
            let mut last = 0;
            for cell in kept {
                writer.number(u64::from(self.generated[cell] - last));
                last = self.generated[cell];
                writer.ratio(self.counts[cell]);
            }
        }
    }

    /// Reads the counts of a table for these vocabularies. [`set_cognates`](Self::set_cognates) and then
    /// [`estimate_again`](Self::estimate_again) make it whole.
    pub(super) fn read(reader: &mut Reader, generating: &Vocabulary, of: &Vocabulary) -> Result<Self, StatisticsError> {
        let (mut bounds, mut generated, mut counts) = (vec![0], Vec::new(), Vec::new());
        for row in 0..generating.size() {
            let mut last = 0u64;
            let mut cells = Vec::new();
            for cell in 0..reader.count()? {
                let difference = reader.number()?;
                last = last.saturating_add(difference);
                if last >= of.size() as u64 || (cell > 0 && difference == 0) {
                    return Err(StatisticsError::Damaged);
                }
                cells.push((last as u32, reader.ratio()?));
            }
            if row == EMPTY_WORD as usize {
                // The empty word has a cell for each form.
                let mut all: Vec<f32> = vec![0.0; of.size()];
                cells.iter().for_each(|(form, count)| all[*form as usize] = *count);
                cells = (0..).zip(all).collect();
            }
            generated.extend(cells.iter().map(|(form, _)| *form));
            counts.extend(cells.iter().map(|(_, count)| *count));
            bounds.push(generated.len());
        }
        let table = Self::of_cells(bounds, generated, generating, of);
        Ok(Self { counts, ..table })
    }

    /// Computes the probabilities from the counts that were read.
    pub(super) fn estimate_again(&mut self) {
        let counts = std::mem::take(&mut self.counts);
        self.estimate(counts);
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
    /// Indices of cells, `[generated][states]`; empty for a pair that is not counted.
    pub(super) cells: Vec<u32>,
    /// The probabilities of the cells, `[generated][states]`.
    pub(super) probabilities: Vec<f32>,
}

impl Emissions {
    /// Looks up the words of one pair of the training, given as forms, `[generating words]` and `[generated words]`.
    pub(super) fn new(table: &TranslationTable, generating: &[u32], generated: &[u32]) -> Self {
        let states = [EMPTY_WORD].into_iter().chain(generating.iter().copied());
        let cells: Vec<u32> =
            generated.iter().flat_map(|word| states.clone().map(move |state| table.cell(state, *word))).collect();
        let probabilities = cells.iter().map(|cell| table.probability(*cell)).collect();
        Self { states: generating.len() + 1, cells, probabilities }
    }

    /// Looks up the words of one pair, which may be new. `cognate` is given the indices of a generating and a generated word, of
    /// which one is new, and returns the probability that they are cognates.
    pub(super) fn of_words(
        table: &TranslationTable,
        generating: &[Word],
        generated: &[Word],
        mut cognate: impl FnMut(usize, usize) -> f32,
    ) -> Self {
        let empty = Word { form: EMPTY_WORD, group: EMPTY_WORD, spelling: None };
        let mut probabilities = Vec::with_capacity((generating.len() + 1) * generated.len());
        for (to, word) in generated.iter().enumerate() {
            probabilities.push(table.probability_of(&empty, word, || 0.0));
            for (from, other) in generating.iter().enumerate() {
                let is_new = word.form == UNKNOWN || other.form == UNKNOWN;
                probabilities.push(table.probability_of(other, word, || if is_new { cognate(from, to) } else { 0.0 }));
            }
        }
        Self { states: generating.len() + 1, cells: Vec::new(), probabilities }
    }

    /// Multiplies each probability by its factor, `[generated][states]`.
    pub(super) fn multiply(&mut self, factors: &[f32]) {
        self.probabilities.iter_mut().zip(factors).for_each(|(probability, factor)| *probability *= factor);
    }

    /// Number of generated words.
    pub(super) fn generated_len(&self) -> usize {
        self.probabilities.len() / self.states
    }

    /// The probability that each state generates one generated word, `[states]`.
    pub(super) fn row(&self, generated: usize) -> &[f32] {
        &self.probabilities[generated * self.states..][..self.states]
    }
}

/// For each form the indices of the sentences that contain it, ascending and without duplicates, `[forms][sentences]`.
fn sentences_of_each(sentences: &Sentences, forms: usize) -> Vec<Vec<u32>> {
    let mut sentences_of: Vec<Vec<u32>> = vec![Vec::new(); forms];
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

/// The distinct forms of some sentences and of `known`, sorted. `seen`, `[forms]`, must be all `false`, and is so again on
/// return.
fn distinct_words(all: &Sentences, sentences: &[u32], known: &[u32], seen: &mut [bool]) -> Vec<u32> {
    let mut distinct = Vec::new();
    for word in known.iter().chain(sentences.iter().flat_map(|index| all.get(*index as usize))) {
        if !seen[*word as usize] {
            seen[*word as usize] = true;
            distinct.push(*word);
        }
    }
    distinct.iter().for_each(|word| seen[*word as usize] = false);
    distinct.sort_unstable();
    distinct
}
