//! Opening a text: a file or standard input, compressed or not.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;

use crate::compression::recognise;
use crate::{Lines, TextError};

/// What [`open`] reads from.
pub type TextReader = Box<dyn BufRead + Send>;

/// Opens a text for reading line by line; `-` is standard input.
///
/// gzip and Zstandard are recognised by their first bytes, not by the name, since downloads lose their endings.
///
/// # Errors
/// [`TextError::NotOpened`], [`TextError::Directory`], [`TextError::NotRead`].
pub fn open(path: &Path) -> Result<Lines<TextReader>, TextError> {
    Ok(opened(path)?.lines())
}

/// Reads a whole text, as [`open`] opens it.
///
/// # Errors
/// Those of [`open`], and the first faulty line.
pub fn read_lines(path: &Path) -> Result<Vec<String>, TextError> {
    open(path)?.collect()
}

/// A text that is opened, plain already.
pub(crate) struct Opened {
    pub(crate) text: TextReader,
    /// Stands in messages for the file.
    pub(crate) name: String,
}

impl Opened {
    /// Any reader, compressed or not.
    pub(crate) fn new(mut reader: impl Read + Send + 'static, name: String) -> Result<Self, TextError> {
        let (compression, start) = match recognise(&mut reader) {
            Ok(found) => found,
            Err(cause) => return Err(TextError::NotRead { file: name, line: 1, cause }),
        };
        let whole = BufReader::new(Cursor::new(start).chain(reader));
        let text = match compression {
            Some(compression) => compression.reader(whole),
            None => Box::new(whole),
        };
        Ok(Self { text, name })
    }

    pub(crate) fn lines(self) -> Lines<TextReader> {
        Lines::new(self.text, self.name)
    }
}

/// As [`open`], before it is known what the text is.
pub(crate) fn opened(path: &Path) -> Result<Opened, TextError> {
    if path == Path::new("-") {
        return Opened::new(io::stdin(), "standard input".to_owned());
    }
    let name = path.display().to_string();
    // Opening a directory succeeds on some systems and fails only at the first read, with a cryptic message.
    if path.is_dir() {
        return Err(TextError::Directory { file: name });
    }
    match File::open(path) {
        Ok(file) => Opened::new(file, name),
        Err(cause) => Err(TextError::NotOpened { file: name, cause }),
    }
}
