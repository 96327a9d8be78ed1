//! Opens a text, compressed or not: a file, a pipe, or standard input.

use std::fs::File;
use std::io::{self, BufRead, Cursor, Read};
use std::path::Path;

use crate::error::TextError;
use crate::io::fault::FormatFault;
use crate::io::lines::{self, Lines, TextReader};
use crate::io::packed::unpacked;
use crate::io::start::{ByteOrder, ENOUGH, Encoding, More, Start, encoding, look};
use crate::io::utf16::Utf16;
use crate::io::wrong_format::refuse_web_page;

/// Opens a text for reading line by line; `-` is standard input.
///
/// gzip, Zstandard, xz, bzip2, LZ4, and ZIP and tar archives of one file are recognised by their first bytes, not by the
/// file name, because downloads may lose their ending.
///
/// # Errors
/// [`TextError::NotOpened`], [`TextError::Directory`], [`TextError::NotRead`], [`TextError::Format`], and
/// [`TextError::WrongChoice`] for a translation memory.
pub fn open(path: &Path) -> Result<Lines<TextReader>, TextError> {
    match opened(path)?.look()? {
        (Start::Lines, opened) => Ok(opened.lines()),
        (Start::Tmx { .. }, opened) => Err(TextError::WrongChoice { file: opened.name, problem: XML }),
    }
}

const XML: &str = "is XML, such as a translation memory (TMX), but plain lines are needed here; \
                   `glosser convert` writes the sides of a TMX to two text files: -o source.txt target.txt";

/// Opens sentences, one per line, like [`open`].
///
/// # Errors
/// Those of [`open`]; [`TextError::Table`] for a file whose name ends in `.csv`, or in `.tsv` with a tab in its first
/// line; [`TextError::Format`] for a web page whose name ends in `.html`.
pub fn open_sentences(path: &Path) -> Result<Lines<TextReader>, TextError> {
    let mut opened = opened(path)?;
    // A user who types an empty line first must not have to wait for the answer.
    if !opened.begins_with_blank_line()? {
        let (start, looked) = opened.look()?;
        if start != Start::Lines {
            return Err(TextError::WrongChoice { file: looked.name, problem: XML });
        }
        opened = looked;
    }
    let (file, is_csv) = (opened.name.clone(), has_ending(path, "csv"));
    let is_page = has_ending(path, "html") || has_ending(path, "htm");
    let is_table = is_csv || has_ending(path, "tsv");
    let (lines, opened) = if is_table || is_page { opened.first_lines(1)? } else { (Vec::new(), opened) };
    if is_page {
        refuse_web_page(&lines, &file)?;
    }
    let has = |bytes: &[u8]| lines.iter().flatten().any(|byte| bytes.contains(byte));
    let remedy = match is_csv {
        true if has(b",;\t") => {
            format!(
                "make a TSV of it, and give one column, e.g. `glosser convert {file} -o - | cut -f1 | glosser ... -`"
            )
        }
        false if has(b"\t") => format!("give one column, e.g. `cut -f1 {file} | glosser ... -`"),
        _ => return Ok(opened.lines()),
    };
    Err(TextError::Table { file, remedy })
}

/// Opens rows of a table or JSON Lines, like [`open`], whatever they begin with: a part of a file is read like the whole.
///
/// # Errors
/// Those of [`open`], except that XML is read as lines.
pub fn open_rows(path: &Path) -> Result<Lines<TextReader>, TextError> {
    Ok(opened(path)?.lines())
}

/// The endings of compressed files.
const COMPRESSED: [&str; 5] = ["gz", "zst", "xz", "bz2", "lz4"];

/// Returns whether the name of a file has this ending, which that of a compression may follow.
pub(crate) fn has_ending(path: &Path, ending: &str) -> bool {
    let ends = |path: &Path, ending: &str| path.extension().is_some_and(|found| found.eq_ignore_ascii_case(ending));
    let is_compressed = COMPRESSED.iter().any(|compressed| ends(path, compressed));
    ends(path, ending) || is_compressed && ends(&path.with_extension(""), ending)
}

/// Returns whether a text has carriage returns in the place of all line feeds, as classic Mac OS wrote it.
///
/// # Errors
/// Those of [`open`].
pub fn has_only_carriage_returns(path: &Path) -> Result<bool, TextError> {
    lines::has_only_carriage_returns(open(path)?)
}

/// Reads all lines of a text, opened like [`open`].
///
/// # Errors
/// Those of [`open`], and the first faulty line.
pub fn read_lines(path: &Path) -> Result<Vec<String>, TextError> {
    open(path)?.collect()
}

/// Returns whether a file begins like a translation memory. This consumes the beginning of standard input or of a pipe.
///
/// # Errors
/// Those of [`open`], and [`TextError::CutShort`].
pub fn is_tmx(path: &Path) -> Result<bool, TextError> {
    Ok(opened(path)?.look()?.0 != Start::Lines)
}

/// The name of standard input in messages.
pub(crate) const STANDARD_INPUT: &str = "standard input";

/// An open text, unpacked and in UTF-8.
pub(crate) struct Opened {
    pub(crate) text: TextReader,
    /// The name of the file in messages.
    pub(crate) name: String,
}

impl Opened {
    /// Opens any reader, compressed or not.
    pub(crate) fn new(reader: impl Read + Send + 'static, name: String) -> Result<Self, TextError> {
        match unpacked(reader).and_then(decoded) {
            Ok(text) => Ok(Self { text, name }),
            Err(cause) => Err(TextError::not_read(name, 1, cause)),
        }
    }

    fn begins_with_blank_line(&mut self) -> Result<bool, TextError> {
        match self.text.fill_buf() {
            Ok(text) => Ok(matches!(text.first(), Some(b'\n' | b'\r'))),
            Err(cause) => Err(TextError::not_read(self.name.clone(), 1, cause)),
        }
    }

    /// Recognises the format. Nothing of the text is lost, except the byte order mark of a translation memory.
    pub(crate) fn look(mut self) -> Result<(Start, Self), TextError> {
        let mut bytes = Vec::new();
        let start = loop {
            let more = match look(&bytes) {
                Ok(start) => break start,
                Err(more) => more,
            };
            let read = match more {
                More::One => self.text.by_ref().take(1).read_to_end(&mut bytes),
                More::ToEndOfTag => self.text.by_ref().take(ENOUGH as u64).read_until(b'>', &mut bytes),
            };
            match read {
                Ok(0) => break Start::Lines,
                Ok(_) => {}
                Err(cause) => {
                    let line = 1 + bytes.iter().filter(|byte| **byte == b'\n').count();
                    return Err(TextError::not_read(self.name, line, cause));
                }
            }
        };
        if let Start::Tmx { mark } = start {
            bytes.drain(..mark);
        }
        self.text = Box::new(Cursor::new(bytes).chain(self.text));
        Ok((start, self))
    }

    /// Returns copies of the first lines, up to a length of 64 KiB together.
    pub(crate) fn first_lines(mut self, count: usize) -> Result<(Vec<Vec<u8>>, Self), TextError> {
        let mut start = Vec::new();
        let mut lines = Vec::new();
        while lines.len() < count && start.len() < ENOUGH {
            let begins = start.len();
            match self.text.by_ref().take((ENOUGH - begins) as u64).read_until(b'\n', &mut start) {
                Ok(0) => break,
                Ok(_) => lines.push(start[begins..].to_vec()),
                Err(cause) => return Err(TextError::not_read(self.name, lines.len() + 1, cause)),
            }
        }
        self.text = Box::new(Cursor::new(start).chain(self.text));
        Ok((lines, self))
    }

    pub(crate) fn lines(self) -> Lines<TextReader> {
        Lines::new(self.text, self.name)
    }
}

/// Decodes UTF-16. A further byte is read only if the bytes so far can begin such a text.
fn decoded(mut reader: TextReader) -> io::Result<TextReader> {
    let mut start = Vec::new();
    let encoding = loop {
        if let Some(encoding) = encoding(&start) {
            break encoding;
        }
        if reader.by_ref().take(1).read_to_end(&mut start)? == 0 {
            let has_mark = start.starts_with(&[0xFF, 0xFE]);
            break if has_mark { Encoding::Utf16 { order: ByteOrder::Little, mark: 2 } } else { Encoding::Bytes };
        }
    };
    match encoding {
        Encoding::Bytes => Ok(Box::new(Cursor::new(start).chain(reader))),
        Encoding::Utf16 { order, mark } => {
            start.drain(..mark);
            Ok(Box::new(Utf16::new(Cursor::new(start).chain(reader), order)))
        }
        Encoding::Utf32 => Err(FormatFault::new(
            "the text is in UTF-32",
            "convert it, e.g. `iconv -f UTF-32 -t UTF-8 FILE | glosser ... -`",
        )),
    }
}

/// Opens a file like [`open`], before its format is known.
pub(crate) fn opened(path: &Path) -> Result<Opened, TextError> {
    let name = shown(path);
    if path == Path::new("-") {
        return Opened::new(io::stdin(), name);
    }
    // On some systems, opening a directory succeeds and only the first read fails, with a cryptic message.
    if path.is_dir() {
        return Err(TextError::Directory { file: name });
    }
    match File::open(path) {
        Ok(file) => Opened::new(file, name),
        Err(cause) => Err(TextError::NotOpened { file: name, cause }),
    }
}

/// Returns whether a path can be read only once.
pub fn is_pipe(path: &Path) -> bool {
    path == Path::new("-") || path.metadata().is_ok_and(|found| !found.is_file() && !found.is_dir())
}

/// Copies all bytes of a pipe into a file, which can be read again. Returns their number.
///
/// # Errors
/// Those of reading and writing.
pub fn copy_pipe(path: &Path, copy: &mut File) -> io::Result<u64> {
    if path == Path::new("-") {
        io::copy(&mut io::stdin().lock(), copy)
    } else {
        io::copy(&mut File::open(path)?, copy)
    }
}

/// Returns the name of a file in messages: `standard input` for `-`.
pub fn shown(path: &Path) -> String {
    if path == Path::new("-") { STANDARD_INPUT.to_owned() } else { path.display().to_string() }
}
