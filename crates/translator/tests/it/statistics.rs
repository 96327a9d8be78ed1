//! The statistics of a model: read with it, checked like its other files, and used for its links.

use crate::directory::{card, saved};
use crate::support::{Random, SCORES, random};
use glosser_alignment::Posteriors;
use glosser_alignment::statistical::{Evidence, StatisticalAligner};
use glosser_text::{LanguagePair, WordSplitters};
use glosser_translator::{
    LinkExponents, LinkReading, ModelCard, ModelDirectory, OptionalFiles, Quantization, Scorer, Translation,
    Translator, TranslatorError, Weighting, WordView, write_weights,
};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// Pairs in which each German word has one English word; the order differs in the last ones.
const PAIRS: [(&str, &str); 6] = [
    ("ein Hund", "a dog"),
    ("ein Mann", "a man"),
    ("der Hund", "the dog"),
    ("der Mann sieht", "the man sees"),
    ("sieht der Hund ein Haus", "the dog sees a house"),
    ("ein Haus", "a house"),
];

const NEW: (&str, &str) = ("der Hund sieht ein Haus", "the dog sees a house");

const EXPONENTS: LinkExponents = LinkExponents { aligner: 0.25, posterior: 0.75 };

fn words(text: &str) -> Vec<&str> {
    text.split(' ').collect()
}

fn aligner() -> StatisticalAligner {
    StatisticalAligner::train(PAIRS.map(|(source, target)| (words(source), words(target))), |_iteration| ())
}

/// A model of random weights with statistics of [`PAIRS`].
fn with_statistics(random: &Random) -> TempDir {
    let place = saved(random);
    let card = ModelCard { links: Some(EXPONENTS), ..card(random) };
    let weights = write_weights(&random.weights).expect("bytes");
    let directory = ModelDirectory::new(place.path());
    let statistics = aligner().to_bytes();
    let optional = OptionalFiles { statistics: Some(&statistics), ..OptionalFiles::default() };
    directory.save(&card, random.translator.tokenizers(), &weights, optional).expect("saved");
    place
}

fn model() -> TempDir {
    with_statistics(&random(SCORES[2], true))
}

fn scorer(place: &TempDir) -> Scorer {
    Scorer::load(place.path()).expect("a model")
}

fn scored(scorer: &Scorer, pair: (&str, &str), weighting: Weighting) -> Translation {
    scorer.score(&[pair], 1, weighting).expect("a score").remove(0)
}

/// The links of a pair.
fn view(scorer: &Scorer, pair: (&str, &str), reading: LinkReading) -> (String, Vec<Vec<f32>>) {
    let aligned = scored(scorer, pair, reading.weighting());
    let view: WordView = scorer.links(&aligned, &WordSplitters::WHITE_SPACE, reading).expect("links");
    (view.links().to_string(), view.rows())
}

fn damage(place: &Path, bytes: &[u8]) {
    fs::write(place.join("statistics.bin"), bytes).expect("written");
}

#[test]
fn statistics_in_a_directory_give_the_links_that_they_give_in_memory() {
    let (place, aligner) = (model(), aligner());
    let scorer = scorer(&place);
    assert_eq!(scorer.default_reading(), LinkReading::Joint);
    let known = scorer.statistics().expect("statistics").map(StatisticalAligner::known_words);
    assert_eq!(known, Some(aligner.known_words()));
    let alone = aligner.align(&words(NEW.0), &words(NEW.1)).agreed_links(Posteriors::THRESHOLD);
    assert_eq!(view(&scorer, NEW, LinkReading::Statistical).0, alone.to_string());

    // A model without an aligner: its posterior is the evidence, and has its own exponent.
    let weighed = scored(&scorer, NEW, Weighting::Posterior).words().attention;
    let evidence = |exponent| Evidence { forward: Some((&weighed, exponent)), reverse: None };
    let read = scorer.statistics().expect("statistics").expect("some");
    let expected = read.align_with(&words(NEW.0), &words(NEW.1), &evidence(EXPONENTS.posterior));
    let aligned = scored(&scorer, NEW, LinkReading::Joint.weighting());
    let found = scorer.links(&aligned, &WordSplitters::WHITE_SPACE, LinkReading::Joint).expect("links");
    assert_eq!(found.attention, *expected.forward());
    assert_eq!(found.links(), expected.agreed_links(Posteriors::THRESHOLD));
    let other = read.align_with(&words(NEW.0), &words(NEW.1), &evidence(EXPONENTS.aligner));
    assert_ne!(found.attention, *other.forward());
}

#[test]
fn a_model_without_statistics_reads_its_links_from_weights_as_before() {
    let scorer = scorer(&saved(&random(SCORES[2], true)));
    assert_eq!(scorer.default_reading(), LinkReading::Weights(Weighting::Aligner));
    assert!(scorer.statistics().expect("no file is needed").is_none());
    for weighting in [Weighting::Attention, Weighting::Posterior, Weighting::Aligner] {
        let aligned = scored(&scorer, NEW, weighting);
        let reading = LinkReading::Weights(weighting);
        let found = scorer.links(&aligned, &WordSplitters::WHITE_SPACE, reading).expect("links");
        assert_eq!(found, aligned.words());
        assert_eq!(found.links(), aligned.words().links());
    }
    for reading in [LinkReading::Joint, LinkReading::Statistical] {
        let error = scorer.check_reading(reading).expect_err("no statistics");
        assert!(matches!(error, TranslatorError::NoStatistics), "{error}");
        let aligned = scored(&scorer, NEW, reading.weighting());
        assert!(scorer.links(&aligned, &WordSplitters::WHITE_SPACE, reading).is_err());
    }
}

#[test]
fn weights_of_a_model_with_statistics_are_those_of_the_model_without() {
    let random = random(SCORES[2], true);
    let (with, without) = (scorer(&with_statistics(&random)), scorer(&saved(&random)));
    for weighting in [Weighting::Attention, Weighting::Posterior, Weighting::Aligner] {
        let reading = LinkReading::Weights(weighting);
        assert_eq!(view(&with, NEW, reading), view(&without, NEW, reading));
    }
}

#[test]
fn damaged_statistics_are_an_error_when_they_are_first_used_and_missing_ones_when_the_model_is_loaded() {
    let place = model();
    let whole = fs::read(place.path().join("statistics.bin")).expect("bytes");
    let mut changed = whole.clone();
    changed[whole.len() / 2] ^= 8;
    for bytes in [&whole[..whole.len() - 1], &changed[..], b"", b"something else"] {
        damage(place.path(), bytes);
        let scorer = scorer(&place);
        // A model that translates does not read them.
        scored(&scorer, NEW, Weighting::Aligner);
        Translator::load(place.path()).expect("a model").translate(&[NEW.0]).expect("a translation");
        let error = scorer.check_reading(LinkReading::Joint).expect_err("damaged");
        let message = error.to_string();
        assert!(matches!(error, TranslatorError::Damaged { .. }) && message.contains("statistics.bin"), "{message}");
    }
    fs::remove_file(place.path().join("statistics.bin")).expect("removed");
    let error = Scorer::load(place.path()).expect_err("missing");
    assert!(matches!(&error, TranslatorError::Incomplete { missing: "statistics.bin", .. }), "{error}");
    // A sparse file of eight gigabytes: it is not read.
    fs::File::create(place.path().join("statistics.bin")).and_then(|file| file.set_len(1 << 33)).expect("a hole");
    let message = Scorer::load(place.path()).expect_err("too long").to_string();
    assert!(message.contains("statistics.bin") && message.contains("longer than"), "{message}");
}

#[test]
fn a_model_that_is_saved_without_statistics_removes_those_of_the_model_before() {
    let random = random(SCORES[2], true);
    let place = with_statistics(&random);
    let weights = write_weights(&random.weights).expect("bytes");
    let directory = ModelDirectory::new(place.path());
    assert!(directory.files().contains(&directory.statistics()));
    directory.save(&card(&random), random.translator.tokenizers(), &weights, OptionalFiles::default()).expect("saved");
    assert!(!directory.statistics().exists());
    // A file that the configuration does not name is not read.
    damage(place.path(), b"something else");
    assert!(scorer(&place).statistics().expect("none").is_none());
}

#[test]
fn copies_of_a_model_have_its_statistics_and_a_model_for_a_page_has_none() {
    let (place, copy) = (model(), tempfile::tempdir().expect("a directory"));
    let (from, to) = (ModelDirectory::new(place.path()), ModelDirectory::new(copy.path()));
    let quantization = Quantization { bits: 8, is_single: false };
    from.save_quantized(&to, quantization).expect("an 8-bit model");
    assert_eq!(fs::read(from.statistics()).expect("bytes"), fs::read(to.statistics()).expect("bytes"));
    assert_eq!(
        view(&scorer(&copy), NEW, LinkReading::Statistical),
        view(&scorer(&place), NEW, LinkReading::Statistical)
    );

    let files: BTreeMap<String, Vec<u8>> =
        from.read_files().expect("files").into_iter().map(|(name, bytes)| (name.to_owned(), bytes)).collect();
    let (_, translator) = Translator::from_bytes("memory", &files).expect("a model");
    assert_eq!(view(translator.scorer(), NEW, LinkReading::Joint), view(&scorer(&place), NEW, LinkReading::Joint));
    let without: BTreeMap<String, Vec<u8>> =
        files.iter().filter(|(name, _)| *name != "statistics.bin").map(|(name, b)| (name.clone(), b.clone())).collect();
    let error = Translator::from_bytes("memory", &without).expect_err("missing");
    assert!(matches!(&error, TranslatorError::Incomplete { missing: "statistics.bin", .. }), "{error}");

    let languages = LanguagePair { source: "de".parse().expect("a code"), target: "en".parse().expect("a code") };
    let shared = from.files_to_share(quantization, &languages).expect("files");
    assert!(!shared.files.contains_key("statistics.bin"));
    assert_eq!(shared.card.links, None);
    assert_eq!(shared.translator.scorer().default_reading(), LinkReading::Weights(Weighting::Aligner));
}

#[test]
fn an_ensemble_has_the_statistics_of_its_first_model() {
    let random = random(SCORES[2], true);
    let (with, without) = (with_statistics(&random), saved(&random));
    let load = |places: [&TempDir; 2]| {
        Translator::load_ensemble(&places.map(|place| place.path().to_owned())).expect("an ensemble")
    };
    assert_eq!(load([&with, &without]).scorer().default_reading(), LinkReading::Joint);
    assert_eq!(load([&without, &with]).scorer().default_reading(), LinkReading::Weights(Weighting::Aligner));
}

#[test]
fn a_pair_that_the_model_cannot_read_is_aligned_by_statistics_and_one_too_long_for_these_by_weights() {
    let scorer = scorer(&model());
    // One word of many tokens, which the statistics do not know, after words that they know.
    let long_word = "x".repeat(2 * Scorer::MAX_TOKENS);
    let (source, target) = (format!("ein Hund {long_word}"), format!("a dog {long_word}"));
    let (links, _) = view(&scorer, (&source, &target), LinkReading::Joint);
    assert!(links.starts_with("0-0 1-1"), "{links}");

    let many = |word: &str| vec![word; StatisticalAligner::MAX_WORDS + 1].join(" ");
    let (source, target) = (many("Hund"), many("dog"));
    let aligned = scored(&scorer, (&source, &target), Weighting::Aligner);
    let found = scorer.links(&aligned, &WordSplitters::WHITE_SPACE, LinkReading::Joint).expect("links");
    assert_eq!(found, aligned.words());
    assert_eq!(view(&scorer, (&source, &target), LinkReading::Statistical).0, "");
    for blank in [("", ""), ("Hund", " "), (" ", "dog")] {
        for reading in [LinkReading::Joint, LinkReading::Statistical, LinkReading::Weights(Weighting::Aligner)] {
            assert_eq!(view(&scorer, blank, reading).0, "", "{blank:?} {reading:?}");
        }
    }
}

#[test]
fn posteriors_of_both_directions_use_the_weights_of_both_models() {
    let random = random(SCORES[2], true);
    let scorer = scorer(&with_statistics(&random));
    let (words, swapped) = (WordSplitters::WHITE_SPACE, (NEW.1, NEW.0));
    let posteriors = |reading: LinkReading, is_both: bool| {
        let forward = scored(&scorer, NEW, reading.weighting());
        let backward = is_both.then(|| scored(&scorer, swapped, reading.weighting()));
        scorer.posteriors(Some(&scorer), &forward, backward.as_ref(), &words, reading).expect("posteriors")
    };
    let alone = posteriors(LinkReading::Statistical, true);
    assert_eq!(alone, posteriors(LinkReading::Statistical, false));
    let (one, both) = (posteriors(LinkReading::Joint, false), posteriors(LinkReading::Joint, true));
    assert!(one != both && one != alone && both != alone);
    assert_eq!(one.forward(), both.forward(), "each direction has the weights of its own model");
    let weights = posteriors(LinkReading::Weights(Weighting::Posterior), true);
    let (forward, backward) =
        (scored(&scorer, NEW, Weighting::Posterior), scored(&scorer, swapped, Weighting::Posterior));
    assert_eq!(weights, Posteriors::new(forward.words().attention, backward.words().attention).expect("one pair"));
    let one = posteriors(LinkReading::Weights(Weighting::Posterior), false);
    assert_eq!(one.forward(), weights.forward());
    assert_eq!(one.reverse().matrix().get(3, 1), one.forward().matrix().get(1, 3));
    let other = scored(&scorer, ("a dog", "ein Hund"), Weighting::Posterior);
    let reading = LinkReading::Weights(Weighting::Posterior);
    assert!(scorer.posteriors(Some(&scorer), &forward, Some(&other), &words, reading).is_err(), "another pair");
}

#[test]
fn adapted_statistics_know_the_words_of_the_pairs() {
    let scorer = scorer(&model());
    let pairs =
        [("die Katze", "the cat"), ("eine Katze", "a cat"), ("die Frau", "the woman"), ("eine Frau", "a woman")];
    let pairs = pairs.map(|(source, target)| (words(source), words(target)));
    let known = |scorer: &Scorer| scorer.statistics().expect("statistics").expect("some").known_words();
    let before = known(&scorer);
    let adapted = scorer.with_adapted_statistics(pairs, |_pass| ()).expect("adapted");
    assert_ne!(known(&adapted), before);
    assert_eq!(view(&adapted, ("eine Katze", "a cat"), LinkReading::Statistical).0, "0-0 1-1");
}
