//! Results on standard output or in files, messages on standard error.

use crate::terminal::TerminalWriter;
use anyhow::{Context, Result};
use glosser_alignment::Shades;
use glosser_text::{Output, printable_lines};
use std::env;
use std::io::{BufWriter, IsTerminal, StdoutLock, Write, stderr, stdout};
use std::path::Path;

/// Opens standard output. The caller must flush it.
pub fn writer() -> TerminalWriter<BufWriter<StdoutLock<'static>>> {
    TerminalWriter::new(BufWriter::new(stdout().lock()))
}

/// Writes a whole file, which appears only when it is complete, or writes to standard output.
pub fn replace(path: Option<&Path>, bytes: &[u8]) -> Result<()> {
    let Some(path) = path.filter(|path| *path != Path::new("-")) else {
        let mut out = writer();
        out.write_all(bytes)?;
        return Ok(out.flush()?);
    };
    let mut output = Output::create(path)?;
    output.write_all(bytes).with_context(|| format!("{}: cannot be written", path.display()))?;
    Ok(Output::finish(vec![output])?)
}

/// Prints a message on standard error. It may have text of a corpus or the name of a file, so that characters that
/// control a terminal are escaped.
pub fn say(text: &str) {
    // A closed standard error is no reason to stop.
    let _ = writeln!(stderr(), "{}", printable_lines(text));
}

/// Prints a note on standard error: information for the user, although nothing is wrong.
pub fn note(text: &str) {
    say(&format!("note: {text}"));
}

/// Prints a warning on standard error.
pub fn warn(text: &str) {
    say(&format!("warning: {text}"));
}

/// Width of the terminal in columns; 100 without a terminal.
pub fn width() -> usize {
    match terminal_size::terminal_size() {
        Some((width, _)) if stdout().is_terminal() => usize::from(width.0),
        _ => 100,
    }
}

/// The colours of the terminal that results are written to; plain characters without a terminal, or if `NO_COLOR` is
/// set (no-color.org).
pub fn shades(path: Option<&Path>) -> Shades {
    let variable = |name: &str| env::var(name).unwrap_or_default();
    let is_file = path.is_some_and(|path| path != Path::new("-"));
    if is_file || !stdout().is_terminal() || !variable("NO_COLOR").is_empty() {
        return Shades::Blocks;
    }
    shades_of(&variable("TERM"), &variable("COLORTERM"))
}

/// The colours that a terminal has, by its environment variables.
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
    fn environment_variables_determine_the_colours_of_the_terminal() {
        assert_eq!(shades_of("xterm-256color", "truecolor"), Shades::TrueColor);
        assert_eq!(shades_of("xterm-direct", ""), Shades::TrueColor);
        assert_eq!(shades_of("screen-256color", ""), Shades::Colors256);
        for term in ["", "dumb", "linux", "xterm"] {
            assert_eq!(shades_of(term, ""), Shades::Blocks, "{term}");
        }
    }
}
