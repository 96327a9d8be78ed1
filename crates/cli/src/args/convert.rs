use super::shared::ColumnsArg;
use clap::Args;
use std::path::PathBuf;

/// Convert pairs: a TSV, two files or a TMX into any other of these
///
/// Example: glosser convert memory.tmx --languages de,en -o pairs.tsv
///
/// Example: glosser convert pairs.tsv.gz -o train.de train.en
///
/// Example: glosser convert train.de train.en --languages de,en -o memory.tmx.zst
///
/// The ending says what is written: .tsv or .tmx with one file; two files have a side each. With .gz or .zst behind it,
/// it is compressed. A TMX that is written has the languages that --languages names. Every pair is kept, also one with a blank side. The files appear when all has gone well.
#[derive(Args)]
pub struct ConvertArgs {
    /// The pairs: a TSV or TMX file, or a source file and a target file of as many lines
    #[arg(value_name = "FILE", num_args = 1..=2, required = true)]
    pub files: Vec<PathBuf>,

    /// Where they go: FILE.tsv, FILE.tmx, or one file a side; - is standard output, as TSV [example: -o pairs.tsv]
    #[arg(short, long, value_name = "FILE", num_args = 1..=2, required = true)]
    pub output: Vec<PathBuf>,

    #[command(flatten)]
    pub columns: ColumnsArg,

    /// Say nothing on standard error but errors
    #[arg(short, long)]
    pub quiet: bool,
}
