//! Files of a model: read up to a limit, replaced together.

use crate::TranslatorError;
use glosser_text::{create_beside, sync_directory};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;

/// Reads a file of at most `max_bytes` bytes. A longer file, or a device, is refused before memory is allocated for it:
/// a directory from elsewhere may contain anything, and reading a device may never end.
///
/// # Errors
/// [`TranslatorError::Io`], [`TranslatorError::Damaged`].
pub(crate) fn read_at_most(path: &Path, max_bytes: u64) -> Result<Vec<u8>, TranslatorError> {
    // Checked before opening, because opening a pipe waits for a writer.
    check_size(path, max_bytes)?;
    let io = |cause: io::Error| TranslatorError::Io { file: path.to_owned(), cause };
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(max_bytes.saturating_add(1)).read_to_end(&mut bytes)).map_err(io)?;
    // The file may have grown since the check.
    if bytes.len() as u64 > max_bytes { Err(too_long(path, max_bytes)) } else { Ok(bytes) }
}

/// Checks that a file exists and has at most `max_bytes` bytes, without reading it.
///
/// # Errors
/// Those of [`read_at_most`].
fn check_size(path: &Path, max_bytes: u64) -> Result<(), TranslatorError> {
    let io = |cause: io::Error| TranslatorError::Io { file: path.to_owned(), cause };
    let found = path.metadata().map_err(io)?;
    if !found.is_file() {
        return Err(io(io::Error::new(ErrorKind::InvalidInput, "this is not a file")));
    }
    if found.len() > max_bytes { Err(too_long(path, max_bytes)) } else { Ok(()) }
}

fn too_long(path: &Path, max_bytes: u64) -> TranslatorError {
    let problem = format!("it is longer than the {max_bytes} bytes that such a file has at most");
    TranslatorError::Damaged { file: path.to_owned(), problem }
}

/// Writes all files beside their places and syncs them, and then renames them.
pub(crate) fn replace(directory: &Path, files: &[(&str, Vec<u8>)]) -> Result<(), TranslatorError> {
    let io = |file: &Path| {
        let file = file.to_owned();
        move |cause| TranslatorError::Io { file, cause }
    };
    fs::create_dir_all(directory).map_err(io(directory))?;
    let mut written = Vec::new();
    for (name, bytes) in files {
        let place = directory.join(name);
        let mut beside = create_beside(&place).map_err(io(&place))?;
        beside.write_all(bytes).map_err(io(&place))?;
        beside.as_file().sync_all().map_err(io(&place))?;
        written.push((place, beside));
    }
    for (place, beside) in written {
        beside.persist(&place).map_err(|failed| TranslatorError::Io { file: place, cause: failed.error })?;
    }
    sync_directory(directory).map_err(io(directory))
}
