//! `glosser gloss`: writes interlinear text.

use crate::arguments::{BatchArg, BeamArg, ModelArg, wrong_usage};
use crate::column_arguments::ColumnsArg;
use crate::forced_decoding::{CountedWords, ForcedDecoding};
use crate::link_arguments::LinksArg;
use crate::output::{width, writer};
use crate::picture::refuse_terminal;
use crate::sentences::{Sentences, with_progress};
use crate::words_argument::WordsArg;
use crate::{corpora, links};
use anyhow::Result;
use clap::{Args, ValueEnum};
use glosser_alignment::{GlossedSentence, gloss_page};
use glosser_text::{Corpus, CorpusFiles, Pair};
use glosser_translator::{ExactLink, SearchOptions, Translation, Translator};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Write interlinear text, with the translation of each word below it
///
/// A word without a link has `–` below it. `…` joins the words of a gloss that are not adjacent.
#[derive(Args)]
#[command(after_help = "\
Examples:
  glosser gloss --model de-en \"Ein Hund läuft.\"
  glosser gloss --model de-en pairs.tsv --pairs
  glosser gloss --model de-en test.de test.en --format html > glosses.html")]
pub struct GlossArgs {
    #[command(flatten)]
    pub model: ModelArg,

    /// Sentences to translate, one per line [default: standard input], or one sentence; pairs, with --pairs or as a
    /// source and a target file
    #[arg(value_name = "SENTENCE|FILE", num_args = 0..=2)]
    pub files: Vec<PathBuf>,

    /// Gloss the translations in FILE, a TSV or TMX file [default: translate FILE]
    #[arg(long)]
    pub pairs: bool,

    #[command(flatten)]
    pub columns: ColumnsArg,

    #[command(flatten)]
    pub words: WordsArg,

    #[command(flatten)]
    pub links: LinksArg,

    /// Output format
    #[arg(long, default_value = "text")]
    pub format: GlossFormat,

    #[command(flatten)]
    pub beam: BeamArg,

    #[command(flatten)]
    pub batch: BatchArg,
}

/// How glosses are written.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GlossFormat {
    /// Columns, wrapped at the width of the terminal
    Text,
    /// One HTML page without external files; each script in its own direction
    Html,
}

/// The input.
enum Input {
    /// Sentences that the model translates.
    Sentences(Sentences),
    /// Sentences with their translations.
    Pairs(CorpusFiles),
}

impl GlossArgs {
    /// Returns the sentences or pairs that the arguments name.
    ///
    /// # Errors
    /// If the arguments contradict each other.
    fn input(&self) -> Result<Input> {
        self.columns.check(&[&self.files])?;
        let stdin = || Path::new("-").to_owned();
        match &self.files[..] {
            [_, _] => Ok(Input::Pairs(self.columns.corpus_files(&self.files))),
            files if self.pairs => {
                let file = files.first().cloned().unwrap_or_else(stdin);
                Ok(Input::Pairs(self.columns.corpus_files(&[file])))
            }
            _ if self.columns.sides.csv || self.columns.columns.is_some() || self.columns.sides.languages.is_some() => {
                Err(wrong_usage(
                    "--columns, --languages and --csv are for pairs; add --pairs if the file has translations"
                        .to_owned(),
                ))
            }
            files => Ok(Input::Sentences(Sentences::new(files)?)),
        }
    }
}

/// Translates sentences or reads pairs, aligns their words and writes the glosses.
pub fn run(args: GlossArgs) -> Result<()> {
    let input = args.input()?;
    if args.format == GlossFormat::Html {
        refuse_terminal(None, "> glosses.html")?;
    }
    let translator = Translator::load(&args.model.directory)?;
    let reading = args.links.reading(translator.scorer(), &args.words)?;
    let (corpus, exact_links) = match &input {
        Input::Pairs(files) => (corpora::read(files, false)?, Vec::new()),
        Input::Sentences(sentences) => translated(&translator, sentences, &args)?,
    };
    let mut out = writer();
    let mut page = Vec::new();
    let words = args.words.splitters(translator.tokenizers());
    // The aligner needs complete translations, so that the model's own ones are also decoded again. Its links are
    // better than those of the attention.
    let forced = ForcedDecoding {
        corpus: &corpus,
        batch_size: args.batch.batch_size,
        weighting: reading.weighting(),
        counted_words: CountedWords::of(reading, &words),
        consequence: Some("shown without glosses"),
        progress: None,
    };
    forced.each(translator.scorer(), |line, pair| {
        let exact_links = exact_links.get(line - 1).cloned().unwrap_or_default();
        let pair = &Translation { exact_links, ..pair.clone() };
        let view = translator.scorer().links(pair, &words, reading)?;
        let glossed = GlossedSentence::new(&view.source, &view.target, &links::hard(&view), &pair.text);
        match args.format {
            GlossFormat::Text if line == 1 => write!(out, "{}", glossed.text(width()))?,
            GlossFormat::Text => write!(out, "\n{}", glossed.text(width()))?,
            GlossFormat::Html => page.push(glossed),
        }
        Ok(())
    })?;
    if args.format == GlossFormat::Html {
        write!(out, "{}", gloss_page(&format!("Interlinear glosses: {}", corpus.name), &page))?;
    }
    out.flush()?;
    Ok(())
}

/// Translates sentences. Returns also the exact links of each translation.
fn translated(
    translator: &Translator,
    sentences: &Sentences,
    args: &GlossArgs,
) -> Result<(Corpus, Vec<Vec<ExactLink>>)> {
    let name = sentences.name();
    let sentences = sentences.open()?.collect::<Result<Vec<_>, _>>()?;
    let options = SearchOptions {
        beam_size: args.beam.beam_size,
        batch_size: args.batch.batch_size,
        ..translator.search_options()
    };
    let found = with_progress(translator, &sentences, &options)?;
    let pair = |Translation { source, text, exact_links, .. }| (Pair { source, target: text }, exact_links);
    let (pairs, exact_links) = found.into_iter().map(pair).unzip();
    Ok((Corpus { name, pairs, lines: Vec::new(), notes: Vec::new() }, exact_links))
}
