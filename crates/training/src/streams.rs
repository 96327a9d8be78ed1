//! Random number streams: one for each purpose and index.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The purpose of random numbers. Each purpose and index has a stream of its own, so that a checkpoint needs only the
/// number of the step, and a new layer does not change the initial weights of the others. The numbers are part of the
/// format: another number gives another model for the same seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Initial weights; the index is a hash of the parameter's name.
    Initialise = 1,
    /// The order of the batches; the index is the epoch.
    Shuffle = 2,
    /// Dropout of units; the index is the step.
    Dropout = 3,
    /// The pairs held out for validation; the index is zero.
    HoldOut = 4,
    /// Dropped target words; the index is the step.
    WordDropout = 5,
    /// Words that placeholders replace; the index is the step.
    Placeholders = 6,
    /// The sample of the vocabulary; the index is the step.
    SampledVocabulary = 7,
}

/// Returns the generator of a purpose and index for a seed.
pub fn stream(seed: u64, purpose: Purpose, index: u64) -> ChaCha8Rng {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key[8..16].copy_from_slice(&(purpose as u64).to_le_bytes());
    key[16..24].copy_from_slice(&index.to_le_bytes());
    ChaCha8Rng::from_seed(key)
}

/// Shuffles after Fisher and Yates. A library's shuffle may change between versions, and with it the model of every
/// seed.
pub(crate) fn shuffle<T>(items: &mut [T], rng: &mut ChaCha8Rng) {
    for last in (1..items.len()).rev() {
        items.swap(last, below(last + 1, rng));
    }
}

/// Draws uniformly from `0..end`.
pub(crate) fn below(end: usize, rng: &mut ChaCha8Rng) -> usize {
    ((u128::from(rng.next_u64()) * end as u128) >> 64) as usize
}

/// Returns true with probability `p`, rounded to a multiple of 2⁻³².
pub(crate) fn happens(p: f64, rng: &mut ChaCha8Rng) -> bool {
    f64::from(rng.next_u32()) < p * 4_294_967_296.0
}

/// Draws uniformly from [-1, 1).
pub(crate) fn symmetric(rng: &mut ChaCha8Rng) -> f32 {
    (rng.next_u32() >> 8) as f32 / (1 << 23) as f32 - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_seed_purpose_and_index_has_its_own_stream() {
        let first = |seed, purpose, index| stream(seed, purpose, index).next_u64();
        let base = first(1, Purpose::Shuffle, 0);
        assert_eq!(base, first(1, Purpose::Shuffle, 0));
        assert_ne!(base, first(2, Purpose::Shuffle, 0));
        assert_ne!(base, first(1, Purpose::Dropout, 0));
        assert_ne!(base, first(1, Purpose::Shuffle, 1));
    }

    #[test]
    fn a_shuffle_keeps_every_item_and_moves_most() {
        let mut items: Vec<usize> = (0..1000).collect();
        shuffle(&mut items, &mut stream(1, Purpose::Shuffle, 0));
        let moved = items.iter().enumerate().filter(|(at, item)| at != *item).count();
        assert!(moved > 900, "{moved}");
        items.sort_unstable();
        assert_eq!(items, (0..1000).collect::<Vec<_>>());
    }
}
