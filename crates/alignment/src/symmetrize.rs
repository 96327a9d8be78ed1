//! One alignment from those of both directions (Och and Ney 2003, section 4.2; Koehn et al. 2003, section 4.1; Koehn
//! et al. 2005).

use std::collections::BTreeSet;

use crate::{Link, Links};

/// How the links of two directions become one alignment; each is within their union and contains their intersection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Symmetrization {
    /// What both directions say: precise, and misses much.
    Intersection,
    /// What either says: misses little, and is wrong more often.
    Union,
    /// The intersection, and from the union every link that touches what is there, also at a corner, as long as one of
    /// its words had none.
    GrowDiag,
    /// After that, further links of the union that have a word without a link.
    GrowDiagFinal,
    /// After that, further links of the union both of whose words have no link.
    GrowDiagFinalAnd,
}

/// Joins the links of a model that goes from source to target, `forward`, with those of one that goes from target to
/// source, `reverse`; in both, source words come first.
///
/// A link that is added counts at once for those that come after it, so the order matters. It is that of `atools` of
/// fast_align: candidates by source, then target, again until none is added; in the final step those of `forward`, then
/// those of `reverse`. Moses goes from each link to its neighbours instead, and comes to other links in a few sentences.
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
            growing.add_where(forward, Growing::has_a_bare_word);
            growing.add_where(reverse, Growing::has_a_bare_word);
        }
        Symmetrization::GrowDiagFinalAnd => {
            growing.grow(&union);
            growing.add_where(forward, Growing::joins_bare_words);
            growing.add_where(reverse, Growing::joins_bare_words);
        }
    }
    growing.links.into_iter().collect()
}

/// Links so far, and the words that have one.
struct Growing {
    links: BTreeSet<Link>,
    source_has_link: Vec<bool>,
    target_has_link: Vec<bool>,
}

impl Growing {
    /// No links yet, with room for those of the union.
    fn new(union: &Links) -> Self {
        let length = |index: fn(&Link) -> usize| union.iter().map(index).max().map_or(0, |last| last + 1);
        Self {
            links: BTreeSet::new(),
            source_has_link: vec![false; length(|link| link.source)],
            target_has_link: vec![false; length(|link| link.target)],
        }
    }

    /// Adds each candidate that is wanted beside the links before it; returns whether there was one.
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
        while self.add_where(union, |growing, link| growing.has_a_bare_word(link) && growing.touches(link)) {}
    }

    fn has_a_bare_word(&self, link: &Link) -> bool {
        !(self.source_has_link[link.source] && self.target_has_link[link.target])
    }

    fn joins_bare_words(&self, link: &Link) -> bool {
        !(self.source_has_link[link.source] || self.target_has_link[link.target])
    }

    /// Whether one of the eight neighbours is linked.
    fn touches(&self, link: &Link) -> bool {
        let around = |index: usize| index.saturating_sub(1)..=index.saturating_add(1);
        let mut neighbours =
            around(link.source).flat_map(|source| around(link.target).map(move |target| Link { source, target }));
        // The link itself is a candidate, so it is not among the links.
        neighbours.any(|neighbour| self.links.contains(&neighbour))
    }
}
