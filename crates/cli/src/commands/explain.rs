//! `glosser explain`: shows the steps of a beam search.

use crate::arguments::{ModelArg, SearchArgs, TextOrJson};
use crate::output::writer;
use crate::search_trace;
use anyhow::Result;
use clap::Args;
use glosser_translator::Translator;
use std::io::Write;

/// Show every step of the beam search for a sentence: what was kept and dropped
///
/// Each step extends the hypotheses of the step before, best first, by one sub-word (`␣` is the space before a word).
/// Each extension has its rank among those kept, `forced` if --force determined it, `end` if it ends the translation, or
/// `-` if it was dropped; then the probability of the sub-word, the log probability of the whole hypothesis, and its
/// distance to the best of the step. `>` marks the path of the best translation.
#[derive(Args)]
#[command(after_help = "\
Examples:
  glosser explain --model de-en \"Ein Hund läuft.\" --brief
  glosser explain --model de-en \"Ein Hund läuft.\" --force \"A cat\"
  glosser explain --model de-en \"Ein Hund läuft.\" --beam-size 2 --show 0")]
pub struct ExplainArgs {
    #[command(flatten)]
    pub model: ModelArg,

    /// The sentence to translate
    pub sentence: String,

    /// Begin the translation with this text [example: --force "The cat"]
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub force: String,

    #[command(flatten)]
    pub search: SearchArgs,

    /// Number of dropped extensions to show at each step [example: --show 0]
    #[arg(long, value_name = "N", default_value = "3")]
    pub show: usize,

    /// Show only the path of the best translation, and the next best sub-word of each step
    #[arg(long, conflicts_with = "format")]
    pub brief: bool,

    /// Output format; text is one tree per step
    #[arg(long, default_value = "text")]
    pub format: TextOrJson,
}

/// Dropped extensions of a step among which the next best sub-word after the chosen hypothesis is found.
const FOR_NEXT_BEST: usize = 50;

/// Translates the sentence and writes the steps of the search.
pub fn run(args: ExplainArgs) -> Result<()> {
    let translator = Translator::load(&args.model.directory)?.with_split(args.search.split.into());
    let options = args.search.options(&translator, 1);
    let show = if args.brief { args.show.max(FOR_NEXT_BEST) } else { args.show };
    let explanation = translator.explain(&args.sentence, &options, &args.force, show)?;
    let mut out = writer();
    match args.format {
        TextOrJson::Text if args.brief => write!(out, "{}", search_trace::brief(&explanation))?,
        TextOrJson::Text => write!(out, "{}", search_trace::text(&explanation))?,
        TextOrJson::Json => writeln!(out, "{}", search_trace::json(&explanation)?)?,
    }
    out.flush()?;
    Ok(())
}
