//! The manual pages: one of the program and one of each command, from their help texts.

use crate::arguments::wrong_usage;
use crate::cli::{GROUPS, parser};
use anyhow::Result;
use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};
use std::io;

/// A manual page in the format of the program man.
pub struct Page {
    /// Name of its file, such as `glosser-train.1`.
    pub file_name: String,
    /// Its text.
    pub text: String,
}

/// All manual pages.
pub struct Manual {
    program: Command,
}

impl Manual {
    /// Prepares the command line for the pages: every command gets its full name and the options of the program.
    pub fn new() -> Self {
        let mut program = parser().disable_help_subcommand(true).subcommand_value_name("COMMAND");
        program.build();
        Self { program }
    }

    /// Returns the page of a command, or of the program.
    ///
    /// # Errors
    /// If there is no such command.
    pub fn page(&self, command: Option<&str>) -> Result<Page> {
        let Some(name) = command else { return Ok(self.page_of(&self.program)?) };
        match self.program.find_subcommand(name) {
            Some(command) => Ok(self.page_of(command)?),
            None => Err(wrong_usage(format!("there is no command `{name}`; `glosser --help` lists the commands"))),
        }
    }

    /// Returns the pages of the program and of all commands.
    ///
    /// # Errors
    /// None: the pages are written to memory.
    pub fn pages(&self) -> io::Result<Vec<Page>> {
        std::iter::once(&self.program)
            .chain(self.program.get_subcommands())
            .map(|command| self.page_of(command))
            .collect()
    }

    fn page_of(&self, command: &Command) -> io::Result<Page> {
        let version = command.get_version().or(self.program.get_version()).unwrap_or_default();
        let man = Man::new(with_short_usage(command)).source(format!("glosser {version}")).manual("Manual of glosser");
        let mut text = Vec::new();
        man.render_title(&mut text)?;
        man.render_name_section(&mut text)?;
        man.render_synopsis_section(&mut text)?;
        man.render_description_section(&mut text)?;
        let mut roff = Roff::new();
        if command.has_subcommands() {
            commands(&mut roff, command);
        }
        roff.to_writer(&mut text)?;
        man.render_options_section(&mut text)?;
        let mut roff = Roff::new();
        if let Some(help) = command.get_after_long_help().or_else(|| command.get_after_help()) {
            further_sections(&mut roff, &help.to_string());
        }
        see_also(&mut roff, command);
        roff.to_writer(&mut text)?;
        // groff turns a plain ` into a quotation mark.
        let text = String::from_utf8_lossy(&text).replace('`', "\\(ga");
        Ok(Page { file_name: man.get_filename(), text })
    }
}

/// The command with the usage line of its help: by default, a page lists every option there.
fn with_short_usage(command: &Command) -> Command {
    let usage = command.clone().render_usage().to_string();
    let usage = usage.strip_prefix("Usage: ").unwrap_or(&usage).to_owned();
    let command = command.clone().override_usage(usage);
    // Only the options of a command are in groups.
    if !command.has_subcommands() {
        return command;
    }
    command.mut_args(|argument| argument.help_heading(None::<&'static str>))
}

/// The commands in the groups of `glosser --help`.
fn commands(roff: &mut Roff, program: &Command) {
    roff.control("SH", ["COMMANDS"]);
    for (group, names) in GROUPS {
        roff.control("SS", [group]);
        for command in names.iter().filter_map(|name| program.find_subcommand(name)) {
            roff.control("TP", []);
            roff.text([bold(page_name(command)), roman("(1)")]);
            roff.text([roman(command.get_about().map(ToString::to_string).unwrap_or_default())]);
        }
    }
}

/// The sections that follow the options in a help text, such as the examples: a heading is a line at the left margin
/// that ends with a colon; indented lines stay as they are.
fn further_sections(roff: &mut Roff, help: &str) {
    for line in help.lines() {
        if let Some(heading) = line.strip_suffix(':').filter(|_| !line.starts_with(' ')) {
            roff.control("SH", [heading.to_uppercase().as_str()]);
        } else if line.trim().is_empty() {
            roff.control("PP", []);
        } else if line.starts_with(' ') {
            roff.control("nf", []).text([roman(line.trim())]).control("fi", []);
        } else {
            roff.text([roman(line)]);
        }
    }
}

fn see_also(roff: &mut Roff, command: &Command) {
    roff.control("SH", ["SEE ALSO"]);
    if command.has_subcommands() {
        roff.text([roman("The page of each command, for example "), bold("man glosser-train"), roman(".")]);
    } else {
        roff.text([bold("glosser"), roman("(1)")]);
    }
}

/// Name of the page of a command, such as `glosser-train`.
fn page_name(command: &Command) -> &str {
    command.get_display_name().unwrap_or_else(|| command.get_name())
}
