//! Search: it agrees with forced decoding, and a translation depends on its sentence alone.

use crate::support::{SCORES, SENTENCES, bits, ensemble, random};
use candle_core::Device;
use glosser_kernels::Pass;
use glosser_text::{BOS, EOS, PAD, placeholder_index};
use glosser_translator::{Batch, Hypothesis, Model, SearchOptions, Searcher, Translator, Weighting};
use std::collections::HashSet;

/// The token ids of every sentence, EOS last.
fn sources(translator: &Translator) -> Vec<Vec<u32>> {
    SENTENCES.iter().map(|text| ended(&translator.scorer().encode_source(text).ids)).collect()
}

fn ended(ids: &[u32]) -> Vec<u32> {
    [ids, &[EOS]].concat()
}

fn searched(model: &Model, sources: &[Vec<u32>], options: &SearchOptions) -> Vec<Vec<Hypothesis>> {
    Searcher::new(model).and_then(|searcher| searcher.search(sources, options)).expect("hypotheses")
}

/// The logits of every token at every position of a given target sentence.
fn logits(model: &Model, source: &[u32], target: &[u32]) -> Vec<Vec<f32>> {
    let batch = |ids| Batch::new(&[ids], &Device::Cpu).expect("a batch");
    let [only] = model.ensemble() else { panic!("one encoder-decoder") };
    let output = only.forward(&batch(source), &batch(target), &mut Pass::Evaluate).expect("an output");
    only.output_layer().forward(&output.readout).and_then(|logits| logits.to_vec2()).expect("f32")
}

#[test]
fn a_beam_of_one_takes_the_likeliest_token_at_every_step() {
    const LONGEST: usize = 9;
    let options = SearchOptions { max_length: Some(LONGEST), ..SearchOptions::GREEDY };
    for score in SCORES {
        let random = random(score, true);
        let model = random.translator.model();
        let sources = sources(&random.translator);
        for (source, found) in sources.iter().zip(searched(model, &sources, &options)) {
            let [only] = &found[..] else { panic!("{score:?}: {} hypotheses", found.len()) };
            let target = ended(&only.ids);
            for (at, (chosen, logits)) in target.iter().zip(logits(model, source, &target)).enumerate() {
                let allowed = (0..logits.len() as u32).filter(|token| match *token {
                    PAD | BOS => false,
                    EOS => at > 0,
                    // The sources have no placeholders.
                    _ if placeholder_index(*token).is_some() => false,
                    _ => at < LONGEST,
                });
                let likeliest = allowed.max_by(|a, b| logits[*a as usize].total_cmp(&logits[*b as usize]));
                assert_eq!(Some(*chosen), likeliest, "{score:?}: token {at} of {target:?}");
            }
        }
    }
}

/// Search computes one token of several hypotheses at a time, forced decoding all tokens of one sentence.
#[test]
fn forced_decoding_of_a_translation_gives_its_probability_and_its_attention() {
    for (score, size) in SCORES.into_iter().flat_map(|score| [(score, 1), (score, 3)]) {
        let random = ensemble(score, false, size);
        let model = random.translator.model();
        let sources = sources(&random.translator);
        for beam_size in [1, 5] {
            let options = SearchOptions { beam_size, ..SearchOptions::STANDARD };
            for (source, found) in sources.iter().zip(searched(model, &sources, &options)) {
                let targets: Vec<Vec<u32>> = found.iter().map(|hypothesis| ended(&hypothesis.ids)).collect();
                let repeated = Batch::new(&vec![source; targets.len()], &Device::Cpu).expect("a batch");
                let scored = model.score(&repeated, &targets, Weighting::Attention).expect("forced decoding");
                assert_eq!(scored.len(), found.len());
                for (hypothesis, scored) in found.iter().zip(&scored) {
                    let log_prob: f32 = scored.log_probs.iter().sum();
                    assert_eq!(scored.log_probs.len(), hypothesis.ids.len() + 1);
                    assert!((log_prob - hypothesis.log_prob).abs() < 1e-4, "{log_prob}, not {}", hypothesis.log_prob);
                    let pairs = scored.weights.iter().flatten().zip(hypothesis.weights.iter().flatten());
                    assert_eq!(scored.weights.len(), hypothesis.weights.len());
                    assert!(pairs.into_iter().all(|(a, b)| (a - b).abs() < 1e-5), "{score:?}, beam of {beam_size}");
                }
            }
        }
    }
}

#[test]
fn every_token_has_a_row_of_weights_that_sums_to_one() {
    for score in SCORES {
        let translator = random(score, true).translator;
        for beam_size in [1, 5] {
            let options = SearchOptions { beam_size, ..SearchOptions::STANDARD };
            let found = translator.translate_with(&SENTENCES, &options, beam_size).expect("translations");
            for (sentence, found) in SENTENCES.iter().zip(&found) {
                assert!(!found.is_empty() && found.len() <= beam_size);
                assert!(found.is_sorted_by(|a, b| a.score >= b.score), "the best is not first");
                for translation in found {
                    let attention = translation.attention.as_ref().expect("attention");
                    assert_eq!(attention.target_len(), translation.target_tokens.len() + 1);
                    assert_eq!(attention.source_len(), translator.scorer().encode_source(sentence).ids.len() + 1);
                    for row in attention.rows() {
                        let sum: f32 = row.iter().sum();
                        assert!((sum - 1.0).abs() < 1e-5 && row.iter().all(|weight| *weight >= 0.0), "{row:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_wider_beam_finds_a_likelier_translation_and_no_hypothesis_twice() {
    let translator = random(SCORES[2], true).translator;
    let sources = sources(&translator);
    let search = |beam_size| {
        let options =
            SearchOptions { beam_size, length_penalty: 0.0, max_length: Some(8), batch_size: 4, short_list: true };
        searched(translator.model(), &sources, &options)
    };
    let (narrow, wide) = (search(1), search(20));
    assert!(narrow.iter().zip(&wide).any(|(narrow, wide)| wide[0].log_prob > narrow[0].log_prob));
    for found in &wide {
        let different: HashSet<&[u32]> = found.iter().map(|hypothesis| hypothesis.ids.as_slice()).collect();
        assert_eq!(different.len(), found.len());
        assert!(found.iter().all(|hypothesis| (1..=8).contains(&hypothesis.ids.len())));
    }
}

/// (That a penalty changes the best translation is tested with a trained model: models of random weights do not end.)
#[test]
fn one_search_gives_the_translations_of_every_length_penalty() {
    let translator = random(SCORES[2], true).translator;
    let long = [SENTENCES[0]; 60].join(" ");
    let sentences = [&SENTENCES[..], &["", &long]].concat();
    let options = SearchOptions { beam_size: 8, max_length: Some(12), ..SearchOptions::STANDARD };
    let penalties = [0.0, 0.5, 1.0, 3.0];
    let found = translator.translate_by_penalties(&sentences, &options, &penalties).expect("translations");
    for (number, length_penalty) in penalties.into_iter().enumerate() {
        let options = SearchOptions { length_penalty, ..options };
        let expected = translator.translate_with(&sentences[..sentences.len() - 1], &options, 1).expect("translations");
        for (found, expected) in found.iter().zip(expected) {
            assert_eq!(found[number], expected[0].text, "{length_penalty}");
        }
    }
    // A line in pieces is joined from those of `options`.
    let whole = &translator.translate_with(&[&long], &options, 1).expect("translations")[0][0];
    assert!(whole.pieces > 1 && found.last().expect("one").iter().all(|text| *text == whole.text));
}

#[test]
fn a_translation_has_at_least_one_token_and_no_control_token() {
    let random = random(SCORES[2], true);
    for token in [PAD, BOS, EOS] {
        let translator = random.with_bias(token, 50.0);
        for beam_size in [1, 5] {
            let options = SearchOptions { beam_size, max_length: Some(6), ..SearchOptions::STANDARD };
            for found in searched(translator.model(), &sources(&translator), &options) {
                let best = &found[0].ids;
                assert!(!best.is_empty() && best.iter().all(|id| *id > EOS), "{best:?}, where {token} is likely");
                assert!(token != EOS || best.len() == 1, "{best:?} goes on where the end is likely");
            }
        }
    }
}

#[test]
fn a_translation_depends_on_its_sentence_alone() {
    let neighbour = "über die Wiese läuft ".repeat(25);
    for (score, size) in SCORES.into_iter().flat_map(|score| [(score, 1), (score, 2)]) {
        let translator = ensemble(score, true, size).translator;
        for beam_size in [1, 5] {
            let translate = |sentences: &[&str], batch_size| {
                let options = SearchOptions { beam_size, batch_size, max_length: Some(12), ..SearchOptions::STANDARD };
                let found = translator.translate_with(sentences, &options, 2).expect("translations");
                found.iter().map(|all| all.iter().map(bits).collect::<Vec<_>>()).collect::<Vec<_>>()
            };
            let alone = translate(&SENTENCES, 1);
            for batch_size in [3, 64] {
                assert!(
                    translate(&SENTENCES, batch_size) == alone,
                    "{score:?} {beam_size} {size}: batches of {batch_size}"
                );
            }
            let turned: Vec<&str> = SENTENCES.into_iter().rev().chain([neighbour.as_str()]).collect();
            let mut back = translate(&turned, 64);
            back.pop();
            back.reverse();
            assert!(back == alone, "{score:?} {beam_size} {size}: another order and a long neighbour");
        }
    }
}

#[test]
fn a_score_depends_on_its_pair_alone() {
    let (long, blank) = ("über die Wiese läuft ".repeat(25), String::new());
    for score in SCORES {
        let translator = random(score, false).translator;
        let pairs: Vec<(&str, &str)> = SENTENCES.into_iter().zip(SENTENCES.into_iter().rev()).collect();
        let score_all = |pairs: &[(&str, &str)], batch_size| {
            translator
                .scorer()
                .score(pairs, batch_size, Weighting::Attention)
                .expect("forced decoding")
                .iter()
                .map(bits)
                .collect::<Vec<_>>()
        };
        let alone = score_all(&pairs, 1);
        let others = [(long.as_str(), SENTENCES[0]), (SENTENCES[0], long.as_str()), (blank.as_str(), SENTENCES[0])];
        let together = score_all(&[&others[..], &pairs].concat(), 64);
        assert!(together[others.len()..] == alone, "{score:?}");
    }
}

#[test]
fn nan_in_the_weights_is_an_error() {
    let translator = random(SCORES[2], true).with_bias(EOS, f32::NAN);
    for line in [SENTENCES[0].to_owned(), SENTENCES[0].repeat(100)] {
        let message = translator.translate(&[line]).expect_err("no probabilities").to_string();
        assert!(message.contains("NaN"), "{message}");
    }
}
