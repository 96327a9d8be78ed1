//! Batches of a training step, in which some target words are hidden from the decoder.

use crate::data::examples::PairIds;
use crate::error::Result;
use crate::streams::happens;
use candle_core::Device;
use glosser_text::{EOS, PAD, TokenWords, placeholder_index};
use glosser_translator::{Batch, Tokenizers};
use rand_chacha::ChaCha8Rng;

/// Makes batches of pairs, and drops target words: the decoder sees [`DROPPED`] instead of a word when it predicts the
/// words after it (word dropout, Sennrich et al. 2016, "Edinburgh Neural Machine Translation Systems for WMT 16",
/// section 2.2).
pub(crate) struct WordDropout {
    probability: f64,
    source: TokenWords,
    target: TokenWords,
}

/// A batch of a training step.
pub(crate) struct TrainingBatch {
    /// Source ids `[batch, source]`.
    pub source: Batch,
    /// Target ids `[batch, target]` as the decoder sees them, some of them [`DROPPED`]. Each sentence ends with EOS.
    pub target: Batch,
    /// Target ids that the decoder must predict, sentence after sentence.
    pub gold: Vec<u32>,
    /// The words of the tokens, for each pair.
    pub words: Vec<WordNumbers>,
}

/// The number of its word for each token of a pair. EOS is a word of its own.
pub(crate) struct WordNumbers {
    pub source: Vec<usize>,
    pub target: Vec<usize>,
    /// Whether placeholders replace some words, so that links between words of the original pair do not hold.
    pub has_placeholders: bool,
}

/// The id that replaces a dropped word: padding, whose embedding has no other use.
const DROPPED: u32 = PAD;

impl WordDropout {
    pub fn new(probability: f64, tokenizers: &Tokenizers) -> Self {
        let (source, target) = tokenizers.token_words();
        Self { probability, source, target }
    }

    /// Returns the batch of these pairs, with target words dropped by draws from `rng`.
    pub fn batch(&self, pairs: &[PairIds], rng: &mut ChaCha8Rng, device: &Device) -> Result<TrainingBatch> {
        let visible: Vec<Vec<u32>> =
            pairs.iter().map(|(_, target)| self.drop_words(&self.target, target, rng)).collect();
        let (sources, targets): (Vec<&Vec<u32>>, Vec<&Vec<u32>>) =
            pairs.iter().map(|(source, target)| (source, target)).unzip();
        let words = pairs.iter().map(|(source, target)| WordNumbers {
            source: self.source.word_numbers(source).collect(),
            target: self.target.word_numbers(target).collect(),
            has_placeholders: source.iter().any(|id| placeholder_index(*id).is_some()),
        });
        Ok(TrainingBatch {
            source: Batch::new(&sources, device)?,
            target: Batch::new(&visible, device)?,
            gold: targets.into_iter().flatten().copied().collect(),
            words: words.collect(),
        })
    }

    /// Drops whole words: from one of its sub-words the decoder could guess the others.
    fn drop_words(&self, words: &TokenWords, ids: &[u32], rng: &mut ChaCha8Rng) -> Vec<u32> {
        let mut visible = Vec::with_capacity(ids.len());
        for word in words.words(ids) {
            let is_dropped = !is_control(word[0]) && happens(self.probability, rng);
            visible.extend(word.iter().map(|id| if is_dropped { DROPPED } else { *id }));
        }
        visible
    }
}

/// Returns whether a token is EOS, or a placeholder, which the decoder must learn to copy.
fn is_control(id: u32) -> bool {
    id == EOS || placeholder_index(id).is_some()
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

    fn batch(probability: f64, step: u64) -> Result<(Tokenizers, TrainingBatch)> {
        let tokenizers = tokenizers()?;
        let dropout = WordDropout::new(probability, &tokenizers);
        let mut rng = stream(1, Purpose::WordDropout, step);
        let batch = dropout.batch(&pairs(&tokenizers), &mut rng, &Device::Cpu)?;
        Ok((tokenizers, batch))
    }

    #[test]
    fn without_dropout_a_batch_is_its_pairs() -> Result<()> {
        let (tokenizers, batch) = batch(0.0, 1)?;
        let (sources, targets): (Vec<_>, Vec<_>) = pairs(&tokenizers).into_iter().unzip();
        assert_eq!((rows(&batch.source)?, rows(&batch.target)?), (sources, targets.clone()));
        assert_eq!(batch.gold, targets.concat());
        Ok(())
    }

    #[test]
    fn target_words_are_dropped_whole_with_the_given_probability_and_must_still_be_predicted() -> Result<()> {
        let (tokenizers, batch) = batch(0.3, 1)?;
        let (token_words, _) = tokenizers.token_words();
        let (sources, targets): (Vec<_>, Vec<_>) = pairs(&tokenizers).into_iter().unzip();
        let (mut dropped, mut all) = (0, 0);
        for (row, original) in rows(&batch.target)?.iter().zip(&targets) {
            assert_eq!((row.len(), row.last()), (original.len(), Some(&EOS)));
            let mut at = 0;
            for word in token_words.words(original).filter(|word| *word != [EOS]) {
                let found = &row[at..at + word.len()];
                assert!(found == word || found.iter().all(|id| *id == DROPPED), "{found:?} of {word:?}");
                dropped += u32::from(found != word);
                all += 1;
                at += word.len();
            }
        }
        // 600 words: four standard deviations.
        let share = f64::from(dropped) / f64::from(all);
        assert!((0.225..0.375).contains(&share), "{share}");
        assert_eq!((batch.gold, rows(&batch.source)?), (targets.concat(), sources));
        Ok(())
    }

    #[test]
    fn a_step_drops_the_same_words_again_and_another_step_drops_others() -> Result<()> {
        let targets = |step| rows(&batch(0.1, step)?.1.target);
        assert_eq!(targets(3)?, targets(3)?);
        assert_ne!(targets(3)?, targets(4)?);
        Ok(())
    }
}
