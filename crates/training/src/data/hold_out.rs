//! The pairs that are held out for validation, of a corpus without validation pairs.

use crate::data::overlap::pair_hash;
use crate::error::Result;
use crate::streams::{Purpose, shuffle, stream};
use glosser_text::{CorpusReader, Pair, TextError, counted};
use std::collections::HashMap;

/// Most pairs that are held out.
const MOST_HELD_OUT: usize = 1000;

/// Fewest pairs that are read together to replace pairs that are too long.
const FEWEST_READ: usize = 64;

/// The order in which the pairs of a corpus are held out: those that occur once, as the seed shuffles them, and then
/// one copy of each pair that occurs several times. Memory while it is made: 16 bytes per pair.
pub(crate) struct Draw {
    /// Indices of pairs in the corpus. All are different pairs.
    order: Vec<u32>,
    /// The number of pairs to hold out: a twentieth of the different pairs.
    wanted: usize,
    /// Pairs that occur several times, in groups of the same pair.
    repeated: Vec<Entry>,
}

/// A pair of the corpus: the two halves of its hash, and its index.
type Entry = (u32, u32, u32);

/// Pairs that are held out.
pub(crate) struct HeldOut {
    /// The pairs with their indices in the corpus, which are in ascending order.
    pub pairs: Vec<(u32, Pair)>,
    /// The indices of further copies of these pairs, in ascending order. They are not trained on.
    pub copies: Vec<u32>,
}

impl Draw {
    /// Reads the corpus, which has `pairs` pairs, and shuffles them.
    ///
    /// # Errors
    /// If the corpus cannot be read.
    pub fn new(reader: &CorpusReader, pairs: usize, seed: u64) -> Result<Self> {
        let mut entries = Vec::with_capacity(pairs);
        for (index, pair) in (0..pairs as u32).zip(reader.pairs()?) {
            let hash = pair_hash(&pair?);
            entries.push(((hash >> 32) as u32, hash as u32, index));
        }
        Ok(Self::of(entries, pairs, seed))
    }

    fn of(mut entries: Vec<Entry>, pairs: usize, seed: u64) -> Self {
        entries.sort_unstable();
        let mut uses = vec![Use::Unique; pairs];
        let mut repeated = Vec::new();
        for group in entries.chunk_by(is_same).filter(|group| group.len() > 1) {
            let mut indices = group.iter().map(|(.., index)| *index as usize);
            indices.next().into_iter().for_each(|first| uses[first] = Use::First);
            indices.for_each(|copy| uses[copy] = Use::Copy);
            repeated.extend_from_slice(group);
        }
        drop(entries);
        let mut order: Vec<u32> = (0..pairs as u32).collect();
        shuffle(&mut order, &mut stream(seed, Purpose::HoldOut, 0));
        // The sort is stable, so that each part is in the order of the shuffle.
        order.retain(|index| uses[*index as usize] != Use::Copy);
        order.sort_by_key(|index| uses[*index as usize] == Use::First);
        let wanted = (order.len() / 20).clamp(1, MOST_HELD_OUT);
        Self { order, wanted, repeated }
    }

    /// Returns the first pairs of the order.
    ///
    /// # Errors
    /// If the corpus cannot be read.
    pub fn first(&self, reader: &CorpusReader) -> Result<HeldOut> {
        Ok(self.held_out(read(reader, &self.order[..self.wanted.min(self.order.len())])?))
    }

    /// Replaces the pairs that cannot be trained on by the next ones of the order that can. Some are kept if all
    /// others cannot be trained on either.
    ///
    /// # Errors
    /// If the corpus cannot be read.
    pub fn replace(
        &self,
        held_out: HeldOut,
        reader: &CorpusReader,
        is_trainable: impl Fn(&Pair) -> bool,
    ) -> Result<HeldOut> {
        let mut pairs = held_out.pairs;
        pairs.retain(|(_, pair)| is_trainable(pair));
        let mut next = self.wanted.min(self.order.len());
        let mut many = FEWEST_READ;
        while pairs.len() < self.wanted && next < self.order.len() {
            let end = (next + many.max(2 * (self.wanted - pairs.len()))).min(self.order.len());
            let mut read: HashMap<u32, Pair> = read(reader, &self.order[next..end])?.into_iter().collect();
            let in_order = self.order[next..end].iter().filter_map(|index| Some((*index, read.remove(index)?)));
            let trainable = in_order.filter(|(_, pair)| is_trainable(pair));
            pairs.extend(trainable.take(self.wanted - pairs.len()));
            (next, many) = (end, 2 * many);
        }
        pairs.sort_unstable_by_key(|(index, _)| *index);
        Ok(self.held_out(pairs))
    }

    fn held_out(&self, pairs: Vec<(u32, Pair)>) -> HeldOut {
        let is_held_out = |index: u32| pairs.binary_search_by_key(&index, |(index, _)| *index).is_ok();
        // If all pairs are the same, nothing would be left to train on.
        let groups = self.repeated.chunk_by(is_same).filter(|_| self.order.len() > 1);
        let groups = groups.filter(|group| group.first().is_some_and(|(.., first)| is_held_out(*first)));
        let mut copies: Vec<u32> = groups.flat_map(|group| &group[1..]).map(|(.., index)| *index).collect();
        copies.sort_unstable();
        HeldOut { pairs, copies }
    }
}

impl HeldOut {
    /// Returns the indices of the pairs that are not trained on, in ascending order.
    pub fn indices(&self) -> Vec<u32> {
        let mut indices: Vec<u32> =
            self.pairs.iter().map(|(index, _)| *index).chain(self.copies.iter().copied()).collect();
        indices.sort_unstable();
        indices
    }

    /// Returns a note for the user.
    pub fn note(&self) -> String {
        let (pairs, are) = (counted(self.pairs.len(), "pair"), if self.pairs.len() == 1 { "is" } else { "are" });
        let copies = match self.copies.len() {
            0 => "not trained on".to_owned(),
            1 => "not trained on, nor is a copy of one of them".to_owned(),
            copies => format!("not trained on, nor are {copies} copies of them"),
        };
        format!("no --dev was given: {pairs} of the corpus {are} held out for validation and {copies}")
    }
}

/// How often a pair occurs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Unique,
    /// The first of several.
    First,
    Copy,
}

fn is_same(one: &Entry, other: &Entry) -> bool {
    (one.0, one.1) == (other.0, other.1)
}

/// Reads the pairs with these indices, and returns them in the order of the corpus.
fn read(reader: &CorpusReader, indices: &[u32]) -> Result<Vec<(u32, Pair)>> {
    let mut sorted = indices.to_vec();
    sorted.sort_unstable();
    let all = sorted.last().map_or(0, |last| *last as usize + 1);
    let pairs = (0..).zip(reader.pairs()?.take(all)).filter(|(index, _)| sorted.binary_search(index).is_ok());
    Ok(pairs.map(|(index, pair)| Ok((index, pair?))).collect::<Result<_, TextError>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use glosser_text::{AnyCorpus, Corpus};

    fn reader(sources: impl IntoIterator<Item = String>) -> CorpusReader {
        let pairs = sources.into_iter().map(|source| Pair { target: source.clone(), source }).collect();
        let corpus = Corpus { name: "pairs.tsv".to_owned(), pairs, lines: Vec::new(), notes: Vec::new() };
        CorpusReader::new(AnyCorpus::from(corpus), tempfile::tempfile).expect("a corpus in memory")
    }

    fn held_out(sources: impl IntoIterator<Item = String>, seed: u64) -> (Draw, CorpusReader, HeldOut) {
        let reader = reader(sources);
        let pairs = reader.pairs().expect("pairs").count();
        let draw = Draw::new(&reader, pairs, seed).expect("a corpus in memory");
        let first = draw.first(&reader).expect("a corpus in memory");
        (draw, reader, first)
    }

    fn indices(held_out: &HeldOut) -> Vec<u32> {
        held_out.pairs.iter().map(|(index, _)| *index).collect()
    }

    #[test]
    fn a_twentieth_is_held_out_but_at_most_a_thousand_pairs() {
        for (pairs, expected) in [(2, 1), (100, 5), (19_999, 999), (30_000, 1000)] {
            let (_, _, held_out) = held_out((0..pairs).map(|at| at.to_string()), 1);
            assert_eq!((held_out.pairs.len(), held_out.copies.len()), (expected, 0));
            assert!(indices(&held_out).is_sorted_by(|a, b| a < b));
            assert!(held_out.pairs.iter().all(|(index, pair)| pair.source == index.to_string()));
        }
    }

    #[test]
    fn different_pairs_are_held_out_as_the_seed_shuffles_them() {
        let mut order: Vec<u32> = (0..100).collect();
        shuffle(&mut order, &mut stream(7, Purpose::HoldOut, 0));
        order.truncate(5);
        order.sort_unstable();
        let drawn = |seed| indices(&held_out((0..100).map(|at| at.to_string()), seed).2);
        assert_eq!(drawn(7), order);
        assert_ne!(drawn(8), order);
    }

    #[test]
    fn pairs_that_occur_once_are_preferred() {
        // Of 40 different pairs, the first 30 occur three times.
        let (_, _, held_out) = held_out((0..100).map(|at| if at < 90 { at % 30 } else { at }.to_string()), 1);
        assert_eq!((held_out.pairs.len(), held_out.copies.len()), (2, 0));
        assert!(indices(&held_out).iter().all(|index| *index >= 90));
    }

    #[test]
    fn copies_of_a_held_out_pair_are_not_trained_on() {
        let (_, _, held_out) = held_out((0..400).map(|at| (at % 40).to_string()), 1);
        assert_eq!((held_out.pairs.len(), held_out.copies.len()), (2, 18));
        let of: Vec<u32> = indices(&held_out).iter().map(|index| index % 40).collect();
        assert!(held_out.copies.iter().all(|copy| of.contains(&(copy % 40))));
        assert_eq!(held_out.indices().len(), 20);
        assert!(held_out.note().ends_with(
            "2 pairs of the corpus are held out for validation and not trained on, nor are 18 copies of them"
        ));
    }

    #[test]
    fn if_all_pairs_are_the_same_the_copies_are_trained_on() {
        let (_, _, held_out) = held_out(vec!["a".to_owned(); 10], 1);
        assert_eq!((held_out.pairs.len(), held_out.copies.len()), (1, 0));
    }

    #[test]
    fn pairs_that_cannot_be_trained_on_are_replaced_as_long_as_there_are_others() -> Result<()> {
        for seed in 0..20 {
            let (draw, reader, first) = held_out((0..400).map(|at| at.to_string()), seed);
            let before = indices(&first);
            let all_are_fine = draw.replace(first, &reader, |_| true)?;
            assert_eq!(indices(&all_are_fine), before);
            // Only 30 pairs, then only 5.
            let is_short = |most: usize| move |pair: &Pair| pair.source.parse::<usize>().is_ok_and(|at| at < most);
            let few = draw.replace(all_are_fine, &reader, is_short(30))?;
            assert_eq!(few.pairs.len(), 20);
            assert!(indices(&few).is_sorted() && few.pairs.iter().all(|(_, pair)| is_short(30)(pair)));
            let first = draw.first(&reader)?;
            assert_eq!(indices(&draw.replace(first, &reader, is_short(5))?), [0, 1, 2, 3, 4]);
        }
        Ok(())
    }
}
