use crate::args::{ExplainArgs, ExplainFormat};
use crate::output::writer;
use crate::search_steps;
use anyhow::Result;
use glosser_translator::{SearchOptions, Translator};
use std::io::Write;

/// A sentence in, the steps of its search out.
pub fn run(args: ExplainArgs) -> Result<()> {
    let translator = Translator::load(&args.model.directory)?;
    let fitted = translator.search_options().length_penalty;
    let options = SearchOptions {
        beam_size: args.beam_size,
        length_penalty: args.length_penalty.unwrap_or(fitted),
        max_length: args.max_length,
        batch_size: 1,
    };
    let explanation = translator.explain(&args.sentence, &options, &args.force, args.show)?;
    let mut out = writer(None)?;
    match args.format {
        ExplainFormat::Text => write!(out, "{}", search_steps::text(&explanation))?,
        ExplainFormat::Json => writeln!(out, "{}", search_steps::json(&explanation)?)?,
    }
    out.flush()?;
    Ok(())
}
