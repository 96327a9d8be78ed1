//! Where results go.

use anyhow::{Context, Result};
use glosser_text::Compression;
use std::fs::File;
use std::io::{BufWriter, IsTerminal, Write, stderr, stdout};
use std::path::Path;

/// Standard output, or a file, which is compressed if it ends in `.gz` or `.zst`. What is not flushed may be lost.
pub fn writer(path: Option<&Path>) -> Result<Box<dyn Write>> {
    match path {
        None => Ok(Box::new(BufWriter::new(stdout().lock()))),
        Some(path) if path == Path::new("-") => writer(None),
        Some(path) => {
            let file = File::create(path).with_context(|| format!("{}: cannot be written", path.display()))?;
            Ok(match Compression::of_ending(path) {
                Some(compression) => Box::new(compression.writer(file)),
                None => Box::new(BufWriter::new(file)),
            })
        }
    }
}

/// Whether both are one file that exists, by whatever path.
pub fn is_same_file(one: &Path, other: &Path) -> bool {
    one.canonicalize().is_ok_and(|one| one.is_file() && other.canonicalize().is_ok_and(|other| one == other))
}

/// Tells the person something that is no result.
pub fn say(text: &str) {
    // Nobody left to tell is no reason to stop.
    let _ = writeln!(stderr(), "{text}");
}

/// Columns of the terminal; a common page width where there is none.
pub fn width() -> usize {
    match terminal_size::terminal_size() {
        Some((width, _)) if stdout().is_terminal() => usize::from(width.0),
        _ => 100,
    }
}
