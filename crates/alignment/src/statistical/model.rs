//! The model of one direction: a word of one side, or the empty word, generates each word of the other side.

use super::hmm;
use super::jumps::{EMPTY_PROBABILITY, Jumps};
use super::storage::{Reader, StatisticsError, Writer};
use super::translation_table::{Emissions, NO_CELL, TranslationTable};
use super::vocabulary::Vocabulary;

/// The trained parameters.
pub(super) struct Model {
    pub(super) table: TranslationTable,
    pub(super) jumps: Jumps,
}

/// The model that explains the pairs. Each stage starts from the translation table of the stage before.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// IBM model 1: words without their positions.
    Model1,
    /// The hidden Markov model: words and positions.
    Hmm,
}

/// Expected counts of one pair, from the E-step.
pub(super) struct Expected {
    /// Cells of the translation table, `[generated][states]`.
    cells: Vec<u32>,
    /// The probability that a state generated a word, `[generated][states]`.
    pub(super) posteriors: Vec<f32>,
    jumps: Jumps,
}

/// Sums of expected counts over pairs, for the M-step.
pub(super) struct Counts {
    /// One count per cell of the translation table, `[cells]`.
    pub(super) cells: Vec<f32>,
    jumps: Jumps,
}

impl Model {
    /// An untrained model.
    pub(super) fn new(table: TranslationTable) -> Self {
        Self { table, jumps: Jumps::one_each() }
    }

    /// The E-step on one pair, given as forms, `[generating words]` and `[generated words]`. Both must not be empty.
    pub(super) fn expect(&self, generating: &[u32], generated: &[u32], stage: Stage) -> Expected {
        let emissions = Emissions::new(&self.table, generating, generated);
        let (posteriors, jumps) = match stage {
            Stage::Model1 => (model1_posteriors(&emissions), Jumps::none()),
            Stage::Hmm => {
                let smoothed = hmm::smooth(&emissions, &self.jumps);
                (smoothed.posteriors, smoothed.jumps)
            }
        };
        Expected { cells: emissions.cells, posteriors, jumps }
    }

    /// The M-step.
    pub(super) fn estimate(&mut self, counts: Counts) {
        self.table.estimate(counts.cells);
        self.jumps = counts.jumps;
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        self.table.write(writer);
        self.jumps.write(writer);
    }

    /// Reads a model for these vocabularies; its table is not [whole](TranslationTable::read) yet.
    pub(super) fn read(
        reader: &mut Reader,
        generating: &Vocabulary,
        generated: &Vocabulary,
    ) -> Result<Self, StatisticsError> {
        Ok(Self { table: TranslationTable::read(reader, generating, generated)?, jumps: Jumps::read(reader)? })
    }
}

/// The posteriors of IBM model 1 (Brown et al. 1993), which ignores word order, `[generated][states]`.
fn model1_posteriors(emissions: &Emissions) -> Vec<f32> {
    let prior = (1.0 - EMPTY_PROBABILITY) / (emissions.states - 1) as f32;
    let mut posteriors = Vec::with_capacity(emissions.cells.len());
    for generated in 0..emissions.generated_len() {
        let probabilities = emissions.row(generated);
        let joint = |state: usize| probabilities[state] * if state == 0 { EMPTY_PROBABILITY } else { prior };
        let total: f32 = (0..emissions.states).map(joint).sum();
        posteriors.extend((0..emissions.states).map(|state| joint(state) / total));
    }
    posteriors
}

impl Counts {
    /// The counts before the first pair: one for each width of a jump, and those of `known`, a model of earlier pairs.
    pub(super) fn new(model: &mut Model, known: Option<&Model>) -> Self {
        let cells = model.table.first_counts(known.map(|known| &known.table));
        let mut jumps = Jumps::one_each();
        if let Some(known) = known {
            jumps.add_all(&known.jumps);
        }
        Self { cells, jumps }
    }

    /// Adds the expected counts of one pair.
    pub(super) fn add(&mut self, expected: &Expected) {
        for (cell, posterior) in expected.cells.iter().zip(&expected.posteriors) {
            if *cell != NO_CELL {
                self.cells[*cell as usize] += posterior;
            }
        }
        self.jumps.add_all(&expected.jumps);
    }
}

/// Replaces the posteriors of each two words in both directions with their product, so that a link counts only if both
/// directions support it (Liang et al. 2006, section 4.1). The posteriors of the empty words stay.
pub(super) fn agree(forward: &mut Expected, reverse: &mut Expected, (source_len, target_len): (usize, usize)) {
    for target in 0..target_len {
        for source in 0..source_len {
            let in_forward = target * (source_len + 1) + source + 1;
            let in_reverse = source * (target_len + 1) + target + 1;
            let product = forward.posteriors[in_forward] * reverse.posteriors[in_reverse];
            forward.posteriors[in_forward] = product;
            reverse.posteriors[in_reverse] = product;
        }
    }
}
