//! HTML entities in a text, and the characters that they stand for.

use quick_xml::escape::resolve_html5_entity;

use crate::kind::Kind;
use crate::repair::Edit;
use crate::windows::windows_1252;

/// The longest name has 31 letters (`CounterClockwiseContourIntegral`).
const LONGEST_NAME: usize = 31;

/// Returns an edit for each entity. A tab or line end becomes a space, because it would separate columns or lines.
pub(crate) fn entities(text: &str) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut from = 0;
    while let Some(start) = text[from..].find('&').map(|at| from + at) {
        from = start + 1;
        let Some((name, _)) = text[from..].split_once(';') else { break };
        if let Some(decoded) = decoded(name) {
            from += name.len() + 1;
            edits.push(Edit { range: start..from, kind: Kind::Entities, instead: decoded });
        }
    }
    edits
}

fn decoded(name: &str) -> Option<String> {
    if name.len() > LONGEST_NAME {
        return None;
    }
    let characters = match name.strip_prefix('#') {
        Some(number) => String::from(character(number)?),
        None => resolve_html5_entity(name)?.to_owned(),
    };
    Some(characters.replace(['\t', '\n', '\r'], " "))
}

/// Returns the character of a decimal number, or of a hexadecimal one after `x`. Numbers from 128 to 159 are read as
/// Windows-1252, as browsers do (HTML Living Standard, section 13.2.5.80).
fn character(number: &str) -> Option<char> {
    let (digits, radix) = number.strip_prefix(['x', 'X']).map_or((number, 10), |digits| (digits, 16));
    if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let code = u32::from_str_radix(digits, radix).ok()?;
    match u8::try_from(code) {
        Ok(byte @ 0x80..=0x9F) => Some(windows_1252(byte)).filter(|c| *c != '\0'),
        _ => char::from_u32(code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(text: &str) -> String {
        let mut decoded = text.to_owned();
        for edit in entities(text).into_iter().rev() {
            decoded.replace_range(edit.range, &edit.instead);
        }
        decoded
    }

    #[test]
    fn named_and_numbered_entities_are_decoded() {
        for (text, expected) in [
            ("R&amp;D &lt;b&gt;", "R&D <b>"),
            ("&quot;&apos;&#39;&#x27;&#X27;", "\"''''"),
            ("caf&eacute;&nbsp;&hellip;", "café\u{A0}…"),
            ("don&#146;t &#8364; &#x1F600;", "don’t € 😀"),
            ("a&Tab;b&#10;c", "a b c"),
            ("&amp;lt;", "&lt;"),
            ("&&amp;;", "&&;"),
        ] {
            assert_eq!(decode(text), expected);
        }
    }

    #[test]
    fn other_ampersands_are_kept() {
        for text in ["", "AT&T", "Q&A;", "a & b; c", "&amp", "&#xD800;", "&#;", "&#x;", "&#-1;", "&#129;", "a &;"] {
            assert!(entities(text).is_empty(), "{text}");
        }
    }
}
