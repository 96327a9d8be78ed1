//! `glosser man`: manual pages.

use crate::manual::Manual;
use crate::output::{replace, say};
use anyhow::{Context, Result};
use clap::Args;
use glosser_text::counted;
use std::fs;
use std::path::PathBuf;

/// Print the manual page of the program or of a command, or write all pages
///
/// The pages hold the texts of `glosser --help` and `glosser COMMAND --help`, in the format of the program `man`. Once
/// they are written to a directory of manual pages, `man glosser` and `man glosser-train` show them.
#[derive(Args)]
#[command(after_help = "\
Examples:
  glosser man | man -l -
  glosser man train | man -l -
  glosser man -o ~/.local/share/man/man1")]
pub struct ManArgs {
    /// Command whose page is printed [default: the program; example: train]
    #[arg(value_name = "COMMAND", conflicts_with = "output")]
    pub page: Option<String>,

    /// Directory for the pages of the program and of all commands [example: -o man/man1]
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
}

/// Prints a page, or writes all of them.
pub fn run(args: ManArgs) -> Result<()> {
    let manual = Manual::new();
    let Some(directory) = args.output else {
        return replace(None, manual.page(args.page.as_deref())?.text.as_bytes());
    };
    let pages = manual.pages()?;
    fs::create_dir_all(&directory).with_context(|| format!("{}: cannot be created", directory.display()))?;
    for page in &pages {
        replace(Some(&directory.join(&page.file_name)), page.text.as_bytes())?;
    }
    say(&format!("{}: {} written", directory.display(), counted(pages.len(), "manual page")));
    Ok(())
}
