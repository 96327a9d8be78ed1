//! Wraps a text over a number of lines of about equal width.

use crate::inline::punctuation::{is_closing, is_space};
use glosser_text::is_unspaced;
use unicode_width::UnicodeWidthChar;

/// A part of a text that is not divided.
struct Piece {
    /// The byte of the text at which a new line can begin: that of the space before the piece, if there is one.
    start: usize,
    /// The width of the space before it.
    gap: usize,
    /// Its width, in columns of a terminal.
    width: usize,
}

/// Returns the bytes of a text at which its second and further lines begin. A line begins at a space, which is left
/// out, or between two characters of a script without spaces. No wider line is made than needed. A text with fewer
/// places to divide it has fewer lines.
pub(crate) fn line_starts(text: &str, lines: usize) -> Vec<usize> {
    if lines < 2 {
        return Vec::new();
    }
    let pieces = pieces(text);
    let (mut low, mut high) = (0, pieces.iter().map(|piece| piece.gap + piece.width).sum());
    while low < high {
        let middle = low + (high - low) / 2;
        if filled(&pieces, middle, lines).is_some() {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    filled(&pieces, low, lines).unwrap_or_default()
}

/// Fills lines of a width from the first one on, and returns their starts. `None` if there are too few lines.
fn filled(pieces: &[Piece], width: usize, lines: usize) -> Option<Vec<usize>> {
    let mut starts = Vec::new();
    let mut used = 0;
    for (number, piece) in pieces.iter().enumerate() {
        let is_first = number == 0;
        let end = used + piece.gap + piece.width;
        // Later lines would otherwise stay empty.
        let is_needed = pieces.len() - number < lines - starts.len();
        if is_first || (end <= width && !is_needed) {
            used = if is_first { piece.width } else { end };
        } else {
            starts.push(piece.start);
            used = piece.width;
        }
        if used > width || starts.len() >= lines {
            return None;
        }
    }
    Some(starts)
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = vec![Piece { start: 0, gap: 0, width: 0 }];
    let mut space = None;
    let mut last = None;
    for (at, c) in text.char_indices() {
        if is_space(c) {
            space.get_or_insert(at);
            continue;
        }
        let width = c.width().unwrap_or(0);
        match space.take() {
            Some(start) if last.is_some() => pieces.push(Piece { start, gap: 1, width: 0 }),
            None if last.is_some_and(|last| can_divide(last, c)) => pieces.push(Piece { start: at, gap: 0, width: 0 }),
            _ => {}
        }
        if let Some(piece) = pieces.last_mut() {
            piece.width += width;
        }
        last = Some(c);
    }
    pieces
}

/// Returns whether a line can end between two characters without a space between them: in Chinese and Japanese. Scripts
/// such as Thai need a dictionary for this.
fn can_divide(before: char, after: char) -> bool {
    let is_wide = |c: char| c.width() == Some(2);
    is_unspaced(after) && is_wide(after) && is_wide(before) && (is_unspaced(before) || is_closing(before))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(text: &str, lines: usize) -> Vec<String> {
        let mut wrapped = Vec::new();
        let mut at = 0;
        for start in line_starts(text, lines).into_iter().chain([text.len()]) {
            wrapped.push(text[at..start].trim().to_owned());
            at = start;
        }
        wrapped
    }

    #[test]
    fn lines_are_about_equally_wide() {
        for (text, lines, expected) in [
            ("The cat sleeps on the mat.", 1, vec!["The cat sleeps on the mat."]),
            ("The cat sleeps on the mat.", 2, vec!["The cat sleeps", "on the mat."]),
            ("The cat sleeps on the mat.", 3, vec!["The cat", "sleeps on", "the mat."]),
            ("I see an extraordinarily small cat.", 2, vec!["I see an extraordinarily", "small cat."]),
            ("One two.", 5, vec!["One", "two."]),
            ("a b c d", 3, vec!["a b", "c", "d"]),
            ("Cat", 2, vec!["Cat"]),
            ("", 2, vec![""]),
            // A character of Chinese is as wide as two Latin ones, and a line can end after each.
            ("我看见一只小猫。它睡了", 2, vec!["我看见一只小", "猫。它睡了"]),
            ("แมวนอนหลับ", 2, vec!["แมวนอนหลับ"]),
        ] {
            assert_eq!(wrapped(text, lines), expected, "{text}");
        }
    }
}
