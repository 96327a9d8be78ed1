//! The decoder as search needs it: one token of many hypotheses at a time, the same weights at every step.

use crate::attention::Scorer;
use crate::{Decoder, Memory};
use candle_core::{Result, Tensor, bail};
use glosser_encoder::Annotations;
use glosser_kernels::{
    Precision, PreparedGru, PreparedLinear, attend, attend_by_scores, is_fused, simd, tanh_in_place, widest,
};
use rayon::prelude::*;

/// A [`Decoder`] whose weights are laid out once for all steps. What it computes for a hypothesis depends on that
/// hypothesis and its sentence alone, bit for bit; [`Decoder::forward`] is its reference.
///
/// It works on plain rows of numbers: each row is a hypothesis, and knows the sentence that it translates.
#[derive(Debug)]
pub struct PreparedDecoder {
    decoder: Decoder,
    ask: PreparedGru,
    read: PreparedGru,
    scorer: PreparedScorer,
    readout: PreparedLinear,
    output: PreparedLinear,
}

/// The part of a score that is computed for every query.
#[derive(Debug)]
enum PreparedScorer {
    /// Of `dot` and `general`: the rest is in the keys.
    Dot,
    Additive {
        query: PreparedLinear,
        v: Vec<f32>,
    },
    Mlp {
        query: PreparedLinear,
        inner: PreparedLinear,
        v: Vec<f32>,
    },
}

/// Where each hypothesis stands: rows of both layers' states.
#[derive(Clone, Debug)]
pub struct State {
    ask: Vec<f32>,
    read: Vec<f32>,
    hidden: usize,
}

impl State {
    /// The states of the given rows, in the given order, repeated as often as they occur.
    pub fn select(&self, rows: &[usize]) -> Self {
        let pick = |all: &[f32]| {
            let mut picked = Vec::with_capacity(rows.len() * self.hidden);
            for row in rows {
                picked.extend_from_slice(&all[row * self.hidden..][..self.hidden]);
            }
            picked
        };
        Self { ask: pick(&self.ask), read: pick(&self.read), hidden: self.hidden }
    }
}

/// What one token of every hypothesis leads to.
#[derive(Clone, Debug)]
pub struct Step {
    /// `[hypotheses, vocab]`, of the next token.
    pub logits: Vec<f32>,
    /// For each hypothesis what it attended to for it: a weight for each token of its sentence.
    pub weights: Vec<Vec<f32>>,
    /// The states after it.
    pub state: State,
}

/// A [`Memory`] as plain numbers.
#[derive(Clone, Debug)]
pub struct PreparedMemory {
    keys: Vec<f32>,
    values: Vec<f32>,
    lengths: Vec<usize>,
    longest: usize,
}

impl PreparedMemory {
    fn new(memory: &Memory) -> Result<Self> {
        Ok(Self {
            keys: memory.keys.flatten_all()?.to_vec1()?,
            values: memory.values.flatten_all()?.to_vec1()?,
            lengths: memory.lengths.as_slice().to_vec(),
            longest: memory.lengths.longest(),
        })
    }

    /// The rows of one sentence among `all`, padding left out.
    fn of_sentence<'a>(&self, all: &'a [f32], sentence: usize) -> &'a [f32] {
        let width = all.len() / (self.lengths.len() * self.longest);
        &all[sentence * self.longest * width..][..self.lengths[sentence] * width]
    }
}

impl PreparedDecoder {
    /// Lays out the weights that the decoder has now; with 8 bits those of the products, and these alone.
    ///
    /// # Errors
    /// If the decoder is not on the CPU in `f32`.
    pub fn new(decoder: &Decoder, precision: Precision) -> Result<Self> {
        if !is_fused(decoder.embedding.table()) {
            bail!("search runs on the CPU in f32");
        }
        let numbers = |tensor: &Tensor| tensor.to_vec1::<f32>();
        let linear = |layer| PreparedLinear::new(layer, precision);
        let scorer = match &decoder.attention.scorer {
            Scorer::Dot { .. } | Scorer::General { .. } => PreparedScorer::Dot,
            Scorer::Additive { query, v, .. } => PreparedScorer::Additive { query: linear(query)?, v: numbers(v)? },
            Scorer::Mlp { query, inner, v, .. } => {
                PreparedScorer::Mlp { query: linear(query)?, inner: linear(inner)?, v: numbers(v)? }
            }
        };
        Ok(Self {
            ask: PreparedGru::new(&decoder.ask, precision)?,
            read: PreparedGru::new(&decoder.read, precision)?,
            scorer,
            readout: linear(&decoder.readout)?,
            output: linear(&decoder.output)?,
            decoder: decoder.clone(),
        })
    }

    /// One hypothesis of each sentence before its first word, and the memory that all steps share.
    pub fn start(&self, annotations: &Annotations) -> Result<(State, PreparedMemory)> {
        let start = self.decoder.start(annotations)?;
        let numbers = |states: &Tensor| states.flatten_all()?.to_vec1::<f32>();
        let hidden = start.ask.dim(1)?;
        let state = State { ask: numbers(&start.ask)?, read: numbers(&start.read)?, hidden };
        Ok((state, PreparedMemory::new(&start.memory)?))
    }

    /// One token further: for each hypothesis its last token and which sentence of the memory it translates.
    ///
    /// # Errors
    /// If a token is not in the vocabulary.
    pub fn step(&self, previous: &[u32], sentences: &[usize], state: &State, memory: &PreparedMemory) -> Result<Step> {
        let y = self.decoder.embedding.rows(previous)?;
        let ask = self.ask.step(&y, &state.ask);
        let mut weights: Vec<Vec<f32>> =
            sentences.iter().map(|sentence| vec![0.0; memory.lengths[*sentence]]).collect();
        let context = self.attend(&ask, sentences, memory, &mut weights);
        let rows = previous.len();
        let read = self.read.step(&side_by_side(rows, &[&ask, &context]), &state.read);
        let mut readout = self.readout.forward(&side_by_side(rows, &[&read, &context, &y]));
        tanh_in_place(&mut readout);
        let logits = self.output.forward(&readout);
        Ok(Step { logits, weights, state: State { ask, read, hidden: state.hidden } })
    }

    /// Fills a row of weights for each query, and returns the contexts.
    fn attend(&self, ask: &[f32], sentences: &[usize], memory: &PreparedMemory, weights: &mut [Vec<f32>]) -> Vec<f32> {
        let (queries, v) = match &self.scorer {
            PreparedScorer::Dot => (None, None),
            PreparedScorer::Additive { query, v } => (Some(query.forward(ask)), Some(v.as_slice())),
            PreparedScorer::Mlp { query, inner, v } => {
                mlp_scores(&query.forward(ask), inner, v, sentences, memory, weights);
                return by_scores(sentences, memory, weights);
            }
        };
        let queries = queries.as_deref().unwrap_or(ask);
        let size = queries.len() / sentences.len();
        each_context(sentences, memory, weights, |row, keys, values, weights, context| {
            attend(&queries[row * size..][..size], keys, values, v, weights, context);
        })
    }
}

/// The scores vᵀ tanh(W₂ tanh(q + k)) of all queries, as one product with W₂ for all pairs.
fn mlp_scores(
    queries: &[f32],
    inner: &PreparedLinear,
    v: &[f32],
    sentences: &[usize],
    memory: &PreparedMemory,
    scores: &mut [Vec<f32>],
) {
    let mut pairs = Vec::with_capacity(scores.iter().map(Vec::len).sum::<usize>() * v.len());
    for (query, sentence) in queries.chunks(v.len()).zip(sentences) {
        for key in memory.of_sentence(&memory.keys, *sentence).chunks(v.len()) {
            pairs.extend(query.iter().zip(key).map(|(query, key)| query + key));
        }
    }
    tanh_in_place(&mut pairs);
    let mut pairs = inner.forward(&pairs);
    tanh_in_place(&mut pairs);
    for (score, pair) in scores.iter_mut().flatten().zip(pairs.chunks(v.len())) {
        *score = widest!(simd::dot(pair, v));
    }
}

fn by_scores(sentences: &[usize], memory: &PreparedMemory, scores: &mut [Vec<f32>]) -> Vec<f32> {
    each_context(sentences, memory, scores, |_, _, values, scores, context| attend_by_scores(values, scores, context))
}

/// The contexts of all rows: `attend` gets a row, the keys and values of its sentence, its weights and its context.
fn each_context(
    sentences: &[usize],
    memory: &PreparedMemory,
    weights: &mut [Vec<f32>],
    attend: impl Fn(usize, &[f32], &[f32], &mut [f32], &mut [f32]) + Sync,
) -> Vec<f32> {
    let width = memory.values.len() / (memory.lengths.len() * memory.longest);
    let mut contexts = vec![0.0; sentences.len() * width];
    contexts.par_chunks_mut(width).zip(weights).zip(sentences).enumerate().with_min_len(4).for_each(
        |(row, ((context, weights), sentence))| {
            let keys = memory.of_sentence(&memory.keys, *sentence);
            attend(row, keys, memory.of_sentence(&memory.values, *sentence), weights, context);
        },
    );
    contexts
}

/// Row by row what the parts have, one behind the other.
fn side_by_side(rows: usize, parts: &[&[f32]]) -> Vec<f32> {
    let mut all = Vec::with_capacity(parts.iter().map(|part| part.len()).sum());
    for row in 0..rows {
        for part in parts {
            let size = part.len() / rows;
            all.extend_from_slice(&part[row * size..][..size]);
        }
    }
    all
}
