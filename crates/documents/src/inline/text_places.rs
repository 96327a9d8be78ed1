//! The places of marks in a translation: valid ones, and inside of words that were copied.

use std::ops::Range;

use crate::inline::mark::{InlineMark, Shape};

/// Returns a place in the translation for each mark: at most its length, and between two characters. A mark inside of a
/// word of the source is at the same letter of that word in the translation if the word was copied: `H<sub>2</sub>O`.
pub(crate) fn text_places(source: &str, marks: &[InlineMark], text: &str, places: &[usize]) -> Vec<usize> {
    let place = |(mark, place): (&InlineMark, &usize)| {
        let place = boundary(text, *place);
        let word = word_around(source, mark.at);
        if word.start == mark.at || word.end == mark.at {
            return place;
        }
        let place_word = match mark.shape {
            Shape::Start(_) | Shape::UnpairedStart => word_after(text, place),
            Shape::End | Shape::Leaf | Shape::UnpairedEnd => word_before(text, place),
        };
        match text[place_word.clone()] == source[word.clone()] {
            true => place_word.start + mark.at - word.start,
            false => place,
        }
    };
    marks.iter().zip(places).map(place).collect()
}

/// Returns the nearest boundary of a character that is not behind a place.
fn boundary(text: &str, place: usize) -> usize {
    let place = place.min(text.len());
    (0..=place).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// Returns whether a character can be inside of a word, of `@somebody` or of `#something`.
fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '@' | '#' | '_' | '-')
}

/// Returns the word that a place is in or beside; empty if there is none.
fn word_around(text: &str, at: usize) -> Range<usize> {
    let start = text[..at].trim_end_matches(is_of_word).len();
    let end = text.len() - text[at..].trim_start_matches(is_of_word).len();
    start..end
}

/// Returns the word that a place is in, or the next one.
fn word_after(text: &str, at: usize) -> Range<usize> {
    let next = text[at..].find(is_of_word).map_or(text.len(), |len| at + len);
    word_around(text, next)
}

/// Returns the word that a place is in or behind, or the last one before it.
fn word_before(text: &str, at: usize) -> Range<usize> {
    let end = text[..at].trim_end_matches(|c| !is_of_word(c)).len();
    word_around(text, end)
}
