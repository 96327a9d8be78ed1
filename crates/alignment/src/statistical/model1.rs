//! IBM model 1 (Brown et al. 1993): order does not matter.

use super::emissions::Emissions;
use super::jumps::EMPTY;

/// For each generated word the probability that each state generated it, `[generated][states]`.
pub(super) fn posteriors(emissions: &Emissions) -> Vec<f32> {
    let prior = (1.0 - EMPTY) / (emissions.states - 1) as f32;
    let mut posteriors = Vec::with_capacity(emissions.cells.len());
    for generated in 0..emissions.generated_len() {
        let probabilities = emissions.of(generated);
        let joint = |state: usize| probabilities[state] * if state == 0 { EMPTY } else { prior };
        let total: f32 = (0..emissions.states).map(joint).sum();
        posteriors.extend((0..emissions.states).map(|state| joint(state) / total));
    }
    posteriors
}
