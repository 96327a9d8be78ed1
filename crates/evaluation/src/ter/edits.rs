//! Edits without shifts: Levenshtein's table, near its diagonal, and the alignment it gives.

use std::ops::Range;

/// Cells on either side of the diagonal that are computed.
const BEAM: usize = 25;

/// More than any distance, and far enough from the end of the type to add to.
const FAR: u32 = u32::MAX / 2;

/// The distances between beginnings of a hypothesis and beginnings of a reference, in words.
///
/// Row i is for the first i words of the hypothesis. Hypotheses that are tried one after the other are of one length, and
/// begin alike: rows of the common beginning are used again.
pub struct EditTable<'a> {
    reference: &'a [u32],
    hypothesis: Vec<u32>,
    /// Columns of each row that are computed; what is outside counts as [`FAR`].
    columns: Vec<Range<usize>>,
    rows: Vec<Vec<u32>>,
}

/// How the table turns a hypothesis into the reference, word by word.
pub struct Alignment {
    /// For each word of the reference, how many words of the hypothesis are used up when it is done.
    pub used_up: Vec<usize>,
    /// Whether each word of the reference is inserted, or replaces another.
    pub wrong_in_reference: Vec<bool>,
    /// Whether each word of the hypothesis is deleted or replaced.
    pub wrong_in_hypothesis: Vec<bool>,
}

impl<'a> EditTable<'a> {
    pub fn new(hypothesis: &[u32], reference: &'a [u32]) -> Self {
        let columns = columns(hypothesis.len(), reference.len());
        let rows = columns.iter().map(|columns| columns.clone().map(|column| column as u32).collect()).collect();
        let mut table = Self { reference, hypothesis: hypothesis.to_vec(), columns, rows };
        table.compute_from(0);
        table
    }

    /// The distance of the hypothesis from the reference.
    pub fn distance(&self) -> u32 {
        self.cell(self.hypothesis.len(), self.reference.len())
    }

    /// Puts another hypothesis of the same length in its place.
    pub fn replace(&mut self, hypothesis: &[u32]) {
        debug_assert_eq!(hypothesis.len(), self.hypothesis.len());
        let common = self.hypothesis.iter().zip(hypothesis).take_while(|(a, b)| a == b).count();
        self.hypothesis[common..].copy_from_slice(&hypothesis[common..]);
        self.compute_from(common);
    }

    /// One of several shortest ways: seen from the end, a word is kept or replaced rather than deleted, and deleted
    /// rather than inserted.
    pub fn alignment(&self) -> Alignment {
        let (mut i, mut j) = (self.hypothesis.len(), self.reference.len());
        let mut alignment =
            Alignment { used_up: vec![0; j], wrong_in_reference: vec![true; j], wrong_in_hypothesis: vec![true; i] };
        while i > 0 || j > 0 {
            let cost = self.cell(i, j);
            let is_pair = i > 0 && j > 0 && cost == self.cell(i - 1, j - 1) + self.replacement(i, j);
            if !is_pair && i > 0 && cost == self.cell(i - 1, j) + 1 {
                i -= 1;
                continue;
            }
            alignment.used_up[j - 1] = i;
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

    /// All rows behind the one for the first `words` words.
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

    fn cell(&self, i: usize, j: usize) -> u32 {
        self.rows[i].get(j.wrapping_sub(self.columns[i].start)).copied().unwrap_or(FAR)
    }

    /// What it costs to put word `j` of the reference for word `i` of the hypothesis, both counted from 1.
    fn replacement(&self, i: usize, j: usize) -> u32 {
        u32::from(self.hypothesis[i - 1] != self.reference[j - 1])
    }
}

/// The columns of each row: all of the first, whose costs are known, and later those near the diagonal from corner to
/// corner, which is steep or flat where the lengths differ. If it is so flat that a row would lie beside the one above it,
/// the beam is wider.
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
