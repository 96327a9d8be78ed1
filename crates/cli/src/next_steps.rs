//! The end of `glosser train`: what the validation score means, and commands to try with the model.

use crate::column_arguments::ColumnsArg;
use crate::commands::train::TrainArgs;
use crate::trainer::Trained;
use glosser_text::{counted, is_pipe};
use glosser_translator::{DevMetric, ModelDirectory, Provenance};
use std::path::{Path, PathBuf};

/// What a model is good for, from this BLEU and this chrF2 on. The chrF2 is that of models with this BLEU in
/// docs/experiments.md.
const MEANINGS: &[(f64, f64, &str)] = &[
    (0.0, 0.0, "hardly a word is right; this is no translator yet"),
    (
        5.0,
        20.0,
        "some words and phrases are right, hardly a sentence; good for a look at the attention, not for reading",
    ),
    (10.0, 27.0, "one can often tell what a sentence is about, but not what it says"),
    (20.0, 41.0, "the gist of most sentences is right, with plain mistakes; every line needs correction"),
    (30.0, 50.0, "most sentences can be understood; a draft for someone who knows both languages"),
    (40.0, 60.0, "most sentences are right and fluent; read them over before use"),
    (60.0, 75.0, "nearly the reference translations, which happens where sentences are short and alike"),
];

/// With fewer validation pairs, a score can be several points higher or lower by chance.
const ENOUGH_PAIRS: usize = 100;

/// With fewer validation pairs, a score means nothing.
const FEWEST_PAIRS: usize = 10;

/// Most training pairs of which a report is suggested: its page has every pair.
const MOST_REPORTED: usize = 2000;

/// Returns what the validation score means, and the advice of the training: four lines or so.
pub fn meaning(trained: &Trained, is_held_out: bool) -> String {
    let (metric, score) = score(trained);
    let kind = if is_held_out { "held-out" } else { "validation" };
    let pairs = counted(trained.dev_pairs, &format!("{kind} pair"));
    let mut text = format!("{} on {pairs}", metric.shown(score));
    if trained.dev_pairs < FEWEST_PAIRS {
        text +=
            &format!(": too few to know what the model is good for; --dev with {ENOUGH_PAIRS} pairs or more shows it");
        return text + &advice(trained);
    }
    text += &format!(" means: {}", meaning_of(metric, score));
    if trained.dev_pairs < ENOUGH_PAIRS {
        text +=
            &format!("\n  with so few pairs much of this is chance; --dev with {ENOUGH_PAIRS} pairs or more is better");
    } else {
        text += "\n  that holds for text like these pairs; other text gets worse translations";
    }
    text + &advice(trained)
}

/// Returns the advice of a training, each on a line of its own, with a line feed before it.
fn advice(trained: &Trained) -> String {
    if trained.advice.is_empty() {
        return "\nadvice: validation hardly improved at the end: more pairs help more than more time".to_owned();
    }
    trained.advice.iter().map(|advice| format!("\nadvice: {advice}")).collect()
}

/// Returns the metric and the score of the model as it translates: with beam search.
fn score(trained: &Trained) -> (DevMetric, f64) {
    let summary = &trained.summary;
    match &summary.search {
        Some(search) => (search.metric, search.score()),
        None => (summary.metric, summary.value(summary.metric)),
    }
}

/// Returns what the score of a stored model means; `None` if it is that of too few validation pairs.
pub fn meaning_of_model(trained: &Provenance) -> Option<&'static str> {
    // A loss depends on the sub-words and means nothing by itself.
    let metric = if trained.dev_metric == DevMetric::Loss { DevMetric::Bleu } else { trained.dev_metric };
    let score = metric.of(trained.dev_bleu, trained.dev_chrf, trained.dev_loss);
    (trained.dev_pairs >= FEWEST_PAIRS).then(|| meaning_of(metric, score))
}

fn meaning_of(metric: DevMetric, score: f64) -> &'static str {
    let lowest = |(bleu, chrf, _): &&(f64, f64, &str)| if metric == DevMetric::Chrf { *chrf } else { *bleu };
    let reached = MEANINGS.iter().rev().find(|meaning| score >= lowest(meaning));
    reached.map_or(MEANINGS[0].2, |(.., meaning)| *meaning)
}

/// Returns commands that translate, align, report and evaluate with the new model.
pub fn commands_to_try(trained: &Trained, args: &TrainArgs, model: &ModelDirectory) -> String {
    let model = quoted(&model.path().display().to_string());
    // An interrupted training that had only the length penalty to choose has validated nothing.
    let sentence = if trained.sentence.is_empty() { "SENTENCE".to_owned() } else { quoted(&trained.sentence) };
    let sentence = if sentence.starts_with('-') { format!("-- {sentence}") } else { sentence };
    let files = if args.dev.is_empty() { &args.corpus.files } else { &args.dev };
    let pairs = arguments(files, &args.corpus.columns);
    let pairs = pairs.as_deref().unwrap_or("pairs.tsv");
    let reported = if args.dev.is_empty() && trained.pairs > MOST_REPORTED { "test.tsv" } else { pairs };
    let mut text = format!(
        "What to try next:
  glosser translate --model {model} {sentence}
  glosser align --model {model} {pairs} > links.pharaoh
  glosser report --model {model} {reported} -o report.html
  glosser evaluate --model {model} test.tsv   # test.tsv: other pairs, which training never saw"
    );
    if args.both_directions {
        text += "\nThe model of the opposite direction is in its sub-directory reverse.";
    }
    text
}

/// Returns the files of pairs with their options, as on a command line; `None` for a pipe, which can be read only once.
fn arguments(files: &[PathBuf], columns: &ColumnsArg) -> Option<String> {
    if files.iter().any(|path| path == Path::new("-") || is_pipe(path)) {
        return None;
    }
    let mut words: Vec<String> = files.iter().map(|path| quoted(&path.display().to_string())).collect();
    // One file: two have neither columns nor languages.
    if files.len() == 1 {
        words.extend(columns.columns.map(|columns| format!("--columns {columns}")));
        words.extend(columns.sides.languages.as_ref().map(|languages| format!("--languages {languages}")));
        words.extend(columns.sides.csv.then(|| "--csv".to_owned()));
    }
    Some(words.join(" "))
}

/// Returns a word for a shell.
fn quoted(word: &str) -> String {
    shlex::try_quote(word).map_or_else(|_| word.to_owned(), |word| word.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_score_has_a_meaning_and_the_bounds_belong_to_the_better_one() {
        for (metric, score, begin) in [
            (DevMetric::Bleu, 0.0, "hardly a word"),
            (DevMetric::Bleu, 4.99, "hardly a word"),
            (DevMetric::Bleu, 5.0, "some words"),
            (DevMetric::BleuZh, 19.99, "one can often"),
            (DevMetric::Bleu, 20.0, "the gist"),
            (DevMetric::BleuChar, 34.5, "most sentences can"),
            (DevMetric::Bleu, 40.0, "most sentences are right"),
            (DevMetric::Bleu, 100.0, "nearly"),
            (DevMetric::Chrf, 19.99, "hardly a word"),
            (DevMetric::Chrf, 20.0, "some words"),
            (DevMetric::Chrf, 41.0, "the gist"),
            (DevMetric::Chrf, 74.99, "most sentences are right"),
            (DevMetric::Bleu, f64::NAN, "hardly a word"),
        ] {
            assert!(meaning_of(metric, score).starts_with(begin), "{metric:?} {score}: {}", meaning_of(metric, score));
        }
    }

    #[test]
    fn names_with_spaces_and_quotation_marks_are_one_word_of_a_shell() {
        assert_eq!(quoted("my-model"), "my-model");
        assert_eq!(quoted("my model"), "'my model'");
        let words = shlex::split(&format!("echo {}", quoted("it's a \"dog\" $HOME"))).expect("words");
        assert_eq!(words, ["echo", "it's a \"dog\" $HOME"]);
    }
}
