//! `info`: the properties of a model.

use crate::cli::support::{Scratch, assert_says};

#[test]
fn the_corpus_sizes_and_settings_of_a_model_are_shown() {
    let ran = Scratch::with_model().run("info --model model").success();
    assert_eq!(ran.stderr, "");
    for (name, value) in [
        ("model", "model"),
        ("written by", concat!("glosser ", env!("CARGO_PKG_VERSION"), ", format 3")),
        ("corpus", "pairs.tsv"),
        ("pairs", "228 for training, 12 for validation"),
        ("words", "whitespace in the source, whitespace in the target"),
        ("ensemble", "2, each with the layers below; their logits are averaged"),
        ("embedding", "24"),
        ("encoder", "24 + 24 units, layers: 1"),
        ("decoder", "48 units"),
        ("attention", "additive, size 24"),
        ("aligner", "yes"),
        ("reverse", "none"),
    ] {
        assert!(ran.lines().contains(&format!("{name:<11} {value}").as_str()), "{name}: {value}\n{}", ran.stdout);
    }
    let statistics = ran.lines().into_iter().find(|line| line.starts_with("statistics  ")).expect("a line").to_owned();
    // The digits of the corpus.
    assert_says(&statistics, &[" MB, 10 source and 10 target words; exponent of the aligner: "]);
    assert_says(&ran.stdout, &["BLEU", "sub-words, one vocabulary", "MB", "[training]", "steps = 240", "seed = 1"]);
}

#[test]
fn a_path_without_a_model_is_named_with_the_command_that_trains_one() {
    let scratch = Scratch::new();
    scratch.write("file", "");
    let message = scratch.run("info --model nowhere").failure();
    assert_says(&message, &["nowhere: no model directory here", "glosser train --model nowhere"]);
    let message = scratch.run("info --model file").failure();
    assert_says(&message, &["file: this is a file; a model is a directory"]);
    scratch.write("model/model.safetensors", "");
    let message = scratch.run("info model/model.safetensors").failure();
    assert_says(&message, &["model.safetensors: this is a file; a model is a directory, perhaps --model model"]);
}
