//! `concordance`: occurrences of a word with their translations.

use crate::cli::support::{Scratch, assert_says, tsv};
use serde::Deserialize;

/// A line of `concordance --format jsonl`; unknown and missing keys are errors.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Found {
    line: usize,
    rendering: String,
    count: usize,
    source_words: Vec<String>,
    target_words: Vec<String>,
    source_places: Vec<usize>,
    target_places: Vec<usize>,
}

fn scratch() -> Scratch {
    let scratch = Scratch::with_model();
    scratch.write("pairs.tsv", tsv(1..=60) + "Seven, one\tSieben, eins\n");
    scratch
}

fn found(scratch: &Scratch, args: &str) -> Vec<Found> {
    let ran = scratch.run(&format!("concordance {args} --model model --format jsonl pairs.tsv")).success();
    ran.lines().iter().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect()
}

#[test]
fn every_occurrence_is_found_and_most_have_the_correct_translation() {
    let scratch = scratch();
    let pairs = scratch.text("pairs.tsv");
    let times = |word: &str| pairs.to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|w| *w == word).count();
    let all = found(&scratch, "seven");
    assert_eq!(all.len(), times("seven"));
    assert_eq!(all[0].rendering, "sieben");
    // If the word occurs twice in a pair, one occurrence may be linked to both translations.
    assert!(all.iter().filter(|found| found.rendering.contains("sieben")).count() * 10 >= all.len() * 9, "{all:?}");
    assert_eq!(all[0].count, all.iter().filter(|found| found.rendering == all[0].rendering).count());
    for found in &all {
        assert!(found.source_places.iter().all(|place| found.source_words[*place].to_lowercase().starts_with("seven")));
        assert!(found.target_places.iter().all(|place| *place < found.target_words.len()));
        assert!(pairs.lines().nth(found.line - 1).is_some_and(|pair| pair.to_lowercase().contains("seven")));
    }
    let target = found(&scratch, "sieben --target");
    assert_eq!(target.len(), times("sieben"));
    assert!(target.iter().all(|found| found.target_words[found.target_places[0]].to_lowercase().starts_with("sieben")));
    assert_eq!(found(&scratch, "seven --exact").len() + 1, all.len());
    assert_eq!(found(&scratch, "sev --prefix").len(), all.len());
    assert_eq!(found(&scratch, "sev").len(), 0);
}

#[test]
fn a_phrase_and_a_word_inside_a_token_are_found() {
    let scratch = scratch();
    scratch.write("pairs.tsv", "two l'seven\tzwei sieben\nseven two\tsieben zwei\ntwo seven, one\tzwei sieben, eins\n");
    let lines = |args: &[&str]| {
        let end = ["pairs.tsv", "--model", "model", "--format", "jsonl"];
        let ran = scratch.run_args(&[&["concordance"], args, &end[..]].concat()).success();
        let found = ran.stdout.lines().map(|line| serde_json::from_str::<Found>(line).expect("JSON"));
        let mut lines: Vec<(usize, Vec<usize>)> = found.map(|found| (found.line, found.source_places)).collect();
        lines.sort();
        lines
    };
    assert_eq!(lines(&["seven"]), [(1, vec![1]), (2, vec![0]), (3, vec![1])]);
    assert_eq!(lines(&["two seven"]), [(3, vec![0, 1])]);
    assert_eq!(lines(&["two l’seven"]), [(1, vec![0, 1])]);
    assert_eq!(lines(&["seven one"]), [(3, vec![1, 2])]);
}

#[test]
fn the_brackets_of_an_occurrence_are_in_the_same_column() {
    let scratch = scratch();
    let text = scratch.run("concordance seven --model model --show 1 pairs.tsv").success().stdout;
    let group: Vec<&str> = text.lines().take(3).collect();
    assert_says(group[0], &["seven → sieben  ("]);
    let column = |line: &str| line.find('[').map(|at| line[..at].chars().count());
    assert!(column(group[1]).is_some() && column(group[1]) == column(group[2]), "{text}");
}

#[test]
fn a_word_that_does_not_occur_gives_a_message_and_punctuation_is_wrong_usage() {
    let scratch = scratch();
    let ran = scratch.run("concordance eleven --model model pairs.tsv").success();
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", "`eleven` does not occur in pairs.tsv\n"));
    assert_says(&scratch.run("concordance ?! --model model pairs.tsv").wrong_usage(), &["has no word"]);
}
