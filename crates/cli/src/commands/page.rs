//! `glosser page`: writes one HTML file that translates.

use crate::arguments::MODEL_VARIABLE;
use crate::next_steps::meaning_of_model;
use crate::output::{note, replace, say, warn, wrote};
use crate::page_models::{Direction, directions, title};
use crate::picture::refuse_terminal;
use crate::progress::Bar;
use anyhow::{Context, Result, ensure};
use clap::Args;
use glosser_pages::{Block, FilePage, MAX_PAGE_BYTES, OFFLINE_WORKER, PageModel, engine, file_page};
use glosser_server::ModelArgument;
use glosser_text::{counted, open};
use glosser_translator::{ModelCard, Quantization, SharedModel};
use std::fs;
use std::path::{Path, PathBuf};

/// The weights of a model in a page: see `docs/experiments.md`.
const STANDARD: Quantization = Quantization { bits: 5, is_single: false };

/// The weights of a model in a page of `--small`.
const SMALL: Quantization = Quantization { bits: 4, is_single: true };

/// The most bytes of the text of `--about`: twice the longest common licence.
const MAX_ABOUT: usize = 1 << 16;

/// Write one HTML file that translates: the model inside a web page
///
/// Whoever has the file opens it in a browser, types, and sees the translation and where each word came from. It needs no
/// server, no network and no installation. The file contains the model itself: whoever has it has the model, the name of
/// its corpus, the number of its pairs and its score. A model of both directions (`train --both-directions`) gives a page
/// of both.
#[derive(Args)]
#[command(after_help = "\
Examples:
  glosser page --model de-en -o de-en.html
  glosser page --model de-en --about licence.txt --small -o de-en.html
  glosser page --model de:en=my-model --model de:fr=models/german-french -o german.html")]
pub struct PageArgs {
    /// Directory of a model, perhaps with its languages before it; repeat it for several models [example: --model
    /// de:en=my-model]
    #[arg(
        id = "model", short, long, value_name = "[S:T=]DIR", required = true, env = MODEL_VARIABLE,
        hide_env_values = true
    )]
    pub models: Vec<ModelArgument>,

    /// Output file [default: standard output; example: -o de-en.html]
    #[arg(short, long, value_name = "FILE.html")]
    pub output: Option<PathBuf>,

    /// A text that the page shows to its readers: licence, contact, origin of the corpus [example: --about about.txt]
    #[arg(long, value_name = "FILE")]
    pub about: Option<PathBuf>,

    /// Make the file smaller: 4 bits of each weight instead of 5, and of an ensemble only the first encoder-decoder, so
    /// that a model of two becomes about half as large; translations become worse
    #[arg(long)]
    pub small: bool,

    /// For a page on a web site: write also the script by which a browser keeps the page and opens it without a network;
    /// it belongs beside the page [example: --offline de-en.js]
    #[arg(long, value_name = "FILE.js")]
    pub offline: Option<PathBuf>,

    /// The WebAssembly that translates, if this program was built without it; `scripts/build_page_engine.sh` builds it
    /// [example: --engine engine.wasm.gz]
    #[arg(long, value_name = "FILE")]
    pub engine: Option<PathBuf>,
}

/// The models of a page, packed.
#[derive(Default)]
struct Packed {
    models: Vec<PageModel>,
    blocks: Vec<Block>,
    /// A description of each model, for a message.
    descriptions: Vec<String>,
    /// Whether a model finds words by dictionaries.
    needs_dictionaries: bool,
}

/// Reads everything, and writes the page.
pub fn run(args: PageArgs) -> Result<()> {
    refuse_terminal(args.output.as_deref(), "-o page.html")?;
    let about = args.about.as_deref().map(read_about).transpose()?;
    let offline = args.offline.as_deref().map(name_in_address).transpose()?;
    let given_engine = args.engine.as_deref().map(read_engine).transpose()?;
    ensure!(
        given_engine.is_some() || engine::built_in(false).is_some(),
        "this program was built without the engine of a page; build it with scripts/build_page_engine.sh, and name it: \
         --engine FILE"
    );
    let directions = directions(&args.models, args.small)?;
    let Packed { models, mut blocks, descriptions, needs_dictionaries } = packed(&directions, args.small)?;
    let engine = given_engine.map_or_else(|| own_engine(needs_dictionaries), |engine| Ok(vec![engine]))?;
    let engine_bytes = engine.iter().map(Block::written_size).sum();
    blocks.splice(0..0, engine);
    let title = title(&directions);
    let about = about.as_deref();
    let page = file_page(&FilePage { title: &title, about, offline, models, blocks })?;
    ensure!(
        page.len() <= MAX_PAGE_BYTES,
        "the page would have {}, and browsers read no more than {}; name fewer or smaller models{}",
        megabytes(page.len()),
        megabytes(MAX_PAGE_BYTES),
        if args.small { "" } else { ", or give --small" }
    );
    if let Some(file) = &args.offline {
        replace(Some(file), OFFLINE_WORKER.as_bytes())?;
        wrote(Some(file), "script");
    }
    replace(args.output.as_deref(), page.as_bytes())?;
    announce(args.output.as_deref(), page.len(), engine_bytes, &descriptions);
    if let Some(file) = &args.offline {
        warn_if_apart(file, args.output.as_deref());
    }
    Ok(())
}

/// Packs the models.
fn packed(directions: &[Direction], is_small: bool) -> Result<Packed> {
    let quantization = if is_small { SMALL } else { STANDARD };
    let mut packed = Packed::default();
    let bar = Bar::over(directions.len(), "model");
    for (number, direction) in directions.iter().enumerate() {
        let Direction { directory, languages, .. } = direction;
        let ensemble = directory.read_card()?.model.ensemble;
        let note = is_small.then(|| note_of_small(ensemble));
        let SharedModel { files, card, translator } = directory.files_to_share(quantization, languages)?;
        packed.blocks.extend(files.iter().map(|(name, bytes)| Block::new(format!("{number}/{name}"), bytes)));
        packed.descriptions.push(description(direction, &card, note.as_deref()));
        packed.models.push(PageModel {
            source: languages.source.to_string(),
            target: languages.target.to_string(),
            files: files.into_keys().collect(),
            note,
        });
        let profile = translator.tokenizers().profile();
        packed.needs_dictionaries |= profile.needs_dictionaries();
        bar.inc(1);
    }
    Ok(packed)
}

/// Reads the text of `--about`, without white space at its end.
fn read_about(path: &Path) -> Result<String> {
    let mut text = String::new();
    for line in open(path)? {
        text += &line?;
        ensure!(
            text.len() <= MAX_ABOUT,
            "{}: the text of --about has at most {MAX_ABOUT} bytes; shorten it, and name the place of the rest",
            path.display()
        );
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    ensure!(
        !text.is_empty(),
        "{}: this file is empty; write the text of --about to it, or leave --about out",
        path.display()
    );
    Ok(text)
}

/// The name of a file that needs no escapes in a web address.
fn name_in_address(path: &Path) -> Result<&str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let name = path.file_name().and_then(|name| name.to_str()).filter(|name| name.chars().all(is_plain));
    name.with_context(|| {
        format!("{}: a web address has this name; use Latin letters, digits, `-`, `_` and `.` alone", path.display())
    })
}

/// Reads the engine of `--engine`.
fn read_engine(file: &Path) -> Result<Block> {
    let bytes = fs::read(file).with_context(|| format!("{}: cannot be read", file.display()))?;
    Block::engine(&bytes).with_context(|| file.display().to_string())
}

/// The engine of this program, and its licences.
fn own_engine(needs_dictionaries: bool) -> Result<Vec<Block>> {
    let engine = engine::built_in(needs_dictionaries).context("this program has no engine of a page")?;
    let licences = engine::licences().map(|text| Block::new("licences", text.as_bytes()));
    Ok([Block::engine(engine)?].into_iter().chain(licences).collect())
}

/// Warns if the script of `--offline` is in another folder than the page, which looks for it in its own.
fn warn_if_apart(script: &Path, page: Option<&Path>) {
    let folder = |file: &Path| {
        let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty());
        fs::canonicalize(parent.unwrap_or(Path::new("."))).ok()
    };
    let page = page.filter(|page| *page != Path::new("-"));
    if page.is_none_or(|page| folder(page) != folder(script)) {
        warn(&format!(
            "{}: put it beside the page; the page looks for this script in its own folder",
            script.display()
        ));
    }
}

/// The note for the readers of a `--small` page that its translations are worse.
fn note_of_small(ensemble: usize) -> String {
    let first = if ensemble > 1 { format!(", first of {ensemble} encoder-decoders") } else { String::new() };
    format!("smaller copy: {} bits of each weight{first}; translations are worse than this score", SMALL.bits)
}

/// A description of a model: languages, corpus, score and its meaning, note.
fn description(direction: &Direction, card: &ModelCard, note: Option<&str>) -> String {
    let Direction { directory, languages, .. } = direction;
    let (source, target) = (languages.source.english_name(), languages.target.english_name());
    let path = directory.path().display();
    let trained = &card.provenance;
    let (corpus, pairs, score) = (&trained.corpus, counted(trained.pairs, "pair"), trained.score());
    let mut text = format!("{source} to {target} (`{path}`): {pairs} of `{corpus}`, {score}");
    if let Some(meaning) = meaning_of_model(trained) {
        text += &format!("\n  this score means: {meaning}");
    }
    if let Some(note) = note {
        text += &format!("\n  {note}");
    }
    text
}

/// Reports what the page has inside, and what it reveals.
fn announce(output: Option<&Path>, bytes: usize, engine: usize, descriptions: &[String]) {
    let (size, engine) = (megabytes(bytes), megabytes(engine));
    let models_inside = counted(descriptions.len(), "model");
    wrote(output, &format!("page of {size} ({models_inside}, engine of {engine})"));
    descriptions.iter().for_each(|description| say(description));
    note(
        "the model itself is inside: whoever has the file has the model, and sees its corpus, pairs and score as above",
    );
}

fn megabytes(bytes: usize) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}
