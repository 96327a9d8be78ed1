//! Attention between words, merged from attention between tokens.

use serde::{Deserialize, Serialize};
use std::iter::once;
use std::ops::Range;
use thiserror::Error;

use crate::counted::counted;
use crate::{AttentionMatrix, MatrixError, Shape};

/// The words that each token of one side belongs to, without EOS.
#[derive(Debug, Clone, Copy)]
pub struct TokenWords<'a> {
    /// For each token the range of its words, `[tokens]`; empty for a token outside every word, such as a lone space.
    pub of_token: &'a [Range<usize>],
    /// Number of words of the side.
    pub word_count: usize,
}

/// Attention weights between words, `[target words][source words]`, with the weight outside every source word kept apart.
///
/// Each row and its [`eos_mass`](Self::eos_mass) sum to the same as the rows of its tokens: 1 for a softmax.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct WordAttention {
    matrix: AttentionMatrix,
    eos_mass: Vec<f32>,
}

/// The reason why a matrix and the words of a pair do not fit together.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MergeError {
    /// The matrix does not have one column per source token and one for EOS.
    #[error("found {} for {}; expected {tokens} and a last one for EOS", counted(*found, "source column"), counted(*tokens, "token"))]
    SourceColumns {
        /// Columns of the matrix.
        found: usize,
        /// Source tokens without EOS.
        tokens: usize,
    },
    /// The matrix has neither one row per target token nor one more for EOS.
    #[error("found {} for {}; expected {tokens}, or one more with EOS", counted(*found, "target row"), counted(*tokens, "token"))]
    TargetRows {
        /// Rows of the matrix.
        found: usize,
        /// Target tokens without EOS.
        tokens: usize,
    },
    /// A token refers to a word beyond the end of the sentence.
    #[error(
        "{side} token {token} belongs to word {word}, but the sentence has {}; count words from zero",
        counted(*word_count, "word")
    )]
    NoSuchWord {
        /// `source` or `target`.
        side: &'static str,
        /// Index of the token.
        token: usize,
        /// Index of the word it refers to.
        word: usize,
        /// Number of words of the sentence.
        word_count: usize,
    },
    /// The number of EOS weights differs from the number of target words.
    #[error("found {found} EOS weights for {rows} target words; pass one for each target word")]
    EosMass {
        /// Number of EOS weights.
        found: usize,
        /// Rows of the matrix.
        rows: usize,
    },
    /// The matrices of two directions belong to different pairs.
    #[error(
        "one direction has {} source and {} target words, the other has {} and {}; pass two matrices of the same pair",
        .forward.0, .forward.1, .reverse.0, .reverse.1
    )]
    Directions {
        /// Source and target words of the forward direction.
        forward: (usize, usize),
        /// Source and target words of the reverse direction.
        reverse: (usize, usize),
    },
    /// The merged weights are not a valid matrix.
    #[error("the merged weights are not a matrix")]
    Matrix(#[from] MatrixError),
}

impl WordAttention {
    /// Creates it from weights between words, `[target words][source words]`, and one EOS weight per row,
    /// `[target words]`.
    ///
    /// # Errors
    /// [`MergeError::EosMass`] unless `eos_mass` has one weight per row.
    pub fn new(matrix: AttentionMatrix, eos_mass: Vec<f32>) -> Result<Self, MergeError> {
        if eos_mass.len() != matrix.target_len() {
            return Err(MergeError::EosMass { found: eos_mass.len(), rows: matrix.target_len() });
        }
        Ok(Self { matrix, eos_mass })
    }

    /// Merges weights between tokens, `[target tokens (+ EOS)][source tokens + EOS]`, to weights between words,
    /// `[target words][source words]`.
    ///
    /// Source columns are summed: a word's weight is the weight of all its tokens. Target rows are averaged: each row is a
    /// distribution of its own. A token that several words share is divided equally among source words, and counts in full
    /// for each target word.
    ///
    /// The columns of EOS and of tokens outside every word become [`eos_mass`](Self::eos_mass). The row that produced the
    /// target's EOS is dropped, because it belongs to no word; `matrix` still has it. A target word without tokens gets a
    /// row of zeros.
    ///
    /// # Errors
    /// If the matrix has other numbers of rows or columns (the columns of a matrix without rows are not checked), or if a
    /// token refers to a word beyond the end of its sentence.
    pub fn merge(matrix: &AttentionMatrix, source: TokenWords, target: TokenWords) -> Result<Self, MergeError> {
        check_shape(matrix, source, target)?;
        check_range(source, "source")?;
        check_range(target, "target")?;
        let mut rows = vec![vec![0.0; source.word_count]; target.word_count];
        let mut eos_mass = vec![0.0; target.word_count];
        for (word, tokens) in tokens_of_each_word(target).into_iter().enumerate() {
            // Divided before summing: a word without tokens has no summand, so its infinite share is never used.
            let share = 1.0 / tokens.len() as f32;
            for token in tokens {
                eos_mass[word] += share * add_to_words(matrix.row(token), source, share, &mut rows[word]);
            }
        }
        let shape = Shape { target_len: target.word_count, source_len: source.word_count };
        Self::new(AttentionMatrix::new(shape, rows.concat())?, eos_mass)
    }

    /// The weights between words, `[target words][source words]`.
    pub fn matrix(&self) -> &AttentionMatrix {
        &self.matrix
    }

    /// For each target word the weight outside every source word, `[target words]`: nearly all of it is on EOS.
    pub fn eos_mass(&self) -> &[f32] {
        &self.eos_mass
    }
}

/// The tokens of each word in ascending order, `[words][tokens of the word]`.
fn tokens_of_each_word(words: TokenWords) -> Vec<Vec<usize>> {
    let mut tokens = vec![Vec::new(); words.word_count];
    for (token, of_token) in words.of_token.iter().enumerate() {
        for word in of_token.clone() {
            tokens[word].push(token);
        }
    }
    tokens
}

/// Adds `share` of a token row, `[source tokens + EOS]`, to `words`, `[source words]`. Returns the weight outside every
/// word.
fn add_to_words(row: &[f32], source: TokenWords, share: f32, words: &mut [f32]) -> f32 {
    // The column after the tokens is EOS, which belongs to no word.
    let words_of = source.of_token.iter().cloned().chain(once(0..0));
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

fn check_shape(matrix: &AttentionMatrix, source: TokenWords, target: TokenWords) -> Result<(), MergeError> {
    let (rows, columns) = (matrix.target_len(), matrix.source_len());
    let tokens = target.of_token.len();
    if rows != tokens && rows != tokens + 1 {
        return Err(MergeError::TargetRows { found: rows, tokens });
    }
    let tokens = source.of_token.len();
    // A matrix without rows does not know its number of columns.
    if rows > 0 && columns != tokens + 1 {
        return Err(MergeError::SourceColumns { found: columns, tokens });
    }
    Ok(())
}

fn check_range(words: TokenWords, side: &'static str) -> Result<(), MergeError> {
    for (token, of_token) in words.of_token.iter().enumerate() {
        if let Some(word) = of_token.clone().last().filter(|word| *word >= words.word_count) {
            return Err(MergeError::NoSuchWord { side, token, word, word_count: words.word_count });
        }
    }
    Ok(())
}

/// The fields as read from a file, before the lengths are checked.
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
