//! Three parts without common sentences, and word combinations that occur in the test part only.

use std::collections::{HashMap, HashSet};

use crate::example::Example;
use crate::sentence::sentence;
use crate::writer::{Chance, Writer};

/// Number of training pairs.
pub const TRAIN: usize = 12_000;
/// Number of validation pairs.
pub const DEV: usize = 500;
/// Number of test pairs.
pub const TEST: usize = 500;
/// Number of test pairs with a combination of words that train and dev do not have.
pub const UNSEEN: usize = 250;
/// Minimum number of times that each word form of dev and test occurs in train.
pub const FAMILIAR: usize = 5;

/// One of 17 combinations is held out.
const HELD_OUT: u64 = 17;
/// Allowed sentence lengths in words, for both sides.
const LENGTHS: std::ops::RangeInclusive<usize> = 3..=16;

/// The whole corpus.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bundle {
    /// Training pairs.
    pub train: Vec<Example>,
    /// Validation pairs, drawn like train.
    pub dev: Vec<Example>,
    /// Test pairs. Half of them have a combination of words that train and dev do not have.
    pub test: Vec<Example>,
}

/// Generates the corpus. Equal seeds give equal corpora.
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
        let (part, size) = match () {
            () if unseen => (&mut novel, UNSEEN),
            () if dev.len() < DEV => (&mut dev, DEV),
            () => (&mut known, TEST - UNSEEN),
        };
        if part.len() < size {
            seen.insert(example.source.clone());
            chance.count(chosen);
            part.push(example);
        }
    }
    // The two kinds alternate, so that every section of the test part is representative.
    let test = known.into_iter().zip(novel).flat_map(|(known, novel)| [known, novel]).collect();
    Bundle { train, dev, test }
}

/// An endless sequence of pairs, without the guarantees of [`generate`]: sentences repeat, the more often the more pairs are
/// drawn. Equal seeds give equal pairs.
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

/// A sentence that is not yet assigned to a part.
pub(crate) struct Draft {
    pub(crate) example: Example,
    /// Whether it has a held-out combination.
    unseen: bool,
    /// The names of its rows of the lexicon.
    chosen: Vec<String>,
}

/// Draws a sentence from the grammar.
pub(crate) fn draw(chance: &mut Chance) -> Draft {
    let mut writer = Writer::new(chance);
    let example = sentence(&mut writer);
    let unseen = writer.combinations.iter().any(|(first, second)| held_out(first, second));
    Draft { example, unseen, chosen: writer.chosen }
}

/// Hashes the names with FNV-1a, so that the choice depends on the combination only.
fn held_out(first: &str, second: &str) -> bool {
    let bytes = first.bytes().chain([b'|']).chain(second.bytes());
    let hash =
        bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    (hash >> 32) % HELD_OUT == 0
}

fn fits(example: &Example) -> bool {
    [&example.source, &example.target].iter().all(|text| LENGTHS.contains(&text.split_whitespace().count()))
}
