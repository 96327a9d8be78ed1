//! The model directory: it is read as it was written, or the error names the file and the fault.

use crate::support::{Random, SCORES, SENTENCES, bits, ensemble, random};
use candle_core::{DType, Device, Tensor};
use glosser_translator::{
    DevMetric, FORMAT_VERSION, FittedSearch, ModelCard, ModelDirectory, OptionalFiles, Origin, Provenance,
    SearchOptions, Translator, TranslatorError, write_weights,
};
use std::error::Error;
use std::fs;
use tempfile::TempDir;

pub(crate) fn card(random: &Random) -> ModelCard {
    let provenance = Provenance {
        program: "0.0.0".to_owned(),
        corpus: "pairs.tsv".to_owned(),
        pairs: 1,
        dev_pairs: 2,
        step: 3,
        epochs: 0.1,
        target_tokens: 4,
        dev_loss: 1.0 / 3.0,
        dev_bleu: 5.5,
        dev_chrf: Some(30.5),
        dev_metric: DevMetric::Chrf,
        training: serde_json::json!({"seed": 1}),
        from: None,
    };
    let origin = Origin { directory: "older".to_owned(), provenance: provenance.clone() };
    let provenance = Provenance { from: Some(Box::new(origin)), ..provenance };
    ModelCard {
        format_version: FORMAT_VERSION,
        model: random.config.clone(),
        provenance,
        languages: None,
        search: None,
        links: None,
        short_list: false,
    }
}

pub(crate) fn saved(random: &Random) -> TempDir {
    let place = tempfile::tempdir().expect("a directory");
    let weights = write_weights(&random.weights).expect("bytes");
    ModelDirectory::new(place.path())
        .save(&card(random), random.translator.tokenizers(), &weights, OptionalFiles::default())
        .expect("saved");
    place
}

#[test]
fn a_saved_model_is_loaded_and_translates_the_same() {
    for score in SCORES {
        for joint in [true, false] {
            let random = random(score, joint);
            let place = saved(&random);
            assert_eq!(ModelDirectory::new(place.path()).read_card().expect("a card"), card(&random));
            let translate = |translator: &Translator| {
                translator.translate(&SENTENCES).expect("translations").iter().map(bits).collect::<Vec<_>>()
            };
            let expected = translate(&random.translator);
            assert!(expected.iter().any(|found| found.0 != expected[0].0), "one translation for all");
            assert!(translate(&Translator::load(place.path()).expect("a model")) == expected, "{score:?} {joint}");
        }
    }
}

#[test]
fn the_fitted_search_of_a_model_is_its_default() {
    let random = random(SCORES[2], true);
    let place = saved(&random);
    let directory = ModelDirectory::new(place.path());
    assert_eq!(directory.load().expect("a model").search_options(), SearchOptions::STANDARD);
    let with_penalty = |length_penalty| {
        let search = Some(FittedSearch { length_penalty, dev_bleu: 30.0, dev_chrf: None, metric: DevMetric::Bleu });
        directory.save_card(&ModelCard { search, ..card(&random) }).expect("saved");
        directory.load()
    };
    let options = with_penalty(0.25).expect("a model").search_options();
    assert_eq!(options, SearchOptions { length_penalty: 0.25, ..SearchOptions::STANDARD });
    for length_penalty in [-0.5, 1e30] {
        let error = with_penalty(length_penalty).expect_err("no search");
        assert!(matches!(&error, TranslatorError::Damaged { .. }), "{error}");
        assert!(error.to_string().contains("length_penalty"), "{error}");
    }
}

#[test]
fn saving_leaves_nothing_but_the_model() {
    let random = random(SCORES[2], true);
    let place = saved(&random);
    let mut names: Vec<String> = fs::read_dir(place.path())
        .expect("a directory")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
        .collect();
    names.sort();
    assert_eq!(names, ["config.json", "model.safetensors", "text.json", "tokenizer.json", "words.bin"]);
}

#[test]
fn a_missing_file_is_named() {
    let random = random(SCORES[2], false);
    for missing in
        ["config.json", "model.safetensors", "tokenizer.source.json", "tokenizer.target.json", "words.bin", "text.json"]
    {
        let place = saved(&random);
        fs::remove_file(place.path().join(missing)).expect("removed");
        let error = Translator::load(place.path()).expect_err(missing);
        assert!(matches!(&error, TranslatorError::Incomplete { missing: named, .. } if *named == missing), "{error}");
    }
    let place = tempfile::tempdir().expect("a directory");
    let nowhere = place.path().join("nowhere");
    let error = Translator::load(&nowhere).expect_err("no directory");
    assert!(matches!(&error, TranslatorError::NoDirectory(path) if *path == nowhere), "{error}");
}

#[test]
fn a_file_that_cannot_be_read_is_an_error_with_its_source() {
    let place = saved(&random(SCORES[2], true));
    fs::remove_file(place.path().join("words.bin")).expect("removed");
    fs::create_dir(place.path().join("words.bin")).expect("a directory in its place");
    let error = Translator::load(place.path()).expect_err("no file");
    assert!(matches!(&error, TranslatorError::Io { .. }), "{error}");
    let source = error.source().and_then(|source| source.downcast_ref::<std::io::Error>());
    assert_eq!(source.map(ToString::to_string).as_deref(), Some("this is not a file"));
    assert!(!error.to_string().contains("this is not a file"), "{error} would be printed with its cause twice");
}

#[test]
fn a_config_of_an_older_program_names_the_ensemble_members() {
    let random = ensemble(SCORES[2], true, 2);
    let place = saved(&random);
    let path = place.path().join("config.json");
    let text = fs::read_to_string(&path).expect("text");
    assert!(text.contains("\"ensemble\": 2"), "{text}");
    fs::write(&path, text.replace("\"ensemble\"", "\"members\"")).expect("written");
    assert_eq!(ModelDirectory::new(place.path()).read_card().expect("a card").model.ensemble, 2);
    Translator::load(place.path()).expect("a model");
}

#[test]
fn weights_that_do_not_fit_the_configuration_are_an_error_that_names_one() {
    let random = random(SCORES[2], true);
    let name = "decoder.readout.weight";
    let zeros = |shape: &[usize], dtype| Tensor::zeros(shape, dtype, &Device::Cpu).expect("zeros");
    let shape = random.weights[name].dims().to_vec();
    let transposed = [shape[1], shape[0]];
    let changes: [(&str, &str, Option<Tensor>); 4] = [
        (name, "is missing", None),
        (name, "has shape", Some(zeros(&transposed, DType::F32))),
        (name, "is of type", Some(zeros(&shape, DType::F64))),
        ("decoder.extra.weight", "belongs to no layer", Some(zeros(&shape, DType::F32))),
    ];
    for (name, problem, tensor) in changes {
        let mut weights = random.weights.clone();
        match tensor {
            Some(tensor) => weights.insert(name.to_owned(), tensor),
            None => weights.remove(name),
        };
        let place = saved(&random);
        fs::write(place.path().join("model.safetensors"), write_weights(&weights).expect("bytes")).expect("written");
        let message = Translator::load(place.path()).expect_err(problem).to_string();
        assert!(message.contains(name) && message.contains(problem), "{message}");
        assert!(message.contains("model.safetensors"), "{message}");
    }
}

#[test]
fn damaged_files_and_other_format_versions_are_errors_that_name_the_file() {
    let random = random(SCORES[2], true);
    for file in ["config.json", "model.safetensors", "tokenizer.json"] {
        let place = saved(&random);
        let path = place.path().join(file);
        let bytes = fs::read(&path).expect("bytes");
        fs::write(&path, &bytes[..bytes.len() / 2]).expect("written");
        let message = Translator::load(place.path()).expect_err(file).to_string();
        assert!(message.contains(&path.display().to_string()), "{message}");
    }
    let place = saved(&random);
    let path = place.path().join("config.json");
    let text = fs::read_to_string(&path).expect("text");
    for (from, to, expected) in [
        ("\"format_version\": 3", "\"format_version\": 4", "format version 4"),
        ("\"embed\"", "\"embedd\"", "embedd"),
        ("\"additive\"", "\"cosine\"", "cosine"),
        ("\"additive\"", "\"additive\", \"scaled\": true", "only an attention with the score `general`"),
    ] {
        let changed = text.replace(from, to);
        assert_ne!(changed, text);
        fs::write(&path, changed).expect("written");
        let message = Translator::load(place.path()).expect_err(expected).to_string();
        assert!(message.contains("config.json") && message.contains(expected), "{message}");
    }
}
