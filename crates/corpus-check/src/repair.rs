//! Faulty bytes and characters of a line, and the repaired text.

use std::ops::Range;

use glosser_text::{is_unprintable, printable};

use crate::entities::entities;
use crate::invisible::{invisible, may_be_invisible};
use crate::kind::Kind;
use crate::mixed_scripts::{is_change_of_script, mixed_scripts};
use crate::mojibake::{double_encoded, may_be_double_encoded, partly_double_encoded};
use crate::windows::windows_1252;

const BYTE_ORDER_MARK: char = '\u{FEFF}';

/// The longest excerpt in characters.
const EXCERPT: usize = 48;

/// A line as repaired text, with its faults.
#[derive(Debug, Default)]
pub(crate) struct RepairedLine {
    /// The text without the faults that can be repaired; tabs stay.
    pub(crate) text: String,
    /// The first fault of each kind.
    pub(crate) faults: Vec<Fault>,
}

/// A fault in the bytes or characters of a line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) kind: Kind,
    /// The one-based byte within the line.
    pub(crate) column: usize,
    /// The text around it, with invisible characters escaped.
    pub(crate) excerpt: String,
}

/// A part of a text with a fault, and the text to put in its place.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Edit {
    pub(crate) range: Range<usize>,
    pub(crate) kind: Kind,
    pub(crate) instead: String,
}

impl RepairedLine {
    /// Repairs a line without its line end. A byte order mark is expected only at the start of the first line.
    pub(crate) fn new(bytes: &[u8], line: usize) -> Self {
        if let Some(text) = faultless(bytes) {
            return Self { text: text.to_owned(), faults: Vec::new() };
        }
        let mut repair = Repair { bytes, text: String::new(), origins: Vec::new(), faults: Vec::new() };
        repair.decode();
        // A repair can bring another fault to light: `&amp;lt;` or `&Atilde;&copy;`.
        loop {
            let edits = edits(&repair.text, line);
            if edits.is_empty() {
                break;
            }
            repair.apply(edits);
        }
        if let Some(at) = partly_double_encoded(&repair.text) {
            repair.note(Kind::PartlyDoubleEncoded, at);
        }
        Self { text: repair.text, faults: repair.faults }
    }
}

/// Returns the text of bytes that are UTF-8 and have no character that can be a fault.
fn faultless(bytes: &[u8]) -> Option<&str> {
    let text = str::from_utf8(bytes).ok()?;
    if bytes.iter().all(|byte| matches!(byte, b' '..=b'%' | b'\''..=b'~' | b'\t')) {
        return Some(text);
    }
    let mut before = ' ';
    let is_suspicious = |c: char| {
        let is_fault = c == '&' || fault_of(c, 1, 2).is_some() || may_be_invisible(c);
        let is_suspicious = is_fault || may_be_double_encoded(before, c) || is_change_of_script(before, c);
        before = c;
        is_suspicious
    };
    (!text.contains(is_suspicious)).then_some(text)
}

/// Returns the next repairs of a text.
fn edits(text: &str, line: usize) -> Vec<Edit> {
    let characters = |text: &str| {
        let faults = text.char_indices().filter_map(|(at, c)| {
            let (kind, instead) = fault_of(c, at, line)?;
            Some(Edit { range: at..at + c.len_utf8(), kind, instead: instead.into_iter().collect() })
        });
        faults.collect()
    };
    // Double encoding comes first, because the second half of such a character can be a control character.
    type Finder<'a> = &'a dyn Fn(&str) -> Vec<Edit>;
    let finders: [Finder; 5] = [&double_encoded, &characters, &entities, &invisible, &mixed_scripts];
    finders.into_iter().map(|find| find(text)).find(|edits| !edits.is_empty()).unwrap_or_default()
}

/// A line while it is repaired.
struct Repair<'a> {
    bytes: &'a [u8],
    text: String,
    /// For each byte of `text`, the byte of the line that it comes from.
    origins: Vec<usize>,
    faults: Vec<Fault>,
}

impl Repair<'_> {
    /// Decodes the bytes of the line.
    fn decode(&mut self) {
        let mut at = 0;
        for chunk in self.bytes.utf8_chunks() {
            self.text.push_str(chunk.valid());
            self.origins.extend(at..at + chunk.valid().len());
            at += chunk.valid().len();
            if !chunk.invalid().is_empty() {
                self.text.push_str(&decoded(chunk.invalid()));
                self.origins.resize(self.text.len(), at);
                self.note_at(Kind::NotUtf8, at);
                at += chunk.invalid().len();
            }
        }
    }

    /// Makes edits that are in the order of the text.
    fn apply(&mut self, edits: Vec<Edit>) {
        let mut text = String::with_capacity(self.text.len());
        let mut origins = Vec::with_capacity(self.origins.len());
        let mut done = 0;
        for edit in edits {
            self.note(edit.kind, edit.range.start);
            text.push_str(&self.text[done..edit.range.start]);
            origins.extend_from_slice(&self.origins[done..edit.range.start]);
            text.push_str(&edit.instead);
            origins.resize(text.len(), self.origins[edit.range.start]);
            done = edit.range.end;
        }
        text.push_str(&self.text[done..]);
        origins.extend_from_slice(&self.origins[done..]);
        (self.text, self.origins) = (text, origins);
    }

    fn note(&mut self, kind: Kind, at: usize) {
        self.note_at(kind, self.origins[at]);
    }

    fn note_at(&mut self, kind: Kind, origin: usize) {
        if self.faults.iter().all(|fault| fault.kind != kind) {
            self.faults.push(Fault { kind, column: origin + 1, excerpt: around(self.bytes, origin) });
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
fn decoded(bytes: &[u8]) -> String {
    let is_writing = |c: &char| c.is_alphabetic() || "‚„…‘’“”–—‹›«»¿¡€".contains(*c);
    let chars: Vec<char> = bytes.iter().map(|byte| windows_1252(*byte)).collect();
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
            // Joiners are parts of words and emoji.
            '\u{200C}' | '\u{200D}' => result.push(c),
            _ if is_unprintable(c) => result.push_str(&printable(c.encode_utf8(&mut [0; 4]))),
            _ if c == BYTE_ORDER_MARK || may_be_invisible(c) => result.extend(c.escape_unicode()),
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
            (b"a &amp; b", "a & b", Kind::Entities, 3),
            ("a\u{200B}b".as_bytes(), "ab", Kind::Invisible, 2),
            ("cafÃ©".as_bytes(), "café", Kind::DoubleEncoded, 4),
            ("the \u{441}at".as_bytes(), "the cat", Kind::MixedScripts, 5),
            ("cafÃ© “x”".as_bytes(), "cafÃ© “x”", Kind::PartlyDoubleEncoded, 4),
        ] {
            assert_eq!(faults(bytes, 2), (text.to_owned(), vec![(kind, column)]), "{bytes:?}");
        }
        assert_eq!(faults(b"\xEF\xBB\xBFb", 1), ("b".to_owned(), vec![(Kind::Bom, 1)]));
    }

    #[test]
    fn one_repair_can_bring_another_fault_to_light() {
        for (text, expected, found) in [
            ("a\0b &amp;lt;i&amp;gt;", "ab <i>", vec![(Kind::Nul, 2), (Kind::Entities, 5)]),
            ("caf&Atilde;&copy;", "café", vec![(Kind::Entities, 4), (Kind::DoubleEncoded, 4)]),
            ("\0x &#8203;y", "x y", vec![(Kind::Nul, 1), (Kind::Entities, 4), (Kind::Invisible, 4)]),
            ("cafÃƒÂ©", "café", vec![(Kind::DoubleEncoded, 4)]),
            ("Ã\u{85}land\tÅland", "Åland\tÅland", vec![(Kind::DoubleEncoded, 1)]),
        ] {
            assert_eq!(faults(text.as_bytes(), 2), (expected.to_owned(), found), "{text}");
        }
    }

    #[test]
    fn text_without_faults_stays_unchanged() {
        for text in
            ["", "a dog", "ein\tHund läuft 🐕", "\u{A0}x y e\u{301}", "Q&A", "« fermé\u{A0}»", "Он сказал: «всё»"]
        {
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
            let faults = RepairedLine::new(text.as_bytes(), line).faults;
            prop_assert!(faults.iter().all(|fault| fault.kind == Kind::PartlyDoubleEncoded), "{faults:?}");
            prop_assert!(!excerpt(&text).contains(char::is_control));
        }
    }
}
