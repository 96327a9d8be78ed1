//! Symmetrisation, by hand and for any links.

use glosser_alignment::{Link, Links, Symmetrization, symmetrize};
use proptest::prelude::*;

const METHODS: [Symmetrization; 5] = [
    Symmetrization::Intersection,
    Symmetrization::GrowDiag,
    Symmetrization::GrowDiagFinalAnd,
    Symmetrization::GrowDiagFinal,
    Symmetrization::Union,
];

fn symmetrized(forward: &str, reverse: &str) -> [String; 5] {
    let (forward, reverse) = (forward.parse().unwrap(), reverse.parse().unwrap());
    METHODS.map(|method| symmetrize(&forward, &reverse, method).to_string())
}

/// The intersection is 0-0 and 2-2. 1-1 is diagonally next to both; 3-2 is next to 2-2; then 4-2 is next to 3-2. 6-5 has no
/// neighbour, and both its words have no link; 6-0 and 0-7 have one word without a link each, 2-0 has none.
#[test]
fn the_methods_by_hand() {
    let [intersection, grow_diag, grow_diag_final_and, grow_diag_final, union] =
        symmetrized("0-0 1-1 2-2 6-5 0-7", "0-0 2-2 3-2 4-2 2-0 6-0");
    assert_eq!(intersection, "0-0 2-2");
    assert_eq!(grow_diag, "0-0 1-1 2-2 3-2 4-2");
    assert_eq!(grow_diag_final_and, "0-0 1-1 2-2 3-2 4-2 6-5");
    assert_eq!(grow_diag_final, "0-0 0-7 1-1 2-2 3-2 4-2 6-5");
    assert_eq!(union, "0-0 0-7 1-1 2-0 2-2 3-2 4-2 6-0 6-5");
}

/// Both candidates are next to a chosen link, and each would use the last word without a link of the other.
#[test]
fn an_added_link_counts_for_the_links_after_it() {
    let [_, grow_diag, ..] = symmetrized("0-0 0-1 2-0", "0-0 1-0 2-1");
    assert_eq!(grow_diag, "0-0 0-1 1-0 2-0");
}

#[test]
fn without_a_common_link_nothing_grows_and_the_final_step_prefers_forward_links() {
    let [intersection, grow_diag, grow_diag_final_and, ..] = symmetrized("0-0", "0-1 1-0 1-1");
    assert_eq!([intersection, grow_diag], ["", ""]);
    assert_eq!(grow_diag_final_and, "0-0 1-1");
}

fn links() -> impl Strategy<Value = Links> {
    let link = (0..6usize, 0..6usize).prop_map(|(source, target)| Link { source, target });
    prop::collection::vec(link, 0..14).prop_map(|links| links.into_iter().collect())
}

proptest! {
    #[test]
    fn every_method_contains_the_intersection_and_is_part_of_the_union(forward in links(), reverse in links()) {
        let [intersection, grow_diag, grow_diag_final_and, grow_diag_final, union] =
            METHODS.map(|method| symmetrize(&forward, &reverse, method));
        let within = |some: &Links, more: &Links| some.iter().all(|link| more.contains(link));
        for links in [&grow_diag, &grow_diag_final_and, &grow_diag_final] {
            prop_assert!(within(&intersection, links) && within(links, &union));
        }
        prop_assert!(within(&grow_diag, &grow_diag_final_and) && within(&grow_diag, &grow_diag_final));
        // After the final step every word that has a link in the union has a link.
        let covered = |word: fn(&Link) -> usize, links: &Links| links.iter().map(word).collect::<std::collections::BTreeSet<_>>();
        prop_assert_eq!(covered(|link| link.source, &union), covered(|link| link.source, &grow_diag_final));
        prop_assert_eq!(covered(|link| link.target, &union), covered(|link| link.target, &grow_diag_final));
    }

    #[test]
    fn two_equal_directions_are_left_unchanged(links in links()) {
        for method in METHODS {
            prop_assert_eq!(&symmetrize(&links, &links, method), &links);
        }
    }
}
