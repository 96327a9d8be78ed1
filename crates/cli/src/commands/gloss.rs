use crate::args::{GlossArgs, GlossFormat, GlossInput};
use crate::output::{say, width, writer};
use crate::{corpora, forced, links};
use anyhow::Result;
use glosser_alignment::{Interlinear, interlinear_page};
use glosser_text::{Corpus, Pair};
use glosser_translator::{SearchOptions, Translator, Weighting};
use std::io::Write;
use std::path::Path;

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
        let glossed = Interlinear::new(&view.source, &view.target, &links::hard(&view), &pair.text);
        match args.format {
            GlossFormat::Text if line == 1 => write!(out, "{}", glossed.text(width()))?,
            GlossFormat::Text => write!(out, "\n{}", glossed.text(width()))?,
            GlossFormat::Html => page.push(glossed),
        }
        Ok(())
    })?;
    if args.format == GlossFormat::Html {
        write!(out, "{}", interlinear_page("Interlinear glosses", &page))?;
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
