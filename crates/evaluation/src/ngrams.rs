//! The n-grams of a sentence, for all orders in one sorted list.

use std::cmp::Ordering;

/// The n-grams of one sentence for every n from 1 to `ORDER`, over symbols from 1 to 2^(128 / `ORDER`) - 1.
///
/// One integer per position holds the `ORDER` symbols that start there: the first symbol in the highest bits, and 0 after
/// the end of the sentence. Sorted integers are also sorted by their first n symbols, for every n. So one sort is enough for
/// all orders, and a bit shift turns an integer into a shorter n-gram.
pub struct NGrams<const ORDER: usize> {
    /// Sorted, `[symbols]`.
    windows: Vec<u128>,
}

impl<const ORDER: usize> NGrams<ORDER> {
    /// Number of bits of a symbol.
    const WIDTH: usize = 128 / ORDER;

    /// Builds the list from the symbols of a sentence, `[symbols]`.
    pub fn new(symbols: &[u32]) -> Self {
        debug_assert!(symbols.iter().all(|&symbol| symbol > 0 && u128::from(symbol) >> Self::WIDTH == 0));
        let mut windows: Vec<u128> = (0..symbols.len()).map(|start| Self::window(&symbols[start..])).collect();
        windows.sort_unstable();
        Self { windows }
    }

    /// Number of n-grams, including repeated ones.
    pub fn count(&self, n: usize) -> usize {
        (self.windows.len() + 1).saturating_sub(n)
    }

    /// Number of matches with several references: the sum over distinct n-grams of the smaller count, where the count in the
    /// references is the highest of any of them (the clipped count of Papineni et al. 2002, section 2.1).
    pub fn matches(&self, references: &[Self], n: usize) -> usize {
        match references {
            [] => 0,
            [reference] => common(self.of_order(n), reference.of_order(n)),
            [first, others @ ..] => {
                let union = others
                    .iter()
                    .fold(first.of_order(n).collect::<Vec<_>>(), |all, other| union(&all, other.of_order(n)));
                common(self.of_order(n), union.into_iter())
            }
        }
    }

    /// The first `ORDER` symbols as one integer.
    fn window(symbols: &[u32]) -> u128 {
        (0..ORDER).fold(0, |window, i| window << Self::WIDTH | symbols.get(i).map_or(0, |&symbol| u128::from(symbol)))
    }

    /// The n-grams in ascending order. Skips positions with fewer than n symbols before the end of the sentence.
    fn of_order(&self, n: usize) -> impl Iterator<Item = u128> {
        let last_symbol = (1 << Self::WIDTH) - 1;
        let shift = Self::WIDTH * (ORDER - n);
        self.windows.iter().map(move |window| window >> shift).filter(move |ngram| ngram & last_symbol != 0)
    }
}

/// Number of common elements of two sorted sequences; a repeated element is common as often as it is in both.
fn common(mut ours: impl Iterator<Item = u128>, mut theirs: impl Iterator<Item = u128>) -> usize {
    let (mut our, mut their) = (ours.next(), theirs.next());
    let mut common = 0;
    while let (Some(a), Some(b)) = (our, their) {
        let ordering = a.cmp(&b);
        common += usize::from(ordering == Ordering::Equal);
        if ordering != Ordering::Greater {
            our = ours.next();
        }
        if ordering != Ordering::Less {
            their = theirs.next();
        }
    }
    common
}

/// The sorted union of two sorted sequences; an element is repeated as often as in the sequence that has more of it.
fn union(ours: &[u128], theirs: impl Iterator<Item = u128>) -> Vec<u128> {
    let mut ours = ours.iter().copied().peekable();
    let mut union = Vec::new();
    for their in theirs {
        while let Some(smaller) = ours.next_if(|our| *our < their) {
            union.push(smaller);
        }
        ours.next_if_eq(&their);
        union.push(their);
    }
    union.extend(ours);
    union
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::{collection::vec, prelude::*};

    use super::NGrams;

    /// The definition, with hash tables of counts.
    fn clipped_count(ours: &[u32], references: &[&[u32]], n: usize) -> usize {
        let counts = |symbols: &[u32]| {
            let mut counts: HashMap<Vec<u32>, usize> = HashMap::new();
            symbols.windows(n).for_each(|ngram| *counts.entry(ngram.to_vec()).or_default() += 1);
            counts
        };
        let references: Vec<_> = references.iter().map(|reference| counts(reference)).collect();
        let highest = |ngram| references.iter().filter_map(|counts| counts.get(ngram)).max().copied().unwrap_or(0);
        counts(ours).iter().map(|(ngram, &count)| count.min(highest(ngram))).sum()
    }

    proptest! {
        #[test]
        fn matches_are_the_clipped_counts(
            ours in vec(1_u32..4, 0..20), one in vec(1_u32..4, 0..20), other in vec(1_u32..4, 0..20),
        ) {
            let (a, b, c) = (NGrams::<6>::new(&ours), NGrams::<6>::new(&one), NGrams::<6>::new(&other));
            let references = [b, c];
            for n in 1..=6 {
                prop_assert_eq!(a.count(n), ours.windows(n).count());
                prop_assert_eq!(a.matches(&references[..1], n), clipped_count(&ours, &[&one], n));
                prop_assert_eq!(a.matches(&references, n), clipped_count(&ours, &[&one, &other], n));
            }
        }

        #[test]
        fn the_largest_symbols_do_not_overlap(
            ours in vec(u32::MAX - 1..=u32::MAX, 0..12), theirs in vec(u32::MAX - 1..=u32::MAX, 0..12),
        ) {
            let (a, b) = (NGrams::<4>::new(&ours), NGrams::<4>::new(&theirs));
            for n in 1..=4 {
                prop_assert_eq!(a.matches(std::slice::from_ref(&b), n), clipped_count(&ours, &[&theirs], n));
            }
        }
    }
}
