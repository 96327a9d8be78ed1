//! Text that is not written as the training text is: look-alike characters, capitals, several sentences, markup.

use crate::support::{bits, with_profile};
use glosser_text::{Split, is_line_end};
use glosser_translator::{SearchOptions, Translation, Translator};
use proptest::prelude::*;
use std::ops::Range;
use std::sync::LazyLock;

const OPTIONS: SearchOptions = SearchOptions { max_length: Some(12), ..SearchOptions::GREEDY };

static TRANSLATOR: LazyLock<Translator> = LazyLock::new(with_profile);

fn translated(line: &str) -> Translation {
    let mut all = TRANSLATOR.translate_with(&[line], &OPTIONS, 1).expect("translations");
    all.pop().expect("one line").pop().expect("one translation")
}

/// The model reads the same tokens: the translations are equal, bit for bit.
#[track_caller]
fn assert_read_alike(line: &str, plain: &str) {
    let (found, expected) = (translated(line), translated(plain));
    assert_eq!(found.text, expected.text, "{line}");
    assert_eq!(found.log_prob.to_bits(), expected.log_prob.to_bits(), "{line}");
}

#[test]
fn a_character_that_training_never_saw_is_read_as_the_one_it_looks_like() {
    for line in [
        "Ein\u{A0}Hund läuft.",
        "Ein\u{202F}Hund läuft.",
        "Ein\u{2009}Hund läuft.",
        "Ein\u{3000}Hund läuft.",
        "Ein\tHund läuft.",
        "Ein  Hund \u{A0} läuft.",
        " Ein Hund läuft. ",
        "Ein Hu\u{AD}nd läuft.",
        "Ein\u{200B} Hund läuft.",
        "\u{FEFF}Ein Hund läuft.",
        "Ein Hund\u{200C} läuft.",
        "Ｅｉｎ　Ｈｕｎｄ　läuft．",
        "Ein Hund la\u{308}uft…",
        "Ein Hund läuft!",
        "Ein Hund läuft。",
    ] {
        let translation = translated(line);
        assert_read_alike(line, "Ein Hund läuft.");
        assert_eq!(translation.source, line);
    }
}

#[test]
fn signs_and_markup_that_training_never_saw_are_put_back() {
    for (line, parts) in [
        ("„Ein Hund läuft.“", &["„", "“"][..]),
        ("(Ein Hund läuft.)", &["(", ")"]),
        ("Ein <b>Hund</b> läuft.", &["<b>", "</b>"]),
        ("Ein Hund <br/> läuft.", &["<br/>"]),
        ("• Ein Hund – läuft.", &["• ", "–"]),
    ] {
        let translation = translated(line);
        assert!(parts.iter().all(|part| translation.text.contains(part)), "{}", translation.text);
        let without = parts.iter().fold(translation.text.clone(), |text, part| text.replacen(part, "", 1));
        let squeezed = without.split_whitespace().collect::<String>();
        assert_eq!(squeezed, translated("Ein Hund läuft.").text.split_whitespace().collect::<String>(), "{line}");
    }
}

#[test]
fn each_sentence_of_a_line_is_translated_by_itself() {
    let (one, two) = (translated("Ein Hund läuft."), translated("Zwei Männer."));
    let both = translated("Ein Hund läuft.  Zwei Männer.");
    assert_eq!(both.text, format!("{}  {}", one.text, two.text));
    assert_eq!(both.source_tokens.len(), one.source_tokens.len() + two.source_tokens.len());
    assert_eq!(both.pieces, 1);
    let whole = TRANSLATOR.clone().with_split(Split::Never);
    let whole = whole.translate_with(&["Ein Hund läuft.  Zwei Männer."], &OPTIONS, 1).expect("translations");
    assert_ne!(whole[0][0].text, both.text);
}

#[test]
fn the_n_best_translations_of_a_line_combine_those_of_its_sentences() {
    let options = SearchOptions { beam_size: 4, max_length: Some(12), ..SearchOptions::STANDARD };
    let of = |line: &str| TRANSLATOR.translate_with(&[line], &options, 3).expect("translations").swap_remove(0);
    let (one, two, both) = (of("Ein Hund läuft."), of("Zwei Männer."), of("Ein Hund läuft. Zwei Männer."));
    assert_eq!(both.len(), 3);
    assert_eq!(both[0].text, format!("{} {}", one[0].text, two[0].text));
    assert!(both.windows(2).all(|pair| pair[0].score >= pair[1].score));
}

#[test]
fn capitals_are_read_as_in_training_and_put_back() {
    let plain = translated("Ein Hund läuft.");
    assert_eq!(translated("EIN HUND LÄUFT.").text, plain.text.to_uppercase());
    assert_eq!(translated("EIN HUND LÄUFT.").log_prob.to_bits(), plain.log_prob.to_bits());
}

#[test]
fn a_line_without_letters_is_its_own_translation() {
    for line in ["2024", "12 345", "100%", "https://example.org/x", "🌷🌷 🌷", "...", "* * *", "—", "(3)", "１２"]
    {
        let translation = translated(line);
        assert_eq!(translation.text, line);
        let words = translation.words();
        assert_eq!(words.source, words.target);
        assert!((0..words.source.len()).all(|word| words.attention.matrix().get(word, word) == 1.0), "{line}");
    }
}

fn pieces() -> impl Strategy<Value = String> {
    let pieces = [
        "Ein Hund",
        "läuft",
        "ZWEI MÄNNER",
        "wiese",
        "\u{A0}",
        "\u{202F}",
        "\t",
        "  ",
        " ",
        " ",
        "\u{AD}",
        "\u{200B}",
        "\u{FEFF}",
        "„",
        "“",
        "’",
        "'",
        "\"",
        "(",
        ")",
        "–",
        " – ",
        "…",
        ". ",
        "! ",
        "? ",
        ".",
        "<b>",
        "</b>",
        "<x id=\"1\"/>",
        "&amp;",
        "{0}",
        "%s",
        "1 000",
        "42",
        "Xyzzy",
        "https://a.org/b",
        "🐕",
        "👩‍👩‍👧",
        "犬。",
        "Ｈ",
        "la\u{308}",
        "\u{301}",
        "\u{2028}",
        "ß",
        "İ",
        "ﬁ",
        "½",
    ];
    proptest::collection::vec(proptest::sample::select(pieces.to_vec()), 0..14).prop_map(|pieces| pieces.concat())
}

fn are_inside(text: &str, ranges: &[Range<usize>]) -> bool {
    ranges.iter().all(|range| text.get(range.clone()).is_some())
        && ranges.windows(2).all(|pair| pair[0].start <= pair[1].start)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_line_has_one_translation_in_one_line_with_offsets_into_the_original(line in pieces()) {
        let translation = translated(&line);
        prop_assert_eq!(&translation.source, &line);
        prop_assert!(!translation.text.contains(is_line_end));
        prop_assert!(are_inside(&line, &translation.source_tokens), "{:?}", translation.source_tokens);
        prop_assert!(are_inside(&translation.text, &translation.target_tokens), "{:?}", translation.target_tokens);
        let is_covered = |at: usize| translation.source_tokens.iter().any(|token| token.contains(&at));
        let letters = line.char_indices().filter(|(_, c)| c.is_alphanumeric());
        prop_assert!(letters.clone().all(|(at, _)| is_covered(at)), "{:?}", translation.source_tokens);
        if let Some(attention) = &translation.attention {
            prop_assert_eq!(attention.source_len(), translation.source_tokens.len() + 1);
            prop_assert_eq!(attention.target_len(), translation.target_tokens.len() + 1);
            for row in attention.rows() {
                prop_assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-4);
            }
        }
        translation.words();
    }

    #[test]
    fn a_line_does_not_depend_on_its_neighbours(lines in proptest::collection::vec(pieces(), 1..4)) {
        let together = TRANSLATOR.translate_with(&lines, &OPTIONS, 1).expect("translations");
        for (line, together) in lines.iter().zip(together) {
            prop_assert_eq!(bits(&translated(line)), bits(&together[0]));
        }
    }
}
