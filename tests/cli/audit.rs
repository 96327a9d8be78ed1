//! `audit`: pairs whose target does not translate their source.

use crate::cli::support::{Scratch, assert_says, pair, tsv};

/// Two hundred pairs, of which every twentieth has a wrong target, and the lines of the wrong ones.
fn scratch() -> (Scratch, Vec<usize>) {
    let scratch = Scratch::with_model();
    let wrong: Vec<usize> = (20..=200).step_by(20).collect();
    let line =
        |line: usize| format!("{}\t{}\n", pair(line).0, pair(if line.is_multiple_of(20) { line + 7 } else { line }).1);
    scratch.write("pairs.tsv", (1..=200).map(line).collect::<String>());
    (scratch, wrong)
}

#[test]
fn wrong_targets_are_below_the_cut_and_are_not_kept() {
    let (scratch, wrong) = scratch();
    let ran = scratch.run("audit --model model pairs.tsv --top 10 --keep clean.tsv").success();
    let found: Vec<usize> =
        ran.lines()[1..].iter().map(|l| l.split('\t').next().unwrap_or("").parse().expect("a line")).collect();
    assert!(found.iter().filter(|line| wrong.contains(line)).count() >= 9, "{}", ran.stdout);
    assert_says(&ran.stderr, &["below the cut at a score of", "of 200 pairs"]);
    let pairs = scratch.text("pairs.tsv");
    let kept = scratch.text("clean.tsv");
    let lost: Vec<usize> =
        (1..=200).filter(|line| pairs.lines().nth(line - 1).is_some_and(|pair| !kept.contains(pair))).collect();
    assert!(wrong.iter().filter(|line| lost.contains(line)).count() >= 9 && lost.len() <= 11, "{lost:?}");
}

#[test]
fn a_cut_can_be_given_and_an_input_file_is_not_replaced() {
    let scratch = Scratch::with_model();
    scratch.write("pairs.tsv", tsv(1..=20) + "one\t\n");
    let ran = scratch.run("audit --model model pairs.tsv --cut=1000 --keep none.tsv --format jsonl").success();
    assert_eq!(ran.lines().len(), 20);
    assert!(ran.lines().iter().all(|line| line.contains("\"below_cut\":true")));
    assert_eq!(scratch.read("none.tsv"), b"one\t\n", "a pair without a score is kept");
    assert_says(
        &scratch.run("audit --model model pairs.tsv --keep pairs.tsv --overwrite").failure(),
        &["input and output are the same file", "give another --keep"],
    );
}

#[test]
fn an_existing_file_is_replaced_as_by_every_command() {
    let scratch = Scratch::with_model();
    scratch.write("pairs.tsv", tsv(1..=20));
    for overwrite in ["", "--overwrite"] {
        scratch.write("old.tsv", "old\n");
        let ran =
            scratch.run(&format!("audit --model model pairs.tsv --cut=-1e9 --keep old.tsv {overwrite}")).success();
        assert_eq!(scratch.read("old.tsv"), tsv(1..=20).as_bytes());
        assert_says(&ran.stderr, &["old.tsv: 20 pairs written"]);
    }
    assert_says(&scratch.run("audit --model model pairs.tsv --keep -").wrong_usage(), &["give --keep a file"]);
}

#[test]
fn an_empty_file_is_named() {
    let scratch = Scratch::with_model();
    scratch.write("empty.tsv", "");
    for command in ["audit", "concordance one", "gloss --pairs"] {
        let message = scratch.run(&format!("{command} --model model empty.tsv")).failure();
        assert_says(&message, &["`empty.tsv` has no sentence pair"]);
    }
}
