//! AER, precision, recall and F1, by hand and from files.

use crate::message;
use glosser_alignment::{AlignmentScore, GoldLinks, IndexBase, Links, NamedText, ScoreOptions, score, score_files};

const PLAIN: ScoreOptions =
    ScoreOptions { gold_base: IndexBase::Zero, link_base: IndexBase::Zero, reverse_links: false };

fn scored(gold: &str, links: &str, options: ScoreOptions) -> Result<AlignmentScore, String> {
    let gold = NamedText { name: "gold.txt", text: gold };
    score_files(gold, NamedText { name: "answer.txt", text: links }, options).map_err(|error| message(&error))
}

#[test]
fn possible_links_include_the_sure_ones() {
    let gold = GoldLinks::parse("1p2 0-0 3?4", IndexBase::Zero).unwrap();
    assert_eq!(gold.sure().to_string(), "0-0");
    assert_eq!(gold.possible().to_string(), "0-0 1-2 3-4");
    assert_eq!(GoldLinks::new("0-0".parse().unwrap(), "1-2 3-4".parse().unwrap()), gold);
}

#[test]
fn the_score_by_hand() {
    // |S| = 3, |P| = 5, |A| = 5; |A ∩ S| = 2, |A ∩ P| = 3: AER = 1 - 5/8, precision 3/5, recall 2/3.
    let score = scored("0-0 1-1 2p1\n0-1 1?0\n", "0-0 2-1 5-5\n0-1 9-9\n", PLAIN).unwrap();
    assert_eq!(score, AlignmentScore { aer: 0.375, precision: 0.6, recall: 2.0 / 3.0 });
    assert_eq!(score.to_string(), "AER 37.50 precision 0.600 recall 0.667 F1 0.632");
    assert!((score.f1() - 12.0 / 19.0).abs() < 1e-12);
}

#[test]
fn counts_are_summed_over_the_corpus_not_scores_averaged() {
    let score = scored("0-0\n0-0 1-1 2-2\n", "1-1\n0-0 1-1 2-2\n", PLAIN).unwrap();
    assert_eq!(score, AlignmentScore { aer: 0.25, precision: 0.75, recall: 0.75 });
}

#[test]
fn one_based_files_are_converted() {
    let gold = ScoreOptions { gold_base: IndexBase::One, ..PLAIN };
    let links = ScoreOptions { link_base: IndexBase::One, ..PLAIN };
    assert_eq!(scored("1-2 2p2\n", "0-1 1-1\n", gold).unwrap().aer, 0.0);
    assert_eq!(scored("0-1 1p1\n", "1-2 2-2\n", links).unwrap().aer, 0.0);
    assert_eq!(scored("0-1\n", "1-2\n", PLAIN).unwrap().aer, 1.0);
}

#[test]
fn reverse_links_are_transposed_and_gold_links_are_not() {
    let reversed = ScoreOptions { reverse_links: true, ..PLAIN };
    assert_eq!(scored("0-1 3p2\n", "1-0 2-3\n", reversed).unwrap().aer, 0.0);
    assert_eq!(scored("0-1 3p2\n", "1-0 2-3\n", PLAIN).unwrap().aer, 1.0);
}

#[test]
fn a_zero_in_a_one_based_file_is_an_error_at_its_line() {
    let gold = ScoreOptions { gold_base: IndexBase::One, ..PLAIN };
    assert_eq!(
        scored("1-1\n1-1 0p1\n", "\n\n", gold).unwrap_err(),
        "gold.txt:2: found `0p1`, but one-based indices start at 1; if this file counts from 0, read it as zero-based"
    );
    let links = ScoreOptions { link_base: IndexBase::One, ..PLAIN };
    let error = scored("1-1\n", "3-0\n", links).unwrap_err();
    assert!(error.starts_with("answer.txt:1: found `3-0`"), "{error}");
}

#[test]
fn an_unreadable_line_is_an_error_at_its_line() {
    assert_eq!(
        scored("0-0\n\n1x1\n", "\n\n\n", PLAIN).unwrap_err(),
        "gold.txt:3: found `1x1` where a link should be; \
         write `0-0` for a sure link, `0p0` or `0?0` for a possible one, with a space between links"
    );
    // Only gold files have possible links.
    let error = scored("0-0\n", "0p0\n", PLAIN).unwrap_err();
    assert!(error.starts_with("answer.txt:1: found `0p0`"), "{error}");
}

#[test]
fn files_of_different_lengths_are_an_error_that_names_both_counts() {
    assert_eq!(
        scored("0-0\n\n", "0-0\n\n\n", PLAIN).unwrap_err(),
        "gold.txt has 2 lines, but answer.txt has 3; \
         both need one line per sentence pair, an empty line for a pair without links"
    );
}

#[test]
fn without_links_precision_is_1_and_without_sure_links_recall_is_1() {
    let score_of = |gold, links| scored(gold, links, PLAIN).unwrap();
    assert_eq!(score_of("", ""), AlignmentScore { aer: 0.0, precision: 1.0, recall: 1.0 });
    assert_eq!(score_of("0-0\n", "\n"), AlignmentScore { aer: 1.0, precision: 1.0, recall: 0.0 });
    assert_eq!(score_of("0p0\n", "0-0\n"), AlignmentScore { aer: 0.0, precision: 1.0, recall: 1.0 });
    assert_eq!(score_of("\n", "0-0\n"), AlignmentScore { aer: 1.0, precision: 0.0, recall: 1.0 });
}

#[test]
fn parsed_pairs_and_files_have_the_same_score() {
    let gold = GoldLinks::parse("0-0 1p1", IndexBase::Zero).unwrap();
    let links: Links = "0-0 2-2".parse().unwrap();
    assert_eq!(score([(&gold, &links)]), scored("0-0 1p1", "0-0 2-2", PLAIN).unwrap());
}
