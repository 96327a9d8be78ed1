//! Words that training never saw, and the terms of a glossary that were found.

use crate::cli::support::{Scratch, assert_says, lines};

const TRANSLATE: &str = "translate --model model";

#[test]
fn words_that_training_never_saw_are_named_once_and_in_json() {
    let scratch = Scratch::with_model();
    let input = "one flurb two\nONE TWO\nglorp flurb, 42 three Xyzzyplugh\n";
    let ran = scratch.pipe(TRANSLATE, input).success();
    let named = lines(&ran.stderr).into_iter().filter(|line| line.contains("not in the training pairs"));
    assert_eq!(
        named.collect::<Vec<_>>(),
        [
            "warning: standard input:1: word not in the training pairs: `flurb`",
            "warning: standard input:3: word not in the training pairs: `glorp`"
        ]
    );
    assert_eq!(scratch.pipe(&format!("{TRANSLATE} -q"), input).success().stderr, "");
    let records = scratch.records("-q", input);
    assert_eq!(records[0].unknown, ["flurb"]);
    assert_eq!(records[2].unknown, ["glorp", "flurb"]);
    let json = scratch.pipe(&format!("{TRANSLATE} --format jsonl"), "one two\n").success();
    assert!(!json.stdout.contains("unknown") && json.stderr.is_empty(), "{}", json.stdout);
    // A translation does not become degraded.
    assert!(
        records.iter().all(|record| record.degraded.iter().all(|kind| kind == "no_end" || kind == "item_appended")),
        "{records:?}"
    );
}

#[test]
fn strict_words_gives_exit_code_1_after_everything_is_translated() {
    let scratch = Scratch::with_model();
    let input = "one flurb two\none\nglorp flurb\n";
    let expected = scratch.pipe(TRANSLATE, input).success().stdout;
    let ran = scratch.pipe(&format!("{TRANSLATE} --strict-words -q"), input);
    assert_eq!((ran.code, &ran.stdout), (Some(1), &expected));
    let error = "error: unknown words: 2, 3 times in all, in 2 of 3 lines; all lines are written, but --strict-words";
    assert_says(&ran.stderr, &[error]);
    let both = scratch.pipe(&format!("{TRANSLATE} --strict-words --strict -q"), format!("a\0b\n{input}"));
    assert_eq!(both.code, Some(1));
    assert_says(&both.stderr, &["degraded lines: 1 of 4", "unknown words: ", "--strict and --strict-words make this"]);
    let ran = scratch.pipe(&format!("{TRANSLATE} --strict-words --strict"), "one two\n").success();
    assert_eq!(ran.stderr, "");
}

#[test]
fn many_unknown_words_are_counted() {
    let scratch = Scratch::with_model();
    let input: String = (0..30).map(|number| format!("one flurb{}\n", "x".repeat(number))).collect();
    let ran = scratch.pipe(TRANSLATE, input).success();
    let messages = lines(&ran.stderr);
    assert_eq!(messages.iter().filter(|line| line.contains("not in the training pairs")).count(), 20, "{messages:?}");
    assert_says(
        &ran.stderr,
        &["further unknown words are only counted", "warning: unknown words: 30, in 30 of 30 lines"],
    );
}

#[test]
fn a_glossary_matches_by_the_chosen_rule_and_reports_hits_and_misses() {
    let scratch = Scratch::with_model();
    scratch.write("terms.tsv", "seven\tSIEBEN\nTwo\tZWO\nflurb\tFLURB\n");
    let input = "two seven sevens\nTWO two\n";
    for (rule, expected, report) in [
        ("exact", &["SIEBEN"][..], "note: glossary: 1 of 3 terms found, 1 time; not found: `Two`, `flurb`"),
        ("case", &["ZWO", "SIEBEN"], "note: glossary: 2 of 3 terms found, 4 times; not found: `flurb`"),
        (
            "forms",
            &["ZWO", "SIEBEN", "SIEBEN"],
            "note: glossary: 2 of 3 terms found, 5 times; other forms: `sevens` (`seven`); not found: `flurb`",
        ),
    ] {
        let args = format!("{TRANSLATE} --glossary terms.tsv --glossary-match {rule}");
        let ran = scratch.pipe(&args, input).success();
        let first = ran.lines()[0];
        for term in ["ZWO", "SIEBEN"] {
            let count = expected.iter().filter(|expected| **expected == term).count();
            assert_eq!(first.matches(term).count(), count, "{rule}: {first}");
        }
        assert_says(&ran.stderr, &[report]);
        let quiet = scratch.pipe(&format!("{args} -q"), input).success();
        assert_eq!((quiet.stdout, quiet.stderr.as_str()), (ran.stdout, ""));
    }
}
