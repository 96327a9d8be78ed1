//! Paired bootstrap resampling. src/bootstrap.rs has the comparison with scores of sacreBLEU.

use glosser_evaluation::{Bleu, Chrf, EvaluationError, SentenceCounts, Ter, Tokenization, paired_bootstrap};

/// 300 sentences of 7 words. In every `step`th sentence one word is replaced.
fn sentences(step: usize) -> Vec<String> {
    let sentence = |line: usize| (0..7).map(|at| format!("w{}", line * 31 % 97 + at)).collect::<Vec<_>>().join(" ");
    (0..300).map(|line| if line % step == 0 { sentence(line).replacen('w', "x", 1) } else { sentence(line) }).collect()
}

fn counts(step: usize) -> SentenceCounts {
    SentenceCounts::new(&sentences(step), &[&sentences(usize::MAX)], Tokenization::V13a).unwrap()
}

#[test]
fn the_sums_over_sentences_give_the_score_of_the_corpus() {
    let (hypotheses, references) = (sentences(3), sentences(7));
    let counts = SentenceCounts::new(&hypotheses, &[&references], Tokenization::V13a).unwrap();
    assert_eq!(counts.bleu(), Bleu::compute(&hypotheses, &references, Tokenization::V13a).unwrap());
    assert_eq!(counts.chrf(), Chrf::compute(&hypotheses, &references).unwrap());
    assert_eq!(counts.ter(), Ter::compute(&hypotheses, &references).unwrap());
}

#[test]
fn a_clear_difference_is_significant_and_a_small_one_is_not() {
    for comparison in paired_bootstrap(&counts(10), &counts(2), 1).unwrap() {
        assert!(comparison.is_significant() && comparison.is_improvement(), "{comparison:?}");
        assert_eq!(comparison.p_value, 1.0 / 1001.0, "{comparison:?}");
    }
    for comparison in paired_bootstrap(&counts(10), &counts(11), 1).unwrap() {
        assert!(!comparison.is_significant() && !comparison.is_improvement(), "{comparison:?}");
    }
}

#[test]
fn a_system_compared_with_itself_is_not_significant_despite_the_lowest_p_value() {
    for comparison in paired_bootstrap(&counts(5), &counts(5), 1).unwrap() {
        assert_eq!(comparison.system, comparison.baseline);
        // No resampled difference is above 0; only the added 1 remains, as in sacreBLEU.
        assert_eq!(comparison.p_value, 1.0 / 1001.0);
        assert!(!comparison.is_significant() && !comparison.is_improvement());
    }
}

#[test]
fn the_interval_contains_score_and_mean_and_exchanging_the_systems_is_symmetric() {
    let forth = paired_bootstrap(&counts(4), &counts(6), 1).unwrap();
    let back = paired_bootstrap(&counts(6), &counts(4), 1).unwrap();
    for (forth, back) in forth.iter().zip(&back) {
        let [lower, upper] = forth.system.interval;
        assert!(lower < forth.system.score && forth.system.score < upper, "{forth:?}");
        assert!((forth.system.mean - forth.system.score).abs() < 0.1 * (upper - lower), "{forth:?}");
        assert_eq!((forth.system, forth.baseline, forth.p_value), (back.baseline, back.system, back.p_value));
        assert_ne!(forth.is_improvement(), back.is_improvement());
    }
}

#[test]
fn equal_seeds_give_equal_resamples_and_different_seeds_different_ones() {
    let means = |seed| paired_bootstrap(&counts(4), &counts(6), seed).unwrap().map(|comparison| comparison.system.mean);
    assert_eq!(means(1), means(1));
    assert_ne!(means(1), means(2));
}

#[test]
fn systems_of_different_length_are_an_error() {
    let short = SentenceCounts::new(&["a"], &[&["a"]], Tokenization::V13a).unwrap();
    let error = paired_bootstrap(&short, &counts(5), 1).unwrap_err();
    assert_eq!(error, EvaluationError::Systems { system: 1, baseline: 300 });
}
