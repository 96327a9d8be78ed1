//! Damaged model directories: `translate` and `info` name the fault.

use crate::cli::support::{Scratch, TINY, assert_says};
use serde_json::{Value, json};
use std::fs;
use std::time::{Duration, Instant};

/// Fails unless both commands fail with this message.
#[track_caller]
fn assert_fault(scratch: &Scratch, parts: &[&str]) {
    for args in ["translate --model model", "info --model model"] {
        assert_says(&scratch.pipe(args, "one two\n").failure(), parts);
    }
}

/// The shared model with a changed `config.json`.
fn with_config(change: impl FnOnce(&mut Value)) -> Scratch {
    let scratch = Scratch::with_model();
    let mut config = serde_json::from_slice(&scratch.read("model/config.json")).expect("JSON");
    change(&mut config);
    scratch.write("model/config.json", config.to_string());
    scratch
}

#[test]
fn a_model_whose_configuration_was_rewritten_unchanged_is_valid() {
    // Otherwise the tests below would prove nothing.
    let scratch = with_config(|_| {});
    scratch.run("info --model model").success();
    assert_eq!(scratch.pipe("translate --model model", "one two\n").success().lines().len(), 1);
}

#[test]
fn a_missing_file_is_named() {
    for name in ["config.json", "model.safetensors", "tokenizer.json", "words.bin", "text.json", "statistics.bin"] {
        let scratch = Scratch::with_model();
        fs::remove_file(scratch.path(&format!("model/{name}"))).expect("a file");
        assert_fault(&scratch, &["model: the model is incomplete", &format!("`{name}` is missing"), "copy the whole"]);
    }
}

#[test]
fn a_directory_without_a_model_is_not_called_incomplete() {
    let scratch = Scratch::new();
    scratch.write("model/notes.txt", "mine");
    assert_fault(&scratch, &["model: there is no model in this directory", "`glosser train --model model` makes one"]);
    scratch.write("model/de-en/config.json", "{}");
    assert_fault(&scratch, &["model: there is no model in this directory", "for example --model model/de-en"]);
    assert_says(&scratch.run("curve --model model").failure(), &["model: there is no model in this directory"]);
}

#[test]
fn the_training_directory_is_not_needed() {
    let scratch = Scratch::with_model();
    fs::remove_dir_all(scratch.path("model/training")).expect("a directory");
    scratch.run("info --model model").success();
}

#[test]
fn a_truncated_file_is_named() {
    for name in ["config.json", "model.safetensors", "tokenizer.json"] {
        for length in [0, 5, 100, 1000] {
            let scratch = Scratch::with_model();
            let whole = scratch.read(&format!("model/{name}"));
            scratch.write(&format!("model/{name}"), &whole[..length.min(whole.len() - 1)]);
            assert_fault(&scratch, &[&format!("model/{name}"), "copy the", "train"]);
        }
    }
    let scratch = Scratch::with_model();
    let whole = scratch.read("model/model.safetensors");
    scratch.write("model/model.safetensors", &whole[..whole.len() - 1]);
    assert_fault(&scratch, &["model/model.safetensors: ", "damaged"]);
    let whole = scratch.read("model/words.bin");
    let scratch = Scratch::with_model();
    scratch.write("model/words.bin", &whole[..whole.len() - 1]);
    assert_fault(&scratch, &["model/words.bin: ", "ascending order", "damaged"]);
}

#[test]
fn damaged_statistics_are_named_when_they_are_read_and_translate_does_not_read_them() {
    let scratch = Scratch::with_model();
    let whole = scratch.read("model/statistics.bin");
    let mut changed = whole.clone();
    changed[whole.len() / 2] ^= 1;
    for bytes in [&whole[..whole.len() / 2], &changed[..], b"", b"something else"] {
        scratch.write("model/statistics.bin", bytes);
        assert_says(&scratch.run("info --model model").failure(), &["model/statistics.bin: ", "copy the directory"]);
        scratch.pipe("translate --model model", "one two\n").success();
    }
}

#[test]
fn exponents_that_no_training_chooses_are_refused() {
    for (exponent, found) in
        [(json!(-1), "an exponent of -1"), (json!(200), "an exponent of 200"), (json!("much"), "invalid type")]
    {
        let scratch = with_config(|config| config["links"]["aligner"] = exponent.clone());
        assert_fault(&scratch, &["model/config.json: ", found]);
    }
}

#[test]
fn a_model_without_statistics_needs_no_file_of_them() {
    let scratch = with_config(|config| {
        config.as_object_mut().expect("an object").remove("links").expect("the key of statistics");
    });
    fs::remove_file(scratch.path("model/statistics.bin")).expect("a file");
    let text = scratch.run("info --model model").success().stdout;
    assert_says(&text, &["statistics  none"]);
    scratch.pipe("translate --model model", "one two\n").success();
}

#[test]
fn another_format_version_is_reported_before_any_other_fault() {
    let newer = with_config(|config| *config = json!({ "format_version": 99, "layout": "unheard of" }));
    assert_fault(&newer, &["model/config.json", "format version 99", "reads versions 2 to 3", "or a newer one"]);
    let older = with_config(|config| config["format_version"] = json!(0));
    assert_fault(&older, &["format version 0", "train the model again"]);
    let none = with_config(|config| {
        config.as_object_mut().expect("an object").remove("format_version");
    });
    assert_fault(&none, &["model/config.json: it names no `format_version`"]);
}

#[test]
fn an_unknown_or_missing_key_is_named() {
    let scratch = with_config(|config| config["model"]["decoder"]["coverage"] = json!(true));
    assert_fault(&scratch, &["model/config.json: unknown field `coverage`"]);
    let scratch = with_config(|config| {
        config["model"].as_object_mut().expect("an object").remove("embed");
    });
    assert_fault(&scratch, &["model/config.json: missing field `embed`"]);
    let scratch = with_config(|config| config["model"]["embed"] = json!("large"));
    assert_fault(&scratch, &["model/config.json: invalid type: string \"large\""]);
}

#[test]
fn weights_whose_shape_contradicts_the_configuration_are_named() {
    let scratch = with_config(|config| config["model"]["decoder"]["hidden"] = json!(40));
    assert_fault(&scratch, &["model/model.safetensors: the weight `members.0.decoder.", "[40, 48]", "[48, 48]"]);
    let scratch = with_config(|config| config["model"]["encoder"]["layers"] = json!(2));
    assert_fault(&scratch, &["model/model.safetensors: the weight `members.0.encoder.layer1.", "is missing"]);
    let scratch = with_config(|config| config["model"]["ensemble"] = json!(3));
    assert_fault(&scratch, &["model/model.safetensors: the weight `members.2.", "is missing"]);
    let scratch = with_config(|config| config["model"]["ensemble"] = json!(1));
    assert_fault(&scratch, &["model/model.safetensors: the weight `embedding.", "is missing"]);
    let scratch = with_config(|config| config["model"]["decoder"]["attention"]["score"] = json!("general"));
    assert_fault(&scratch, &["model/model.safetensors: the weight `members.0.decoder.attention."]);
    let scratch = with_config(|config| config["model"]["encoder"]["layers"] = json!(0));
    assert_fault(&scratch, &["model/config.json: no model has a `encoder.layers` of 0"]);
    let scratch = with_config(|config| config["model"]["ensemble"] = json!(0));
    assert_fault(&scratch, &["model/config.json: no model has a `ensemble` of 0"]);
}

#[test]
fn absurd_sizes_are_refused_before_anything_is_allocated() {
    for path in [
        "/embed",
        "/source_vocab",
        "/encoder/hidden",
        "/encoder/layers",
        "/decoder/hidden",
        "/decoder/attention/size",
        "/ensemble",
    ] {
        for huge in [1_000_000_000_u64, u64::MAX] {
            let scratch = with_config(|config| *config["model"].pointer_mut(path).expect("a key") = json!(huge));
            let started = Instant::now();
            assert_fault(&scratch, &["model/config.json: no model has a", "the file is damaged or not of this model"]);
            assert!(started.elapsed() < Duration::from_secs(30), "{path} took {:?}", started.elapsed());
        }
    }
}

#[test]
fn the_tokenizer_of_another_model_is_refused() {
    let scratch = Scratch::with_model();
    scratch.write("pairs.tsv", "alpha beta\tgamma delta\nbeta\tdelta\nalpha\tgamma\n".repeat(5));
    scratch.write("tiny.toml", TINY);
    scratch.run("train pairs.tsv --model other --steps 1 --config tiny.toml").success();
    scratch.write("model/tokenizer.json", scratch.read("other/tokenizer.json"));
    assert_fault(&scratch, &["model/tokenizer.json: its vocabularies have", "(300, 300)"]);
}

#[test]
fn a_file_that_is_not_a_tokenizer_is_refused() {
    let scratch = Scratch::with_model();
    scratch.write("model/tokenizer.json", "{}");
    assert_fault(&scratch, &["model/tokenizer.json", "is not a tokenizer of this program"]);
}
