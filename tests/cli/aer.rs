//! `aer`: alignment error rates. By hand, for the files below: |A| = 4, |S| = 3, |A∩S| = 2 (0-0, 0-1), |A∩P| = 3 (2-2
//! is possible too). AER is 1 - (2 + 3) / (4 + 3) = 2/7, precision 3/4, recall 2/3, F1 12/17.

use crate::cli::support::{Scratch, assert_says, gzip};

const SCORE: &str = "AER 28.57 precision 0.750 recall 0.667 F1 0.706\n";

fn scratch() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("gold", "0-0 1-1 2p2\n0-1 1?0\n\n");
    scratch.write("links", "0-0 2-2\n0-1 1-1\n\n");
    scratch
}

#[test]
fn the_scores_are_one_line_and_equal_those_computed_by_hand() {
    let ran = scratch().run("aer --gold gold links").success();
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), (SCORE, ""));
}

#[test]
fn files_that_count_from_one_or_have_the_target_first_score_the_same_with_their_options() {
    let scratch = scratch();
    scratch.write("gold1", "1-1 2-2 3p3\n1-2 2?1\n\n");
    scratch.write("links1", "1-1 3-3\n1-2 2-2\n\n");
    scratch.write("reversed", "0-0 2-2\n1-0 1-1\n\n");
    scratch.write("reversed1", "1-1 3-3\n2-1 2-2\n\n");
    for args in [
        "gold1 links --one-based-gold",
        "gold links1 --one-based-links",
        "gold1 links1 --one-based-gold --one-based-links",
        "gold reversed --reverse",
        "gold reversed1 --reverse --one-based-links",
    ] {
        assert_eq!(scratch.run(&format!("aer --gold {args}")).success().stdout, SCORE, "{args}");
        let without = args.split(" --").next().expect("the files");
        let ran = scratch.run(&format!("aer --gold {without}")).success();
        assert!(ran.stdout != SCORE || without == "gold1 links1", "{args}: the option changes the score");
    }
}

#[test]
fn json_has_the_same_scores_not_rounded() {
    let ran = scratch().run("aer --gold gold links --format json").success();
    let figures: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let figure = |name: &str| figures[name].as_f64().expect("a number");
    for (name, expected) in [("aer", 200.0 / 7.0), ("precision", 0.75), ("recall", 2.0 / 3.0), ("f1", 12.0 / 17.0)] {
        assert!((figure(name) - expected).abs() < 1e-9, "{name}: {}", ran.stdout);
    }
    assert_eq!(ran.lines().len(), 1);
}

#[test]
fn gzip_and_windows_line_ends_do_not_change_the_scores() {
    let scratch = scratch();
    scratch.write("gold.gz", gzip("0-0 1-1 2p2\r\n0-1 1?0\r\n\r\n"));
    assert_eq!(scratch.run("aer --gold gold.gz links").success().stdout, SCORE);
}

#[test]
fn files_of_different_lengths_are_named_with_their_numbers_of_lines() {
    let scratch = scratch();
    scratch.write("short", "0-0\n");
    scratch.write("empty", "");
    let message = scratch.run("aer --gold gold short").failure();
    assert_says(&message, &["gold has 3 lines, but short has 1", "one line per sentence pair"]);
    let message = scratch.run("aer --gold short empty").failure();
    assert_says(&message, &["short has 1 line, but empty has 0"]);
}

#[test]
fn a_malformed_link_is_named_with_file_line_and_the_correct_form() {
    let scratch = scratch();
    for (name, text, parts) in [
        ("words", "0-0\n0-0 a-b\n\n", ["words:2: found `a-b`", "`0-0`"]),
        ("possible", "\n\n0p0\n", ["possible:3: found `0p0`", "source-target"]),
        ("signed", "0-+1\n\n\n", ["signed:1: found `0-+1`", "source-target"]),
    ] {
        scratch.write(name, text);
        assert_says(&scratch.run(&format!("aer --gold gold {name}")).failure(), &parts);
    }
    let message = scratch.run("aer --gold gold links --one-based-links").failure();
    assert_says(&message, &["links:1: found `0-0`", "start at 1", "zero-based"]);
    let message = scratch.run("aer --gold gold nowhere").failure();
    assert_says(&message, &["`nowhere` cannot be opened"]);
}
