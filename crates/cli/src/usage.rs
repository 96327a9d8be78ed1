//! What is printed after a wrong command line: the error, the usage of the command concerned, and where its help is.

use crate::output::{message_width, wrapped};
use clap::Command;
use clap::error::{Error, ErrorKind};
use glosser_text::printable_lines;
use std::env;
use std::io::{Write, stderr};
use std::path::Path;
use std::process::ExitCode;

/// Exit code of a wrong command line.
const WRONG_USAGE: u8 = 2;

/// The end of clap's messages.
const HINT: &str = "try '--help'";

/// Prints the help, the version or the error that parsing the command line gives.
pub fn answer(error: &Error, parser: &Command) -> ExitCode {
    if !error.use_stderr() || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let _ = error.print();
        return if error.use_stderr() { ExitCode::from(WRONG_USAGE) } else { ExitCode::SUCCESS };
    }
    print(error, chosen(parser))
}

/// Prints an error that the command found in its arguments.
pub fn refuse(error: Error, parser: &mut Command) -> ExitCode {
    let name = chosen(parser).map(str::to_owned);
    // clap writes `error: ` before the message.
    let message = error.to_string();
    let error = Error::raw(error.kind(), message.trim_start_matches("error: ").trim_end());
    let error = match name.as_deref().and_then(|name| parser.find_subcommand_mut(name)) {
        Some(command) => error.format(command),
        None => error.format(parser),
    };
    print(&error, name.as_deref())
}

/// The command that the command line names.
fn chosen(parser: &Command) -> Option<&str> {
    let is_command = |argument: std::ffi::OsString| Some(parser.find_subcommand(argument)?.get_name());
    env::args_os().skip(1).find_map(is_command)
}

/// Returns the name of a file whose spaces have made several arguments of it.
fn name_with_spaces(arguments: &[String]) -> Option<String> {
    let starts = 0..arguments.len();
    let parts = starts.flat_map(|start| (start + 2..=arguments.len()).map(move |end| &arguments[start..end]));
    parts.map(|parts| parts.join(" ")).find(|name| Path::new(name).is_file())
}

fn print(error: &Error, command: Option<&str>) -> ExitCode {
    let program = command.map_or_else(|| "glosser".to_owned(), |command| format!("glosser {command}"));
    // Backticks keep the command in one line while the text is wrapped.
    let mut text = error.to_string().replace(HINT, &format!("try `{program} --help`"));
    if let Some(name) = name_with_spaces(&env::args().skip(1).collect::<Vec<_>>()) {
        text += &format!("\n  tip: `{name}` is a file; put its name in quotation marks\n");
    }
    let text = message_width().map_or_else(|| text.clone(), |width| wrapped(&text, width));
    let _ = write!(stderr(), "{}", printable_lines(&text));
    ExitCode::from(WRONG_USAGE)
}
