//! `train --both-directions` and the commands that use both models.

use crate::cli::support::{SMALL, Scratch, assert_says, tsv};

/// A hundred pairs and one with a blank side, and settings for a short training.
fn scratch() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("pairs.tsv", tsv(1..=100) + "one\t \n");
    scratch.write("small.toml", SMALL.replace("steps = 240", "steps = 60"));
    scratch
}

const TRAIN: &str =
    "train pairs.tsv --model both --config small.toml --threads 2 --guided-alignment statistical --both-directions";

#[test]
fn one_command_trains_both_directions_and_align_joins_their_links() {
    let scratch = scratch();
    let ran = scratch.run(TRAIN).success();
    assert_says(&ran.stderr, &["both: from source to target", "both/reverse: from target to source"]);
    let again = scratch.run(TRAIN).success();
    assert_says(
        &again.stderr,
        &["both: this training is already finished", "both/reverse: this training is already finished"],
    );

    let align = |args: &str| scratch.run(&format!("align --model both pairs.tsv {args}")).success().stdout;
    let both = align("");
    assert_eq!((both.lines().count(), both.lines().last()), (101, Some("")));
    let links = |text: &str| text.split_whitespace().count();
    let (intersection, union) = (align("--symmetrize intersection"), align("--symmetrize union"));
    let (forward, reverse) = (align("--symmetrize forward"), align("--symmetrize reverse"));
    assert!(links(&intersection) <= links(&forward).min(links(&reverse)), "{intersection}");
    assert!(links(&union) >= links(&forward).max(links(&reverse)) && links(&intersection) > 50, "{union}");
    assert!(links(&align("--threshold 0")) > links(&align("--threshold 0.9")));

    // The reverse model by its name, and both models swapped.
    assert_eq!(align("--reverse both/reverse"), both);
    let swapped = scratch.run("align --model both/reverse --reverse both pairs.tsv --columns 2,1").success().stdout;
    assert_eq!(links(&swapped), links(&both));
    let record: serde_json::Value =
        serde_json::from_str(align("--format jsonl").lines().next().expect("a line")).expect("JSON");
    let (source, target) = (record["source_words"].as_array(), record["target_words"].as_array());
    let rows = |direction: &str| record[direction].as_array().map(Vec::len);
    assert_eq!((rows("forward"), rows("reverse")), (target.map(Vec::len), source.map(Vec::len)));
    assert_eq!(links(&align("--format tsv")), 6 * links(&both));

    // `info` and `quantize` treat both models.
    assert_says(&scratch.run("info --model both").success().stdout, &["aligner     yes", "reverse     `both/reverse`"]);
    let ran = scratch.run("quantize --model both --output small").success();
    assert_says(&ran.stderr, &["small: 8-bit model written", "small/reverse: 8-bit model written"]);
    let small = scratch.run("align --model small pairs.tsv").success().stdout;
    assert!(links(&small).abs_diff(links(&both)) < 20, "{small}");
    std::fs::remove_dir_all(scratch.path("both/reverse")).expect("a directory");
    let failed = scratch.run("quantize --model both --output small --overwrite").failure();
    assert_says(&failed, &["small/reverse has a model of the opposite direction", "both has none"]);
    scratch.run(TRAIN).success();

    // An outdated reverse model is not kept.
    let failed = scratch.run(&TRAIN.replace("--both-directions", "--overwrite --seed 2")).failure();
    assert_says(
        &failed,
        &["both/reverse: the directory also has a model of the opposite direction", "--both-directions"],
    );
}

#[test]
fn impossible_uses_of_both_directions_are_refused_with_the_reason() {
    let scratch = Scratch::with_model();
    scratch.write("pairs.tsv", tsv(1..=20));
    let failed = scratch.run("align --model model pairs.tsv --links aligner --symmetrize union").wrong_usage();
    assert_says(&failed, &["--reverse", "--both-directions"]);
    let failed = scratch.pipe("train - --model new --both-directions", tsv(1..=20)).wrong_usage();
    assert_says(&failed, &["standard input can be read only once"]);
    let failed = scratch.run("train pairs.tsv --from model --model new --both-directions").failure();
    assert_says(&failed, &["model/reverse: there is no model of the opposite direction"]);
    let failed = scratch.run("train pairs.tsv --model new --guided-alignment pairs.tsv").failure();
    assert_says(&failed, &["pairs.tsv:1: found", "0-0"]);
    let failed = scratch.run("train pairs.tsv --model new --guide missing").failure();
    assert_says(&failed, &["`missing` cannot be opened"]);
}
