//! Words as they can be shown: without control characters, in a given width, in their place.

use unicode_width::UnicodeWidthStr;

/// Marks a place as left-to-right without being seen.
const LEFT_TO_RIGHT: char = '\u{200E}';

/// The word with a replacement for each character that would act on a terminal or make XML invalid: control
/// characters, and those that set the direction of the text around them.
pub(crate) fn clean(word: &str) -> String {
    word.chars().map(|c| if acts(c) { '\u{FFFD}' } else { c }).collect()
}

fn acts(c: char) -> bool {
    // Line and paragraph separators and direction overrides; direction isolates; no characters at all.
    c.is_control() || matches!(c, '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FFFE}'..='\u{FFFF}')
}

/// The word, or as much of it as leaves room for the ellipsis in `limit` columns; nothing in no columns.
pub(crate) fn abbreviate(word: &str, limit: usize, ellipsis: char) -> String {
    if word.width() <= limit {
        return word.to_owned();
    }
    if limit == 0 {
        return String::new();
    }
    let ends = word.char_indices().map(|(at, c)| at + c.len_utf8());
    // Marks that combine with the last character add no width, so they stay with it.
    let end = ends.take_while(|end| word[..*end].width() < limit).last().unwrap_or(0);
    format!("{}{ellipsis}", &word[..end])
}

/// The word between marks that keep a terminal from reordering what stands beside it, if it is written from right
/// to left.
pub(crate) fn isolate(word: &str) -> String {
    if word.chars().any(is_right_to_left) { format!("{LEFT_TO_RIGHT}{word}{LEFT_TO_RIGHT}") } else { word.to_owned() }
}

/// Hebrew, Arabic, Syriac, Thaana, N'Ko and their relatives: the blocks that Unicode sets aside for such scripts.
pub(crate) fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{0590}'..='\u{08FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFE}'
        | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}')
}
