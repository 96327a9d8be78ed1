//! Expectation maximisation over a corpus, for both directions together.

use std::ops::Range;

use rayon::prelude::*;

use super::cognates::Cognates;
use super::model::{Counts, Expected, Model, Stage, agree};
use super::translation_table::TranslationTable;
use super::vocabulary::{Sentences, Vocabulary};

/// The stage of each iteration. The directions are trained jointly in the second stage only: in the first one, both would
/// confirm the other's random beginnings. More iterations learn the accidents of a small corpus.
pub(super) const STAGES: [Stage; 10] = {
    use Stage::{Hmm, Model1};
    [Model1, Model1, Model1, Model1, Model1, Model1, Hmm, Hmm, Hmm, Hmm]
};
/// The stages of pairs that are added to a trained model.
pub(super) const ADAPTATION: [Stage; 5] = [Stage::Model1, Stage::Model1, Stage::Hmm, Stage::Hmm, Stage::Hmm];

/// Cognates are learnt after each of the first iterations; later ones change little.
const COGNATE_ITERATIONS: usize = 2;
/// The minimum count of two words that cognates are learnt from.
const MIN_COGNATE_COUNT: f32 = 0.3;

/// Approximate number of posteriors in memory at a time; it bounds the memory for any number of pairs.
const BLOCK_SIZE: usize = 1 << 20;

/// The sentences of a side, and their vocabulary.
type Side<'a> = (&'a Sentences, &'a Vocabulary);

/// The models of both directions, and what both know of spellings.
pub(super) struct Models {
    /// Generates the target from the source.
    pub(super) forward: Model,
    /// Generates the source from the target.
    pub(super) reverse: Model,
    pub(super) cognates: Cognates,
}

/// Trains both directions on pairs.
pub(super) fn train(source: Side, target: Side, mut progress: impl FnMut(usize)) -> Models {
    let mut models = Models {
        forward: Model::new(TranslationTable::new(source, target, None)),
        reverse: Model::new(TranslationTable::new(target, source, None)),
        cognates: Cognates::identity(source.1, target.1),
    };
    for (index, stage) in STAGES.into_iter().enumerate() {
        let (forward_counts, reverse_counts) = models.count(source.0, target.0, stage, None);
        if index < COGNATE_ITERATIONS {
            let pairs = models.forward.table.counted_pairs(&forward_counts.cells, MIN_COGNATE_COUNT);
            models.cognates = Cognates::learn(source.1, target.1, pairs);
            models.use_cognates(source.1, target.1);
        }
        models.estimate(forward_counts, reverse_counts);
        progress(index + 1);
    }
    models
}

/// Adds pairs to trained models, whose vocabularies were extended by the words of these pairs.
pub(super) fn adapt(known: &Models, source: Side, target: Side, mut progress: impl FnMut(usize)) -> Models {
    let mut models = Models {
        forward: Model::new(TranslationTable::new(source, target, Some(&known.forward.table))),
        reverse: Model::new(TranslationTable::new(target, source, Some(&known.reverse.table))),
        cognates: known.cognates.clone(),
    };
    models.use_cognates(source.1, target.1);
    let forward = Counts::new(&mut models.forward, Some(&known.forward));
    let reverse = Counts::new(&mut models.reverse, Some(&known.reverse));
    models.estimate(forward, reverse);
    for (index, stage) in ADAPTATION.into_iter().enumerate() {
        let (forward, reverse) = models.count(source.0, target.0, stage, Some(known));
        models.estimate(forward, reverse);
        progress(index + 1);
    }
    models
}

impl Models {
    /// The E-step on all pairs. The counts of `known` are added.
    fn count(
        &mut self,
        source: &Sentences,
        target: &Sentences,
        stage: Stage,
        known: Option<&Self>,
    ) -> (Counts, Counts) {
        let mut forward_counts = Counts::new(&mut self.forward, known.map(|known| &known.forward));
        let mut reverse_counts = Counts::new(&mut self.reverse, known.map(|known| &known.reverse));
        for block in &blocks(source, target) {
            let pairs = block.clone().into_par_iter().map(|pair| (source.get(pair), target.get(pair)));
            let expected: Vec<(Expected, Expected)> =
                pairs.map(|(source, target)| self.expect(source, target, stage)).collect();
            rayon::join(
                || expected.iter().for_each(|(forward, _)| forward_counts.add(forward)),
                || expected.iter().for_each(|(_, reverse)| reverse_counts.add(reverse)),
            );
        }
        (forward_counts, reverse_counts)
    }

    /// The E-step on one pair of forms, `[source words]` and `[target words]`, in both directions.
    fn expect(&self, source: &[u32], target: &[u32], stage: Stage) -> (Expected, Expected) {
        let mut forward = self.forward.expect(source, target, stage);
        let mut reverse = self.reverse.expect(target, source, stage);
        if stage == Stage::Hmm {
            agree(&mut forward, &mut reverse, (source.len(), target.len()));
        }
        (forward, reverse)
    }

    /// The M-step of both directions.
    fn estimate(&mut self, forward: Counts, reverse: Counts) {
        rayon::join(|| self.forward.estimate(forward), || self.reverse.estimate(reverse));
    }

    /// Tells both tables which words are cognates.
    pub(super) fn use_cognates(&mut self, source: &Vocabulary, target: &Vocabulary) {
        let cognates = &self.cognates;
        let source: Vec<_> = source.spellings().iter().map(|text| cognates.source_spelling(text)).collect();
        let target: Vec<_> = target.spellings().iter().map(|text| cognates.target_spelling(text)).collect();
        self.forward.table.set_cognates(|from, to, scratch| {
            cognates.probability(&source[from as usize], &target[to as usize], scratch)
        });
        self.reverse.table.set_cognates(|from, to, scratch| {
            cognates.probability(&source[to as usize], &target[from as usize], scratch)
        });
    }
}

/// Ranges of pairs whose posteriors fit into a block. A single pair may be larger than a block.
fn blocks(source: &Sentences, target: &Sentences) -> Vec<Range<usize>> {
    let mut blocks = Vec::new();
    let (mut start, mut posteriors) = (0, 0);
    for pair in 0..source.len() {
        let more = 2 * (source.get(pair).len() + 1) * (target.get(pair).len() + 1);
        if posteriors + more > BLOCK_SIZE && pair > start {
            blocks.push(start..pair);
            (start, posteriors) = (pair, 0);
        }
        posteriors += more;
    }
    blocks.push(start..source.len());
    blocks
}
