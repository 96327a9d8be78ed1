//! Several model directories that translate together.

use crate::directory::{card, saved};
use crate::support::{Random, SCORES, SENTENCES, bits, ensemble, random};
use glosser_text::{LanguagePair, Tokenizer};
use glosser_translator::{
    DevMetric, FittedSearch, ModelDirectory, OptionalFiles, Quantization, SearchOptions, Tokenizers, Translator,
    TranslatorError,
};
use std::path::PathBuf;
use tempfile::TempDir;

/// One encoder-decoder of several, as a model of its own.
fn alone(random: &Random, number: usize) -> Random {
    let mut config = random.config.clone();
    config.ensemble = 1;
    Random { config, weights: random.weights_of(number), translator: random.alone(number) }
}

fn load(directories: &[&TempDir]) -> Result<Translator, TranslatorError> {
    let paths: Vec<PathBuf> = directories.iter().map(|directory| directory.path().to_owned()).collect();
    Translator::load_ensemble(&paths)
}

fn translations(translator: &Translator) -> Vec<(String, u32, u32, Vec<u32>)> {
    translator.translate(&SENTENCES).expect("translations").iter().map(bits).collect()
}

#[test]
fn directories_translate_together_as_one_model_with_all_their_encoder_decoders() {
    for joint_vocab in [true, false] {
        let all = ensemble(SCORES[2], joint_vocab, 3);
        let places: Vec<TempDir> = (0..3).map(|number| saved(&alone(&all, number))).collect();
        let together = load(&[&places[0], &places[1], &places[2]]).expect("an ensemble");
        assert!(translations(&together) == translations(&all.translator));
        assert!(translations(&together) != translations(&load(&[&places[0]]).expect("a model")));
    }
}

#[test]
fn models_of_different_scores_sizes_and_precisions_translate_together() {
    let models: Vec<Random> = [SCORES[0], SCORES[2]].map(|score| ensemble(score, true, 2)).into();
    let places: Vec<TempDir> = models.iter().map(saved).collect();
    let eight_bit = tempfile::tempdir().expect("a directory");
    let quantization = Quantization { bits: 8, is_single: true };
    let directory = ModelDirectory::new(eight_bit.path());
    ModelDirectory::new(places[1].path()).save_quantized(&directory, quantization).expect("an 8-bit model");
    let together = load(&[&places[0], &eight_bit]).expect("an ensemble");
    assert_eq!(together.model().ensemble().len(), 3);
    let models = [&places[0], &eight_bit].map(|place| load(&[place]).expect("a model"));
    let pair = [(SENTENCES[0], SENTENCES[1])];
    let log_prob = |model: &Translator| {
        let scored = model.scorer().score(&pair, 1, glosser_translator::Weighting::Attention).expect("a score");
        scored[0].log_prob
    };
    let ([one, other], together) = (models.each_ref().map(log_prob), log_prob(&together));
    // Before normalisation it is the mean of all three, and normalisation can only raise it.
    assert!(together != one && together != other && together >= (2.0 * one + other) / 3.0 - 1e-3);
    let twice = load(&[&eight_bit, &eight_bit]).expect("an ensemble");
    assert!(translations(&twice) == translations(&models[1]), "the mean of two equal models");
}

#[test]
fn the_length_penalty_is_the_mean_of_those_of_the_models() {
    let model = random(SCORES[2], true);
    let with_penalty = |length_penalty: Option<f32>| {
        let place = saved(&model);
        let search = length_penalty.map(|length_penalty| FittedSearch {
            length_penalty,
            dev_bleu: 1.0,
            dev_chrf: None,
            metric: DevMetric::Bleu,
        });
        let mut card = card(&model);
        card.search = search;
        ModelDirectory::new(place.path()).save_card(&card).expect("saved");
        place
    };
    let [one, two, none] = [Some(0.5), Some(1.5), None].map(with_penalty);
    let penalty = |places: &[&TempDir]| load(places).expect("an ensemble").search_options().length_penalty;
    assert_eq!(penalty(&[&one, &two]), 1.0);
    assert_eq!(penalty(&[&one, &none]), (0.5 + SearchOptions::STANDARD.length_penalty) / 2.0);
}

#[test]
fn models_that_do_not_fit_each_other_are_refused_by_name() {
    let model = random(SCORES[2], true);
    let place = saved(&model);
    let backwards = SENTENCES.map(|sentence| sentence.chars().rev().collect::<String>());
    let tokenizer = Tokenizer::train(backwards.iter(), 298).expect("a tokenizer");
    assert_eq!(tokenizer.vocab_size(), model.config.source_vocab, "only the tokens differ");
    let other = saved(&model);
    let weights = glosser_translator::write_weights(&model.weights).expect("bytes");
    ModelDirectory::new(other.path())
        .save(&card(&model), &Tokenizers::joint(tokenizer), &weights, OptionalFiles::default())
        .expect("a model of other sub-words");
    let error = load(&[&place, &other]).expect_err("other tokenizers").to_string();
    let parts = [&place, &other].map(|place| place.path().display().to_string());
    assert!(parts.iter().all(|part| error.contains(part)) && error.contains("sub-words"), "{error}");

    let in_languages = |languages: &str| {
        let place = saved(&model);
        let languages: LanguagePair = languages.parse().expect("languages");
        let mut card = card(&model);
        card.languages = Some(languages);
        ModelDirectory::new(place.path()).save_card(&card).expect("saved");
        place
    };
    let [german, french] = ["de:en", "en:fr"].map(in_languages);
    let error = load(&[&german, &french]).expect_err("other languages").to_string();
    assert!(error.contains("de:en") && error.contains("en:fr"), "{error}");
    assert!(load(&[&german, &place]).is_ok(), "a model without languages");
    assert!(matches!(load(&[]), Err(TranslatorError::NoModels)));
}
