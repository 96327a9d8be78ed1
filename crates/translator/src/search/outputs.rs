//! The output words of the sentences of a batch: the whole vocabulary, or a short list for each sentence.

use super::ensemble::PreparedEnsemble;
use crate::ShortList;
use crate::encoder_decoder::mean;
use candle_core::Result;
use glosser_kernels::{PreparedLinear, log_softmax_rows};
use rayon::prelude::*;
use std::ops::Range;
use std::sync::Arc;

/// The part of a short list that all sentences have, with the output layer of each encoder-decoder for it.
#[derive(Debug)]
pub(crate) struct CommonOutputs {
    pub list: Arc<ShortList>,
    layers: Vec<PreparedLinear>,
}

/// The output words of the sentences of a batch.
pub(crate) enum Outputs<'a> {
    /// The whole vocabulary.
    All,
    /// The common words, and further ones for each sentence.
    Short { common: &'a CommonOutputs, sentences: Vec<SentenceOutputs> },
}

/// The output words of a sentence.
pub(crate) struct SentenceOutputs {
    /// Token ids: the common ones, then those of this sentence.
    tokens: Arc<[u32]>,
    /// The output layer of each encoder-decoder for the tokens of this sentence; empty if it has only common ones.
    layers: Vec<PreparedLinear>,
}

/// The log probabilities of the next tokens of a batch.
pub(crate) enum LogProbs {
    /// `[hypotheses * vocab]`.
    All { values: Vec<f32>, vocab: usize },
    /// For each sentence `[hypotheses * tokens]`, with the index of its first hypothesis and its number of tokens.
    Short(Vec<SentenceLogProbs>),
}

/// The log probabilities of the next tokens of a sentence.
pub(crate) struct SentenceLogProbs {
    rows: Range<usize>,
    values: Vec<f32>,
    tokens: usize,
}

impl CommonOutputs {
    /// Packs the output layers for the common words of a list.
    ///
    /// # Errors
    /// If a token is not in the vocabulary.
    pub fn new(list: Arc<ShortList>, ensemble: &PreparedEnsemble) -> Result<Self> {
        Ok(Self { layers: ensemble.output_of(list.common())?, list })
    }

    /// The output words of a sentence, given its source tokens; `further` are target tokens that it must have.
    ///
    /// # Errors
    /// If a token is not in the vocabulary.
    pub fn of_sentence(&self, source: &[u32], further: &[u32], ensemble: &PreparedEnsemble) -> Result<SentenceOutputs> {
        let own = self.list.own(source, further);
        let layers = if own.is_empty() { Vec::new() } else { ensemble.output_of(&own)? };
        Ok(SentenceOutputs { tokens: self.list.common().iter().copied().chain(own).collect(), layers })
    }

    /// The log probabilities from the readouts `[hypotheses, embed]` of each encoder-decoder; `sentences` has the index
    /// of the sentence of each hypothesis, those of one sentence side by side.
    fn log_probs(&self, readouts: &[Vec<f32>], sentences: &[usize], of: &[SentenceOutputs]) -> Vec<SentenceLogProbs> {
        let common = mean(self.layers.iter().zip(readouts).map(|(layer, readout)| layer.forward(readout)).collect());
        let mut end = 0;
        let blocks: Vec<(usize, Range<usize>)> = sentences
            .chunk_by(|left, right| left == right)
            .map(|block| {
                let start = end;
                end += block.len();
                (block[0], start..end)
            })
            .collect();
        let width = self.list.common().len();
        let log_probs = |(sentence, rows): (usize, Range<usize>)| {
            let common = &common[rows.start * width..rows.end * width];
            let SentenceOutputs { tokens, layers } = &of[sentence];
            let own = layers.iter().zip(readouts).map(|(layer, readout)| {
                let embed = readout.len() / sentences.len();
                layer.forward(&readout[rows.start * embed..rows.end * embed])
            });
            let mut values = side_by_side(common, &mean(own.collect()), rows.len());
            log_softmax_rows(&mut values, tokens.len());
            SentenceLogProbs { rows, values, tokens: tokens.len() }
        };
        blocks.into_par_iter().map(log_probs).collect()
    }
}

impl Outputs<'_> {
    /// The tokens of a sentence, in the order of its log probabilities; `None` if they are the whole vocabulary.
    pub fn tokens(&self, sentence: usize) -> Option<Arc<[u32]>> {
        match self {
            Self::All => None,
            Self::Short { sentences, .. } => Some(sentences[sentence].tokens.clone()),
        }
    }

    /// The log probabilities from the mean of the logits, given the readouts `[hypotheses, embed]` of each
    /// encoder-decoder and the index of the sentence of each hypothesis.
    ///
    /// # Errors
    /// If the weights of the output layer are too long for 8 bits.
    pub fn log_probs(
        &self,
        ensemble: &PreparedEnsemble,
        readouts: &[Vec<f32>],
        sentences: &[usize],
    ) -> Result<LogProbs> {
        match self {
            Self::All => {
                let mut values = mean(ensemble.logits(readouts)?);
                let vocab = values.len() / sentences.len();
                log_softmax_rows(&mut values, vocab);
                Ok(LogProbs::All { values, vocab })
            }
            Self::Short { common, sentences: of } => Ok(LogProbs::Short(common.log_probs(readouts, sentences, of))),
        }
    }
}

impl LogProbs {
    /// The log probabilities `[rows * tokens]` of the hypotheses of one sentence, and the number of tokens.
    pub fn of(&self, rows: Range<usize>) -> (&[f32], usize) {
        match self {
            Self::All { values, vocab } => (&values[rows.start * vocab..rows.end * vocab], *vocab),
            Self::Short(all) => {
                let found = all.binary_search_by_key(&rows.start, |sentence| sentence.rows.start);
                found.map_or((&[], 1), |at| (&all[at].values[..], all[at].tokens))
            }
        }
    }
}

/// Concatenates matrices of `rows` rows along their columns; the second one may be empty.
fn side_by_side(left: &[f32], right: &[f32], rows: usize) -> Vec<f32> {
    let (left_cols, right_cols) = (left.len() / rows, right.len() / rows);
    let mut all = Vec::with_capacity(left.len() + right.len());
    for row in 0..rows {
        all.extend_from_slice(&left[row * left_cols..][..left_cols]);
        all.extend_from_slice(&right[row * right_cols..][..right_cols]);
    }
    all
}
