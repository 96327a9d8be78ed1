//! Forward-backward algorithm of the hidden Markov model of alignment (Vogel et al. 1996), with an empty word that keeps
//! the position (Och and Ney 2003, section 2.1), for one pair.
//!
//! The model is at a position of the generating sentence. In each step it moves to a word, which generates the next word;
//! or the empty word generates the next word and the position stays. Every step is scaled to a sum of 1, so that long
//! sentences do not underflow. Position 0 is before the first word, so the number of positions equals the number of states.

use super::jumps::{EMPTY_PROBABILITY, Jumps, Transitions};
use super::translation_table::Emissions;

/// The expected counts of one pair.
pub(super) struct Smoothed {
    /// The probability that a state generated a word, `[generated][states]`.
    pub(super) posteriors: Vec<f32>,
    /// The expected number of jumps of each width, including the jump to the end.
    pub(super) jumps: Jumps,
}

/// Runs the forward and the backward pass.
pub(super) fn smooth(emissions: &Emissions, jumps: &Jumps) -> Smoothed {
    let transitions = jumps.transitions(emissions.states - 1);
    let arrivals = forward_pass(emissions, &transitions);
    backward_pass(emissions, &transitions, &arrivals)
}

/// The distribution over positions after a generated word, given the words up to it: the part in which a word generated it,
/// and the part in which the empty word did.
struct Arrival {
    /// `[positions]`
    by_word: Vec<f32>,
    /// `[positions]`
    by_empty: Vec<f32>,
}

impl Arrival {
    /// The state before the first generated word: position 0.
    fn start(positions: usize) -> Self {
        let mut by_word = vec![0.0; positions];
        by_word[0] = 1.0;
        Self { by_word, by_empty: vec![0.0; positions] }
    }

    /// The probability of each position, `[positions]`.
    fn total(&self) -> Vec<f32> {
        self.by_word.iter().zip(&self.by_empty).map(|(word, empty)| word + empty).collect()
    }

    fn normalize(&mut self) {
        let scale = 1.0 / (self.by_word.iter().sum::<f32>() + self.by_empty.iter().sum::<f32>());
        self.by_word.iter_mut().chain(&mut self.by_empty).for_each(|probability| *probability *= scale);
    }
}

/// Computes the start and one distribution per generated word, `[1 + generated]`.
fn forward_pass(emissions: &Emissions, transitions: &Transitions) -> Vec<Arrival> {
    let mut arrivals = vec![Arrival::start(transitions.positions)];
    for generated in 0..emissions.generated_len() {
        let probabilities = emissions.row(generated);
        let before = arrivals[generated].total();
        let mut by_word = vec![0.0; transitions.positions];
        for (position, probability) in before.iter().enumerate() {
            add_scaled(&mut by_word, transitions.from(position), *probability);
        }
        by_word.iter_mut().zip(probabilities).for_each(|(arriving, generating)| *arriving *= generating);
        let by_empty = before.iter().map(|probability| EMPTY_PROBABILITY * probability * probabilities[0]).collect();
        let mut arrival = Arrival { by_word, by_empty };
        arrival.normalize();
        arrivals.push(arrival);
    }
    arrivals
}

/// Computes the expected counts from the distributions of the forward pass, `[1 + generated]`.
fn backward_pass(emissions: &Emissions, transitions: &Transitions, arrivals: &[Arrival]) -> Smoothed {
    let positions = transitions.positions;
    let mut posteriors = vec![0.0; emissions.probabilities.len()];
    // Expected transitions, `[positions][positions]`, without their factor of the transition probability.
    let mut transition_counts = vec![0.0; positions * positions];
    // The backward probability of each position, up to a constant factor, `[positions]`.
    let mut backward = transitions.to_end.clone();
    let ending = shares(&arrivals[emissions.generated_len()].total(), &backward);
    for generated in (0..emissions.generated_len()).rev() {
        let probabilities = emissions.row(generated);
        posteriors[generated * positions..][..positions]
            .copy_from_slice(&posterior(&arrivals[generated + 1], &backward));

        let mut ahead: Vec<f32> = probabilities.iter().zip(&backward).map(|(p, backward)| p * backward).collect();
        ahead[0] = 0.0; // No transition leads to position 0.
        let staying = EMPTY_PROBABILITY * probabilities[0];
        backward = (0..positions)
            .map(|position| dot(transitions.from(position), &ahead) + staying * backward[position])
            .collect();

        let before = arrivals[generated].total();
        let total = dot(&before, &backward);
        for (position, probability) in before.iter().enumerate() {
            add_scaled(&mut transition_counts[position * positions..][..positions], &ahead, probability / total);
        }
        let scale = 1.0 / backward.iter().copied().fold(0.0, f32::max);
        backward.iter_mut().for_each(|backward| *backward *= scale);
    }
    Smoothed { posteriors, jumps: expected_jumps(transitions, &transition_counts, &ending) }
}

/// The probability of each state for one generated word, `[states]`. State 0 is the empty word, which replaces
/// position 0, because there is no word at position 0.
fn posterior(arrival: &Arrival, backward: &[f32]) -> Vec<f32> {
    let mut posterior: Vec<f32> =
        arrival.by_word.iter().zip(backward).map(|(word, backward)| word * backward).collect();
    posterior[0] = dot(&arrival.by_empty, backward);
    let scale = 1.0 / posterior.iter().sum::<f32>();
    posterior.iter_mut().for_each(|probability| *probability *= scale);
    posterior
}

/// Sums the expected transitions, `[positions][positions]`, and the expected last positions, `[positions]`, by width.
fn expected_jumps(transitions: &Transitions, transition_counts: &[f32], ending: &[f32]) -> Jumps {
    let positions = transitions.positions;
    let mut jumps = Jumps::none();
    for (from, counts) in transition_counts.chunks(positions).enumerate() {
        for (to, (count, probability)) in counts.iter().zip(transitions.from(from)).enumerate().skip(1) {
            jumps.add(from, to, count * probability);
        }
        jumps.add(from, positions, ending[from]);
    }
    jumps
}

/// Element-wise product, normalised to a sum of 1.
fn shares(left: &[f32], right: &[f32]) -> Vec<f32> {
    let total = dot(left, right);
    left.iter().zip(right).map(|(left, right)| left * right / total).collect()
}

/// The dot product of two vectors, `[positions]`.
fn dot(left: &[f32], right: &[f32]) -> f32 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}

/// Adds `scale` times a vector to another, both `[positions]`.
fn add_scaled(sum: &mut [f32], summand: &[f32], scale: f32) {
    sum.iter_mut().zip(summand).for_each(|(sum, summand)| *sum += scale * summand);
}
