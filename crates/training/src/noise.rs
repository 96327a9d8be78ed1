//! Sentences as training sees them: a little different each time.

use crate::data::PairIds;
use crate::streams::happens;
use anyhow::Result;
use candle_core::Device;
use glosser_text::{EOS, PAD, Segmenter};
use glosser_translator::{Batch, Tokenizers};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// How often the text of a batch is changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoiseSettings {
    /// Probability that a possible merge of sub-words is left out, on both sides (BPE dropout, Provilkov et al. 2020).
    pub bpe_dropout: f64,
    /// Probability that a source word is unknown to the encoder (word dropout, Sennrich et al. 2016, "Edinburgh Neural
    /// Machine Translation Systems for WMT 16", section 2.2).
    pub source_words: f64,
    /// Probability that a target word is unknown to the decoder when it goes on. It still has to be predicted.
    pub target_words: f64,
}

/// Changes the text of batches.
pub(crate) struct Noise {
    settings: NoiseSettings,
    source: Segmenter,
    /// `None` where the source's serves both sides.
    target: Option<Segmenter>,
}

/// A batch to train on.
pub(crate) struct NoisyBatch {
    pub source: Batch,
    /// What the decoder is told, with EOS at the end.
    pub target: Batch,
    /// What it has to predict, sentence after sentence.
    pub gold: Vec<u32>,
}

/// What stands for a word that was dropped. Padding is never read, so its embedding is free for it.
const DROPPED: u32 = PAD;

impl Noise {
    pub fn new(settings: &NoiseSettings, tokenizers: &Tokenizers) -> Result<Self> {
        Ok(Self {
            settings: settings.clone(),
            source: tokenizers.source().segmenter()?,
            target: (!tokenizers.is_joint()).then(|| tokenizers.target().segmenter()).transpose()?,
        })
    }

    /// The pairs of one step, changed by draws from `rng`.
    pub fn batch(&self, pairs: &[PairIds], rng: &mut ChaCha8Rng, device: &Device) -> Result<NoisyBatch> {
        let NoiseSettings { bpe_dropout, source_words, target_words } = self.settings;
        let target_segmenter = self.target.as_ref().unwrap_or(&self.source);
        let (mut sources, mut targets) = (Vec::with_capacity(pairs.len()), Vec::with_capacity(pairs.len()));
        let mut gold = Vec::new();
        for (source, target) in pairs {
            let source = other_subwords(&self.source, source, bpe_dropout, rng);
            sources.push(without_words(&self.source, &source, source_words, rng));
            let target = other_subwords(target_segmenter, target, bpe_dropout, rng);
            targets.push(without_words(target_segmenter, &target, target_words, rng));
            gold.extend(target);
        }
        Ok(NoisyBatch { source: Batch::new(&sources, device)?, target: Batch::new(&targets, device)?, gold })
    }
}

fn other_subwords(segmenter: &Segmenter, ids: &[u32], p: f64, rng: &mut ChaCha8Rng) -> Vec<u32> {
    if p == 0.0 { ids.to_vec() } else { segmenter.segment(ids, || happens(p, rng)) }
}

/// Each word is dropped whole: half of it would tell the rest.
fn without_words(segmenter: &Segmenter, ids: &[u32], p: f64, rng: &mut ChaCha8Rng) -> Vec<u32> {
    if p == 0.0 {
        return ids.to_vec();
    }
    let mut kept = Vec::with_capacity(ids.len());
    for word in segmenter.words(ids) {
        let is_dropped = word != [EOS] && happens(p, rng);
        kept.extend(word.iter().map(|id| if is_dropped { DROPPED } else { *id }));
    }
    kept
}
