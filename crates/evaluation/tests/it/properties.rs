//! Properties of the metrics that hold for any text.

use glosser_evaluation::{Bleu, Chrf, SentenceCounts, Ter, Tokenization};
use proptest::{collection::vec, prelude::*};

/// Any text, and lines with many of the characters that the tokeniser handles.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[ab01 .,'&;\u{a0}\u{1c}\n-]{0,20}"]
}

proptest! {
    #[test]
    fn scores_are_between_0_and_100(pairs in vec((line(), line()), 1..5)) {
        let (hypotheses, references): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
        let bleu = Bleu::compute(&hypotheses, &references, Tokenization::V13a).unwrap();
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
        prop_assert!(Bleu::compute(&references, &references, Tokenization::V13a).unwrap().score > 100.0 - 1e-9);
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
        for tokenization in Tokenization::ALL {
            let tokens = tokenization.tokenize(&line);
            prop_assert_eq!(tokens.split_whitespace().collect::<Vec<_>>().join(" "), tokens);
        }
    }

    #[test]
    fn another_reference_never_lowers_the_clipped_matches_or_raises_the_edits(
        hypothesis in line(), one in line(), other in line(),
    ) {
        let counts = |references: &[&[String]]| {
            SentenceCounts::new(std::slice::from_ref(&hypothesis), references, Tokenization::Intl).unwrap()
        };
        let (one, other) = (std::slice::from_ref(&one), std::slice::from_ref(&other));
        let (single, both) = (counts(&[one]), counts(&[one, other]));
        prop_assert!(both.bleu().precisions[0] >= single.bleu().precisions[0]);
        prop_assert!(both.chrf().score >= single.chrf().score);
        prop_assert!(both.chrf_plus_plus().score >= single.chrf_plus_plus().score);
        prop_assert!(both.ter().edits <= single.ter().edits);
    }

    #[test]
    fn white_space_around_a_line_is_ignored(line in "[ab01.,'&;-]{0,20}") {
        let padded = format!("\u{2028} {line}\t\r\u{a0}");
        prop_assert_eq!(Tokenization::V13a.tokenize(&padded), Tokenization::V13a.tokenize(&line));
    }

    #[test]
    fn the_order_of_the_sentences_does_not_matter(pairs in vec((line(), line()), 1..5)) {
        let (mut hypotheses, mut references): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
        let forwards = Bleu::compute(&hypotheses, &references, Tokenization::V13a).unwrap();
        hypotheses.reverse();
        references.reverse();
        prop_assert_eq!(forwards, Bleu::compute(&hypotheses, &references, Tokenization::V13a).unwrap());
    }
}
