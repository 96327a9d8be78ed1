//! Results on a terminal: characters that would control it are escaped, except the colours of this program.

use glosser_text::{is_unprintable, printable};
use std::borrow::Cow;
use std::io::{self, IsTerminal, Write, stdout};

/// Writes bytes unchanged to a pipe or a file, and text without control characters to a terminal.
///
/// Tabs and line feeds stay, and so do the sequences that choose a colour or a weight (`ESC [ … m`). The caller must
/// flush it.
pub struct TerminalWriter<W: Write> {
    out: W,
    is_terminal: bool,
    /// The line so far, if there is a terminal: a character or a sequence may be written in parts.
    line: Vec<u8>,
}

impl<W: Write> TerminalWriter<W> {
    /// Writes to standard output, or to a writer on top of it.
    pub fn new(out: W) -> Self {
        Self { out, is_terminal: stdout().is_terminal(), line: Vec::new() }
    }

    fn write_line(&mut self) -> io::Result<()> {
        let line = std::mem::take(&mut self.line);
        self.out.write_all(safe(&String::from_utf8_lossy(&line)).as_bytes())
    }
}

impl<W: Write> Write for TerminalWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.is_terminal {
            return self.out.write(bytes);
        }
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(part);
            if part.ends_with(b"\n") {
                self.write_line()?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.write_line()?;
        self.out.flush()
    }
}

/// A text from a corpus or a model, as standard output may get it: [`printable`] on a terminal, unchanged elsewhere.
pub fn for_terminal(text: &str) -> Cow<'_, str> {
    if stdout().is_terminal() { printable(text) } else { Cow::Borrowed(text) }
}

/// A text with escapes in the place of control characters, except tabs, line feeds and colours.
fn safe(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let len = match colour_len(rest) {
            0 => c.len_utf8(),
            len => len,
        };
        let is_kept = len > 1 && c == '\u{1b}' || matches!(c, '\t' | '\n') || !is_unprintable(c);
        safe.push_str(&if is_kept { Cow::Borrowed(&rest[..len]) } else { printable(&rest[..len]) });
        rest = &rest[len..];
    }
    safe
}

/// The length of the sequence at the beginning of a text that chooses a colour or a weight; 0 if there is none.
fn colour_len(text: &str) -> usize {
    let Some(rest) = text.strip_prefix("\u{1b}[") else { return 0 };
    let parameters = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';').len();
    if rest[parameters..].starts_with('m') { 2 + parameters + 1 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(parts: &[&str], is_terminal: bool) -> String {
        let mut writer = TerminalWriter { out: Vec::new(), is_terminal, line: Vec::new() };
        parts.iter().for_each(|part| writer.write_all(part.as_bytes()).expect("memory"));
        writer.flush().expect("memory");
        String::from_utf8(writer.out).expect("UTF-8")
    }

    #[test]
    fn a_terminal_gets_colours_but_no_other_control_characters() {
        let colours = "\u{1b}[48;2;1;2;3m  \u{1b}[0m\ta\n";
        assert_eq!(written(&[colours], true), colours);
        assert_eq!(written(&["\u{1b}[4", "8;5;", "7m狗\u{1b}[m\n"], true), "\u{1b}[48;5;7m狗\u{1b}[m\n");
        for (text, expected) in [
            ("\u{1b}[2J\n", "\\u{1b}[2J\n"),
            ("a\u{1b}]0;x\u{7}\n", "a\\u{1b}]0;x\\u{7}\n"),
            ("\u{9b}31m, \u{7f}, \u{e}", "\\u{9b}31m, \\u{7f}, \\u{e}"),
            ("\u{202e}abc\r\n", "\\u{202e}abc\\r\n"),
            ("\u{1b}", "\\u{1b}"),
        ] {
            assert_eq!(written(&[text], true), expected);
        }
    }

    #[test]
    fn a_pipe_gets_every_byte_unchanged() {
        let text = "\u{1b}[2J\u{7}a\r\n\u{9b}";
        assert_eq!(written(&[text], false), text);
    }

    #[test]
    fn a_character_may_be_written_in_parts() {
        let mut writer = TerminalWriter { out: Vec::new(), is_terminal: true, line: Vec::new() };
        "aß狗\n".bytes().for_each(|byte| writer.write_all(&[byte]).expect("memory"));
        assert_eq!(writer.out, "aß狗\n".as_bytes());
    }
}
