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
/// continue; after a read error the iterator ends. A text with `\r` in the place of every `\n`, as classic Mac OS wrote
/// it, would be a single line: it is an error instead.
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
    /// The last byte of a line.
    end: u8,
    /// The number of lines of the first line, if a carriage return ended a line.
    lines_of_first: usize,
    /// Whether the last line ended with its last byte, not with the file.
    is_ended: bool,
    /// Whether a carriage return was removed at the end of the last line.
    has_carriage_return: bool,
}

impl<R: BufRead> Lines<R> {
    /// Reads from any reader; `name` is its name in messages.
    pub fn new(reader: R, name: impl Into<String>) -> Self {
        Self {
            reader,
            name: name.into(),
            line: 0,
            broken: false,
            end: b'\n',
            lines_of_first: 1,
            is_ended: true,
            has_carriage_return: false,
        }
    }

    /// Lets lines end at `\r` only, for files of classic Mac OS.
    pub fn ended_by_carriage_returns(self) -> Self {
        Self { end: b'\r', ..self }
    }

    /// Counts the first line as `line` in messages.
    pub(crate) fn beginning_at(self, line: usize) -> Self {
        Self { line: line - 1, ..self }
    }

    /// Returns the name of the file in messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the next line with its faults repaired, for filters that write a line for every line.
    ///
    /// # Errors
    /// Those of reading, and [`TextError::CarriageReturns`] if the whole text is one line with carriage returns and
    /// without a line feed. Faults of the line are returned with it.
    pub fn next_lossy(&mut self) -> Option<Result<LossyLine, TextError>> {
        let bytes = self.next_raw()?;
        Some(bytes.and_then(|bytes| {
            if !self.is_ended && self.has_only_carriage_returns() {
                self.broken = true;
                return Err(self.carriage_returns());
            }
            Ok(self.repaired(&bytes))
        }))
    }

    /// Returns whether the text has one line only, with carriage returns where lines end.
    fn has_only_carriage_returns(&self) -> bool {
        // Within a complete line, a single carriage return is probably a mistake in the text.
        self.end == b'\n' && self.line == 1 && self.lines_of_first > if self.is_ended { 2 } else { 1 }
    }

    fn carriage_returns(&self) -> TextError {
        TextError::CarriageReturns { file: self.name.clone(), lines: self.lines_of_first }
    }

    /// Returns the bytes of the next line without its end, unchecked.
    ///
    /// # Errors
    /// Those of reading.
    pub fn next_raw(&mut self) -> Option<Result<Vec<u8>, TextError>> {
        if self.broken {
            return None;
        }
        let mut bytes = Vec::new();
        match self.reader.read_until(self.end, &mut bytes) {
            Ok(0) => None,
            Ok(1) if self.end == b'\r' && bytes == b"\n" => None,
            Ok(_) => {
                self.line += 1;
                self.is_ended = bytes.ends_with(&[self.end]);
                let len = without_end(&bytes).len();
                self.has_carriage_return = bytes[len..].starts_with(b"\r");
                bytes.truncate(len);
                if self.line == 1 {
                    self.lines_of_first += bytes.iter().filter(|byte| **byte == b'\r').count();
                }
                Some(Ok(bytes))
            }
            Err(cause) => {
                self.broken = true;
                Some(Err(TextError::not_read(self.name.clone(), self.line + 1, cause)))
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
        let bytes = (!faults.is_empty()).then(|| bytes.to_vec());
        LossyLine { text, faults, bytes, has_carriage_return: self.has_carriage_return }
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
        let Some(line) = self.next_lossy() else {
            let is_at_fault = !self.broken && self.has_only_carriage_returns();
            self.broken = true;
            return is_at_fault.then(|| Err(self.carriage_returns()));
        };
        Some(line.and_then(|LossyLine { text, faults, .. }| faults.into_iter().next().map_or(Ok(text), Err)))
    }
}

/// Returns whether a text has carriage returns in the place of all line feeds.
///
/// # Errors
/// Those of reading.
pub(crate) fn has_only_carriage_returns(mut lines: Lines<impl BufRead>) -> Result<bool, TextError> {
    let Some(first) = lines.next_raw() else { return Ok(false) };
    first?;
    Ok(lines.has_only_carriage_returns() && lines.next_raw().transpose()?.is_none())
}

/// A line with its faults repaired.
#[derive(Debug)]
pub struct LossyLine {
    /// The text. Bytes that are not UTF-8 are replaced by U+FFFD, and NUL characters are removed.
    pub text: String,
    /// The faults of the line: [`TextError::NotUtf8`], [`TextError::Nul`], both, or none.
    pub faults: Vec<TextError>,
    /// The bytes of a line with faults as they were read, without a byte order mark: a filter can pass them through.
    pub bytes: Option<Vec<u8>>,
    /// Whether a carriage return was removed at its end.
    pub has_carriage_return: bool,
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
    fn a_text_without_line_feeds_is_an_error_that_counts_its_lines() {
        for (text, count) in [(&b"a\rb\r"[..], 2), (b"a\rb", 2), (b"a\r\rb\r", 3), (b"a\rb\rc\n", 3), (b"\ra", 2)] {
            let message = error(text);
            assert!(message.starts_with("t.txt: ") && message.contains(&format!("{count} lines")), "{message}");
            assert!(message.contains("glosser check --fix") || message.contains("tr '\\r' '\\n'"), "{message}");
            assert!(has_only_carriage_returns(Lines::new(text, "t.txt")).expect("memory"), "{text:?}");
            let read: Vec<_> = Lines::new(text, "t.txt").ended_by_carriage_returns().collect();
            assert_eq!(read.len(), count, "{text:?}");
        }
        for text in [&b""[..], b"a\r", b"a\rb\n", b"a\rb\nc", b"a\rb\rc\n\n", b"a\r\nb\r\n", b"a\nb\rc"] {
            assert!(!has_only_carriage_returns(Lines::new(text, "t.txt")).expect("memory"), "{text:?}");
            assert!(Lines::new(text, "t.txt").all(|line| line.is_ok()), "{text:?}");
        }
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
    fn the_bytes_of_a_faulty_line_and_its_carriage_return_are_known() {
        let mut lines = Lines::new(&b"\xEF\xBB\xBFa\xFFb\0c\r\nd\n"[..], "t.txt");
        let mut next = || lines.next_lossy().expect("a line").expect("reading a slice");
        let (first, second) = (next(), next());
        assert_eq!((first.bytes.as_deref(), first.has_carriage_return), (Some(&b"a\xFFb\0c"[..]), true));
        assert_eq!((second.bytes, second.has_carriage_return), (None, false));
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
    fn a_remedy_for_standard_input_is_a_pipe() {
        let error = |bytes: &[u8]| {
            let read = Lines::new(bytes, "standard input").collect::<Result<Vec<_>, _>>();
            read.expect_err("a faulty line").to_string()
        };
        assert!(error(b"\xFC\n").contains("`... | iconv -f WINDOWS-1252 -t UTF-8 | glosser ...`"));
        assert!(error(b"\0\n").contains("`... | tr -d '\\000' | glosser ...`"));
        assert!(error(b"a\rb\r").contains("`... | tr '\\r' '\\n' | glosser ...`"));
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
