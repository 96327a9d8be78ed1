//! Three parts without overlap, and combinations that only the last one shows.

use std::collections::{HashMap, HashSet};

use crate::example::Example;
use crate::sentence::sentence;
use crate::writer::{Chance, Writer};

/// Pairs for training.
pub const TRAIN: usize = 12_000;
/// Pairs for choosing.
pub const DEV: usize = 500;
/// Pairs for the final figure.
pub const TEST: usize = 500;
/// Of the test pairs, those that hold a combination absent from train and dev.
pub const UNSEEN: usize = 250;
/// How often train shows every word form of dev and test, at least.
pub const FAMILIAR: usize = 5;

/// One in so many combinations is held out.
const HELD_OUT: u64 = 17;
/// Sentence lengths in words, on either side.
const LENGTHS: std::ops::RangeInclusive<usize> = 3..=16;

/// The whole corpus.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bundle {
    /// Pairs for training.
    pub train: Vec<Example>,
    /// Pairs for choosing, drawn like train.
    pub dev: Vec<Example>,
    /// Pairs for the final figure; half of them hold a combination that train and dev never show.
    pub test: Vec<Example>,
}

/// The corpus of the seed: the same seed gives the same corpus.
pub fn generate(seed: u64) -> Bundle {
    let mut chance = Chance::new(seed);
    let mut seen = HashSet::new();
    let mut train = Vec::with_capacity(TRAIN);
    while train.len() < TRAIN {
        let Draft { example, unseen, chosen } = draw(&mut chance);
        if !unseen && fits(&example) && seen.insert(example.source.clone()) {
            chance.count(chosen);
            train.push(example);
        }
    }
    let mut counts: HashMap<String, usize> = HashMap::new();
    for form in train.iter().flat_map(Example::forms) {
        *counts.entry(form).or_default() += 1;
    }
    let familiar =
        |example: &Example| example.forms().all(|form| counts.get(&form).is_some_and(|count| *count >= FAMILIAR));
    let (mut dev, mut known, mut novel) = (Vec::new(), Vec::new(), Vec::new());
    while dev.len() < DEV || known.len() < TEST - UNSEEN || novel.len() < UNSEEN {
        let Draft { example, unseen, chosen } = draw(&mut chance);
        if !fits(&example) || !familiar(&example) || seen.contains(&example.source) {
            continue;
        }
        let (part, wanted) = match () {
            () if unseen => (&mut novel, UNSEEN),
            () if dev.len() < DEV => (&mut dev, DEV),
            () => (&mut known, TEST - UNSEEN),
        };
        if part.len() < wanted {
            seen.insert(example.source.clone());
            chance.count(chosen);
            part.push(example);
        }
    }
    // Alternating the two kinds keeps any stretch of the test part representative.
    let test = known.into_iter().zip(novel).flat_map(|(known, novel)| [known, novel]).collect();
    Bundle { train, dev, test }
}

/// Pairs without end, and without the promises of [`generate`]: sentences come again, the more often the more are drawn.
/// The same seed gives the same pairs.
///
/// ```
/// let pairs = |seed| glosser_bundled_corpus::endless(seed).take(100).collect::<Vec<_>>();
/// assert_eq!(pairs(1), pairs(1));
/// assert_ne!(pairs(1), pairs(2));
/// ```
pub fn endless(seed: u64) -> impl Iterator<Item = Example> {
    let mut chance = Chance::new(seed);
    std::iter::from_fn(move || {
        let draft = draw(&mut chance);
        chance.count(draft.chosen);
        Some(draft.example)
    })
    .filter(fits)
}

/// A sentence before it is known where it goes.
pub(crate) struct Draft {
    pub(crate) example: Example,
    /// Whether it holds a held-out combination.
    unseen: bool,
    /// The rows of the lexicon in it.
    chosen: Vec<String>,
}

/// Any sentence of the grammar.
pub(crate) fn draw(chance: &mut Chance) -> Draft {
    let mut writer = Writer::new(chance);
    let example = sentence(&mut writer);
    let unseen = writer.combinations.iter().any(|(first, second)| held_out(first, second));
    Draft { example, unseen, chosen: writer.chosen }
}

/// FNV-1a over the names, so that what is held out depends on nothing but the combination.
fn held_out(first: &str, second: &str) -> bool {
    let bytes = first.bytes().chain([b'|']).chain(second.bytes());
    let hash =
        bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    (hash >> 32) % HELD_OUT == 0
}

fn fits(example: &Example) -> bool {
    [&example.source, &example.target].iter().all(|text| LENGTHS.contains(&text.split_whitespace().count()))
}
