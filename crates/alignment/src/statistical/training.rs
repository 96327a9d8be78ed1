//! Expectation maximisation over a corpus, both directions at once.

use std::ops::Range;

use rayon::prelude::*;

use super::lexicon::Lexicon;
use super::model::{Counts, Expected, Model, Stage, agree};
use super::vocabulary::{Sentences, Vocabulary};

/// What each iteration does. The directions agree in the second stage alone: from the first iteration on, they hold each
/// other to what neither knows yet. More iterations gain nothing.
pub(super) const STAGES: [Stage; 10] = {
    let (words, places) = (Stage::Model1, Stage::Hmm);
    [words, words, words, words, words, places, places, places, places, places]
};

/// Posteriors in memory at a time, about: what bounds it, however many pairs there are.
const BLOCK: usize = 1 << 20;

/// A side and the words in it.
type Side<'a> = (&'a Sentences, &'a Vocabulary);

/// The model that generates the target from the source, and that of the other direction.
pub(super) fn train(source: Side, target: Side, mut progress: impl FnMut(usize)) -> (Model, Model) {
    let mut forward = Model::new(Lexicon::uniform(source, target));
    let mut reverse = Model::new(Lexicon::uniform(target, source));
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

fn expect(forward: &Model, reverse: &Model, source: &[u32], target: &[u32], stage: Stage) -> (Expected, Expected) {
    let mut forward = forward.expect(source, target, stage);
    let mut reverse = reverse.expect(target, source, stage);
    if stage == Stage::Hmm {
        agree(&mut forward, &mut reverse, (source.len(), target.len()));
    }
    (forward, reverse)
}

/// Runs of pairs whose posteriors fit into a block; a pair alone may be larger.
fn blocks(source: &Sentences, target: &Sentences) -> Vec<Range<usize>> {
    let mut blocks = Vec::new();
    let (mut start, mut posteriors) = (0, 0);
    for pair in 0..source.len() {
        let more = 2 * (source.get(pair).len() + 1) * (target.get(pair).len() + 1);
        if posteriors + more > BLOCK && pair > start {
            blocks.push(start..pair);
            (start, posteriors) = (pair, 0);
        }
        posteriors += more;
    }
    blocks.push(start..source.len());
    blocks
}
