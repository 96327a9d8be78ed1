//! Where results go.

use anyhow::{Context, Result};
use std::fs::File;
use std::io::{BufWriter, IsTerminal, Write, stderr, stdout};
use std::path::Path;

/// Standard output, or a file.
pub fn writer(path: Option<&Path>) -> Result<Box<dyn Write>> {
    match path {
        None => Ok(Box::new(BufWriter::new(stdout().lock()))),
        Some(path) if path == Path::new("-") => writer(None),
        Some(path) => {
            let file = File::create(path).with_context(|| format!("{}: cannot be written", path.display()))?;
            Ok(Box::new(BufWriter::new(file)))
        }
    }
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
