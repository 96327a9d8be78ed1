//! Attention with the words it is between.

use thiserror::Error;

use crate::{EOS, WordAttention, label::clean};

/// Word attention and its words, checked to fit: what can be drawn.
#[derive(Debug, Clone)]
pub struct Labelled<'a> {
    source: Vec<String>,
    target: Vec<String>,
    attention: &'a WordAttention,
}

/// Words that are not those of the matrix.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("found {words} {side} words for {weights} {lines} of weights; pass the words that the attention was merged to")]
pub struct LabelError {
    side: &'static str,
    lines: &'static str,
    words: usize,
    weights: usize,
}

/// One column of a picture, EOS being the last.
pub(crate) struct Column<'a> {
    pub(crate) word: &'a str,
    /// One weight per target word.
    pub(crate) weights: Vec<f32>,
}

impl<'a> Labelled<'a> {
    /// Puts words to the rows and columns. Control characters in them are shown as U+FFFD.
    ///
    /// # Errors
    /// If there is not one source word per column and one target word per row.
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

    /// The words of the rows.
    pub(crate) fn target(&self) -> &[String] {
        &self.target
    }

    /// The source words and EOS, each with its weights.
    pub(crate) fn columns(&self) -> Vec<Column<'_>> {
        let matrix = self.attention.matrix();
        let mut columns: Vec<Column> = self
            .source
            .iter()
            .enumerate()
            .map(|(source, word)| Column { word, weights: matrix.column(source).collect() })
            .collect();
        columns.push(Column { word: EOS, weights: self.attention.eos_mass().to_vec() });
        columns
    }
}

fn check(side: &'static str, lines: &'static str, words: usize, weights: usize) -> Result<(), LabelError> {
    if words == weights { Ok(()) } else { Err(LabelError { side, lines, words, weights }) }
}
