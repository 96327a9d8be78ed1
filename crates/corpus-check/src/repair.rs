//! Faulty bytes and characters of a line, and the repaired text.

use crate::kind::Kind;

const BYTE_ORDER_MARK: char = '\u{FEFF}';

/// The longest excerpt in characters.
const EXCERPT: usize = 48;

/// A line as repaired text, with the faults of its bytes.
#[derive(Debug, Default)]
pub(crate) struct RepairedLine {
    /// Without NUL, byte order marks, control characters and line separators; tabs stay.
    pub(crate) text: String,
    /// The first fault of each kind.
    pub(crate) faults: Vec<Fault>,
}

/// A fault in the bytes of a line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) kind: Kind,
    /// The one-based byte within the line.
    pub(crate) column: usize,
    /// The text around it, with invisible characters escaped.
    pub(crate) excerpt: String,
}

impl RepairedLine {
    /// Repairs a line without its line end. A byte order mark is expected only at the start of the first line.
    pub(crate) fn new(bytes: &[u8], line: usize) -> Self {
        // The common case: printable ASCII.
        if bytes.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\t')) {
            return Self { text: bytes.iter().map(|byte| char::from(*byte)).collect(), faults: Vec::new() };
        }
        let mut repaired = Self { text: String::with_capacity(bytes.len()), faults: Vec::new() };
        let mut at = 0;
        for chunk in bytes.utf8_chunks() {
            for c in chunk.valid().chars() {
                match fault_of(c, at, line) {
                    None => repaired.text.push(c),
                    Some((kind, instead)) => {
                        repaired.text.extend(instead);
                        repaired.note(kind, at, bytes);
                    }
                }
                at += c.len_utf8();
            }
            if !chunk.invalid().is_empty() {
                repaired.text.push_str(&windows_1252(chunk.invalid()));
                repaired.note(Kind::NotUtf8, at, bytes);
                at += chunk.invalid().len();
            }
        }
        repaired
    }

    fn note(&mut self, kind: Kind, at: usize, bytes: &[u8]) {
        if self.faults.iter().all(|fault| fault.kind != kind) {
            self.faults.push(Fault { kind, column: at + 1, excerpt: around(bytes, at) });
        }
    }
}

/// Returns the fault of a character, and its replacement.
fn fault_of(c: char, at: usize, line: usize) -> Option<(Kind, Option<char>)> {
    match c {
        '\t' => None,
        '\0' => Some((Kind::Nul, None)),
        '\r' => Some((Kind::CarriageReturn, Some(' '))),
        '\u{85}' | '\u{2028}' | '\u{2029}' => Some((Kind::LineSeparator, Some(' '))),
        BYTE_ORDER_MARK if at == 0 && line == 1 => Some((Kind::Bom, None)),
        BYTE_ORDER_MARK => Some((Kind::BomInside, None)),
        _ if c.is_control() => Some((Kind::Control, None)),
        _ => None,
    }
}

/// Decodes bytes as Windows-1252 if the result has only letters and punctuation; else returns a U+FFFD for each.
fn windows_1252(bytes: &[u8]) -> String {
    /// Windows-1252 from 0x80 to 0x9F, where Latin-1 has control characters.
    const HIGH: [char; 32] = [
        '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0', '‘', '’', '“', '”',
        '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
    ];
    let chars = bytes.iter().map(|byte| match byte {
        0x80..=0x9F => HIGH[usize::from(byte - 0x80)],
        _ => char::from(*byte),
    });
    let chars: Vec<char> = chars.collect();
    let is_writing = |c: &char| c.is_alphabetic() || "‚„…‘’“”–—‹›«»¿¡€".contains(*c);
    if chars.iter().all(is_writing) {
        chars.into_iter().collect()
    } else {
        bytes.iter().map(|_| char::REPLACEMENT_CHARACTER).collect()
    }
}

/// The text around a byte.
fn around(bytes: &[u8], at: usize) -> String {
    let start = at.saturating_sub(EXCERPT / 2);
    let end = (at + EXCERPT / 2).min(bytes.len());
    // A character cut in half at either end is not a fault of the text.
    let starts = |byte: u8| byte & 0xC0 != 0x80;
    let start = (start..at).find(|at| *at == 0 || starts(bytes[*at])).unwrap_or(at);
    let end = (end..bytes.len()).take(3).find(|at| starts(bytes[*at])).unwrap_or(end.max(bytes.len().min(end + 3)));
    let mut text = String::new();
    for chunk in bytes[start..end].utf8_chunks() {
        text.push_str(&escaped(chunk.valid()));
        chunk.invalid().iter().for_each(|byte| text.push_str(&format!("\\x{byte:02X}")));
    }
    text
}

/// The beginning of a text, safe to print.
pub(crate) fn excerpt(text: &str) -> String {
    escaped(&glosser_text::excerpt(text, EXCERPT))
}

fn escaped(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' => result.push_str("\\t"),
            '\r' => result.push_str("\\r"),
            '\0' => result.push_str("\\0"),
            BYTE_ORDER_MARK | '\u{2028}' | '\u{2029}' => result.extend(c.escape_unicode()),
            _ if c.is_control() => result.extend(c.escape_unicode()),
            _ => result.push(c),
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn faults(bytes: &[u8], line: usize) -> (String, Vec<(Kind, usize)>) {
        let repaired = RepairedLine::new(bytes, line);
        (repaired.text, repaired.faults.iter().map(|fault| (fault.kind, fault.column)).collect())
    }

    #[test]
    fn each_fault_is_reported_with_its_byte_and_repaired() {
        for (bytes, text, kind, column) in [
            (&b"a\0b"[..], "ab", Kind::Nul, 2),
            (b"a\rb", "a b", Kind::CarriageReturn, 2),
            (b"gr\xC3\xBCn\xC2\x85b", "grün b", Kind::LineSeparator, 6),
            (b"a\xE2\x80\xA8b", "a b", Kind::LineSeparator, 2),
            (b"a\xE2\x80\xA9b", "a b", Kind::LineSeparator, 2),
            (b"a\xEF\xBB\xBFb", "ab", Kind::BomInside, 2),
            (b"\xEF\xBB\xBFb", "b", Kind::BomInside, 1),
            (b"a\x07b", "ab", Kind::Control, 2),
            (b"a\x7F", "a", Kind::Control, 2),
            (b"M\xFCnchen", "München", Kind::NotUtf8, 2),
            (b"don\x92t", "don’t", Kind::NotUtf8, 4),
            (b"a\xD7b", "a\u{FFFD}b", Kind::NotUtf8, 2),
        ] {
            assert_eq!(faults(bytes, 2), (text.to_owned(), vec![(kind, column)]), "{bytes:?}");
        }
        assert_eq!(faults(b"\xEF\xBB\xBFb", 1), ("b".to_owned(), vec![(Kind::Bom, 1)]));
    }

    #[test]
    fn text_without_faults_stays_unchanged() {
        for text in ["", "a dog", "ein\tHund läuft 🐕", "\u{A0}x\u{200B}y e\u{301}"] {
            assert_eq!(faults(text.as_bytes(), 1), (text.to_owned(), vec![]));
        }
    }

    #[test]
    fn an_excerpt_escapes_invisible_characters_and_cuts_none_in_half() {
        let line = format!("{}\0{}", "ü".repeat(40), "ä".repeat(40));
        let excerpt = &RepairedLine::new(line.as_bytes(), 2).faults[0].excerpt;
        assert_eq!(excerpt, &format!("{}\\0{}", "ü".repeat(12), "ä".repeat(12)));
        assert_eq!(RepairedLine::new(b"ab\xFFcd", 2).faults[0].excerpt, "ab\\xFFcd");
    }

    proptest! {
        #[test]
        fn a_repaired_line_has_no_fault(bytes: Vec<u8>, line in 1_usize..3) {
            let text = RepairedLine::new(&bytes, line).text;
            prop_assert_eq!(RepairedLine::new(text.as_bytes(), line).faults, vec![]);
            prop_assert!(!excerpt(&text).contains(char::is_control));
        }
    }
}
