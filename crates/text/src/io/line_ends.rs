//! Characters that some program treats as the end of a line.

/// Whether some program treats this character as the end of a line or of the text: NUL, line feed, vertical tab, form
/// feed, carriage return, U+001C to U+001E, U+0085, U+2028 and U+2029.
///
/// In this crate only a line feed ends a line. Output for other programs has none of these characters within a line:
/// C programs stop at a NUL, and Python's `splitlines` splits at all others.
pub fn is_line_end(c: char) -> bool {
    matches!(c, '\0' | '\n'..='\r' | '\u{1C}'..='\u{1E}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_these_characters_are_line_ends() {
        let ends = "\0\n\u{B}\u{C}\r\u{1C}\u{1D}\u{1E}\u{85}\u{2028}\u{2029}";
        let found: String = (0..=0x10_FFFF).filter_map(char::from_u32).filter(|c| is_line_end(*c)).collect();
        assert_eq!(found, ends);
    }
}
