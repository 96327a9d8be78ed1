use super::LinksFrom;
use super::shared::{ModelArg, WordsArg, from_one_to};
use clap::Args;
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
