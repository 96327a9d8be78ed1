use crate::TranslatorError;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// The bytes of a file of a model. What is longer than any such file, or no file at all, is refused before there is
/// memory for it: a directory from elsewhere may hold anything, and a link to a device never ends.
///
/// # Errors
/// [`TranslatorError::Io`], [`TranslatorError::Damaged`].
pub(crate) fn read_at_most(path: &Path, most: u64) -> Result<Vec<u8>, TranslatorError> {
    let io = |cause: io::Error| TranslatorError::Io { file: path.to_owned(), cause };
    // Asked before it is opened: opening a pipe waits for somebody who writes to it.
    let found = path.metadata().map_err(io)?;
    if !found.is_file() {
        return Err(io(io::Error::new(ErrorKind::InvalidInput, "this is no file")));
    }
    if found.len() > most {
        return Err(too_long(path, most));
    }
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(most.saturating_add(1)).read_to_end(&mut bytes)).map_err(io)?;
    // It may have grown since.
    if bytes.len() as u64 > most { Err(too_long(path, most)) } else { Ok(bytes) }
}

fn too_long(path: &Path, most: u64) -> TranslatorError {
    let problem = format!("it is longer than the {most} bytes that such a file has at most");
    TranslatorError::Damaged { file: path.to_owned(), problem }
}
