//! Input that can be read only once: standard input, pipes, devices.

use std::fs::File;
use std::io::{self, stdin};
use std::path::Path;

/// Whether a path can be read only once.
pub fn is_pipe(path: &Path) -> bool {
    path == Path::new("-") || path.metadata().is_ok_and(|found| !found.is_file() && !found.is_dir())
}

/// Copies all bytes of a pipe into a file, which can be read again. Returns their number.
///
/// # Errors
/// Those of reading and writing.
pub fn copy_pipe(path: &Path, copy: &mut File) -> io::Result<u64> {
    if path == Path::new("-") { io::copy(&mut stdin().lock(), copy) } else { io::copy(&mut File::open(path)?, copy) }
}

/// Returns the name of a file in messages: `standard input` for `-`.
pub fn shown(path: &Path) -> String {
    if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() }
}
