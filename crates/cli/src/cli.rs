//! The command line as a whole: its commands and the options that all of them have.

use crate::arguments::from_one_to;
use crate::commands::{
    aer, align, align_statistical, audit, check, completions, concordance, convert, curve, demo, evaluate, explain,
    gloss, heat_map, info, lexicon, man, page, quantize, report, score, serve, symmetrize, train, translate,
};
use clap::{Arg, ArgAction, CommandFactory, Parser, Subcommand};
use std::fmt::Write;

/// Train a translator on a small parallel corpus, translate with it, and inspect how it translates.
///
/// Results are written to standard output, progress and messages to standard error. The file name `-` is standard
/// input. The exit code is 0 on success, 1 after an error, 2 if the command line is wrong.
#[derive(Parser)]
#[command(
    name = "glosser",
    version,
    max_term_width = 100,
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = "\
Examples:
  glosser demo
  glosser train pairs.tsv --model de-en
  glosser translate --model de-en \"Ein Hund läuft.\"

GLOSSER_MODEL=DIR names the model of all commands that need one and get no --model."
)]
pub struct Cli {
    /// Number of threads [default: one per core; example: --threads 1]
    ///
    /// Translations are the same for any number of threads, trained weights only for the same number.
    #[arg(long, global = true, value_name = "N", display_order = 900, value_parser = from_one_to::<1024>)]
    pub threads: Option<usize>,

    /// Print no progress, notes or warnings, only errors
    #[arg(short, long, global = true, display_order = 901)]
    pub quiet: bool,

    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    Demo(demo::DemoArgs),
    Check(check::CheckArgs),
    Train(train::TrainArgs),
    Translate(translate::TranslateArgs),
    Align(align::AlignArgs),
    AlignStatistical(align_statistical::AlignStatisticalArgs),
    Symmetrize(symmetrize::SymmetrizeArgs),
    HeatMap(heat_map::HeatMapArgs),
    Gloss(gloss::GlossArgs),
    Lexicon(lexicon::LexiconArgs),
    Concordance(concordance::ConcordanceArgs),
    Explain(explain::ExplainArgs),
    Serve(serve::ServeArgs),
    Page(page::PageArgs),
    Audit(audit::AuditArgs),
    Aer(aer::AerArgs),
    Evaluate(evaluate::EvaluateArgs),
    Score(score::ScoreArgs),
    Convert(convert::ConvertArgs),
    Report(report::ReportArgs),
    Quantize(quantize::QuantizeArgs),
    Curve(curve::CurveArgs),
    Info(info::InfoArgs),
    Completions(completions::CompletionsArgs),
    Man(man::ManArgs),
}

/// The commands as `glosser --help` and its manual page list them, by purpose.
pub const GROUPS: [(&str, &[&str]); 6] = [
    ("Corpus", &["check", "convert"]),
    ("Train", &["demo", "train", "info", "curve", "quantize"]),
    ("Translate", &["translate", "serve", "page", "explain"]),
    (
        "Align and look inside",
        &["align", "align-statistical", "symmetrize", "heat-map", "gloss", "lexicon", "concordance", "report", "audit"],
    ),
    ("Score", &["evaluate", "score", "aer"]),
    ("Set up", &["completions", "man"]),
];

/// The heading of options in the help of a command.
fn heading(command: &str, id: &str) -> &'static str {
    match (command, id) {
        ("audit", "keep") | ("evaluate" | "check", "model") => "Input and output",
        ("align-statistical", "save" | "load") => "Input and output",
        ("curve", "against" | "loss") => "Picture",
        ("report", "runs") => "Input and output",
        ("page", "about" | "small" | "offline" | "engine") => "Page",
        ("quantize", "bits" | "single") => "Weights",
        ("evaluate", "seed") => "Scores",
        ("concordance", "target") => "Selection",
        ("train", "source_language" | "target_language") => "Input and output",
        ("serve", "listen" | "allow_origin" | "behind_proxy" | "log_format") => "Network",
        ("serve", "api_keys" | "require_api_key" | "texts_per_minute") => "Clients",
        ("serve", "max_characters" | "max_texts" | "timeout") => "Limits",
        (_, "column" | "_append" | "replace") => "Input and output",
        (_, "model" | "columns" | "languages" | "csv" | "pairs" | "input" | "output" | "format" | "json" | "brief")
        | (_, "dev" | "test" | "fix" | "from" | "overwrite" | "config" | "print_config" | "compare" | "translate")
        | (_, "hypotheses" | "references" | "against" | "gold" | "one_based_gold" | "one_based_links")
        | (_, "reverse" | "reverse_order" | "append") => "Input and output",
        (_, "glossary" | "glossary_match" | "keep" | "no_copy" | "split" | "words" | "case" | "tokenize") => "Text",
        (_, "beam_size" | "max_length" | "length_penalty" | "n_best" | "batch_size" | "force" | "explain")
        | (_, "no_short_list") => "Search",
        (_, "alignment" | "links" | "symmetrize" | "threshold" | "method" | "guided_alignment" | "adapt") => {
            "Alignment"
        }
        (_, "both_directions" | "epochs" | "steps" | "minutes" | "seed" | "attention" | "save_every") => "Training",
        (_, "min_count" | "top" | "cut" | "prefix" | "exact" | "show") => "Selection",
        (_, "title" | "scale" | "values" | "theme") => "Picture",
        (_, "sentence_level") => "Scores",
        _ => OTHER,
    }
}

/// The heading of options that most commands have, at the end.
const OTHER: &str = "Other options";

/// The help of a command, with its options under headings.
fn with_headings(command: clap::Command) -> clap::Command {
    let name = command.get_name().to_owned();
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help).display_order(999);
    let help = help.help("Print this help; -h is a summary");
    command.disable_help_flag(true).arg(help).mut_args(|argument| {
        let heading = (!argument.is_positional()).then(|| heading(&name, argument.get_id().as_str()));
        argument.help_heading(heading)
    })
}

/// The command line, with its commands in groups, which clap does not have.
pub fn parser() -> clap::Command {
    let command = Cli::command().mut_subcommands(with_headings);
    let command = command.mut_args(|argument| argument.help_heading(OTHER));
    let heading = command.get_styles().get_header();
    let template = format!(
        "{{before-help}}{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{}\n{heading}{OTHER}:{heading:#}\n\
         {{options}}{{after-help}}",
        groups(&command)
    );
    command.help_template(template)
}

/// The groups with a line for each command, from what clap knows of it.
fn groups(command: &clap::Command) -> String {
    let (heading, literal) = (command.get_styles().get_header(), command.get_styles().get_literal());
    let width = command.get_subcommands().map(|command| command.get_name().len()).max().unwrap_or(0);
    let mut text = String::new();
    for (group, names) in GROUPS {
        let _ = writeln!(text, "{heading}{group}:{heading:#}");
        for command in names.iter().filter_map(|name| command.find_subcommand(name)) {
            let (name, about) = (command.get_name(), command.get_about().map(ToString::to_string).unwrap_or_default());
            let _ = writeln!(text, "  {literal}{name:<width$}{literal:#}  {about}");
        }
        text.push('\n');
    }
    text + "`glosser COMMAND --help` describes a command with all its options.\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_in_exactly_one_group_and_no_other_is() {
        let command = Cli::command();
        let mut commands: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
        let mut grouped: Vec<&str> = GROUPS.iter().flat_map(|(_, names)| *names).copied().collect();
        commands.sort_unstable();
        grouped.sort_unstable();
        assert_eq!(grouped, commands);
    }

    #[test]
    fn every_command_fits_on_one_line_of_a_hundred_columns() {
        let text = groups(&Cli::command().styles(clap::builder::Styles::plain()));
        for line in text.lines() {
            assert!(line.chars().count() <= 100, "{line}");
        }
    }

    #[test]
    fn every_command_has_three_examples() {
        for command in Cli::command().get_subcommands() {
            let examples = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let count = examples.lines().filter(|line| line.starts_with("  ") && line.contains("glosser ")).count();
            assert!(count >= 3, "{}: {count} examples", command.get_name());
        }
    }

    #[test]
    fn every_option_and_every_command_has_a_help_text() {
        for command in Cli::command().get_subcommands() {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            for argument in command.get_arguments() {
                assert!(argument.get_help().is_some(), "{} {}", command.get_name(), argument.get_id());
            }
        }
    }
}
