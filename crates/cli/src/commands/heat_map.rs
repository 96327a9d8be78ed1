//! `glosser heat-map`.

use crate::arguments::{LinksFrom, ModelArg, WordsArg, from_one_to};
use crate::picture;
use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use glosser_alignment::svg;
use glosser_translator::{Translation, Translator, Weighting};
use std::path::PathBuf;

/// Draw what the words of a sentence came from, or what was attended to, as a picture: SVG or PNG
///
/// Example: glosser heat-map --model de-en "Ein Hund läuft." -o dog.svg
///
/// Example: glosser heat-map --model de-en "Ein Hund läuft." "A dog runs." --links attention -o dog.png
///
/// Source words stand on top, target words at the left; the darker a cell, the more weight. The weight on the source's end
/// stands apart, in grey. A PNG is drawn with the fonts of this machine, an SVG with those of who looks at it.
#[derive(Args)]
pub struct HeatMapArgs {
    #[command(flatten)]
    pub model: ModelArg,

    /// The sentence
    #[arg(value_name = "SENTENCE")]
    pub source: String,

    /// Its translation [default: the model's]
    #[arg(value_name = "TRANSLATION")]
    pub target: Option<String>,

    /// What weights are read from
    #[arg(long, default_value = "aligner")]
    pub links: LinksFrom,

    #[command(flatten)]
    pub words: WordsArg,

    /// A line above the picture [example: --title "de-en, epoch 14"]
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,

    /// Where the picture goes: a PNG if it ends in `.png` [default: an SVG, to standard output; example: -o dog.png]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Pixels of a PNG for each of the SVG, in each direction [example: --scale 4]
    #[arg(long, value_name = "N", default_value = "2", value_parser = from_one_to::<16>)]
    pub scale: usize,
}

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
