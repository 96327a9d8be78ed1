//! Input that `train` cannot use: the message names file, line and remedy, nothing is written, and an existing model is
//! not changed.

use crate::cli::support::{Scratch, TINY, assert_says, gzip, tsv};

const PAIRS: &str = "one two\teins zwei\nthree\tdrei\nfour\tvier\n";

/// An existing model in `old`, and good pairs in `pairs.tsv`.
fn scratch() -> Scratch {
    let scratch = Scratch::new();
    for name in ["config.json", "model.safetensors", "tokenizer.json"] {
        scratch.write(&format!("old/{name}"), format!("precious {name}"));
    }
    // The sign of a model of this program, even if it is damaged.
    scratch.write("old/training/log.jsonl", "{\"event\":\"note\",\"text\":\"precious\"}\n");
    scratch.write("pairs.tsv", PAIRS);
    scratch
}

/// Fails unless training with `args` is refused, for a new directory and for the old one, and changes no file.
#[track_caller]
fn assert_refused(scratch: &Scratch, args: &str, parts: &[&str]) {
    let before = scratch.tree("");
    for model in ["--model new", "--model old --overwrite"] {
        let message = scratch.run(&format!("train {args} {model} --quiet")).failure();
        assert_says(&message, parts);
        assert!(scratch.tree("") == before && !scratch.path("new").exists(), "train {args} {model} wrote something");
    }
}

#[test]
fn a_corpus_that_is_missing_or_a_directory_or_empty_is_named() {
    let scratch = scratch();
    scratch.write("empty.tsv", "");
    scratch.write("empty.gz", gzip(""));
    scratch.write("blank.tsv", "one\t\n \tzwei\n");
    scratch.write("single.tsv", "one\teins\n");
    for (args, parts) in [
        ("nowhere.tsv", ["`nowhere.tsv` cannot be opened", "check the path"]),
        ("old", ["`old` is a directory", "name a text file"]),
        ("empty.tsv", ["`empty.tsv` has no sentence pair", "one pair per line"]),
        ("empty.gz", ["`empty.gz` has no sentence pair", "one pair per line"]),
        ("blank.tsv", ["`blank.tsv` has no sentence pair with text on both sides", "one pair per line"]),
        ("single.tsv", ["single.tsv: a corpus of one pair", "give more pairs, or --dev"]),
        ("pairs.tsv nowhere.de", ["`nowhere.de` cannot be opened", "check the path"]),
        ("pairs.tsv --dev nowhere.tsv", ["`nowhere.tsv` cannot be opened", "check the path"]),
        ("pairs.tsv --dev empty.tsv", ["`empty.tsv` has no sentence pair", "one pair per line"]),
    ] {
        assert_refused(&scratch, args, &parts);
    }
}

#[test]
fn a_malformed_line_is_named_with_its_number_and_the_remedy() {
    let scratch = scratch();
    scratch.write("no-tab.tsv", "one\teins\ntwo zwei\nthree\tdrei\n");
    scratch.write("latin1.tsv", b"one\teins\nfive\tf\xFCnf\n");
    scratch.write("two.en", "one\nfive\n");
    scratch.write("latin1.de", b"eins\nf\xFCnf\n");
    scratch.write("nul.tsv", "one\teins\ntwo\tzwei\nthree\tdr\0ei\n");
    scratch.write("cut.gz", &gzip(tsv(1..=200))[..400]);
    for (args, parts) in [
        ("no-tab.tsv", &["no-tab.tsv:2: found 1 column in `two zwei`", "one tab", "--columns"][..]),
        ("pairs.tsv --columns 1,3", &["pairs.tsv:1: found 2 columns", "column 3 is needed", "--columns"]),
        ("latin1.tsv", &["latin1.tsv:2:7: byte 0xFC is not UTF-8", "iconv -f WINDOWS-1252 -t UTF-8 latin1.tsv"]),
        ("nul.tsv", &["nul.tsv:3: the line has a NUL", "tr -d"]),
        ("cut.gz", &["cut.gz:", "cut short", "download the file again"]),
        ("pairs.tsv --dev no-tab.tsv", &["no-tab.tsv:2: found 1 column"]),
        ("two.en latin1.de", &["latin1.de:2:2: byte 0xFC is not UTF-8"]),
    ] {
        assert_refused(&scratch, args, parts);
    }
    let message = scratch.run("train pairs.tsv pairs.tsv --model new --quiet").wrong_usage();
    assert_says(&message, &["`pairs.tsv` has a tab in every line", "give it alone"]);
}

#[test]
fn two_files_of_different_lengths_are_named_with_both_counts_and_the_first_unpaired_line() {
    let scratch = scratch();
    scratch.write("train.en", "one\ntwo\nthree\n");
    scratch.write("train.de", "eins\nzwei\n");
    let parts =
        ["`train.en` has 3 lines and `train.de` has 2", "train.en:3: `three` is the first line without a counterpart"];
    assert_refused(&scratch, "train.en train.de", &parts);
}

#[test]
fn an_invalid_configuration_is_named_with_its_fault() {
    let scratch = scratch();
    for (name, text, parts) in [
        ("key.toml", "[model]\nembedd = 32\n", &["key.toml", "`embedd`", "`embed`"][..]),
        ("table.toml", "[modle]\nembed = 32\n", &["table.toml", "`modle`", "`model`"]),
        ("syntax.toml", "[model]\nembed = 32\nhidden =\n", &["syntax.toml:3: not valid TOML"]),
        ("twice.toml", "[model]\nembed = 32\nembed = 64\n", &["twice.toml:3: not valid TOML", "duplicate"]),
        (
            "kind.toml",
            "[model]\nembed = \"large\"\n",
            &["kind.toml: invalid type: string \"large\"", "model.embed", "--print-config"],
        ),
        (
            "negative.toml",
            "[training]\nbatch_tokens = -5\n",
            &["negative.toml: ", "`-5`", "training.batch_tokens", "--print-config"],
        ),
        ("range.toml", "[training]\ndropout = 1.0\n", &["range.toml", "training.dropout is 1", "below 1"]),
        ("zero.toml", "[model]\nembed = 0\n", &["zero.toml", "model.embed is 0", "from 1"]),
        ("vocab.toml", "[tokenizer]\nvocab = 100\n", &["vocab.toml", "tokenizer.vocab is 100", "from 267"]),
        ("budget.toml", "[training]\nbudget = { hours = 2 }\n", &["budget.toml", "`hours`", "`minutes`"]),
        ("vast.toml", "[tokenizer]\nvocab = 9223372036854775807\n", &["vast.toml", "tokenizer.vocab", "to 1000000"]),
        ("layers.toml", "[model]\nencoder_layers = 101\n", &["layers.toml", "encoder_layers is 101", "to 100"]),
        (
            "large.toml",
            "[model]\nembed = 1000000\nencoder_hidden = 1000000\n",
            &["large.toml: a model of these sizes has ", "million weights", "at most 1000 million", "smaller sizes"],
        ),
        ("long.toml", "[training]\nbudget = { epochs = 1000001 }\n", &["long.toml", "1000001 epochs", "at most"]),
        ("nan.toml", "[training]\nlearning_rate = nan\n", &["nan.toml", "training.learning_rate is NaN"]),
        (
            "deleted.toml",
            "[training.noise]\nbpe_dropout = 0.1\n",
            &[
                "deleted.toml: training.noise.bpe_dropout is no longer a setting",
                "docs/experiments.md",
                "leave the key out",
            ],
        ),
        ("inf.toml", "[training]\nclip = inf\n", &["inf.toml", "training.clip is inf"]),
        ("dropout.toml", "[training]\ndropout = nan\n", &["dropout.toml", "training.dropout is NaN"]),
        ("dot.toml", "[model]\nattention = \"dot\"\ndecoder_hidden = 48\n", &["`dot`", "48", "`general`"]),
    ] {
        scratch.write(name, text);
        assert_refused(&scratch, &format!("pairs.tsv --config {name}"), parts);
    }
    assert_refused(&scratch, "pairs.tsv --config nowhere.toml", &["nowhere.toml: cannot be read"]);
    scratch.write("nested.toml", format!("model = {}", "[".repeat(100_000)));
    assert_refused(&scratch, "pairs.tsv --config nested.toml", &["nested.toml:1: not valid TOML"]);
    scratch.write("dotted.toml", format!("{} = 1", ["a"; 100_000].join(".")));
    assert_refused(&scratch, "pairs.tsv --config dotted.toml", &["dotted.toml:1: not valid TOML"]);
    if cfg!(unix) {
        assert_refused(&scratch, "pairs.tsv --config /dev/zero", &["/dev/zero: the file has more than"]);
    }
}

#[test]
fn an_excessive_budget_is_refused() {
    let scratch = scratch();
    for (args, parts) in [
        ("--epochs 18446744073709551615", &["18446744073709551615 epochs", "at most 1000000"]),
        ("--steps 18446744073709551615", &["18446744073709551615 steps", "at most 1000000000"]),
        ("--minutes 1e300", &["minutes", "at most 1000000"]),
    ] {
        assert_refused(&scratch, &format!("pairs.tsv {args}"), parts);
    }
}

#[test]
fn an_existing_model_is_replaced_only_with_overwrite() {
    let scratch = scratch();
    scratch.write("tiny.toml", TINY);
    let before = scratch.tree("");
    let message = scratch.run("train pairs.tsv --model old --steps 2 --config tiny.toml").failure();
    assert_says(&message, &["old: there is a model already", "another --model", "--overwrite"]);
    assert!(scratch.tree("") == before, "a refused run wrote something");
    scratch.run("train pairs.tsv --model old --steps 2 --config tiny.toml --overwrite").success();
    for name in ["config.json", "model.safetensors", "tokenizer.json", "training/log.jsonl"] {
        let bytes = scratch.read(&format!("old/{name}"));
        assert!(!bytes.windows(8).any(|part| part == b"precious"), "{name} is the old one");
    }
    assert_eq!(scratch.pipe("translate --model old", "one\n\n").success().lines().len(), 2);
}

#[test]
fn other_files_in_the_directory_are_kept() {
    let scratch = scratch();
    scratch.write("tiny.toml", TINY);
    scratch.write("mixed/notes.txt", "mine");
    let train = "train pairs.tsv --model mixed --steps 2 --config tiny.toml";
    let ran = scratch.run(train).success();
    assert_says(
        &ran.stderr,
        &["note: `mixed` has 1 other file that is not of a model (notes.txt); training touches no other file"],
    );
    assert_eq!(scratch.read("mixed/notes.txt"), b"mine");
    scratch.run("info --model mixed").success();
    let again = scratch.run(&format!("{train} --overwrite")).success();
    assert!(!again.stderr.contains("notes.txt"), "the user knows: {}", again.stderr);
}

#[test]
fn files_of_other_programs_are_never_replaced() {
    let scratch = scratch();
    scratch.write("web/config.json", "{\"port\": 80}");
    scratch.write("other/model.safetensors", "of another program");
    scratch.write("logs/training/log.jsonl", "{\"loss\": 3.5}\n");
    let before = scratch.tree("");
    for (model, file) in
        [("web", "web/config.json"), ("other", "other/model.safetensors"), ("logs", "logs/training/log.jsonl")]
    {
        for overwrite in ["", " --overwrite"] {
            let message = scratch.run(&format!("train pairs.tsv --model {model}{overwrite}")).failure();
            let remedy = format!("--model {model}/model");
            assert_says(
                &message,
                &[&format!("{file}: this file is not of a model of glosser"), "would replace it", &remedy],
            );
            assert!(scratch.tree("") == before, "a refused run wrote something");
        }
    }
}

#[test]
fn a_model_directory_that_is_a_file_is_refused_and_kept() {
    let scratch = scratch();
    let message = scratch.run("train pairs.tsv --model pairs.tsv --quiet").failure();
    assert_says(&message, &["pairs.tsv"]);
    assert_eq!(scratch.read("pairs.tsv"), PAIRS.as_bytes());
}
