//! Lines that are not one sentence: blank ones, and very long ones.

use crate::support::{SCORES, SENTENCES, bits, random};
use glosser_alignment::AttentionMatrix;
use glosser_text::{EOS, Lines, Terms};
use glosser_translator::{Copying, Scorer, SearchOptions, Translation, Translator, Weighting};

fn greedy(translator: &Translator, sentence: &str, max_length: usize) -> Translation {
    let options = SearchOptions { max_length: Some(max_length), ..SearchOptions::GREEDY };
    let mut found = translator.translate_with(&[sentence], &options, 1).expect("translations");
    found.pop().expect("one sentence").pop().expect("one translation")
}

#[track_caller]
fn attention(translation: &Translation) -> &AttentionMatrix {
    translation.attention.as_ref().expect("attention")
}

#[test]
fn a_long_line_is_translated_whole_and_on_one_line() {
    let translator = random(SCORES[2], true).translator;
    let line = [SENTENCES[0]; 100].join(" ");
    assert_eq!(line.split(' ').count(), 600);
    let translation = greedy(&translator, &line, 10);

    let tokens = translator.scorer().encode_source(&line).ids.len();
    assert!((1000..=Translator::MAX_ATTENTION_TOKENS).contains(&tokens), "{tokens} tokens");
    assert!(translation.pieces > 5);
    assert_eq!(attention(&translation).source_len(), tokens + 1);
    assert_eq!(translation.source_tokens.len(), tokens);
    assert_eq!(attention(&translation).target_len(), translation.target_tokens.len() + 1);
    assert!(!translation.text.contains(['\n', '\r']));
    // Every source token has attention.
    for column in 0..tokens {
        assert!(attention(&translation).column(column).any(|weight| weight > 0.0), "token {column} of {tokens}");
    }
    for row in attention(&translation).rows() {
        let sum: f32 = row.iter().sum();
        assert!((sum - 1.0).abs() < 1e-5, "{sum}");
    }
    assert_eq!(translation.words().source.len(), 600);
}

#[test]
fn a_long_line_is_its_pieces_translated_one_by_one() {
    let translator = random(SCORES[2], true).translator;
    // Words that are one token each, and full stops: every piece ends at one.
    let sentence = format!("{}.", ["Hund"; 29].join(" "));
    let line = [sentence.as_str(); 20].join(" ");
    let tokens = |text: &str| translator.scorer().encode_source(text).ids.len();
    assert!(tokens(&line) > 200 && tokens(&sentence) < 200);
    let (whole, piece) = (greedy(&translator, &line, 10), greedy(&translator, &sentence, 10));
    assert_eq!((whole.pieces, piece.pieces), (20, 1));
    assert!((whole.log_prob - 20.0 * piece.log_prob).abs() < 1e-2, "{} {}", whole.log_prob, piece.log_prob);
    assert!((whole.score - piece.score).abs() < 1e-4);
    let rows = |translation: &Translation| attention(translation).target_len() - 1;
    assert_eq!(rows(&whole), 20 * rows(&piece));
}

#[test]
fn a_line_of_thousands_of_tokens_is_translated_whole_and_has_no_attention() {
    let translator = random(SCORES[2], true).translator;
    let line = [SENTENCES[0]; 500].join(" ");
    // First the source is too long, then only the translation.
    for (line, max_length) in [(line.as_str(), 2), (SENTENCES[0], 2000)] {
        let translation = greedy(&translator, line, max_length);
        assert!(translation.attention.is_none() && translation.pieces > 0 && translation.log_prob < 0.0);
        let pieces = translation.pieces;
        assert!(translation.target_tokens.len() > 1500 || pieces > 6000 / 200, "{pieces} pieces");
        let words = translation.words();
        assert_eq!(words.source, line.split(' ').collect::<Vec<_>>());
        assert_eq!((words.attention.matrix().target_len(), words.attention.eos_mass().len()), (0, 0));
        words.labelled();
    }
}

#[test]
fn no_attention_is_computed_for_an_item_of_a_hundred_thousand_words() {
    let translator = random(SCORES[2], true).translator;
    let names = ["Zw"; 100_000].join(" ");
    let mut terms = Terms::default();
    terms.add_kept(Lines::new(names.as_bytes(), "k.txt")).expect("a term");
    let translator = translator.with_copying(Copying { terms, automatic: false });
    let translation = greedy(&translator, &format!("Wiese {names}"), 4);
    assert!(translation.text.contains(&names) && translation.attention.is_none());
    assert_eq!((translation.pieces, translation.words().source.len()), (1, 100_001));
}

#[test]
fn a_translation_says_whether_it_was_truncated() {
    let random = random(SCORES[2], true);
    let (endless, short) = (random.with_bias(EOS, -50.0), random.with_bias(EOS, 50.0));
    for max_length in [1, 7] {
        assert!(greedy(&endless, SENTENCES[0], max_length).truncated);
        assert!(!greedy(&short, SENTENCES[0], max_length).truncated, "it would have ended there anyway");
    }
    assert!(!greedy(&short, SENTENCES[0], 100).truncated);
    assert!(greedy(&endless, &[SENTENCES[0]; 100].join(" "), 3).truncated);
    assert!(!greedy(&endless, " ", 3).truncated);
}

#[test]
fn a_long_line_changes_no_other_translation() {
    let translator = random(SCORES[2], true).translator;
    let long = "über die Wiese läuft ".repeat(100);
    let sentences = [SENTENCES[0], long.as_str(), "", SENTENCES[1]];
    let options = SearchOptions { max_length: Some(10), ..SearchOptions::STANDARD };
    let found = translator.translate_with(&sentences, &options, 3).expect("translations");
    assert_eq!(found[1].len(), 1, "a line in pieces has one translation");
    for (sentence, found) in sentences.iter().zip(&found) {
        let alone = translator.translate_with(&[sentence], &options, 3).expect("translations");
        assert!(alone[0].iter().map(bits).eq(found.iter().map(bits)), "{sentence}");
    }
}

#[test]
fn a_glossary_with_line_ends_still_gives_one_line_with_its_attention() {
    let translator = random(SCORES[2], true).translator;
    let mut terms = Terms::default();
    terms.add_glossary(Lines::new("Wiese\tone\u{2028}two\u{85}three\n".as_bytes(), "g.tsv")).expect("a glossary");
    let translation = greedy(&translator.with_copying(Copying { terms, automatic: false }), "die Wiese", 4);
    assert!(translation.text.contains("one two three"), "{}", translation.text);
    assert_eq!(translation.line_ends, 2);
    assert_eq!(translation.target_tokens.last().map(|range| range.end), Some(translation.text.len()));
    assert_eq!(translation.words().attention.matrix().target_len(), translation.words().target.len());
}

#[test]
fn a_blank_line_becomes_a_blank_line() {
    let translator = random(SCORES[2], true).translator;
    let blanks = ["", " ", "\t \u{3000}", SENTENCES[0]];
    let found = translator.translate_with(&blanks, &SearchOptions::STANDARD, 3).expect("translations");
    assert_eq!(found.len(), 4);
    for (blank, found) in blanks.iter().zip(&found).take(3) {
        let [translation] = &found[..] else { panic!("{} translations of {blank:?}", found.len()) };
        assert_eq!((translation.source.as_str(), translation.text.as_str()), (*blank, ""));
        assert_eq!((translation.log_prob, &translation.attention), (0.0, &None));
        let words = translation.words();
        assert!(words.source.is_empty() && words.target.is_empty());
    }
    assert!(!found[3][0].text.is_empty());
    assert!(translator.translate::<&str>(&[]).expect("nothing to do").is_empty());
}

#[test]
fn a_scored_pair_with_a_blank_or_too_long_side_has_no_attention() {
    let translator = random(SCORES[2], true).translator;
    let endless = "Wiese ".repeat(2 * Scorer::MAX_TOKENS);
    let pairs = [("", "Wiese"), ("Wiese", " "), (endless.as_str(), "Wiese"), ("Wiese", &endless), ("Hund", "Wiese")];
    let scored = translator.scorer().score(&pairs, 8, Weighting::Attention).expect("forced decoding");
    for ((source, target), scored) in pairs.iter().zip(&scored) {
        assert_eq!((scored.source.as_str(), scored.text.as_str()), (*source, *target));
        assert_eq!(scored.words().target.len(), target.split_whitespace().count());
    }
    assert!(scored[..4].iter().all(|scored| scored.attention.is_none()));
    assert_eq!(attention(&scored[4]).target_len(), translator.scorer().encode_target("Wiese").ids.len() + 1);
    assert!(scored[4].log_prob < 0.0);
}
