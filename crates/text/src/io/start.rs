//! Recognises the encoding of a text and a translation memory by their first bytes.

/// The order of the two bytes of a UTF-16 unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ByteOrder {
    Little,
    Big,
}

/// The encoding of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// UTF-8, or another one that extends ASCII.
    Bytes,
    /// UTF-16, after a byte order mark of `mark` bytes.
    Utf16 { order: ByteOrder, mark: usize },
    /// UTF-32, which no program writes by default.
    Utf32,
}

/// The format of a text in UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// Lines of text.
    Lines,
    /// XML, after a byte order mark of `mark` bytes.
    Tmx { mark: usize },
}

/// More bytes that are needed for a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum More {
    One,
    /// All up to the next `>`.
    ToEndOfTag,
}

/// The number of bytes after which the format is decided in any case.
pub(crate) const ENOUGH: usize = 1 << 16;

/// The beginnings of a translation memory, with which a TSV is unlikely to begin.
const OPENINGS: [&[u8]; 4] = [b"<?xml", b"<tmx>", b"<tmx ", b"<!DOCTYPE tmx"];

/// What may precede them, with its end.
const SKIPPED: [(&[u8], &[u8]); 2] = [(b"<!--", b"-->"), (b"<?", b"?>")];

/// Returns the encoding of a text that begins with these bytes; `None` if more bytes are needed.
///
/// Without a byte order mark, a text is UTF-16 if its first two characters are ASCII: in UTF-8, every other byte of them
/// would be a NUL.
pub(crate) fn encoding(bytes: &[u8]) -> Option<Encoding> {
    let is_ascii = |byte: u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~');
    let utf16 = |order, mark| Some(Encoding::Utf16 { order, mark });
    match *bytes {
        [0xFF, 0xFE, 0, 0] | [0, 0, 0xFE, 0xFF] => Some(Encoding::Utf32),
        [0xFF, 0xFE, other, ..] if other != 0 || bytes.len() > 3 => utf16(ByteOrder::Little, 2),
        [0xFE, 0xFF, ..] => utf16(ByteOrder::Big, 2),
        [a, 0, b, 0] if is_ascii(a) && is_ascii(b) => utf16(ByteOrder::Little, 0),
        [0, a, 0, b] if is_ascii(a) && is_ascii(b) => utf16(ByteOrder::Big, 0),
        [] | [0xFF | 0xFE | 0] | [0xFF, 0xFE] | [0xFF, 0xFE, 0] | [0, 0] | [0, 0, 0xFE] => None,
        // The end of a typed line must not be waited for.
        [a] if a != b'\n' && is_ascii(a) => None,
        [a, 0] if is_ascii(a) => None,
        [0, a] if is_ascii(a) => None,
        [a, 0, b] if is_ascii(a) && is_ascii(b) => None,
        [0, a, 0] if is_ascii(a) => None,
        _ => Some(Encoding::Bytes),
    }
}

/// Returns the format of a text in UTF-8 that begins with these bytes.
///
/// # Errors
/// The bytes that are needed for a decision.
pub(crate) fn look(bytes: &[u8]) -> Result<Start, More> {
    let mark = match bytes {
        [0xEF, 0xBB, 0xBF, ..] => 3,
        [] | [0xEF] | [0xEF, 0xBB] => return Err(More::One),
        _ => 0,
    };
    let mut text = bytes[mark..].trim_ascii_start();
    loop {
        let is_opening = |opening: &&[u8]| match opening.split_last() {
            Some((b' ', name)) => text.starts_with(name) && text.get(name.len()).is_some_and(u8::is_ascii_whitespace),
            _ => text.starts_with(opening),
        };
        if OPENINGS.iter().any(is_opening) {
            return Ok(Start::Tmx { mark });
        }
        if bytes.len() >= ENOUGH {
            return Ok(Start::Lines);
        }
        if OPENINGS.iter().any(|opening| opening.starts_with(text)) || b"<!--".starts_with(text) {
            return Err(More::One);
        }
        let Some((_, end)) = SKIPPED.iter().find(|(start, _)| text.starts_with(start)) else {
            return Ok(Start::Lines);
        };
        let Some(at) = text.windows(end.len()).position(|found| found == *end) else { return Err(More::ToEndOfTag) };
        text = text[at + end.len()..].trim_ascii_start();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    /// The encoding after the fewest bytes that decide it.
    fn decided(bytes: &[u8]) -> Option<Encoding> {
        (0..=bytes.len()).find_map(|end| encoding(&bytes[..end]))
    }

    #[test]
    fn utf_16_is_recognised_by_its_mark_or_by_two_ascii_characters() {
        for (order, to_bytes) in
            [(ByteOrder::Little, u16::to_le_bytes as fn(u16) -> [u8; 2]), (ByteOrder::Big, u16::to_be_bytes)]
        {
            for text in ["\u{FEFF}", "\u{FEFF}שלום", "\u{FEFF}a\n"] {
                let bytes = [utf16(text, to_bytes), vec![b'x'; 4]].concat();
                assert_eq!(decided(&bytes), Some(Encoding::Utf16 { order, mark: 2 }), "{text} {order:?}");
            }
            for text in ["<tmx>", "a\tb", "x\r\n"] {
                assert_eq!(
                    decided(&utf16(text, to_bytes)),
                    Some(Encoding::Utf16 { order, mark: 0 }),
                    "{text} {order:?}"
                );
            }
        }
        for bytes in [&b"\xFF\xFE\0\0a\0\0\0"[..], b"\0\0\xFE\xFF\0\0\0a"] {
            assert_eq!(decided(bytes), Some(Encoding::Utf32));
        }
    }

    #[test]
    fn other_bytes_are_decided_before_the_end_of_a_typed_line() {
        for bytes in [&b"\n"[..], b"a\n", b"ab", b"\xC3\xA4", b"a\0b\n", b"\0a\n", b"\xFFa", b"\0\0\n", b"\xEF\xBB"] {
            assert_eq!(decided(bytes), Some(Encoding::Bytes), "{bytes:?}");
        }
    }

    #[test]
    fn a_translation_memory_is_recognised_by_its_first_tag_after_comments() {
        for before in ["", "<!-- by hand -->\n", "<?pi a?><!-- <tmx-like> -- >\n -->", "\n\t<?pi?>"] {
            for text in
                ["<?xml version=\"1.0\"?>", " \r\n<tmx\nversion=\"1.4\">", "<tmx>", "<!DOCTYPE tmx SYSTEM \"t\">"]
            {
                let text = format!("{before}{text}");
                assert_eq!(look(text.as_bytes()), Ok(Start::Tmx { mark: 0 }), "{text}");
                assert_eq!(look(format!("\u{FEFF}{text}").as_bytes()), Ok(Start::Tmx { mark: 3 }), "{text}");
            }
        }
    }

    #[test]
    fn other_text_is_lines_and_an_incomplete_tag_decides_nothing() {
        for text in
            [&b"ein\ta\n"[..], b"<b>\t", b"<tmx-like", b"\xEF\xBBx", b"\n\nein", b"<html>", b"<!-- a -->\tb", b"<!x"]
        {
            assert_eq!(look(text), Ok(Start::Lines), "{text:?}");
        }
        for text in [&b""[..], b"<", b"\xEF", b"\xEF\xBB\xBF", b" \n<?x", b"<!-- a --><"] {
            assert_eq!(look(text), Err(More::One), "{text:?}");
        }
        for text in [&b"<!-- a -"[..], b"<?php"] {
            assert_eq!(look(text), Err(More::ToEndOfTag), "{text:?}");
        }
        assert_eq!(look(&[&b"<!--"[..], &[b'-'; ENOUGH]].concat()), Ok(Start::Lines));
    }
}
