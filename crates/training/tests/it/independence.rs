//! A translation does not depend on the other sentences, the batch or the threads, and search and scoring agree on it.

use crate::reverse::{ADDITIVE, unseen};
use crate::support::{Random, SMALL, SYMBOLS};
use candle_core::{DType, Device};
use glosser_text::{EOS, Tokenizer};
use glosser_training::{Overrides, Parameters, Settings};
use glosser_translator::{Batch, SearchOptions, Searcher, Tokenizers, Translation, Translator, Weighting};

/// Returns text, log probability and attention weights of a translation, floats as their bits.
pub fn bits(translation: &Translation) -> (String, u32, Vec<u32>) {
    let weights = translation
        .attention
        .iter()
        .flat_map(|attention| attention.rows())
        .flatten()
        .map(|weight| weight.to_bits())
        .collect();
    (translation.text.clone(), translation.log_prob.to_bits(), weights)
}

/// Returns sentences with words of one to four symbols, enough for a larger vocabulary.
fn compounds(count: usize, seed: u64) -> Vec<String> {
    let mut random = Random(seed);
    let mut word = || (0..1 + random.below(4)).map(|_| SYMBOLS[random.below(SYMBOLS.len())]).collect::<String>();
    (0..count).map(|at| (0..1 + at * 7 % 13).map(|_| word()).collect::<Vec<_>>().join(" ")).collect()
}

/// A model with random weights and the default sizes.
fn untrained() -> Translator {
    let sentences = compounds(1500, 1);
    let tokenizer = Tokenizer::train(sentences.iter().map(String::as_str), 1000).expect("a tokenizer");
    assert_eq!(tokenizer.vocab_size(), 1000);
    let tokenizers = Tokenizers::joint(tokenizer);
    let config = Settings::for_corpus(SMALL, &Overrides::default()).expect("defaults").model_config(&tokenizers);
    let sizes = (config.embed, config.encoder.hidden, config.decoder.hidden, config.target_vocab, config.ensemble);
    assert_eq!(sizes, (256, 128, 256, 1000, 2));
    let (_, parameters) = Parameters::initialise(&config, 1, DType::F32).expect("weights");
    Translator::new(parameters.frozen(&config).expect("a model"), tokenizers).expect("a translator")
}

fn sources(count: usize) -> Vec<String> {
    unseen(count).into_iter().map(|pair| pair.source).collect()
}

/// Checks that batches, order, other sentences and threads do not change a translation.
fn assert_independent(translator: &Translator, sentences: &[String], max_length: Option<usize>) {
    for beam_size in [1, 5] {
        let translate = |sentences: &[String], batch_size| {
            let options = SearchOptions { beam_size, max_length, batch_size, ..SearchOptions::STANDARD };
            let found = translator.translate_with(sentences, &options, 1).expect("translations");
            found.iter().flatten().map(bits).collect::<Vec<_>>()
        };
        let alone = translate(sentences, 1);
        assert!(alone.iter().any(|found| found.0 != alone[0].0), "one translation for all");
        for batch_size in [3, 64] {
            assert!(translate(sentences, batch_size) == alone, "beam of {beam_size}, batches of {batch_size}");
        }
        let mut turned: Vec<String> = sentences.iter().rev().cloned().collect();
        turned.push(["ka lo mi tu"; 25].join(" "));
        let mut back = translate(&turned, 64);
        back.pop();
        back.reverse();
        assert!(back == alone, "beam of {beam_size}, turned round and beside a hundred words");
        for threads in [1, 3] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            assert!(pool.install(|| translate(sentences, 64)) == alone, "beam of {beam_size}, {threads} threads");
        }
    }
}

#[test]
fn translations_of_a_trained_model_depend_on_their_sentence_only() {
    assert_independent(&ADDITIVE, &sources(20), None);
}

#[test]
fn translations_of_an_untrained_model_of_default_size_depend_on_their_sentence_only() {
    assert_independent(&untrained(), &compounds(12, 2), Some(10));
}

#[test]
fn search_and_scoring_agree_on_probability_and_attention() {
    for (translator, sentences, max_length) in
        [(&*ADDITIVE, sources(20), None), (&untrained(), compounds(6, 2), Some(10))]
    {
        let ids = |text: &String| [translator.scorer().encode_source(text).ids, vec![EOS]].concat();
        let sources: Vec<Vec<u32>> = sentences.iter().map(ids).collect();
        for beam_size in [1, 5] {
            let options = SearchOptions { beam_size, max_length, ..SearchOptions::STANDARD };
            let searcher = Searcher::new(translator.model()).expect("weights laid out");
            let found = searcher.search(&sources, &options).expect("hypotheses");
            let targets: Vec<Vec<u32>> = found.iter().map(|found| [found[0].ids.as_slice(), &[EOS]].concat()).collect();
            let batch = Batch::new(&sources, &Device::Cpu).expect("a batch");
            let forced = translator.model().score(&batch, &targets, Weighting::Attention).expect("forced decoding");
            for (found, forced) in found.iter().zip(&forced) {
                let log_prob: f32 = forced.log_probs.iter().sum();
                assert!((log_prob - found[0].log_prob).abs() < 1e-4, "{log_prob}, not {}", found[0].log_prob);
                let pairs = found[0].weights.iter().flatten().zip(forced.weights.iter().flatten());
                assert_eq!(found[0].weights.len(), forced.weights.len());
                assert!(pairs.into_iter().all(|(a, b)| (a - b).abs() < 1e-5));
            }
        }
    }
}

#[test]
fn a_translation_scored_as_text_has_the_log_prob_of_search() {
    let found = ADDITIVE.translate(&sources(50)).expect("translations");
    let pairs: Vec<(&str, &str)> = found.iter().map(|found| (found.source.as_str(), found.text.as_str())).collect();
    for (found, forced) in
        found.iter().zip(ADDITIVE.scorer().score(&pairs, 64, Weighting::Attention).expect("forced decoding"))
    {
        assert!((found.log_prob - forced.log_prob).abs() < 1e-4, "{} {}", found.log_prob, forced.log_prob);
        assert!((found.score - forced.score).abs() < 1e-4);
        let attention = [found, &forced].map(|translation| translation.attention.as_ref().expect("attention"));
        assert_eq!(attention[0].target_len(), attention[1].target_len());
        let pairs = attention[0].rows().flatten().zip(attention[1].rows().flatten());
        assert!(pairs.into_iter().all(|(a, b)| (a - b).abs() < 1e-5));
    }
}
