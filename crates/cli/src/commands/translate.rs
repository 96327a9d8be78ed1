use crate::args::{AlignmentKind, TranslateArgs, TranslateFormat, wrong_usage};
use crate::copying;
use crate::links;
use crate::output::{is_same_file, say, writer};
use anyhow::{Result, ensure};
use glosser_text::{Lines, TextError, TextReader};
use glosser_translator::{SearchOptions, Translation, Translator};
use std::io::Write;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

/// Batches that are read before they are sorted by length and translated: more makes less padding and later answers.
const BATCHES_AT_ONCE: usize = 16;

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
        length_penalty: args.length_penalty,
        max_length: args.max_length,
        batch_size: args.batch_size,
    };
    let lines = in_background(glosser_text::open(&args.input)?, args.quiet);
    let mut out = writer(args.output.as_deref())?;
    let mut line = 0;
    while let Some(sentences) = at_hand(&lines, args.batch_size.saturating_mul(BATCHES_AT_ONCE))? {
        for translations in translator.translate_with(&sentences, &options, n_best)? {
            line += 1;
            for (rank, translation) in translations.iter().enumerate() {
                write(&mut out, line, rank + 1, translation, format, args.alignment)?;
            }
        }
        out.flush()?;
    }
    Ok(())
}

/// Reads on while sentences are translated. A line that cannot be read as it is, is said and mended.
fn in_background(mut lines: Lines<TextReader>, quiet: bool) -> Receiver<Result<String, TextError>> {
    let (sender, receiver) = sync_channel(1024);
    thread::spawn(move || {
        while let Some(line) = lines.next_lossy() {
            let line = line.map(|line| {
                if let (Some(fault), false) = (&line.fault, quiet) {
                    say(&format!("warning: {fault}; translated as it could be read"));
                }
                line.text
            });
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    receiver
}

/// The next lines: waits for one, then takes what is there already. Someone who types gets an answer at once, and a
/// file is read in large parts; a translation does not depend on the part it is in.
fn at_hand(lines: &Receiver<Result<String, TextError>>, most: usize) -> Result<Option<Vec<String>>> {
    let Ok(first) = lines.recv() else { return Ok(None) };
    let mut sentences = vec![first?];
    while sentences.len() < most {
        let Ok(line) = lines.try_recv() else { break };
        sentences.push(line?);
    }
    Ok(Some(sentences))
}

fn write(
    out: &mut impl Write,
    line: usize,
    rank: usize,
    translation: &Translation,
    format: TranslateFormat,
    alignment: Option<AlignmentKind>,
) -> Result<()> {
    if (format, alignment) == (TranslateFormat::Text, None) {
        // The plain filter has no use for words.
        writeln!(out, "{}", translation.text)?;
        return Ok(());
    }
    let view = translation.words();
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
        TranslateFormat::Jsonl => write!(out, "{}", links::json(line, rank, translation, &view)?)?,
    }
    match alignment {
        // The JSON object has links and weights already.
        Some(AlignmentKind::Pharaoh | AlignmentKind::Soft) if format == TranslateFormat::Jsonl => {}
        Some(AlignmentKind::Pharaoh) => write!(out, " ||| {}", links::hard(&view))?,
        Some(AlignmentKind::Soft) => write!(out, " ||| {}", links::soft(&view)?)?,
        Some(AlignmentKind::Grid) => write!(out, "\n{}", links::picture(&view))?,
        None => {}
    }
    writeln!(out)?;
    Ok(())
}
