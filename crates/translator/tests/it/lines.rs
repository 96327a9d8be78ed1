//! Lines that are no sentence: blank, or endless.

use crate::support::{SCORES, SENTENCES, bits, random};
use glosser_translator::{SearchOptions, Translator, Weighting};

fn greedy(translator: &Translator, sentence: &str, max_length: usize) -> glosser_translator::Translation {
    let options = SearchOptions { max_length: Some(max_length), ..SearchOptions::GREEDY };
    let mut found = translator.translate_with(&[sentence], &options, 1).expect("translations");
    found.pop().expect("one sentence").pop().expect("one translation")
}

#[test]
fn a_line_of_three_thousand_words_is_translated_whole_and_on_one_line() {
    let translator = random(SCORES[2], true).translator;
    let line: String = (0..500).flat_map(|_| SENTENCES[0].split(' ')).collect::<Vec<_>>().join(" ");
    assert_eq!(line.split(' ').count(), 3000);
    let translation = greedy(&translator, &line, 10);

    let tokens = translator.encode_source(&line).ids.len();
    assert_eq!(translation.attention.source_len(), tokens + 1);
    assert_eq!(translation.source_tokens.len(), tokens);
    assert_eq!(translation.attention.target_len(), translation.target_tokens.len() + 1);
    assert!(!translation.text.contains(['\n', '\r']));
    // Every part of the line was attended to, no token by none.
    for column in 0..tokens {
        assert!(translation.attention.column(column).any(|weight| weight > 0.0), "token {column} of {tokens}");
    }
    for row in translation.attention.rows() {
        let sum: f32 = row.iter().sum();
        assert!((sum - 1.0).abs() < 1e-5, "{sum}");
    }
    assert_eq!(translation.words().source.len(), 3000);
}

#[test]
fn a_long_line_is_its_pieces_translated_one_by_one() {
    let translator = random(SCORES[2], true).translator;
    // Words that are one token each, and full stops: every piece ends at one.
    let sentence = format!("{}.", ["Hund"; 29].join(" "));
    let line = [sentence.as_str(); 20].join(" ");
    let tokens = |text: &str| translator.encode_source(text).ids.len();
    let whole = greedy(&translator, &line, 10);

    let mut rest: Vec<&str> = vec![&sentence; 20];
    let (mut log_prob, mut rows) = (0.0, 1);
    while !rest.is_empty() {
        let mut count = rest.len();
        while tokens(&rest[..count].join(" ")) > 200 {
            count -= 1;
        }
        let piece = greedy(&translator, &rest[..count].join(" "), 10);
        log_prob += piece.log_prob;
        rows += piece.attention.target_len() - 1;
        rest.drain(..count);
    }
    assert!((whole.log_prob - log_prob).abs() < 1e-3, "{} {log_prob}", whole.log_prob);
    assert_eq!(whole.attention.target_len(), rows);
}

#[test]
fn a_long_line_among_others_changes_none_of_them() {
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
fn a_model_that_writes_line_ends_still_writes_one_line() {
    let random = random(SCORES[2], true);
    for end in ["\n", "\r"] {
        let token = *random.translator.encode_target(&format!("Hund{end}")).ids.last().expect("tokens");
        assert_eq!(random.translator.tokenizers().target().decode(&[token]), end);
        let translation = greedy(&random.with_bias(token, 50.0), SENTENCES[0], 4);
        assert_eq!(translation.text, "    ");
        assert_eq!(translation.attention.target_len(), 5);
        assert_eq!(translation.words().target.len(), 0);
    }
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
        assert_eq!((translation.log_prob, translation.attention.target_len()), (0.0, 0));
        let words = translation.words();
        assert!(words.source.is_empty() && words.target.is_empty());
    }
    assert!(!found[3][0].text.is_empty());
    assert!(translator.translate::<&str>(&[]).expect("nothing to do").is_empty());
}

#[test]
fn forced_decoding_of_a_blank_or_endless_side_has_no_attention() {
    let translator = random(SCORES[2], true).translator;
    let endless = "Wiese ".repeat(2 * Translator::LONGEST_FORCED);
    let pairs = [("", "Wiese"), ("Wiese", " "), (endless.as_str(), "Wiese"), ("Wiese", &endless), ("Hund", "Wiese")];
    let forced = translator.force(&pairs, 8, Weighting::Attention).expect("forced decoding");
    for ((source, target), forced) in pairs.iter().zip(&forced) {
        assert_eq!((forced.source.as_str(), forced.text.as_str()), (*source, *target));
        // Also the view by words holds together.
        assert_eq!(forced.words().target.len(), target.split_whitespace().count());
    }
    assert!(forced[..4].iter().all(|forced| forced.attention.target_len() == 0));
    assert_eq!(forced[4].attention.target_len(), translator.encode_target("Wiese").ids.len() + 1);
    assert!(forced[4].log_prob < 0.0);
}
