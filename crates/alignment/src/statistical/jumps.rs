//! Jump probabilities of the hidden Markov model: the distance from one position to the next (Vogel et al. 1996).

use super::storage::{Reader, StatisticsError, Writer};

/// The maximum width of a jump that is counted on its own; wider jumps are counted together.
const MAX_WIDTH: usize = 30;
/// Weight of a uniform distribution in the transitions, for smoothing (Och and Ney 2003, section 3.1).
const UNIFORM: f32 = 0.1;
/// Probability that the empty word generates a word, at any position.
pub(super) const EMPTY_PROBABILITY: f32 = 0.15;

/// Counts of jumps by width, -30 to 30. Position 0 is before the first word. The position after the last word is the goal of
/// the last jump.
pub(super) struct Jumps {
    counts: [f32; 2 * MAX_WIDTH + 1],
}

/// Transition probabilities between the positions of one sentence.
pub(super) struct Transitions {
    /// Number of positions: the number of words + 1.
    pub(super) positions: usize,
    /// From each position to each, `[positions][positions]`. Those to position 0 are zero, and each row sums to
    /// 1 - `EMPTY_PROBABILITY`.
    to_word: Vec<f32>,
    /// From each position to the end, `[positions]`.
    pub(super) to_end: Vec<f32>,
}

impl Jumps {
    /// One jump of each width: all are equally probable, and no width is ever impossible.
    pub(super) fn one_each() -> Self {
        Self { counts: [1.0; 2 * MAX_WIDTH + 1] }
    }

    /// No jumps.
    pub(super) fn none() -> Self {
        Self { counts: [0.0; 2 * MAX_WIDTH + 1] }
    }

    /// Adds `count` to the jump from one position to another.
    pub(super) fn add(&mut self, from: usize, to: usize, count: f32) {
        self.counts[index(from, to)] += count;
    }

    /// Adds all counts of `other`.
    pub(super) fn add_all(&mut self, other: &Self) {
        self.counts.iter_mut().zip(&other.counts).for_each(|(count, more)| *count += more);
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        self.counts.iter().for_each(|count| writer.float(*count));
    }

    pub(super) fn read(reader: &mut Reader) -> Result<Self, StatisticsError> {
        let mut jumps = Self::none();
        for count in &mut jumps.counts {
            *count = reader.float()?;
            if *count <= 0.0 {
                return Err(StatisticsError::Damaged);
            }
        }
        Ok(jumps)
    }

    /// The transition probabilities in a sentence of `words` words.
    pub(super) fn transitions(&self, words: usize) -> Transitions {
        let positions = words + 1;
        let mut transitions =
            Transitions { positions, to_word: vec![0.0; positions * positions], to_end: Vec::with_capacity(positions) };
        for from in 0..positions {
            let count = |to| self.counts[index(from, to)];
            let to_words: f32 = (1..positions).map(count).sum();
            for to in 1..positions {
                let share = (1.0 - UNIFORM) * count(to) / to_words + UNIFORM / words as f32;
                transitions.to_word[from * positions + to] = (1.0 - EMPTY_PROBABILITY) * share;
            }
            transitions.to_end.push(count(positions) / (to_words + count(positions)));
        }
        transitions
    }
}

impl Transitions {
    /// The transition probabilities from one position to each, `[positions]`.
    pub(super) fn from(&self, position: usize) -> &[f32] {
        &self.to_word[position * self.positions..][..self.positions]
    }
}

/// The index of the jump between two positions in the counts.
fn index(from: usize, to: usize) -> usize {
    (to + MAX_WIDTH).saturating_sub(from).min(2 * MAX_WIDTH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_of_transitions_leaves_the_probability_of_the_empty_word() {
        let mut jumps = Jumps::one_each();
        jumps.add(3, 4, 20.0);
        let transitions = jumps.transitions(40);
        for position in 0..=40 {
            assert_eq!(transitions.from(position)[0], 0.0);
            assert!((transitions.from(position).iter().sum::<f32>() - (1.0 - EMPTY_PROBABILITY)).abs() < 1e-6);
        }
        assert!(transitions.from(8)[9] > 10.0 * transitions.from(8)[8]);
        assert!(transitions.to_end[40] > 10.0 * transitions.to_end[39]);
    }

    #[test]
    fn jumps_beyond_the_maximum_width_share_the_outermost_counts() {
        assert_eq!((index(0, 30), index(0, 31), index(0, 400)), (60, 60, 60));
        assert_eq!((index(30, 0), index(31, 0), index(400, 0)), (0, 0, 0));
        assert_eq!(index(7, 7), MAX_WIDTH);
    }
}
