//! Single words in a letter case that the training text does not have: `CHAT` or `Chat` where it has only `chat`.

use std::ops::Range;

use crate::words::letter_case::{CaseIndex, CaseShape, changeable};
use crate::words::mapped::{ChangedText, MappedText};
use crate::words::training_words::{TrainingWords, alphanumeric_words};

/// The longest word in capitals that may be an abbreviation of other words than those of the same letters: `IT`, `US`.
const LONGEST_ABBREVIATION: usize = 2;

/// Changes each word that the training text has, but never in this letter case, to the form that it usually has inside
/// sentences there, or else to lower case. The words in `kept` stay, and so do those whose length in bytes would change, so that the places of all parts stay.
///
/// Lists of words of earlier versions do not have the letter case; then nothing changes.
pub(crate) fn known_forms(
    text: MappedText,
    kept: &[Range<usize>],
    case: &CaseIndex,
    known: &TrainingWords,
) -> (MappedText, CaseShape) {
    if !case.is_cased || !known.has_forms() {
        return (text, CaseShape::Usual);
    }
    let changes = changes(text.text(), kept, case, known);
    let loses_capital = |(word, form): &(Range<usize>, String)| {
        let first = |text: &str| text.chars().next().is_some_and(char::is_uppercase);
        !text.text()[..word.start].contains(char::is_alphabetic) && first(&text.text()[word.clone()]) && !first(form)
    };
    let shape = match changes.first() {
        Some(change) if loses_capital(change) => CaseShape::FirstWordChanged,
        _ => CaseShape::Usual,
    };
    let changed = text.changed(|text| {
        let mut changed = ChangedText::default();
        let mut at = 0;
        for (word, form) in &changes {
            changed.keep(text, at..word.start);
            for (offset, c) in form.char_indices() {
                changed.push(word.start + offset, c.encode_utf8(&mut [0; 4]));
            }
            at = word.end;
        }
        changed.keep(text, at..text.len());
        if changes.is_empty() { None } else { Some(changed) }
    });
    (changed, shape)
}

/// The words to change with their new forms, in order.
fn changes(text: &str, kept: &[Range<usize>], case: &CaseIndex, known: &TrainingWords) -> Vec<(Range<usize>, String)> {
    if !text.contains(char::is_uppercase) && case.forms.is_empty() {
        return Vec::new();
    }
    let changeable = changeable(text);
    let may_change = |word: &Range<usize>| {
        changeable.binary_search_by_key(&word.start, |run| run.start).is_ok()
            && kept.iter().all(|part| part.end <= word.start || word.end <= part.start)
    };
    let words = alphanumeric_words(text).into_iter().filter(may_change);
    words.filter_map(|word| Some((word.clone(), known_form(&text[word], case, known)?))).collect()
}

/// The form of a word that the training text has only in another letter case.
fn known_form(word: &str, case: &CaseIndex, known: &TrainingWords) -> Option<String> {
    if known.contains_form(word) || !known.contains(word) {
        return None;
    }
    let may_be_abbreviation = word.chars().count() <= LONGEST_ABBREVIATION && !word.contains(char::is_lowercase);
    let lower = word.to_lowercase();
    let mut forms = case.forms.get(&lower).cloned().into_iter().chain([lower]);
    let form = forms.find(|form| form.len() == word.len() && known.contains_form(form));
    form.filter(|_| !may_be_abbreviation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::letter_case::CaseCollector;
    use crate::words::training_words::WordCollector;

    const TEXT: [&str; 4] = [
        "The cat sees Paul, not the dog.",
        "A cat and Paul are in Paris.",
        "We see Paris and US ships.",
        "L'ours dort.",
    ];

    fn read(text: &str, kept: &[Range<usize>]) -> (String, CaseShape) {
        let (mut words, mut case) = (WordCollector::default(), CaseCollector::default());
        for text in TEXT {
            words.add(text);
            case.add(text);
        }
        let case = case.finish().index();
        let (read, shape) = known_forms(MappedText::unchanged(text), kept, &case, &words.finish());
        (read.text().to_owned(), shape)
    }

    #[test]
    fn a_word_gets_the_form_that_the_training_text_has() {
        for (text, expected) in [
            ("The CAT sees the Dog.", "The cat sees the dog."),
            ("The cat sees PAUL and paris.", "The cat sees Paul and Paris."),
            ("A ship of the US", "A ship of the US"),
            ("A Cat in A house", "A cat in A house"),
            ("The dog sees l'ours and a cat", "The dog sees l'ours and a cat"),
            ("The NATO, the Flurb and CAT@example.org", "The NATO, the Flurb and CAT@example.org"),
        ] {
            assert_eq!(read(text, &[]), (expected.to_owned(), CaseShape::Usual), "{text}");
        }
    }

    #[test]
    fn a_first_word_without_its_capital_is_remembered() {
        assert_eq!(read("Ships and a cat.", &[]), ("ships and a cat.".to_owned(), CaseShape::FirstWordChanged));
        assert_eq!(read("„Dog!“ sees Paul.", &[]), ("„dog!“ sees Paul.".to_owned(), CaseShape::FirstWordChanged));
        assert_eq!(read("CAT and dog.", &[]).0, "cat and dog.");
    }

    #[test]
    fn copied_parts_stay() {
        assert_eq!(read("The CAT sees a CAT", std::slice::from_ref(&(4..7))).0, "The CAT sees a cat");
    }

    #[test]
    fn nothing_changes_without_forms() {
        let case = CaseCollector::default().finish().index();
        let (read, shape) = known_forms(MappedText::unchanged("CAT"), &[], &case, &TrainingWords::default());
        assert_eq!((read.text(), shape), ("CAT", CaseShape::Usual));
    }
}
