use crate::args::{AlignmentKind, TranslateArgs, TranslateFormat, wrong_usage};
use crate::copying;
use crate::degraded::{Degradation, Tally, Weights, of_line, of_translation, warn};
use crate::links;
use crate::output::{is_same_file, shades, writer};
use crate::read_ahead::{ReadAhead, Share};
use anyhow::{Result, bail, ensure};
use glosser_alignment::Shades;
use glosser_text::{LossyLine, WordRule};
use glosser_translator::{SearchOptions, Translation, Translator};
use std::io::Write;

/// Batches that are read before they are sorted by length and translated: more makes less padding and later answers.
const BATCHES_AT_ONCE: usize = 16;

/// Bytes of a line that many lines have together at most, so that long ones do not fill the memory.
const BYTES_A_LINE: usize = 128;

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
