//! Degraded lines: warnings, the summary, and `--strict`.

use crate::cli::support::{Scratch, assert_says, lines, sentences};

const TRANSLATE: &str = "translate --model model";

/// Lines with bytes that are not UTF-8, with a NUL, with both, and too long, and good lines between them.
fn faulty() -> Vec<u8> {
    let long = "one two three four ".repeat(80);
    [b"one two\nM\xFCnchen\none\0two\n\n\0\xFF\n", long.as_bytes(), b"\nthree\n"].concat()
}

/// Kinds of degradation of each line of [`faulty`].
const KINDS: [&[&str]; 7] =
    [&[], &["bytes_replaced"], &["nul_removed"], &[], &["bytes_replaced", "nul_removed"], &["split"], &[]];

/// Removes what depends on the weights of the small model: whether it predicts an end for an unusual line, and a place
/// for each item.
fn without_chance(kinds: &[String]) -> Vec<&str> {
    kinds.iter().map(String::as_str).filter(|kind| !matches!(*kind, "no_end" | "item_appended")).collect()
}

#[test]
fn json_lines_name_the_faults_of_degraded_lines_only() {
    let scratch = Scratch::with_model();
    let ran = scratch.pipe("translate --model model --format jsonl --quiet", sentences()).success();
    assert!(!ran.stdout.contains("degraded"), "{}", ran.stdout);
    let records = scratch.records("", faulty());
    assert_eq!(records.len(), KINDS.len());
    for (record, kinds) in records.iter().zip(KINDS) {
        assert_eq!(without_chance(&record.degraded), kinds, "line {}", record.line);
    }
    // A NUL is removed: the line is translated as if it had none, as the message advises.
    let alone = &scratch.records("", "onetwo\n")[0];
    assert_eq!((&records[2].source, &records[2].translation), (&alone.source, &alone.translation));
}

#[test]
fn the_summary_counts_degraded_lines_by_kind_unless_quiet() {
    let scratch = Scratch::with_model();
    let ran = scratch.pipe(TRANSLATE, faulty()).success();
    assert_eq!(ran.lines().len(), KINDS.len());
    let messages = lines(&ran.stderr);
    let summary = messages.last().expect("a summary");
    assert_says(
        summary,
        &["warning: degraded lines: 4 of 7 (", "2 with bytes that are not UTF-8, 2 with a NUL, 1 translated in pieces"],
    );
    assert_says(
        &ran.stderr,
        &[
            "warning: standard input:2:2: byte 0xFC is not UTF-8",
            "warning: standard input:3: the line has a NUL",
            "warning: standard input:6: too long for the model, or more than 8 words to copy; translated in",
        ],
    );
    let quiet = scratch.pipe(&format!("{TRANSLATE} -q"), faulty()).success();
    assert_eq!((quiet.stderr.as_str(), quiet.stdout), ("", ran.stdout));
    assert_eq!(scratch.pipe(TRANSLATE, sentences()).success().stderr, "");
}

#[test]
fn strict_gives_exit_code_1_after_everything_is_translated() {
    let scratch = Scratch::with_model();
    let expected = scratch.pipe(TRANSLATE, faulty()).success().stdout;
    for quiet in ["", "--quiet"] {
        let ran = scratch.pipe(&format!("{TRANSLATE} --strict {quiet}"), faulty());
        assert_eq!((ran.code, &ran.stdout), (Some(1), &expected));
        let messages = lines(&ran.stderr);
        assert_says(messages.last().expect("an error"), &["error: degraded lines: 4 of 7 (", "--strict"]);
        assert_eq!(messages.len() == 1, quiet == "--quiet", "{messages:?}");
    }
    let ran = scratch.pipe(&format!("{TRANSLATE} --strict"), sentences() + "\n").success();
    assert_eq!((ran.lines().len(), ran.stderr.as_str()), (61, ""));
}

#[test]
fn the_first_twenty_lines_of_a_kind_give_warnings_and_all_are_counted() {
    let scratch = Scratch::with_model();
    let ran = scratch.pipe(TRANSLATE, b"one\xFF\n".repeat(50)).success();
    let messages = lines(&ran.stderr);
    let named: Vec<&&str> = messages.iter().filter(|line| line.contains("is not UTF-8;")).collect();
    assert_eq!(named.len(), 20, "{messages:?}");
    assert_says(named[19], &["standard input:20:4:", "further lines of this kind are only counted"]);
    assert_says(messages.last().expect("a summary"), &["degraded lines: 50 of 50", "50 with bytes that are not UTF-8"]);
}

#[test]
fn a_truncated_translation_gives_a_warning() {
    let scratch = Scratch::with_model();
    let records = scratch.records("--max-length 2 --quiet", sentences());
    assert!(records.iter().filter(|record| record.degraded == ["cut"]).count() > 50, "numbers of five digits");
    let free = scratch.records("", sentences());
    for (cut, free) in records.iter().zip(&free) {
        // A shorter translation is marked.
        assert!(cut.translation.len() >= free.translation.len() || cut.degraded == ["cut"], "{cut:?}\n{free:?}");
    }
    let ran = scratch.pipe(&format!("{TRANSLATE} --strict --max-length 2"), "one two three four five\n");
    assert_eq!(ran.code, Some(1));
    assert_says(
        &ran.stderr,
        &["standard input:1: the translation was truncated at --max-length 2", "1 truncated at --max-length"],
    );
}

#[test]
fn several_translations_of_a_line_count_once() {
    let scratch = Scratch::with_model();
    let ran = scratch.pipe(&format!("{TRANSLATE} --n-best 3"), "one two\n\0one\n").success();
    let messages = lines(&ran.stderr);
    assert_eq!(messages.iter().filter(|line| line.contains("has a NUL")).count(), 1, "{messages:?}");
    assert_says(messages.last().expect("a summary"), &["degraded lines: 1 of 2 (1 with a NUL)"]);
}

#[test]
fn a_byte_order_mark_before_invalid_bytes_is_removed() {
    let scratch = Scratch::with_model();
    let records = scratch.records("", b"\xEF\xBB\xBFone \xFF two\n");
    assert_eq!(records[0].source, "one \u{FFFD} two");
    let ran = scratch.pipe(TRANSLATE, b"\xEF\xBB\xBFone \xFF two\n").success();
    assert_says(&ran.stderr, &["standard input:1:8: byte 0xFF"]);
}
