use crate::beam::{Beam, Limits, stand_ins};
use crate::encoder_decoder::{PreparedEnsemble, StepTogether, select};
use crate::model::{Batch, Model};
use crate::workers::Workers;
use candle_core::{Device, Result, bail};
use glosser_attention_decoder::{PreparedMemory, State};
use rayon::prelude::*;
use std::cmp::Reverse;

pub use crate::beam::Hypothesis;

/// How to look for a translation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SearchOptions {
    /// Hypotheses followed at a time; one is greedy search.
    pub beam_size: usize,
    /// Hypotheses are ordered by log probability over length to this power: above zero, long ones lose less.
    pub length_penalty: f32,
    /// Tokens of a translation at most, but one for each stand-in in any case; without it, twice those of the source
    /// and twenty.
    pub max_length: Option<usize>,
    /// Sentences translated together. Changes speed and memory, never the translation.
    pub batch_size: usize,
}

impl SearchOptions {
    /// Greedy search, as validation uses it.
    pub const GREEDY: Self = Self { beam_size: 1, batch_size: 64, ..Self::STANDARD };
    /// What `translate` does unless told otherwise.
    pub const STANDARD: Self = Self { beam_size: 5, length_penalty: 1.0, max_length: None, batch_size: 32 };

    pub(crate) fn limits(&self, source: &[u32]) -> Limits {
        let stand_ins = stand_ins(source);
        let fewest = stand_ins.count_ones().max(1) as usize;
        let max_length = self.max_length.unwrap_or(2 * source.len() + 20).max(fewest);
        Limits {
            beam_size: self.beam_size.max(1),
            length_penalty: self.length_penalty,
            max_length,
            stand_ins,
            may_repeat: true,
        }
    }

    /// The limits of another search, where a beam found no end: a model that does not end a sentence repeats itself. None
    /// for a sentence that ends, or was cut at a length that someone wanted. Greedy search is left as it is.
    pub(crate) fn without_repeats(&self, source: &[u32], found: &[Hypothesis]) -> Option<Limits> {
        let is_endless = !has_end(found) && self.max_length.is_none();
        (is_endless && self.beam_size > 1).then(|| Limits { may_repeat: false, ..self.limits(source) })
    }
}

/// Whether the best of some hypotheses has the end that the model gave it.
pub(crate) fn has_end(found: &[Hypothesis]) -> bool {
    found.first().is_some_and(|best| !best.truncated)
}

/// A [`Model`] with its weights laid out for search.
#[derive(Debug)]
pub struct Searcher {
    pub(crate) ensemble: PreparedEnsemble,
    pub(crate) device: Device,
    workers: Workers,
}

impl Model {
    /// Lays out the weights that the model has now.
    pub fn searcher(&self) -> Result<Searcher> {
        Ok(Searcher {
            ensemble: PreparedEnsemble::new(self.ensemble(), self.precision())?,
            device: self.device().clone(),
            workers: Workers::default(),
        })
    }
}

impl Searcher {
    /// The hypotheses of each source sentence (ids that end in EOS, none empty), best first, at least one each. Each has
    /// every stand-in of its source once and no others.
    ///
    /// # Errors
    /// If no token has a probability, since the weights hold something that is no number.
    pub fn search(&self, sources: &[Vec<u32>], options: &SearchOptions) -> Result<Vec<Vec<Hypothesis>>> {
        let bounded = sources.iter().map(|source| (source.as_slice(), options.limits(source)));
        let mut results = self.search_within(&bounded.collect::<Vec<_>>(), options.batch_size)?;
        let endless = sources.iter().zip(&results).enumerate();
        let again =
            endless.filter_map(|(at, (source, found))| Some((at, source, options.without_repeats(source, found)?)));
        let (places, bounded): (Vec<_>, Vec<_>) =
            again.map(|(at, source, limits)| (at, (source.as_slice(), limits))).unzip();
        for (place, found) in places.into_iter().zip(self.search_within(&bounded, options.batch_size)?) {
            if has_end(&found) {
                results[place] = found;
            }
        }
        Ok(results)
    }

    /// The same within limits of each.
    fn search_within(&self, sources: &[(&[u32], Limits)], batch_size: usize) -> Result<Vec<Vec<Hypothesis>>> {
        // Sentences of like length share a batch, so that little padding is computed; the longest come first, so that
        // at the end no thread has much left to do while others have nothing.
        let mut order: Vec<usize> = (0..sources.len()).collect();
        order.sort_by_key(|index| Reverse(sources[*index].0.len()));
        let batches: Vec<&[usize]> = order.chunks(batch_size.max(1)).collect();
        let found = self.workers.each(batches.len(), |number| {
            let batch: Vec<(&[u32], Limits)> = batches[number].iter().map(|index| sources[*index]).collect();
            self.search_batch(&batch)
        })?;
        let mut results = vec![Vec::new(); sources.len()];
        for (indices, found) in batches.into_iter().zip(found) {
            for (place, hypotheses) in found {
                if hypotheses.is_empty() {
                    bail!("the model computes something that is no number: its weights are damaged, train it anew");
                }
                results[indices[place]] = hypotheses;
            }
        }
        Ok(results)
    }

    /// The hypotheses of each sentence with its place in the batch, as they are done.
    fn search_batch(&self, sources: &[(&[u32], Limits)]) -> Result<Vec<(usize, Vec<Hypothesis>)>> {
        let (ids, limits): (Vec<_>, Vec<_>) = sources.iter().copied().unzip();
        let (mut states, memories) = self.ensemble.start(&Batch::new(&ids, &self.device)?)?;
        let mut going: Vec<(usize, Beam)> = limits.into_iter().map(Beam::new).enumerate().collect();
        let mut done = Vec::with_capacity(sources.len());
        while !going.is_empty() {
            let (rows, after) = self.step(&mut going, &states, &memories)?;
            let (ended, rest): (Vec<_>, Vec<_>) =
                going.into_iter().zip(rows).partition(|((_, beam), _)| beam.is_done());
            done.extend(ended.into_iter().map(|((place, beam), _)| (place, beam.into_hypotheses())));
            let rows: Vec<usize> = rest.iter().flat_map(|(_, rows)| rows).copied().collect();
            states = select(&after, &rows);
            going = rest.into_iter().map(|(beam, _)| beam).collect();
        }
        Ok(done)
    }

    /// One token further for every sentence that is not done. Returns for each of them which rows its hypotheses come
    /// from, of the states that are returned too.
    fn step(
        &self,
        going: &mut [(usize, Beam)],
        states: &[State],
        memories: &[PreparedMemory],
    ) -> Result<(Vec<Vec<usize>>, Vec<State>)> {
        let (mut previous, mut sentences, mut rows) = (Vec::new(), Vec::new(), Vec::new());
        for (place, beam) in &*going {
            let first = previous.len();
            previous.extend(beam.last_tokens());
            sentences.resize(previous.len(), *place);
            rows.push(first..previous.len());
        }
        let StepTogether { log_probs, vocab, weights, states } =
            self.ensemble.step(&previous, &sentences, states, memories)?;
        let parents = going.par_iter_mut().zip(rows).map(|((_, beam), rows)| {
            let log_probs = &log_probs[rows.start * vocab..rows.end * vocab];
            let parents = beam.advance(log_probs, vocab, &weights[rows.clone()]);
            parents.into_iter().map(|parent| rows.start + parent).collect()
        });
        Ok((parents.collect(), states))
    }
}
