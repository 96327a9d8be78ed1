//! `translate` with several models.

use crate::cli::support::{Scratch, TINY, assert_says, pair, sentences, tsv};

/// Two models that differ in their seed, and a third one of other pairs.
fn models() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("train.tsv", tsv(0..200));
    scratch.write("other.tsv", tsv(200..300));
    scratch.write("dev.tsv", tsv(1001..1011));
    scratch.write("tiny.toml", format!("{TINY}[tokenizer]\nvocab = 300\n"));
    for (pairs, model, seed) in [("train", "one", 1), ("train", "two", 2), ("other", "three", 1)] {
        let options = "--dev dev.tsv --config tiny.toml --steps 20 --guided-alignment none -q";
        scratch.run(&format!("train {pairs}.tsv --model {model} --seed {seed} {options}")).success();
    }
    scratch
}

#[test]
fn several_models_translate_together() {
    let scratch = models();
    let translated = |options: &str| {
        let ran = scratch.pipe(&format!("translate {options} --format jsonl"), sentences()).success();
        ran.stdout
    };
    let [one, two, both] = ["--model one", "--model two", "--model one --model two"].map(translated);
    assert!(both != one && both != two);
    assert_eq!(both, translated("-m one -m two --threads 1 --batch-size 3"), "threads and batches change nothing");
    let swapped = translated("--model two --model one");
    assert_eq!(both.lines().count(), swapped.lines().count());

    let error = scratch.pipe("translate --model one --model three", "one\n").failure();
    assert_says(&error, &["three", "one", "sub-words", "--dev"]);
    let error = scratch.pipe("translate --model one --model ./one", "one\n").wrong_usage();
    assert_says(&error, &["./one", "twice"]);
    let error = scratch.pipe("translate --model one --model none", "one\n").failure();
    assert_says(&error, &["none", "no model directory"]);
}

#[test]
fn models_of_opposite_directions_and_models_in_the_place_of_sentences_are_refused() {
    let scratch = models();
    // One vocabulary serves both directions, so the sub-words are the same.
    let swapped: String = (0..200).map(pair).map(|(source, target)| format!("{target}\t{source}\n")).collect();
    scratch.write("swapped.tsv", swapped);
    let dev: String = (1001..1011).map(pair).map(|(source, target)| format!("{target}\t{source}\n")).collect();
    scratch.write("swapped-dev.tsv", dev);
    let options = "--dev swapped-dev.tsv --config tiny.toml --steps 20 --guided-alignment none -q";
    scratch.run(&format!("train swapped.tsv --model back {options}")).success();
    scratch.write("back/tokenizer.json", scratch.read("one/tokenizer.json"));
    let error = scratch.pipe("translate --model one --model back", "one\n").failure();
    assert_says(&error, &["back was trained on sources with other words than one", "same direction"]);

    let error = scratch.run_args(&["translate", "--model", "one", "two", "one two"]).wrong_usage();
    assert_says(&error, &["`two` is the directory of a model", "--model before each"]);
}
