//! Model directories with something wrong in them: `translate` and `info` must say what, and never answer in nonsense.

use crate::cli::support::{Scratch, assert_says};
use serde_json::{Value, json};
use std::fs;
use std::time::{Duration, Instant};

/// Fails unless both commands name the fault.
#[track_caller]
fn assert_fault(scratch: &Scratch, parts: &[&str]) {
    for args in ["translate --model model", "info --model model"] {
        assert_says(&scratch.pipe(args, "one two\n").failure(), parts);
    }
}

/// A model whose `config.json` was changed.
fn with_config(change: impl FnOnce(&mut Value)) -> Scratch {
    let scratch = Scratch::with_model();
    let mut config = serde_json::from_slice(&scratch.read("model/config.json")).expect("JSON");
    change(&mut config);
    scratch.write("model/config.json", config.to_string());
    scratch
}

#[test]
fn a_model_of_which_the_configuration_was_written_anew_is_whole() {
    // Or the faults below would prove nothing.
    let scratch = with_config(|_| {});
    scratch.run("info --model model").success();
    assert_eq!(scratch.pipe("translate --model model", "one two\n").success().lines().len(), 1);
}

#[test]
fn a_missing_file_is_named() {
    for name in ["config.json", "model.safetensors", "tokenizer.json", "words.bin"] {
        let scratch = Scratch::with_model();
        fs::remove_file(scratch.path(&format!("model/{name}"))).expect("a file");
        assert_fault(&scratch, &["model: the model is incomplete", &format!("`{name}` is missing"), "copy the whole"]);
    }
}

#[test]
fn what_training_keeps_for_itself_is_not_needed() {
    let scratch = Scratch::with_model();
    fs::remove_dir_all(scratch.path("model/training")).expect("a directory");
    scratch.run("info --model model").success();
}

#[test]
fn a_file_that_is_cut_short_is_named() {
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
fn another_format_version_is_said_before_anything_else_is_believed() {
    let newer = with_config(|config| *config = json!({ "format_version": 99, "layout": "unheard of" }));
    assert_fault(&newer, &["model/config.json", "format version 99", "reads version 2", "or a newer one"]);
    let older = with_config(|config| config["format_version"] = json!(0));
    assert_fault(&older, &["format version 0", "train it anew"]);
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
fn weights_of_another_shape_than_the_configuration_wants_are_named() {
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
fn absurd_sizes_are_refused_at_once_and_nothing_is_allocated_for_them() {
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
    scratch.write("tiny.toml", "[model]\nembed = 8\nencoder_hidden = 8\ndecoder_hidden = 8\nattention_size = 8\n");
    scratch.run("train pairs.tsv --model other --steps 1 --config tiny.toml").success();
    scratch.write("model/tokenizer.json", scratch.read("other/tokenizer.json"));
    assert_fault(&scratch, &["model/tokenizer.json: its vocabularies have", "(300, 300)"]);
}

#[test]
fn a_file_that_is_no_tokenizer_is_refused() {
    let scratch = Scratch::with_model();
    scratch.write("model/tokenizer.json", "{}");
    assert_fault(&scratch, &["model/tokenizer.json", "is not a tokenizer of this program"]);
}
