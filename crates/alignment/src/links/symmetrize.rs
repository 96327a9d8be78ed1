//! Symmetrisation: one alignment from the links of two directions (Och and Ney 2003, section 4.2; Koehn et al. 2003,
//! section 4.1; Koehn et al. 2005).

use std::collections::BTreeSet;

use crate::{Link, Links};

/// A method that combines the links of two directions. Every result contains their intersection and is part of their union.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Symmetrization {
    /// The links of both directions: high precision, low recall.
    Intersection,
    /// The links of either direction: high recall, low precision.
    Union,
    /// The intersection; then, repeatedly, each link of the union that is horizontally, vertically or diagonally next to a
    /// link already chosen, if one of its words has no link yet.
    GrowDiag,
    /// `GrowDiag`, then each link of the union with at least one word without a link.
    GrowDiagFinal,
    /// `GrowDiag`, then each link of the union whose two words both have no link.
    GrowDiagFinalAnd,
}

/// Combines `forward`, the links of a source-to-target model, with `reverse`, the links of a target-to-source model. In both,
/// the source word comes first.
///
/// An added link immediately counts for the links after it, so the order matters. The order is that of `atools` of
/// fast_align: candidates by source, then target, repeated until no link is added; in the final step first the links of
/// `forward`, then those of `reverse`. Moses visits the neighbours of each link instead, and gets different links for a few
/// sentences.
pub fn symmetrize(forward: &Links, reverse: &Links, method: Symmetrization) -> Links {
    let union: Links = forward.iter().chain(reverse.iter()).copied().collect();
    let mut growing = Growing::new(&union);
    growing.add_where(forward, |_, link| reverse.contains(link));
    match method {
        Symmetrization::Intersection => {}
        Symmetrization::Union => return union,
        Symmetrization::GrowDiag => growing.grow(&union),
        Symmetrization::GrowDiagFinal => {
            growing.grow(&union);
            growing.add_where(forward, Growing::has_unlinked_word);
            growing.add_where(reverse, Growing::has_unlinked_word);
        }
        Symmetrization::GrowDiagFinalAnd => {
            growing.grow(&union);
            growing.add_where(forward, Growing::joins_unlinked_words);
            growing.add_where(reverse, Growing::joins_unlinked_words);
        }
    }
    growing.links.into_iter().collect()
}

/// The links chosen so far, and whether each word has a link.
struct Growing {
    links: BTreeSet<Link>,
    /// `[source words]`, up to the last word of the union.
    source_has_link: Vec<bool>,
    /// `[target words]`, up to the last word of the union.
    target_has_link: Vec<bool>,
}

impl Growing {
    /// Starts without links, with room for the words of the union.
    fn new(union: &Links) -> Self {
        let length = |index: fn(&Link) -> usize| union.iter().map(index).max().map_or(0, |last| last + 1);
        Self {
            links: BTreeSet::new(),
            source_has_link: vec![false; length(|link| link.source)],
            target_has_link: vec![false; length(|link| link.target)],
        }
    }

    /// Adds each candidate that is wanted, given the links before it. Returns whether a link was added.
    fn add_where(&mut self, candidates: &Links, is_wanted: impl Fn(&Self, &Link) -> bool) -> bool {
        let before = self.links.len();
        for link in candidates.iter() {
            if is_wanted(self, link) && self.links.insert(*link) {
                self.source_has_link[link.source] = true;
                self.target_has_link[link.target] = true;
            }
        }
        self.links.len() > before
    }

    fn grow(&mut self, union: &Links) {
        while self.add_where(union, |growing, link| growing.has_unlinked_word(link) && growing.is_adjacent(link)) {}
    }

    fn has_unlinked_word(&self, link: &Link) -> bool {
        !(self.source_has_link[link.source] && self.target_has_link[link.target])
    }

    fn joins_unlinked_words(&self, link: &Link) -> bool {
        !(self.source_has_link[link.source] || self.target_has_link[link.target])
    }

    /// Whether one of the eight neighbours of the link was chosen.
    fn is_adjacent(&self, link: &Link) -> bool {
        let around = |index: usize| index.saturating_sub(1)..=index.saturating_add(1);
        let mut neighbours =
            around(link.source).flat_map(|source| around(link.target).map(move |target| Link { source, target }));
        // The link itself has an unlinked word, so it is not among the chosen links.
        neighbours.any(|neighbour| self.links.contains(&neighbour))
    }
}
