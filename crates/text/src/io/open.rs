//! Opens a text, compressed or not: a file, a pipe, or standard input.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;

use crate::error::TextError;
use crate::io::lines::{Lines, TextReader};
use crate::io::packed::unpacked;
use crate::io::start::{Start, look};

/// Opens a text for reading line by line; `-` is standard input.
///
/// gzip, Zstandard, xz, bzip2, LZ4, and ZIP and tar archives of one file are recognised by their first bytes, not by the
/// file name, because downloads may lose their ending.
///
/// # Errors
/// [`TextError::NotOpened`], [`TextError::Directory`], [`TextError::NotRead`], [`TextError::Format`].
pub fn open(path: &Path) -> Result<Lines<TextReader>, TextError> {
    Ok(opened(path)?.lines())
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

/// An open text, decompressed.
pub(crate) struct Opened {
    pub(crate) text: TextReader,
    /// The name of the file in messages.
    pub(crate) name: String,
}

impl Opened {
    /// Opens any reader, compressed or not.
    pub(crate) fn new(reader: impl Read + Send + 'static, name: String) -> Result<Self, TextError> {
        match unpacked(reader) {
            Ok(text) => Ok(Self { text, name }),
            Err(cause) => Err(TextError::not_read(name, 1, cause)),
        }
    }

    /// Recognises the format. Nothing of the text is lost, except the byte order mark of a translation memory.
    pub(crate) fn look(mut self) -> Result<(Start, Self), TextError> {
        let mut bytes = Vec::new();
        let start = loop {
            if let Some(start) = look(&bytes) {
                break start;
            }
            match self.text.by_ref().take(1).read_to_end(&mut bytes) {
                Ok(0) => break Start::Lines,
                Ok(_) => {}
                Err(cause) => {
                    let line = 1 + bytes.iter().filter(|byte| **byte == b'\n').count();
                    return Err(TextError::not_read(self.name, line, cause));
                }
            }
        };
        if let Start::Tmx { mark, .. } = start {
            bytes.drain(..mark);
        }
        self.text = Box::new(Cursor::new(bytes).chain(self.text));
        Ok((start, self))
    }

    pub(crate) fn lines(self) -> Lines<TextReader> {
        Lines::new(self.text, self.name)
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
