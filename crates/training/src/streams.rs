use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// What random numbers are drawn for. Each purpose, and each index within it, has a stream of its own: resuming
/// needs only the step, and a new layer does not reseed the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Initial weights; the index is made from the parameter's name.
    Initialise = 1,
    /// BatchSampler of the data; the index is the epoch.
    Shuffle = 2,
    /// Dropout; the index is the step.
    Dropout = 3,
    /// The pairs held out for validation.
    HoldOut = 4,
    /// WordDropout on the text of a batch; the index is the step.
    WordDropout = 5,
    /// Words that stand-ins take the place of; the index is the step.
    Placeholders = 6,
    /// Words that the softmax is over; the index is the step.
    Candidates = 7,
}

/// The generator of one purpose and index under one seed.
pub fn stream(seed: u64, purpose: Purpose, index: u64) -> ChaCha8Rng {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key[8..16].copy_from_slice(&(purpose as u64).to_le_bytes());
    key[16..24].copy_from_slice(&index.to_le_bytes());
    ChaCha8Rng::from_seed(key)
}

/// A number for a name, the same on every machine and in every version (FNV-1a).
pub(crate) fn name_index(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Fisher and Yates, on the raw stream: a library's shuffle may change between versions, and every seed with it.
pub(crate) fn shuffle<T>(items: &mut [T], rng: &mut ChaCha8Rng) {
    for last in (1..items.len()).rev() {
        items.swap(last, below(last + 1, rng));
    }
}

/// Uniform in `0..end`.
pub(crate) fn below(end: usize, rng: &mut ChaCha8Rng) -> usize {
    ((u128::from(rng.next_u64()) * end as u128) >> 64) as usize
}

/// Whether something happens that happens with probability `p`, met to one in 4,294,967,296.
pub(crate) fn happens(p: f64, rng: &mut ChaCha8Rng) -> bool {
    f64::from(rng.next_u32()) < p * 4_294_967_296.0
}

/// Uniform in [-1, 1).
pub(crate) fn symmetric(rng: &mut ChaCha8Rng) -> f32 {
    (rng.next_u32() >> 8) as f32 / (1 << 23) as f32 - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_differ_in_seed_purpose_and_index_and_stay_the_same() {
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
