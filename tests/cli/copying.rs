//! Words that come out as they are, or as a glossary says, whatever the model makes of the rest.

use crate::cli::support::{Scratch, assert_says};
use serde_json::{Value, json};

const TRANSLATE: &str = "translate --model model";
const SENTENCE: &str = "one Xyzzy@example.org two 4711 three 🐕 four";
const COPIED: [&str; 3] = ["Xyzzy@example.org", "4711", "🐕"];

fn translated(scratch: &Scratch, args: &str, input: &str) -> String {
    let ran = scratch.pipe(&format!("{TRANSLATE} {args}"), input.to_owned() + "\n").success();
    assert_eq!(ran.lines().len(), 1);
    ran.stdout
}

#[test]
fn addresses_numbers_and_emoji_come_out_as_they_are_unless_the_model_is_to_translate_them() {
    let scratch = Scratch::with_model();
    let text = translated(&scratch, "", SENTENCE);
    assert!(COPIED.iter().all(|item| text.matches(item).count() == 1), "{text}");
    let text = translated(&scratch, "--no-copy", SENTENCE);
    assert!(COPIED.iter().all(|item| !text.contains(item)), "{text}");
}

#[test]
fn names_that_training_did_not_see_come_out_as_they_are() {
    let scratch = Scratch::with_model();
    let text = translated(&scratch, "", "one Xyzzyplugh two");
    assert!(text.contains("Xyzzyplugh"), "{text}");
    let text = translated(&scratch, "", "one xyzzyplugh two");
    assert!(!text.contains("xyzzyplugh"), "written like a word: {text}");
}

#[test]
fn a_glossary_and_a_list_of_terms_to_keep_are_obeyed_with_or_without_copying() {
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
fn faulty_terms_are_named_with_file_and_line() {
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
    assert_says(&message, &["standard input can be read once"]);
}

/// The shared model with its first control tokens alone, as an early version wrote it. Its weights do not fit these
/// ids, which is no matter here.
fn of_format_1() -> Scratch {
    let scratch = Scratch::with_model();
    let mut tokenizer: Value = serde_json::from_slice(&scratch.read("model/tokenizer.json")).expect("JSON");
    let vocab = tokenizer["model"]["vocab"].as_object_mut().expect("a vocabulary");
    let size = vocab.len() as u64;
    vocab.retain(|_, id| !(3..11).contains(&id.as_u64().expect("an id")));
    let old = |id: u64| if id > 2 { id - 8 } else { id };
    vocab.values_mut().for_each(|id| *id = json!(old(id.as_u64().expect("an id"))));
    // As many tokens as the weights have: characters that no merge makes.
    for (id, c) in (size - 8..size).zip('α'..) {
        vocab.insert(c.to_string(), json!(id));
    }
    tokenizer["added_tokens"].as_array_mut().expect("tokens").truncate(3);
    scratch.write("model/tokenizer.json", tokenizer.to_string());
    let mut config: Value = serde_json::from_slice(&scratch.read("model/config.json")).expect("JSON");
    config["format_version"] = json!(1);
    scratch.write("model/config.json", config.to_string());
    std::fs::remove_file(scratch.path("model/words.bin")).expect("a file");
    scratch
}

#[test]
fn a_model_of_the_first_format_translates_and_copies_nothing() {
    let scratch = of_format_1();
    let text = translated(&scratch, "", SENTENCE);
    assert!(!text.trim().is_empty() && text == translated(&scratch, "--no-copy", SENTENCE));
    assert_says(&scratch.run("info --model model").success().stdout, &["format 1"]);
    scratch.write("keep.txt", "one\n");
    let message = scratch.pipe("translate --model model --keep keep.txt", "one\n").failure();
    assert_says(&message, &["model: the model was trained by a version that had no stand-ins", "train it anew"]);
}

#[test]
fn an_8_bit_model_copies_as_well() {
    let scratch = Scratch::with_model();
    scratch.run("quantize --model model --output small").success();
    let ran = scratch.pipe("translate --model small", SENTENCE.to_owned() + " Xyzzyplugh\n").success();
    assert!(COPIED.iter().chain(&["Xyzzyplugh"]).all(|item| ran.stdout.contains(item)), "{}", ran.stdout);
}
