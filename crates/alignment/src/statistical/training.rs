//! Expectation maximisation over a corpus, for both directions together.

use std::ops::Range;

use rayon::prelude::*;

use super::model::{Counts, Expected, Model, Stage, agree};
use super::translation_table::TranslationTable;
use super::vocabulary::{Sentences, Vocabulary};

/// The stage of each iteration. The directions are trained jointly in the second stage only: in the first one, both would
/// confirm the other's random beginnings. More iterations gain nothing.
pub(super) const STAGES: [Stage; 10] = {
    use Stage::{Hmm, Model1};
    [Model1, Model1, Model1, Model1, Model1, Hmm, Hmm, Hmm, Hmm, Hmm]
};

/// Approximate number of posteriors in memory at a time; it bounds the memory for any number of pairs.
const BLOCK_SIZE: usize = 1 << 20;

/// The sentences of a side, and their vocabulary.
type Side<'a> = (&'a Sentences, &'a Vocabulary);

/// Trains the model that generates the target from the source, and the model of the other direction.
pub(super) fn train(source: Side, target: Side, mut progress: impl FnMut(usize)) -> (Model, Model) {
    let mut forward = Model::new(TranslationTable::uniform(source, target));
    let mut reverse = Model::new(TranslationTable::uniform(target, source));
    let blocks = blocks(source.0, target.0);
    for (index, stage) in STAGES.into_iter().enumerate() {
        let (mut forward_counts, mut reverse_counts) = (Counts::new(&forward), Counts::new(&reverse));
        for block in &blocks {
            let pairs = block.clone().into_par_iter().map(|pair| (source.0.get(pair), target.0.get(pair)));
            let expected: Vec<(Expected, Expected)> =
                pairs.map(|(source, target)| expect(&forward, &reverse, source, target, stage)).collect();
            rayon::join(
                || expected.iter().for_each(|(forward, _)| forward_counts.add(forward)),
                || expected.iter().for_each(|(_, reverse)| reverse_counts.add(reverse)),
            );
        }
        rayon::join(|| forward.estimate(forward_counts), || reverse.estimate(reverse_counts));
        progress(index + 1);
    }
    (forward, reverse)
}

/// The E-step on one pair of word ids, `[source words]` and `[target words]`, in both directions.
fn expect(forward: &Model, reverse: &Model, source: &[u32], target: &[u32], stage: Stage) -> (Expected, Expected) {
    let mut forward = forward.expect(source, target, stage);
    let mut reverse = reverse.expect(target, source, stage);
    if stage == Stage::Hmm {
        agree(&mut forward, &mut reverse, (source.len(), target.len()));
    }
    (forward, reverse)
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
