//! The steps of a search as text and as JSON.

use crate::links;
use anyhow::Result;
use glosser_translator::{Expansion, Explanation, SearchStep, Status, Translation};
use serde::Serialize;
use unicode_width::UnicodeWidthStr;

/// Steps, each as a tree that is one token deep, then all translations that ended.
pub fn text(explanation: &Explanation) -> String {
    let mut text = String::from("rank, sub-word, its log probability, that of the whole, how far behind the best\n\n");
    for (index, step) in explanation.steps.iter().enumerate() {
        text += &format!("step {}\n{}\n", index + 1, tree(step));
    }
    text += "ended, best first: score, log probability, translation\n";
    for Translation { score, log_prob, text: translation, .. } in &explanation.translations {
        text += &format!("  {score:>8.3}  {log_prob:>8.3}  {}\n", shown(translation));
    }
    text
}

fn tree(step: &SearchStep) -> String {
    let marks = marks(&step.considered);
    let tokens: Vec<String> = step.considered.iter().map(|way| shown(&way.token)).collect();
    let widest = tokens.iter().map(|token| token.width()).max().unwrap_or(0);
    let best = step.considered.first().map_or(0.0, |way| way.log_prob);
    let mut text = String::new();
    for (number, live) in step.live.iter().enumerate() {
        let name = if live.text.is_empty() { "(beginning)".to_owned() } else { shown(&live.text) };
        let ways: Vec<((&Expansion, &String), &String)> =
            step.considered.iter().zip(&tokens).zip(&marks).filter(|((way, _), _)| way.parent == number).collect();
        let nothing = if ways.is_empty() { "  nothing among the best" } else { "" };
        text += &format!("  {name}  {:.3}{nothing}\n", live.log_prob);
        for (place, ((way, token), mark)) in ways.iter().enumerate() {
            let branch = if place + 1 == ways.len() { '└' } else { '├' };
            let space = " ".repeat(widest - token.width());
            let (own, behind) = (way.log_prob - live.log_prob, best - way.log_prob);
            text += &format!("  {branch}─ {mark:>3}  {token}{space}  {own:>8.3}  {:>8.3}", way.log_prob);
            text += &if behind > 0.0 { format!("  {behind:>7.3} behind\n") } else { "     best\n".to_owned() };
        }
    }
    text
}

/// The text without what would act on a terminal.
fn shown(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect()
}

/// For each way its rank among those kept, or what else became of it.
fn marks(considered: &[Expansion]) -> Vec<String> {
    let mut rank = 0;
    let mark = |way: &Expansion| match way.status {
        Status::Kept => {
            rank += 1;
            rank.to_string()
        }
        Status::Ended => "end".to_owned(),
        Status::Dropped => "-".to_owned(),
    };
    considered.iter().map(mark).collect()
}

/// One object on one line.
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
    /// Best first.
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
    /// Hypotheses that the step goes on from, best first.
    live: Vec<Live<'a>>,
    /// Ways to go on, best first.
    considered: Vec<Way<'a>>,
}

#[derive(Serialize)]
struct Live<'a> {
    text: &'a str,
    log_prob: f64,
}

#[derive(Serialize)]
struct Way<'a> {
    /// Place of the hypothesis among the live ones, from zero.
    parent: usize,
    token: &'a str,
    /// Of the hypothesis with the token.
    log_prob: f64,
    /// How far behind the best of the step.
    behind: f64,
    fate: &'static str,
}

impl<'a> Step<'a> {
    fn new(step: &'a SearchStep) -> Self {
        let best = step.considered.first().map_or(0.0, |way| way.log_prob);
        let way = |way: &'a Expansion| Way {
            parent: way.parent,
            token: &way.token,
            log_prob: way.log_prob,
            behind: best - way.log_prob,
            fate: match way.status {
                Status::Kept => "kept",
                Status::Ended => "ended",
                Status::Dropped => "dropped",
            },
        };
        Self {
            live: step.live.iter().map(|live| Live { text: &live.text, log_prob: live.log_prob }).collect(),
            considered: step.considered.iter().map(way).collect(),
        }
    }
}
