//! The program `glosser`: trains a translator on a small parallel corpus, translates, inspects.
//!
//! `main` parses the command line and turns errors into messages and exit codes; each command is a module of
//! `commands`. Results are written to standard output, messages to standard error. The library crates print nothing.

mod arguments;
mod audited_rows;
mod axis;
mod cells;
mod cli;
mod column;
mod column_arguments;
mod commands;
mod comparison;
mod confirmation;
mod corpora;
mod curve;
mod degraded;
mod diagnosis;
mod file_arguments;
mod filter;
mod forced_decoding;
mod glossary;
mod growing_output;
mod history;
mod internal_error;
mod interrupt;
mod json_object;
mod link_arguments;
mod links;
mod manual;
mod missing_column;
mod next_steps;
mod outcome;
mod output;
mod page_models;
mod pair_arguments;
mod pair_audit;
mod pair_rows;
mod picture;
mod progress;
mod progress_line;
mod raw_line;
mod read_ahead;
mod report;
mod rows;
mod runs;
mod scores;
mod search_trace;
mod sentences;
mod table;
mod terminal;
mod trainer;
mod training_result;
mod translation_form;
mod two_way;
mod unfinished_training;
mod unknown_words;
mod usage;
mod word_query;
mod word_statistics;
mod words_argument;

use anyhow::{Context, Result};
use arguments::as_usage;
use clap::FromArgMatches;
use cli::{Cli, Command};
use glosser_kernels::{keep_candle_single_threaded, keep_freed_memory};
use interrupt::{EXIT_CODE, Interrupted};
use output::{insist, set_quiet};
use std::env;
use std::io::ErrorKind;
use std::process::ExitCode;
use unfinished_training::name_unfinished_training;

fn main() -> ExitCode {
    keep_candle_single_threaded();
    keep_freed_memory();
    internal_error::install();
    internal_error::panic_on_demand("main");
    let mut parser = cli::parser();
    let parsed = parser.try_get_matches_from_mut(env::args_os());
    let parsed = parsed.and_then(|matches| Ok((Cli::from_arg_matches(&matches)?, matches)));
    let (cli, matches) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => return usage::answer(&error, &parser),
    };
    // Some commands have the option themselves.
    set_quiet(cli.quiet || matches.subcommand().is_some_and(|(_, matches)| matches.get_flag("quiet")));
    match file_arguments::check(&parser, &matches)
        .and_then(|()| run(cli))
        .map_err(as_usage)
        .map_err(name_unfinished_training)
    {
        Ok(()) => ExitCode::SUCCESS,
        // The reader of the output has ended (`glosser … | head`): success.
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) if error.is::<diagnosis::FaultsFound>() => ExitCode::FAILURE,
        Err(error) if error.is::<Interrupted>() => {
            insist(&error.to_string());
            ExitCode::from(EXIT_CODE)
        }
        Err(error) => match error.downcast() {
            Ok(wrong_usage) => usage::refuse(wrong_usage, &mut parser),
            Err(error) => {
                insist(&format!("error: {}", message(&error)));
                ExitCode::FAILURE
            }
        },
    }
}

/// Runs the command on a thread of the pool: from another thread, every parallel operation would wait for a handover.
fn run(cli: Cli) -> Result<()> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(cli.threads.unwrap_or(0));
    pool.build().context("cannot start threads; try --threads 1")?.install(|| dispatch(cli))
}

/// Calls the function of the command.
fn dispatch(cli: Cli) -> Result<()> {
    internal_error::panic_on_demand("a pool");
    match cli.command {
        Command::Demo(args) => commands::demo::run(args),
        Command::Check(args) => commands::check::run(args),
        Command::Train(args) => commands::train::run(args),
        Command::Translate(args) => commands::translate::run(args),
        Command::Align(args) => commands::align::run(args),
        Command::AlignStatistical(args) => commands::align_statistical::run(args),
        Command::Symmetrize(args) => commands::symmetrize::run(args),
        Command::HeatMap(args) => commands::heat_map::run(args),
        Command::Gloss(args) => commands::gloss::run(args),
        Command::Lexicon(args) => commands::lexicon::run(args),
        Command::Concordance(args) => commands::concordance::run(args),
        Command::Serve(args) => commands::serve::run(args),
        Command::Explain(args) => commands::explain::run(args),
        Command::Audit(args) => commands::audit::run(args),
        Command::Aer(args) => commands::aer::run(args),
        Command::Evaluate(args) => commands::evaluate::run(args),
        Command::Score(args) => commands::score::run(args),
        Command::Convert(args) => commands::convert::run(args),
        Command::Report(args) => commands::report::run(args),
        Command::Page(args) => commands::page::run(args),
        Command::Quantize(args) => commands::quantize::run(args),
        Command::Curve(args) => commands::curve::run(args),
        Command::Info(args) => commands::info::run(args),
        Command::Completions(args) => commands::completions::run(args),
        Command::Man(args) => commands::man::run(args),
    }
}

/// Whether the error is that nothing reads standard output any more.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let mut io_errors = error.chain().filter_map(|cause| cause.downcast_ref::<std::io::Error>());
    io_errors.any(|cause| cause.kind() == ErrorKind::BrokenPipe)
}

/// The error with its causes, in one line. A tensor error has a backtrace after its first line, and an error may
/// already name its cause.
fn message(error: &anyhow::Error) -> String {
    let mut message = String::new();
    for cause in error.chain().map(ToString::to_string) {
        let cause = cause.lines().next().unwrap_or_default();
        if !message.contains(cause) {
            let colon = if message.is_empty() { "" } else { ": " };
            message += &format!("{colon}{cause}");
        }
    }
    message
}
