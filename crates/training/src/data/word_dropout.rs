//! Sentences as training sees them: a little different each time.

use crate::data::examples::PairIds;
use crate::streams::happens;
use anyhow::Result;
use candle_core::Device;
use glosser_text::{BpeResegmenter, EOS, PAD, placeholder_index};
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
pub(crate) struct WordDropout {
    settings: NoiseSettings,
    source: BpeResegmenter,
    /// `None` where the source's serves both sides.
    target: Option<BpeResegmenter>,
}

/// A batch to train on.
pub(crate) struct TrainingBatch {
    pub source: Batch,
    /// What the decoder is told, with EOS at the end.
    pub target: Batch,
    /// What it has to predict, sentence after sentence.
    pub gold: Vec<u32>,
    /// Which words the tokens of each pair belong to.
    pub words: Vec<WordNumbers>,
}

/// For each token of a pair the number of its word, as the resegmenter counts them, EOS being a word too.
pub(crate) struct WordNumbers {
    pub source: Vec<usize>,
    pub target: Vec<usize>,
    /// Whether some of the words are others than in the corpus.
    pub has_stand_ins: bool,
}

/// What stands for a word that was dropped. Padding is never read, so its embedding is free for it.
const DROPPED: u32 = PAD;

impl WordDropout {
    pub fn new(settings: &NoiseSettings, tokenizers: &Tokenizers) -> Result<Self> {
        Ok(Self {
            settings: settings.clone(),
            source: tokenizers.source().resegmenter()?,
            target: (!tokenizers.is_joint()).then(|| tokenizers.target().resegmenter()).transpose()?,
        })
    }

    /// The pairs of one step, changed by draws from `rng`.
    pub fn batch(&self, pairs: &[PairIds], rng: &mut ChaCha8Rng, device: &Device) -> Result<TrainingBatch> {
        let NoiseSettings { bpe_dropout, source_words, target_words } = self.settings;
        let target_segmenter = self.target.as_ref().unwrap_or(&self.source);
        let segmented: Vec<(Vec<u32>, Vec<u32>)> = pairs
            .iter()
            .map(|(source, target)| {
                let source = other_subwords(&self.source, source, bpe_dropout, rng);
                (source, other_subwords(target_segmenter, target, bpe_dropout, rng))
            })
            .collect();
        let (mut sources, mut targets) = (Vec::with_capacity(pairs.len()), Vec::with_capacity(pairs.len()));
        let (mut gold, mut words) = (Vec::new(), Vec::with_capacity(pairs.len()));
        for (source, target) in &segmented {
            sources.push(without_words(&self.source, source, source_words, rng));
            targets.push(without_words(target_segmenter, target, target_words, rng));
            words.push(WordNumbers {
                source: self.source.word_numbers(source).collect(),
                target: target_segmenter.word_numbers(target).collect(),
                has_stand_ins: source.iter().any(|id| placeholder_index(*id).is_some()),
            });
            gold.extend(target);
        }
        Ok(TrainingBatch { source: Batch::new(&sources, device)?, target: Batch::new(&targets, device)?, gold, words })
    }
}

fn other_subwords(resegmenter: &BpeResegmenter, ids: &[u32], p: f64, rng: &mut ChaCha8Rng) -> Vec<u32> {
    if p == 0.0 { ids.to_vec() } else { resegmenter.segment(ids, || happens(p, rng)) }
}

/// The end is no word, and what stands in for one has to be carried over.
fn is_control(id: u32) -> bool {
    id == EOS || placeholder_index(id).is_some()
}

/// Each word is dropped whole: half of it would tell the rest.
fn without_words(resegmenter: &BpeResegmenter, ids: &[u32], p: f64, rng: &mut ChaCha8Rng) -> Vec<u32> {
    if p == 0.0 {
        return ids.to_vec();
    }
    let mut kept = Vec::with_capacity(ids.len());
    for word in resegmenter.words(ids) {
        let is_dropped = !is_control(word[0]) && happens(p, rng);
        kept.extend(word.iter().map(|id| if is_dropped { DROPPED } else { *id }));
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::streams::{Purpose, stream};
    use glosser_text::Tokenizer;

    fn tokenizers() -> Result<Tokenizers> {
        let sentences = ["ein Hund läuft über die Straße", "a dog runs across the street"];
        Ok(Tokenizers::joint(Tokenizer::train(sentences.iter().cycle().take(40), 340)?))
    }

    fn pairs(tokenizers: &Tokenizers) -> Vec<PairIds> {
        let ids = |text: &str| [tokenizers.source().encode(text).ids, vec![EOS]].concat();
        vec![(ids("ein Hund läuft"), ids("a dog runs")); 200]
    }

    fn rows(batch: &Batch) -> Result<Vec<Vec<u32>>> {
        let rows = batch.ids.to_vec2::<u32>()?;
        Ok(rows.into_iter().zip(batch.lengths.as_slice()).map(|(row, len)| row[..*len].to_vec()).collect())
    }

    fn noisy(settings: NoiseSettings, step: u64) -> Result<(Tokenizers, TrainingBatch)> {
        let tokenizers = tokenizers()?;
        let noise = WordDropout::new(&settings, &tokenizers)?;
        let batch = noise.batch(&pairs(&tokenizers), &mut stream(1, Purpose::WordDropout, step), &Device::Cpu)?;
        Ok((tokenizers, batch))
    }

    #[test]
    fn without_noise_a_batch_is_its_pairs() -> Result<()> {
        let (tokenizers, batch) = noisy(NoiseSettings { bpe_dropout: 0.0, source_words: 0.0, target_words: 0.0 }, 1)?;
        let (sources, targets): (Vec<_>, Vec<_>) = pairs(&tokenizers).into_iter().unzip();
        assert_eq!((rows(&batch.source)?, rows(&batch.target)?), (sources, targets.clone()));
        assert_eq!(batch.gold, targets.concat());
        Ok(())
    }

    #[test]
    fn words_are_dropped_whole_as_often_as_asked_and_still_have_to_be_predicted() -> Result<()> {
        let (tokenizers, batch) = noisy(NoiseSettings { bpe_dropout: 0.0, source_words: 0.1, target_words: 0.3 }, 1)?;
        let resegmenter = tokenizers.source().resegmenter()?;
        let share = |batch: &Batch, originals: Vec<Vec<u32>>| -> Result<f64> {
            let (mut dropped, mut all) = (0, 0);
            for (row, original) in rows(batch)?.iter().zip(&originals) {
                assert_eq!((row.len(), row.last()), (original.len(), Some(&EOS)));
                let mut at = 0;
                for word in resegmenter.words(original).filter(|word| *word != [EOS]) {
                    let found = &row[at..at + word.len()];
                    assert!(found == word || found.iter().all(|id| *id == DROPPED), "{found:?} of {word:?}");
                    dropped += usize::from(found != word);
                    all += 1;
                    at += word.len();
                }
            }
            Ok(dropped as f64 / all as f64)
        };
        let (sources, targets): (Vec<_>, Vec<_>) = pairs(&tokenizers).into_iter().unzip();
        let (of_sources, of_targets) = (share(&batch.source, sources)?, share(&batch.target, targets.clone())?);
        // 600 words a side: four standard deviations.
        assert!(
            (0.05..0.15).contains(&of_sources) && (0.225..0.375).contains(&of_targets),
            "{of_sources} {of_targets}"
        );
        assert_eq!(batch.gold, targets.concat());
        Ok(())
    }

    #[test]
    fn other_subwords_spell_the_same_text_on_both_sides() -> Result<()> {
        let (tokenizers, batch) = noisy(NoiseSettings { bpe_dropout: 0.2, source_words: 0.0, target_words: 0.0 }, 1)?;
        let sources = rows(&batch.source)?;
        assert!(sources.iter().all(|ids| tokenizers.source().decode(ids) == "ein Hund läuft"));
        assert!(sources.iter().any(|ids| ids != &sources[0]), "sub-words differ from time to time");
        let targets = rows(&batch.target)?;
        assert!(targets.iter().all(|ids| tokenizers.target().decode(ids) == "a dog runs"));
        assert_eq!(targets.concat(), batch.gold);
        Ok(())
    }

    #[test]
    fn a_step_repeats_its_noise_and_another_has_its_own() -> Result<()> {
        let settings = || NoiseSettings { bpe_dropout: 0.1, source_words: 0.1, target_words: 0.1 };
        let sources = |step| rows(&noisy(settings(), step)?.1.source);
        assert_eq!(sources(3)?, sources(3)?);
        assert_ne!(sources(3)?, sources(4)?);
        Ok(())
    }
}
