//! `train --from`: training that continues from a parent model.

use crate::cli::support::{Scratch, assert_says, tsv};

/// The shared model, and pairs that it was not trained on.
fn scratch() -> Scratch {
    let scratch = Scratch::with_model();
    scratch.write("more.tsv", tsv(301..=400));
    scratch.write("dev.tsv", tsv(1001..=1030));
    scratch
}

const TRAIN: &str = "train more.tsv --dev dev.tsv --from model --threads 2";

#[test]
fn training_continues_with_the_vocabulary_and_sizes_of_the_parent_model_which_is_not_changed() {
    let scratch = scratch();
    let before = scratch.tree("model");
    let messages = scratch.run(&format!("{TRAIN} --model more --steps 30")).success().stderr;
    assert_says(
        &messages,
        &["note: continuing from `model`, which was trained for ", "its vocabulary and its sizes are kept"],
    );
    assert!(scratch.tree("model") == before, "the parent model was changed");
    assert_eq!(scratch.read("more/tokenizer.json"), scratch.read("model/tokenizer.json"));
    assert!(scratch.read("more/model.safetensors") != scratch.read("model/model.safetensors"));

    let info = scratch.run("info --model more").success().stdout;
    assert_says(&info, &["corpus      more.tsv", "made from   `model`: ", "228 pairs of pairs.tsv", "embedding   24"]);
    // A quarter of the learning rate of the parent, its other settings, and a new budget.
    assert_says(&info, &["learning_rate = 0.0025", "warmup_steps = 100", "batch_tokens = 400", "steps = 30"]);

    scratch.run(&format!("{TRAIN} --model again --steps 30")).success();
    assert!(
        scratch.read("again/model.safetensors") == scratch.read("more/model.safetensors"),
        "the same seed gave two models"
    );
    scratch.run("train more.tsv --dev dev.tsv --from more --model third --steps 2 --threads 2").success();
    let info = scratch.run("info --model third").success().stdout;
    assert_says(&info, &["made from   `more`: ", "steps on 100 pairs of more.tsv", "made from   `model`: "]);
}

#[test]
fn training_begins_with_the_weights_of_the_parent_model() {
    let scratch = scratch();
    scratch.run(&format!("{TRAIN} --model more --steps 1")).success();
    let log = scratch.text("more/training/log.jsonl");
    let validations: Vec<serde_json::Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .filter(|event: &serde_json::Value| event["event"] == "validated")
        .collect();
    let [before, after] = &validations[..] else { panic!("{log}") };
    let loss = |validation: &serde_json::Value| validation["dev_loss"].as_f64().expect("a loss");
    assert_eq!((before["step"].as_u64(), before["is_best"].as_bool()), (Some(0), Some(false)));
    // New weights have a loss of ln 300 = 5.7.
    assert!(loss(before) < 3.0, "{}", loss(before));
    // The first step of the warm-up changes the weights very little.
    assert!((loss(after) - loss(before)).abs() < 0.05, "{} {}", loss(before), loss(after));
}

#[test]
fn settings_that_contradict_the_parent_model_are_refused_by_name_and_others_may_change() {
    let scratch = scratch();
    let before = scratch.tree("");
    for (text, parts) in [
        ("[model]\nembed = 32", &["model.embed is 32, but 24 in `model`"][..]),
        ("[model]\nencoder_layers = 2", &["model.encoder_layers is 2, but 1"]),
        ("[model]\nensemble = 3", &["model.ensemble is 3, but 2"]),
        ("[tokenizer]\nvocab = 400", &["tokenizer.vocab is 400, but 300"]),
        ("[tokenizer]\njoint = false", &["tokenizer.joint is false, but true"]),
        ("[training]\ndropuot = 0.2", &["`dropuot`"]),
    ] {
        scratch.write("config.toml", text);
        let message = scratch.run(&format!("{TRAIN} --model new --config config.toml")).failure();
        assert_says(&message, &[parts, &["config.toml: "]].concat());
    }
    let message = scratch.run(&format!("{TRAIN} --model new --attention dot")).failure();
    assert_says(&message, &["model.attention is \"dot\", but \"additive\" in `model`", "without --from"]);
    std::fs::remove_file(scratch.path("config.toml")).expect("a file");
    assert!(scratch.tree("") == before && !scratch.path("new").exists(), "a refused run wrote something");

    scratch.write("config.toml", "[model]\nembed = 24\n[tokenizer]\nvocab = 300\n[training]\ndropout = 0.2\n");
    scratch.run(&format!("{TRAIN} --model new --config config.toml --steps 2")).success();
    assert_says(&scratch.run("info --model new").success().stdout, &["dropout = 0.2"]);
}

#[test]
fn unusable_parent_models_are_refused_with_the_remedy() {
    let scratch = scratch();
    scratch.run("quantize --model model --output small").success();
    let before = scratch.tree("");
    for (args, parts) in [
        (
            "--from model --model model",
            &["model: training does not overwrite the model that it continues from", "--model"][..],
        ),
        ("--from model --model ./model --overwrite", &["does not overwrite", "another --model"]),
        (
            "--from small --model new",
            &["small: an 8-bit model cannot be trained", "the model that it was quantized from"],
        ),
        ("--from nowhere --model new", &["nowhere: no model directory here"]),
        ("--from model --model small", &["small: there is a model already", "--overwrite"]),
    ] {
        assert_says(&scratch.run(&format!("train more.tsv {args}")).failure(), parts);
        assert!(scratch.tree("") == before && !scratch.path("new").exists(), "{args} wrote something");
    }
}
