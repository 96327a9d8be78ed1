//! Short lists of output words: what a search with them finds, and their file in the model directory.

use crate::directory::{card, saved};
use crate::support::{Random, SCORES, SENTENCES, bits, ensemble, random};
use glosser_text::{EOS, LanguagePair, PLACEHOLDERS, placeholder};
use glosser_translator::{
    ModelCard, ModelDirectory, OptionalFiles, Quantization, SearchOptions, Searcher, ShortList, Translation,
    Translator, TranslatorError, Weighting, write_weights,
};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

const FILE: &str = "shortlist.bin";

fn control() -> Vec<u32> {
    (0..placeholder(PLACEHOLDERS)).collect()
}

/// Lists with every other letter for all sentences, and a few further tokens for each source token.
fn some_words(random: &Random) -> ShortList {
    let (source, target) = (random.config.source_vocab as u32, random.config.target_vocab as u32);
    let common: Vec<u32> = (0..target).step_by(3).collect();
    let own = |token: u32| vec![(token * 7 + 1) % target, (token * 5 + 2) % target, token % target];
    ShortList::new(target as usize, &common, (0..source).map(own))
}

/// Lists that have all tokens for all sentences.
fn all_words(random: &Random) -> ShortList {
    let target = random.config.target_vocab;
    ShortList::new(target, &(0..target as u32).collect::<Vec<_>>(), vec![Vec::new(); random.config.source_vocab])
}

/// A saved model with lists.
fn saved_with(random: &Random, list: &ShortList) -> TempDir {
    let place = tempfile::tempdir().expect("a directory");
    let card = ModelCard { short_list: true, ..card(random) };
    let weights = write_weights(&random.weights).expect("bytes");
    let bytes = list.to_bytes();
    let optional = OptionalFiles { short_list: Some(&bytes), ..OptionalFiles::default() };
    let directory = ModelDirectory::new(place.path());
    directory.save(&card, random.translator.tokenizers(), &weights, optional).expect("saved");
    place
}

fn quantized(place: &TempDir) -> TempDir {
    let to = tempfile::tempdir().expect("a directory");
    let directory = ModelDirectory::new(to.path());
    ModelDirectory::new(place.path()).save_quantized(&directory, Quantization::STANDARD).expect("an 8-bit model");
    to
}

fn load(place: &TempDir) -> Translator {
    Translator::load(place.path()).expect("a model")
}

fn translations(translator: &Translator, options: &SearchOptions) -> Vec<Translation> {
    let found = translator.translate_with(&SENTENCES, options, options.beam_size).expect("translations");
    found.into_iter().flatten().collect()
}

fn all_bits(found: &[Translation]) -> Vec<(String, u32, u32, Vec<u32>)> {
    found.iter().map(bits).collect()
}

#[test]
fn a_list_of_all_words_and_a_search_without_lists_give_the_translations_of_a_model_without_lists() {
    for score in SCORES {
        for joint in [true, false] {
            let random = ensemble(score, joint, 2);
            let (plain, with_list) = (saved(&random), saved_with(&random, &all_words(&random)));
            let with_few = saved_with(&random, &some_words(&random));
            for (plain, with_list, with_few) in [
                (load(&plain), load(&with_list), load(&with_few)),
                (load(&quantized(&plain)), load(&quantized(&with_list)), load(&quantized(&with_few))),
            ] {
                for options in [SearchOptions::GREEDY, SearchOptions::STANDARD] {
                    let expected = all_bits(&translations(&plain, &options));
                    assert!(all_bits(&translations(&with_list, &options)) == expected, "{score:?} {joint}");
                    let whole = SearchOptions { short_list: false, ..options };
                    assert!(all_bits(&translations(&with_few, &whole)) == expected, "{score:?} {joint}");
                    assert!(all_bits(&translations(&with_few, &options)) != expected, "{score:?} {joint}");
                }
            }
        }
    }
}

#[test]
fn a_translation_has_only_words_of_its_list_and_depends_on_its_sentence_alone() {
    for joint in [true, false] {
        let random = ensemble(SCORES[2], joint, 2);
        let list = Arc::new(some_words(&random));
        let place = saved_with(&random, &list);
        for translator in [load(&place), load(&quantized(&place))] {
            let options = SearchOptions { max_length: Some(12), ..SearchOptions::STANDARD };
            let together = translations(&translator, &options);
            for batch_size in [1, 2, 4] {
                let found = translations(&translator, &SearchOptions { batch_size, ..options });
                assert!(all_bits(&found) == all_bits(&together), "{batch_size}");
            }
            for sentence in SENTENCES {
                let alone = translator.translate_with(&[sentence], &options, 5).expect("translations").concat();
                let same: Vec<&Translation> = together.iter().filter(|found| found.source == sentence).collect();
                assert!(alone.iter().map(bits).eq(same.into_iter().map(bits)), "{sentence}");
            }
        }
        let searcher = Searcher::new(random.translator.model()).and_then(|all| all.with_short_list(Some(list.clone())));
        let encode = |sentence: &str| {
            let ids = random.translator.tokenizers().source().encode(sentence).ids;
            ids.into_iter().chain([EOS]).collect::<Vec<u32>>()
        };
        let sources = SENTENCES.map(encode);
        let found = searcher.expect("a search").search(&sources, &SearchOptions::STANDARD).expect("hypotheses");
        for (source, found) in sources.iter().zip(found) {
            let own = list.own(source, &[]);
            let is_listed = |token: &u32| list.common().contains(token) || own.contains(token);
            assert!(found.iter().all(|found| found.ids.iter().all(is_listed) && found.log_prob <= 0.0), "{source:?}");
        }
    }
}

#[test]
fn given_translations_and_beginnings_have_the_whole_vocabulary_and_an_explanation_has_the_search_of_a_translation() {
    let random = ensemble(SCORES[2], true, 2);
    let (plain, with_list) = (load(&saved(&random)), load(&saved_with(&random, &some_words(&random))));
    let pairs = [(SENTENCES[0], SENTENCES[3])];
    let score = |translator: &Translator| {
        translator.scorer().score(&pairs, 1, Weighting::Attention).expect("scores").iter().map(bits).collect::<Vec<_>>()
    };
    assert!(score(&plain) == score(&with_list));
    let options = SearchOptions::STANDARD;
    let complete = |translator: &Translator| {
        all_bits(&translator.complete(SENTENCES[1], "die Wi", &options, 5).expect("translations"))
    };
    assert!(complete(&plain) == complete(&with_list));
    let choices = |translator: &Translator| translator.choices(SENTENCES[1], "die", &options, 4).expect("choices");
    assert!(choices(&plain) == choices(&with_list));
    let explained = |prefix| with_list.explain(SENTENCES[1], &options, prefix, 3).expect("an explanation").translations;
    let found = with_list.translate_with(&[SENTENCES[1]], &options, usize::MAX).expect("translations").concat();
    assert!(all_bits(&explained("")) == all_bits(&found));
    // A beginning may have words that are not in the list.
    assert!(explained("Frau über Wiese").iter().all(|found| found.text.starts_with("Frau über Wiese")));
}

#[test]
fn the_lists_of_an_ensemble_are_those_of_all_its_models_and_a_model_without_lists_has_none() {
    let random = random(SCORES[2], true);
    let (vocab, sources) = (random.config.target_vocab, random.config.source_vocab);
    let lists = [[20, 30], [30, 40]].map(|common| ShortList::new(vocab, &common, vec![Vec::new(); sources]));
    let [one, other] = lists.each_ref().map(|list| saved_with(&random, list));
    let together = |places: &[&TempDir]| {
        let paths: Vec<_> = places.iter().map(|place| place.path().to_owned()).collect();
        let translator = Translator::load_ensemble(&paths).expect("an ensemble");
        translator.scorer().short_list().map(|list| list.common().to_vec())
    };
    assert_eq!(together(&[&one, &other]), Some([control(), vec![20, 30, 40]].concat()));
    assert_eq!(together(&[&one]), Some([control(), vec![20, 30]].concat()));
    let plain = saved(&random);
    assert_eq!(together(&[&one, &plain]), None);
    assert!(!fs::read_to_string(plain.path().join("config.json")).expect("text").contains("short_list"));
}

#[test]
fn saving_keeps_the_lists_or_removes_those_of_an_earlier_model_and_a_page_has_none() {
    let random = random(SCORES[2], true);
    let list = some_words(&random);
    let place = saved_with(&random, &list);
    let directory = ModelDirectory::new(place.path());
    assert_eq!(load(&quantized(&place)).scorer().short_list().map(|own| **own == list), Some(true));
    let files = directory.read_files().expect("files");
    assert!(files.iter().any(|(name, bytes)| *name == FILE && *bytes == list.to_bytes()));
    let languages = LanguagePair { source: "de".parse().expect("a code"), target: "en".parse().expect("a code") };
    let shared = directory.files_to_share(Quantization::STANDARD, &languages).expect("files");
    assert!(!shared.files.contains_key(FILE) && shared.translator.scorer().short_list().is_none());
    assert!(directory.files().contains(&directory.short_list()));
    let weights = write_weights(&random.weights).expect("bytes");
    let optional = OptionalFiles::default();
    directory.save(&card(&random), random.translator.tokenizers(), &weights, optional).expect("saved");
    assert!(!directory.short_list().exists());
}

#[test]
fn a_missing_or_damaged_file_of_lists_is_an_error_that_names_it() {
    let random = random(SCORES[2], true);
    let place = saved_with(&random, &some_words(&random));
    let file = place.path().join(FILE);
    let whole = fs::read(&file).expect("bytes");
    let error = |path: &Path| Translator::load(path).expect_err("a damaged model");
    let other = ShortList::new(random.config.target_vocab + 1, &[], Vec::new()).to_bytes();
    for bytes in [whole[..whole.len() / 2].to_vec(), Vec::new(), b"something else".to_vec(), other] {
        fs::write(&file, bytes).expect("written");
        let error = error(place.path());
        assert!(matches!(error, TranslatorError::Damaged { .. }) && error.to_string().contains(FILE), "{error}");
    }
    fs::remove_file(&file).expect("removed");
    let error = error(place.path());
    assert!(matches!(&error, TranslatorError::Incomplete { missing: FILE, .. }), "{error}");
}
