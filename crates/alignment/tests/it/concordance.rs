//! The concordance: grouping by translation, and the two lines of an occurrence.

use glosser_alignment::{Concordance, Occurrence};

fn occurrence(line: usize, linked: &[usize]) -> Occurrence {
    let words = |text: &str| text.split(' ').map(str::to_owned).collect();
    Occurrence {
        line,
        words: words("I do not see it"),
        positions: vec![2],
        other_words: words("je ne le vois pas"),
        linked: linked.to_vec(),
    }
}

#[test]
fn the_most_frequent_translation_is_first_and_occurrences_keep_their_order() {
    let mut concordance = Concordance::default();
    for (line, translation) in [(1, "ne…pas"), (2, "pas"), (3, "–"), (4, "pas")] {
        concordance.add(translation.to_owned(), occurrence(line, &[]));
    }
    let groups = concordance.groups();
    let lines: Vec<(&str, Vec<usize>)> = groups
        .iter()
        .map(|group| (group.translation.as_str(), group.occurrences.iter().map(|found| found.line).collect()))
        .collect();
    assert_eq!(lines, [("pas", vec![2, 4]), ("ne…pas", vec![1]), ("–", vec![3])]);
}

#[test]
fn linked_words_are_in_brackets_and_the_first_brackets_are_in_one_column() {
    let [above, below] = occurrence(1, &[1, 4]).lines(40);
    assert_eq!(above, "           I do [not] see it");
    assert_eq!(below, "             je [ne] le vois [pas]");
}

#[test]
fn words_that_do_not_fit_are_replaced_with_an_ellipsis() {
    let [above, below] = occurrence(1, &[]).lines(16);
    assert_eq!(above, " I do [not] …");
    assert_eq!(below, "      je ne le …");
}

#[test]
fn neighbouring_words_share_their_brackets() {
    let phrase = Occurrence { positions: vec![1, 2], ..occurrence(1, &[1, 2, 4]) };
    let [above, below] = phrase.lines(40);
    assert_eq!(above, "              I [do not] see it");
    assert_eq!(below, "             je [ne le] vois [pas]");
}
