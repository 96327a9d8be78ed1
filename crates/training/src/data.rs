use crate::streams::{Purpose, shuffle, stream};
use candle_core::{Device, Result};
use glosser_text::{Corpus, EOS, Pair};
use glosser_translator::{Batch, Tokenizers};
use rayon::prelude::*;

/// Pairs as token ids, both sides ending in EOS.
pub struct Examples {
    pairs: Vec<(Vec<u32>, Vec<u32>)>,
}

impl Examples {
    /// From token ids.
    pub fn from_ids(pairs: Vec<(Vec<u32>, Vec<u32>)>) -> Self {
        Self { pairs }
    }

    /// Tokenised in parallel; the order is kept. Pairs with more than `longest` tokens on a side are left out and
    /// counted.
    pub fn encode(pairs: &[Pair], tokenizers: &Tokenizers, longest: usize) -> (Self, usize) {
        let ended = |mut ids: Vec<u32>| {
            ids.push(EOS);
            ids
        };
        let encoded: Vec<(Vec<u32>, Vec<u32>)> = pairs
            .par_iter()
            .map(|pair| {
                let source = tokenizers.source().encode(&pair.source).ids;
                (ended(source), ended(tokenizers.target().encode(&pair.target).ids))
            })
            .filter(|(source, target)| source.len() <= longest && target.len() <= longest)
            .collect();
        let left_out = pairs.len() - encoded.len();
        (Self { pairs: encoded }, left_out)
    }

    /// The number of pairs.
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// Tokens of target and source.
    pub fn lengths(&self, index: usize) -> (usize, usize) {
        let (source, target) = &self.pairs[index];
        (target.len(), source.len())
    }

    /// Tokens of all targets.
    pub fn target_tokens(&self) -> usize {
        self.pairs.iter().map(|(_, target)| target.len()).sum()
    }

    /// Source and target of some pairs, and the target ids one after the other.
    pub fn batch(&self, indices: &[usize], device: &Device) -> Result<(Batch, Batch, Vec<u32>)> {
        let sources: Vec<&[u32]> = indices.iter().map(|index| self.pairs[*index].0.as_slice()).collect();
        let targets: Vec<&[u32]> = indices.iter().map(|index| self.pairs[*index].1.as_slice()).collect();
        Ok((Batch::new(&sources, device)?, Batch::new(&targets, device)?, targets.concat()))
    }
}

/// Most pairs that are held out of a corpus that comes without a validation part.
const MOST_HELD_OUT: usize = 1000;

/// Takes a twentieth of the pairs away for validation, chosen by the seed.
pub(crate) fn hold_out(corpus: &mut Corpus, seed: u64) -> Vec<Pair> {
    let count = (corpus.pairs.len() / 20).clamp(1, MOST_HELD_OUT);
    let mut order: Vec<usize> = (0..corpus.pairs.len()).collect();
    shuffle(&mut order, &mut stream(seed, Purpose::HoldOut, 0));
    let mut is_held_out = vec![false; order.len()];
    order[..count].iter().for_each(|index| is_held_out[*index] = true);
    let (held_out, kept): (Vec<_>, Vec<_>) =
        std::mem::take(&mut corpus.pairs).into_iter().zip(is_held_out).partition(|(_, held_out)| *held_out);
    corpus.pairs = kept.into_iter().map(|(pair, _)| pair).collect();
    held_out.into_iter().map(|(pair, _)| pair).collect()
}
