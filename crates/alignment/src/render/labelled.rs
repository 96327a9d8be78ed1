//! Attention weights with the words of their rows and columns.

use thiserror::Error;

use super::label::clean;
use crate::{EOS, WordAttention};

/// Attention weights between words, `[target words][source words]`, with these words; ready to be drawn.
#[derive(Debug, Clone)]
pub struct LabelledAttention<'a> {
    source: Vec<String>,
    target: Vec<String>,
    attention: &'a WordAttention,
}

/// The number of words differs from the number of rows or columns.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "{side} words: found {words} for {weights} {lines} of weights; pass the words that the attention was merged to"
)]
pub struct LabelError {
    side: &'static str,
    lines: &'static str,
    words: usize,
    weights: usize,
}

/// One column of a picture; the last column is EOS.
pub(crate) struct Column<'a> {
    pub(crate) word: &'a str,
    /// The weights of the column, `[target words]`.
    pub(crate) weights: Vec<f32>,
}

impl<'a> LabelledAttention<'a> {
    /// Labels the columns with `source`, `[source words]`, and the rows with `target`, `[target words]`. Control characters
    /// are replaced with U+FFFD.
    ///
    /// # Errors
    /// Unless there is one source word per column and one target word per row.
    pub fn new<S: AsRef<str>, T: AsRef<str>>(
        source: &[S],
        target: &[T],
        attention: &'a WordAttention,
    ) -> Result<Self, LabelError> {
        let matrix = attention.matrix();
        check("target", "rows", target.len(), matrix.target_len())?;
        check("source", "columns", source.len(), matrix.source_len())?;
        let source = source.iter().map(|word| clean(word.as_ref())).collect();
        let target = target.iter().map(|word| clean(word.as_ref())).collect();
        Ok(Self { source, target, attention })
    }

    /// The words of the rows, `[target words]`.
    pub(crate) fn target(&self) -> &[String] {
        &self.target
    }

    /// The source words and EOS with their weights, `[source words + 1]`.
    pub(crate) fn columns(&self) -> Vec<Column<'_>> {
        let matrix = self.attention.matrix();
        let words = self.source.iter().enumerate();
        let mut columns: Vec<Column> =
            words.map(|(source, word)| Column { word, weights: matrix.column(source).collect() }).collect();
        columns.push(Column { word: EOS, weights: self.attention.eos_mass().to_vec() });
        columns
    }
}

fn check(side: &'static str, lines: &'static str, words: usize, weights: usize) -> Result<(), LabelError> {
    if words == weights { Ok(()) } else { Err(LabelError { side, lines, words, weights }) }
}
