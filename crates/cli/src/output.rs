//! Results on standard output or in files, messages on standard error.

use crate::progress;
use crate::terminal::TerminalWriter;
use anyhow::{Context, Result};
use glosser_alignment::palette::Theme;
use glosser_alignment::{Colors, Shades};
use glosser_text::{Output, printable_lines};
use std::env;
use std::io::{BufWriter, IsTerminal, StdoutLock, Write, stderr, stdout};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use unicode_width::UnicodeWidthStr;

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

/// Whether only errors are printed (`--quiet`).
static IS_QUIET: AtomicBool = AtomicBool::new(false);

/// From now on prints only errors, if `quiet`.
pub fn set_quiet(quiet: bool) {
    IS_QUIET.store(quiet, Ordering::Relaxed);
}

/// Whether only errors are printed.
pub fn is_quiet() -> bool {
    IS_QUIET.load(Ordering::Relaxed)
}

/// Prints a message on standard error, unless `--quiet` is given.
pub fn say(text: &str) {
    if !is_quiet() {
        insist(text);
    }
}

/// Prints an error, or a message that `--quiet` does not hide, on standard error, above a progress line. It may have text
/// of a corpus or the name of a file, so that characters that control a terminal are escaped. On a terminal, lines are
/// wrapped between words.
pub fn insist(text: &str) {
    let text = printable_lines(text);
    let text = message_width().map_or_else(|| text.to_string(), |width| wrapped(&text, width));
    // A closed standard error is no reason to stop.
    progress::suspend(|| drop(writeln!(stderr(), "{text}")));
}

/// Prints commands on standard error, unless `--quiet` is given. They are not wrapped, so that they can be copied.
pub fn say_commands(text: &str) {
    if !is_quiet() {
        let text = printable_lines(text);
        progress::suspend(|| drop(writeln!(stderr(), "{text}")));
    }
}

/// Prints a note on standard error: information for the user, although nothing is wrong.
pub fn note(text: &str) {
    say(&format!("note: {text}"));
}

/// Prints a warning on standard error.
pub fn warn(text: &str) {
    say(&format!("warning: {text}"));
}

/// Prints which file was written, and its contents (`60 lines`). Standard output, a pipe or a device is not named.
pub fn wrote(path: Option<&Path>, contents: &str) {
    if let Some(path) = path.filter(|path| path.is_file() || path.is_dir()) {
        say(&format!("{}: {contents} written", path.display()));
    }
}

/// Width of the terminal that messages are printed on; `None` without a terminal.
pub fn message_width() -> Option<usize> {
    let is_terminal = stderr().is_terminal();
    let (width, _) = is_terminal.then(|| terminal_size::terminal_size_of(stderr())).flatten()?;
    (width.0 >= MIN_WIDTH).then_some(usize::from(width.0))
}

/// Smallest width at which messages are wrapped: some terminals report 0 or 1.
const MIN_WIDTH: u16 = 20;

/// Breaks lines that are wider than `width` between words, and indents what follows. Code in backticks stays in one
/// piece, so that a command can be copied.
pub fn wrapped(text: &str, width: usize) -> String {
    text.split('\n').map(|line| wrapped_line(line, width)).collect::<Vec<_>>().join("\n")
}

fn wrapped_line(line: &str, width: usize) -> String {
    let indent = line.len() - line.trim_start_matches(' ').len();
    if line.width() <= width {
        return line.to_owned();
    }
    let hanging = " ".repeat((indent + 2).min(width / 2));
    let (mut text, mut columns) = (" ".repeat(indent), indent);
    let mut is_first = true;
    for word in words(&line[indent..]) {
        if !is_first && columns + 1 + word.width() > width {
            text += "\n";
            text += &hanging;
            columns = hanging.len();
        } else if !is_first {
            text.push(' ');
            columns += 1;
        }
        text += &word;
        columns += word.width();
        is_first = false;
    }
    text
}

/// The words of a line; code in backticks is one word.
fn words(line: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let (mut is_code, mut ticks_left) = (false, line.matches('`').count());
    for word in line.split(' ') {
        match words.last_mut().filter(|_| is_code) {
            Some(code) => *code += &format!(" {word}"),
            None => words.push(word.to_owned()),
        }
        let ticks = word.matches('`').count();
        ticks_left -= ticks;
        // A backtick without a second one begins no code.
        is_code = (is_code != (ticks % 2 == 1)) && ticks_left > 0;
    }
    words
}

/// Whether results are written to a terminal, where units and explanations help. Programs read the same as ever.
pub fn is_for_person() -> bool {
    stdout().is_terminal()
}

/// Width of the terminal in columns; 100 without a terminal.
pub fn width() -> usize {
    match terminal_size::terminal_size() {
        Some((width, _)) if stdout().is_terminal() => usize::from(width.0),
        _ => 100,
    }
}

/// The shades for the terminal that results are written to; plain characters without a terminal, or if `NO_COLOR` is set
/// (no-color.org).
pub fn shades(path: Option<&Path>) -> Shades {
    let variable = |name: &str| env::var(name).unwrap_or_default();
    if !is_terminal(path) || !variable("NO_COLOR").is_empty() {
        return Shades::Blocks;
    }
    match (colors_of(&variable("TERM"), &variable("COLORTERM")), theme_of(&variable("COLORFGBG"))) {
        (None, _) => Shades::Blocks,
        (Some(colors), None) => Shades::Tinted(colors),
        (Some(colors), Some(theme)) => Shades::Filled(colors, theme),
    }
}

/// Whether results are written to a terminal: no output file, and standard output is one.
pub fn is_terminal(path: Option<&Path>) -> bool {
    path.is_none_or(|path| path == Path::new("-")) && stdout().is_terminal()
}

/// The colours that a terminal has, by its environment variables.
fn colors_of(term: &str, colorterm: &str) -> Option<Colors> {
    if matches!(colorterm, "truecolor" | "24bit") || term.ends_with("-direct") {
        Some(Colors::TrueColor)
    } else if term.contains("256color") {
        Some(Colors::Indexed)
    } else {
        None
    }
}

/// The background of a terminal that sets `COLORFGBG`: numbers of its text colour and of its background, such as `15;0`.
/// 7 and 9 to 15 are the light ones of the 16 basic colours.
fn theme_of(colorfgbg: &str) -> Option<Theme> {
    match colorfgbg.rsplit_once(';')?.1.parse() {
        Ok(0..=6 | 8) => Some(Theme::Dark),
        Ok(7 | 9..=15) => Some(Theme::Light),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_wrapped_between_words_and_code_stays_in_one_piece() {
        assert_eq!(wrapped("error: short", 12), "error: short");
        assert_eq!(wrapped("error: one two three\nnext", 12), "error: one\n  two three\nnext");
        assert_eq!(wrapped("run `a b c d e` now", 12), "run\n  `a b c d e`\n  now");
        assert_eq!(wrapped("a lone ` does not join words", 12), "a lone `\n  does not\n  join words");
        assert_eq!(wrapped("    source  日本語 日本語", 20), "    source  日本語\n      日本語");
        let long = "x".repeat(30);
        assert_eq!(wrapped(&format!("see {long} there"), 12), format!("see\n  {long}\n  there"));
    }

    #[test]
    fn environment_variables_determine_the_colours_of_the_terminal() {
        assert_eq!(colors_of("xterm-256color", "truecolor"), Some(Colors::TrueColor));
        assert_eq!(colors_of("xterm-direct", ""), Some(Colors::TrueColor));
        assert_eq!(colors_of("screen-256color", ""), Some(Colors::Indexed));
        for term in ["", "dumb", "linux", "xterm"] {
            assert_eq!(colors_of(term, ""), None, "{term}");
        }
    }

    #[test]
    fn the_background_is_known_only_from_a_valid_colorfgbg() {
        assert_eq!(theme_of("15;0"), Some(Theme::Dark));
        assert_eq!(theme_of("0;default;15"), Some(Theme::Light));
        for unknown in ["", "15", "0;default", "7;16", ";"] {
            assert_eq!(theme_of(unknown), None, "{unknown}");
        }
    }
}
