//! Words that training never saw, in any letter case or in this one, and items that the model gives no place to.

use crate::support::{SCORES, random};
use glosser_text::{
    EOS, SideProfile, TextProfile, TrainingWords, WordCollector, WordRule, WritingCollector, placeholder, texts,
};
use glosser_translator::{SearchOptions, Translation, Translator};

const TEXT: [&str; 3] = ["Ein Hund sieht Paul.", "Die Frau und Paul sehen den Hund.", "Eine Wiese und der Hund."];

fn translator(words: TrainingWords, rule: WordRule) -> Translator {
    let translator = random(SCORES[2], true).translator;
    let mut writing = WritingCollector::default();
    TEXT.iter().cycle().take(30).for_each(|sentence| writing.add(sentence));
    let side = SideProfile { words: rule, writing: Some(writing.finish()) };
    let tokenizers = translator.tokenizers().clone().with_training_words(words);
    let tokenizers =
        tokenizers.with_profile(TextProfile { source: side.clone(), target: side, ..TextProfile::default() });
    Translator::new(translator.model().clone(), tokenizers).expect("a translator")
}

fn known() -> TrainingWords {
    let mut words = WordCollector::default();
    TEXT.iter().for_each(|sentence| words.add(sentence));
    words.finish()
}

fn one(translator: &Translator, line: &str) -> Translation {
    let options = SearchOptions { max_length: Some(12), ..SearchOptions::GREEDY };
    translator.translate_with(&[line], &options, 1).expect("translations").remove(0).remove(0)
}

#[test]
fn unknown_words_are_named_in_the_original_of_every_sentence() {
    let translator = translator(known(), WordRule::WhiteSpace);
    let unknown = |line: &str| -> Vec<String> {
        let translation = one(&translator, line);
        texts(line, &translation.unknown_words).into_iter().map(str::to_owned).collect()
    };
    assert!(unknown("Ein Hund sieht Paul. Die FRAU und 42 Hund.").is_empty());
    assert_eq!(unknown("Ein\u{A0}Hund flu\u{AD}rbt. Die <b>Wiesen</b> sehen den Hund."), ["flu\u{AD}rbt", "Wiesen"]);
    assert_eq!(unknown("Die katze und Xyzzyplugh-Qwrt sehen info@flurb.org."), ["katze"]);
    assert!(unknown("").is_empty() && unknown("42 - 43").is_empty());
}

#[test]
fn nothing_is_unknown_without_training_words_or_without_words() {
    let line = "Die katze flurbt.";
    assert!(one(&translator(TrainingWords::default(), WordRule::WhiteSpace), line).unknown_words.is_empty());
    assert!(one(&translator(known(), WordRule::SubWords), line).unknown_words.is_empty());
}

#[test]
fn a_word_in_a_letter_case_that_training_never_saw_is_read_in_the_one_that_it_saw() {
    let translator = translator(known(), WordRule::WhiteSpace);
    for (line, plain) in [
        ("Ein HUND sieht Paul.", "Ein Hund sieht Paul."),
        ("Ein Hund Sieht paul.", "Ein Hund sieht Paul."),
        ("Die Frau UND Paul sehen.", "Die Frau und Paul sehen."),
    ] {
        let (found, expected) = (one(&translator, line), one(&translator, plain));
        assert_eq!((found.text, found.log_prob.to_bits()), (expected.text, expected.log_prob.to_bits()), "{line}");
    }
    // A word of an address stays.
    assert!(one(&translator, "Ein Hund HUND@example.org").text.contains("HUND@example.org"));
}

#[test]
fn a_first_word_without_its_capital_gives_a_translation_with_one() {
    let translator = translator(known(), WordRule::WhiteSpace);
    let (capital, small) = (one(&translator, "Sieht Paul den Hund?"), one(&translator, "sieht Paul den Hund?"));
    assert_eq!(capital.log_prob.to_bits(), small.log_prob.to_bits());
    // The capital itself is tested with the letter case.
    assert_eq!(capital.text.to_lowercase(), small.text.to_lowercase());
}

#[test]
fn an_item_that_the_model_gives_no_place_to_is_marked() {
    let random = random(SCORES[2], true);
    let line = "ein Hund 4711 und 5.5";
    let appended = |translator: &Translator| -> Vec<bool> {
        one(translator, line).items.iter().map(|item| item.is_appended).collect()
    };
    let items = one(&random.translator, line).items;
    assert_eq!(items.iter().map(|item| &line[item.source.clone()]).collect::<Vec<_>>(), ["4711", "5.5"]);
    // A model that always wants to end, and one that begins with the items.
    assert!(appended(&random.with_bias(EOS, 50.0)).contains(&true));
    let [first, second] = [0, 1].map(|number| random.with_bias(placeholder(number), 50.0));
    assert!(!appended(&first)[0] && !appended(&second)[1]);
}
