//! chrF2 by hand, from the definition.

use glosser_evaluation::{Chrf, EvaluationError};

fn chrf(hypothesis: &str, reference: &str) -> f64 {
    Chrf::compute(&[hypothesis], &[reference]).unwrap().score
}

fn assert_close(found: f64, wanted: f64) {
    assert!((found - wanted).abs() < 1e-9, "{found} is not {wanted}");
}

#[test]
fn precision_and_recall_are_averaged_over_the_orders() {
    // Of a, b, x two are in abcd; of ab, bx one; of abx none. Orders from 4 do not occur in the hypothesis.
    let precision = (2.0 / 3.0 + 1.0 / 2.0 + 0.0) / 3.0;
    let recall = (2.0 / 4.0 + 1.0 / 3.0 + 0.0) / 3.0;
    assert_close(chrf("abx", "abcd"), 100.0 * 5.0 * precision * recall / (4.0 * precision + recall));
}

#[test]
fn recall_weighs_more_than_precision() {
    assert!(chrf("abcdefgh", "abcdef") > chrf("abcdef", "abcdefgh"));
}

#[test]
fn white_space_does_not_count() {
    assert_eq!(chrf("a bc\u{a0}def\u{2028}g", "ab cd\tefg"), 100.0);
}

#[test]
fn short_sentences_can_be_perfect() {
    assert_eq!(chrf("a", "a"), 100.0);
}

#[test]
fn characters_are_code_points() {
    // The letter with the combining accent is two: one of its two is right, and one of the reference's one.
    assert_close(chrf("e\u{301}", "e"), 100.0 * 5.0 * 0.5 * 1.0 / (4.0 * 0.5 + 1.0));
}

#[test]
fn orders_that_a_reference_is_too_short_for_are_not_held_against_the_hypothesis() {
    // Alone, the first pair has one order. Its longer n-grams do not dilute those of the second pair.
    let corpus = Chrf::compute(&["ab", "cd"], &["a", "cd"]).unwrap().score;
    let (precision, recall) = ((3.0 / 4.0 + 1.0) / 2.0, 1.0);
    assert_close(corpus, 100.0 * 5.0 * precision * recall / (4.0 * precision + recall));
}

#[test]
fn it_is_displayed_with_its_signature() {
    let signature = "chrF2|nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:glosser-";
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(Chrf { score: 58.018 }.to_string(), format!("{signature}{version} = 58.02"));
}

#[test]
fn lists_of_different_lengths_are_an_error() {
    let error = Chrf::compute(&["a"], &["a", "b"]).unwrap_err();
    assert_eq!(error, EvaluationError::Lengths { hypotheses: 1, references: 2 });
}
