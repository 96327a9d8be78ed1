use glosser_alignment::{Concordance, Occurrence};

fn occurrence(line: usize, linked: &[usize]) -> Occurrence {
    let words = |text: &str| text.split(' ').map(str::to_owned).collect();
    Occurrence {
        line,
        words: words("I do not see it"),
        place: 2,
        other: words("je ne le vois pas"),
        linked: linked.to_vec(),
    }
}

#[test]
fn the_most_frequent_rendering_is_first_and_occurrences_keep_their_order() {
    let mut concordance = Concordance::default();
    for (line, rendering) in [(1, "ne…pas"), (2, "pas"), (3, "–"), (4, "pas")] {
        concordance.add(rendering.to_owned(), occurrence(line, &[]));
    }
    let renderings = concordance.renderings();
    let lines: Vec<(&str, Vec<usize>)> = renderings
        .iter()
        .map(|rendering| (rendering.text.as_str(), rendering.occurrences.iter().map(|found| found.line).collect()))
        .collect();
    assert_eq!(lines, [("pas", vec![2, 4]), ("ne…pas", vec![1]), ("–", vec![3])]);
}

#[test]
fn what_belongs_together_is_in_brackets_that_begin_in_one_column() {
    let [above, below] = occurrence(1, &[1, 4]).lines(40);
    assert_eq!(above, "           I do [not] see it");
    assert_eq!(below, "             je [ne] le vois [pas]");
}

#[test]
fn what_does_not_fit_is_left_out_word_by_word() {
    let [above, below] = occurrence(1, &[]).lines(16);
    assert_eq!(above, " I do [not] …");
    assert_eq!(below, "      je ne le …");
}
