//! `glosser completions`: prints the script by which a shell completes the command line.

use crate::cli::parser;
use crate::output::writer;
use anyhow::Result;
use clap::{Arg, Args, ValueHint};
use clap_complete::{Shell, generate};
use std::io::Write;

/// Print the script with which your shell completes commands and options
///
/// With it, the Tab key completes commands, options, their values and file names. Write the script to where your shell
/// looks for completions (for zsh a folder of `$fpath`), and start a new shell. A new version of glosser needs a new
/// script.
#[derive(Args)]
#[command(after_help = "\
Examples:
  glosser completions bash > ~/.local/share/bash-completion/completions/glosser
  glosser completions fish > ~/.config/fish/completions/glosser.fish
  glosser completions zsh > ~/.zfunc/_glosser
  glosser completions powershell >> $PROFILE")]
pub struct CompletionsArgs {
    /// Shell that reads the script
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}

/// Prints the script.
pub fn run(args: CompletionsArgs) -> Result<()> {
    let mut script = Vec::new();
    let mut parser = parser().mut_subcommands(|command| command.mut_args(with_hint));
    generate(args.shell, &mut parser, "glosser", &mut script);
    let mut out = writer();
    out.write_all(&script)?;
    Ok(out.flush()?)
}

/// Adds what the values of an argument are, if the name of its value shows it: a directory, or nothing that a shell
/// could know. Files are recognised by the type of the argument.
fn with_hint(argument: Arg) -> Arg {
    let name = argument.get_value_names().and_then(|names| names.first()).map(ToString::to_string);
    match name.as_deref() {
        Some("DIR") => argument.value_hint(ValueHint::DirPath),
        Some("N" | "B" | "P" | "M" | "SECONDS" | "TEXT" | "SENTENCE" | "TRANSLATION") => {
            argument.value_hint(ValueHint::Other)
        }
        _ => argument,
    }
}
