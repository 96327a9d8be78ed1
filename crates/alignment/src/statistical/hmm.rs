//! The hidden Markov model of alignment (Vogel et al. 1996), with an empty word that keeps its place (Och and Ney 2003,
//! section 2.1): forward and backward pass over one pair.
//!
//! The model is at a place and goes on: to a word, which generates the next word, or to the empty word, which does so
//! without leaving the place. Each step is scaled to a sum of 1, so that long sentences do not underflow.

use super::emissions::Emissions;
use super::jumps::{EMPTY, Jumps, Transitions};

/// What the passes find out about one pair.
pub(super) struct Smoothed {
    /// For each generated word the probability that each state generated it, `[generated][states]`.
    pub(super) posteriors: Vec<f32>,
    /// The jumps that are expected in the pair, that to the end among them.
    pub(super) jumps: Jumps,
}

/// Both passes.
pub(super) fn smooth(emissions: &Emissions, jumps: &Jumps) -> Smoothed {
    let transitions = jumps.transitions(emissions.states - 1);
    let arrivals = forward_pass(emissions, &transitions);
    backward_pass(emissions, &transitions, &arrivals)
}

/// Where the model is, having generated a word, given the words up to it: by generating it there, or by the empty word.
struct Arrival {
    by_word: Vec<f32>,
    by_empty: Vec<f32>,
}

impl Arrival {
    /// Before the first word.
    fn start(places: usize) -> Self {
        let mut by_word = vec![0.0; places];
        by_word[0] = 1.0;
        Self { by_word, by_empty: vec![0.0; places] }
    }

    /// Either way, `[places]`.
    fn places(&self) -> Vec<f32> {
        self.by_word.iter().zip(&self.by_empty).map(|(word, empty)| word + empty).collect()
    }

    fn normalize(&mut self) {
        let scale = 1.0 / (self.by_word.iter().sum::<f32>() + self.by_empty.iter().sum::<f32>());
        self.by_word.iter_mut().chain(&mut self.by_empty).for_each(|probability| *probability *= scale);
    }
}

/// The start, and then one arrival for each generated word.
fn forward_pass(emissions: &Emissions, transitions: &Transitions) -> Vec<Arrival> {
    let mut arrivals = vec![Arrival::start(transitions.places)];
    for generated in 0..emissions.generated_len() {
        let probabilities = emissions.of(generated);
        let before = arrivals[generated].places();
        let mut by_word = vec![0.0; transitions.places];
        for (place, probability) in before.iter().enumerate() {
            add_scaled(&mut by_word, transitions.from(place), *probability);
        }
        by_word.iter_mut().zip(probabilities).for_each(|(arriving, generating)| *arriving *= generating);
        let by_empty = before.iter().map(|probability| EMPTY * probability * probabilities[0]).collect();
        let mut arrival = Arrival { by_word, by_empty };
        arrival.normalize();
        arrivals.push(arrival);
    }
    arrivals
}

fn backward_pass(emissions: &Emissions, transitions: &Transitions, arrivals: &[Arrival]) -> Smoothed {
    let places = transitions.places;
    let mut posteriors = vec![0.0; emissions.cells.len()];
    // How often the model goes from place to place, each still to be multiplied by its transition.
    let mut going = vec![0.0; places * places];
    // How well the words to come are generated from each place, up to a factor.
    let mut outlook = transitions.to_end.clone();
    let ending = shares(&arrivals[emissions.generated_len()].places(), &outlook);
    for generated in (0..emissions.generated_len()).rev() {
        let probabilities = emissions.of(generated);
        posteriors[generated * places..][..places].copy_from_slice(&posterior(&arrivals[generated + 1], &outlook));

        let mut ahead: Vec<f32> = probabilities.iter().zip(&outlook).map(|(p, outlook)| p * outlook).collect();
        ahead[0] = 0.0; // Nothing leads to place 0.
        let staying = EMPTY * probabilities[0];
        outlook = (0..places).map(|place| dot(transitions.from(place), &ahead) + staying * outlook[place]).collect();

        let before = arrivals[generated].places();
        let total = dot(&before, &outlook);
        for (place, probability) in before.iter().enumerate() {
            add_scaled(&mut going[place * places..][..places], &ahead, probability / total);
        }
        let scale = 1.0 / outlook.iter().copied().fold(0.0, f32::max);
        outlook.iter_mut().for_each(|outlook| *outlook *= scale);
    }
    Smoothed { posteriors, jumps: expected_jumps(transitions, &going, &ending) }
}

/// For one generated word the probability of each state: place 0 gives its own to the empty word, since there is no word.
fn posterior(arrival: &Arrival, outlook: &[f32]) -> Vec<f32> {
    let mut posterior: Vec<f32> = arrival.by_word.iter().zip(outlook).map(|(word, outlook)| word * outlook).collect();
    posterior[0] = dot(&arrival.by_empty, outlook);
    let scale = 1.0 / posterior.iter().sum::<f32>();
    posterior.iter_mut().for_each(|probability| *probability *= scale);
    posterior
}

fn expected_jumps(transitions: &Transitions, going: &[f32], ending: &[f32]) -> Jumps {
    let places = transitions.places;
    let mut jumps = Jumps::none();
    for (from, going) in going.chunks(places).enumerate() {
        for (to, (going, transition)) in going.iter().zip(transitions.from(from)).enumerate().skip(1) {
            jumps.add(from, to, going * transition);
        }
        jumps.add(from, places, ending[from]);
    }
    jumps
}

/// Products as shares of their sum.
fn shares(left: &[f32], right: &[f32]) -> Vec<f32> {
    let total = dot(left, right);
    left.iter().zip(right).map(|(left, right)| left * right / total).collect()
}

fn dot(left: &[f32], right: &[f32]) -> f32 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}

fn add_scaled(sum: &mut [f32], summand: &[f32], scale: f32) {
    sum.iter_mut().zip(summand).for_each(|(sum, summand)| *sum += scale * summand);
}
