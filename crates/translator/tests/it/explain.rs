//! `explain`: every step of a search.

use crate::support::{SCORES, SENTENCES, random};
use glosser_translator::{SearchOptions, Status, TranslatorError};

/// A name and a number are copied, so placeholders are among the tokens.
const COPIED: &str = "Zyx sieht 42 Männer";

#[test]
fn recording_a_search_changes_nothing_in_its_translations() {
    for score in SCORES {
        let translator = random(score, true).translator;
        for sentence in SENTENCES.into_iter().chain([COPIED]) {
            for (beam_size, max_length) in [(1, Some(3)), (4, Some(7)), (3, None)] {
                let options = SearchOptions { beam_size, max_length, ..SearchOptions::STANDARD };
                let found = translator.translate_with(&[sentence], &options, usize::MAX).expect("translations");
                for alternatives in [0, 5, usize::MAX] {
                    let explained = translator.explain(sentence, &options, "", alternatives).expect("steps");
                    assert_eq!(explained.translations, found[0], "{score:?}: {sentence}");
                }
            }
        }
    }
}

#[test]
fn a_prefix_is_the_only_extension_that_is_kept_and_its_items_are_copied() {
    let translator = random(SCORES[0], true).translator;
    let options = SearchOptions { max_length: Some(40), ..SearchOptions::STANDARD };
    let explained = translator.explain(COPIED, &options, "die Frau 42", 2).expect("steps");
    assert!(explained.translations.iter().all(|found| found.text.starts_with("die Frau 42")), "{explained:?}");
    let kept = |status| explained.steps[0].expansions.iter().filter(|expansion| expansion.status == status).count();
    assert_eq!((kept(Status::Kept), kept(Status::Ended), kept(Status::Dropped)), (1, 0, 2));
}

#[test]
fn a_sentence_that_is_not_translated_by_one_search_is_an_error() {
    let translator = random(SCORES[0], true).translator;
    let explained = |sentence: &str, prefix: &str, max_length| {
        let options = SearchOptions { max_length, ..SearchOptions::STANDARD };
        translator.explain(sentence, &options, prefix, 1).expect_err("an error")
    };
    assert!(matches!(explained(" \u{A0}", "", None), TranslatorError::NothingToExplain));
    let long = SENTENCES.join(". ").repeat(20);
    assert!(matches!(explained(&long, "", None), TranslatorError::SeveralPieces { pieces: 2.., .. }));
    let too_long = explained("Wiese", SENTENCES[0], Some(1));
    assert!(matches!(too_long, TranslatorError::PrefixTooLong { most: 1, found: 2.. }), "{too_long}");
}
