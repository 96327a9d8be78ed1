//! `quantize`: 8-bit models are written, used like any other, and never mixed with 32-bit files.

use crate::cli::support::{Scratch, TINY, assert_says, lines, sentences, tsv};
use flate2::write::GzEncoder;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Write;

/// The shared model in `full`, and its 8-bit copy in `model`.
fn quantized() -> Scratch {
    let scratch = Scratch::with_model();
    std::fs::rename(scratch.path("model"), scratch.path("full")).expect("a directory");
    let ran = scratch.run("quantize --model full --output model").success();
    assert_eq!(ran.stdout, "");
    assert_says(&ran.stderr, &["model: 8-bit model written; weights ", " MB instead of "]);
    scratch
}

#[test]
fn an_8_bit_model_translates_almost_like_the_full_model() {
    let scratch = quantized();
    let translations = |model: &str| {
        let ran = scratch.pipe(&format!("translate --model {model}"), sentences()).success();
        lines(&ran.stdout).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let (full, model) = (translations("full"), translations("model"));
    let same = full.iter().zip(&model).filter(|(full, model)| full == model).count();
    assert_eq!((full.len(), model.len()), (60, 60));
    assert!(same >= 45, "{same} of 60 translations are the same");
}

#[test]
fn its_translations_do_not_depend_on_batch_size_or_threads() {
    let scratch = quantized();
    let jsonl = |args: &str| {
        scratch.pipe(&format!("translate --model model --format jsonl {args}"), sentences()).success().stdout
    };
    let expected = jsonl("--batch-size 64 --threads 2");
    for args in ["--batch-size 1 --threads 1", "--batch-size 1 --threads 2", "--batch-size 64 --threads 1"] {
        assert!(jsonl(args) == expected, "{args} gives other bytes");
    }
    let full = scratch.pipe("translate --model full --format jsonl", sentences()).success().stdout;
    assert!(full != expected, "the 8-bit model gives the same bytes as the full model");
}

#[test]
fn its_files_are_small_and_always_the_same() {
    let scratch = quantized();
    let size = |name: &str| scratch.read(&format!("{name}/model.safetensors")).len();
    assert!(size("model") * 10 < size("full") * 4, "{} of {} bytes", size("model"), size("full"));
    assert!(!scratch.path("model/training").exists());
    scratch.run("quantize --model full --output again").success();
    for name in ["config.json", "model.safetensors", "tokenizer.json", "words.bin", "text.json", "statistics.bin"] {
        assert!(scratch.read(&format!("again/{name}")) == scratch.read(&format!("model/{name}")), "{name}");
    }
    let config = scratch.text("full/config.json");
    assert!(!config.contains("precision"), "older versions must be able to read the full model");
}

#[test]
fn fewer_bits_give_a_file_of_the_same_size_that_can_be_compressed_and_still_translates() {
    let scratch = quantized();
    let weights = |bits: u32| {
        let ran = scratch.run(&format!("quantize full -o bits-{bits} --bits {bits}")).success();
        assert_eq!(ran.stderr.contains(&format!("8-bit model ({bits} bits used) written")), bits < 8, "{}", ran.stderr);
        scratch.read(&format!("bits-{bits}/model.safetensors"))
    };
    let all = scratch.read("model/model.safetensors");
    assert!(weights(8) == all, "8 bits are the default");
    let packed = |bytes: &[u8]| {
        let mut packer = GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(bytes).and_then(|()| packer.finish()).expect("compressed bytes").len()
    };
    let mut last = packed(&all);
    for bits in [7, 6, 5, 4, 3] {
        let weights = weights(bits);
        assert_eq!(weights.len(), all.len());
        let size = packed(&weights);
        assert!(size * 20 < last * 19, "{bits} bits: {size} bytes after {last}");
        last = size;
    }
    let translations = |model: &str| scratch.pipe(&format!("translate --model {model}"), sentences()).success().stdout;
    let (full, coarse) = (translations("full"), translations("bits-6"));
    let same = lines(&full).iter().zip(lines(&coarse)).filter(|(full, coarse)| *full == coarse).count();
    assert!(same >= 40, "{same} of 60 translations are the same");
    for bits in ["2", "9", "x", ""] {
        let message = scratch.run_args(&["quantize", "full", "-o", "new", "--bits", bits]).wrong_usage();
        assert_says(&message, &["give a whole number from 3 to 8"]);
    }
}

/// The tensors of a safetensors file, by their names.
fn tensors(file: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let (size, rest) = file.split_at(8);
    let (header, data) = rest.split_at(u64::from_le_bytes(size.try_into().expect("eight bytes")) as usize);
    let header: BTreeMap<String, Value> = serde_json::from_slice(header).expect("JSON");
    let bytes = |tensor: &Value| {
        let [start, end] = [0, 1].map(|at| tensor["data_offsets"][at].as_u64().expect("a number") as usize);
        data[start..end].to_vec()
    };
    header.iter().map(|(name, tensor)| (name.clone(), bytes(tensor))).collect()
}

#[test]
fn a_single_encoder_decoder_of_an_ensemble_is_a_model_of_its_own() {
    let scratch = quantized();
    scratch.run("quantize full -o single --single").success();
    let [both, single] = ["model", "single"].map(|model| tensors(&scratch.read(&format!("{model}/model.safetensors"))));
    assert_eq!((both.len(), both.len() % 2), (single.len() * 2, 0));
    for (name, bytes) in &single {
        assert!(both[&format!("members.0.{name}")] == *bytes, "{name}");
    }
    let translate = |model: &str| scratch.pipe(&format!("translate --model {model}"), sentences()).success().stdout;
    assert_eq!(lines(&translate("single")).len(), 60);
    // Nothing is left out of a model that is no ensemble.
    scratch.write("tiny.toml", TINY.replace("[model]", "[model]\nensemble = 1"));
    scratch.write("pairs.tsv", tsv(1..=20));
    scratch.run("train pairs.tsv --model tiny --steps 2 --config tiny.toml").success();
    scratch.run("quantize tiny -o all").success();
    scratch.run("quantize tiny -o one --single").success();
    assert!(scratch.read("all/model.safetensors") == scratch.read("one/model.safetensors"));
}

#[test]
fn every_command_accepts_an_8_bit_model() {
    let scratch = quantized();
    scratch.write("pairs.tsv", tsv(1001..=1020));
    assert_says(
        &scratch.run("info --model model").success().stdout,
        &["weights     8-bit, ", "before it was quantized"],
    );
    assert_eq!(scratch.run("align --model model pairs.tsv").success().lines().len(), 20);
    assert_says(&scratch.run("evaluate --model model pairs.tsv").success().stdout, &["BLEU"]);
}

#[test]
fn impossible_quantizations_are_refused_and_nothing_is_written() {
    let scratch = quantized();
    scratch.write("empty/notes.txt", "");
    let before = scratch.tree("");
    for (args, parts) in [
        ("--model model --output new", ["model: the model is an 8-bit one already", "made from"]),
        ("--model model --output full --overwrite", ["model: the model is an 8-bit one already", "made from"]),
        ("--model full --output model", ["model already contains a model", "--overwrite"]),
        ("--model full --output full", ["full: the output cannot be the directory of the model", "another --output"]),
        (
            "--model full --output ./full/ --overwrite",
            ["the output cannot be the directory of the model", "another --output"],
        ),
        ("--model nowhere --output new", ["nowhere: no model directory here", "glosser train"]),
        ("--model empty --output new", ["empty: there is no model in this directory", "name the directory of a model"]),
    ] {
        assert_says(&scratch.run(&format!("quantize {args}")).failure(), &parts);
        assert!(scratch.tree("") == before, "quantize {args} wrote something");
    }
}

#[test]
fn each_kind_of_model_can_replace_the_other() {
    let scratch = quantized();
    scratch.write("pairs.tsv", tsv(1..=20));
    scratch.write("tiny.toml", TINY);
    let train = "train pairs.tsv --model model --steps 2 --config tiny.toml";
    assert_says(&scratch.run(train).failure(), &["model: there is a model already", "--overwrite"]);
    scratch.run(&format!("{train} --overwrite")).success();
    assert_says(&scratch.run("info --model model").success().stdout, &["million"]);
    scratch.run("quantize --model full --output model --overwrite").success();
    assert_says(&scratch.run("info --model model").success().stdout, &["8-bit"]);
    assert_eq!(scratch.pipe("translate --model model", "one two\n").success().lines().len(), 1);
}

#[test]
fn a_directory_with_files_of_both_kinds_is_refused() {
    let scratch = quantized();
    for name in ["tokenizer.json", "words.bin", "text.json", "statistics.bin"] {
        scratch.write(&format!("mixed/{name}"), scratch.read(&format!("full/{name}")));
    }
    for (config, weights, problem) in [
        ("full", "model", "is of type I8 where F32 is expected"),
        ("model", "full", "is of type F32 where I8 is expected"),
    ] {
        scratch.write("mixed/config.json", scratch.read(&format!("{config}/config.json")));
        scratch.write("mixed/model.safetensors", scratch.read(&format!("{weights}/model.safetensors")));
        let message = scratch.pipe("translate --model mixed", "one\n").failure();
        assert_says(&message, &["mixed/model.safetensors: the weight `", problem, "copy the directory again"]);
    }
}
