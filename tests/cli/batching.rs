//! A translation does not depend on the other sentences of its batch.

use crate::cli::support::{Scratch, lines, pair, sentences};
use std::collections::HashSet;

fn jsonl(scratch: &Scratch, args: &str, input: &str) -> String {
    scratch.pipe(&format!("translate --model model --format jsonl {args}"), input).success().stdout
}

#[test]
fn a_translation_does_not_depend_on_batch_size_threads_or_other_sentences() {
    let scratch = Scratch::with_model();
    let input = sentences();
    let expected = jsonl(&scratch, "--batch-size 64 --threads 2", &input);
    let different: HashSet<String> = scratch.records("", &input).into_iter().map(|record| record.translation).collect();
    assert!(different.len() >= 30, "sixty sentences have only {} different translations", different.len());
    for args in
        ["--batch-size 1 --threads 1", "--batch-size 1 --threads 2", "--batch-size 64 --threads 1", "--batch-size 7"]
    {
        assert!(jsonl(&scratch, args, &input) == expected, "{args} gives other bytes");
    }
    // A sentence of a hundred words pads all others of its batch. It is last because lines are numbered.
    let long = (2000..2100).map(|index| pair(index).0).collect::<Vec<_>>().join(" ");
    let long = long.split(' ').take(100).collect::<Vec<_>>().join(" ");
    let together = jsonl(&scratch, "--batch-size 64", &format!("{input}{long}\n"));
    assert_eq!(lines(&together).len(), 61);
    assert!(together.starts_with(&expected), "a long sentence changes other translations");
}

#[test]
fn the_output_is_in_the_order_of_the_input() {
    let scratch = Scratch::with_model();
    let input = sentences();
    let reversed: String = lines(&input).into_iter().rev().map(|line| format!("{line}\n")).collect();
    let forwards = scratch.pipe("translate --model model --batch-size 4", &input).success();
    let backwards = scratch.pipe("translate --model model --batch-size 4", reversed).success();
    let mut sorted = backwards.lines();
    sorted.reverse();
    assert_eq!(forwards.lines(), sorted);
}
