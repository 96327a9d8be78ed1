//! Translations that begin with a given text, and the choices of the next word.

use crate::support::{SCORES, SENTENCES, random, with_profile};
use glosser_text::{EOS, Lines, Terms};
use glosser_translator::{Copying, SearchOptions, Translation, Translator, TranslatorError};
use proptest::prelude::*;
use std::sync::LazyLock;

const OPTIONS: SearchOptions = SearchOptions { beam_size: 4, max_length: Some(30), ..SearchOptions::STANDARD };

/// Items of one and several words.
const COPIED: &str = "Zyx sieht 42 Männer und Qwertz Zyx";

static PLAIN: LazyLock<Translator> = LazyLock::new(|| random(SCORES[2], true).translator);
static PROFILE: LazyLock<Translator> = LazyLock::new(with_profile);

#[track_caller]
fn completed(translator: &Translator, sentence: &str, beginning: &str) -> Vec<Translation> {
    let found = translator.complete(sentence, beginning, &OPTIONS, 3).expect("translations");
    assert!((1..=3).contains(&found.len()));
    for found in &found {
        assert_eq!(found.source, sentence);
        let given = beginning.trim_end();
        assert!(found.text.starts_with(given), "{sentence:?}, {beginning:?}: {:?}", found.text);
        let is_continued = found.text[given.len()..].starts_with(|c: char| c.is_ascii_alphanumeric());
        let is_whole = beginning.ends_with(char::is_whitespace) && !given.is_empty();
        assert!(!is_whole || !is_continued, "{beginning:?}: {:?}", found.text);
        assert_ranges(found);
    }
    found
}

/// The ranges of tokens are in order, on character boundaries, and every token has a row and a probability.
#[track_caller]
fn assert_ranges(found: &Translation) {
    let Translation { text, target_tokens, .. } = found;
    assert!(target_tokens.iter().all(|token| text.get(token.clone()).is_some()), "{target_tokens:?} {text:?}");
    assert!(target_tokens.is_sorted_by_key(|token| token.start), "{target_tokens:?} {text:?}");
    if found.pieces > 0 {
        assert_eq!(found.token_log_probs.len(), target_tokens.len() + 1);
        let sum: f32 = found.token_log_probs.iter().sum();
        assert!((sum - found.log_prob).abs() < 1e-2 * found.log_prob.abs().max(1.0), "{sum} {}", found.log_prob);
        assert_eq!(found.attention.as_ref().map(|rows| rows.target_len()), Some(target_tokens.len() + 1));
    }
}

#[test]
fn a_blank_beginning_is_an_ordinary_translation() {
    for translator in [&*PLAIN, &*PROFILE] {
        for sentence in ["", " ", "42", "Ein Hund läuft. Zwei Männer.", SENTENCES[0], COPIED] {
            let ordinary = translator.translate_with(&[sentence], &OPTIONS, 3).expect("translations").remove(0);
            for blank in ["", " ", "\n\t\u{3000}"] {
                assert_eq!(translator.complete(sentence, blank, &OPTIONS, 3).expect("translations"), ordinary);
            }
        }
    }
}

#[test]
fn a_beginning_can_be_any_text() {
    for translator in [&*PLAIN, &*PROFILE] {
        for sentence in ["Ein Hund läuft.", "EIN HUND LÄUFT.", "Ein Hund Läuft Weg", "ein hund läuft", COPIED] {
            for beginning in [
                "e",
                "ein Hun",
                "ein Hund ",
                "Ein HUND",
                "EIN HU",
                " ein",
                "ein  Hund",
                "\u{A0}ein\u{3000}H",
                "狗在草地上",
                "Ω🐕ß",
                "e\u{301}t\u{e9}",
                "a\tb",
                "a\u{7}\u{9b}b\u{200B}",
                "\u{200B}",
                "</s> <1> &amp; \\",
                "„(“",
                "Zyx",
                "Zy",
                "42 Qwertz Z",
                "Qwertz Zyx 42",
                "er sieht 42 ",
                "4",
            ] {
                completed(translator, sentence, beginning);
            }
        }
    }
}

#[test]
fn the_line_ends_of_a_beginning_are_spaces() {
    let found = PLAIN.complete(SENTENCES[0], "die\nFrau\u{2028}s", &OPTIONS, 1).expect("a translation");
    assert!(found[0].text.starts_with("die Frau s"), "{}", found[0].text);
}

#[test]
fn an_item_in_the_beginning_is_not_copied_again() {
    for beginning in ["Qwertz Zyx", "Qwertz Z", "Qwertz Zyx und 42 ", "42 Qwertz"] {
        let found = &completed(&PLAIN, COPIED, beginning)[0];
        for item in ["Qwertz", "42"] {
            assert_eq!(found.text.matches(item).count(), 1, "{beginning}: {}", found.text);
        }
    }
}

#[test]
fn markup_in_a_beginning_stays_where_it_was_given() {
    let sentence = "Ein <b>Hund</b> läuft – „über die Wiese“.";
    for beginning in ["<b>e", "ein <b>Hund</b> ", "„", "ein – H", "ein <b>", "</b> ein <b>", "ein Hund"] {
        for found in completed(&PROFILE, sentence, beginning) {
            for mark in ["<b>", "</b>", "–", "„", "“"] {
                assert_eq!(found.text.matches(mark).count(), 1, "{beginning}: {}", found.text);
            }
        }
    }
}

#[test]
fn a_beginning_that_is_too_long_or_of_several_sentences_is_an_error() {
    let error = |sentence: &str, beginning: &str, max_length| {
        let options = SearchOptions { max_length, ..OPTIONS };
        let choices = PROFILE.choices(sentence, beginning, &options, 3).expect_err("an error").to_string();
        let error = PROFILE.complete(sentence, beginning, &options, 1).expect_err("an error");
        assert_eq!(choices, error.to_string());
        error
    };
    let long = "die Frau sieht den Mann ".repeat(3);
    assert!(matches!(error("Wiese.", &long, Some(3)), TranslatorError::PrefixTooLong { most: 3, found: 4.. }));
    assert!(matches!(error("Wiese.", &long.repeat(20), None), TranslatorError::PrefixTooLong { .. }));
    let two = "Ein Hund läuft. Zwei Männer.";
    assert!(matches!(error(two, "ein", None), TranslatorError::SeveralSentences { sentences: 2 }));
    let long = SENTENCES.join(", ").repeat(20);
    assert!(matches!(error(&long, "ein", None), TranslatorError::SeveralPieces { .. }));
}

#[test]
fn a_sentence_without_anything_to_translate_has_the_beginning_or_itself_as_translation() {
    let text = |sentence: &str, beginning: &str| completed(&PROFILE, sentence, beginning)[0].text.clone();
    assert_eq!(text(" ", "ein H"), "ein H");
    assert_eq!(text("42 17", "42"), "42 17");
    assert_eq!(text("42 17", "ein"), "ein");
    assert!(PROFILE.choices("42 17", "", &OPTIONS, 3).expect("choices").is_empty());
    assert!(PROFILE.choices(" ", "", &OPTIONS, 3).expect("choices").is_empty());
}

#[test]
fn a_beginning_changes_no_search_without_one() {
    let before = PLAIN.translate_with(&SENTENCES, &OPTIONS, 3).expect("translations");
    completed(&PLAIN, SENTENCES[0], "ein H");
    assert_eq!(PLAIN.translate_with(&SENTENCES, &OPTIONS, 3).expect("translations"), before);
}

#[track_caller]
fn assert_choices(translator: &Translator, sentence: &str, beginning: &str, most: usize) {
    let choices = translator.choices(sentence, beginning, &OPTIONS, most).expect("choices");
    assert!(!choices.is_empty() && choices.len() <= most, "{sentence:?} {beginning:?}");
    assert!(choices.is_sorted_by(|a, b| a.probability >= b.probability), "{choices:?}");
    assert!(choices.iter().map(|choice| choice.probability).sum::<f32>() <= 1.001, "{choices:?}");
    for (number, choice) in choices.iter().enumerate() {
        assert!(choice.probability > 0.0, "{choice:?}");
        assert!(choices[..number].iter().all(|other| other.word != choice.word), "{choices:?}");
        let text = &choice.translation.text;
        let given = beginning.trim_end();
        assert!(text.starts_with(given), "{beginning:?}: {text:?}");
        let rest = text[given.len()..].trim_start();
        assert!(rest.starts_with(&choice.word), "{beginning:?} {:?}: {text:?}", choice.word);
        assert!(!choice.word.is_empty() || rest.is_empty(), "{text:?}");
        assert_ranges(&choice.translation);
    }
}

#[test]
fn choices_are_different_words_with_their_translations() {
    for translator in [&*PLAIN, &*PROFILE] {
        for sentence in ["Ein Hund läuft", "EIN HUND LÄUFT", COPIED] {
            for beginning in ["", "ein", "ein Hund ", "EIN HUND", "Zyx", "Ω"] {
                assert_choices(translator, sentence, beginning, 6);
            }
        }
    }
    assert!(PLAIN.choices(SENTENCES[0], "ein", &OPTIONS, 0).expect("choices").is_empty());
}

#[test]
fn the_end_is_the_first_choice_of_a_model_that_would_end() {
    let random = random(SCORES[2], true);
    let choices = random.with_bias(EOS, 50.0).choices(SENTENCES[0], "die Frau", &OPTIONS, 3).expect("choices");
    assert_eq!((choices[0].word.as_str(), choices[0].translation.text.as_str()), ("", "die Frau"));
    assert!(choices[0].probability > 0.99);
}

#[test]
fn terms_of_a_glossary_are_choices_as_they_are() {
    let mut terms = Terms::default();
    terms.add_glossary(Lines::new("Wiese\tgreen Meadow\n".as_bytes(), "g.tsv")).expect("a glossary");
    let translator = PLAIN.clone().with_copying(Copying { terms, automatic: true });
    assert_choices(&translator, "die Wiese", "", 40);
    let found = completed(&translator, "die Wiese", "the green Me");
    assert_eq!(found[0].text.matches("reen").count(), 1, "{}", found[0].text);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_translation_begins_with_the_given_text(
        beginning in "(ein|Hund|[a-zA-ZäÄ狗.,<'„ \t]|\\PC| ){0,6}",
        sentence in 0..6usize,
        with_profile in any::<bool>(),
    ) {
        let sentence = [SENTENCES[0], SENTENCES[2], COPIED, "EIN HUND LÄUFT", "Ein <b>Hund</b> „läuft“", "Wiese"][sentence];
        let translator = if with_profile { &*PROFILE } else { &*PLAIN };
        completed(translator, sentence, &beginning);
        if !sentence.contains('<') {
            assert_choices(translator, sentence, &beginning, 2);
        }
    }
}
