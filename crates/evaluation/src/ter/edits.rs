//! Edit distance without shifts: Levenshtein's table near its diagonal, and the word alignment from it.

use std::ops::Range;

/// Number of cells on each side of the diagonal that are computed.
const BEAM: usize = 25;

/// Larger than any distance; small enough that adding to it cannot overflow.
const FAR: u32 = u32::MAX / 2;

/// The edit distances between all prefixes of a hypothesis and all prefixes of a reference, both as word ids.
///
/// Row i is for the first i words of the hypothesis, column j for the first j words of the reference. Successive hypotheses
/// have the same length and often a common prefix: the rows of this prefix are reused.
pub struct EditTable<'a> {
    reference: &'a [u32],
    hypothesis: Vec<u32>,
    /// The computed columns of each row, `[hypothesis words + 1]`; all other columns are [`FAR`].
    columns: Vec<Range<usize>>,
    /// The distances, `[hypothesis words + 1][computed columns]`.
    rows: Vec<Vec<u32>>,
}

/// An optimal sequence of edits that turns the hypothesis into the reference.
pub struct Alignment {
    /// For each reference word the number of hypothesis words consumed after it, `[reference words]`.
    pub consumed: Vec<usize>,
    /// Whether each reference word is inserted or replaces another word, `[reference words]`.
    pub wrong_in_reference: Vec<bool>,
    /// Whether each hypothesis word is deleted or replaced, `[hypothesis words]`.
    pub wrong_in_hypothesis: Vec<bool>,
}

impl<'a> EditTable<'a> {
    /// Computes the table for a hypothesis and a reference, as word ids, `[words]`.
    pub fn new(hypothesis: &[u32], reference: &'a [u32]) -> Self {
        let columns = columns(hypothesis.len(), reference.len());
        let rows = columns.iter().map(|columns| columns.clone().map(|column| column as u32).collect()).collect();
        let mut table = Self { reference, hypothesis: hypothesis.to_vec(), columns, rows };
        table.compute_from(0);
        table
    }

    /// The edit distance between hypothesis and reference.
    pub fn distance(&self) -> u32 {
        self.cell(self.hypothesis.len(), self.reference.len())
    }

    /// Replaces the hypothesis with another one of the same length.
    pub fn replace(&mut self, hypothesis: &[u32]) {
        debug_assert_eq!(hypothesis.len(), self.hypothesis.len());
        let common = self.hypothesis.iter().zip(hypothesis).take_while(|(a, b)| a == b).count();
        self.hypothesis[common..].copy_from_slice(&hypothesis[common..]);
        self.compute_from(common);
    }

    /// One of the optimal alignments. Going backwards from the end, keeping or replacing a word is preferred to deleting it, and
    /// deleting to inserting.
    pub fn alignment(&self) -> Alignment {
        let (mut i, mut j) = (self.hypothesis.len(), self.reference.len());
        let mut alignment =
            Alignment { consumed: vec![0; j], wrong_in_reference: vec![true; j], wrong_in_hypothesis: vec![true; i] };
        while i > 0 || j > 0 {
            let cost = self.cell(i, j);
            let is_pair = i > 0 && j > 0 && cost == self.cell(i - 1, j - 1) + self.replacement(i, j);
            if !is_pair && i > 0 && cost == self.cell(i - 1, j) + 1 {
                i -= 1;
                continue;
            }
            alignment.consumed[j - 1] = i;
            if is_pair {
                let is_wrong = self.replacement(i, j) > 0;
                alignment.wrong_in_reference[j - 1] = is_wrong;
                alignment.wrong_in_hypothesis[i - 1] = is_wrong;
                i -= 1;
            }
            j -= 1;
        }
        alignment
    }

    /// Computes all rows after the row for the first `words` words.
    fn compute_from(&mut self, words: usize) {
        for i in words + 1..=self.hypothesis.len() {
            let (above, row) = self.rows.split_at_mut(i);
            let (above, row) = (&above[i - 1], &mut row[0]);
            let (first_above, columns) = (self.columns[i - 1].start, self.columns[i].clone());
            let cost_above = |j: usize| above.get(j.wrapping_sub(first_above)).copied().unwrap_or(FAR);
            let word = self.hypothesis[i - 1];
            let (mut left, mut diagonal) = (FAR, cost_above(columns.start.wrapping_sub(1)));
            for (j, cost) in columns.zip(row) {
                let up = cost_above(j);
                let replaced = if j == 0 { FAR } else { diagonal + u32::from(word != self.reference[j - 1]) };
                *cost = replaced.min(up + 1).min(left + 1);
                (left, diagonal) = (*cost, up);
            }
        }
    }

    /// The distance between the first i hypothesis words and the first j reference words.
    fn cell(&self, i: usize, j: usize) -> u32 {
        self.rows[i].get(j.wrapping_sub(self.columns[i].start)).copied().unwrap_or(FAR)
    }

    /// The cost of replacing hypothesis word i with reference word j, counted from 1: 0 if they are equal, otherwise 1.
    fn replacement(&self, i: usize, j: usize) -> u32 {
        u32::from(self.hypothesis[i - 1] != self.reference[j - 1])
    }
}

/// The columns of each row that are computed, `[hypothesis words + 1]`: all columns of the first row, then those near the
/// diagonal from corner to corner. If the reference is much longer, the beam is wider, so that consecutive rows overlap.
fn columns(hypothesis_len: usize, reference_len: usize) -> Vec<Range<usize>> {
    let words_a_row = reference_len as f64 / hypothesis_len.max(1) as f64;
    let half = words_a_row / 2.0;
    let beam = if half > BEAM as f64 { (half + BEAM as f64).ceil() as usize } else { BEAM };
    let near = |row: usize| {
        let diagonal = (row as f64 * words_a_row).floor() as usize;
        diagonal.saturating_sub(beam)..(diagonal + beam).min(reference_len + 1)
    };
    std::iter::once(0..reference_len + 1).chain((1..=hypothesis_len).map(near)).collect()
}
