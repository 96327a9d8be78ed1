//! What may stand on the command line: a file a command, and `shared` for what several have.

mod aer;
mod align;
mod align_statistical;
mod audit;
mod check;
mod concordance;
mod convert;
mod curve;
mod demo;
mod evaluate;
mod explain;
mod gloss;
mod heat_map;
mod info;
mod lexicon;
mod link_method;
mod quantize;
mod report;
mod score;
mod shared;
mod symmetrize;
mod train;
mod translate;

pub use aer::{AerArgs, AerFormat};
pub use align::{AlignArgs, AlignFormat, LinksFrom};
pub use align_statistical::{AlignStatisticalArgs, AlignStatisticalFormat};
pub use audit::{AuditArgs, AuditFormat};
pub use check::CheckArgs;
pub use concordance::{ConcordanceArgs, ConcordanceFormat};
pub use convert::ConvertArgs;
pub use curve::{Against, CurveArgs};
pub use demo::DemoArgs;
pub use evaluate::{EvaluateArgs, EvaluateFormat};
pub use explain::{ExplainArgs, ExplainFormat};
pub use gloss::{GlossArgs, GlossFormat, GlossInput};
pub use heat_map::HeatMapArgs;
pub use info::InfoArgs;
pub use lexicon::{CaseArg, LexiconArgs, LexiconFormat};
pub use link_method::LinkMethod;
pub use quantize::QuantizeArgs;
pub use report::ReportArgs;
pub use score::{ScoreArgs, ScoreFormat};

pub use shared::{ColumnsArg, as_usage, wrong_usage};
pub use symmetrize::SymmetrizeArgs;
pub use train::{ScoreArg, TrainArgs};
pub use translate::{AlignmentKind, TranslateArgs, TranslateFormat};

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
    #[arg(long, global = true, value_name = "N", value_parser = shared::from_one_to::<1024>)]
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
