//! Lines whose translation is less than it could be: said, counted, and with `--strict` an error after all is translated.

use crate::cli::support::{Scratch, assert_says, lines, sentences};

const TRANSLATE: &str = "translate --model model";

/// Lines with bytes that are not UTF-8, with a NUL, with both, and too long; between them lines with nothing wrong.
fn faulty() -> Vec<u8> {
    let long = "one two three four. ".repeat(40);
    [b"one two\nM\xFCnchen\none\0two\n\n\0\xFF\n", long.as_bytes(), b"\nthree\n"].concat()
}

/// What the kinds of [`faulty`] are, line by line.
const KINDS: [&[&str]; 7] =
    [&[], &["bytes_replaced"], &["nul_removed"], &[], &["bytes_replaced", "nul_removed"], &["split"], &[]];

/// What the small model does with odd lines is not what these tests are about.
fn without_ends(kinds: &[String]) -> Vec<&str> {
    kinds.iter().map(String::as_str).filter(|kind| *kind != "no_end").collect()
}

#[test]
fn json_lines_name_what_is_wrong_and_say_nothing_where_nothing_is() {
    let scratch = Scratch::with_model();
    let ran = scratch.pipe("translate --model model --format jsonl --quiet", sentences()).success();
    assert!(!ran.stdout.contains("degraded"), "{}", ran.stdout);
    let records = scratch.records("", faulty());
    assert_eq!(records.len(), KINDS.len());
    for (record, kinds) in records.iter().zip(KINDS) {
        assert_eq!(without_ends(&record.degraded), kinds, "line {}", record.line);
    }
    // A NUL is left out: what is translated is the line that the message advises to make.
    let alone = &scratch.records("", "onetwo\n")[0];
    assert_eq!((&records[2].source, &records[2].translation), (&alone.source, &alone.translation));
}

#[test]
fn a_summary_counts_lines_by_kind_unless_quiet_and_plain_text_says_nothing() {
    let scratch = Scratch::with_model();
    let ran = scratch.pipe(TRANSLATE, faulty()).success();
    assert_eq!(ran.lines().len(), KINDS.len());
    let told = lines(&ran.stderr);
    let summary = told.last().expect("a summary");
    assert_says(
        summary,
        &["warning: degraded lines: 4 of 7 (", "2 with bytes that are not UTF-8, 2 with a NUL, 1 translated in pieces"],
    );
    assert_says(
        &ran.stderr,
        &[
            "warning: standard input:2:2: byte 0xFC is not UTF-8",
            "warning: standard input:3: the line holds a NUL",
            "warning: standard input:6: too long for the model; translated in",
        ],
    );
    let quiet = scratch.pipe(&format!("{TRANSLATE} -q"), faulty()).success();
    assert_eq!((quiet.stderr.as_str(), quiet.stdout), ("", ran.stdout));
    assert_eq!(scratch.pipe(TRANSLATE, sentences()).success().stderr, "");
}

#[test]
fn strict_is_exit_code_1_after_everything_is_translated() {
    let scratch = Scratch::with_model();
    let expected = scratch.pipe(TRANSLATE, faulty()).success().stdout;
    for quiet in ["", "--quiet"] {
        let ran = scratch.pipe(&format!("{TRANSLATE} --strict {quiet}"), faulty());
        assert_eq!((ran.code, &ran.stdout), (Some(1), &expected));
        let told = lines(&ran.stderr);
        assert_says(told.last().expect("an error"), &["error: degraded lines: 4 of 7 (", "--strict"]);
        assert_eq!(told.len() == 1, quiet == "--quiet", "{told:?}");
    }
    let ran = scratch.pipe(&format!("{TRANSLATE} --strict"), sentences() + "\n").success();
    assert_eq!((ran.lines().len(), ran.stderr.as_str()), (61, ""));
}

#[test]
fn of_a_kind_twenty_lines_are_said_and_all_are_counted() {
    let scratch = Scratch::with_model();
    let ran = scratch.pipe(TRANSLATE, b"one\xFF\n".repeat(50)).success();
    let told = lines(&ran.stderr);
    let named: Vec<&&str> = told.iter().filter(|line| line.contains("is not UTF-8;")).collect();
    assert_eq!(named.len(), 20, "{told:?}");
    assert_says(named[19], &["standard input:20:4:", "further lines of this kind are only counted"]);
    assert_says(told.last().expect("a summary"), &["degraded lines: 50 of 50", "50 with bytes that are not UTF-8"]);
}

#[test]
fn a_translation_cut_at_its_greatest_length_is_said() {
    let scratch = Scratch::with_model();
    let records = scratch.records("--max-length 2 --quiet", sentences());
    assert!(records.iter().filter(|record| record.degraded == ["cut"]).count() > 50, "numbers of five digits");
    let free = scratch.records("", sentences());
    for (cut, free) in records.iter().zip(&free) {
        // Whatever is not the whole is said to be cut.
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
    let told = lines(&ran.stderr);
    assert_eq!(told.iter().filter(|line| line.contains("holds a NUL")).count(), 1, "{told:?}");
    assert_says(told.last().expect("a summary"), &["degraded lines: 1 of 2 (1 with a NUL)"]);
}

#[test]
fn a_byte_order_mark_before_faulty_bytes_is_no_text() {
    let scratch = Scratch::with_model();
    let records = scratch.records("", b"\xEF\xBB\xBFone \xFF two\n");
    assert_eq!(records[0].source, "one \u{FFFD} two");
    let ran = scratch.pipe(TRANSLATE, b"\xEF\xBB\xBFone \xFF two\n").success();
    assert_says(&ran.stderr, &["standard input:1:8: byte 0xFF"]);
}
