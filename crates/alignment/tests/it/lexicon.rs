//! The lexicon: counts, shares, confidence, examples.

use glosser_alignment::LexiconCounter;

use crate::attention;

/// Two pairs of two words. The second has its source words exchanged, and less certain weights.
fn counter() -> LexiconCounter {
    let mut counter = LexiconCounter::default();
    counter.add(1, &["ein", "Hund"], &["a", "dog"], &attention(&[&[1.0, 0.0], &[0.0, 1.0]], &[0.0, 0.0]));
    counter.add(7, &["Hund", "ein"], &["a", "dog"], &attention(&[&[0.25, 0.75], &[0.5, 0.0]], &[0.0, 0.5]));
    counter
}

#[test]
fn counts_are_sums_of_weights_and_shares_are_relative_to_each_side() {
    let counter = counter();
    let entries = counter.entries(0.0);
    let find = |source, target| entries.iter().find(|entry| (entry.source, entry.target) == (source, target));
    let dog = find("Hund", "dog").expect("an entry");
    assert!((dog.count - 1.5).abs() < 1e-6);
    assert!((dog.target_given_source - 1.5 / 1.75).abs() < 1e-6);
    // In one of the two occurrences EOS has the remaining weight.
    assert!((dog.source_given_target - 0.75).abs() < 1e-6);
    assert_eq!(dog.lines, [1, 7]);
    let a = find("ein", "a").expect("an entry");
    assert!((a.target_given_source - 1.0).abs() < 1e-6 && (a.source_given_target - 0.875).abs() < 1e-6);
    assert_eq!(entries.iter().map(|entry| entry.target).collect::<Vec<_>>(), ["a", "dog", "a"]);
    assert!(find("ein", "dog").is_none(), "a weight of 0 makes no entry");
}

#[test]
fn confidence_is_one_minus_the_weighted_mean_entropy_of_the_rows() {
    let counter = counter();
    let entries = counter.entries(0.0);
    let dog = entries.iter().find(|entry| entry.source == "Hund" && entry.target == "dog").expect("an entry");
    // A certain row with weight 1, and a row of 0.5 and 0.5 over three positions with weight 0.5.
    let uncertain = 1.0 - 2f64.ln() / 3f64.ln();
    assert!((dog.confidence - (1.0 + 0.5 * uncertain) / 1.5).abs() < 1e-5, "{}", dog.confidence);
}

#[test]
fn rare_pairs_and_empty_words_are_left_out() {
    let mut counter = counter();
    counter.add(9, &["", "Hund"], &["–", ""], &attention(&[&[1.0, 0.0], &[0.0, 1.0]], &[0.0, 0.0]));
    assert!(counter.entries(0.0).iter().all(|entry| !entry.source.is_empty() && !entry.target.is_empty()));
    assert!(counter.entries(0.0).iter().all(|entry| entry.target != "–" || entry.source == "Hund"));
    assert_eq!(counter.entries(1.6).len(), 1);
}

#[test]
fn examples_are_the_three_lines_with_the_largest_weights_without_duplicates() {
    let mut counter = LexiconCounter::default();
    for (line, weight) in [(1, 0.3), (2, 0.9), (3, 0.5), (4, 0.8), (4, 0.7)] {
        counter.add(line, &["x"], &["y"], &attention(&[&[weight]], &[1.0 - weight]));
    }
    assert_eq!(counter.entries(0.0)[0].lines, [2, 3, 4]);
}
