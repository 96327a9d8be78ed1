//! One open file of pairs, whose first line can be looked at before it is read as rows or as a corpus.

use std::io::{BufRead, Cursor, Read};
use std::path::{Path, PathBuf};

use crate::corpus::csv;
use crate::corpus::files::SideChoice;
use crate::corpus::in_memory::Corpus;
use crate::error::TextError;
use crate::io::lines::{Lines, TextReader};
use crate::io::open::{Opened, opened};
use crate::io::start::Start;

/// An open file with both sides; standard input and pipes are opened only once.
pub struct OpenedPairs {
    opened: Opened,
    path: PathBuf,
}

impl OpenedPairs {
    /// Opens a file; `-` is standard input.
    ///
    /// # Errors
    /// Those of [`open`](crate::open).
    pub fn open(path: &Path) -> Result<Self, TextError> {
        Ok(Self { opened: opened(path)?, path: path.to_owned() })
    }

    /// Returns a copy of the first line without its end and a byte order mark. Bytes that are not UTF-8 are replaced.
    ///
    /// # Errors
    /// Those of reading.
    pub fn first_line(mut self) -> Result<(String, Self), TextError> {
        let mut line = Vec::new();
        if let Err(cause) = self.opened.text.read_until(b'\n', &mut line) {
            return Err(TextError::not_read(self.opened.name, 1, cause));
        }
        let text =
            String::from_utf8_lossy(&line).trim_start_matches('\u{FEFF}').trim_end_matches(['\r', '\n']).to_owned();
        self.opened.text = Box::new(Cursor::new(line).chain(self.opened.text));
        Ok((text, self))
    }

    /// Returns the lines of a TSV or of JSON Lines.
    ///
    /// # Errors
    /// [`TextError::WrongChoice`] for a translation memory and a CSV, whose lines are no rows; those of reading.
    pub fn rows(self) -> Result<Lines<TextReader>, TextError> {
        let refused = |file, problem| Err(TextError::WrongChoice { file, problem });
        if csv::has_csv_ending(&self.path) {
            return refused(self.opened.name, IS_CSV);
        }
        match self.opened.look()? {
            (Start::Lines, opened) => Ok(opened.lines()),
            (Start::Tmx { .. }, opened) => refused(opened.name, IS_XML),
        }
    }

    /// Reads all pairs.
    ///
    /// # Errors
    /// As [`Corpus::read`].
    pub fn read(self, choice: &SideChoice) -> Result<Corpus, TextError> {
        let name = self.path.display().to_string();
        Corpus::of(choice.pairs(self.opened, &self.path)?, name)
    }
}

const IS_CSV: &str = "is a CSV, but rows are needed here: a TSV without quotation marks around cells, or JSON Lines; \
                      `glosser convert` makes a TSV of it: -o pairs.tsv";
const IS_XML: &str = "is XML, such as a translation memory (TMX), but rows are needed here: a TSV or JSON Lines; \
                      `glosser convert` makes a TSV of it: -o pairs.tsv";

#[cfg(test)]
mod tests {
    use super::*;

    /// A file with these bytes, and its folder.
    fn file(name: &str, bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("a file");
        (folder, path)
    }

    #[test]
    fn nothing_is_lost_by_looking_at_the_first_line() {
        let (_folder, path) = file("pairs.tsv", "\u{FEFF}eins\tone\r\nzwei\ttwo".as_bytes());
        let look = || OpenedPairs::open(&path).and_then(OpenedPairs::first_line).expect("a line");
        assert_eq!(look().0, "eins\tone");
        let lines: Result<Vec<String>, TextError> = look().1.rows().expect("rows").collect();
        assert_eq!(lines.expect("lines"), ["eins\tone", "zwei\ttwo"]);
        let read = look().1.read(&SideChoice::default()).expect("pairs");
        let expected = Corpus::read(&crate::CorpusFiles::one(&path)).expect("pairs");
        assert_eq!(read, expected);
    }

    #[test]
    fn other_formats_have_no_rows() {
        for (name, bytes) in [("pairs.csv", &b"a,b\n"[..]), ("memory.tmx", b"<?xml version=\"1.0\"?><tmx>")] {
            let (_folder, path) = file(name, bytes);
            let message = OpenedPairs::open(&path).and_then(OpenedPairs::rows).err().expect(name).to_string();
            assert!(message.contains(name) && message.contains("glosser convert"), "{message}");
        }
    }
}
