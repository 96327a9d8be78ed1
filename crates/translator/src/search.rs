use crate::beam::{Beam, Limits};
use crate::model::{Batch, Model};
use candle_core::{Result, Tensor, bail};
use glosser_attention_decoder::{Memory, State};
use glosser_kernels::{Pass, log_softmax_rows};

pub use crate::beam::Hypothesis;

/// How to look for a translation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SearchOptions {
    /// Hypotheses followed at a time; one is greedy search.
    pub beam_size: usize,
    /// Hypotheses are ordered by log probability over length to this power: above zero, long ones lose less.
    pub length_penalty: f32,
    /// Tokens of a translation at most; without it, twice those of the source and twenty.
    pub max_length: Option<usize>,
    /// Sentences translated together. Changes speed and memory, never the translation.
    pub batch_size: usize,
}

impl SearchOptions {
    /// Greedy search, as validation uses it.
    pub const GREEDY: Self = Self { beam_size: 1, length_penalty: 1.0, max_length: None, batch_size: 64 };
    /// What `translate` does unless told otherwise.
    pub const STANDARD: Self = Self { beam_size: 5, length_penalty: 1.0, max_length: None, batch_size: 32 };

    fn limits(&self, source_len: usize) -> Limits {
        let max_length = self.max_length.unwrap_or(2 * source_len + 20).max(1);
        Limits { beam_size: self.beam_size.max(1), length_penalty: self.length_penalty, max_length }
    }
}

impl Model {
    /// The hypotheses of each source sentence (ids that end in EOS, none empty), best first, at least one each.
    ///
    /// # Errors
    /// If no token has a probability, since the weights hold something that is no number.
    pub fn search(&self, sources: &[Vec<u32>], options: &SearchOptions) -> Result<Vec<Vec<Hypothesis>>> {
        // Sentences of like length share a batch, so that little padding is computed.
        let mut order: Vec<usize> = (0..sources.len()).collect();
        order.sort_by_key(|index| sources[*index].len());
        let mut results = vec![Vec::new(); sources.len()];
        for indices in order.chunks(options.batch_size.max(1)) {
            let batch: Vec<&[u32]> = indices.iter().map(|index| sources[*index].as_slice()).collect();
            for (index, hypotheses) in indices.iter().zip(self.search_batch(&batch, options)?) {
                if hypotheses.is_empty() {
                    bail!("the model computes something that is no number: its weights are damaged, train it anew");
                }
                results[*index] = hypotheses;
            }
        }
        Ok(results)
    }

    fn search_batch(&self, sources: &[&[u32]], options: &SearchOptions) -> Result<Vec<Vec<Hypothesis>>> {
        let batch = Batch::new(sources, self.device())?;
        let annotations = self.encoder.forward(&batch.ids, &batch.lengths, &mut Pass::Evaluate)?;
        let (state, memory) = self.decoder.start(&annotations)?;
        let mut beams: Vec<Beam> = sources.iter().map(|source| Beam::new(options.limits(source.len()))).collect();
        let mut going = Going { sentences: (0..sources.len()).collect(), state, memory };
        while !going.sentences.is_empty() {
            going = self.search_step(going, &mut beams)?;
        }
        Ok(beams.into_iter().map(Beam::into_hypotheses).collect())
    }

    /// One token further for every sentence that is not done.
    fn search_step(&self, going: Going, beams: &mut [Beam]) -> Result<Going> {
        let Going { sentences, state, memory } = going;
        let width = sentences.iter().map(|sentence| beams[*sentence].last_tokens().len()).max().unwrap_or(1);
        let previous: Vec<u32> = sentences.iter().flat_map(|s| filled(beams[*s].last_tokens(), width)).collect();
        let previous = Tensor::from_vec(previous, (sentences.len(), width), self.device())?;
        let step = self.decoder.step(&previous, &state, &memory)?;
        let vocab = step.logits.dim(1)?;
        let mut log_probs = step.logits.flatten_all()?.to_vec1::<f32>()?;
        log_softmax_rows(&mut log_probs, vocab);
        let weights = step.weights.to_vec3::<f32>()?;

        let mut rows = Vec::new();
        let mut kept = Vec::new();
        for (place, (sentence, mut weights)) in sentences.iter().zip(weights).enumerate() {
            let beam = &mut beams[*sentence];
            let source_len = memory.lengths().as_slice()[place];
            weights.iter_mut().for_each(|row| row.truncate(source_len));
            let parents = beam.advance(&log_probs[place * width * vocab..][..width * vocab], vocab, &weights);
            if !beam.is_done() {
                kept.push(place);
                rows.push(parents.into_iter().map(move |parent| (place * width + parent) as u32));
            }
        }
        let width = rows.iter().map(ExactSizeIterator::len).max().unwrap_or(0);
        let rows: Vec<u32> = rows.into_iter().flat_map(|parents| filled(parents, width)).collect();
        if kept.is_empty() {
            return Ok(Going { sentences: Vec::new(), state, memory });
        }
        Ok(Going {
            sentences: kept.iter().map(|place| sentences[*place]).collect(),
            state: step.state.select(&rows)?,
            memory: if kept.len() == sentences.len() { memory } else { memory.select(&kept)? },
        })
    }
}

/// The sentences that are not done: which, their hypotheses' states, and what these attend to.
struct Going {
    sentences: Vec<usize>,
    state: State,
    memory: Memory,
}

/// Every sentence takes part with the same number of hypotheses: the first stands in for those it does not have.
fn filled(items: impl ExactSizeIterator<Item = u32>, width: usize) -> impl Iterator<Item = u32> {
    let items: Vec<u32> = items.collect();
    let (first, missing) = (items[0], width - items.len());
    items.into_iter().chain(std::iter::repeat_n(first, missing))
}
