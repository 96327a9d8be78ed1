//! The upper level of the translation table: groups of forms that begin alike.

use super::vocabulary::{EMPTY_WORD, UNKNOWN, Vocabulary};
use std::ops::Range;

/// A sparse table with one cell for each two groups with forms in one pair. The cells of one generating group are contiguous
/// and sorted by the generated group.
pub(super) struct Groups {
    /// For each generating group the index of its first cell; then the number of cells, `[generating groups + 1]`.
    bounds: Vec<usize>,
    /// The generated group of each cell, `[cells]`.
    generated: Vec<u32>,
    /// `[cells]`
    probabilities: Vec<f32>,
    /// The probability that words of both groups are cognates, `[cells]`.
    cognates: Vec<f32>,
    /// For each cell of forms the cell of their groups; those of the empty word have none and hold 0, `[cells of forms]`.
    group_cells: Vec<u32>,
    /// The first cell of forms that is not one of the empty word.
    first: usize,
    /// The counts of each generating group with those of its cognates, `[generating groups]`.
    totals: Vec<f32>,
    /// The number of occurrences of each generated group, `[generated groups]`.
    occurrences: Vec<u32>,
}

/// Each count of two groups is reduced by this: what is expected by chance alone is mostly below it (absolute discounting, Ney
/// et al. 1994).
const DISCOUNT: f32 = 0.5;
/// The counts that a certain cognate is worth.
const COGNATE_WEIGHT: f32 = 5.0;

impl Groups {
    /// The cells of the groups of all cells of forms: for each generating form its cells `bounds`, and their generated forms.
    pub(super) fn new(bounds: &[usize], generated: &[u32], generating: &Vocabulary, of: &Vocabulary) -> Self {
        let mut forms_of: Vec<Vec<u32>> = vec![Vec::new(); generating.groups()];
        for form in EMPTY_WORD + 1..generating.size() as u32 {
            forms_of[generating.group_of(form) as usize].push(form);
        }
        let mut groups = Self {
            bounds: vec![0],
            generated: Vec::new(),
            probabilities: Vec::new(),
            cognates: Vec::new(),
            group_cells: vec![0; generated.len()],
            first: bounds[EMPTY_WORD as usize + 1],
            totals: vec![0.0; generating.groups()],
            occurrences: of.group_counts().to_vec(),
        };
        // The cell of each generated group in the current row.
        let mut cell_of = vec![u32::MAX; of.groups()];
        for forms in &forms_of {
            let cells = || forms.iter().flat_map(|form| bounds[*form as usize]..bounds[*form as usize + 1]);
            let first = groups.generated.len();
            for cell in cells() {
                let group = of.group_of(generated[cell]);
                if cell_of[group as usize] == u32::MAX {
                    cell_of[group as usize] = 0;
                    groups.generated.push(group);
                }
            }
            groups.generated[first..].sort_unstable();
            for (at, group) in groups.generated.iter().enumerate().skip(first) {
                cell_of[*group as usize] = at as u32;
            }
            for cell in cells() {
                groups.group_cells[cell] = cell_of[of.group_of(generated[cell]) as usize];
            }
            groups.generated[first..].iter().for_each(|group| cell_of[*group as usize] = u32::MAX);
            groups.bounds.push(groups.generated.len());
        }
        groups.probabilities = vec![0.0; groups.generated.len()];
        groups.cognates = vec![0.0; groups.generated.len()];
        groups
    }

    /// Sets the probabilities that words are cognates, one for each cell of forms except those of the empty word; the largest
    /// of a group counts.
    pub(super) fn set_cognates(&mut self, probabilities: impl Iterator<Item = f32>) {
        self.cognates.fill(0.0);
        for (cell, probability) in self.group_cells[self.first..].iter().zip(probabilities) {
            let largest = &mut self.cognates[*cell as usize];
            *largest = largest.max(probability);
        }
    }

    /// The M-step: probabilities from the counts of the cells of forms, `[cells of forms]`.
    pub(super) fn estimate(&mut self, counts: &[f32]) {
        self.probabilities.fill(0.0);
        for (cell, count) in self.group_cells.iter().zip(counts).skip(self.first) {
            self.probabilities[*cell as usize] += count;
        }
        for group in 0..self.totals.len() {
            let row = self.row(group);
            let mut total = 0.0;
            for cell in row.clone() {
                let count = (self.probabilities[cell] - DISCOUNT).max(0.0) + COGNATE_WEIGHT * self.cognates[cell];
                self.probabilities[cell] = count;
                total += f64::from(count);
            }
            self.totals[group] = total as f32;
            let share = if total > 0.0 { (1.0 / total) as f32 } else { 0.0 };
            row.for_each(|cell| self.probabilities[cell] *= share);
        }
    }

    /// The probability of the groups of a cell of forms.
    pub(super) fn cell_probability(&self, form_cell: usize) -> f32 {
        self.probabilities[self.group_cells[form_cell] as usize]
    }

    /// The probability of two groups, which may be unknown. `cognate` is the probability that their words are cognates.
    pub(super) fn probability(&self, generating: u32, generated: u32, cognate: impl FnOnce() -> f32) -> f32 {
        let total = if generating == UNKNOWN { 0.0 } else { self.totals[generating as usize] };
        if generating != UNKNOWN && generated != UNKNOWN {
            let row = self.row(generating as usize);
            if let Ok(at) = self.generated[row.clone()].binary_search(&generated) {
                return self.probabilities[row.start + at];
            }
        }
        let more = COGNATE_WEIGHT * cognate();
        more / (total + more).max(1.0)
    }

    /// The share in its group of a form that never occurred.
    pub(super) fn share_of_new_form(&self, group: u32) -> f32 {
        let occurrences = if group == UNKNOWN { 0 } else { self.occurrences[group as usize] };
        1.0 / (occurrences as f32 + 1.0)
    }

    fn row(&self, generating: usize) -> Range<usize> {
        self.bounds[generating]..self.bounds[generating + 1]
    }
}
