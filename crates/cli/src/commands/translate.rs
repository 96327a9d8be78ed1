//! `glosser translate`.

use crate::arguments::{ModelArg, WordsArg, at_least_one, from_one_to, from_zero, wrong_usage};
use crate::degraded::{Degradation, Tally, Weights, of_line, of_translation, warn};
use crate::output::{is_same_file, shades, writer};
use crate::read_ahead::{ReadAhead, Share};
use crate::{copying, links};
use anyhow::{Result, bail, ensure};
use clap::{Args, ValueEnum};
use glosser_alignment::Shades;
use glosser_text::{LossyLine, WordRule};
use glosser_translator::{SearchOptions, Translation, Translator};
use std::io::Write;
use std::path::PathBuf;

/// Translate: one line out for each line in, always, in order
///
/// Example: echo "Ein Hund läuft." | glosser translate --model de-en
///
/// Only a newline ends a line. A blank line gives a blank line. A line too long for the model is translated sentence by
/// sentence; bytes that are not UTF-8 are replaced, NUL is left out. A translation has no character that any program
/// takes for the end of a line (NUL, newline, U+000B to U+000D, U+001C to U+001E, U+0085, U+2028, U+2029): each is a
/// space, and escaped in JSON. Such lines, and translations that are cut, are degraded: the first 20 of a kind are said on
/// standard error, all are counted there (see --strict), and JSON Lines name them in `degraded`.
///
/// Names that the training text did not have, numbers, URLs, e-mail addresses and emoji come out as they are, terms of a
/// glossary as it says: eight of a line, terms first. The model says where they stand.
#[derive(Args)]
pub struct TranslateArgs {
    #[command(flatten)]
    pub model: ModelArg,

    /// Sentences, one a line [default: standard input; example: -i test.de.gz]
    #[arg(short, long, value_name = "FILE", default_value = "-", hide_default_value = true)]
    pub input: PathBuf,

    /// Where translations go [default: standard output; example: -o test.en]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Terms and their translations: a tab between them, one pair a line, `#` for comments [example: --glossary terms.tsv]
    ///
    /// A term may have several words; the longest that matches wins. It is found as it is written, whole words only; at
    /// the beginning of a sentence its first letter may be a capital. The translation is put in as it is written.
    #[arg(long, value_name = "FILE")]
    pub glossary: Option<PathBuf>,

    /// Terms that are not to be translated, one a line, found like those of a glossary [example: --keep brands.txt]
    #[arg(long, value_name = "FILE")]
    pub keep: Option<PathBuf>,

    /// Let the model translate names, numbers, addresses and emoji too: only --glossary and --keep are heeded
    #[arg(long)]
    pub no_copy: bool,

    /// Hypotheses followed at a time: 1 is greedy, more is slower and mostly better [example: --beam-size 1]
    #[arg(long, value_name = "N", default_value = "5", value_parser = from_one_to::<1000>)]
    pub beam_size: usize,

    /// Translations for each sentence, best first, at most the beam size [example: --n-best 3 --format jsonl]
    #[arg(long, value_name = "N", default_value = "1", value_parser = at_least_one)]
    pub n_best: usize,

    /// How translations are written [default: text, or moses if --n-best is above 1]
    #[arg(long)]
    pub format: Option<TranslateFormat>,

    /// Word alignment read from the attention, behind ` ||| ` on the line; a grid stands on lines of its own below
    #[arg(long, value_name = "KIND")]
    pub alignment: Option<AlignmentKind>,

    #[command(flatten)]
    pub words: WordsArg,

    /// Longest translation in sub-words [default: twice the source's and 20; example: --max-length 50]
    #[arg(long, value_name = "N", value_parser = from_one_to::<10_000>)]
    pub max_length: Option<usize>,

    /// Score is log probability / length^P: a greater P prefers longer translations [default: what fitted the model's
    /// validation pairs; example: --length-penalty 0.6]
    #[arg(long, value_name = "P", value_parser = from_zero)]
    pub length_penalty: Option<f32>,

    /// An option of earlier versions, refused by name.
    #[arg(long = "coverage-penalty", hide = true, value_name = "P", value_parser = deleted_coverage_penalty)]
    pub _coverage_penalty: Option<()>,

    /// Sentences translated together: speed and memory, never the result [example: --batch-size 1]
    #[arg(long, value_name = "N", default_value = "32", value_parser = at_least_one)]
    pub batch_size: usize,

    /// Exit with 1 if any line was degraded, after all are translated
    ///
    /// Degraded is a line with bytes that are not UTF-8 (`bytes_replaced`) or a NUL (`nul_removed`), one translated in
    /// pieces (`split`), one whose translation was cut at --max-length (`cut`), or at its greatest length since the model
    /// found no end (`no_end`), one with a line end in its translation (`line_ends_replaced`), and one too long for weights
    /// and links that are to be shown (`no_weights`).
    #[arg(long)]
    pub strict: bool,

    /// Say nothing on standard error but errors
    #[arg(short, long)]
    pub quiet: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TranslateFormat {
    /// The translation alone
    Text,
    /// `id ||| text ||| log_prob= … ||| score`, id from zero; ` ||| ` in a text cannot be told apart
    Moses,
    /// A JSON object a line: words and the characters they are, links, weights, probability; `degraded` where something is
    /// wrong
    Jsonl,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AlignmentKind {
    /// Links `0-0 1-2` between words, zero-based, source first
    Pharaoh,
    /// Weights: a row for each target word, source words joined by commas, EOS last
    Soft,
    /// A shaded picture for the terminal
    Grid,
}

/// Batches that are read before they are sorted by length and translated: more makes less padding and later answers.
const BATCHES_AT_ONCE: usize = 16;

/// Bytes of a line that many lines have together at most, so that long ones do not fill the memory.
const BYTES_A_LINE: usize = 128;

fn deleted_coverage_penalty(_: &str) -> Result<(), String> {
    Err("the option was deleted, because every value of it lowered BLEU; leave it out".to_owned())
}

/// A filter: lines in, lines out.
pub fn run(args: TranslateArgs) -> Result<()> {
    let format = args.format.unwrap_or(if args.n_best > 1 { TranslateFormat::Moses } else { TranslateFormat::Text });
    let n_best = args.n_best;
    if n_best > 1 && format == TranslateFormat::Text {
        return Err(wrong_usage(format!(
            "--n-best {n_best} would give several lines for one; choose --format moses or --format jsonl"
        )));
    }
    if n_best > args.beam_size {
        return Err(wrong_usage(format!(
            "--n-best {n_best} wants more translations than the beam has hypotheses; give --beam-size {n_best} or more"
        )));
    }
    if let Some(output) = &args.output {
        ensure!(
            !is_same_file(&args.input, output),
            "{}: input and output are the same file, which would be emptied before it is read; give another -o",
            output.display()
        );
    }
    let translator = copying::apply(Translator::load(&args.model.directory)?, &args)?;
    let options = SearchOptions {
        beam_size: args.beam_size,
        length_penalty: args.length_penalty.unwrap_or(translator.search_options().length_penalty),
        max_length: args.max_length,
        batch_size: args.batch_size,
    };
    let lines = args.batch_size.saturating_mul(BATCHES_AT_ONCE);
    let share = Share { lines, bytes: lines.saturating_mul(BYTES_A_LINE) };
    let input = glosser_text::open(&args.input)?;
    let (name, shades) = (input.name().to_owned(), shades(args.output.as_deref()));
    let words = args.words.rule();
    let form = Form { format, alignment: args.alignment, words, name, max_length: args.max_length, shades };
    let mut input = ReadAhead::start(input);
    let mut out = writer(args.output.as_deref())?;
    let mut tally = Tally::default();
    let told = |what: &str| {
        if !args.quiet {
            warn(what)
        }
    };
    let mut number = 0;
    while let Some(lines) = input.take(share)? {
        let sentences: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
        for (line, translations) in lines.iter().zip(translator.translate_with(&sentences, &options, n_best)?) {
            number += 1;
            tally.add(form.write(&mut out, number, line, &translations)?, told);
        }
        out.flush()?;
    }
    match tally.summary() {
        Some(summary) if args.strict => bail!("{summary}; all are translated, --strict makes this an error"),
        Some(summary) => told(&summary),
        None => {}
    }
    Ok(())
}

/// How lines are written.
struct Form {
    format: TranslateFormat,
    alignment: Option<AlignmentKind>,
    words: WordRule,
    /// What the input is called in messages.
    name: String,
    max_length: Option<usize>,
    shades: Shades,
}

impl Form {
    /// Writes all translations of a line. Returns what is wrong with them.
    fn write(
        &self,
        out: &mut impl Write,
        number: usize,
        line: &LossyLine,
        translations: &[Translation],
    ) -> Result<Vec<(Degradation, String)>> {
        let mut found = of_line(&line.faults);
        let place = format!("{}:{number}", self.name);
        let weights = match (self.format, self.alignment) {
            (TranslateFormat::Text | TranslateFormat::Moses, None) => Weights::Unseen,
            _ => Weights::Wanted,
        };
        let of_line = found.len();
        for (rank, translation) in translations.iter().enumerate() {
            let more = of_translation(translation, &place, self.max_length, weights);
            let kinds: Vec<Degradation> = found[..of_line].iter().chain(&more).map(|(kind, _)| *kind).collect();
            self.write_one(out, (number, rank + 1), translation, &kinds)?;
            found.extend(more);
        }
        Ok(found)
    }

    fn write_one(
        &self,
        out: &mut impl Write,
        (line, rank): (usize, usize),
        translation: &Translation,
        degraded: &[Degradation],
    ) -> Result<()> {
        let Self { format, alignment, .. } = *self;
        if (format, alignment) == (TranslateFormat::Text, None) {
            // The plain filter has no use for words.
            writeln!(out, "{}", translation.text)?;
            return Ok(());
        }
        let view = translation.words_by(self.words);
        match format {
            TranslateFormat::Text => write!(out, "{}", translation.text)?,
            TranslateFormat::Moses => write!(
                out,
                "{} ||| {} ||| log_prob= {:.4} ||| {:.4}",
                line - 1,
                translation.text,
                translation.log_prob,
                translation.score
            )?,
            TranslateFormat::Jsonl => write!(out, "{}", links::json(line, rank, translation, &view, degraded)?)?,
        }
        match alignment {
            // The JSON object has links and weights already.
            Some(AlignmentKind::Pharaoh | AlignmentKind::Soft) if format == TranslateFormat::Jsonl => {}
            Some(AlignmentKind::Pharaoh) => write!(out, " ||| {}", links::hard(&view))?,
            Some(AlignmentKind::Soft) => write!(out, " ||| {}", links::soft(&view)?)?,
            Some(AlignmentKind::Grid) => write!(out, "\n{}", links::picture(&view, self.shades))?,
            None => {}
        }
        writeln!(out)?;
        Ok(())
    }
}
