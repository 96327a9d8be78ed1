//! Copied words: they are in the translation whatever the model computes, so random weights suffice.

use crate::support::{SCORES, SENTENCES, bits, random};
use glosser_text::{Lines, Terms, WordCollector, find_items};
use glosser_translator::{Copying, SearchOptions, Translation, Translator, Weighting};
use proptest::prelude::*;

const SENTENCE: &str = "ein Hund aus Xyzzy-Quorp läuft (https://example.org/a?b=1) 42,50 über die Wiese 🐕👍🏽.";
const COPIED: [&str; 4] = ["Xyzzy-Quorp", "https://example.org/a?b=1", "42,50", "🐕👍🏽"];

/// A model whose training words are those of [`SENTENCES`].
fn translator() -> Translator {
    let translator = random(SCORES[2], true).translator;
    let mut words = WordCollector::default();
    SENTENCES.iter().for_each(|sentence| words.add(sentence));
    words.add("aus");
    let tokenizers = translator.tokenizers().clone().with_training_words(words.finish());
    Translator::new(translator.model().clone(), tokenizers).expect("a translator")
}

fn with_terms(glossary: &str, kept: &str, automatic: bool) -> Translator {
    let mut terms = Terms::default();
    terms.add_glossary(Lines::new(glossary.as_bytes(), "g")).expect("a glossary");
    terms.add_kept(Lines::new(kept.as_bytes(), "k")).expect("terms");
    translator().with_copying(Copying { terms, automatic })
}

fn one(translator: &Translator, sentence: &str) -> Translation {
    translator.translate(&[sentence]).expect("translations").pop().expect("one")
}

#[track_caller]
fn assert_once(text: &str, item: &str) {
    assert_eq!(text.matches(item).count(), 1, "{item} in {text}");
}

#[test]
fn every_item_is_in_every_translation_once_however_narrow_the_search() {
    let translator = translator();
    for (beam_size, max_length) in [(1, None), (5, None), (1, Some(1)), (3, Some(4)), (3, Some(6))] {
        let options = SearchOptions { beam_size, max_length, ..SearchOptions::STANDARD };
        let found = translator.translate_with(&[SENTENCE], &options, beam_size).expect("translations").remove(0);
        assert!(!found.is_empty());
        for translation in found {
            COPIED.iter().for_each(|item| assert_once(&translation.text, item));
        }
    }
}

#[test]
fn only_chosen_items_are_copied() {
    let plain = one(&with_terms("", "", false), SENTENCE);
    assert!(COPIED.iter().all(|item| !plain.text.contains(item)), "{}", plain.text);
    let chosen = one(&with_terms("Hund\tGood Dog\nläuft\truns\n", "die Wiese\n", false), SENTENCE);
    ["Good Dog", "runs", "die Wiese"].iter().for_each(|item| assert_once(&chosen.text, item));
    assert!(COPIED.iter().all(|item| !chosen.text.contains(item)), "{}", chosen.text);
    let all = one(&with_terms("Hund\tGood Dog\n", "", true), SENTENCE);
    COPIED.iter().chain(&["Good Dog"]).for_each(|item| assert_once(&all.text, item));
}

#[test]
fn a_sentence_without_items_has_the_same_translation_without_copying() {
    let (with, without) = (translator(), with_terms("", "", false));
    for sentence in SENTENCES {
        assert_eq!(bits(&one(&with, sentence)), bits(&one(&without, sentence)));
    }
}

#[test]
fn tokens_have_byte_ranges_and_words_have_attention() {
    let translator = with_terms("Hund\tGood Big Dog\n", "die Wiese\n", true);
    let translation = one(&translator, SENTENCE);
    let attention = translation.attention.as_ref().expect("attention");
    assert_eq!(attention.target_len(), translation.target_tokens.len() + 1);
    assert_eq!(attention.source_len(), translation.source_tokens.len() + 1);
    assert!(translation.target_tokens.iter().all(|range| translation.text.get(range.clone()).is_some()));
    let items: Vec<&str> = translation.source_tokens.iter().map(|range| SENTENCE[range.clone()].trim()).collect();
    assert!(COPIED.iter().chain(&["die", "Wiese"]).all(|item| items.contains(item)), "{items:?}");
    let view = translation.words();
    assert_eq!(view.source.len(), SENTENCE.split(' ').count());
    for (word, row) in view.target.iter().zip(view.attention.matrix().rows()) {
        let eos = view.attention.eos_mass()[view.target.iter().position(|other| other == word).expect("a word")];
        assert!(row.iter().sum::<f32>() + eos > 0.5, "{word} has no attention");
    }
}

#[test]
fn neighbours_and_batches_change_nothing() {
    let translator = translator();
    let sentences = [SENTENCE, SENTENCES[3], "Xyzzy", "42 🐕 42", SENTENCES[0]];
    let together = translator.translate(&sentences).expect("translations");
    for (sentence, together) in sentences.iter().zip(&together) {
        assert_eq!(bits(&one(&translator, sentence)), bits(together), "{sentence}");
    }
    assert_eq!(one(&translator, "42 🐕 42").text.matches("42").count(), 2);
}

#[test]
fn a_long_line_copies_its_items() {
    let line = format!("{} {}", SENTENCES[3].repeat(30), SENTENCE);
    let options = SearchOptions { max_length: Some(10), ..SearchOptions::GREEDY };
    let found = translator().translate_with(&[&line], &options, 1).expect("translations").remove(0).remove(0);
    COPIED.iter().for_each(|item| assert_once(&found.text, item));
    assert_eq!(found.attention.expect("attention").source_len(), found.source_tokens.len() + 1);
}

#[test]
fn every_item_of_a_line_with_many_is_in_the_translation_once() {
    let names: Vec<String> = ('A'..='Z').map(|name| format!("{name}{name}x")).collect();
    let glossary: String = names.iter().map(|name| format!("{name}\t<{name}>\n")).collect();
    let translator = with_terms(&glossary, "", true);
    for count in [8, 9, 10, 17, 26] {
        let line = format!("ein Hund, {} läuft", names[..count].join(", "));
        let found = translator.translate_with(&[&line], &SearchOptions::STANDARD, 3).expect("translations").remove(0);
        assert_eq!((found[0].pieces, found.len() > 1), (count.div_ceil(8), count == 8), "{line}");
        names[..count].iter().for_each(|name| assert_once(&found[0].text, &format!("<{name}>")));
        let view = found[0].words();
        assert_eq!(view.source.len(), line.split(' ').count());
        assert_eq!(view.attention.matrix().target_len(), view.target.len());
        assert_eq!(bits(&one(&translator, &line)), bits(&found[0]));
    }
    // Lists are joined, so that one piece is enough.
    let list = one(&translator, "ein Hund 11, 12, 13, 14, 15 und 16, 17, 18, 19 läuft");
    assert_eq!(list.pieces, 1);
    ["11, 12, 13, 14, 15", "16, 17, 18, 19"].iter().for_each(|item| assert_once(&list.text, item));
}

#[test]
fn variables_are_copied_with_the_spaces_around_them() {
    let translator = translator();
    for (sentence, items) in [
        ("ein {0}{1} Hund", vec!["{0}{1}"]),
        ("ein %d%% Hund", vec!["%d%%"]),
        ("die quux{0}.txt läuft", vec!["quux{0}.txt"]),
        ("ein 1\u{A0}000 Hund, +49 30 1 23 45", vec!["1\u{A0}000", "+49 30 1 23 45"]),
        (
            "{n, plural, one {# Hund} other {# über}} läuft &amp; %(name)s",
            vec!["{n, plural, one {# Hund} other {# über}}", "&amp;", "%(name)s"],
        ),
        ("/usr/bin/x, C:\\Users\\x", vec!["/usr/bin/x", "C:\\Users\\x"]),
    ] {
        let text = one(&translator, sentence).text;
        for item in items {
            assert_once(&text, item);
            let (before, after) = text.split_once(item).expect("the item");
            assert!(!before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric), "{text}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_item_of_any_line_is_in_its_translation(
        bits in proptest::collection::vec(proptest::sample::select(vec![
            "ein ", "Hund ", "läuft, ", "{0} ", "%s ", "&amp; ", "1\u{202F}000 ", "42 ", "Xyzzy-Quorp ", "a_b ", "🐕",
            "(", ") ", "\"", "x@y.org ", "<b>", "</b> ", "{n}", ", ", "/etc/x ", "$user ", "狗", "5% ", ". ",
        ]), 0..40),
    ) {
        static TRANSLATOR: std::sync::LazyLock<Translator> = std::sync::LazyLock::new(translator);
        let line = bits.concat();
        let known = TRANSLATOR.tokenizers().training_words();
        let items = find_items(&line, &Terms::default(), Some(known));
        let options = SearchOptions { max_length: Some(12), ..SearchOptions::GREEDY };
        let found = TRANSLATOR.translate_with(&[&line], &options, 1).expect("translations").remove(0).remove(0);
        let mut counts = std::collections::HashMap::new();
        items.iter().for_each(|item| *counts.entry(&line[item.range.clone()]).or_insert(0) += 1);
        for (item, count) in counts {
            prop_assert!(found.text.matches(item).count() >= count, "{:?} in {:?} of {:?}", item, found.text, line);
        }
        prop_assert!(found.source_tokens.iter().all(|range| line.get(range.clone()).is_some()));
        prop_assert!(found.target_tokens.iter().all(|range| found.text.get(range.clone()).is_some()));
    }
}

#[test]
fn given_translations_are_scored_without_placeholders() {
    let translator = translator();
    let pair = [(SENTENCE, SENTENCE)];
    let scored = translator.scorer().score(&pair, 1, Weighting::Attention).expect("scores").remove(0);
    assert_eq!(scored.source_tokens, translator.scorer().encode_source(SENTENCE).offsets);
    assert!(scored.source_tokens.len() > COPIED.len() * 4);
}
