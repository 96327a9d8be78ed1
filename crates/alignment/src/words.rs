//! From sub-words to words.

use serde::{Deserialize, Serialize};
use std::iter::once;
use std::ops::Range;
use thiserror::Error;

use crate::{AttentionMatrix, MatrixError, Shape};

/// Which words each sub-word of one side belongs to, EOS not counted.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    /// For each sub-word its words, none for a sub-word of no word (a lone space, say).
    pub of_subword: &'a [Range<usize>],
    /// Number of words on this side.
    pub count: usize,
}

/// Attention between words, with the weight that fell on no word kept apart.
///
/// Each row together with its [`eos_mass`](Self::eos_mass) sums to what the sub-word rows summed to: 1 for a softmax.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct WordAttention {
    matrix: AttentionMatrix,
    eos_mass: Vec<f32>,
}

/// Why a sub-word matrix and its words do not fit together.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MergeError {
    /// The matrix has not one column per source sub-word plus one for EOS.
    #[error("found {found} source columns for {subwords} sub-words; expected {subwords} and a last one for EOS")]
    SourceColumns {
        /// Columns of the matrix.
        found: usize,
        /// Source sub-words, EOS not counted.
        subwords: usize,
    },
    /// The matrix has neither one row per target sub-word nor one more for EOS.
    #[error("found {found} target rows for {subwords} sub-words; expected {subwords}, or one more with EOS")]
    TargetRows {
        /// Rows of the matrix.
        found: usize,
        /// Target sub-words, EOS not counted.
        subwords: usize,
    },
    /// A sub-word names a word that the sentence does not have.
    #[error("{side} sub-word {subword} belongs to word {word} of a sentence of {count} words; count words from zero")]
    NoSuchWord {
        /// `source` or `target`.
        side: &'static str,
        /// The sub-word.
        subword: usize,
        /// The word it names.
        word: usize,
        /// The number of words there are.
        count: usize,
    },
    /// There is not one EOS mass per target word.
    #[error("found {found} EOS weights for {rows} target words; give one for each")]
    EosMass {
        /// Weights given.
        found: usize,
        /// Rows of the matrix.
        rows: usize,
    },
    /// The matrices of two directions are not of one pair.
    #[error(
        "{} source and {} target words in one direction, {} and {} in the other; give both the same pair",
        .forward.0, .forward.1, .reverse.0, .reverse.1
    )]
    Directions {
        /// Source and target words of the forward direction.
        forward: (usize, usize),
        /// The same of the other.
        reverse: (usize, usize),
    },
    /// The merged weights do not make a matrix.
    #[error(transparent)]
    Matrix(#[from] MatrixError),
}

impl WordAttention {
    /// Weights that are between words already: the matrix `[target words][source words]` and one EOS weight per row.
    ///
    /// # Errors
    /// [`MergeError::EosMass`] unless `eos_mass` has one weight per row.
    pub fn new(matrix: AttentionMatrix, eos_mass: Vec<f32>) -> Result<Self, MergeError> {
        if eos_mass.len() != matrix.target_len() {
            return Err(MergeError::EosMass { found: eos_mass.len(), rows: matrix.target_len() });
        }
        Ok(Self { matrix, eos_mass })
    }

    /// Merges sub-words to words: source columns are summed, because a word's share is that of all its parts;
    /// target rows are averaged, because each is a distribution of its own. A sub-word of several words gives each source
    /// word an equal part of its column, and each target word its whole row.
    ///
    /// The source has one column more than sub-words, EOS; the target may have one row more. The EOS column, and
    /// that of sub-words of no word, becomes [`eos_mass`](Self::eos_mass). The row that produced the target's EOS is
    /// dropped: it belongs to no word, and `matrix` still has it. A target word without sub-words gets a row of zeros.
    ///
    /// # Errors
    /// If the matrix does not have those rows and columns (columns are not counted when there are no rows), or a
    /// sub-word names a word out of range.
    pub fn merge(matrix: &AttentionMatrix, source: Words, target: Words) -> Result<Self, MergeError> {
        check_shape(matrix, source, target)?;
        check_range(source, "source")?;
        check_range(target, "target")?;
        let mut rows = vec![vec![0.0; source.count]; target.count];
        let mut eos_mass = vec![0.0; target.count];
        for (word, parts) in subwords_of_each(target).into_iter().enumerate() {
            // Divided before summing: the divisor of a word without sub-words is then never used.
            let share = 1.0 / parts.len() as f32;
            for part in parts {
                eos_mass[word] += share * add_to_words(matrix.row(part), source, share, &mut rows[word]);
            }
        }
        let shape = Shape { target_len: target.count, source_len: source.count };
        Self::new(AttentionMatrix::new(shape, rows.concat())?, eos_mass)
    }

    /// The weights between words, `[target words][source words]`.
    pub fn matrix(&self) -> &AttentionMatrix {
        &self.matrix
    }

    /// For each target word, the weight on no source word: on EOS, mostly.
    pub fn eos_mass(&self) -> &[f32] {
        &self.eos_mass
    }
}

/// The target sub-words of each word, in order.
fn subwords_of_each(target: Words) -> Vec<Vec<usize>> {
    let mut parts = vec![Vec::new(); target.count];
    for (subword, words) in target.of_subword.iter().enumerate() {
        for word in words.clone() {
            parts[word].push(subword);
        }
    }
    parts
}

/// Adds `share` of a sub-word row to its words; returns the weight that belongs to none.
fn add_to_words(row: &[f32], source: Words, share: f32, words: &mut [f32]) -> f32 {
    // The column beyond the sub-words is EOS, which belongs to no word.
    let words_of = source.of_subword.iter().cloned().chain(once(0..0));
    let mut outside = 0.0;
    for (weight, words_of) in row.iter().zip(words_of) {
        if words_of.is_empty() {
            outside += weight;
        }
        let part = share * weight / words_of.len() as f32;
        for word in words_of {
            words[word] += part;
        }
    }
    outside
}

fn check_shape(matrix: &AttentionMatrix, source: Words, target: Words) -> Result<(), MergeError> {
    let (rows, columns) = (matrix.target_len(), matrix.source_len());
    let subwords = target.of_subword.len();
    if rows != subwords && rows != subwords + 1 {
        return Err(MergeError::TargetRows { found: rows, subwords });
    }
    let subwords = source.of_subword.len();
    // Without rows nobody knew the number of columns.
    if rows > 0 && columns != subwords + 1 {
        return Err(MergeError::SourceColumns { found: columns, subwords });
    }
    Ok(())
}

fn check_range(words: Words, side: &'static str) -> Result<(), MergeError> {
    for (subword, of_subword) in words.of_subword.iter().enumerate() {
        if let Some(word) = of_subword.clone().last().filter(|word| *word >= words.count) {
            return Err(MergeError::NoSuchWord { side, subword, word, count: words.count });
        }
    }
    Ok(())
}

/// The fields as they stand in a file, before the lengths are checked.
#[derive(Deserialize)]
struct Unchecked {
    matrix: AttentionMatrix,
    eos_mass: Vec<f32>,
}

impl TryFrom<Unchecked> for WordAttention {
    type Error = MergeError;

    fn try_from(read: Unchecked) -> Result<Self, MergeError> {
        Self::new(read.matrix, read.eos_mass)
    }
}
