//! Where results go.

use anyhow::{Context, Result};
use glosser_alignment::Shades;
use glosser_text::{Compression, Output};
use std::env;
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

/// Puts a whole file in its place, or on standard output.
pub fn replace(path: Option<&Path>, bytes: &[u8]) -> Result<()> {
    let Some(path) = path.filter(|path| *path != Path::new("-")) else {
        let mut out = writer(None)?;
        out.write_all(bytes)?;
        return Ok(out.flush()?);
    };
    let mut output = Output::create(path)?;
    output.write_all(bytes).with_context(|| format!("{}: cannot be written", path.display()))?;
    Ok(Output::finish(vec![output])?)
}

/// Whether both are one file that exists, by whatever path.
pub fn is_same_file(input: &Path, output: &Path) -> bool {
    input.canonicalize().is_ok_and(|input| input.is_file() && output.canonicalize().is_ok_and(|output| input == output))
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

/// The colours of the terminal that is written to; plain characters where there is none, or no colours are wanted
/// (no-color.org).
pub fn shades(path: Option<&Path>) -> Shades {
    let variable = |name: &str| env::var(name).unwrap_or_default();
    let is_file = path.is_some_and(|path| path != Path::new("-"));
    if is_file || !stdout().is_terminal() || !variable("NO_COLOR").is_empty() {
        return Shades::Blocks;
    }
    shades_of(&variable("TERM"), &variable("COLORTERM"))
}

/// What a terminal says of itself.
fn shades_of(term: &str, colorterm: &str) -> Shades {
    if matches!(colorterm, "truecolor" | "24bit") || term.ends_with("-direct") {
        Shades::TrueColor
    } else if term.contains("256color") {
        Shades::Colors256
    } else {
        Shades::Blocks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_is_taken_at_its_word() {
        assert_eq!(shades_of("xterm-256color", "truecolor"), Shades::TrueColor);
        assert_eq!(shades_of("xterm-direct", ""), Shades::TrueColor);
        assert_eq!(shades_of("screen-256color", ""), Shades::Colors256);
        for term in ["", "dumb", "linux", "xterm"] {
            assert_eq!(shades_of(term, ""), Shades::Blocks, "{term}");
        }
    }
}
