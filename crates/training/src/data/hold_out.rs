use crate::streams::{Purpose, shuffle, stream};

/// Most pairs that are held out of a corpus that comes without a validation part.
const MOST_HELD_OUT: usize = 1000;

/// The pairs to hold out for validation, in ascending order: a twentieth of all, chosen by the seed.
pub(crate) fn hold_out(pairs: usize, seed: u64) -> Vec<u32> {
    let mut order: Vec<u32> = (0..pairs as u32).collect();
    shuffle(&mut order, &mut stream(seed, Purpose::HoldOut, 0));
    order.truncate((pairs / 20).clamp(1, MOST_HELD_OUT));
    order.sort_unstable();
    order.shrink_to_fit();
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_twentieth_is_held_out_and_a_thousand_at_most() {
        for (pairs, expected) in [(2, 1), (100, 5), (19_999, 999), (50_000, 1000)] {
            let held_out = hold_out(pairs, 1);
            assert_eq!(held_out.len(), expected);
            assert!(held_out.is_sorted_by(|a, b| a < b) && held_out.iter().all(|pair| (*pair as usize) < pairs));
        }
        assert_ne!(hold_out(100, 1), hold_out(100, 2));
    }
}
