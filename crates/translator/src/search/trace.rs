//! A record of one search: the hypotheses and extensions of every step.

use super::extension::{Extension, Status};

/// The hypotheses and extensions that the search of one sentence considered, step by step.
#[derive(Clone, Debug)]
pub(crate) struct SearchTrace {
    /// The greatest number of dropped extensions that are recorded per step.
    pub alternatives: usize,
    pub steps: Vec<TraceStep>,
}

/// One step of a search.
#[derive(Clone, Debug)]
pub(crate) struct TraceStep {
    /// Token ids and log probability of each active hypothesis, best first.
    pub active: Vec<(Vec<u32>, f64)>,
    /// Their extensions, best first.
    pub extensions: Vec<(Extension, Status)>,
}

impl SearchTrace {
    pub fn new(alternatives: usize) -> Self {
        Self { alternatives, steps: Vec::new() }
    }

    /// Records a step: all extensions that are kept or ended, and the best ones of those that are dropped.
    pub fn record(&mut self, active: Vec<(Vec<u32>, f64)>, extensions: &[(Extension, Status)]) {
        let mut dropped = 0;
        let mut is_recorded = |status: Status| {
            dropped += usize::from(status == Status::Dropped);
            status != Status::Dropped || dropped <= self.alternatives
        };
        let extensions = extensions.iter().copied().filter(|(_, status)| is_recorded(*status)).collect();
        self.steps.push(TraceStep { active, extensions });
    }
}
