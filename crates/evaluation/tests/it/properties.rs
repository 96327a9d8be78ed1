//! Properties of the metrics that hold for any text.

use glosser_evaluation::{Bleu, Chrf, Ter, tokenize_13a};
use proptest::{collection::vec, prelude::*};

/// Any text, and lines with many of the characters that the tokeniser handles.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[ab01 .,'&;\u{a0}\u{1c}\n-]{0,20}"]
}

proptest! {
    #[test]
    fn scores_are_between_0_and_100(pairs in vec((line(), line()), 1..5)) {
        let (hypotheses, references): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
        let bleu = Bleu::compute(&hypotheses, &references).unwrap();
        let chrf = Chrf::compute(&hypotheses, &references).unwrap();
        prop_assert!((0.0..=100.0).contains(&bleu.score), "{}", bleu);
        prop_assert!((0.0..=100.0).contains(&chrf.score), "{}", chrf);
        prop_assert!(bleu.precisions.iter().all(|precision| (0.0..=100.0).contains(precision)), "{}", bleu);
        prop_assert!((0.0..=1.0).contains(&bleu.brevity_penalty), "{}", bleu);
        let ter = Ter::compute(&hypotheses, &references).unwrap();
        prop_assert!(ter.score >= 0.0 && ter.score.is_finite(), "{}", ter);
    }

    #[test]
    fn the_references_themselves_score_100(tokens in vec("[a-z.,0-9-]{1,5}", 4..20)) {
        let references = [tokens.join(" ")];
        // Because of rounding, the exponential of the mean of ln 100 may be slightly below 100.
        prop_assert!(Bleu::compute(&references, &references).unwrap().score > 100.0 - 1e-9);
        prop_assert_eq!(Chrf::compute(&references, &references).unwrap().score, 100.0);
        prop_assert_eq!(Ter::compute(&references, &references).unwrap().score, 0.0);
    }

    #[test]
    fn edits_are_at_most_the_longer_length_and_at_least_the_difference_of_the_lengths(
        hypothesis in vec("[a-d]", 0..30), reference in vec("[a-d]", 0..30),
    ) {
        let ter = Ter::compute(&[hypothesis.join(" ")], &[reference.join(" ")]).unwrap();
        prop_assert!(ter.edits <= hypothesis.len().max(reference.len()), "{:?}", ter);
        prop_assert!(ter.edits >= hypothesis.len().abs_diff(reference.len()), "{:?}", ter);
    }

    #[test]
    fn tokens_are_separated_by_one_space(line in line()) {
        let tokens = tokenize_13a(&line);
        prop_assert_eq!(tokens.split_whitespace().collect::<Vec<_>>().join(" "), tokens);
    }

    #[test]
    fn white_space_around_a_line_is_ignored(line in "[ab01.,'&;-]{0,20}") {
        prop_assert_eq!(tokenize_13a(&format!("\u{2028} {line}\t\r\u{a0}")), tokenize_13a(&line));
    }

    #[test]
    fn the_order_of_the_sentences_does_not_matter(pairs in vec((line(), line()), 1..5)) {
        let (mut hypotheses, mut references): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
        let forwards = Bleu::compute(&hypotheses, &references).unwrap();
        hypotheses.reverse();
        references.reverse();
        prop_assert_eq!(forwards, Bleu::compute(&hypotheses, &references).unwrap());
    }
}
