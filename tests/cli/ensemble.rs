//! `translate` with several models.

use crate::cli::support::{Scratch, TINY, assert_says, sentences, tsv};

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
