//! `glosser heat-map`: draws the weights of one sentence pair.

use crate::arguments::{ModelArg, from_one_to};
use crate::link_arguments::LinksArg;
use crate::picture::{self, ThemeArg};
use crate::words_argument::WordsArg;
use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use glosser_alignment::{HeatMap, heat_map};
use glosser_translator::{Scorer, Translation, Translator, Weighting};
use std::path::PathBuf;

/// Draw the alignment or attention weights of a sentence as a matrix, SVG or PNG
///
/// Source words are above the columns, target words left of the rows; the colour of a cell shows its weight, by the scale
/// below. The weight on the end of the source is in a separate grey column. A PNG uses the fonts of this machine, an SVG
/// those of the viewer.
#[derive(Args)]
#[command(after_help = "\
Examples:
  glosser heat-map --model de-en \"Ein Hund läuft.\" -o dog.svg
  glosser heat-map --model de-en \"Ein Hund läuft.\" --values --title \"de-en, epoch 14\" -o dog.png
  glosser heat-map --model de-en \"Ein Hund läuft.\" \"A dog runs.\" --links attention -o dog.png")]
pub struct HeatMapArgs {
    #[command(flatten)]
    pub model: ModelArg,

    /// The sentence
    #[arg(value_name = "SENTENCE")]
    pub source: String,

    /// Its translation [default: translated by the model]
    #[arg(value_name = "TRANSLATION")]
    pub target: Option<String>,

    #[command(flatten)]
    pub links: LinksArg,

    #[command(flatten)]
    pub words: WordsArg,

    /// Title above the picture [default: no title; example: --title "de-en, epoch 14"]
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,

    /// Write the weight into each cell, in percent
    #[arg(long)]
    pub values: bool,

    /// Background of the picture
    #[arg(long, value_name = "THEME", default_value = "auto")]
    pub theme: ThemeArg,

    /// Output file, a PNG if it ends in .png [default: SVG to standard output; example: -o dog.png]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Factor by which a PNG is larger than the SVG [example: --scale 4]
    #[arg(long, value_name = "N", default_value = "2", value_parser = from_one_to::<16>)]
    pub scale: usize,
}

/// Computes the weights of the pair and draws them.
pub fn run(args: HeatMapArgs) -> Result<()> {
    ensure!(!args.source.trim().is_empty(), "the sentence is blank; give a sentence with at least one word");
    let translator = Translator::load(&args.model.directory)?;
    let reading = args.links.reading(translator.scorer(), &args.words)?;
    let drawn = drawn(&translator, &args, reading.weighting())?;
    if drawn.attention.is_none() {
        let most = Scorer::MAX_TOKENS;
        bail!(
            "there are no weights to draw: the translation is blank, or a side has more than {most} sub-words; give a shorter sentence"
        );
    }
    let view = translator.scorer().links(&drawn, &args.words.splitters(translator.tokenizers()), reading)?;
    let path = args.output.as_deref();
    let weight = Some(reading.weight_name());
    let form = HeatMap { title: args.title.as_deref(), weight, values: args.values, theme: args.theme.theme(path) };
    picture::write(path, &heat_map(&view.labelled(), &form), args.scale)
}

/// Returns the pair with its weights, translated by the model if no translation is given.
fn drawn(translator: &Translator, args: &HeatMapArgs, weighting: Weighting) -> Result<Translation> {
    let (target, exact_links) = match &args.target {
        Some(target) => (target.clone(), Vec::new()),
        None => {
            let found = translator.translate(&[&args.source])?.pop().context("the sentence has no translation")?;
            // The search has computed attention; the other weights need the complete translation.
            if weighting == Weighting::Attention {
                return Ok(found);
            }
            (found.text, found.exact_links)
        }
    };
    let scored = translator.scorer().score(&[(&args.source, &target)], 1, weighting)?.pop();
    Ok(Translation { exact_links, ..scored.context("the pair has no weights")? })
}
