//! Tests of the identifier on three small texts of our own.

use super::*;
use crate::words::ngrams::NgramCollector;
use crate::words::profile::{SideProfile, WritingCollector};
use crate::words::rule::WordRule;
use crate::words::training_words::WordCollector;

const GERMAN: &str = "Der Hund läuft über die Straße. Die Frau liest ein Buch im Garten. Ein Kind spielt mit dem Ball. \
    Der Mann trinkt heißen Kaffee. Wir gehen heute nicht in die Schule. Das Haus hat eine grüne Tür. Ich möchte ein \
    Stück Brot. Die Katze schläft auf dem Stuhl. Morgen fahren wir mit dem Zug. Es regnet schon den ganzen Tag.";
const ENGLISH: &str = "The dog runs across the street. The woman reads a book in the garden. A child plays with the \
    ball. The man drinks hot coffee. We do not go to school today. The house has a green door. I would like a piece of \
    bread. The cat sleeps on the chair. Tomorrow we take the train. It has been raining all day.";
const JAPANESE: &str = "犬が道を走る。女の人が庭で本を読む。子供がボールで遊ぶ。男の人が熱いコーヒーを飲む。今日は学校に行きません。\
    家には緑のドアがある。パンを一切れください。猫が椅子の上で寝ている。明日は電車で行きます。一日中雨が降っている。";

fn profile(text: &str, has_ngrams: bool) -> LanguageProfile {
    let (mut words, mut writing, mut ngrams) =
        (WordCollector::default(), WritingCollector::default(), NgramCollector::default());
    for _ in 0..3 {
        words.add(text);
        writing.add(text);
        ngrams.add(text);
    }
    let side = SideProfile { words: WordRule::default(), writing: Some(writing.finish()) };
    let source_ngrams = if has_ngrams { ngrams.finish() } else { Default::default() };
    LanguageProfile::new(Arc::new(words.finish()), &TextProfile { source: side, source_ngrams, ..Default::default() })
}

fn identifier(texts: &[&str], has_ngrams: bool) -> LanguageIdentifier {
    LanguageIdentifier::new(texts.iter().map(|text| profile(text, has_ngrams)))
}

/// The index and the confidence of the first language.
fn best(identifier: &LanguageIdentifier, text: &str) -> (usize, f64) {
    identifier.identify(text)[0]
}

#[test]
fn each_text_is_in_its_language_also_in_capitals_without_diacritics_and_with_addresses() {
    for has_ngrams in [true, false] {
        let identifier = identifier(&[GERMAN, ENGLISH, JAPANESE], has_ngrams);
        for (text, expected) in [
            ("Die Frau trinkt Kaffee im Garten.", 0),
            ("DIE FRAU LÄUFT ÜBER DIE STRASSE", 0),
            ("Der Hu", 0),
            ("The woman drinks coffee in the garden.", 1),
            ("THE WOMAN READS ON THE STREET", 1),
            ("the d", 1),
            ("The woman https://beispiel.example/der-hund-und-die-katze reads the book der@hund.example", 1),
            ("<p class=\"der-hund-ist-da\">the <b>cat</b></p> 12 345,67", 1),
            ("女の人が学校で本を読む", 2),
            ("電車 2 犬", 2),
        ] {
            let (found, confidence) = best(&identifier, text);
            assert_eq!(found, expected, "{text} ({has_ngrams}): {:?}", identifier.identify(text));
            assert!(confidence > 0.4, "{text} ({has_ngrams}): {confidence}");
        }
        assert_eq!(best(&identifier, "Die Frau lauft heute uber die grune Strasse in die Schule.").0, 0);
    }
}

#[test]
fn confidences_are_sorted_and_sum_to_one_at_most() {
    let identifier = identifier(&[GERMAN, ENGLISH, JAPANESE], true);
    for text in ["Die Frau", "the", "xyz", "本", "Ein book", &"Der Hund läuft. ".repeat(1000)] {
        let all = identifier.identify(text);
        let sum: f64 = all.iter().map(|(_, confidence)| confidence).sum();
        assert!((0.0..=1.0 + 1e-9).contains(&sum) && all.is_sorted_by(|a, b| a.1 >= b.1), "{text}: {all:?}");
        let mut indices: Vec<usize> = all.iter().map(|(index, _)| *index).collect();
        indices.sort_unstable();
        assert_eq!(indices, [0, 1, 2]);
    }
}

#[test]
fn a_text_without_letters_or_in_another_language_is_in_none() {
    for has_ngrams in [true, false] {
        let (one, two) = (identifier(&[GERMAN], has_ngrams), identifier(&[GERMAN, ENGLISH], has_ngrams));
        for text in ["", " ", "12.50 €", "👍 !!", "https://example.org"] {
            assert_eq!((best(&one, text), best(&two, text)), ((0, 0.0), (0, 0.0)), "{text}");
        }
        for text in ["Собака бежит", "犬が道を走る", "Ką tik pradėjo snigti", "qwfp zxcd vbkh"] {
            assert!(best(&one, text).1 < 0.1 && best(&two, text).1 < 0.1, "{text} ({has_ngrams})");
        }
        assert!(best(&one, "Die Frau liest ein Buch.").1 > 0.9);
        assert!(best(&one, "The cat drinks the coffee").1 < 0.1);
    }
    assert!(identifier(&[], true).identify("Die Frau").is_empty());
}

#[test]
fn a_profile_without_n_grams_is_compared_by_words_alone() {
    let mixed = LanguageIdentifier::new([profile(GERMAN, false), profile(ENGLISH, true)]);
    assert_eq!(best(&mixed, "Die Katze schläft heute").0, 0);
    assert_eq!(best(&mixed, "The cat sleeps today").0, 1);
    let unknown = LanguageProfile::new(Arc::default(), &TextProfile::default());
    let (found, confidence) = best(&LanguageIdentifier::new([unknown]), "Die Katze");
    assert!(found == 0 && confidence < 0.1, "{confidence}");
}
