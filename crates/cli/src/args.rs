//! What may stand on the command line.

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use glosser_text::{Columns, CorpusFiles};
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// Train a translator on a small parallel corpus, translate with it, and look inside.
///
/// Results go to standard output, progress and messages to standard error. `-` is standard input. The exit code is 0
/// on success, 1 if something went wrong, 2 if the command line is wrong.
#[derive(Parser)]
#[command(name = "glosser", version, max_term_width = 100, subcommand_required = true, arg_required_else_help = true)]
pub struct Cli {
    /// Threads to compute with [default: one for each core; example: --threads 1]
    ///
    /// Translations do not depend on it; trained weights are the same for the same number.
    #[arg(long, global = true, value_name = "N")]
    pub threads: Option<NonZeroUsize>,

    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    Demo(DemoArgs),
    Train(TrainArgs),
    Translate(TranslateArgs),
    Align(AlignArgs),
    Aer(AerArgs),
    Evaluate(EvaluateArgs),
    Score(ScoreArgs),
    Quantize(QuantizeArgs),
    Curve(CurveArgs),
    Info(InfoArgs),
}

/// See everything once: train on the bundled English-French corpus, translate, show the attention
///
/// Takes a few minutes. The model stays in a directory of its own, to be tried with the other commands; a second
/// run uses it again.
#[derive(Args)]
pub struct DemoArgs {
    /// Directory of the model [example: --model /tmp/demo]
    #[arg(short, long, value_name = "DIR", default_value = "demo-model")]
    pub model: PathBuf,

    /// Train anew even if the directory holds a model
    #[arg(long)]
    pub overwrite: bool,

    /// Stop training after so many steps, for a quick look [default: 2000; example: --steps 500]
    #[arg(long, value_name = "N", default_value = "2000", hide_default_value = true, value_parser = at_least_one)]
    pub steps: usize,

    /// Show no progress
    #[arg(short, long)]
    pub quiet: bool,
}

/// Train a model: one TSV file, or a source file and a target file, either with gzip
///
/// Example: glosser train pairs.tsv --model my-model
///
/// Example: glosser train train.de.gz train.en.gz --dev val.de val.en --model de-en --minutes 30
///
/// Example: glosser train more.tsv --from de-en --model de-en-more
///
/// With --from a model learns from further pairs: its sub-words and sizes stay, the learning rate is a quarter of what it
/// was, and what only earlier pairs told is slowly forgotten, unless they are among the new ones.
///
/// A configuration file (--config) has the tables `tokenizer` with vocab, joint; `model` with embed, encoder_hidden,
/// encoder_layers, decoder_hidden, attention, attention_size; `training` with seed, batch_tokens, learning_rate,
/// warmup_steps, dropout, label_smoothing, stand_ins, clip, patience, longest; `training.noise` with bpe_dropout,
/// source_words, target_words; and `training.budget` with one of epochs, steps, minutes. What it leaves out is fitted to
/// the corpus; `glosser info` shows what was used.
#[derive(Args)]
pub struct TrainArgs {
    /// The pairs: a TSV file, or a source file and a target file of as many lines
    #[arg(value_name = "FILE", num_args = 1..=2, required = true)]
    pub files: Vec<PathBuf>,

    /// Pairs to validate on, given like the training pairs [default: a part of them is held out]
    #[arg(long, value_name = "FILE", num_args = 1..=2)]
    pub dev: Vec<PathBuf>,

    #[command(flatten)]
    pub columns: ColumnsArg,

    /// Directory that the model is written to [example: --model de-en]
    #[arg(short, long, value_name = "DIR")]
    pub model: PathBuf,

    /// Go on from the model in this directory, which stays as it is [default: new weights; example: --from de-en]
    #[arg(long, value_name = "DIR")]
    pub from: Option<PathBuf>,

    /// Replace a model that is in the directory
    #[arg(long)]
    pub overwrite: bool,

    /// Read the corpus so many times [default: fitted to its size; example: --epochs 5]
    #[arg(long, value_name = "N", group = "budget", value_parser = at_least_one)]
    pub epochs: Option<usize>,

    /// Take so many steps; repeats a run with --minutes exactly [example: --steps 5000]
    #[arg(long, value_name = "N", group = "budget", value_parser = at_least_one)]
    pub steps: Option<usize>,

    /// Train for about so long: times the first steps, then fixes the number of steps [example: --minutes 30]
    #[arg(long, value_name = "M", group = "budget", value_parser = above_zero)]
    pub minutes: Option<f64>,

    /// The one seed of all that is random [default: 1; example: --seed 7]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,

    /// How the decoder's query is scored against a source position [default: additive]
    #[arg(long, value_name = "SCORE")]
    pub attention: Option<ScoreArg>,

    /// Choices in TOML; unknown keys are errors [example: --config small.toml]
    #[arg(long, value_name = "FILE.toml")]
    pub config: Option<PathBuf>,

    /// Show no progress
    #[arg(short, long)]
    pub quiet: bool,
}

/// Score functions of the attention.
#[derive(Clone, Copy, ValueEnum)]
pub enum ScoreArg {
    /// q·k / √d
    Dot,
    /// qᵀ W k
    General,
    /// vᵀ tanh(W q + U k)
    Additive,
    /// vᵀ tanh(W₂ tanh(W₁ [q; k]))
    Mlp,
}

/// Translate: one line out for each line in, always, in order
///
/// Example: echo "Ein Hund läuft." | glosser translate --model de-en
///
/// A blank line gives a blank line. A line too long for the model is translated piece by piece. Bytes that are not
/// UTF-8 are replaced, and said on standard error.
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
    #[arg(long, value_name = "N", default_value = "5", value_parser = at_least_one)]
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

    /// Longest translation in sub-words [default: twice the source's and 20; example: --max-length 50]
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    pub max_length: Option<usize>,

    /// Score is log probability / length^P: above 1 prefers longer translations [example: --length-penalty 0.6]
    #[arg(long, value_name = "P", default_value = "1.0", value_parser = from_zero)]
    pub length_penalty: f32,

    /// Sentences translated together: speed and memory, never the result [example: --batch-size 1]
    #[arg(long, value_name = "N", default_value = "32", value_parser = at_least_one)]
    pub batch_size: usize,

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
    /// A JSON object a line: words, links, weights, probability
    Jsonl,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AlignmentKind {
    /// Links `0-0 1-2` between white-space words, zero-based, source first
    Pharaoh,
    /// Weights: a row for each target word, source words joined by commas, EOS last
    Soft,
    /// A shaded picture for the terminal
    Grid,
}

/// Align given pairs: the model goes through each target and shows what it attended to
///
/// Example: glosser align --model de-en pairs.tsv > links.pharaoh
///
/// One line of word links for each pair; a pair with a blank side has an empty line.
#[derive(Args)]
pub struct AlignArgs {
    #[command(flatten)]
    pub model: ModelArg,

    /// The pairs: a TSV file, or a source file and a target file of as many lines
    #[arg(value_name = "FILE", num_args = 1..=2, required = true)]
    pub files: Vec<PathBuf>,

    #[command(flatten)]
    pub columns: ColumnsArg,

    /// How alignments are written
    #[arg(long, default_value = "pharaoh")]
    pub format: AlignFormat,

    /// Pairs computed together: speed and memory, never the result [example: --batch-size 8]
    #[arg(long, value_name = "N", default_value = "32", value_parser = at_least_one)]
    pub batch_size: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AlignFormat {
    /// Links `0-0 1-2` between white-space words, zero-based, source first
    Pharaoh,
    /// Weights: a row for each target word, source words joined by commas, EOS last
    Soft,
    /// A JSON object a line: words, links, weights, probability
    Jsonl,
    /// A shaded picture for the terminal
    Grid,
}

/// Score word links against gold: alignment error rate, precision, recall
///
/// Example: glosser aer --gold test.align links.pharaoh
///
/// Gold has `i-j` for sure links and `ipj` or `i?j` for possible ones. AER = 1 - (|A∩S| + |A∩P|) / (|A| + |S|), with
/// every sure link possible too (Och and Ney 2003). A wrong index base gives an AER of 40 to 70 where the right one
/// gives 10: see the switches.
#[derive(Args)]
pub struct AerArgs {
    /// Gold links, one line a pair, source first
    #[arg(long, value_name = "FILE")]
    pub gold: PathBuf,

    /// Links to score, in Pharaoh form, made by any tool
    #[arg(value_name = "LINKS")]
    pub links: PathBuf,

    /// The gold file counts words from one
    #[arg(long)]
    pub one_based_gold: bool,

    /// The links count words from one
    #[arg(long)]
    pub one_based_links: bool,

    /// The links have the target first
    #[arg(long)]
    pub reverse: bool,
}

/// Score translations: BLEU, chrF2 and TER as sacreBLEU computes them
///
/// Example: glosser evaluate --model de-en test.de test.en
///
/// Example: glosser evaluate --hypotheses out.en --references test.en
///
/// Example: glosser evaluate --hypotheses out.en --references test.en --against old.en
///
/// With --against each score has the mean and 95 % interval of a thousand test sets drawn from the sentences (paired
/// bootstrap resampling, Koehn 2004), and the line below the table says which differences are significant. TER counts
/// edits: lower is better.
#[derive(Args)]
pub struct EvaluateArgs {
    /// The model to translate the pairs with
    #[arg(short, long, value_name = "DIR", requires = "files", conflicts_with_all = ["hypotheses", "references"])]
    pub model: Option<PathBuf>,

    /// The pairs: a TSV file, or a source file and a target file of as many lines
    #[arg(value_name = "FILE", num_args = 1..=2, requires = "model")]
    pub files: Vec<PathBuf>,

    #[command(flatten)]
    pub columns: ColumnsArg,

    /// Translations made by anything, one a line
    #[arg(long, value_name = "FILE", requires = "references", required_unless_present = "model")]
    pub hypotheses: Option<PathBuf>,

    /// What they should be
    #[arg(long, value_name = "FILE", requires = "hypotheses")]
    pub references: Option<PathBuf>,

    /// Translations of the same sentences by another system, to compare with [example: --against old.en]
    #[arg(long, value_name = "FILE")]
    pub against: Option<PathBuf>,

    /// Seed of the test sets that are drawn for --against [default: 1; example: --seed 7]
    #[arg(long, value_name = "N", requires = "against")]
    pub seed: Option<u64>,

    /// How figures are written
    #[arg(long, default_value = "text")]
    pub format: EvaluateFormat,

    /// Hypotheses followed at a time [example: --beam-size 1]
    #[arg(long, value_name = "N", default_value = "5", value_parser = at_least_one)]
    pub beam_size: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EvaluateFormat {
    /// A line a metric, as sacreBLEU prints it
    Text,
    /// One JSON object: each metric with score and signature, and what it is made of
    Json,
}

/// Give the probability of given pairs: one line out for each pair, always, in order
///
/// Example: glosser score --model de-en pairs.tsv > log_probs
///
/// Natural logarithms, as `translate` writes them. A pair with a blank side, or too long for the model, has no
/// probability: an empty line, or null in JSON. The perplexity of the whole is said on standard error.
#[derive(Args)]
pub struct ScoreArgs {
    #[command(flatten)]
    pub model: ModelArg,

    /// The pairs: a TSV file, or a source file and a target file of as many lines
    #[arg(value_name = "FILE", num_args = 1..=2, required = true)]
    pub files: Vec<PathBuf>,

    #[command(flatten)]
    pub columns: ColumnsArg,

    /// How probabilities are written
    #[arg(long, default_value = "text")]
    pub format: ScoreFormat,

    /// Pairs computed together: speed and memory, never the result [example: --batch-size 8]
    #[arg(long, value_name = "N", default_value = "32", value_parser = at_least_one)]
    pub batch_size: usize,

    /// Say nothing on standard error but errors
    #[arg(short, long)]
    pub quiet: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ScoreFormat {
    /// The log probability of the target, given the source
    Text,
    /// A JSON object a line: log probability of the whole, by token, and of each word
    Jsonl,
}

/// Make a model smaller and faster: an 8-bit one beside it, to translate with
///
/// Example: glosser quantize --model de-en --output de-en-8bit
///
/// Its matrices become 8-bit integers, a quarter of the size, and search multiplies them as such. It is used like any
/// other model; translations differ a little, and `glosser evaluate` says what that costs.
#[derive(Args)]
pub struct QuantizeArgs {
    #[command(flatten)]
    pub model: ModelArg,

    /// Directory that the 8-bit model is written to [example: --output de-en-8bit]
    #[arg(short, long, value_name = "DIR")]
    pub output: PathBuf,

    /// Replace a model that is in that directory
    #[arg(long)]
    pub overwrite: bool,
}

/// Draw how validation BLEU grew while models were trained, as SVG
///
/// Example: glosser curve --model de-en --output curve.svg
///
/// Example: glosser curve --model de-en de-en-large --against epochs --loss --output both.svg
///
/// A point is a validation; a ring marks the model that was saved. The figures are those of the log that training keeps
/// in the model directory.
#[derive(Args)]
pub struct CurveArgs {
    /// Directories of models, or training logs; each is a line of the picture
    #[arg(id = "model", short, long, value_name = "DIR|LOG", num_args = 1.., required = true)]
    pub models: Vec<PathBuf>,

    /// Where the picture goes [default: standard output; example: -o curve.svg]
    #[arg(short, long, value_name = "FILE.svg")]
    pub output: Option<PathBuf>,

    /// What is counted from left to right
    #[arg(long, value_name = "UNIT", default_value = "minutes")]
    pub against: Against,

    /// Draw the losses too: validation loss with its points, training loss faint (smoothed, with dropout)
    #[arg(long)]
    pub loss: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Against {
    /// Optimiser steps
    Steps,
    /// Times that the corpus was read
    Epochs,
    /// Minutes since the first step, validation included
    Minutes,
}

/// Say what a model is: what it was trained on and how, its sizes, its figures
#[derive(Args)]
pub struct InfoArgs {
    #[command(flatten)]
    pub model: ModelArg,
}

#[derive(Args)]
pub struct ModelArg {
    /// Directory of the model
    #[arg(id = "model", short, long, value_name = "DIR")]
    pub directory: PathBuf,
}

#[derive(Args)]
pub struct ColumnsArg {
    /// Columns of a TSV that hold source and target, from one; 2,1 reverses [default: 1,2; example: --columns 2,4]
    #[arg(long, value_name = "S,T")]
    pub columns: Option<Columns>,
}

impl ColumnsArg {
    /// Columns that are named must be read from somewhere: at least one of the corpora is a TSV.
    pub fn check(&self, corpora: &[&[PathBuf]]) -> anyhow::Result<()> {
        if self.columns.is_some() && !corpora.iter().any(|files| files.len() == 1) {
            return Err(wrong_usage("--columns is for a TSV, but two plain files are given; leave it out".to_owned()));
        }
        Ok(())
    }

    /// One file is a TSV; two are source and target.
    pub fn corpus_files(&self, files: &[PathBuf]) -> CorpusFiles {
        match files {
            [source, target] => CorpusFiles::Two { source: source.clone(), target: target.clone() },
            _ => CorpusFiles::Tsv {
                path: files.first().cloned().unwrap_or_default(),
                columns: self.columns.unwrap_or(Columns::DEFAULT),
            },
        }
    }
}

/// Arguments that do not go together, where only the command can tell: the same exit code as any wrong usage.
pub fn wrong_usage(message: String) -> anyhow::Error {
    Cli::command().error(ErrorKind::ArgumentConflict, message).into()
}

fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err("give a whole number from 1".to_owned()),
        Ok(number) => Ok(number),
    }
}

fn above_zero(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number: &f64| *number > 0.0 && number.is_finite());
    number.ok_or_else(|| "give a number above 0".to_owned())
}

fn from_zero(text: &str) -> Result<f32, String> {
    let number = text.parse().ok().filter(|number: &f32| *number >= 0.0 && number.is_finite());
    number.ok_or_else(|| "give a number from 0".to_owned())
}
