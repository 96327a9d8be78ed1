//! The lines of a text, which end at `\n` only.

use std::io::BufRead;

use crate::error::TextError;

/// The reader behind [`open`](crate::open).
pub type TextReader = Box<dyn BufRead + Send>;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The lines of a reader, checked one by one.
///
/// A line ends at `\n` only; one `\r` before it is removed, and so is a byte order mark at the start of the file. The
/// last line may have no line end. A faulty line is an error for this line only, so a filter can report it and
/// continue; after a read error the iterator ends.
///
/// ```
/// let lines = glosser_text::Lines::new(&b"ja\r\nnein"[..], "answers.txt");
/// assert_eq!(lines.collect::<Result<Vec<_>, _>>()?, ["ja", "nein"]);
/// # Ok::<(), glosser_text::TextError>(())
/// ```
#[derive(Debug)]
pub struct Lines<R> {
    reader: R,
    name: String,
    line: usize,
    broken: bool,
}

impl<R: BufRead> Lines<R> {
    /// Reads from any reader; `name` is its name in messages.
    pub fn new(reader: R, name: impl Into<String>) -> Self {
        Self { reader, name: name.into(), line: 0, broken: false }
    }

    /// Returns the name of the file in messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the next line with its faults repaired, for filters that write a line for every line.
    ///
    /// # Errors
    /// Only those of reading; faults of the line are returned with it.
    pub fn next_lossy(&mut self) -> Option<Result<LossyLine, TextError>> {
        Some(self.next_raw()?.map(|bytes| self.repaired(&bytes)))
    }

    /// Returns the bytes of the next line without its end, unchecked.
    ///
    /// # Errors
    /// Those of reading.
    pub fn next_raw(&mut self) -> Option<Result<Vec<u8>, TextError>> {
        if self.broken {
            return None;
        }
        self.line += 1;
        let mut bytes = Vec::new();
        match self.reader.read_until(b'\n', &mut bytes) {
            Ok(0) => None,
            Ok(_) => {
                bytes.truncate(without_end(&bytes).len());
                Some(Ok(bytes))
            }
            Err(cause) => {
                self.broken = true;
                Some(Err(TextError::not_read(self.name.clone(), self.line, cause)))
            }
        }
    }

    fn repaired(&self, bytes: &[u8]) -> LossyLine {
        let mark = self.mark(bytes);
        let bytes = &bytes[mark..];
        let mut faults = Vec::new();
        let mut text = match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(error) => {
                faults.push(self.not_utf8(bytes, error.valid_up_to(), mark));
                String::from_utf8_lossy(bytes).into_owned()
            }
        };
        if text.contains('\0') {
            faults.push(TextError::Nul { file: self.name.clone(), line: self.line });
            text.retain(|c| c != '\0');
        }
        LossyLine { text, faults }
    }

    /// Returns the length of the byte order mark at the beginning of the first line, else 0.
    fn mark(&self, bytes: &[u8]) -> usize {
        if self.line == 1 && bytes.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 }
    }

    fn not_utf8(&self, bytes: &[u8], at: usize, mark: usize) -> TextError {
        TextError::NotUtf8 {
            file: self.name.clone(),
            line: self.line,
            column: mark + at + 1,
            byte: bytes[at],
            guess: likely_encoding(bytes),
        }
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = Result<String, TextError>;

    fn next(&mut self) -> Option<Self::Item> {
        let line = self.next_lossy()?;
        Some(line.and_then(|LossyLine { text, faults }| faults.into_iter().next().map_or(Ok(text), Err)))
    }
}

/// A line with its faults repaired.
#[derive(Debug)]
pub struct LossyLine {
    /// The text. Bytes that are not UTF-8 are replaced by U+FFFD, and NUL characters are removed.
    pub text: String,
    /// The faults of the line: [`TextError::NotUtf8`], [`TextError::Nul`], both, or none.
    pub faults: Vec<TextError>,
}

fn without_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

/// Returns whether some program treats this character as the end of a line or of the text: NUL, line feed, vertical
/// tab, form feed, carriage return, U+001C to U+001E, U+0085, U+2028 and U+2029.
///
/// In this crate only a line feed ends a line. Output for other programs has none of these characters within a line:
/// C programs stop at a NUL, and Python's `splitlines` splits at all others.
pub fn is_line_end(c: char) -> bool {
    matches!(c, '\0' | '\n'..='\r' | '\u{1C}'..='\u{1E}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Guesses the encoding for the remedy: UTF-16 has a byte order mark; most other files come from Windows.
pub(crate) fn likely_encoding(bytes: &[u8]) -> &'static str {
    match bytes {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => "UTF-16",
        _ => "WINDOWS-1252",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &[u8]) -> Vec<String> {
        Lines::new(bytes, "t.txt").collect::<Result<_, _>>().expect("good lines")
    }

    fn error(bytes: &[u8]) -> String {
        Lines::new(bytes, "t.txt").collect::<Result<Vec<_>, _>>().expect_err("a faulty line").to_string()
    }

    #[test]
    fn a_newline_at_the_end_is_optional_and_does_not_add_an_empty_line() {
        assert_eq!(lines(b"a\nb\n"), ["a", "b"]);
        assert_eq!(lines(b"a\nb"), ["a", "b"]);
        assert_eq!(lines(b"a\n\n"), ["a", ""]);
        assert!(lines(b"").is_empty());
    }

    #[test]
    fn one_carriage_return_is_removed_at_the_end_and_kept_elsewhere() {
        assert_eq!(lines(b"a\r\nb\rc\r\r\nd\r"), ["a", "b\rc\r", "d"]);
    }

    #[test]
    fn a_byte_order_mark_is_removed_at_the_start_of_the_file_only() {
        assert_eq!(lines("\u{FEFF}a\n\u{FEFF}b".as_bytes()), ["a", "\u{FEFF}b"]);
    }

    fn lossy(bytes: &[u8]) -> Vec<(String, usize)> {
        let mut lines = Lines::new(bytes, "t.txt");
        let lines = std::iter::from_fn(|| lines.next_lossy()).map(|line| line.expect("reading a slice"));
        lines.map(|line| (line.text, line.faults.len())).collect()
    }

    #[test]
    fn a_lossy_reader_returns_a_line_for_every_line() {
        let expected = [("ja", 0), ("M\u{FFFD}nchen", 1), ("ab", 1), ("", 0), ("\u{FFFD}", 2), ("", 1)];
        let expected = expected.map(|(text, faults)| (text.to_owned(), faults));
        assert_eq!(lossy(b"ja\nM\xFCnchen\na\0b\n\n\0\xFF\0\r\n\0"), expected);
    }

    #[test]
    fn a_byte_order_mark_is_removed_before_faulty_bytes_too() {
        assert_eq!(
            lossy(b"\xEF\xBB\xBFab\xFF\n\xEF\xBB\xBF\xFF"),
            [("ab\u{FFFD}".to_owned(), 1), ("\u{FEFF}\u{FFFD}".to_owned(), 1)]
        );
        assert_eq!(lossy(b"\xEF\xBB\xBF\0"), [(String::new(), 1)]);
    }

    #[test]
    fn separators_of_unicode_do_not_end_a_line() {
        let text = "a\u{2028}b\u{2029}c\u{85}d\u{B}e\u{C}f";
        assert_eq!(lines(text.as_bytes()), [text]);
    }

    #[test]
    fn bytes_that_are_not_utf8_are_reported_with_line_column_and_remedy() {
        let message = error(b"gut\nM\xFCnchen\n");
        assert!(message.starts_with("t.txt:2:2: byte 0xFC"), "{message}");
        assert!(message.contains("iconv -f WINDOWS-1252"), "{message}");
        assert!(error(b"\xEF\xBB\xBFab\xFF").starts_with("t.txt:1:6:"));
        assert!(error(b"\xFF\xFEa\0\n\0").contains("iconv -f UTF-16"));
    }

    #[test]
    fn a_nul_is_reported_with_its_line_and_remedy() {
        let message = error(b"gut\na\0b\n");
        assert!(message.starts_with("t.txt:2:") && message.contains("remove it"), "{message}");
    }

    #[test]
    fn the_line_after_a_faulty_one_can_still_be_read() {
        let lines: Vec<_> = Lines::new(&b"a\n\xFF\nb\n"[..], "t.txt").collect();
        assert!(lines[0].is_ok() && lines[1].is_err() && lines[2].is_ok() && lines.len() == 3);
    }

    #[test]
    fn exactly_these_characters_are_line_ends() {
        let ends = "\0\n\u{B}\u{C}\r\u{1C}\u{1D}\u{1E}\u{85}\u{2028}\u{2029}";
        let found: String = (0..=0x10_FFFF).filter_map(char::from_u32).filter(|c| is_line_end(*c)).collect();
        assert_eq!(found, ends);
    }
}
