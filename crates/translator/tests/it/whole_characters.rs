//! A model never writes half a character or a control character, whatever it computes.

use crate::support::{SCORES, SENTENCES, random};
use candle_core::Device;
use glosser_text::{EOS, is_unprintable};
use glosser_translator::{Batch, SearchOptions, Searcher, Translation, Translator, Weighting};

fn translated(translator: &Translator, sentence: &str, beam_size: usize, max_length: usize) -> Vec<Translation> {
    let options = SearchOptions { beam_size, max_length: Some(max_length), ..SearchOptions::STANDARD };
    translator.translate_with(&[sentence], &options, beam_size).expect("translations").remove(0)
}

#[track_caller]
fn assert_clean(text: &str) {
    assert!(!text.contains(|c| is_unprintable(c) || c == char::REPLACEMENT_CHARACTER), "{text:?}");
}

/// The id of the last token of a text.
fn last_token(translator: &Translator, text: &str) -> u32 {
    *translator.scorer().encode_target(text).ids.last().expect("tokens")
}

#[test]
fn a_model_that_prefers_control_characters_writes_none() {
    let random = random(SCORES[2], true);
    for c in (0..0x20).chain([0x7F]).filter_map(char::from_u32) {
        let token = last_token(&random.translator, &format!("Hund{c}"));
        assert_eq!(random.translator.tokenizers().target().decode(&[token]), c.to_string());
        let translator = random.with_bias(token, 50.0);
        for beam_size in [1, 4] {
            for translation in translated(&translator, SENTENCES[0], beam_size, 6) {
                assert_clean(&translation.text);
                assert_eq!(translation.line_ends, 0);
            }
        }
    }
}

#[test]
fn a_model_that_prefers_parts_of_characters_writes_whole_ones() {
    let random = random(SCORES[2], true);
    // The bytes of letters that the vocabulary does not have: first and last bytes, alone and in every order.
    let target = random.translator.tokenizers().target();
    let tokens: Vec<u32> = ["\u{9b}", "Ω", "狗", "🐕"].iter().flat_map(|c| target.encode(c).ids.split_off(1)).collect();
    assert!(tokens.len() > 8, "{tokens:?}");
    for token in tokens {
        let translator = random.with_bias(token, 50.0);
        for (beam_size, max_length) in [(1, 1), (1, 5), (1, 6), (5, 7), (5, 20)] {
            for translation in translated(&translator, SENTENCES[1], beam_size, max_length) {
                assert_clean(&translation.text);
                assert!(translation.target_tokens.len() <= max_length);
            }
        }
    }
}

#[test]
fn an_untrained_model_writes_whole_characters() {
    for score in SCORES {
        let translator = random(score, false).translator;
        let lines = SENTENCES.iter().flat_map(|sentence| [(*sentence).to_owned(), format!("{sentence} 狗 4711 Ω?")]);
        for line in lines {
            translated(&translator, &line, 5, 60).iter().for_each(|translation| assert_clean(&translation.text));
        }
    }
}

#[test]
fn a_tab_is_written_only_if_the_source_has_one() {
    let random = random(SCORES[2], true);
    let translator = random.with_bias(last_token(&random.translator, "Hund\t"), 50.0);
    assert!(!translated(&translator, SENTENCES[0], 1, 4)[0].text.contains('\t'));
    assert!(translated(&translator, "ein\tHund", 1, 4)[0].text.contains('\t'));
}

#[test]
fn copied_words_keep_their_characters_and_are_placed_between_characters() {
    let random = random(SCORES[2], true);
    let first_byte = random.translator.tokenizers().target().encode("狗").ids[1];
    let translator = random.with_bias(first_byte, 50.0);
    for max_length in [2, 3, 4, 9] {
        let text = &translated(&translator, "ein Hund 4711 in\u{7f}fo@example.org", 3, max_length)[0].text;
        assert!(text.contains("4711") && text.contains("in\u{7f}fo@example.org"), "{text:?}");
        assert!(!text.contains(char::REPLACEMENT_CHARACTER), "{text:?}");
    }
}

#[test]
fn the_probability_is_that_of_all_tokens_together() {
    let random = random(SCORES[2], true);
    // Half of the probability is on a token that is never written.
    let translator = random.with_bias(last_token(&random.translator, "Hund\u{1b}"), 6.0);
    let sources: Vec<Vec<u32>> =
        SENTENCES.iter().map(|text| [translator.scorer().encode_source(text).ids, vec![EOS]].concat()).collect();
    let searcher = Searcher::new(translator.model()).expect("a search").with_whole_characters(translator.tokenizers());
    let options = SearchOptions { max_length: Some(8), ..SearchOptions::STANDARD };
    let found = searcher.search(&sources, &options).expect("hypotheses");
    let targets: Vec<Vec<u32>> = found.iter().map(|found| [found[0].ids.as_slice(), &[EOS]].concat()).collect();
    let batch = Batch::new(&sources, &Device::Cpu).expect("a batch");
    let forced = translator.model().score(&batch, &targets, Weighting::Attention).expect("forced decoding");
    for (found, forced) in found.iter().zip(&forced) {
        let log_prob: f32 = forced.log_probs.iter().sum();
        assert!((log_prob - found[0].log_prob).abs() < 1e-3, "{log_prob}, not {}", found[0].log_prob);
    }
}
