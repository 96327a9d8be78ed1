//! The trace of a beam search as text and as JSON.

use crate::links;
use anyhow::Result;
use glosser_text::printable;
use glosser_translator::{Expansion, Explanation, ExplanationRecord, SearchStep, Status, Translation};
use unicode_width::UnicodeWidthStr;

/// Name of the column of sub-words.
const TOKEN: &str = "sub-word";
/// Name of the hypothesis without tokens.
const BEGINNING: &str = "(beginning)";
/// Widths of the columns after the sub-word, in terminal columns: their names, and two spaces.
const NUMBERS: [&str; 3] = ["  probability", "  total log p", "   behind"];

/// Returns each step as a tree, one token deep, then all finished translations.
pub fn text(explanation: &Explanation) -> String {
    let chosen = chosen(explanation);
    let mut text = String::from(
        "Each step adds one sub-word to every hypothesis; ␣ is the space before a word.\n\
         > marks the path of the best translation.\n\n",
    );
    for (index, step) in explanation.steps.iter().enumerate() {
        text += &tree(step, index, chosen.get(index).copied(), index < explanation.forced_steps);
    }
    text += "finished, best first\n     score  total log p  translation\n";
    for Translation { score, log_prob, text: translation, .. } in &explanation.translations {
        text += &format!("  {score:>8.3}  {log_prob:>11.3}  {}\n", printable(translation));
    }
    text
}

/// Returns one line per step: the sub-word on the path of the best translation, and the most probable other one in its place.
pub fn brief(explanation: &Explanation) -> String {
    let steps = chosen(explanation).into_iter().zip(&explanation.steps).map(|(chosen, step)| {
        let expansion = &step.expansions[chosen];
        // They are sorted, best first.
        let mut others = step.expansions.iter().enumerate();
        let other = others.find(|(at, other)| *at != chosen && other.parent == expansion.parent);
        let cells = |found: Option<&Expansion>| {
            found.map_or_else(<[String; 2]>::default, |found| {
                [printable(&found.token).into_owned(), percent(step, found)]
            })
        };
        (cells(Some(expansion)), cells(other.map(|(_, other)| other)))
    });
    let steps: Vec<_> = steps.collect();
    let (own, others): (Vec<_>, Vec<_>) = steps.iter().map(|(own, other)| (&own[0], &other[0])).unzip();
    let [chosen, next] = ["chosen", "next best"];
    let (own_width, other_width) = (widest(chosen, own), widest(next, others));
    let line = |[own, own_share]: [&str; 2], [other, other_share]: [&str; 2]| {
        let (own_space, other_space) = (spaces(own, own_width), spaces(other, other_width));
        format!("  {own}{own_space}  {own_share:>7}  {other}{other_space}  {other_share:>7}")
    };
    let mut text = format!("step{}\n", line([chosen, "prob."], [next, "prob."]));
    for (index, (own, other)) in steps.iter().enumerate() {
        let forced = if index < explanation.forced_steps { "  forced" } else { "" };
        let cells = line(own.each_ref().map(String::as_str), other.each_ref().map(String::as_str));
        text += format!("{:>4}{cells}{forced}", index + 1).trim_end();
        text.push('\n');
    }
    if let Some(Translation { log_prob, text: translation, .. }) = explanation.translations.first() {
        text += &format!("\n{}\ntotal log probability {log_prob:.3}\n", printable(translation));
    }
    text
}

/// For each step, the index of the expansion on the path of the best translation. Empty if the path is not recorded.
fn chosen(explanation: &Explanation) -> Vec<usize> {
    let Some(best) = explanation.translations.first() else {
        return Vec::new();
    };
    let is_last = |expansion: &Expansion, status: Status| {
        expansion.status == status && expansion.log_prob as f32 == best.log_prob
    };
    let last_of = |status: Status| {
        explanation.steps.iter().enumerate().rev().find_map(|(at, step)| {
            step.expansions.iter().position(|expansion| is_last(expansion, status)).map(|expansion| (at, expansion))
        })
    };
    // A translation that was cut at its maximum length has no end.
    let Some((step, mut expansion)) = last_of(Status::Ended).or_else(|| last_of(Status::Kept)) else {
        return Vec::new();
    };
    let mut path = vec![expansion];
    for at in (0..step).rev() {
        let parent = explanation.steps[at + 1].expansions[expansion].parent;
        // The kept expansions of a step are the hypotheses of the next one, in this order.
        let kept = explanation.steps[at].expansions.iter().enumerate();
        let mut kept = kept.filter(|(_, expansion)| expansion.status == Status::Kept);
        let Some((index, _)) = kept.nth(parent) else {
            return Vec::new();
        };
        expansion = index;
        path.push(expansion);
    }
    path.reverse();
    path
}

/// The hypotheses of a step, each with its extensions, below the names of the columns.
fn tree(step: &SearchStep, index: usize, chosen: Option<usize>, is_forced: bool) -> String {
    let marks = marks(&step.expansions, is_forced);
    let tokens: Vec<String> =
        step.expansions.iter().map(|extension| printable(&extension.token).into_owned()).collect();
    let widest = widest(TOKEN, &tokens);
    let best = step.expansions.first().map_or(0.0, |extension| extension.log_prob);
    let name = format!("step {}", index + 1);
    let mut text = format!("{name:<10}rank  {TOKEN}{}{}\n", spaces(TOKEN, widest), NUMBERS.concat());
    let end_of_totals = 16 + widest + NUMBERS[0].len() + NUMBERS[1].len();
    for (index, hypothesis) in step.active.iter().enumerate() {
        let name =
            if hypothesis.text.is_empty() { BEGINNING.to_owned() } else { printable(&hypothesis.text).into_owned() };
        let considered = step.expansions.iter().enumerate().zip(tokens.iter().zip(&marks));
        let extensions: Vec<_> = considered.filter(|((_, extension), _)| extension.parent == index).collect();
        let nothing = if extensions.is_empty() { "  no extension among the best" } else { "" };
        // Its log probability is in the column of the totals, if the text leaves room.
        let total = format!("{:.3}", hypothesis.log_prob);
        let space = end_of_totals.saturating_sub(2 + name.width() + total.len()).max(2);
        text += &format!("  {name}{}{total}{nothing}\n", " ".repeat(space));
        for (place, ((at, extension), (token, mark))) in extensions.iter().enumerate() {
            let branch = if place + 1 == extensions.len() { '└' } else { '├' };
            let path = if chosen == Some(*at) { '>' } else { ' ' };
            let (own, behind) = (percent(step, extension), best - extension.log_prob);
            text += &format!("  {branch}─ {path} {mark:>7}  {token}{}", spaces(token, widest));
            text += &format!("{own:>13}{:>13.3}", extension.log_prob);
            text += &if behind > 0.0 { format!("{behind:>9.3}\n") } else { format!("{:>9}\n", "best") };
        }
    }
    text + "\n"
}

/// The probability of an extension after its hypothesis, in percent.
fn percent(step: &SearchStep, extension: &Expansion) -> String {
    let before = step.active.get(extension.parent).map_or(0.0, |hypothesis| hypothesis.log_prob);
    let percent = 100.0 * (extension.log_prob - before).exp();
    if percent < 0.05 { "< 0.1 %".to_owned() } else { format!("{percent:.1} %") }
}

/// Width of a column with this name and these cells, in terminal columns.
fn widest<'a>(name: &str, cells: impl IntoIterator<Item = &'a String>) -> usize {
    cells.into_iter().map(|cell| cell.width()).chain([name.width()]).max().unwrap_or(0)
}

/// The spaces that fill a text up to `width` terminal columns.
fn spaces(text: &str, width: usize) -> String {
    " ".repeat(width.saturating_sub(text.width()))
}

/// Marks each extension with its rank among those kept, `forced`, `end` or `-`.
fn marks(considered: &[Expansion], is_forced: bool) -> Vec<String> {
    let mut rank = 0;
    let mark = |extension: &Expansion| match extension.status {
        Status::Kept if is_forced => "forced".to_owned(),
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
    Ok(links::in_one_line(serde_json::to_string(&ExplanationRecord::new(explanation))?))
}
