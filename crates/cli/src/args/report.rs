use super::shared::{ColumnsArg, ModelArg, WordsArg, at_least_one};
use clap::Args;
use std::path::PathBuf;

/// Write a report to look at: one HTML file with what the model attended to, sentence by sentence
///
/// Example: glosser report --model de-en pairs.tsv -o report.html
///
/// Example: glosser report --model de-en --compare de-en-more --translate test.de -o report.html
///
/// Any browser opens the file, without a network. Sentences stand worst first, and can be sorted, searched and filtered;
/// a word shows where it came from, by attention and by the aligner.
#[derive(Args)]
pub struct ReportArgs {
    #[command(flatten)]
    pub model: ModelArg,

    /// The pairs: a TSV file, or a source file and a target file of as many lines
    #[arg(value_name = "FILE", num_args = 1..=2, required_unless_present = "translate")]
    pub files: Vec<PathBuf>,

    #[command(flatten)]
    pub columns: ColumnsArg,

    /// Sentences to translate, one a line, in place of pairs [example: --translate test.de.gz]
    #[arg(long, value_name = "FILE", conflicts_with = "files")]
    pub translate: Option<PathBuf>,

    #[command(flatten)]
    pub words: WordsArg,

    /// With each translation the steps of its search, as `glosser explain` shows them: some 14 kB for a caption
    #[arg(long, requires = "translate", conflicts_with = "files")]
    pub explain: bool,

    /// A second model, shown beside the first [example: --compare de-en-more]
    #[arg(long, value_name = "DIR")]
    pub compare: Option<PathBuf>,

    /// Where the page goes [default: standard output; example: -o report.html]
    #[arg(short, long, value_name = "FILE.html")]
    pub output: Option<PathBuf>,

    /// Hypotheses followed at a time, with --translate
    #[arg(long, value_name = "N", default_value = "5", value_parser = at_least_one)]
    pub beam_size: usize,

    /// Pairs computed together: speed and memory, never the result [example: --batch-size 8]
    #[arg(long, value_name = "N", default_value = "32", value_parser = at_least_one)]
    pub batch_size: usize,

    /// Say nothing on standard error but errors
    #[arg(short, long)]
    pub quiet: bool,
}
