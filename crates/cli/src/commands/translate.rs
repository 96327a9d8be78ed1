//! `glosser translate`: a filter that translates each line.

use crate::arguments::{BatchArg, EnsembleArg, QuietArg, SearchArgs, at_least_one, wrong_usage};
use crate::column::{ColumnArgs, is_csv};
use crate::filter::Filter;
use crate::forced_decoding::BATCHES_AT_ONCE;
use crate::glossary::{self, GlossaryMatch};
use crate::growing_output::GrowingOutput;
use crate::link_arguments::LinksFrom;
use crate::missing_column::MissingColumn;
use crate::outcome::Outcome;
use crate::output::{is_terminal, shades, wrote};
use crate::progress::Bar;
use crate::read_ahead::{ReadAhead, Share};
use crate::rows::RowFormat;
use crate::sentences::Sentences;
use crate::translation_form::Form;
use crate::words_argument::WordsArg;
use anyhow::Result;
use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, ValueEnum};
use glosser_text::{TextError, counted};
use glosser_translator::{Copying, LinkReading, Scorer, Weighting};
use std::path::{Path, PathBuf};

/// Translate: one line of output for each line of input, in the same order
///
/// Only a newline ends a line. A blank line stays blank. Copied unchanged are: names that were not in the training pairs;
/// numbers of two or more digits, also in groups (`1 000`), and telephone numbers; URLs, e-mail addresses, file paths and emoji; variables
/// (`{0}`, `{{name}}`, `${user}`, `%s`, `%(name)s`, `__NAME__`, ICU messages), entities (`&amp;`) and escapes (`\n`).
/// Terms of a glossary are translated as it says. The model chooses the position of all these; they are never lost.
///
/// Characters, capitals and signs that the training pairs do not have are read as the most similar ones that they have:
/// no-break spaces, quotation marks, full-width forms, CAPITALS. HTML tags, and signs without a similar one, are
/// put back at the corresponding words. Each sentence of a line is translated by itself (see --split).
///
/// A sentence that is too long for the model is translated in pieces. So is one with more than eight words to copy,
/// after lists such as `11, 12, 13` have been joined. Bytes that are not UTF-8 are replaced, NUL is removed. Characters
/// of a translation that some programs read as the end of a line (NUL, newline, U+000B to U+000D, U+001C to U+001E,
/// U+0085, U+2028, U+2029) become spaces, and are escaped in JSON. Such lines, and translations that were truncated,
/// are degraded: there is a warning for the first 20 lines of each kind and a count of all (see --strict), and JSON
/// Lines have a key `degraded`. Words that training never saw are named (see --strict-words), and JSON Lines have a key
/// `unknown`. A translation has no control characters, except those that its copied words have.
#[derive(Args)]
#[command(after_help = "\
Examples:
  glosser translate --model de-en \"Ein Hund läuft.\"
  glosser translate --model de-en -i test.de -o test.en --glossary terms.tsv
  glosser translate --model de-en -i table.tsv --column 2 -o translated.tsv")]
pub struct TranslateArgs {
    #[command(flatten)]
    pub model: EnsembleArg,

    /// Sentences, each one line; or one file of sentences, if a file has that name [example: "Ein Hund läuft."]
    // The parser of paths refuses an empty argument, which is a blank sentence.
    #[arg(
        value_name = "SENTENCE|FILE",
        conflicts_with = "input",
        value_parser = OsStringValueParser::new().map(PathBuf::from)
    )]
    pub sentences: Vec<PathBuf>,

    /// Sentences, one per line [default: standard input; example: -i test.de.gz]
    #[arg(short, long, value_name = "FILE")]
    pub input: Option<PathBuf>,

    /// Output file [default: standard output; example: -o test.en]
    ///
    /// The file appears when it is complete. Until then, and after an interruption or an error, the lines that are
    /// translated are in FILE.partial.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Glossary: one term, a tab and its translation per line, `#` before comments [example: --glossary terms.tsv]
    ///
    /// A term is one or more whole words (see --glossary-match). The longest term wins. Its translation is inserted
    /// exactly as written. At the end, the terms that were found are counted, and the others are named.
    #[arg(long, value_name = "FILE")]
    pub glossary: Option<PathBuf>,

    /// Terms to copy unchanged, one per line, found like those of a glossary [example: --keep brands.txt]
    #[arg(long, value_name = "FILE")]
    pub keep: Option<PathBuf>,

    /// How terms of --glossary and --keep match [example: --glossary-match forms]
    #[arg(long, value_name = "RULE", default_value = "exact")]
    pub glossary_match: GlossaryMatch,

    /// Translate names, numbers, addresses, variables and emoji instead of copying them; --glossary and --keep still apply
    #[arg(long)]
    pub no_copy: bool,

    #[command(flatten)]
    pub column: ColumnArgs,

    #[command(flatten)]
    pub search: SearchArgs,

    /// Number of translations per sentence, best first, at most the beam size [example: --n-best 3 --format jsonl]
    #[arg(long, value_name = "N", default_value = "1", value_parser = at_least_one)]
    pub n_best: usize,

    /// Output format [default: text, or moses if --n-best is above 1]
    #[arg(long)]
    pub format: Option<TranslateFormat>,

    /// Word alignment, after ` ||| ` on the same line; a grid is on lines of its own below
    /// [default: no alignment; example: --alignment grid]
    #[arg(long, value_name = "KIND")]
    pub alignment: Option<AlignmentKind>,

    /// What links and their weights are read from [default: joint if the model has statistics, else attention; example:
    /// --links attention]
    ///
    /// The search computes the attention; for aligner, posterior and joint the translation passes through the model once
    /// more. Without --alignment and --format jsonl nothing is read.
    #[arg(long, value_name = "READING")]
    pub links: Option<LinksFrom>,

    #[command(flatten)]
    pub words: WordsArg,

    /// An option of earlier versions, refused by name.
    #[arg(long = "coverage-penalty", hide = true, value_name = "P", value_parser = deleted_coverage_penalty)]
    pub _coverage_penalty: Option<()>,

    #[command(flatten)]
    pub batch: BatchArg,

    /// Exit with code 1 if a line was degraded, after all lines have been translated
    ///
    /// A line is degraded if it has bytes that are not UTF-8 (`bytes_replaced`) or a NUL (`nul_removed`), was
    /// translated in pieces because of its length or its words to copy (`split`), was truncated at --max-length (`cut`) or at the default length because the model
    /// found no end (`no_end`), had the end of a line in its translation (`line_ends_replaced`), has a copied word or a
    /// term that the model gave no place to, so that it is where the translation would have ended (`item_appended`), is
    /// too long for the weights and links that the output needs (`no_weights`), or has not the column to translate
    /// (`no_column`).
    #[arg(long)]
    pub strict: bool,

    /// Exit with code 1 if training never saw a word, in any letter case, after all lines have been translated
    ///
    /// Numbers, copied words and terms of the glossary do not count, nor do words in scripts without spaces.
    #[arg(long)]
    pub strict_words: bool,

    #[command(flatten)]
    pub quiet: QuietArg,
}

/// How translations are written.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TranslateFormat {
    /// The translation only
    Text,
    /// `id ||| text ||| log_prob= … ||| score`, id from 0; ` ||| ` inside a text is ambiguous
    Moses,
    /// One JSON object per translation: words, offsets, links, weights, probability, `degraded` if something is wrong,
    /// and `unknown` words. An input line that is an object with `text` keeps its fields
    Jsonl,
}

/// How the alignment of a translation is written.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AlignmentKind {
    /// Links `0-0 1-2` between words, counted from 0, source first
    Pharaoh,
    /// Weights: one row per target word, source words separated by commas, end of sentence (EOS) last
    Soft,
    /// A shaded matrix for the terminal
    Grid,
}

/// Maximum mean size of a line in a share of the input, so that long lines do not fill the memory.
const BYTES_PER_LINE: usize = 128;

fn deleted_coverage_penalty(_: &str) -> Result<(), String> {
    Err("the option was deleted, because every value of it lowered BLEU; leave it out".to_owned())
}

/// Translates line by line, writes the translations, and prints a warning for each degraded line.
pub fn run(args: TranslateArgs) -> Result<()> {
    let format = format(&args)?;
    let rows = rows(&args, format)?;
    let copying = copying(&args)?;
    let outcome = Outcome::new(&copying.terms);
    let translator = args.model.load()?.with_copying(copying);
    let translator = translator.with_split(args.search.split.into());
    let sentences = match &args.input {
        Some(file) => Sentences::Lines(file.clone()),
        None => Sentences::new(&args.sentences)?,
    };
    let input = match &args.column.column {
        Some(column) => {
            column.check_file(sentences.file())?;
            sentences.open_rows()?
        }
        None => sentences.open().map_err(name_column)?,
    };
    let form = Form {
        rows,
        format,
        reading: reading(&args, format, translator.scorer())?,
        cell: args.column.place(),
        alignment: args.alignment,
        words: args.words.splitters(translator.tokenizers()),
        name: input.name().to_owned(),
        max_length: args.search.max_length,
        shades: shades(args.output.as_deref()),
        has_legend: is_terminal(args.output.as_deref()),
        is_stdout: args.output.as_deref().is_none_or(|path| path == Path::new("-")),
    };
    let options = args.search.options(&translator, args.batch.batch_size);
    let share = share(args.batch.batch_size);
    let input = ReadAhead::start(input);
    let missing = MissingColumn::default();
    let mut filter = Filter { translator, options, n_best: args.n_best, share, form, outcome, missing, rows: 0 };
    let mut out = GrowingOutput::create(args.output.as_deref())?;
    let bar = Bar::unless_seen(args.output.as_deref(), || sentences.bar());
    let mut written = 0;
    let result = filter.run(input, |text, rows| {
        // With --n-best and grids, a row has several lines.
        let lines = text.iter().filter(|byte| **byte == b'\n').count();
        out.write(text, lines)?;
        written += lines;
        bar.inc(rows);
        Ok(())
    });
    drop(bar);
    out.finish(result)?;
    wrote(args.output.as_deref(), &counted(written, "line"));
    filter.outcome.report(args.strict, args.strict_words, args.quiet.quiet)
}

/// Returns what links are read from. Statistics are not loaded for an output without links.
fn reading(args: &TranslateArgs, format: TranslateFormat, scorer: &Scorer) -> Result<LinkReading> {
    if args.links.is_none() && args.alignment.is_none() && format != TranslateFormat::Jsonl {
        return Ok(LinkReading::Weights(Weighting::Attention));
    }
    LinksFrom::reading(args.links, scorer, &args.words, Weighting::Attention)
}

/// Returns how the rows of the input are read, after checking that the options go together.
fn rows(args: &TranslateArgs, format: TranslateFormat) -> Result<RowFormat> {
    let Some(column) = &args.column.column else {
        return Ok(if format == TranslateFormat::Jsonl { RowFormat::LineOrJson } else { RowFormat::Line });
    };
    let problem = match (args.n_best, format, args.alignment) {
        (2.., ..) => "--n-best gives several translations per row, but --column writes one; leave one of them out",
        (_, TranslateFormat::Moses, _) => {
            "--format moses writes lines of its own, but --column writes the rows of the input; leave one of them out"
        }
        (_, TranslateFormat::Jsonl, _) => {
            "--format jsonl writes a whole record per line, and passes other fields through without --column; leave one \
             of them out (--column with a key reads and writes JSON Lines by itself)"
        }
        (.., Some(AlignmentKind::Grid)) => {
            "a grid has several lines, but --column writes one per row; use --alignment pharaoh or --alignment soft"
        }
        _ => return Ok(column.format()),
    };
    Err(wrong_usage(problem.to_owned()))
}

/// Names `--column` in the error about a TSV in the place of sentences.
fn name_column(error: TextError) -> TextError {
    match error {
        TextError::Table { file, remedy } if !is_csv(Path::new(&file)) => {
            TextError::Table { file, remedy: format!("translate one of them (e.g. --column 1), or {remedy}") }
        }
        other => other,
    }
}

/// Returns the output format, after checking that the options go together.
fn format(args: &TranslateArgs) -> Result<TranslateFormat> {
    let n_best = args.n_best;
    let format = args.format.unwrap_or(if n_best > 1 { TranslateFormat::Moses } else { TranslateFormat::Text });
    if n_best > 1 && format == TranslateFormat::Text {
        return Err(wrong_usage(format!(
            "--n-best {n_best} gives several lines per sentence, which --format text cannot tell apart; use --format moses \
             or --format jsonl"
        )));
    }
    if n_best > args.search.beam.beam_size {
        return Err(wrong_usage(format!(
            "--n-best {n_best} is more than the beam size; give --beam-size {n_best} or more"
        )));
    }
    Ok(format)
}

/// Reads the terms of --glossary and --keep.
fn copying(args: &TranslateArgs) -> Result<Copying> {
    let terms = glossary::terms(args.glossary.as_deref(), args.keep.as_deref(), args.glossary_match)?;
    Ok(Copying { terms, automatic: !args.no_copy })
}

/// Maximum size of the part of the input that is sorted by length and translated together.
fn share(batch_size: usize) -> Share {
    let lines = batch_size.saturating_mul(BATCHES_AT_ONCE);
    Share { lines, bytes: lines.saturating_mul(BYTES_PER_LINE) }
}
