//! `glosser page`: writes one HTML file that translates.

use crate::arguments::MODEL_VARIABLE;
use crate::output::{note, replace, say, wrote};
use crate::picture::refuse_terminal;
use crate::progress::Bar;
use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use glosser_pages::{Block, FilePage, MAX_PAGE_BYTES, OFFLINE_WORKER, PageModel, engine, file_page};
use glosser_server::{LoadError, ModelArgument};
use glosser_text::{LanguageCode, LanguagePair, counted, open};
use glosser_translator::{ModelCard, ModelDirectory, ModelsError, Quantization, SharedModel};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// How the model of a page is made smaller: see `docs/experiments.md`.
const STANDARD: Quantization = Quantization { bits: 5, is_single: false };

/// The same for `--small`.
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

    /// Make the file about half as large: 4 bits of each weight instead of 5, and of an ensemble only the first
    /// encoder-decoder; translations become worse
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

/// A model directory and the languages of its model.
struct Direction {
    directory: ModelDirectory,
    languages: LanguagePair,
}

/// The models of a page, packed.
#[derive(Default)]
struct Packed {
    models: Vec<PageModel>,
    blocks: Vec<Block>,
    cards: Vec<ModelCard>,
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
    let directions = directions(&args)?;
    let Packed { models, mut blocks, cards, needs_dictionaries } =
        packed(&directions, if args.small { SMALL } else { STANDARD })?;
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
    announce(args.output.as_deref(), page.len(), engine_bytes, &directions, &cards);
    Ok(())
}

/// Packs the models.
fn packed(directions: &[Direction], quantization: Quantization) -> Result<Packed> {
    let mut packed = Packed::default();
    let bar = Bar::over(directions.len(), "model");
    for (number, Direction { directory, languages }) in directions.iter().enumerate() {
        let SharedModel { files, card, translator } = directory.files_to_share(quantization, languages)?;
        packed.blocks.extend(files.iter().map(|(name, bytes)| Block::new(format!("{number}/{name}"), bytes)));
        packed.models.push(PageModel {
            source: languages.source.to_string(),
            target: languages.target.to_string(),
            files: files.into_keys().collect(),
        });
        packed.cards.push(card);
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
        text.push('\n');
        ensure!(
            text.len() <= MAX_ABOUT,
            "{}: the text of --about has at most {MAX_ABOUT} bytes; shorten it, and name the place of the rest",
            path.display()
        );
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

/// Finds the languages of all models, and the models of the opposite direction.
fn directions(args: &PageArgs) -> Result<Vec<Direction>> {
    let mut directions: Vec<Direction> = Vec::new();
    for ModelArgument { languages, directory } in &args.models {
        let model = ModelDirectory::new(directory);
        let card = model.read_card()?;
        let languages = languages.clone().or_else(|| card.languages.clone());
        let languages = languages.ok_or_else(|| LoadError::NoLanguages(directory.clone()))?;
        let reverse = Direction { directory: model.reverse(), languages: languages.clone().reversed() };
        directions.push(Direction { directory: model, languages });
        if reverse.directory.holds_a_model() {
            directions.push(reverse);
        }
    }
    for (number, Direction { directory, languages }) in directions.iter().enumerate() {
        if directions[..number].iter().any(|other| other.languages == *languages) {
            return Err(ModelsError::Twice(languages.clone()).into());
        }
        check_precision(directory, args.small)?;
    }
    Ok(directions)
}

/// An 8-bit model is taken as it is.
fn check_precision(directory: &ModelDirectory, is_small: bool) -> Result<()> {
    let path = directory.path().display();
    if directory.read_card()?.model.precision.is_f32() {
        return Ok(());
    }
    if is_small {
        bail!(
            "{path}: the model is an 8-bit one already, which --small cannot change; name the model that it was made \
             from, or leave --small out"
        );
    }
    note(&format!(
        "{path}: the model is an 8-bit one and is taken as it is; the model that it was made from may give a \
                   smaller page"
    ));
    Ok(())
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

/// The title of the page: what it translates.
fn title(directions: &[Direction]) -> String {
    let name = LanguageCode::english_name;
    let languages = directions.iter().map(|direction| &direction.languages);
    let mut names: Vec<String> = languages.clone().flat_map(|pair| [name(&pair.source), name(&pair.target)]).collect();
    let mut seen = BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    match (&names[..], directions.len()) {
        ([source, target], 1) => format!("{source} to {target}"),
        ([one, other], _) => format!("{one} and {other}"),
        _ => names.join(", "),
    }
}

/// Reports what the page has inside, and what it reveals.
fn announce(output: Option<&Path>, bytes: usize, engine: usize, directions: &[Direction], cards: &[ModelCard]) {
    let (size, engine) = (megabytes(bytes), megabytes(engine));
    let models_inside = counted(cards.len(), "model");
    wrote(output, &format!("page of {size} ({models_inside}, engine of {engine})"));
    for (Direction { directory, languages }, card) in directions.iter().zip(cards) {
        let (source, target) = (languages.source.english_name(), languages.target.english_name());
        let path = directory.path().display();
        let trained = &card.provenance;
        let (corpus, pairs, score) = (&trained.corpus, counted(trained.pairs, "pair"), trained.score());
        say(&format!("{source} to {target} (`{path}`): {pairs} of `{corpus}`, {score}"));
    }
    note(
        "the model itself is inside: whoever has the file has the model, and sees its corpus, pairs and score as above",
    );
}

fn megabytes(bytes: usize) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}
