//! `glosser info`: shows what a model is and how it was trained.

use crate::arguments::OnlyModelArg;
use crate::output::writer;
use anyhow::{Context, Result};
use clap::Args;
use glosser_kernels::Precision;
use glosser_text::{LanguageCode, LanguagePair, SideProfile, TextProfile, WordRule, counted, printable_lines};
use glosser_translator::{
    DevMetric, ModelCard, ModelDirectory, Origin, Provenance, Scorer, SearchOptions, ShortList, Translator,
};
use std::io::Write;

/// Show the corpus, the sizes, the scores and the training settings of a model
#[derive(Args)]
#[command(after_help = "\
Examples:
  glosser info de-en
  glosser info --model de-en
  glosser info de-en | grep validation")]
pub struct InfoArgs {
    #[command(flatten)]
    pub model: OnlyModelArg,
}

/// Writes one line per property, then the settings as TOML. Programs can read `config.json`.
pub fn run(args: InfoArgs) -> Result<()> {
    let directory = ModelDirectory::new(args.model.directory()?);
    let card = directory.read_card()?;
    // Loading finds damaged files.
    let translator = Translator::load(directory.path())?;
    let words = ("words", words(translator.tokenizers().profile()));
    let links = [("aligner", aligner(&card)), ("statistics", statistics(&directory, &card, translator.scorer())?)];
    let list = translator.scorer().short_list().map(|list| ("short list", short_list(list)));
    let links = links.into_iter().chain(list).chain([("reverse", reverse(&directory)?)]);
    let from = &card.provenance;
    let origins = std::iter::successors(from.from.as_deref(), |origin| origin.provenance.from.as_deref());
    let origins = origins.map(|origin| ("made from", made_from(origin)));
    let mut out = writer();
    for (name, value) in training(&directory, &card)
        .into_iter()
        .chain([words])
        .chain(model(&directory, &card)?)
        .chain(links)
        .chain(origins)
    {
        writeln!(out, "{name:<11} {}", printable_lines(&value))?;
    }
    writeln!(out, "\n{}", toml::to_string(&from.training)?.trim_end())?;
    out.flush()?;
    Ok(())
}

/// Names and values of the training.
fn training(directory: &ModelDirectory, card: &ModelCard) -> Vec<(&'static str, String)> {
    let from = &card.provenance;
    let validated = match card.model.precision {
        Precision::F32 => "",
        Precision::Int8 => ", before it was quantized",
    };
    vec![
        ("model", directory.path().display().to_string()),
        ("languages", languages(card)),
        ("written by", format!("glosser {}, format {}", from.program, card.format_version)),
        ("corpus", from.corpus.clone()),
        ("pairs", format!("{} for training, {} for validation", from.pairs, from.dev_pairs)),
        (
            "trained",
            format!("{}, {:.1} epochs, {} target tokens", counted(from.step, "step"), from.epochs, from.target_tokens),
        ),
        ("validation", format!("{}{validated}", scores(from))),
        ("search", search(card)),
    ]
}

/// The languages of source and target.
fn languages(card: &ModelCard) -> String {
    let name = |code: &LanguageCode| match code.english_name() {
        name if name == code.as_str() => name,
        name => format!("{name} [{code}]"),
    };
    match &card.languages {
        Some(LanguagePair { source, target }) => format!("{} to {}", name(source), name(target)),
        None => "not known: they were not given to `glosser train`".to_owned(),
    }
}

/// The definition of a word of both sides.
fn words(profile: &TextProfile) -> String {
    let name = |side: &SideProfile| match side.words {
        WordRule::WhiteSpace => "whitespace",
        WordRule::Unicode => "unicode",
        WordRule::SubWords => "subwords",
    };
    format!("{} in the source, {} in the target", name(&profile.source), name(&profile.target))
}

/// The score that chose the weights, and the loss.
fn scores(from: &Provenance) -> String {
    let per_token =
        if from.dev_metric == DevMetric::Loss { String::new() } else { format!(", loss {:.3}", from.dev_loss) };
    let greedy = if from.dev_metric == DevMetric::Loss { "" } else { " (greedy)" };
    format!("{}{greedy}{per_token} per token", from.score())
}

/// Names and values of the vocabulary and of the layers.
fn model(directory: &ModelDirectory, card: &ModelCard) -> Result<Vec<(&'static str, String)>> {
    let model = &card.model;
    let vocab = if model.joint_vocab {
        format!("{} sub-words, one vocabulary for both sides", model.source_vocab)
    } else {
        format!("{} source and {} target sub-words", model.source_vocab, model.target_vocab)
    };
    let file = directory.weights();
    let size = std::fs::metadata(&file).with_context(|| format!("{}: cannot be read", file.display()))?.len() as f64;
    let weights = match model.precision {
        Precision::F32 => format!("{:.2} million, {:.1} MB", size / 4e6, size / 1e6),
        Precision::Int8 => format!("8-bit, {:.1} MB", size / 1e6),
    };
    let hidden = model.encoder.hidden;
    let attention = &model.decoder.attention;
    let score = serde_json::to_string(&attention.score)?;
    Ok(vec![
        ("vocabulary", vocab),
        ("weights", weights),
        ("ensemble", ensemble(model.ensemble)),
        ("embedding", model.embed.to_string()),
        ("encoder", format!("{hidden} + {hidden} units, layers: {}", model.encoder.layers)),
        ("decoder", format!("{} units", model.decoder.hidden)),
        ("attention", format!("{}, size {}", score.trim_matches('"'), attention.size)),
    ])
}

/// Whether the model has an aligner, and what its links are read from without one.
fn aligner(card: &ModelCard) -> String {
    match (card.model.decoder.aligner.is_some(), card.links.is_some()) {
        (true, _) => "yes".to_owned(),
        (false, true) => "none: the posterior takes its place".to_owned(),
        (false, false) => "none: links are read from the posterior".to_owned(),
    }
}

/// The statistics that links are read from, and how much the weights of the model count beside them.
fn statistics(directory: &ModelDirectory, card: &ModelCard, scorer: &Scorer) -> Result<String> {
    // Reading them finds a damaged file.
    let (Some(statistics), Some(exponents)) = (scorer.statistics()?, card.links) else {
        return Ok("none: links are read from the weights of the model".to_owned());
    };
    let file = directory.statistics();
    let size = std::fs::metadata(&file).with_context(|| format!("{}: cannot be read", file.display()))?.len() as f64;
    let [source, target] = statistics.known_words();
    let (weights, exponent) = match scorer.has_aligner() {
        true => ("aligner", exponents.aligner),
        false => ("posterior", exponents.posterior),
    };
    Ok(format!(
        "{:.1} MB, {source} source and {target} target words; exponent of the {weights}: {exponent}",
        size / 1e6
    ))
}

/// The short lists of output words.
fn short_list(list: &ShortList) -> String {
    let (common, further) = (list.common().len(), list.mean_translations());
    format!("{common} sub-words for every sentence, and {further:.1} more on average for each of its sub-words")
}

/// Number of models in the ensemble.
fn ensemble(count: usize) -> String {
    match count {
        1 => "1".to_owned(),
        several => format!("{several}, each with the layers below; their logits are averaged"),
    }
}

/// Default beam search of the model.
fn search(card: &ModelCard) -> String {
    let SearchOptions { beam_size, length_penalty, .. } = SearchOptions::STANDARD;
    card.search.as_ref().map_or_else(
        || format!("beam {beam_size}, length penalty {length_penalty}: the defaults, not tuned for this model"),
        |fitted| {
            let score = fitted.metric.shown(fitted.score());
            format!("beam {beam_size}, length penalty {}: {score}", fitted.length_penalty)
        },
    )
}

/// The model of the opposite direction.
fn reverse(directory: &ModelDirectory) -> Result<String> {
    let reverse = directory.reverse();
    if !reverse.holds_a_model() {
        return Ok("none".to_owned());
    }
    let from = reverse.read_card()?.provenance;
    Ok(format!("`{}`, validation {}", reverse.path().display(), scores(&from)))
}

/// The model that training continued from. Its score may be for other validation pairs.
fn made_from(origin: &Origin) -> String {
    let from = &origin.provenance;
    format!(
        "`{}`: {} on {} of {}, validation {}",
        origin.directory,
        counted(from.step, "step"),
        counted(from.pairs, "pair"),
        from.corpus,
        from.score()
    )
}
