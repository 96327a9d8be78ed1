//! The trace of a beam search as text and as JSON.

use crate::links;
use anyhow::Result;
use glosser_text::printable;
use glosser_translator::{ActiveHypothesis, Expansion, Explanation, SearchStep, Status, Translation};
use serde::Serialize;
use std::borrow::Cow;
use unicode_width::UnicodeWidthStr;

/// Returns each step as a tree, one token deep, then all finished translations.
pub fn text(explanation: &Explanation) -> String {
    let mut text = String::from("rank, sub-word, its log probability, total log probability, distance to the best\n\n");
    for (index, step) in explanation.steps.iter().enumerate() {
        text += &format!("step {}\n{}\n", index + 1, tree(step));
    }
    text += "finished, best first: score, log probability, translation\n";
    for Translation { score, log_prob, text: translation, .. } in &explanation.translations {
        text += &format!("  {score:>8.3}  {log_prob:>8.3}  {}\n", printable(translation));
    }
    text
}

/// The hypotheses of a step, each with its extensions.
fn tree(step: &SearchStep) -> String {
    let marks = marks(&step.expansions);
    let tokens: Vec<Cow<str>> = step.expansions.iter().map(|extension| printable(&extension.token)).collect();
    let widest = tokens.iter().map(|token| token.width()).max().unwrap_or(0);
    let best = step.expansions.first().map_or(0.0, |extension| extension.log_prob);
    let mut text = String::new();
    for (index, hypothesis) in step.active.iter().enumerate() {
        let name = if hypothesis.text.is_empty() { "(beginning)".into() } else { printable(&hypothesis.text) };
        let considered = step.expansions.iter().zip(&tokens).zip(&marks);
        let extensions: Vec<((&Expansion, &Cow<str>), &String)> =
            considered.filter(|((extension, _), _)| extension.parent == index).collect();
        let nothing = if extensions.is_empty() { "  no extension among the best" } else { "" };
        text += &format!("  {name}  {:.3}{nothing}\n", hypothesis.log_prob);
        for (place, ((extension, token), mark)) in extensions.iter().enumerate() {
            let branch = if place + 1 == extensions.len() { '└' } else { '├' };
            let space = " ".repeat(widest - token.width());
            let (own, behind) = (extension.log_prob - hypothesis.log_prob, best - extension.log_prob);
            text += &format!("  {branch}─ {mark:>3}  {token}{space}  {own:>8.3}  {:>8.3}", extension.log_prob);
            text += &if behind > 0.0 { format!("  {behind:>7.3} behind\n") } else { "     best\n".to_owned() };
        }
    }
    text
}

/// Marks each extension with its rank among those kept, `end` or `-`.
fn marks(considered: &[Expansion]) -> Vec<String> {
    let mut rank = 0;
    let mark = |extension: &Expansion| match extension.status {
        Status::Kept => {
            rank += 1;
            rank.to_string()
        }
        Status::Ended => "end".to_owned(),
        Status::Dropped => "-".to_owned(),
    };
    considered.iter().map(mark).collect()
}

/// Returns one JSON object on one line.
pub fn json(explanation: &Explanation) -> Result<String> {
    let translations = explanation.translations.iter().map(|Translation { text, log_prob, score, .. }| Ended {
        translation: text,
        log_prob: *log_prob,
        score: *score,
    });
    let source = explanation.translations.first().map_or("", |translation| &translation.source);
    let steps = explanation.steps.iter().map(Step::new).collect();
    let json = serde_json::to_string(&Record { source, steps, translations: translations.collect() })?;
    Ok(links::in_one_line(json))
}

#[derive(Serialize)]
struct Record<'a> {
    source: &'a str,
    steps: Vec<Step<'a>>,
    /// Finished translations, best first.
    translations: Vec<Ended<'a>>,
}

#[derive(Serialize)]
struct Ended<'a> {
    translation: &'a str,
    log_prob: f32,
    score: f32,
}

#[derive(Serialize)]
struct Step<'a> {
    /// Hypotheses that the step extends, best first.
    live: &'a [ActiveHypothesis],
    /// Extensions, best first.
    considered: Vec<Extension<'a>>,
}

#[derive(Serialize)]
struct Extension<'a> {
    /// Index of the hypothesis in `live`.
    parent: usize,
    token: &'a str,
    /// Total log probability of the hypothesis with this token.
    log_prob: f64,
    /// Distance to the best extension of the step.
    behind: f64,
    fate: Status,
}

impl<'a> Step<'a> {
    fn new(step: &'a SearchStep) -> Self {
        let best = step.expansions.first().map_or(0.0, |extension| extension.log_prob);
        let extension = |extension: &'a Expansion| Extension {
            parent: extension.parent,
            token: &extension.token,
            log_prob: extension.log_prob,
            behind: best - extension.log_prob,
            fate: extension.status,
        };
        Self { live: &step.active, considered: step.expansions.iter().map(extension).collect() }
    }
}
