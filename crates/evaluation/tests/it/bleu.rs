//! BLEU computed by hand from its definition, its display, its errors.

use crate::assert_close;
use glosser_evaluation::{Bleu, EvaluationError, Tokenization};

fn bleu(hypothesis: &str, reference: &str) -> Bleu {
    Bleu::compute(&[hypothesis], &[reference], Tokenization::V13a).unwrap()
}

#[test]
fn the_score_is_the_geometric_mean_of_the_precisions() {
    // Matches: 5 words, 4 bigrams, 3 trigrams, 2 4-grams, of 6, 5, 4, 3.
    let bleu = bleu("a b c d e x", "a b c d e f");
    assert_close(bleu.score, 100.0 * (5.0 / 6.0 * 4.0 / 5.0 * 3.0 / 4.0 * 2.0 / 3.0_f64).powf(0.25));
    assert_eq!((bleu.hypothesis_len, bleu.reference_len), (6, 6));
}

#[test]
fn a_repeated_word_matches_only_as_often_as_it_is_in_the_reference() {
    // The example of Papineni et al. 2002, section 2.1: 2 of 7. Then smoothing counts 1/2, 1/4, 1/8 match of 6, 5, 4.
    let bleu = bleu("the the the the the the the", "the cat is on the mat again");
    let expected = [2.0 / 7.0, 1.0 / 12.0, 1.0 / 20.0, 1.0 / 32.0];
    expected.iter().zip(bleu.precisions).for_each(|(expected, found)| assert_close(found, 100.0 * expected));
}

#[test]
fn short_hypotheses_get_the_brevity_penalty() {
    let bleu = bleu("a b c d", "a b c d e f");
    assert_close(bleu.brevity_penalty, (-0.5_f64).exp());
    assert_close(bleu.ratio, 2.0 / 3.0);
    assert_close(bleu.score, 100.0 * (-0.5_f64).exp());
}

#[test]
fn long_hypotheses_lose_precision_only() {
    let bleu = bleu("a b c d e", "a b c d");
    assert_close(bleu.brevity_penalty, 1.0);
    assert_close(bleu.score, 100.0 * (4.0 / 5.0 * 3.0 / 4.0 * 2.0 / 3.0 * 1.0 / 2.0_f64).powf(0.25));
}

#[test]
fn counts_are_summed_before_they_are_divided() {
    let corpus = Bleu::compute(&["a b c d", "x"], &["a b c d", "y"], Tokenization::V13a).unwrap();
    assert_eq!(corpus.precisions, [80.0, 100.0, 100.0, 100.0]);
    assert_close(corpus.score, 100.0 * 0.8_f64.powf(0.25));
}

#[test]
fn each_hypothesis_is_compared_with_its_own_reference_only() {
    assert_eq!(Bleu::compute(&["a b c d", "e f g h"], &["e f g h", "a b c d"], Tokenization::V13a).unwrap().score, 0.0);
}

#[test]
fn without_a_four_gram_the_score_is_zero() {
    let bleu = bleu("a b c", "a b c");
    assert_eq!(bleu.precisions, [100.0, 100.0, 100.0, 0.0]);
    assert_eq!(bleu.score, 0.0);
}

#[test]
fn case_matters() {
    assert_eq!(bleu("A B C D", "a b c d").score, 0.0);
}

#[test]
fn it_is_displayed_as_in_sacrebleu() {
    let version = env!("CARGO_PKG_VERSION");
    let figures = "80.91 83.3/80.0/80.0/80.0 (BP = 1.000 ratio = 1.000 hyp_len = 6 ref_len = 6)";
    let shown =
        Bleu { score: 80.912, precisions: [250.0 / 3.0, 80.0, 80.0, 80.0], ..bleu("a b c d e x", "a b c d e f") };
    let signature = format!("BLEU|nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:glosser-{version}");
    assert_eq!(shown.to_string(), format!("{signature} = {figures}"));
}

#[test]
fn exact_halves_are_rounded_to_even_as_in_python() {
    let halves = Bleu { score: 3.125, precisions: [6.25, 18.75, 31.25, 43.75], ..bleu("a", "a") };
    assert!(halves.to_string().contains(" = 3.12 6.2/18.8/31.2/43.8 (BP"), "{halves}");
}

#[test]
fn lists_of_different_lengths_are_an_error() {
    let error = Bleu::compute(&["a", "b"], &["a"], Tokenization::V13a).unwrap_err();
    assert_eq!(error, EvaluationError::Lengths { hypotheses: 2, references: 1 });
    assert!(error.to_string().starts_with("the numbers of sentences differ: 2 in the hypotheses, 1 in the references"));
}

#[test]
fn an_empty_list_of_sentences_is_an_error() {
    assert_eq!(Bleu::compute(&[""; 0], &[""; 0], Tokenization::V13a).unwrap_err(), EvaluationError::Empty);
}
