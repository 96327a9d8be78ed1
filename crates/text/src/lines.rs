//! Text lines that end at `\n` and nowhere else.

use std::io::BufRead;

use crate::TextError;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The lines of a reader, checked one by one.
///
/// A line ends at `\n` alone, and one `\r` before it is dropped. A byte order mark at the start of the file is
/// dropped; a missing newline at its end is no mistake. A faulty line is an error for that line only, so a filter can
/// report it and go on with the next; after an error of reading the iterator ends.
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
    /// Reads from any reader; `name` stands in messages for the file.
    pub fn new(reader: R, name: impl Into<String>) -> Self {
        Self { reader, name: name.into(), line: 0, broken: false }
    }

    /// The name that stands in messages for the file.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The next line, whatever its bytes: for a filter, which owes a line for every line.
    ///
    /// # Errors
    /// Only those of reading; a fault of the line comes with it.
    pub fn next_lossy(&mut self) -> Option<Result<LossyLine, TextError>> {
        let bytes = match self.next_bytes()? {
            Ok(bytes) => bytes,
            Err(cause) => return Some(Err(cause)),
        };
        Some(Ok(match self.checked(without_end(&bytes)) {
            Ok(text) => LossyLine { text, fault: None },
            Err(fault) => {
                let text = String::from_utf8_lossy(without_end(&bytes)).into_owned();
                LossyLine { text, fault: Some(fault) }
            }
        }))
    }

    /// The bytes of the next line without its end, unchecked.
    pub(crate) fn next_raw(&mut self) -> Option<Result<Vec<u8>, TextError>> {
        let mut bytes = match self.next_bytes()? {
            Ok(bytes) => bytes,
            Err(cause) => return Some(Err(cause)),
        };
        bytes.truncate(without_end(&bytes).len());
        Some(Ok(bytes))
    }

    fn next_bytes(&mut self) -> Option<Result<Vec<u8>, TextError>> {
        if self.broken {
            return None;
        }
        self.line += 1;
        let mut bytes = Vec::new();
        match self.reader.read_until(b'\n', &mut bytes) {
            Ok(0) => None,
            Ok(_) => Some(Ok(bytes)),
            Err(cause) => Some(Err(self.not_read(cause))),
        }
    }

    fn checked(&self, bytes: &[u8]) -> Result<String, TextError> {
        let mark = if self.line == 1 && bytes.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        let bytes = &bytes[mark..];
        let text = std::str::from_utf8(bytes).map_err(|error| self.not_utf8(bytes, error.valid_up_to(), mark))?;
        if text.contains('\0') {
            return Err(TextError::Nul { file: self.name.clone(), line: self.line });
        }
        Ok(text.to_owned())
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

    fn not_read(&mut self, cause: std::io::Error) -> TextError {
        self.broken = true;
        TextError::not_read(self.name.clone(), self.line, cause)
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = Result<String, TextError>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(self.next_bytes()?.and_then(|bytes| self.checked(without_end(&bytes))))
    }
}

/// A line as it could be read.
#[derive(Debug)]
pub struct LossyLine {
    /// Its text; bytes that are not UTF-8 are U+FFFD.
    pub text: String,
    /// What is wrong with it.
    pub fault: Option<TextError>,
}

fn without_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

/// A guess for the remedy: UTF-16 announces itself, and what else is not UTF-8 mostly comes from Windows.
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
    fn a_newline_at_the_end_is_optional_and_makes_no_empty_line() {
        assert_eq!(lines(b"a\nb\n"), ["a", "b"]);
        assert_eq!(lines(b"a\nb"), ["a", "b"]);
        assert_eq!(lines(b"a\n\n"), ["a", ""]);
        assert!(lines(b"").is_empty());
    }

    #[test]
    fn one_carriage_return_is_dropped_at_the_end_and_kept_elsewhere() {
        assert_eq!(lines(b"a\r\nb\rc\r\r\nd\r"), ["a", "b\rc\r", "d"]);
    }

    #[test]
    fn a_byte_order_mark_is_dropped_at_the_start_of_the_file_only() {
        assert_eq!(lines("\u{FEFF}a\n\u{FEFF}b".as_bytes()), ["a", "\u{FEFF}b"]);
    }

    #[test]
    fn a_lossy_reader_gives_a_line_for_every_line() {
        let mut lines = Lines::new(&b"ja\nM\xFCnchen\na\0b\n\n"[..], "t.txt");
        let mut all = Vec::new();
        while let Some(line) = lines.next_lossy() {
            let line = line.expect("reading a slice");
            all.push((line.text, line.fault.is_some()));
        }
        let expected = [("ja", false), ("M\u{FFFD}nchen", true), ("a\0b", true), ("", false)];
        assert_eq!(all, expected.map(|(text, fault)| (text.to_owned(), fault)));
    }

    #[test]
    fn separators_of_unicode_do_not_end_a_line() {
        let text = "a\u{2028}b\u{2029}c\u{85}d\u{B}e\u{C}f";
        assert_eq!(lines(text.as_bytes()), [text]);
    }

    #[test]
    fn bytes_that_are_not_utf8_are_named_with_line_column_and_remedy() {
        let message = error(b"gut\nM\xFCnchen\n");
        assert!(message.starts_with("t.txt:2:2: byte 0xFC"), "{message}");
        assert!(message.contains("iconv -f WINDOWS-1252"), "{message}");
        assert!(error(b"\xEF\xBB\xBFab\xFF").starts_with("t.txt:1:6:"));
        assert!(error(b"\xFF\xFEa\0\n\0").contains("iconv -f UTF-16"));
    }

    #[test]
    fn a_nul_is_named_with_its_line_and_remedy() {
        let message = error(b"gut\na\0b\n");
        assert!(message.starts_with("t.txt:2:") && message.contains("remove it"), "{message}");
    }

    #[test]
    fn the_line_after_a_faulty_one_can_still_be_read() {
        let lines: Vec<_> = Lines::new(&b"a\n\xFF\nb\n"[..], "t.txt").collect();
        assert!(lines[0].is_ok() && lines[1].is_err() && lines[2].is_ok() && lines.len() == 3);
    }
}
