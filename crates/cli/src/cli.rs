//! The command line as a whole: its commands and the options that all of them have.

use crate::arguments::from_one_to;
use crate::commands::aer::AerArgs;
use crate::commands::align::AlignArgs;
use crate::commands::align_statistical::AlignStatisticalArgs;
use crate::commands::audit::AuditArgs;
use crate::commands::check::CheckArgs;
use crate::commands::concordance::ConcordanceArgs;
use crate::commands::convert::ConvertArgs;
use crate::commands::curve::CurveArgs;
use crate::commands::demo::DemoArgs;
use crate::commands::evaluate::EvaluateArgs;
use crate::commands::explain::ExplainArgs;
use crate::commands::gloss::GlossArgs;
use crate::commands::heat_map::HeatMapArgs;
use crate::commands::info::InfoArgs;
use crate::commands::lexicon::LexiconArgs;
use crate::commands::quantize::QuantizeArgs;
use crate::commands::report::ReportArgs;
use crate::commands::score::ScoreArgs;
use crate::commands::symmetrize::SymmetrizeArgs;
use crate::commands::train::TrainArgs;
use crate::commands::translate::TranslateArgs;
use clap::{Parser, Subcommand};

/// Train a translator on a small parallel corpus, translate with it, and look inside.
///
/// Results go to standard output, progress and messages to standard error. `-` is standard input. The exit code is 0
/// on success, 1 if something went wrong, 2 if the command line is wrong.
#[derive(Parser)]
#[command(name = "glosser", version, max_term_width = 100, subcommand_required = true, arg_required_else_help = true)]
pub struct Cli {
    /// Threads to compute with [default: one for each core; example: --threads 1]
    ///
    /// Translations do not depend on it; trained weights are the same for the same number.
    #[arg(long, global = true, value_name = "N", value_parser = from_one_to::<1024>)]
    pub threads: Option<usize>,

    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    Demo(DemoArgs),
    Check(CheckArgs),
    Train(TrainArgs),
    Translate(TranslateArgs),
    Align(AlignArgs),
    AlignStatistical(AlignStatisticalArgs),
    Symmetrize(SymmetrizeArgs),
    HeatMap(HeatMapArgs),
    Gloss(GlossArgs),
    Lexicon(LexiconArgs),
    Concordance(ConcordanceArgs),
    Explain(ExplainArgs),
    Audit(AuditArgs),
    Aer(AerArgs),
    Evaluate(EvaluateArgs),
    Score(ScoreArgs),
    Convert(ConvertArgs),
    Report(ReportArgs),
    Quantize(QuantizeArgs),
    Curve(CurveArgs),
    Info(InfoArgs),
}
