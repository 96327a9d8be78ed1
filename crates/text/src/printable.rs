//! Text as a terminal can show it: characters that would control the terminal are written as escapes.

use std::borrow::Cow;

/// Returns whether a character must not reach a terminal or a message as it is: control characters (escape sequences
/// begin with one), the ends of lines and paragraphs, and the characters that turn the direction of the text after
/// them.
///
/// ```
/// assert!("\n\t\u{1b}\u{7f}\u{9b}\u{2028}\u{202e}\u{2066}".chars().all(glosser_text::is_unprintable));
/// // A joiner, and a mark that sets no direction but its own.
/// assert!(!"aß狗 \u{200d}\u{200e}🐕".contains(glosser_text::is_unprintable));
/// ```
pub fn is_unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Returns a text in which every character that [`is_unprintable`] is an escape: `\0`, `\t`, `\n`, `\r`, or its number,
/// such as `\u{1b}`.
///
/// ```
/// assert_eq!(glosser_text::printable("\u{1b}[2Jeine\tKatze"), "\\u{1b}[2Jeine\\tKatze");
/// ```
pub fn printable(text: &str) -> Cow<'_, str> {
    escaped(text, is_unprintable)
}

/// [`printable`] for a message of several lines, which keeps its line feeds.
pub fn printable_lines(text: &str) -> Cow<'_, str> {
    escaped(text, |c| c != '\n' && is_unprintable(c))
}

fn escaped(text: &str, is_escaped: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&is_escaped) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            _ if !is_escaped(c) => safe.push(c),
            '\0' => safe.push_str("\\0"),
            '\t' | '\n' | '\r' => safe.extend(c.escape_default()),
            _ => safe.extend(c.escape_unicode()),
        }
    }
    Cow::Owned(safe)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn control_characters_are_escaped_and_other_text_is_borrowed() {
        for (text, expected) in [
            ("bell\u{7}", "bell\\u{7}"),
            ("\u{e}shift out", "\\u{e}shift out"),
            ("\u{1b}]0;title\u{7}", "\\u{1b}]0;title\\u{7}"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("\u{7f}", "\\u{7f}"),
            ("\u{202e}gnp.exe", "\\u{202e}gnp.exe"),
            ("\u{2067}a\u{2069}", "\\u{2067}a\\u{2069}"),
            ("a\r\nb\0", "a\\r\\nb\\0"),
        ] {
            assert_eq!(printable(text), expected);
        }
        assert_eq!(printable_lines("a\u{1b}\nb\u{7f}\n"), "a\\u{1b}\nb\\u{7f}\n");
        assert!(matches!(printable("Ein Hund, 狗 שלום 🐕"), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn nothing_unprintable_is_left_and_a_second_time_changes_nothing(text: String) {
            let safe = printable(&text);
            prop_assert!(!safe.contains(is_unprintable));
            prop_assert_eq!(printable(&safe), safe.clone());
        }
    }
}
