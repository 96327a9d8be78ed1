//! Places of marks in translations whose words are reordered.

use super::*;
use crate::translation::attention_matrix;
use Attachment::{Alone, Next, Previous};
use proptest::prelude::*;

/// A translation whose target word `i` attends to source word `sources[i]`.
fn translation(source: &str, text: &str, sources: &[usize]) -> Translation {
    let (source_tokens, target_tokens) = (words(source), words(text));
    let columns = source_tokens.len() + 1;
    let row = |one: usize| (0..columns).map(|column| if column == one { 0.9 } else { 0.01 }).collect();
    let rows: Vec<Vec<f32>> = sources.iter().copied().chain([columns - 1]).map(row).collect();
    assert_eq!(rows.len(), target_tokens.len() + 1);
    let attention = Some(attention_matrix(&rows));
    Translation { source_tokens, target_tokens, attention, ..Translation::not_computed(source, text) }
}

/// The translation with marks, from a source with `<` and `>` for pairs and `|` for a single mark.
fn marked(source: &str, text: &str, sources: &[usize]) -> String {
    let (plain, marks) = read(source);
    let translation = match sources {
        [] => Translation::not_computed(&plain, text),
        _ => translation(&plain, text, sources),
    };
    write(&translation, &marks)
}

fn read(source: &str) -> (String, Vec<(usize, Attachment)>) {
    let (mut plain, mut marks) = (String::new(), Vec::new());
    for c in source.chars() {
        match c {
            '<' => marks.push((plain.len(), Next)),
            '>' => marks.push((plain.len(), Previous)),
            '|' => marks.push((plain.len(), Alone)),
            _ => plain.push(c),
        }
    }
    (plain, marks)
}

fn write(translation: &Translation, marks: &[(usize, Attachment)]) -> String {
    let places = translation.mark_places(marks);
    let (mut written, mut end) = (String::new(), 0);
    for mark in MarkTree::new(marks.iter().map(|mark| mark.1)).order(&places) {
        assert!(places[mark] >= end, "{marks:?} {places:?}");
        written.push_str(&translation.text[end..places[mark]]);
        written.push(match marks[mark].1 {
            Next => '<',
            Previous => '>',
            Alone => '|',
        });
        end = places[mark];
    }
    written + &translation.text[end..]
}

#[test]
fn pairs_move_with_their_words_and_stay_apart() {
    assert_eq!(marked("der <weiße> Hund", "le chien blanc", &[0, 2, 1]), "le chien <blanc>");
    assert_eq!(marked("<eins> <zwei> drei", "two one three", &[1, 0, 2]), "<two> <one> three");
    // The words of both pairs alternate: each encloses its longest part.
    assert_eq!(marked("<a b> <c d> e", "a c b d d e", &[0, 2, 1, 3, 3, 4]), "<a> <c> b d d e");
    assert_eq!(marked("<a <b> c> d", "d b a c", &[3, 1, 0, 2]), "d <<b> a c>");
}

#[test]
fn a_pair_around_everything_stays_around_everything() {
    assert_eq!(marked("<<a b>>", "b a", &[1, 0]), "<<b a>>");
    assert_eq!(marked("<a> b|", "b a", &[1, 0]), "b <a>|");
    assert_eq!(marked("|a b", "b a", &[1, 0]), "|b a");
}

#[test]
fn a_mark_inside_a_word_and_an_empty_pair_go_beside_a_word() {
    assert_eq!(marked("<un>treu <> ist", "is unfaithful", &[1, 0]), "is <unfaithful><>");
    assert_eq!(marked("un|treu ist", "is un-faithful", &[1, 0]), "is un-faithful|");
    assert_eq!(marked("<a>< >b", "b-c's a.", &[1, 0]), "b-c's <a.><>");
}

#[test]
fn marks_without_a_partner_enclose_the_rest() {
    assert_eq!(marked("a> b <c", "c b a", &[2, 1, 0]), "c b a><");
    assert_eq!(marked("a> b <c", "a b c", &[0, 1, 2]), "a> b <c");
}

#[test]
fn without_attention_words_keep_their_relative_position() {
    assert_eq!(marked("<a> b c <d>", "one two three four", &[]), "<one> two three <four>");
    assert_eq!(marked("<a>|", "", &[]), "<>|");
    assert_eq!(marked("<>|", "text", &[]), "<>|text");
}

#[test]
fn a_script_without_spaces_has_marks_between_its_words() {
    let mut chinese = translation("the white dog", "白狗", &[1]);
    chinese.target_tokens = vec![0..3, 3..6];
    let rows: Vec<Vec<f32>> = [1, 2, 3].map(|one| (0..4).map(|at| f32::from(u8::from(at == one))).collect()).to_vec();
    chinese.attention = Some(attention_matrix(&rows));
    let places = chinese.mark_places(&[(4, Next), (9, Previous)]);
    assert!(places == [0, 3] || places == [0, 6], "a character or the dictionary's word: {places:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn marks_are_between_words_and_pairs_never_cross(
        source in "(<|>|\\||[ab]{1,3}| ){0,25}",
        text in "([ab狗]{1,3}|-| |'|\\.){0,12}",
        seed in proptest::collection::vec(0..30usize, 40),
    ) {
        let (plain, marks) = read(&source);
        let (sources, targets) = (words(&plain).len(), words(&text).len());
        let of: Vec<usize> = seed.iter().take(targets).map(|seed| seed % (sources + 1)).collect();
        for translation in [translation(&plain, &text, &of), Translation::not_computed(&plain, &text)] {
            let places = translation.mark_places(&marks);
            let words = whole_words(&text);
            prop_assert!(places.iter().all(|at| text.is_char_boundary(*at)));
            prop_assert!(places.iter().all(|at| !words.iter().any(|word| word.start < *at && *at < word.end)));
            // `write` asserts that the places are in order.
            let written = write(&translation, &marks);
            prop_assert_eq!(written.replace(['<', '>', '|'], ""), text.clone());
            let whole = [(0, Next), (plain.len(), Previous)];
            prop_assert!(sources == 0 || translation.mark_places(&whole) == [0, text.len()]);
        }
    }
}
