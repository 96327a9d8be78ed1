//! Estimated widths of text in a sans-serif font, for the margins of pictures.
//!
//! The fonts of the reader are unknown. The estimate is that of DejaVu Sans, the widest of the usual ones, so text in another
//! font leaves a little space instead of being cut.

use unicode_width::UnicodeWidthChar;

/// Joins emoji to one picture.
const ZERO_WIDTH_JOINER: char = '\u{200D}';

/// Estimates the width of a line of text in pixels, for a font size in pixels.
pub fn text_width(text: &str, font_size: f64) -> f64 {
    let mut width = 0.0;
    let mut is_joined = false;
    for c in text.chars() {
        if !is_joined {
            width += character_width(c);
        }
        is_joined = c == ZERO_WIDTH_JOINER;
    }
    width * font_size
}

/// Splits a text at spaces into lines of at most `width` pixels. A longer word has a line of its own.
pub fn wrapped(text: &str, font_size: f64, width: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if text_width(&format!("{line} {word}"), font_size) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// The width of a character as a fraction of the font size.
fn character_width(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | '\'' | '|' | 'I' | ' ' | '.' | ',' | ':' | ';' | '’' | 'í' | 'ì' | 'î' | 'ï' | 'ı' | 'і'
        | 'ї' => 0.35,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '-' | '!' | '/' | '\\' | '“' | '”' | '"' | '«' => 0.46,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '—' | '…' | '–' | 'æ' | 'œ' | 'Æ' | 'Œ' => 1.0,
        'ш' | 'щ' | 'ж' | 'ю' | 'ы' | 'ф' | 'Ш' | 'Щ' | 'Ж' | 'Ю' | 'Ы' | 'Ф' | 'М' => 1.08,
        'a'..='z' | '0'..='9' | '?' | '$' | '_' => 0.64,
        'A'..='Z' | '<' | '>' | '=' | '+' | '&' | '#' | '~' => 0.84,
        _ => other_width(c),
    }
}

/// Whether a character is one of the two that together are the flag of a country.
pub(super) fn is_flag_letter(c: char) -> bool {
    matches!(c, '\u{1F1E6}'..='\u{1F1FF}')
}

/// The width of a character that has none of its own above, by its script.
fn other_width(c: char) -> f64 {
    match (c.width(), u32::from(c)) {
        // The colour of the skin changes the emoji before it.
        (None | Some(0), _) | (_, 0x1F3FB..=0x1F3FF) => 0.0,
        _ if is_flag_letter(c) => 0.65,
        // Emoji are a little wider than ideographs.
        (_, 0x2600..=0x27BF | 0x1F000..=0x1FAFF) => 1.3,
        (Some(2), _) => 1.0,
        // Tamil to Sinhala, Myanmar, Khmer.
        (_, 0x0B80..=0x0DFF | 0x1000..=0x109F | 0x1780..=0x17FF) => 1.15,
        // Devanagari to Oriya, Tibetan, Ethiopic, Cherokee.
        (_, 0x0900..=0x0B7F | 0x0F00..=0x0FFF | 0x1200..=0x13FF) => 0.85,
        // Hebrew, Arabic, Thai, Lao, Georgian.
        (_, 0x0590..=0x08FF | 0x0E00..=0x0EFF | 0x10A0..=0x10FF) => 0.72,
        _ if c.is_lowercase() => 0.68,
        _ => 0.84,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn combining_marks_and_joined_emoji_add_no_width() {
        assert!((text_width("e\u{301}", 10.0) - text_width("e", 10.0)).abs() < 1e-9);
        assert!((text_width("👍🏽", 10.0) - text_width("👍", 10.0)).abs() < 1e-9);
        assert!((text_width("🇩🇪", 10.0) - text_width("👍", 10.0)).abs() < 1e-9);
        let family = "👩\u{200D}👩\u{200D}👧";
        assert!((text_width(family, 10.0) - text_width("👩", 10.0)).abs() < 1e-9);
        assert!(text_width("图书馆", 10.0) >= 30.0);
    }

    #[test]
    fn lines_are_split_at_spaces_and_a_long_word_is_kept_whole() {
        let lines = wrapped("a title of some  length", 10.0, 50.0);
        assert_eq!(lines, ["a title of", "some", "length"]);
        assert_eq!(wrapped("Donaudampfschifffahrt", 10.0, 20.0), ["Donaudampfschifffahrt"]);
        assert!(wrapped(" ", 10.0, 20.0).is_empty());
    }
}
