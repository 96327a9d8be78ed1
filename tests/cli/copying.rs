//! Words that `translate` copies unchanged or translates by a glossary.

use crate::cli::support::{Scratch, assert_says};

const TRANSLATE: &str = "translate --model model";
const SENTENCE: &str = "one Xyzzy@example.org two 4711 three 🐕 four";
const COPIED: [&str; 3] = ["Xyzzy@example.org", "4711", "🐕"];

fn translated(scratch: &Scratch, args: &str, input: &str) -> String {
    let ran = scratch.pipe(&format!("{TRANSLATE} {args}"), input.to_owned() + "\n").success();
    assert_eq!(ran.lines().len(), 1);
    ran.stdout
}

#[test]
fn addresses_numbers_and_emoji_are_copied_unless_no_copy_is_given() {
    let scratch = Scratch::with_model();
    let text = translated(&scratch, "", SENTENCE);
    assert!(COPIED.iter().all(|item| text.matches(item).count() == 1), "{text}");
    let text = translated(&scratch, "--no-copy", SENTENCE);
    assert!(COPIED.iter().all(|item| !text.contains(item)), "{text}");
}

#[test]
fn names_that_were_not_in_the_training_pairs_are_copied() {
    let scratch = Scratch::with_model();
    let text = translated(&scratch, "", "one Xyzzyplugh two");
    assert!(text.contains("Xyzzyplugh"), "{text}");
    let text = translated(&scratch, "", "one xyzzyplugh two");
    assert!(!text.contains("xyzzyplugh"), "it has no capital, so that it is not a name: {text}");
}

#[test]
fn a_glossary_and_a_list_of_terms_to_keep_apply_with_or_without_copying() {
    let scratch = Scratch::with_model();
    scratch.write("terms.tsv", "# digits\none two\tEINSZWEI\ntwo\tZWO\n");
    scratch.write("keep.txt", "three four\n\n# no more\n");
    for copy in ["", "--no-copy"] {
        let args = format!("--glossary terms.tsv --keep keep.txt {copy}");
        let text = translated(&scratch, &args, "One two three four two five");
        for expected in ["EINSZWEI", "three four", "ZWO"] {
            assert_eq!(text.matches(expected).count(), 1, "{expected} in {text}");
        }
    }
    let records = scratch.records("--glossary terms.tsv --keep keep.txt", "five one two six three four\n");
    assert_eq!(records[0].source_words.len(), 6);
    let linked = |word: &str| {
        let at = records[0].target_words.iter().position(|target| target.contains(word)).expect("the term");
        records[0].links().iter().any(|(_, target)| *target == at)
    };
    assert!(linked("EINSZWEI") && linked("three") && linked("four"), "{:?}", records[0]);
}

#[test]
fn variables_and_number_groups_are_copied_unless_no_copy_is_given() {
    let scratch = Scratch::with_model();
    let line = "one {0} two 3\u{202F}500 three %(name)s";
    let items = ["{0}", "3\u{202F}500", "%(name)s"];
    let text = translated(&scratch, "", line);
    assert!(items.iter().all(|item| text.matches(item).count() == 1), "{text}");
    let text = translated(&scratch, "--no-copy", line);
    assert!(items.iter().all(|item| !text.contains(item)), "{text}");
}

#[test]
fn a_line_with_more_than_eight_items_keeps_all_and_is_degraded() {
    let scratch = Scratch::with_model();
    let terms = ["one", "two", "three", "four", "five", "six"].map(|term| format!("{term}\tX{term}X\n")).concat();
    scratch.write("terms.tsv", terms);
    let line = "one two three four five six one two three four five six\n";
    let ran = scratch.pipe("translate --model model --glossary terms.tsv --strict", line);
    assert_eq!(ran.code, Some(1));
    for term in ["XoneX", "XtwoX", "XthreeX", "XfourX", "XfiveX", "XsixX"] {
        assert_eq!(ran.stdout.matches(term).count(), 2, "{term} in {}", ran.stdout);
    }
    assert_says(&ran.stderr, &["more than 8 words to copy; translated in 2 pieces"]);
    let records = scratch.records("--glossary terms.tsv", line);
    assert!(records[0].degraded.contains(&"split".to_owned()));
    // A list of numbers is one item.
    let list = &scratch.records("", "one 11, 12, 13, 14, 15, 16, 17, 18, 19\n")[0];
    assert!(list.translation.contains("11, 12, 13, 14, 15, 16, 17, 18, 19"), "{}", list.translation);
    assert!(!list.degraded.contains(&"split".to_owned()));
}

#[test]
fn malformed_terms_are_named_with_file_and_line() {
    let scratch = Scratch::with_model();
    scratch.write("terms.tsv", "one\teins\none two EINSZWEI\n");
    let message = scratch.pipe("translate --model model --glossary terms.tsv", "one\n").failure();
    assert_says(&message, &["terms.tsv:2: there is no tab in `one two EINSZWEI`", "a glossary has a term, a tab"]);
    scratch.write("latin1.txt", b"ok\nM\xFCnchen\n");
    let message = scratch.pipe("translate --model model --keep latin1.txt", "one\n").failure();
    assert_says(&message, &["latin1.txt:2:2: byte 0xFC is not UTF-8", "iconv"]);
    assert_says(
        &scratch.run("translate --model model --keep nowhere.txt").failure(),
        &["`nowhere.txt` cannot be opened"],
    );
    let message = scratch.pipe("translate --model model --keep -", "one\n").wrong_usage();
    assert_says(&message, &["standard input can be read only once"]);
}

#[test]
fn an_8_bit_model_copies_too() {
    let scratch = Scratch::with_model();
    scratch.run("quantize --model model --output small").success();
    let ran = scratch.pipe("translate --model small", SENTENCE.to_owned() + " Xyzzyplugh\n").success();
    assert!(COPIED.iter().chain(&["Xyzzyplugh"]).all(|item| ran.stdout.contains(item)), "{}", ran.stdout);
}
