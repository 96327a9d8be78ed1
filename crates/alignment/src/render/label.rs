//! Words as they can be displayed: without control characters, cut to a width, protected from reordering, escaped for XML.

use unicode_width::UnicodeWidthStr;

/// Sets the direction of neutral characters beside it to left-to-right; has no width itself.
const LEFT_TO_RIGHT_MARK: char = '\u{200E}';

/// Displayed as the translation of a word without links.
pub(crate) const NO_LINK: &str = "–";

/// Joins the words at `positions` (ascending) to one text: a space between neighbours, an ellipsis for a gap, and `–` if
/// `positions` is empty.
///
/// ```
/// let words = ["je", "ne", "vois", "pas"];
/// assert_eq!(glosser_alignment::phrase(&words, &[0, 1, 3]), "je ne…pas");
/// assert_eq!(glosser_alignment::phrase(&words, &[]), "–");
/// ```
///
/// # Panics
/// If a position is beyond the end of `words`.
pub fn phrase<S: AsRef<str>>(words: &[S], positions: &[usize]) -> String {
    let mut text = String::new();
    let mut previous: Option<usize> = None;
    for position in positions.iter().copied() {
        match previous {
            Some(previous) if previous + 1 == position => text.push(' '),
            Some(_) => text.push('…'),
            None => {}
        }
        text.push_str(words[position].as_ref());
        previous = Some(position);
    }
    if text.is_empty() { NO_LINK.to_owned() } else { text }
}

/// Replaces every character that would control a terminal, change the direction of the text around it, or make XML
/// invalid, with U+FFFD.
pub(crate) fn clean(word: &str) -> String {
    word.chars().map(|c| if is_unsafe(c) { '\u{FFFD}' } else { c }).collect()
}

fn is_unsafe(c: char) -> bool {
    // Line and paragraph separators and direction overrides; direction isolates; non-characters.
    c.is_control() || matches!(c, '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FFFE}'..='\u{FFFF}')
}

/// Escapes a text for the content and the double-quoted attributes of XML and HTML elements.
pub fn escape_xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Cuts a word to `limit` columns, with `ellipsis` at the end if anything was cut. Returns an empty text for a limit of 0.
pub(crate) fn abbreviate(word: &str, limit: usize, ellipsis: char) -> String {
    if word.width() <= limit {
        return word.to_owned();
    }
    if limit == 0 {
        return String::new();
    }
    let ends = word.char_indices().map(|(at, c)| at + c.len_utf8());
    // Combining marks have no width, so they stay with the last character.
    let end = ends.take_while(|end| word[..*end].width() < limit).last().unwrap_or(0);
    format!("{}{ellipsis}", &word[..end])
}

/// Puts left-to-right marks around a right-to-left word, so that a terminal does not reorder the text beside it.
pub(crate) fn isolate(word: &str) -> String {
    if word.chars().any(is_right_to_left) {
        format!("{LEFT_TO_RIGHT_MARK}{word}{LEFT_TO_RIGHT_MARK}")
    } else {
        word.to_owned()
    }
}

/// Whether a character is in a Unicode block for a right-to-left script: Hebrew, Arabic, Syriac, Thaana, N'Ko and others.
pub(crate) fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{0590}'..='\u{08FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFE}'
        | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}')
}
