//! Models of earlier versions are still read and translate as before (see `tests/golden/README.md`).

use crate::cli::support::{Record, Scratch, assert_says, records, tsv};
use glosser_translator::{FORMAT_VERSION, ModelDirectory, Translator, TranslatorError};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The kept models, with the tolerance of their log probabilities.
const MODELS: [(&str, f64); 2] = [("model", 1e-4), ("model-8bit", 0.02)];

fn kept(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden").join(path)
}

/// Names of the formats of the kept models.
fn formats() -> Vec<String> {
    let entries = fs::read_dir(kept("")).expect("a directory").map(|entry| entry.expect("an entry").file_name());
    let mut names: Vec<String> = entries.map(|name| name.into_string().expect("UTF-8")).collect();
    names.retain(|name| name.starts_with("format-"));
    names
}

/// A copy of a kept model.
fn scratch(format: &str, model: &str) -> Scratch {
    let scratch = Scratch::new();
    for entry in fs::read_dir(kept(&format!("{format}/{model}"))).expect("a directory") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("UTF-8");
        scratch.write(&format!("model/{name}"), fs::read(&path).expect("a file"));
    }
    scratch
}

fn expected(format: &str, model: &str) -> Vec<Record> {
    records(&fs::read_to_string(kept(&format!("{format}/{model}.jsonl"))).expect("UTF-8"))
}

fn sources(records: &[Record]) -> String {
    records.iter().map(|record| format!("{}\n", record.source)).collect()
}

#[test]
fn a_model_of_the_current_format_is_kept() {
    // tests/golden/make.sh makes the models of a new format, beside those of the old ones.
    assert!(formats().contains(&format!("format-{FORMAT_VERSION}")), "{:?}", formats());
}

#[test]
fn training_continues_from_a_kept_model_with_settings_of_earlier_names() {
    let scratch = scratch("format-2", "model");
    scratch.write("pairs.tsv", tsv(1..=20));
    scratch.run("train pairs.tsv --from model --model new --steps 1 --threads 2").success();
    // Named `stand_ins` in the model.
    assert_says(&scratch.run("info --model new").success().stdout, &["placeholders = 0.1", "sampled_vocabulary = "]);
}

#[test]
fn kept_models_give_the_same_translations_as_before() {
    for format in formats() {
        for (model, tolerance) in MODELS {
            let expected = expected(&format, model);
            assert_eq!(expected.len(), 32, "{format}/{model}");
            let found = scratch(&format, model).records("", sources(&expected));
            assert_eq!(found.len(), expected.len(), "{format}/{model}");
            for (found, expected) in found.iter().zip(&expected) {
                let of = format!("{format}/{model}: {}", expected.source);
                assert_eq!((&found.translation, &found.links), (&expected.translation, &expected.links), "{of}");
                let difference = (found.log_prob - expected.log_prob).abs();
                assert!(difference <= tolerance, "{of}: {} instead of {}", found.log_prob, expected.log_prob);
            }
        }
    }
}

/// The files of a kept model in memory.
fn in_memory(model: &str) -> BTreeMap<String, Vec<u8>> {
    let files = ModelDirectory::new(&kept(model)).read_files().expect("a model");
    files.into_iter().map(|(name, bytes)| (name.to_owned(), bytes)).collect()
}

#[test]
fn a_model_in_memory_translates_as_its_directory() {
    for format in formats() {
        for (model, _) in MODELS {
            let path = format!("{format}/{model}");
            let (card, from_bytes) = Translator::from_bytes("the model", &in_memory(&path)).expect(&path);
            assert_eq!(card, ModelDirectory::new(&kept(&path)).read_card().expect(&path));
            let from_directory = Translator::load(&kept(&path)).expect(&path);
            assert_eq!(from_bytes.search_options(), from_directory.search_options(), "{path}");
            let expected = expected(&format, model);
            let sources: Vec<&str> = expected.iter().map(|record| record.source.as_str()).collect();
            let found = from_bytes.translate(&sources).expect(&path);
            assert_eq!(found, from_directory.translate(&sources).expect(&path), "{path}");
        }
    }
}

#[test]
fn faults_of_a_model_in_memory_name_its_file() {
    let model = in_memory("format-3/model");
    assert_eq!(model.len(), 5, "all files of a model with one tokenizer: {:?}", model.keys());
    let fault = |files: &BTreeMap<String, Vec<u8>>| Translator::from_bytes("0", files).expect_err("a fault");
    for name in model.keys() {
        let mut without = model.clone();
        without.remove(name);
        let error = fault(&without);
        assert!(matches!(&error, TranslatorError::Incomplete { missing, .. } if missing == name), "{error}");
        assert_says(&error.to_string(), &["0: the model is incomplete", &format!("`{name}` is missing")]);
        let mut cut = model.clone();
        let bytes = cut.get_mut(name).expect("a file");
        bytes.truncate(bytes.len() / 2 - 1);
        let path = Path::new("0").join(name);
        assert_says(&fault(&cut).to_string(), &[&path.display().to_string()]);
    }
    let mut other_version = model.clone();
    other_version.insert("config.json".to_owned(), br#"{"format_version": 99}"#.to_vec());
    let error = fault(&other_version);
    assert!(matches!(&error, TranslatorError::Version { found: 99, .. }), "{error}");
    assert!(matches!(fault(&BTreeMap::new()), TranslatorError::Incomplete { missing: "config.json", .. }));
}
