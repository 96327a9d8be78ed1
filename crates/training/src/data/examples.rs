//! Training pairs as token ids, in memory or in a file.

use crate::data::id_file::{IdFile, IdWriter};
use crate::data::index::{Index, PairLengths};
use candle_core::{Device, Error, Result};
use glosser_text::{EOS, Encoding, Pair};
use glosser_translator::{Batch, Tokenizers};
use rayon::prelude::*;
use std::fs::File;

/// Source and target of a pair as token ids, both ending in EOS.
pub(crate) type PairIds = (Vec<u32>, Vec<u32>);

/// Pairs as token ids, both sides ending in EOS. The ids are in memory or in a file; their positions and lengths are
/// always in memory.
pub struct Examples {
    index: Index,
    ids: Ids,
    target_counts: Counts,
}

/// The frequency of each id.
#[derive(Default)]
struct Counts(Vec<u64>);

impl Counts {
    fn add(&mut self, ids: &[u32]) {
        for id in ids {
            let id = *id as usize;
            if id >= self.0.len() {
                self.0.resize(id + 1, 0);
            }
            self.0[id] += 1;
        }
    }
}

enum Ids {
    InMemory(Vec<u32>),
    InFile(IdFile),
}

impl Examples {
    /// Makes examples from token ids, which stay in memory.
    pub fn from_ids(pairs: Vec<PairIds>) -> Self {
        let (mut index, mut ids, mut target_counts) = (Index::default(), Vec::new(), Counts::default());
        for (source, target) in &pairs {
            index.push(lengths(source, target));
            target_counts.add(target);
            ids.extend_from_slice(source);
            ids.extend_from_slice(target);
        }
        Self { index, ids: Ids::InMemory(ids), target_counts }
    }

    /// Returns the number of pairs.
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Returns whether there are no pairs.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the lengths of a pair.
    pub fn lengths(&self, pair: usize) -> PairLengths {
        self.index.lengths(pair)
    }

    /// Returns the number of tokens of all targets.
    pub fn target_tokens(&self) -> usize {
        self.index.iter().map(|lengths| lengths.target as usize).sum()
    }

    /// Returns the frequency of a token in the targets.
    pub(crate) fn target_count(&self, id: u32) -> u64 {
        self.target_counts.0.get(id as usize).copied().unwrap_or_default()
    }

    /// Returns the source ids `[batch, source]` and the target ids `[batch, target]` of some pairs, and their target
    /// ids, sentence after sentence.
    ///
    /// # Errors
    /// If the ids cannot be read from their file.
    pub fn batch(&self, pairs: &[u32], device: &Device) -> Result<(Batch, Batch, Vec<u32>)> {
        let (sources, targets): (Vec<_>, Vec<_>) = self.read(pairs)?.into_iter().unzip();
        Ok((Batch::new(&sources, device)?, Batch::new(&targets, device)?, targets.concat()))
    }

    /// Returns the ids of some pairs.
    ///
    /// # Errors
    /// If they cannot be read from their file.
    pub(crate) fn read(&self, pairs: &[u32]) -> Result<Vec<PairIds>> {
        pairs.iter().map(|pair| self.ids(*pair as usize)).collect()
    }

    /// Returns source and target of one pair.
    ///
    /// # Errors
    /// If they cannot be read from their file.
    pub(crate) fn ids(&self, pair: usize) -> Result<PairIds> {
        let range = self.index.range(pair);
        let mut source = match &self.ids {
            Ids::InMemory(ids) => ids[range.start as usize..range.end as usize].to_vec(),
            Ids::InFile(file) => {
                file.read(range).map_err(|cause| Error::Msg(format!("the token ids cannot be read back: {cause}")))?
            }
        };
        let target = source.split_off(self.index.lengths(pair).source as usize);
        Ok((source, target))
    }
}

/// Writes examples to a file, so that they need not fit in memory.
pub(crate) struct ExamplesWriter {
    index: Index,
    ids: IdWriter,
    target_counts: Counts,
}

impl ExamplesWriter {
    /// Writes to an empty file; `pairs` is an estimate of their number.
    pub fn new(file: File, pairs: usize, tokenizers: &Tokenizers) -> Self {
        let vocab = tokenizers.source().vocab_size().max(tokenizers.target().vocab_size());
        let (index, ids) = (Index::with_capacity(pairs), IdWriter::new(file, vocab));
        Self { index, ids, target_counts: Counts::default() }
    }

    pub fn push(&mut self, (source, target): &PairIds) -> std::io::Result<()> {
        self.index.push(lengths(source, target));
        self.target_counts.add(target);
        self.ids.write(source)?;
        self.ids.write(target)
    }

    pub fn finish(self) -> std::io::Result<Examples> {
        let ids = Ids::InFile(self.ids.finish()?);
        Ok(Examples { index: self.index, ids, target_counts: self.target_counts })
    }
}

/// Tokenises pairs in parallel, in their order. Pairs with more than `longest` tokens on a side, EOS counted, are left
/// out.
pub(crate) fn encode(pairs: &[Pair], tokenizers: &Tokenizers, longest: usize) -> Vec<PairIds> {
    let encoded = pairs.par_iter().filter_map(|pair| encode_pair(pair, tokenizers, longest));
    encoded.map(|(source, target)| ended(source, target)).collect()
}

/// Tokenises a pair, without EOS. Returns `None` if it has more than `longest` tokens on a side, EOS counted.
pub(crate) fn encode_pair(pair: &Pair, tokenizers: &Tokenizers, longest: usize) -> Option<(Encoding, Encoding)> {
    let source = tokenizers.encode_source(&pair.source);
    let target = tokenizers.encode_target(&pair.target);
    (source.ids.len() < longest && target.ids.len() < longest).then_some((source, target))
}

/// Returns the ids of a pair with EOS at the end of each side.
pub(crate) fn ended(source: Encoding, target: Encoding) -> PairIds {
    let ended = |encoding: Encoding| {
        let mut ids = encoding.ids;
        ids.push(EOS);
        ids
    };
    (ended(source), ended(target))
}

fn lengths(source: &[u32], target: &[u32]) -> PairLengths {
    // No line has four billion tokens.
    PairLengths { source: source.len() as u32, target: target.len() as u32 }
}
