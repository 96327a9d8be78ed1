//! Recognises a translation memory by its first bytes.

/// The order of the two bytes of a UTF-16 unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ByteOrder {
    Little,
    Big,
}

/// The format of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// Lines of text.
    Lines,
    /// XML in UTF-8 (`order` is `None`) or UTF-16, after a byte order mark of `mark` bytes.
    Tmx { order: Option<ByteOrder>, mark: usize },
}

/// The number of bytes after which the format is decided in any case.
pub(crate) const ENOUGH: usize = 256;

/// The beginnings of a translation memory, with which a TSV is unlikely to begin.
const OPENINGS: [&[u8]; 4] = [b"<?xml", b"<tmx>", b"<tmx ", b"<!DOCTYPE tmx"];

/// Returns the format of a text that begins with these bytes; `None` if more bytes are needed.
pub(crate) fn look(bytes: &[u8]) -> Option<Start> {
    let (order, mark) = match bytes {
        [0xEF, 0xBB, 0xBF, ..] => (None, 3),
        [0xFF, 0xFE, ..] => (Some(ByteOrder::Little), 2),
        [0xFE, 0xFF, ..] => (Some(ByteOrder::Big), 2),
        [b'<', 0, ..] => (Some(ByteOrder::Little), 0),
        [0, b'<', ..] => (Some(ByteOrder::Big), 0),
        [] | [0xEF | 0xFF | 0xFE | b'<' | 0] | [0xEF, 0xBB] => return None,
        _ => (None, 0),
    };
    let text = ascii(&bytes[mark..], order);
    let white = text.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let text: Vec<u8> =
        text[white..].iter().map(|byte| if byte.is_ascii_whitespace() { b' ' } else { *byte }).collect();
    if OPENINGS.iter().any(|opening| text.starts_with(opening)) {
        return Some(Start::Tmx { order, mark });
    }
    let may_be = OPENINGS.iter().any(|opening| opening.starts_with(&text));
    (!may_be || bytes.len() >= ENOUGH).then_some(Start::Lines)
}

/// Converts the beginning to ASCII; other characters become 0xFF.
fn ascii(bytes: &[u8], order: Option<ByteOrder>) -> Vec<u8> {
    let Some(order) = order else { return bytes.to_vec() };
    let (units, _) = bytes.as_chunks::<2>();
    let unit = |[one, other]: &[u8; 2]| match (order, *one, *other) {
        (ByteOrder::Little, byte, 0) | (ByteOrder::Big, 0, byte) => byte,
        _ => 0xFF,
    };
    units.iter().map(unit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn a_translation_memory_is_recognised_by_its_first_tag_in_any_encoding() {
        let tmx = |order, mark| Some(Start::Tmx { order, mark });
        for text in ["<?xml version=\"1.0\"?>", " \r\n<tmx\nversion=\"1.4\">", "<tmx>", "<!DOCTYPE tmx SYSTEM \"t\">"] {
            assert_eq!(look(text.as_bytes()), tmx(None, 0), "{text}");
            assert_eq!(look(format!("\u{FEFF}{text}").as_bytes()), tmx(None, 3), "{text}");
            let marked = format!("\u{FEFF}{text}");
            assert_eq!(look(&utf16(&marked, u16::to_le_bytes)), tmx(Some(ByteOrder::Little), 2), "{text}");
            assert_eq!(look(&utf16(&marked, u16::to_be_bytes)), tmx(Some(ByteOrder::Big), 2), "{text}");
        }
        assert_eq!(look(&utf16("<tmx>", u16::to_le_bytes)), tmx(Some(ByteOrder::Little), 0));
        assert_eq!(look(&utf16("<tmx>", u16::to_be_bytes)), tmx(Some(ByteOrder::Big), 0));
    }

    #[test]
    fn other_text_is_lines_and_an_incomplete_tag_decides_nothing() {
        for text in [&b"ein\ta\n"[..], b"<b>\t", b"<tmx-like", b"\xFF\xFEa\0", b"\xEF\xBBx", b"\n\nein", b"<html>"] {
            assert_eq!(look(text), Some(Start::Lines), "{text:?}");
        }
        for text in [&b""[..], b"<", b"\xEF", b"\xEF\xBB\xBF", b" \n<?x", b"\xFE\xFF\0<\0t", b"\xFF\xFE<"] {
            assert_eq!(look(text), None, "{text:?}");
        }
        assert_eq!(look(&[b'\n'; ENOUGH]), Some(Start::Lines));
    }
}
