//! `glosser gloss`.

use crate::arguments::{ColumnsArg, ModelArg, WordsArg, at_least_one, from_one_to, wrong_usage};
use crate::output::{say, width, writer};
use crate::{corpora, forced, links};
use anyhow::Result;
use clap::{Args, ValueEnum};
use glosser_alignment::{GlossedSentence, gloss_page};
use glosser_text::{Corpus, CorpusFiles, Pair};
use glosser_translator::{SearchOptions, Translator, Weighting};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Write interlinear text: under each word what it became, then the translation
///
/// Example: echo "Ein Hund läuft." | glosser gloss --model de-en
///
/// A word without a link has `–` under it; words of a gloss that do not stand together are joined by `…`.
#[derive(Args)]
pub struct GlossArgs {
    #[command(flatten)]
    pub model: ModelArg,

    /// Sentences, one a line, which the model translates [default: standard input]; with --pairs a TSV or
    /// TMX file with translations; a source file and a target file
    #[arg(value_name = "FILE", num_args = 0..=2)]
    pub files: Vec<PathBuf>,

    /// The file is a TSV or TMX with translations, and these are glossed
    #[arg(long)]
    pub pairs: bool,

    #[command(flatten)]
    pub columns: ColumnsArg,

    #[command(flatten)]
    pub words: WordsArg,

    /// How glosses are written
    #[arg(long, default_value = "text")]
    pub format: GlossFormat,

    /// Hypotheses followed at a time where the model translates [example: --beam-size 1]
    #[arg(long, value_name = "N", default_value = "5", value_parser = from_one_to::<1000>)]
    pub beam_size: usize,

    /// Sentences computed together: speed and memory, never the result [example: --batch-size 8]
    #[arg(long, value_name = "N", default_value = "32", value_parser = at_least_one)]
    pub batch_size: usize,
}

/// What is to be glossed.
pub enum GlossInput {
    /// Sentences that are to be translated.
    Sentences(PathBuf),
    /// Sentences with their translations.
    Pairs(CorpusFiles),
}

impl GlossArgs {
    /// What the files hold, if the arguments go together.
    pub fn input(&self) -> Result<GlossInput> {
        self.columns.check(&[&self.files])?;
        let stdin = || Path::new("-").to_owned();
        match &self.files[..] {
            [_, _] => Ok(GlossInput::Pairs(self.columns.corpus_files(&self.files))),
            files if self.pairs => {
                let file = files.first().cloned().unwrap_or_else(stdin);
                Ok(GlossInput::Pairs(self.columns.corpus_files(&[file])))
            }
            _ if self.columns.columns.is_some() || self.columns.languages.is_some() => Err(wrong_usage(
                "--columns and --languages are for pairs; give --pairs if the file has translations".to_owned(),
            )),
            files => Ok(GlossInput::Sentences(files.first().cloned().unwrap_or_else(stdin))),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GlossFormat {
    /// Columns for the terminal, wrapped at its width
    Text,
    /// One page with nothing to load, in the direction of each script
    Html,
}

/// Sentences or pairs in, interlinear text out.
pub fn run(args: GlossArgs) -> Result<()> {
    let input = args.input()?;
    let translator = Translator::load(&args.model.directory)?;
    let corpus = match &input {
        GlossInput::Pairs(files) => corpora::read(files)?,
        GlossInput::Sentences(file) => translated(&translator, file, &args)?,
    };
    let mut out = writer(None)?;
    let mut page = Vec::new();
    // A translation that the model made is known, too: the aligner says better than attention where its words came from.
    forced::each(&translator, &corpus, args.batch_size, Weighting::Aligner, |line, scored| {
        let pair = &scored.translation;
        if let Some(complaint) = forced::complaint(&corpus.name, corpus.line(line - 1), pair) {
            say(&format!("warning: {complaint}; without glosses"));
        }
        let view = pair.words_by(args.words.rule());
        let glossed = GlossedSentence::new(&view.source, &view.target, &links::hard(&view), &pair.text);
        match args.format {
            GlossFormat::Text if line == 1 => write!(out, "{}", glossed.text(width()))?,
            GlossFormat::Text => write!(out, "\n{}", glossed.text(width()))?,
            GlossFormat::Html => page.push(glossed),
        }
        Ok(())
    })?;
    if args.format == GlossFormat::Html {
        write!(out, "{}", gloss_page("Interlinear glosses", &page))?;
    }
    out.flush()?;
    Ok(())
}

/// The sentences of a file with the model's translations.
fn translated(translator: &Translator, file: &Path, args: &GlossArgs) -> Result<Corpus> {
    let sentences = glosser_text::read_lines(file)?;
    let options =
        SearchOptions { beam_size: args.beam_size, batch_size: args.batch_size, ..translator.search_options() };
    let found = translator.translate_with(&sentences, &options, 1)?;
    let pair =
        |translation: glosser_translator::Translation| Pair { source: translation.source, target: translation.text };
    Ok(Corpus {
        name: glosser_text::shown(file),
        pairs: found.into_iter().flatten().map(pair).collect(),
        lines: Vec::new(),
        notes: Vec::new(),
    })
}
