//! Opening a text: a file, a gzip file, or standard input.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use crate::{Lines, TextError};

const GZIP_MAGIC: [u8; 2] = [0x1F, 0x8B];

/// What [`open`] reads from.
pub type TextReader = Box<dyn BufRead + Send>;

/// Opens a text for reading line by line; `-` is standard input.
///
/// Gzip is recognised by its first two bytes, not by the name, since downloads lose their endings.
///
/// # Errors
/// [`TextError::NotOpened`], [`TextError::Directory`], [`TextError::NotRead`].
pub fn open(path: &Path) -> Result<Lines<TextReader>, TextError> {
    if path == Path::new("-") {
        return from_reader(io::stdin(), "standard input".to_owned());
    }
    let name = path.display().to_string();
    // Opening a directory succeeds on some systems and fails only at the first read, with a cryptic message.
    if path.is_dir() {
        return Err(TextError::Directory { file: name });
    }
    match File::open(path) {
        Ok(file) => from_reader(file, name),
        Err(cause) => Err(TextError::NotOpened { file: name, cause }),
    }
}

/// Reads a whole text, as [`open`] opens it.
///
/// # Errors
/// Those of [`open`], and the first faulty line.
pub fn read_lines(path: &Path) -> Result<Vec<String>, TextError> {
    open(path)?.collect()
}

/// Text or gzip from any reader; `name` stands in messages for the file.
pub(crate) fn from_reader(
    mut reader: impl Read + Send + 'static,
    name: String,
) -> Result<Lines<TextReader>, TextError> {
    let start = match first_bytes(&mut reader) {
        Ok(start) => start,
        Err(cause) => return Err(TextError::NotRead { file: name, line: 1, cause }),
    };
    let zipped = start == GZIP_MAGIC;
    let whole = BufReader::new(Cursor::new(start).chain(reader));
    let text: TextReader = if zipped { Box::new(BufReader::new(MultiGzDecoder::new(whole))) } else { Box::new(whole) };
    Ok(Lines::new(text, name))
}

/// As many of the first bytes as decide whether this is gzip: a second one is read only after a first that fits, so that
/// someone who types an empty line is not kept waiting.
fn first_bytes(reader: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    for magic in GZIP_MAGIC {
        reader.by_ref().take(1).read_to_end(&mut start)?;
        if start.last() != Some(&magic) {
            break;
        }
    }
    Ok(start)
}
