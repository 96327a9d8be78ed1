//! Paired bootstrap resampling from outside; against sacreBLEU's own numbers it is tested beside its formulas.

use glosser_evaluation::{Bleu, Chrf, EvaluationError, Metric, SentenceCounts, Ter, paired_bootstrap};

/// Three hundred sentences of seven words, and copies in which every `step`th one has a word replaced.
fn sentences(step: usize) -> Vec<String> {
    let sentence = |line: usize| (0..7).map(|at| format!("w{}", line * 31 % 97 + at)).collect::<Vec<_>>().join(" ");
    (0..300).map(|line| if line % step == 0 { sentence(line).replacen('w', "x", 1) } else { sentence(line) }).collect()
}

fn counts(step: usize) -> SentenceCounts {
    SentenceCounts::new(&sentences(step), &sentences(usize::MAX)).unwrap()
}

#[test]
fn sums_of_sentences_score_as_the_corpus_does() {
    let (hypotheses, references) = (sentences(3), sentences(7));
    let counts = SentenceCounts::new(&hypotheses, &references).unwrap();
    assert_eq!(counts.bleu(), Bleu::compute(&hypotheses, &references).unwrap());
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
fn a_system_against_itself_is_no_better_and_its_p_value_the_lowest_as_in_sacrebleu() {
    for comparison in paired_bootstrap(&counts(5), &counts(5), 1).unwrap() {
        assert_eq!(comparison.system, comparison.baseline);
        // No difference is above none, which leaves the one that is added.
        assert_eq!(comparison.p_value, 1.0 / 1001.0);
        assert!(!comparison.is_significant() && !comparison.is_improvement());
    }
}

#[test]
fn the_interval_holds_score_and_mean_and_systems_change_places() {
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
fn the_same_seed_draws_the_same_and_another_seed_others() {
    let means = |seed| paired_bootstrap(&counts(4), &counts(6), seed).unwrap().map(|of| of.system.mean);
    assert_eq!(means(1), means(1));
    assert_ne!(means(1), means(2));
}

#[test]
fn systems_of_different_length_are_an_error() {
    let short = SentenceCounts::new(&["a"], &["a"]).unwrap();
    let error = paired_bootstrap(&short, &counts(5), 1).unwrap_err();
    assert_eq!(error, EvaluationError::Systems { system: 1, baseline: 300 });
}

#[test]
fn signatures_say_how_often_and_by_which_seed_was_drawn() {
    assert!(Metric::Bleu.resampled_signature(7).starts_with("nrefs:1|bs:1000|seed:7|case:mixed|eff:no|tok:13a|"));
    assert!(Metric::Ter.resampled_signature(7).starts_with("nrefs:1|bs:1000|seed:7|case:lc|tok:tercom|norm:no|"));
}
