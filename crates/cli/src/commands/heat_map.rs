use crate::args::HeatMapArgs;
use crate::picture;
use anyhow::{Context, Result, bail, ensure};
use glosser_alignment::svg;
use glosser_translator::{Translation, Translator, Weighting};

/// A sentence in, a picture out.
pub fn run(args: HeatMapArgs) -> Result<()> {
    ensure!(!args.source.trim().is_empty(), "the sentence is blank: there is nothing to draw");
    let translator = Translator::load(&args.model.directory)?;
    let drawn = drawn(&translator, &args)?;
    if !drawn.has_attention() {
        let most = Translator::LONGEST_SCORED;
        bail!("more than {most} sub-words on a side, or a blank translation: there are no weights to draw");
    }
    let view = drawn.words_by(args.words.rule());
    picture::write(args.output.as_deref(), &svg(&view.labelled(), args.title.as_deref()), args.scale)
}

/// The pair with its weights.
fn drawn(translator: &Translator, args: &HeatMapArgs) -> Result<Translation> {
    let weighting = Weighting::from(args.links);
    let target = match &args.target {
        Some(target) => target.clone(),
        None => {
            let found = translator.translate(&[&args.source])?.pop().context("a sentence has a translation")?;
            // The search has attended already; where words came from is known once they are.
            if weighting == Weighting::Attention {
                return Ok(found);
            }
            found.text
        }
    };
    translator.score(&[(&args.source, &target)], 1, weighting)?.pop().context("a pair has weights")
}
