//! chrF2 computed by hand from its definition, its display, its errors.

use crate::assert_close;
use glosser_evaluation::{Chrf, EvaluationError};

fn chrf(hypothesis: &str, reference: &str) -> f64 {
    Chrf::compute(&[hypothesis], &[reference]).unwrap().score
}

#[test]
fn precision_and_recall_are_averaged_over_the_orders() {
    // 2 of the 3 characters are in abcd, 1 of the 2 bigrams, 0 of 1 trigram. The hypothesis has no longer n-grams.
    let precision = (2.0 / 3.0 + 1.0 / 2.0 + 0.0) / 3.0;
    let recall = (2.0 / 4.0 + 1.0 / 3.0 + 0.0) / 3.0;
    assert_close(chrf("abx", "abcd"), 100.0 * 5.0 * precision * recall / (4.0 * precision + recall));
}

#[test]
fn recall_has_more_weight_than_precision() {
    assert!(chrf("abcdefgh", "abcdef") > chrf("abcdef", "abcdefgh"));
}

#[test]
fn white_space_is_ignored() {
    assert_eq!(chrf("a bc\u{a0}def\u{2028}g", "ab cd\tefg"), 100.0);
}

#[test]
fn a_sentence_of_one_character_can_score_100() {
    assert_eq!(chrf("a", "a"), 100.0);
}

#[test]
fn characters_are_code_points() {
    // A letter with a combining accent is two characters. One of these two is right, and the reference has one.
    assert_close(chrf("e\u{301}", "e"), 100.0 * 5.0 * 0.5 * 1.0 / (4.0 * 0.5 + 1.0));
}

#[test]
fn orders_longer_than_the_reference_do_not_lower_the_precision() {
    // The first reference has one order only. The longer n-grams of its hypothesis are not counted.
    let corpus = Chrf::compute(&["ab", "cd"], &["a", "cd"]).unwrap().score;
    let (precision, recall) = ((3.0 / 4.0 + 1.0) / 2.0, 1.0);
    assert_close(corpus, 100.0 * 5.0 * precision * recall / (4.0 * precision + recall));
}

#[test]
fn it_is_displayed_with_its_signature() {
    let signature = "chrF2|nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:glosser-";
    let version = env!("CARGO_PKG_VERSION");
    let shown = Chrf { score: 58.018, ..Chrf::compute(&["a"], &["a"]).unwrap() };
    assert_eq!(shown.to_string(), format!("{signature}{version} = 58.02"));
}

#[test]
fn lists_of_different_lengths_are_an_error() {
    let error = Chrf::compute(&["a"], &["a", "b"]).unwrap_err();
    assert_eq!(error, EvaluationError::Lengths { hypotheses: 1, references: 2 });
}
